// SPDX-License-Identifier: LGPL-2.1-or-later
#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include <berth/error.hpp>
#include <cli/container_row.hpp>
#include <cli/image_row.hpp>
#include <cli/options.hpp>

namespace berth::cli {
namespace {

using Json = nlohmann::json;

constexpr std::uint64_t kRowSecond = 1'000'000;
constexpr std::uint64_t kNow = 1'700'000'000 * kRowSecond;

Json container(const std::string& name, const std::string& state) {
    return {{"id", std::string(64, 'a')},
            {"name", name},
            {"image", "debian:12"},
            {"image_id", "sha256:" + std::string(64, 'b')},
            {"command", {"sh", "-c", "sleep 1000; echo done"}},
            {"created", kNow - 7200 * kRowSecond},
            {"started", kNow - 180 * kRowSecond},
            {"finished", kNow - 2 * kRowSecond},
            {"state", state},
            {"exit_code", 7},
            {"ports", {"0.0.0.0:8080->80/tcp", "443/tcp"}},
            {"labels", {{"a", "1"}, {"b", ""}}},
            {"networks", {"bridge"}},
            {"mounts", {"data"}}};
}

std::string status(const std::string& state) {
    return status_text(container("web", state), kNow);
}

TEST(ContainerStatus, IsWordedAsDockers) {
    EXPECT_EQ(status("running"), "Up 3 minutes");
    EXPECT_EQ(status("paused"), "Up 3 minutes (Paused)");
    EXPECT_EQ(status("exited"), "Exited (7) 2 seconds ago");
    EXPECT_EQ(status("restarting"), "Restarting (7) 2 seconds ago");
    EXPECT_EQ(status("created"), "Created");
    EXPECT_EQ(status("dead"), "Dead");
}

TEST(ContainerFields, HaveDockersNames) {
    const Json row = container_fields(container("web", "running"), kNow, true);
    EXPECT_EQ(row["ID"], "aaaaaaaaaaaa");
    EXPECT_EQ(row["Names"], "web");
    EXPECT_EQ(row["Image"], "debian:12");
    EXPECT_EQ(row["Command"], "\"sh -c sleep 1000; e…\"");
    EXPECT_EQ(row["RunningFor"], "2 hours ago");
    EXPECT_EQ(row["Ports"], "0.0.0.0:8080->80/tcp, 443/tcp");
    EXPECT_EQ(row["Labels"], "a=1,b=");
    EXPECT_EQ(container_fields(container("web", "running"), kNow, false)["ID"],
              std::string(64, 'a'));
}

std::vector<std::string> names(const std::vector<std::string>& filters) {
    std::vector<Json> rows = {container("web", "running"), container("db", "exited"),
                              container("webcache", "running")};
    rows[1]["id"] = std::string(64, 'c');
    rows[1]["labels"] = Json::object();
    rows[1]["created"] = kNow;
    std::vector<std::string> found;
    for (const auto& row :
         filtered_containers(rows, parse_filters(filters, container_filter_keys())))
        found.push_back(row["name"]);
    return found;
}

using Names = std::vector<std::string>;

TEST(ContainerFilters, SelectByEachKey) {
    EXPECT_EQ(names({}), (Names{"web", "db", "webcache"}));
    EXPECT_EQ(names({"name=web"}), (Names{"web", "webcache"}));
    EXPECT_EQ(names({"name=^web$"}), Names{"web"});
    EXPECT_EQ(names({"id=ccc"}), Names{"db"});
    EXPECT_EQ(names({"status=exited"}), Names{"db"});
    EXPECT_EQ(names({"exited=7"}), Names{"db"});
    EXPECT_EQ(names({"exited=0"}), Names{});
    EXPECT_EQ(names({"label=a=1"}), (Names{"web", "webcache"}));
    EXPECT_EQ(names({"ancestor=debian:12", "name=db"}), Names{"db"});
    EXPECT_EQ(names({"publish=8080", "name=db"}), Names{"db"});
    EXPECT_EQ(names({"expose=443", "name=db"}), Names{"db"});
    EXPECT_EQ(names({"volume=data", "name=db"}), Names{"db"});
    EXPECT_EQ(names({"network=none"}), Names{});
    EXPECT_EQ(names({"since=web"}), Names{"db"});
    EXPECT_EQ(names({"before=db"}), (Names{"web", "webcache"}));
}

TEST(ContainerFilters, AreAlternativesWithinAKeyAndAddUpBetweenKeys) {
    EXPECT_EQ(names({"status=exited", "status=running"}), (Names{"web", "db", "webcache"}));
    EXPECT_EQ(names({"status=running", "name=cache"}), Names{"webcache"});
    EXPECT_EQ(names({"label=a", "label=b=x"}), Names{});
}

TEST(ContainerFilters, RefuseValuesThatNoContainerCanHave) {
    EXPECT_THROW(static_cast<void>(names({"status=stoped"})), UsageError);
    EXPECT_THROW(static_cast<void>(names({"health=fine"})), UsageError);
    EXPECT_EQ(names({"health=none", "name=db"}), Names{"db"});
}

TEST(ContainerFilters, RefuseUnknownKeys) {
    EXPECT_THROW(static_cast<void>(names({"colour=red"})), UsageError);
    EXPECT_THROW(static_cast<void>(names({"name"})), UsageError);
    EXPECT_THROW(static_cast<void>(names({"since=nobody"})), Error);
}

std::vector<Json> images() {
    return {{{"id", "sha256:" + std::string(64, 'e')},
             {"tags", {"docker.io/library/debian:12", "localhost:5000/debian:12"}},
             {"digests", {"docker.io/library/debian@sha256:1111"}},
             {"created", kNow},
             {"size", 77'800'000ULL},
             {"labels", {{"k", "v"}}}},
            {{"id", "sha256:" + std::string(64, 'f')},
             {"tags", Json::array()},
             {"digests", Json::array()},
             {"created", kNow - kRowSecond},
             {"size", 5ULL}}};
}

std::vector<std::string> listed(const std::vector<std::string>& filters) {
    std::vector<std::string> rows;
    for (const auto& row : image_rows(images(), parse_filters(filters, image_filter_keys()), {}))
        rows.push_back(row["Repository"].get<std::string>() + ":" + row["Tag"].get<std::string>());
    return rows;
}

TEST(ImageRows, AreOneForEachName) {
    EXPECT_EQ(listed({}), (Names{"debian:12", "localhost:5000/debian:12", "<none>:<none>"}));
    const auto rows = image_rows(images(), {}, {});
    EXPECT_EQ(rows[0]["ID"], "eeeeeeeeeeee");
    EXPECT_EQ(rows[0]["Size"], "77.8MB");
    EXPECT_EQ(rows[0]["Digest"], "sha256:1111");
}

TEST(ImageFilters, Select) {
    EXPECT_EQ(listed({"dangling=true"}), Names{"<none>:<none>"});
    EXPECT_EQ(listed({"reference=debian"}), Names{"debian:12"});
    EXPECT_EQ(listed({"reference=*/debian:1*"}), Names{"localhost:5000/debian:12"});
    EXPECT_EQ(listed({"label=k=v"}), (Names{"debian:12", "localhost:5000/debian:12"}));
    EXPECT_EQ(listed({"before=debian:12"}), Names{"<none>:<none>"});
    EXPECT_EQ(listed({"reference=debian", "reference=*/debian"}),
              (Names{"debian:12", "localhost:5000/debian:12"}));
    EXPECT_EQ(listed({"reference=nothing"}), Names{});
}

TEST(References, SplitAtTheTag) {
    EXPECT_EQ(split_reference("localhost:5000/a/b").tag, "<none>");
    EXPECT_EQ(split_reference("localhost:5000/a/b:1").repository, "localhost:5000/a/b");
    EXPECT_EQ(split_reference("dir:/srv/images/busybox:1").tag, "1");
    EXPECT_EQ(split_reference("debian:12@sha256:aa").tag, "12");
    EXPECT_EQ(familiar("docker.io/me/web:1"), "me/web:1");
    EXPECT_EQ(familiar("quay.io/x:1"), "quay.io/x:1");
}

} // namespace
} // namespace berth::cli

// SPDX-License-Identifier: LGPL-2.1-or-later
#include <gtest/gtest.h>

#include <berth/error.hpp>
#include <run/oci/validate.hpp>

namespace berth::run::oci {
namespace {

/// A bundle with the given members of "linux" besides the namespaces.
spec::Bundle bundle(const std::string& linux_members = "",
                    const std::string& namespaces = R"({"type":"mount"})") {
    return spec::parse_bundle(R"({"ociVersion":"1.0.2","root":{"path":"r"},"unknown":[1],"linux":{)"
                              R"("namespaces":[)" +
                              namespaces + "]" + (linux_members.empty() ? "" : ",") +
                              linux_members + "}}");
}

void expect_refused(const spec::Bundle& bundle, const std::string& word) {
    try {
        check_bundle(bundle);
        FAIL() << "accepted, but should be refused for " << word;
    } catch (const Error& error) {
        EXPECT_NE(std::string(error.what()).find(word), std::string::npos) << error.what();
    }
}

TEST(CheckBundleTest, AcceptsAPlainOne) {
    EXPECT_NO_THROW(check_bundle(bundle()));
}

TEST(CheckBundleTest, RefusesTheHostsMountNamespace) {
    expect_refused(bundle("", R"({"type":"pid"})"), "mount");
}

TEST(CheckBundleTest, RefusesMappingsThatFitNoUserNamespace) {
    const std::string maps = R"("uidMappings":[{"containerID":0,"hostID":1000,"size":10}],)"
                             R"("gidMappings":[{"containerID":0,"hostID":1000,"size":10}])";
    expect_refused(bundle(maps), "uidMappings");
    EXPECT_NO_THROW(check_bundle(bundle(maps, R"({"type":"mount"},{"type":"user"})")));
    expect_refused(bundle("", R"({"type":"mount"},{"type":"user"})"), "uidMappings");
    EXPECT_NO_THROW(
        check_bundle(bundle("", R"({"type":"mount"},{"type":"user","path":"/proc/1/ns/user"})")));
}

TEST(CheckBundleTest, RefusesOffsetsWithoutATimeNamespace) {
    const std::string offsets = R"("timeOffsets":{"monotonic":{"secs":5}})";
    expect_refused(bundle(offsets), "timeOffsets");
    EXPECT_NO_THROW(check_bundle(bundle(offsets, R"({"type":"mount"},{"type":"time"})")));
}

TEST(CheckBundleTest, RefusesWhatItCanNotDo) {
    expect_refused(bundle(R"("intelRdt":{"closID":"x"})"), "intelRdt");
    expect_refused(bundle(R"("mountLabel":"x")"), "mountLabel");
    expect_refused(bundle(R"("resources":{"memory":{"swappiness":10}})"), "memory.swappiness");
    expect_refused(bundle(R"("resources":{"network":{"classID":1}})"), "network.classID");
    EXPECT_NO_THROW(check_bundle(bundle(R"("resources":{"memory":{"swappiness":0}})")));
}

TEST(CheckBundleTest, RefusesALayerOfTheStore) {
    auto layered = bundle();
    layered.annotations[spec::kAnnotationLayer] = "x";
    expect_refused(layered, "layer");
}

} // namespace
} // namespace berth::run::oci

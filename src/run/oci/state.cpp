// SPDX-License-Identifier: LGPL-2.1-or-later
#include "state.hpp"

#include <algorithm>
#include <array>
#include <ctime>

#include <fcntl.h>
#include <nlohmann/json.hpp>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <base/dir.hpp>
#include <base/file.hpp>
#include <berth/error.hpp>

namespace berth::run::oci {

namespace {

constexpr std::uint64_t kMaxState = 1U << 20U;

void check_id(const std::string& id) {
    constexpr const char* kLetters =
        "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_+-.";
    if (id.empty() || id.size() > 1024 || id == "." || id == ".." ||
        id.find_first_not_of(kLetters) != std::string::npos) {
        throw Error(ErrorCode::InvalidArgument,
                    "'" + id.substr(0, 100) +
                        "' is no container id: letters, digits and _+-. are allowed");
    }
}

bool is_frozen(const std::string& cgroup) {
    if (cgroup.empty()) return false;
    const base::Fd fd(::open((cgroup + "/cgroup.freeze").c_str(), O_RDONLY | O_CLOEXEC));
    return fd && base::read_all(fd.get(), 64, "cgroup.freeze").compare(0, 1, "1") == 0;
}

} // namespace

const char* status_name(Status status) noexcept {
    switch (status) {
    case Status::Creating:
        return "creating";
    case Status::Created:
        return "created";
    case Status::Running:
        return "running";
    case Status::Paused:
        return "paused";
    case Status::Stopped:
        break;
    }
    return "stopped";
}

StateDir::StateDir(const std::string& root, const std::string& id)
    : path_(root + "/" + id), id_(id) {
    check_id(id);
}

void StateDir::make() const {
    base::make_directories(path_.substr(0, path_.rfind('/')), 0711);
    if (::mkdir(path_.c_str(), 0711) == 0) return;
    if (errno == EEXIST) {
        throw Error(ErrorCode::Exists, "container with id '" + id_ + "' already exists");
    }
    throw_errno("cannot make '" + path_ + "'");
}

void StateDir::save(const State& state) const {
    const nlohmann::json json{
        {"id", state.id},         {"pid", state.pid},         {"start_time", state.start_time},
        {"bundle", state.bundle}, {"created", state.created}, {"cgroup", state.cgroup},
        {"owner", state.owner},   {"scope", state.scope},     {"made_cgroup", state.made_cgroup}};
    base::Dir::open(path_).write_atomically("state.json", json.dump(), 0600);
}

void StateDir::save_config(const std::string& json) const {
    base::Dir::open(path_).write_atomically("config.json", json, 0600);
}

State StateDir::load() const {
    const base::Fd fd(::open((path_ + "/state.json").c_str(), O_RDONLY | O_CLOEXEC));
    if (!fd) {
        if (errno == ENOENT) {
            throw Error(ErrorCode::NotFound, "container '" + id_ + "' does not exist");
        }
        throw_errno("cannot open the state of container '" + id_ + "'");
    }
    try {
        const auto json = nlohmann::json::parse(base::read_all(fd.get(), kMaxState, "state.json"));
        return {.id = json.at("id"),
                .pid = json.at("pid"),
                .start_time = json.at("start_time"),
                .bundle = json.at("bundle"),
                .created = json.at("created"),
                .cgroup = json.at("cgroup"),
                .made_cgroup = json.at("made_cgroup"),
                .scope = json.at("scope"),
                .owner = json.at("owner")};
    } catch (const nlohmann::json::exception& error) {
        throw Error(ErrorCode::Corrupt, "the state of container '" + id_ + "' is damaged");
    }
}

spec::Bundle StateDir::load_config() const {
    return spec::parse_bundle(base::read_file(path_ + "/config.json", spec::kBundleLimit));
}

void StateDir::remove() const {
    if (::access(path_.c_str(), F_OK) < 0) return;
    base::Dir::open(path_.substr(0, path_.rfind('/'))).remove_tree(id_);
}

std::optional<InitProcess> init_of(const State& state) {
    if (state.pid <= 0) return std::nullopt;
    InitProcess init{state.pid, {}};
    init.pidfd.reset(static_cast<int>(::syscall(SYS_pidfd_open, state.pid, 0)));
    if (!init.pidfd || start_time(state.pid) != state.start_time || state.start_time == 0) {
        return std::nullopt;
    }
    return init;
}

Status status_of(const StateDir& dir, const State& state) {
    if (state.pid == 0) return Status::Creating;
    if (!init_of(state)) return Status::Stopped;
    if (::access(dir.start_socket().c_str(), F_OK) == 0) return Status::Created;
    return is_frozen(state.cgroup) ? Status::Paused : Status::Running;
}

std::vector<std::string> list_ids(const std::string& root) {
    if (::access(root.c_str(), F_OK) < 0) return {};
    const auto dir = base::Dir::open(root);
    auto ids = dir.list();
    std::erase_if(ids, [&](const std::string& id) { return !dir.exists(id + "/state.json"); });
    return ids;
}

std::string state_json(const State& state, Status status, const spec::Bundle& bundle) {
    nlohmann::json json{{"ociVersion", bundle.oci_version},  {"id", state.id},
                        {"status", status_name(status)},     {"bundle", state.bundle},
                        {"annotations", bundle.annotations}, {"created", state.created}};
    json["pid"] = status == Status::Stopped ? 0 : state.pid;
    json["owner"] = state.owner;
    return json.dump(2);
}

std::string now_text() {
    timespec now{};
    ::clock_gettime(CLOCK_REALTIME, &now);
    std::tm parts{};
    ::gmtime_r(&now.tv_sec, &parts);
    std::array<char, 64> text{};
    const auto length = std::strftime(text.data(), text.size(), "%Y-%m-%dT%H:%M:%S", &parts);
    std::array<char, 16> fraction{};
    std::snprintf(fraction.data(), fraction.size(), ".%09ldZ", now.tv_nsec);
    return std::string(text.data(), length) + fraction.data();
}

} // namespace berth::run::oci

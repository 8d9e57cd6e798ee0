// SPDX-License-Identifier: LGPL-2.1-or-later
// Docker's flag strings: the first byte chooses the parser. What is accepted must hold what the
// parsers promise; what is refused must be an InvalidArgument.
#include <cstdint>
#include <cstdlib>
#include <string>

#include <berth/error.hpp>
#include <spec/address_syntax.hpp>
#include <spec/mode_syntax.hpp>
#include <spec/mount_syntax.hpp>
#include <spec/port_syntax.hpp>
#include <spec/resource_syntax.hpp>
#include <spec/signal.hpp>

namespace berth::spec {
namespace {

void require(bool truth) {
    if (!truth) std::abort();
}

void check_target(const std::string& target) {
    require(!target.empty() && target[0] == '/' && target != "/");
    require(clean_path(target) == target);
    require(target.find("/../") == std::string::npos);
}

void check_mount(const Mount& mount) {
    check_target(mount.target);
    if (mount.kind == MountKind::Bind) require(clean_path(mount.source) == mount.source);
    if (mount.kind == MountKind::Volume && !mount.source.empty()) {
        require(is_volume_name(mount.source));
    }
}

void parse(std::uint8_t choice, const std::string& text) {
    switch (choice % 12) {
    case 0:
        return check_mount(parse_volume(text));
    case 1:
        return check_mount(parse_mount(text));
    case 2:
        return check_mount(parse_tmpfs(text));
    case 3:
        for (const auto& port : parse_publish(text))
            require(port.container_port != 0);
        return;
    case 4:
        return require(!parse_expose("expose", text).empty());
    case 5:
        return check_target(parse_device(text).container_path);
    case 6: {
        const auto limit = parse_ulimit(text);
        return require(limit.soft <= limit.hard);
    }
    case 7:
        return static_cast<void>(parse_restart(text));
    case 8: {
        const auto [key, value] = parse_sysctl(text, true, true);
        require(key.find_first_of("/\n+ ") == std::string::npos);
        return require(value.find('\n') == std::string::npos);
    }
    case 9:
        return require(parse_mac(text).size() == 17);
    case 10:
        return require(parse_extra_host(text).find('\n') == std::string::npos);
    default:
        if (const auto signal = parse_signal(text))
            require(parse_signal(signal_name(*signal)) == signal);
        static_cast<void>(parse_network_mode(text));
    }
}

} // namespace

static void fuzz(const std::uint8_t* data, std::size_t size) {
    parse(data[0], std::string(reinterpret_cast<const char*>(data) + 1, size - 1));
}

} // namespace berth::spec

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    if (size == 0) return 0;
    try {
        berth::spec::fuzz(data, size);
    } catch (const berth::Error& error) {
        if (error.code() != berth::ErrorCode::InvalidArgument) std::abort();
    }
    return 0;
}

// SPDX-License-Identifier: LGPL-2.1-or-later
// UnitProperties is what StartTransientUnit and SetUnitProperties take: names of
// systemd.service(5), systemd.exec(5), systemd.resource-control(5) with their D-Bus types
// (org.freedesktop.systemd1(5)). Pure data: nothing here talks to systemd.
//
//     UnitProperties unit;
//     unit.set("Description", "container web").set("Delegate", true)
//         .set_command("ExecStart", {"/usr/libexec/berth/berth-run", "start", id})
//         .set_fd("StandardOutputFileDescriptor", fd);
#pragma once

#include <cstdint>
#include <string>
#include <tuple>
#include <utility>
#include <variant>
#include <vector>

#include <bus/message.hpp>
#include <bus/value.hpp>

namespace berth::systemd {

/// a(ss): DeviceAllow= {{"/dev/fuse", "rwm"}}, TemporaryFileSystem= ...
using Pairs = std::vector<std::pair<std::string, std::string>>;
/// a(sasb): path, argv, ignore failure.
using Commands = std::vector<std::tuple<std::string, bus::Strings, bool>>;
/// (bas): true: an allow list.
using NameSet = std::tuple<bool, bus::Strings>;
/// a(st): a size for a device.
using DeviceValues = std::vector<std::pair<std::string, std::uint64_t>>;
/// a(ssbt): source, target, ignore missing, MS_REC or 0.
using BindPaths = std::vector<std::tuple<std::string, std::string, bool, std::uint64_t>>;
/// ay and aay.
using Bytes = std::vector<std::uint8_t>;
using ByteArrays = std::vector<Bytes>;

/// No limit, in properties that count bytes, tasks or microseconds.
inline constexpr std::uint64_t kInfinity = UINT64_MAX;

class UnitProperties {
  public:
    using Value = std::variant<bool, std::int32_t, std::uint32_t, std::uint64_t, std::int64_t,
                               std::string, bus::Strings, Pairs, Commands, NameSet, DeviceValues,
                               BindPaths, Bytes, ByteArrays, bus::SharedFd>;

    /// Adds a property; the alternative of Value must be the property's D-Bus type.
    UnitProperties& set(const std::string& name, Value value);
    /// A literal; not `const char*`, which a constant 0 would fit as well.
    template <std::size_t N>
    UnitProperties& set(const std::string& name, const char (&value)[N]) {
        return set(name, Value(std::string(value)));
    }
    /// ExecStart=, ExecStopPost=...: one command without shell; argv[0] is the program's path.
    UnitProperties& set_command(const std::string& name, const bus::Strings& argv);
    /// StandardInputFileDescriptor= and its kin; the descriptor is shared.
    UnitProperties& set_fd(const std::string& name, bus::SharedFd fd);
    /// AllowedCPUs= and AllowedMemoryNodes=: "0-3,7" as the bit mask systemd takes.
    /// InvalidArgument when it is no such list or names more than 8192.
    UnitProperties& set_cpu_list(const std::string& name, const std::string& list);
    /// LogExtraFields=: "CONTAINER_NAME=web".
    UnitProperties& set_log_fields(const std::vector<std::string>& fields);

    [[nodiscard]] const std::vector<std::pair<std::string, Value>>& entries() const noexcept {
        return entries_;
    }
    /// The last value under a name, or null: for tests and for looking.
    [[nodiscard]] const Value* find(const std::string& name) const;

    /// As a(sv).
    void append_to(bus::Message& message) const;

  private:
    std::vector<std::pair<std::string, Value>> entries_;
};

} // namespace berth::systemd

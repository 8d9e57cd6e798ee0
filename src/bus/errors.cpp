// SPDX-License-Identifier: LGPL-2.1-or-later
#include "errors.hpp"

#include <array>
#include <cstring>

namespace berth::bus {

namespace {

constexpr std::string_view kPrefix = "org.berth1.Error.";

struct Row {
    std::string_view name;
    ErrorCode code;
};

// The first row of a code is the name it goes out by.
constexpr std::array kOurs = {
    Row{"InvalidArgument", ErrorCode::InvalidArgument},
    Row{"NotFound", ErrorCode::NotFound},
    Row{"Exists", ErrorCode::Exists},
    Row{"Busy", ErrorCode::Busy},
    Row{"Denied", ErrorCode::Denied},
    Row{"NotSupported", ErrorCode::Unsupported},
    Row{"Exhausted", ErrorCode::Exhausted},
    Row{"Corrupt", ErrorCode::Corrupt},
    Row{"Io", ErrorCode::Io},
    Row{"Cancelled", ErrorCode::Cancelled},
    Row{"Internal", ErrorCode::Internal},
    Row{kNoSuchContainer, ErrorCode::NotFound},
    Row{kNoSuchImage, ErrorCode::NotFound},
    Row{kNoSuchNetwork, ErrorCode::NotFound},
    Row{kNoSuchVolume, ErrorCode::NotFound},
    Row{kNoSuchJob, ErrorCode::NotFound},
    Row{kNameInUse, ErrorCode::Exists},
    Row{kInUse, ErrorCode::Busy},
    Row{kNotRunning, ErrorCode::Busy},
    Row{kAlreadyRunning, ErrorCode::Busy},
    Row{kStartFailed, ErrorCode::Io},
};

constexpr std::array kOthers = {
    Row{SD_BUS_ERROR_ACCESS_DENIED, ErrorCode::Denied},
    Row{SD_BUS_ERROR_INTERACTIVE_AUTHORIZATION_REQUIRED, ErrorCode::Denied},
    Row{SD_BUS_ERROR_AUTH_FAILED, ErrorCode::Denied},
    Row{SD_BUS_ERROR_INVALID_ARGS, ErrorCode::InvalidArgument},
    Row{SD_BUS_ERROR_INVALID_SIGNATURE, ErrorCode::InvalidArgument},
    Row{SD_BUS_ERROR_INCONSISTENT_MESSAGE, ErrorCode::InvalidArgument},
    Row{SD_BUS_ERROR_UNKNOWN_OBJECT, ErrorCode::NotFound},
    Row{SD_BUS_ERROR_FILE_NOT_FOUND, ErrorCode::NotFound},
    Row{SD_BUS_ERROR_FILE_EXISTS, ErrorCode::Exists},
    Row{SD_BUS_ERROR_UNKNOWN_METHOD, ErrorCode::Unsupported},
    Row{SD_BUS_ERROR_UNKNOWN_INTERFACE, ErrorCode::Unsupported},
    Row{SD_BUS_ERROR_UNKNOWN_PROPERTY, ErrorCode::Unsupported},
    Row{SD_BUS_ERROR_NOT_SUPPORTED, ErrorCode::Unsupported},
    Row{SD_BUS_ERROR_LIMITS_EXCEEDED, ErrorCode::Exhausted},
    Row{SD_BUS_ERROR_NO_MEMORY, ErrorCode::Exhausted},
    Row{"org.freedesktop.systemd1.NoSuchUnit", ErrorCode::NotFound},
    Row{"org.freedesktop.systemd1.UnitExists", ErrorCode::Exists},
    Row{"org.freedesktop.systemd1.LoadFailed", ErrorCode::NotFound},
    Row{"org.freedesktop.PolicyKit1.Error.NotAuthorized", ErrorCode::Denied},
    Row{"org.freedesktop.PolicyKit1.Error.Cancelled", ErrorCode::Cancelled},
};

std::string_view own_name(ErrorCode code) noexcept {
    for (const Row& row : kOurs) {
        if (row.code == code) return row.name;
    }
    return "Internal";
}

ErrorCode own_code(std::string_view name) noexcept {
    for (const Row& row : kOurs) {
        if (row.name == name) return row.code;
    }
    return ErrorCode::Internal;
}

} // namespace

NamedError::NamedError(const char* name, const std::string& message)
    : Error(std::strchr(name, '.') != nullptr ? error_code(name) : own_code(name), message),
      name_(name) {}

std::string error_name(ErrorCode code) {
    return std::string(kPrefix) + std::string(own_name(code));
}

std::string error_name(const Error& error) {
    if (const auto* named = dynamic_cast<const NamedError*>(&error)) {
        const bool whole = std::strchr(named->name(), '.') != nullptr;
        return whole ? named->name() : std::string(kPrefix) + named->name();
    }
    return error_name(error.code());
}

ErrorCode error_code(std::string_view name) noexcept {
    if (name.starts_with(kPrefix)) return own_code(name.substr(kPrefix.size()));
    for (const Row& row : kOthers) {
        if (row.name == name) return row.code;
    }
    return ErrorCode::Io;
}

Error to_error(const sd_bus_error& error) {
    const std::string name = error.name != nullptr ? error.name : "";
    std::string message = error.message != nullptr ? error.message : name;
    const int sys_errno = sd_bus_error_get_errno(&error);
    if (name.starts_with("System.Error.")) return {code_from_errno(sys_errno), message, sys_errno};
    return {error_code(name), message, sys_errno};
}

void throw_bus_error(const sd_bus_error& error, const std::string& context) {
    throw with_context(context, to_error(error));
}

int set_error(sd_bus_error* error, const std::exception& exception) noexcept {
    try {
        const auto* known = dynamic_cast<const Error*>(&exception);
        const std::string name =
            known != nullptr ? error_name(*known) : error_name(ErrorCode::Internal);
        return sd_bus_error_set(error, name.c_str(), exception.what());
    } catch (...) {
        return -ENOMEM;
    }
}

} // namespace berth::bus

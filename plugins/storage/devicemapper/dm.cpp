// SPDX-License-Identifier: LGPL-2.1-or-later
#include "dm.hpp"

#include <array>
#include <cstdarg>
#include <mutex>

#include <libdevmapper.h>
#include <unistd.h>

#include <base/handle.hpp>
#include <base/strings.hpp>
#include <berth/error.hpp>

namespace berth::devicemapper::dm {

namespace {

using RawTask = base::Handle<dm_task, dm_task_destroy>;

/// No other rule of udev has to look into a container's device, or mount it.
constexpr std::uint16_t kUdevFlags = DM_UDEV_DISABLE_SUBSYSTEM_RULES_FLAG |
                                     DM_UDEV_DISABLE_DISK_RULES_FLAG |
                                     DM_UDEV_DISABLE_OTHER_RULES_FLAG;

std::recursive_mutex& library() {
    static std::recursive_mutex mutex;
    return mutex;
}

/// What the library last complained of; it goes into the Error, not to standard error.
std::string& complaint() {
    static std::string text;
    return text;
}

void note(int level, const char* /*file*/, int /*line*/, int /*error*/, const char* format, ...) {
    if ((level & 7) > 4) return; // less than an error
    std::array<char, 512> text{};
    va_list arguments;
    va_start(arguments, format);
    std::vsnprintf(text.data(), text.size(), format, arguments);
    va_end(arguments);
    complaint() = base::printable(text.data());
}

void set_up() {
    static const bool done = [] {
        ::dm_log_with_errno_init(note);
        ::dm_udev_set_sync_support(1);
        ::dm_hold_control_dev(0);
        return true;
    }();
    static_cast<void>(done);
}

class Request {
  public:
    Request(int type, std::string name, std::string what)
        : lock_(library()), name_(std::move(name)), what_(std::move(what)) {
        set_up();
        complaint().clear();
        task_.reset(::dm_task_create(type));
        if (!task_) fail(ENODEV);
        if (!name_.empty()) require(::dm_task_set_name(task_.get(), name_.c_str()));
    }

    [[nodiscard]] dm_task* get() const { return task_.get(); }
    void require(int result) const {
        if (result == 0) fail(EINVAL);
    }
    /// Whether the kernel did it; the cause in `cause()`.
    [[nodiscard]] bool try_run() {
        if (::dm_task_run(task_.get()) != 0) return true;
        cause_ = ::dm_task_get_errno(task_.get());
        if (cause_ == 0) cause_ = EIO;
        return false;
    }
    void run() {
        if (!try_run()) fail(cause_);
    }
    /// The same, and waits until udev has made or removed the node.
    void run_with_udev() {
        std::uint32_t cookie = 0;
        require(::dm_task_set_cookie(task_.get(), &cookie, kUdevFlags));
        const bool done = try_run();
        ::dm_udev_wait(cookie);
        if (!done) fail(cause_);
    }
    [[nodiscard]] int cause() const noexcept { return cause_; }
    [[noreturn]] void fail(int cause) const {
        std::string text =
            what_ + (name_.empty() ? "" : " '" + name_ + "'") + ": " + std::strerror(cause);
        if (!complaint().empty()) text += " (" + complaint() + ")";
        // ENXIO: there is no such device. EBUSY: it is open.
        const auto code = cause == ENXIO ? ErrorCode::NotFound : code_from_errno(cause);
        throw Error(code, text, cause);
    }

  private:
    std::lock_guard<std::recursive_mutex> lock_;
    RawTask task_;
    std::string name_;
    std::string what_;
    int cause_ = 0;
};

void add_table(const Request& request, const Table& table) {
    request.require(::dm_task_add_target(request.get(), 0, table.sectors, table.target.c_str(),
                                         table.parameters.c_str()));
}

Table read(int type, const std::string& name, const char* what) {
    Request request(type, name, what);
    request.run();
    std::uint64_t start = 0;
    Table found;
    char* target = nullptr;
    char* parameters = nullptr;
    ::dm_get_next_target(request.get(), nullptr, &start, &found.sectors, &target, &parameters);
    if (target == nullptr) {
        throw Error(ErrorCode::NotFound, "there is no device '" + name + "'", ENXIO);
    }
    found.target = target;
    found.parameters = parameters == nullptr ? "" : parameters;
    return found;
}

} // namespace

std::string driver_version() {
    try {
        Request request(DM_DEVICE_VERSION, "", "cannot reach the kernel's device-mapper");
        request.run();
        std::array<char, 64> text{};
        request.require(::dm_task_get_driver_version(request.get(), text.data(), text.size()));
        return text.data();
    } catch (const Error& error) {
        throw Error(ErrorCode::Unsupported, error.what(), error.sys_errno());
    }
}

bool has_target(const std::string& target) {
    Request request(DM_DEVICE_GET_TARGET_VERSION, target, "cannot ask for the target");
    return request.try_run();
}

bool waits_for_udev() {
    const std::lock_guard<std::recursive_mutex> lock(library());
    set_up();
    return ::dm_udev_get_sync_support() != 0;
}

std::optional<Info> info(const std::string& name) {
    Request request(DM_DEVICE_INFO, name, "cannot ask about the device");
    if (!request.try_run()) {
        if (request.cause() == ENXIO) return std::nullopt;
        request.fail(request.cause());
    }
    dm_info raw{};
    request.require(::dm_task_get_info(request.get(), &raw));
    if (raw.exists == 0) return std::nullopt;
    return Info{raw.suspended != 0, raw.deferred_remove != 0, raw.open_count, raw.major, raw.minor};
}

Table table(const std::string& name) {
    return read(DM_DEVICE_TABLE, name, "cannot read the table of the device");
}

std::string status(const std::string& name) {
    return read(DM_DEVICE_STATUS, name, "cannot read the status of the device").parameters;
}

void create(const std::string& name, const Table& table) {
    Request request(DM_DEVICE_CREATE, name, "cannot make the device");
    add_table(request, table);
    request.require(::dm_task_set_add_node(request.get(), DM_ADD_NODE_ON_RESUME));
    try {
        request.run_with_udev();
    } catch (const Error& error) {
        if (error.sys_errno() != EBUSY || !info(name)) throw; // made by another process meanwhile
    }
}

void reload(const std::string& name, const Table& table) {
    {
        Request request(DM_DEVICE_RELOAD, name, "cannot change the table of the device");
        add_table(request, table);
        request.run();
    }
    suspend(name);
    resume(name);
}

void remove(const std::string& name, Removal removal) {
    if (!info(name)) return;
    Request request(DM_DEVICE_REMOVE, name, "cannot remove the device");
    if (removal == Removal::WhenClosed) {
        request.require(::dm_task_deferred_remove(request.get()));
    } else {
        request.require(::dm_task_retry_remove(request.get())); // udev may just be looking at it
    }
    try {
        request.run_with_udev();
    } catch (const Error& error) {
        if (error.sys_errno() != ENXIO) throw;
    }
}

void keep(const std::string& name) {
    message(name, "@cancel_deferred_remove");
}

void suspend(const std::string& name) {
    Request(DM_DEVICE_SUSPEND, name, "cannot suspend the device").run();
}

void resume(const std::string& name) {
    Request(DM_DEVICE_RESUME, name, "cannot resume the device").run_with_udev();
}

void message(const std::string& name, const std::string& text) {
    Request request(DM_DEVICE_TARGET_MSG, name, "cannot do '" + text + "' on the device");
    request.require(::dm_task_set_sector(request.get(), 0));
    request.require(::dm_task_set_message(request.get(), text.c_str()));
    request.run();
}

std::string path(const std::string& name) {
    return "/dev/mapper/" + name;
}

} // namespace berth::devicemapper::dm

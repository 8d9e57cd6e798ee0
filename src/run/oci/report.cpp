// SPDX-License-Identifier: LGPL-2.1-or-later
#include "report.hpp"

#include <fcntl.h>
#include <nlohmann/json.hpp>
#include <unistd.h>

#include <base/fd.hpp>
#include <base/file.hpp>
#include <base/log.hpp>
#include <berth/error.hpp>
#include <run/oci/state.hpp>

namespace berth::run::oci {

namespace {

struct Log {
    base::Fd file;
    LogFormat format = LogFormat::Text;
};

/// One a process, as standard error is.
Log& the_log() {
    static Log log;
    return log;
}

void write_to_log(const char* level, const char* message) noexcept {
    try {
        base::write_all(the_log().file.get(),
                        log_line(the_log().format, level, message, now_text()) + "\n");
    } catch (const std::exception&) {
        // There is nobody left to tell.
    }
}

} // namespace

std::string log_line(LogFormat format, std::string_view level, std::string_view message,
                     std::string_view time) {
    const nlohmann::json json{{"level", level}, {"msg", message}, {"time", time}};
    constexpr auto kReplace = nlohmann::json::error_handler_t::replace;
    if (format == LogFormat::Json) return json.dump(-1, ' ', false, kReplace);
    return "time=" + json["time"].dump(-1, ' ', false, kReplace) + " level=" + std::string(level) +
           " msg=" + json["msg"].dump(-1, ' ', false, kReplace);
}

void open_log(const std::string& path, LogFormat format) {
    the_log().format = format;
    if (path.empty()) return;
    the_log().file.reset(::open(path.c_str(), O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0644));
    if (!the_log().file) throw_errno("cannot open the log '" + path + "'");
    log::set_sink(write_to_log);
}

void report_failure(const std::string& message) noexcept {
    if (the_log().file) write_to_log("error", message.c_str());
    log::set_sink(nullptr);
    log::error("berth-oci: %s", message.c_str());
}

} // namespace berth::run::oci

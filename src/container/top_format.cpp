// SPDX-License-Identifier: LGPL-2.1-or-later
// ps(1)'s columns.
#include <array>
#include <ctime>
#include <map>
#include <string_view>

#include <sys/sysmacros.h>
#include <unistd.h>

#include <base/file.hpp>
#include <base/strings.hpp>
#include <berth/error.hpp>
#include <container/top.hpp>

namespace berth::container {

namespace {

constexpr std::size_t kPasswdLimit = 4U << 20U;

/// What is the same for all rows.
struct Moment {
    std::time_t now = ::time(nullptr);
    std::time_t boot = 0;
    std::uint64_t ticks = static_cast<std::uint64_t>(::sysconf(_SC_CLK_TCK));
    std::uint64_t memory = static_cast<std::uint64_t>(::sysconf(_SC_PHYS_PAGES)) *
                           static_cast<std::uint64_t>(::sysconf(_SC_PAGESIZE));
    std::map<std::uint32_t, std::string> users;
};

/// The host's own names; asking NSS could block on a network.
std::map<std::uint32_t, std::string> user_names() {
    std::map<std::uint32_t, std::string> names;
    try {
        for (const auto& line : base::split(base::read_file("/etc/passwd", kPasswdLimit), '\n')) {
            const auto fields = base::split(line, ':');
            if (fields.size() < 3) continue;
            if (const auto uid = base::parse_number(fields[2], UINT32_MAX)) {
                names.emplace(static_cast<std::uint32_t>(*uid), fields[0]);
            }
        }
    } catch (const Error&) {
        names.emplace(0, "root");
    }
    return names;
}

Moment read_moment() {
    Moment moment;
    timespec since_boot{};
    ::clock_gettime(CLOCK_BOOTTIME, &since_boot);
    moment.boot = moment.now - since_boot.tv_sec;
    moment.users = user_names();
    return moment;
}

std::string two_digits(std::uint64_t value) {
    return (value < 10 ? "0" : "") + std::to_string(value);
}

std::string clock_text(std::uint64_t seconds) {
    return two_digits(seconds / 3600) + ":" + two_digits(seconds / 60 % 60) + ":" +
           two_digits(seconds % 60);
}

std::uint64_t age(const ProcessInfo& process, const Moment& moment) {
    const std::uint64_t since_boot = static_cast<std::uint64_t>(moment.now - moment.boot);
    const std::uint64_t started = process.start_ticks / moment.ticks;
    return since_boot > started ? since_boot - started : 0;
}

std::uint64_t cpu_share(const ProcessInfo& process, const Moment& moment) {
    const std::uint64_t alive = age(process, moment);
    return alive == 0 ? 0 : process.cpu_ticks * 1000 / moment.ticks / alive; // per mille
}

std::string tenths(std::uint64_t per_mille) {
    return std::to_string(per_mille / 10) + "." + std::to_string(per_mille % 10);
}

using Field = std::string (*)(const ProcessInfo&, const Moment&);

std::string user(const ProcessInfo& process, const Moment& moment) {
    const auto known = moment.users.find(process.uid);
    return known != moment.users.end() ? known->second : std::to_string(process.uid);
}

std::string start_text(const ProcessInfo& process, const Moment& moment) {
    const std::time_t started =
        moment.boot + static_cast<std::time_t>(process.start_ticks / moment.ticks);
    std::tm when{};
    ::localtime_r(&started, &when);
    std::array<char, 16> text{};
    const bool today = moment.now - started < 24 * 3600;
    std::strftime(text.data(), text.size(), today ? "%H:%M" : "%b%d", &when);
    return text.data();
}

std::string terminal(const ProcessInfo& process, const Moment& /*moment*/) {
    constexpr unsigned kPtsMajor = 136;
    const auto device = static_cast<dev_t>(static_cast<unsigned>(process.terminal));
    if (process.terminal == 0 || ::major(device) < kPtsMajor || ::major(device) > kPtsMajor + 7) {
        return "?";
    }
    return "pts/" + std::to_string((::major(device) - kPtsMajor) * 256 + ::minor(device));
}

struct Column {
    std::string_view name;
    std::string_view title;
    Field field;
};

const std::array<Column, 27> kColumns{{
    {"user", "USER", user},
    {"uname", "USER", user},
    {"euser", "EUSER", user},
    {"uid", "UID", [](auto& p, auto&) { return std::to_string(p.uid); }},
    {"euid", "EUID", [](auto& p, auto&) { return std::to_string(p.uid); }},
    {"pid", "PID", [](auto& p, auto&) { return std::to_string(p.pid); }},
    {"ppid", "PPID", [](auto& p, auto&) { return std::to_string(p.parent); }},
    {"c", "C", [](auto& p, auto& m) { return std::to_string(cpu_share(p, m) / 10); }},
    {"stime", "STIME", start_text},
    {"start", "STARTED", start_text},
    {"start_time", "START", start_text},
    {"etimes", "ELAPSED", [](auto& p, auto& m) { return std::to_string(age(p, m)); }},
    {"etime", "ELAPSED", [](auto& p, auto& m) { return clock_text(age(p, m)); }},
    {"tty", "TTY", terminal},
    {"tname", "TTY", terminal},
    {"time", "TIME", [](auto& p, auto& m) { return clock_text(p.cpu_ticks / m.ticks); }},
    {"cmd", "CMD", [](auto& p, auto&) { return p.command; }},
    {"args", "COMMAND", [](auto& p, auto&) { return p.command; }},
    {"command", "COMMAND", [](auto& p, auto&) { return p.command; }},
    {"comm", "COMMAND", [](auto& p, auto&) { return base::printable(p.name); }},
    {"pcpu", "%CPU", [](auto& p, auto& m) { return tenths(cpu_share(p, m)); }},
    {"pmem", "%MEM",
     [](auto& p, auto& m) { return tenths(p.resident_bytes * 1000 / (m.memory | 1U)); }},
    {"vsz", "VSZ", [](auto& p, auto&) { return std::to_string(p.virtual_bytes / 1024); }},
    {"rss", "RSS", [](auto& p, auto&) { return std::to_string(p.resident_bytes / 1024); }},
    {"stat", "STAT", [](auto& p, auto&) { return std::string(1, p.state); }},
    {"nlwp", "NLWP", [](auto& p, auto&) { return std::to_string(p.threads); }},
    {"ni", "NI", [](auto& p, auto&) { return std::to_string(p.nice); }},
}};

Column column(std::string name) {
    if (name == "%cpu") name = "pcpu";
    if (name == "%mem") name = "pmem";
    if (name == "state" || name == "s") name = "stat";
    if (name == "nice") name = "ni";
    if (name == "tt") name = "tty";
    for (const auto& known : kColumns) {
        if (known.name == name) return known;
    }
    throw Error(ErrorCode::InvalidArgument,
                "unknown column '" + base::printable(name.substr(0, 64)) +
                    "'; known are user, uid, pid, ppid, c, stime, etime, tty, time, cmd, args, "
                    "comm, pcpu, pmem, vsz, rss, stat, nlwp and ni");
}

void add_columns(const std::string& list, std::vector<Column>& columns) {
    for (const auto& name : base::split(list, ',')) {
        const std::size_t equals = name.find('=');
        columns.push_back(column(base::to_lower(name.substr(0, equals))));
    }
}

/// ps -ef calls the user's name UID.
std::vector<Column> full_columns() {
    std::vector<Column> columns{column("user")};
    columns[0].title = "UID";
    add_columns("pid,ppid,c,stime,tty,time,cmd", columns);
    return columns;
}

std::vector<Column> user_columns() {
    std::vector<Column> columns;
    add_columns("user,pid,pcpu,pmem,vsz,rss,tty,stat,start_time,time,args", columns);
    return columns;
}

bool is_all_selection(std::string_view option) {
    // Which processes to show is decided: those of the container.
    return option == "-e" || option == "-A" || option == "a" || option == "x" || option == "ax" ||
           option == "-a" || option == "-x" || option == "-ax";
}

std::vector<Column> choose_columns(const std::vector<std::string>& options) {
    std::vector<Column> columns;
    for (std::size_t index = 0; index < options.size(); ++index) {
        const std::string& option = options[index];
        if (option == "-ef" || option == "-f" || option == "ef") return full_columns();
        if (option == "aux" || option == "-aux" || option == "u") return user_columns();
        const bool takes_list = option == "-o" || option == "o" || option == "-eo" ||
                                option == "-ao" || option == "-axo" || option == "axo";
        if (takes_list && index + 1 < options.size()) {
            add_columns(options[++index], columns);
        } else if (option.size() > 2 && option.rfind("-o", 0) == 0) {
            add_columns(option.substr(2), columns);
        } else if (!is_all_selection(option)) {
            throw Error(ErrorCode::InvalidArgument,
                        "unknown option '" + base::printable(option.substr(0, 64)) +
                            "' for ps; known are -ef, aux and -o COLUMN[,COLUMN...]");
        }
    }
    return columns.empty() ? full_columns() : columns;
}

} // namespace

ProcessList format_processes(const std::vector<ProcessInfo>& processes,
                             const std::vector<std::string>& ps_options) {
    const auto columns = choose_columns(ps_options);
    const Moment moment = read_moment();
    ProcessList list;
    for (const auto& shown : columns)
        list.titles.emplace_back(shown.title);
    for (const auto& process : processes) {
        std::vector<std::string> row;
        for (const auto& shown : columns)
            row.push_back(shown.field(process, moment));
        list.rows.push_back(std::move(row));
    }
    return list;
}

} // namespace berth::container

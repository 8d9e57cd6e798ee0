// SPDX-License-Identifier: LGPL-2.1-or-later
// Container: going in.
#include <fcntl.h>

#include <container/errors.hpp>
#include <daemon/container_object.hpp>
#include <daemon/exec_sessions.hpp>
#include <daemon/launching.hpp>
#include <daemon/operations.hpp>
#include <daemon/subject.hpp>
#include <daemon/terminals.hpp>

namespace berth::daemon {

namespace {

constexpr std::size_t kMaxArguments = 4096;

container::ExecOptions read_exec(const bus::Strings& argv, const bus::Dict& options) {
    if (argv.size() > kMaxArguments) {
        throw Error(ErrorCode::InvalidArgument, "the command has too many arguments");
    }
    container::ExecOptions exec{.argv = argv};
    exec.env = options.get_or<bus::Strings>("env", {});
    exec.cwd = options.get_or<std::string>("cwd", "");
    exec.user = options.get_or<std::string>("user", "");
    exec.tty = options.get_or("tty", false);
    exec.console = read_console_size(options);
    exec.privileged = options.get_or("privileged", false);
    exec.stdio.in = options.get_or<bus::SharedFd>("stdin", nullptr);
    exec.stdio.out = options.get_or<bus::SharedFd>("stdout", nullptr);
    exec.stdio.err = options.get_or<bus::SharedFd>("stderr", nullptr);
    return exec;
}

// Its end of the pipe that `-d -i` left for whoever comes.
bus::SharedFd open_input(const store::ContainerRecord& record) {
    const std::string path = store::container_runtime_dir(record.id) + "/stdin";
    base::Fd fifo(::open(path.c_str(), O_WRONLY | O_NONBLOCK | O_CLOEXEC | O_NOFOLLOW));
    if (!fifo) throw_errno("cannot open the input of container " + record.name);
    return std::make_shared<base::Fd>(std::move(fifo));
}

} // namespace

void ContainerObject::attach(bus::Call call) {
    call.read<bus::Dict>().require_only({});
    const auto record = record_of(call);
    context_.gate.pass(call, facts_of(record), [this, call, record](const Permit&) {
        const auto spec = spec::parse_container_spec(record.spec);
        const auto now = container::condition_of(record, context_.units.service(record.unit));
        if (!container::is_active(now.state)) {
            throw bus::NamedError(bus::kNotRunning, "container " + record.name + " is not running");
        }
        bus::Dict result;
        if (spec.tty) {
            result.set("terminal", context_.terminals->attach("container/" + record.id.str(),
                                                              call.message().sender()));
        } else if (spec.open_stdin &&
                   ::access((store::container_runtime_dir(record.id) + "/stdin").c_str(), F_OK) ==
                       0) {
            result.set("stdin", open_input(record));
        }
        call.reply(result);
    });
}

void ContainerObject::exec(bus::Call call) {
    const auto [argv, options] = call.read_all<bus::Strings, bus::Dict>();
    options.require_only({"env", "cwd", "user", "tty", "rows", "columns", "privileged", "stdin",
                          "stdout", "stderr", "detach"});
    const auto request = read_exec(argv, options);
    const bool detached = options.get_or("detach", false);
    const auto record = record_of(call);
    Facts facts = facts_of(record);
    if (request.privileged) facts.details["privileged"] = "true";
    if (!request.user.empty()) facts.details["user"] = request.user;
    context_.gate.pass(call, facts, [this, record, request, detached](const Permit& permit) {
        context_.execs->start(permit, record, request, detached);
    });
}

void ContainerObject::wait_exec(bus::Call call) {
    const auto id = call.read<std::string>();
    const auto record = record_of(call);
    context_.gate.pass(call, facts_of(record), [this, call, id, record](const Permit&) {
        if (context_.execs->container_of(id) != record.id) {
            throw Error(ErrorCode::NotFound, "no such exec in container " + record.name);
        }
        context_.execs->wait(call, id);
    });
}

} // namespace berth::daemon

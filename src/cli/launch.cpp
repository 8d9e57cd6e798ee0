// SPDX-License-Identifier: LGPL-2.1-or-later
#include "launch.hpp"

#include "attach_streams.hpp"
#include "container_options.hpp"
#include "detach_keys.hpp"
#include "exit_watch.hpp"
#include "image_pull.hpp"
#include "options.hpp"
#include "report.hpp"
#include "session.hpp"

#include <algorithm>
#include <cstdio>

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <base/file.hpp>
#include <base/strings.hpp>

namespace berth::cli {
namespace {

struct LaunchFlags {
    bool detach = false;
    bool sig_proxy = true;
    bool replace = false;
    std::vector<std::string> attach;
    std::string detach_keys = kDefaultDetachKeys;
};

// One `berth run` or `berth create`.
class Launch {
  public:
    Launch(Client& client, const ContainerOptions& container, LaunchFlags flags,
           const Arguments& arguments)
        : client_(client), container_(container), flags_(std::move(flags)), image_(arguments[0]),
          config_(container.config({arguments.begin() + 1, arguments.end()})) {}

    Launch(const Launch&) = delete;
    Launch& operator=(const Launch&) = delete;
    ~Launch() {
        // Nothing was made, so a new attempt may claim it again.
        if (cidfile_) ::unlink(container_.cidfile->c_str());
    }

    int create() {
        claim_cidfile();
        pull_if_always();
        auto reply = with_image([&] {
            return client_.manager("CreateContainer", container_.name, image_, config_, options());
        });
        static_cast<void>(reply.read<bus::ObjectPath>());
        const auto id = reply.read<std::string>();
        warn(reply.read<bus::Strings>());
        write_cidfile(id);
        std::puts(id.c_str());
        return 0;
    }

    int run() {
        claim_cidfile();
        pull_if_always();
        return flags_.detach ? run_detached() : run_in_front();
    }

  private:
    [[nodiscard]] bus::Dict options() const {
        bus::Dict options;
        if (flags_.replace) options.set("replace", true);
        return options;
    }

    int run_detached() {
        auto options = this->options();
        options.set("detach", true);
        auto reply = with_image([&] {
            return client_.manager("RunContainer", container_.name, image_, config_, options);
        });
        const auto started = read_started(reply);
        std::puts(started.id.c_str());
        return 0;
    }

    int run_in_front() {
        StreamChoice streams = choose_streams(flags_.attach, container_.interactive());
        check_terminal(container_.tty(), streams.in);
        Stdio stdio(streams);
        auto options = this->options();
        if (container_.tty()) {
            options.set("attach", true);
            add_terminal_size(options);
        } else {
            stdio.add_to(options);
        }
        Started started;
        int status = 0;
        with_image([&] {
            Session session(client_, flags_.sig_proxy ? forwarded_signals() : std::vector<int>{});
            ExitWatch exits(client_);
            auto reply = session.call(client_.new_call(bus::kRootPath, bus::kManagerInterface,
                                                       "RunContainer", container_.name, image_,
                                                       config_, options));
            options = {}; // our copies of the container's ends
            started = read_started(reply);
            if (container_.tty())
                session.use_terminal(take_terminal(started.result), streams.in, flags_.detach_keys);
            else
                session.use_stdio(stdio);
            session.on_signal(kill_on_signal(client_, started.path));
            status = exits.wait(session, started.path, started.id);
            return reply;
        });
        return status;
    }

    struct Started {
        std::string path;
        std::string id;
        bus::Dict result;
    };

    Started read_started(bus::Message& reply) {
        Started started;
        started.path = reply.read<bus::ObjectPath>().path;
        started.id = reply.read<std::string>();
        started.result = reply.read<bus::Dict>();
        warn(reply.read<bus::Strings>());
        write_cidfile(started.id);
        return started;
    }

    static void warn(const bus::Strings& warnings) {
        for (const auto& warning : warnings)
            std::fprintf(stderr, "WARNING: %s\n", base::printable(warning).c_str());
    }

    // Tries; when the image is not there, pulls it and tries again.
    bus::Message with_image(const std::function<bus::Message()>& attempt) {
        try {
            return attempt();
        } catch (const RemoteError& error) {
            if (error.name() != "NoSuchImage" || container_.pull != "missing") throw;
        }
        std::fprintf(stderr, "Unable to find image '%s' locally\n",
                     base::printable(with_default_tag(image_)).c_str());
        pull();
        return attempt();
    }

    void pull_if_always() {
        if (container_.pull == "always") pull();
    }

    void pull() { pull_image(client_, image_, {container_.platform(), container_.quiet, stderr}); }

    // The file must be ours before there is a container.
    void claim_cidfile() {
        if (!container_.cidfile) return;
        cidfile_.reset(::open(container_.cidfile->c_str(),
                              O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0644));
        if (cidfile_) return;
        if (errno == EEXIST)
            throw Error(ErrorCode::Exists, "the container ID file '" +
                                               base::printable(*container_.cidfile) +
                                               "' is there already: another container may still "
                                               "be running; remove the file or name another");
        throw_errno("cannot create '" + base::printable(*container_.cidfile) + "'");
    }

    void write_cidfile(const std::string& id) {
        if (!cidfile_) return;
        base::write_all(cidfile_.get(), id);
        cidfile_.reset();
    }

    Client& client_;
    const ContainerOptions& container_;
    LaunchFlags flags_;
    std::string image_;
    bus::Dict config_;
    base::Fd cidfile_;
};

void check_flags(const LaunchFlags& flags, const ContainerOptions& container) {
    container.check();
    static_cast<void>(DetachKeys(flags.detach_keys));
    if (flags.detach && !flags.attach.empty())
        throw UsageError("--attach and --detach exclude each other", UsageError::kBadArguments);
}

} // namespace

int launch(Client& client, const Arguments& arguments, LaunchKind kind) {
    const bool runs = kind == LaunchKind::Run;
    Options options(runs ? "run" : "create", "IMAGE [COMMAND] [ARG...]",
                    runs ? "Create a container from an image and run a command in it"
                         : "Create a container, not started");
    LaunchFlags flags;
    if (runs) {
        options.flag("-d,--detach", flags.detach, "Leave it in the background and print its ID");
        options.list("-a,--attach", "STREAM", flags.attach,
                     "Connect only these: stdin, stdout, stderr");
        options.flag("--sig-proxy", flags.sig_proxy, "Hand signals on to the container");
        options.value("--detach-keys", "KEYS", flags.detach_keys,
                      "Keys that leave it running (default ctrl-p,ctrl-q)");
    }
    if (!runs) { // what start attaches is said to start
        options.list("-a,--attach", "STREAM", flags.attach, "");
        options.hide();
    }
    options.flag("--replace", flags.replace, "Remove a container of that name first");
    ContainerOptions container(options);
    options.stop_at_first_argument();
    options.need(1);
    if (runs)
        options.note(
            "The exit status is the command's; 125 when berth failed, 126 when the command "
            "can't be\nexecuted, 127 when it was not found, 128+N when signal N ended it.");
    const auto words = options.parse(arguments);
    if (!words) return 0;
    check_flags(flags, container);
    return run_guarded([&] {
        Launch launch(client, container, flags, *words);
        return runs ? launch.run() : launch.create();
    });
}

} // namespace berth::cli

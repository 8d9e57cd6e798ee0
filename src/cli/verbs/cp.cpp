// SPDX-License-Identifier: LGPL-2.1-or-later
#include "copy_plan.hpp"
#include "job.hpp"
#include "options.hpp"
#include "output_file.hpp"
#include "signals.hpp"
#include "tar.hpp"
#include "verb.hpp"

#include <csignal>
#include <exception>
#include <functional>
#include <thread>
#include <utility>

#include <sys/stat.h>

#include <base/strings.hpp>

namespace berth::cli {
namespace {

struct CopyFlags {
    bool archive = false;
    bool follow = false;
    bool quiet = false;
};

// Works on one end of a pipe while the job has the other.
class TarThread {
  public:
    TarThread(base::Fd end, std::function<void(int)> work)
        : thread_([this, fd = std::move(end), run = std::move(work)]() mutable {
              try {
                  run(fd.get());
              } catch (...) {
                  failure_ = std::current_exception();
              }
              fd.reset();
          }) {}
    ~TarThread() {
        if (thread_.joinable()) thread_.join();
    }
    TarThread(const TarThread&) = delete;
    TarThread& operator=(const TarThread&) = delete;

    /// Throws what the work threw.
    void finish() {
        thread_.join();
        if (failure_) std::rethrow_exception(failure_);
    }
    /// The same, where an error of the other side is the consequence of ours.
    void finish_quietly(const std::exception_ptr& other) {
        thread_.join();
        std::rethrow_exception(failure_ ? failure_ : other);
    }

  private:
    std::exception_ptr failure_;
    std::thread thread_;
};

class Copy {
  public:
    Copy(Client& client, CopyFlags flags) : client_(client), flags_(flags) {
        std::signal(SIGPIPE, SIG_IGN); // the job may end before we do
    }

    void out(const CopyEnd& from, const std::string& to) {
        const std::string path = client_.container(from.container);
        if (to == "-") {
            const OutputFile tar("");
            static_cast<void>(
                follow_job(client_, copy_out(path, from.path, tar.fd()), {"copy", true}));
            return;
        }
        struct stat info {};
        const bool exists = ::stat(to.c_str(), &info) == 0;
        const CopyTarget target{to, exists, exists && S_ISDIR(info.st_mode)};
        with_thread(
            [&](int fd) {
                unpack(fd,
                       [&](bool directory) {
                           return plan_copy({from.path, directory}, target);
                       },
                       {flags_.archive});
            },
            false, [&](const base::Fd& end) { return copy_out(path, from.path, end); });
    }

    // The other side knows what TARGET is: it applies the rules.
    void in(const std::string& from, const CopyEnd& to) {
        const std::string path = client_.container(to.container);
        if (from == "-") {
            const base::Fd tar =
                open_input("-", "standard input is a terminal: send an archive to it");
            static_cast<void>(
                follow_job(client_, copy_in(path, to.path, tar, true), {"copy", true}));
            return;
        }
        struct stat info {};
        const bool through = flags_.follow || from.ends_with('/') || from.ends_with("/.");
        if ((through ? ::stat(from.c_str(), &info) : ::lstat(from.c_str(), &info)) != 0)
            throw_errno("cannot copy '" + base::printable(from) + "'");
        const bool contents = S_ISDIR(info.st_mode) && means_content(from);
        with_thread(
            [&](int fd) {
                pack(from, contents ? "." : last_of(from), {through, flags_.archive}, fd);
            },
            true, [&](const base::Fd& end) { return copy_in(path, to.path, end, contents); });
    }

  private:
    bus::Message copy_out(const std::string& path, const std::string& what, const base::Fd& tar) {
        bus::Dict request;
        if (flags_.follow) request.set("follow_link", true);
        return client_.new_call(path, kContainerInterface, "CopyOut", what, tar, request);
    }

    bus::Message copy_in(const std::string& path, const std::string& where, const base::Fd& tar,
                         bool contents) {
        bus::Dict request;
        if (contents) request.set("contents", true);
        return client_.new_call(path, kContainerInterface, "CopyIn", where, tar, request);
    }

    void with_thread(const std::function<void(int)>& work, bool writes,
                     const std::function<bus::Message(const base::Fd&)>& request) {
        const SignalBlock block({SIGINT}); // for the job, not for the thread
        base::Pipe pipe = base::make_pipe();
        base::Fd& ours = writes ? pipe.write : pipe.read;
        base::Fd& theirs = writes ? pipe.read : pipe.write;
        auto call = request(theirs);
        theirs.reset();
        TarThread thread(std::move(ours), work);
        try {
            static_cast<void>(follow_job(client_, std::move(call), {"copy", true}));
        } catch (...) {
            call = {};
            thread.finish_quietly(std::current_exception());
        }
        thread.finish();
    }

    Client& client_;
    CopyFlags flags_;
};

} // namespace

int copy(Client& client, const Arguments& arguments) {
    CopyFlags flags;
    Options options("cp", "CONTAINER:SOURCE TARGET|- | SOURCE|- CONTAINER:TARGET",
                    "Copy files between a container and this machine");
    options.flag("-a,--archive", flags.archive, "Keep owners, set-user-ID bits and devices");
    options.flag("-L,--follow-link", flags.follow, "Copy what a link in SOURCE points to");
    options.flag("-q,--quiet", flags.quiet, "");
    options.hide();
    options.note("SOURCE/. copies what is in a directory; - is a tar archive on standard input or "
                 "output.");
    options.need(2, 2);
    const auto words = options.parse(arguments);
    if (!words) return 0;
    const CopyEnd from = parse_copy_end((*words)[0]);
    const CopyEnd to = parse_copy_end((*words)[1]);
    if (from.container.empty() == to.container.empty())
        throw UsageError(from.container.empty()
                             ? "one of the two must be in a container: CONTAINER:PATH"
                             : "copying between containers is not possible: use 'berth cp A:PATH - "
                               "| berth cp - B:PATH'",
                         UsageError::kBadArguments);
    Copy copy(client, flags);
    if (to.container.empty())
        copy.out(from, to.path);
    else
        copy.in(from.path, to);
    return 0;
}

} // namespace berth::cli

// SPDX-License-Identifier: LGPL-2.1-or-later
#include "unpack.hpp"

#include "berth_config.hpp"
#include "unpack_answer.hpp"

#include <array>
#include <csignal>
#include <cstdlib>
#include <vector>

#include <fcntl.h>
#include <spawn.h>
#include <sys/wait.h>

#include <base/file.hpp>
#include <base/strings.hpp>
#include <berth/error.hpp>

extern char** environ; // NOLINT(readability-redundant-declaration)

namespace berth::image {

namespace {

constexpr std::uint64_t kMaxAnswer = 16384;

/// This program if it is the worker already, else the installed one.
std::string worker_path() {
    std::array<char, 4096> self{};
    const ssize_t length = ::readlink("/proc/self/exe", self.data(), self.size());
    const std::string_view path(self.data(), length < 0 ? 0 : static_cast<std::size_t>(length));
    if (path.substr(path.rfind('/') + 1) == "berth-worker") return "/proc/self/exe";
    if (const char* dir = ::secure_getenv("BERTH_LIBEXEC_DIR")) {
        return std::string(dir) + "/berth-worker";
    }
    return BERTH_LIBEXEC_DIR "/berth-worker";
}

/// posix_spawn(3)'s two structures.
class Spawn {
  public:
    Spawn() {
        posix_spawn_file_actions_init(&actions_);
        posix_spawnattr_init(&attributes_);
        sigset_t none;
        sigset_t all;
        sigemptyset(&none);
        sigfillset(&all);
        posix_spawnattr_setsigmask(&attributes_, &none);
        posix_spawnattr_setsigdefault(&attributes_, &all);
        posix_spawnattr_setpgroup(&attributes_, 0);
        posix_spawnattr_setflags(&attributes_, POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF |
                                                   POSIX_SPAWN_SETPGROUP);
    }
    Spawn(const Spawn&) = delete;
    Spawn& operator=(const Spawn&) = delete;
    ~Spawn() {
        posix_spawn_file_actions_destroy(&actions_);
        posix_spawnattr_destroy(&attributes_);
    }

    /// The child's `number` is a copy of `fd`, by way of a number that no other copy lands on.
    void pass(const base::Fd& fd, int number) {
        constexpr int kAboveAll = 16;
        copies_.emplace_back(::fcntl(fd.get(), F_DUPFD_CLOEXEC, kAboveAll));
        if (!copies_.back()) throw_errno("cannot duplicate a file descriptor");
        posix_spawn_file_actions_adddup2(&actions_, copies_.back().get(), number);
    }

    pid_t run(const std::string& program, std::vector<std::string> arguments) {
        std::vector<char*> pointers;
        for (auto& argument : arguments)
            pointers.push_back(argument.data());
        pointers.push_back(nullptr);
        pid_t process = -1;
        const int status = ::posix_spawn(&process, program.c_str(), &actions_, &attributes_,
                                         pointers.data(), environ);
        if (status != 0) throw_errno("cannot start '" + program + "'", status);
        return process;
    }

  private:
    posix_spawn_file_actions_t actions_{};
    posix_spawnattr_t attributes_{};
    std::vector<base::Fd> copies_;
};

/// What one half failed with; none if it did not.
struct Outcome {
    std::optional<Answer> answer;
    std::optional<Error> error;
};

Outcome read_outcome(const base::Fd& answer) {
    try {
        return {parse_answer(base::read_all(answer.get(), kMaxAnswer, "answer")), std::nullopt};
    } catch (const Error& error) {
        return {std::nullopt, error};
    }
}

const char* mode_word(UnpackMode mode) {
    switch (mode) {
    case UnpackMode::OnParents:
        return "on-parents";
    case UnpackMode::Check:
        return "check";
    case UnpackMode::Alone:
        break;
    }
    return "alone";
}

std::string describe_death(int status) {
    if (WIFSIGNALED(status)) {
        return "the unpacker was ended by signal " + std::to_string(WTERMSIG(status));
    }
    return "the unpacker ended with status " + std::to_string(WEXITSTATUS(status)) +
           " and without an answer";
}

} // namespace

Unpacker::Unpacker(UnpackRequest request) : diff_id_(request.diff_id) {
    auto inflater = base::make_pipe();
    auto writer = base::make_pipe();
    spawn(request, inflater.write, writer.write);
    inflater_answer_ = std::move(inflater.read);
    writer_answer_ = std::move(writer.read);
}

void Unpacker::spawn(const UnpackRequest& request, const base::Fd& inflater,
                     const base::Fd& writer) {
    Spawn child;
    child.pass(request.stream, 0);
    child.pass(inflater, kInflaterAnswerFd);
    child.pass(writer, kWriterAnswerFd);
    process_ =
        child.run(worker_path(), {"berth-worker", "unpack", request.driver, request.layer.str(),
                                  std::to_string(request.max_bytes), mode_word(request.mode)});
}

Unpacker::~Unpacker() {
    if (process_ < 0) return;
    cancel();
    reap();
}

void Unpacker::cancel() noexcept {
    const std::lock_guard lock(mutex_);
    cancelled_ = true;
    if (process_ > 0) ::kill(-process_, SIGKILL);
}

int Unpacker::reap() noexcept {
    siginfo_t info{};
    // Its number stays taken until it is reaped, so that cancel() can't hit another.
    while (::waitid(P_PID, static_cast<id_t>(process_), &info, WEXITED | WNOWAIT) < 0 &&
           errno == EINTR) {
    }
    const std::lock_guard lock(mutex_);
    int status = 0;
    ::waitpid(process_, &status, 0);
    process_ = -1;
    return status;
}

Unpacked Unpacker::wait() {
    const auto inflated = read_outcome(inflater_answer_);
    const auto written = read_outcome(writer_answer_);
    const int status = reap();
    const std::string context = "it can't be unpacked";
    if (cancelled_) throw Error(ErrorCode::Cancelled, context + ": cancelled");
    // When one half fails the other sees a broken pipe (Cancelled) or an early end (anything), and
    // a half that says nothing was killed: the first with a reason of its own is the cause.
    const auto has_reason = [](const std::optional<Error>& error) {
        return error && error->code() != ErrorCode::Cancelled &&
               error->code() != ErrorCode::Internal;
    };
    if (has_reason(inflated.error)) throw with_context(context, *inflated.error);
    if (has_reason(written.error)) throw with_context(context, *written.error);
    if (!inflated.answer || !written.answer) {
        throw Error(ErrorCode::Io, context + ": " + describe_death(status));
    }
    const Digest found(inflated.answer->first);
    if (diff_id_ && found != *diff_id_) {
        throw Error(ErrorCode::Corrupt, context + ": its content has the digest " + found.str() +
                                            ", the image's configuration says " + diff_id_->str());
    }
    const auto bytes = base::parse_number(written.answer->first);
    return {found, bytes.value_or(0), written.answer->second};
}

} // namespace berth::image

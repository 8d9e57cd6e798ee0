// SPDX-License-Identifier: LGPL-2.1-or-later
#include "foreground.hpp"

#include <array>
#include <csignal>
#include <optional>

#include <fcntl.h>
#include <poll.h>
#include <sys/ioctl.h>
#include <sys/signalfd.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <termios.h>
#include <unistd.h>

#include <base/file.hpp>
#include <berth/error.hpp>

namespace berth::run::oci {

namespace {

constexpr std::array<int, 9> kPassedOn{SIGHUP,  SIGINT,  SIGQUIT, SIGTERM, SIGUSR1,
                                       SIGUSR2, SIGALRM, SIGCONT, SIGWINCH};

/// The caller's terminal without line editing, while it lives.
class Raw {
  public:
    Raw() {
        if (::isatty(STDIN_FILENO) != 1 || ::tcgetattr(STDIN_FILENO, &before_) < 0) return;
        termios raw = before_;
        ::cfmakeraw(&raw);
        active_ = ::tcsetattr(STDIN_FILENO, TCSANOW, &raw) == 0;
    }
    Raw(const Raw&) = delete;
    Raw& operator=(const Raw&) = delete;
    ~Raw() {
        if (active_) ::tcsetattr(STDIN_FILENO, TCSADRAIN, &before_);
    }

  private:
    termios before_{};
    bool active_ = false;
};

base::Fd open_signals() {
    sigset_t set;
    ::sigemptyset(&set);
    for (const int number : kPassedOn)
        ::sigaddset(&set, number);
    if (::sigprocmask(SIG_BLOCK, &set, nullptr) < 0) throw_errno("cannot block signals");
    base::Fd fd(::signalfd(-1, &set, SFD_CLOEXEC | SFD_NONBLOCK));
    if (!fd) throw_errno("cannot receive signals");
    return fd;
}

class Attendance {
  public:
    Attendance(const base::Fd& pidfd, base::Fd terminal)
        : pidfd_(pidfd), terminal_(std::move(terminal)), signals_(open_signals()) {
        if (!terminal_) return;
        raw_.emplace();
        copy_size();
    }

    int run() {
        bool ended = false;
        while (!ended) {
            std::array<pollfd, 4> items{{{pidfd_.get(), POLLIN, 0},
                                         {signals_.get(), POLLIN, 0},
                                         {terminal_.get(), POLLIN, 0},
                                         {typing_ && terminal_ ? STDIN_FILENO : -1, POLLIN, 0}}};
            if (::poll(items.data(), items.size(), -1) < 0 && errno != EINTR) {
                throw_errno("cannot wait for the container");
            }
            if (items[1].revents != 0) pass_signal();
            if (items[2].revents != 0 && !copy(terminal_.get(), STDOUT_FILENO)) terminal_.reset();
            if (items[3].revents != 0) typing_ = copy(STDIN_FILENO, terminal_.get());
            ended = items[0].revents != 0;
        }
        drain();
        return status();
    }

  private:
    /// False at the end.
    static bool copy(int from, int to) {
        std::array<char, 8192> buffer{};
        const auto got = ::read(from, buffer.data(), buffer.size());
        if (got < 0 && (errno == EINTR || errno == EAGAIN)) return true;
        if (got <= 0) return false; // a terminal without another end says EIO
        base::write_all(to, {buffer.data(), static_cast<std::size_t>(got)});
        return true;
    }

    void drain() {
        pollfd item{terminal_.get(), POLLIN, 0};
        while (terminal_ && ::poll(&item, 1, 0) > 0 && copy(terminal_.get(), STDOUT_FILENO)) {
        }
    }

    void pass_signal() {
        signalfd_siginfo info{};
        if (::read(signals_.get(), &info, sizeof info) != sizeof info) return;
        if (info.ssi_signo == SIGWINCH && terminal_) return copy_size();
        ::syscall(SYS_pidfd_send_signal, pidfd_.get(), static_cast<int>(info.ssi_signo), nullptr,
                  0);
    }

    void copy_size() {
        winsize size{};
        if (::ioctl(STDIN_FILENO, TIOCGWINSZ, &size) < 0) return;
        ::ioctl(terminal_.get(), TIOCSWINSZ, &size);
    }

    [[nodiscard]] int status() const {
        siginfo_t info{};
        if (::waitid(P_PIDFD, static_cast<id_t>(pidfd_.get()), &info, WEXITED) < 0) {
            throw_errno("cannot learn how the container's process ended");
        }
        return info.si_code == CLD_EXITED ? info.si_status : 128 + info.si_status;
    }

    const base::Fd& pidfd_;
    base::Fd terminal_;
    base::Fd signals_;
    std::optional<Raw> raw_;
    bool typing_ = true;
};

} // namespace

int attend(const base::Fd& pidfd, base::Fd terminal) {
    return Attendance(pidfd, std::move(terminal)).run();
}

} // namespace berth::run::oci

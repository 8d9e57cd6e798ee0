// SPDX-License-Identifier: LGPL-2.1-or-later
#include "unpack.hpp"

#include <csignal>
#include <new>
#include <string>
#include <vector>

#include <fcntl.h>
#include <linux/close_range.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <base/confine.hpp>
#include <base/fd.hpp>
#include <base/file.hpp>
#include <base/hash.hpp>
#include <base/strings.hpp>
#include <berth/error.hpp>
#include <berth/storage.hpp>
#include <image/fan_out.hpp>
#include <image/inflate.hpp>
#include <image/unpack.hpp>
#include <image/unpack_answer.hpp>
#include <plugin/config.hpp>
#include <plugin/loader.hpp>

namespace berth::worker {

namespace {

using base::Fd;
using image::Answer;

/// A tar of nothing but headers and padding must end too.
constexpr std::uint64_t kMaxOverhead = 16ULL << 30U;
#ifdef __SANITIZE_ADDRESS__
constexpr rlim_t kMaxMemory = RLIM_INFINITY; // its shadow memory counts
#else
constexpr rlim_t kMaxMemory = 1U << 30U;
#endif
constexpr rlim_t kMaxSeconds = 4 * 3600;
constexpr int kPipeSize = 1 << 20;

struct Order {
    std::string driver;
    LayerId layer;
    std::uint64_t max_bytes;
    image::UnpackMode mode;
};

image::UnpackMode parse_mode(std::string_view word) {
    if (word == "alone") return image::UnpackMode::Alone;
    if (word == "on-parents") return image::UnpackMode::OnParents;
    if (word == "check") return image::UnpackMode::Check;
    throw Error(ErrorCode::InvalidArgument, "there is no such way to unpack");
}

Order parse_order(std::span<char* const> arguments) {
    const auto max_bytes = arguments.size() == 4 ? base::parse_number(arguments[2]) : std::nullopt;
    if (!max_bytes) {
        throw Error(ErrorCode::InvalidArgument,
                    "usage: berth-worker unpack DRIVER LAYER MAX-BYTES alone|on-parents|check");
    }
    return {arguments[0], LayerId(arguments[1]), *max_bytes, parse_mode(arguments[3])};
}

void set_limit(__rlimit_resource resource, rlim_t value) {
    rlimit limit{};
    if (::getrlimit(resource, &limit) < 0) throw_errno("cannot read a resource limit");
    limit.rlim_max = std::min(limit.rlim_max, value);
    limit.rlim_cur = limit.rlim_max;
    if (::setrlimit(resource, &limit) < 0) throw_errno("cannot set a resource limit");
}

void set_limits() {
    set_limit(RLIMIT_DATA, kMaxMemory);
    set_limit(RLIMIT_CPU, kMaxSeconds);
    set_limit(RLIMIT_CORE, 0);
    set_limit(RLIMIT_NOFILE, 1024);
    // EPIPE and EFBIG are errors like others.
    std::signal(SIGPIPE, SIG_IGN);
    std::signal(SIGXFSZ, SIG_IGN);
}

void close_from(unsigned first) {
    if (::syscall(SYS_close_range, first, ~0U, 0) < 0) throw_errno("cannot close descriptors");
}

/// Runs one half and writes its answer, whatever happens: the border of its process.
template <class Half>
int answer(int answer_fd, const Half& half) noexcept {
    std::string text;
    try {
        try {
            text = image::format_answer(half());
        } catch (const Error& error) {
            text = image::format_failure(error);
        } catch (const std::bad_alloc&) {
            text = image::format_failure(
                Error(ErrorCode::Exhausted, "the archive needs more memory than it may have"));
        } catch (const std::exception& error) {
            text = image::format_failure(Error(ErrorCode::Internal, error.what()));
        }
        base::write_all(answer_fd, text);
    } catch (...) {
        return 1; // nobody listens
    }
    return text.compare(0, 3, "ok\n") == 0 ? 0 : 1;
}

void write_tar(int tar, std::string_view bytes) {
    try {
        base::write_all(tar, bytes);
    } catch (const Error& error) {
        if (error.sys_errno() != EPIPE) throw;
        throw Error(ErrorCode::Cancelled, "the writing half ended early");
    }
}

Answer inflate_all(int stream, int tar, std::uint64_t max_bytes) {
    base::Sha256 hash;
    base::enter_empty_tree(plugin::state_dir());
    base::keep_capabilities({});
    base::deny_dangerous_calls();
    image::Inflater inflater(stream);
    image::FanOut fan_out({[&](std::string_view bytes) { hash.update(bytes); },
                           [&](std::string_view bytes) { write_tar(tar, bytes); }});
    const std::uint64_t limit =
        max_bytes > UINT64_MAX - kMaxOverhead ? UINT64_MAX : max_bytes + kMaxOverhead;
    std::uint64_t total = 0;
    for (;;) {
        const std::size_t count = inflater.read(fan_out.next_buffer());
        if (count == 0) break;
        if (count > limit - total) {
            throw Error(ErrorCode::Exhausted, "the layer inflates to more than the " +
                                                  std::to_string(limit) + " bytes allowed");
        }
        total += count;
        fan_out.commit(count);
    }
    fan_out.finish();
    return {hash.finish().str(), total};
}

/// Nothing is kept of it.
Answer swallow(int tar) {
    base::enter_empty_tree(plugin::state_dir());
    base::keep_capabilities({});
    base::deny_dangerous_calls();
    std::vector<char> buffer(kPipeSize);
    for (;;) {
        const ssize_t count = ::read(tar, buffer.data(), buffer.size());
        if (count < 0 && errno == EINTR) continue;
        if (count < 0) throw_errno("cannot read the archive");
        if (count == 0) return {"0", 0};
    }
}

Answer write_tree(Storage& storage, const Order& order, int tar) {
    if (order.mode == image::UnpackMode::Check) return swallow(tar);
    const bool on_parents = order.mode == image::UnpackMode::OnParents;
    const auto applied = on_parents ? storage.apply_on_parents(order.layer, tar, order.max_bytes)
                                    : storage.apply(order.layer, tar, order.max_bytes);
    return {std::to_string(applied.bytes), applied.entries};
}

/// The process has one thread here, and the child runs nothing of the parent's but this.
int run_inflater(int tar, std::uint64_t max_bytes) {
    ::prctl(PR_SET_PDEATHSIG, SIGKILL, 0, 0, 0);
    ::close(image::kWriterAnswerFd);
    return answer(image::kInflaterAnswerFd, [&] { return inflate_all(0, tar, max_bytes); });
}

int run_writer(Storage& storage, const Order& order, int tar) {
    ::close(0);
    ::close(image::kInflaterAnswerFd);
    return answer(image::kWriterAnswerFd, [&] { return write_tree(storage, order, tar); });
}

int unpack(const Order& order) {
    close_from(image::kWriterAnswerFd + 1);
    for (const int fd : {image::kInflaterAnswerFd, image::kWriterAnswerFd}) {
        ::fcntl(fd, F_SETFD, FD_CLOEXEC);
    }
    set_limits();
    const auto storage = plugin::load_storage(order.driver);
    auto tar = base::make_pipe(kPipeSize);
    const pid_t inflater = ::fork();
    if (inflater < 0) throw_errno("cannot start the inflating half");
    if (inflater == 0) {
        tar.read.reset();
        ::_exit(run_inflater(tar.write.get(), order.max_bytes));
    }
    tar.write.reset();
    const int status = run_writer(*storage, order, tar.read.get());
    tar.read.reset();
    ::waitpid(inflater, nullptr, 0);
    return status;
}

} // namespace

int unpack_main(std::span<char* const> arguments) {
    try {
        return unpack(parse_order(arguments));
    } catch (const std::exception&) {
        // Before the halves existed: the writer's answer is this failure.
        return answer(image::kWriterAnswerFd, []() -> Answer { throw; });
    }
}

} // namespace berth::worker

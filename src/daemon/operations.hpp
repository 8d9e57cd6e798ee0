// SPDX-License-Identifier: LGPL-2.1-or-later
// Carries permitted calls out: the work on a pool thread, the answer from the main loop. Keeps the
// daemon from leaving meanwhile, and gives the engine's finer failures their D-Bus names.
#pragma once

#include <exception>
#include <functional>
#include <memory>
#include <optional>
#include <utility>

#include <bus/event.hpp>
#include <daemon/gate.hpp>
#include <daemon/idle.hpp>
#include <daemon/pool.hpp>

namespace berth::daemon {

/// The same failure under the name a client tells it apart by (NoSuchContainer, NotRunning...).
[[nodiscard]] std::exception_ptr name_failure(const std::exception_ptr& failure) noexcept;

class Operations {
  public:
    Operations(bus::Event& event, Pool& pool, Idle& idle)
        : event_(event), pool_(pool), idle_(idle) {}

    /// `work` on a pool thread, then `answer(result)` on the main loop. What either throws becomes
    /// the call's answer. An `answer` that does not reply has kept the call for later.
    template <class Work, class Answer>
    void run(const Permit& permit, Work work, Answer answer) {
        const bus::Call call = permit.call();
        background(
            std::move(work),
            [call, answer = std::move(answer)](auto&&... result) mutable {
                bus::guard(call, [&] { answer(std::forward<decltype(result)>(result)...); });
            },
            [call](const std::exception_ptr& failure) { call.fail(name_failure(failure)); });
    }

    /// The same for work that nobody waits for; a failure goes to `failed` on the main loop.
    template <class Work, class Done, class Failed>
    void background(Work work, Done done, Failed failed) {
        using Result = decltype(work());
        using Stored = std::conditional_t<std::is_void_v<Result>, std::monostate, Result>;
        struct Task {
            Work work;
            Done done;
            Failed failed;
            Idle::Hold hold;
            std::optional<Stored> result;
            std::exception_ptr failure;
        };
        auto task = std::make_shared<Task>(Task{std::move(work),
                                                std::move(done),
                                                std::move(failed),
                                                idle_.hold(Idle::Reason::Work),
                                                {},
                                                {}});
        pool_.submit([this, task = std::move(task)]() mutable {
            try {
                if constexpr (std::is_void_v<Result>) {
                    task->work();
                    task->result.emplace();
                } else {
                    task->result.emplace(task->work());
                }
            } catch (...) {
                task->failure = std::current_exception();
            }
            // The lambdas hold bus messages, which belong to the main thread: they go back there
            // to be used and to be destroyed.
            event_.post([task = std::move(task)] {
                if (task->failure)
                    task->failed(task->failure);
                else if constexpr (std::is_void_v<Result>)
                    task->done();
                else
                    task->done(std::move(*task->result));
            });
        });
    }

  private:
    bus::Event& event_;
    Pool& pool_;
    Idle& idle_;
};

} // namespace berth::daemon

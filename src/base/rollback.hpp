// SPDX-License-Identifier: LGPL-2.1-or-later
// Rollback undoes finished steps, last first, unless dismissed: the visible way back of a flow.
//     Rollback undo;
//     store.add(record);         undo.add([&] { store.remove(id); });
//     ...
//     undo.dismiss();
#pragma once

#include <functional>
#include <utility>
#include <vector>

#include <base/log.hpp>

namespace berth::base {

class Rollback {
  public:
    Rollback() = default;
    Rollback(const Rollback&) = delete;
    Rollback& operator=(const Rollback&) = delete;
    ~Rollback() {
        for (auto step = steps_.rbegin(); step != steps_.rend(); ++step) {
            try {
                (*step)();
            } catch (const std::exception& error) {
                log::warning("undoing a failed operation: %s", error.what());
            }
        }
    }

    void add(std::function<void()> step) { steps_.push_back(std::move(step)); }
    void dismiss() noexcept { steps_.clear(); }

  private:
    std::vector<std::function<void()>> steps_;
};

} // namespace berth::base

// SPDX-License-Identifier: LGPL-2.1-or-later
// Handle<T, free> owns a C library's object; out(handle) gives a T** for its constructor functions.
//     Handle<sd_bus, sd_bus_flush_close_unref> bus;
//     check(sd_bus_open_system(out(bus)));
#pragma once

#include <memory>

namespace berth::base {

template <auto Free>
struct Freer {
    template <class T>
    void operator()(T* object) const noexcept {
        Free(object);
    }
};

template <class T, auto Free>
using Handle = std::unique_ptr<T, Freer<Free>>;

/// Lives to the end of the full expression, then puts what the C function stored into the handle.
template <class T, class D>
class Out {
  public:
    explicit Out(std::unique_ptr<T, D>& handle) noexcept : handle_(handle) {}
    Out(const Out&) = delete;
    Out& operator=(const Out&) = delete;
    ~Out() { handle_.reset(raw_); }
    operator T**() noexcept { return &raw_; } // NOLINT(google-explicit-constructor)

  private:
    std::unique_ptr<T, D>& handle_;
    T* raw_ = nullptr;
};

template <class T, class D>
[[nodiscard]] Out<T, D> out(std::unique_ptr<T, D>& handle) noexcept {
    return Out<T, D>(handle);
}

} // namespace berth::base

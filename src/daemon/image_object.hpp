// SPDX-License-Identifier: LGPL-2.1-or-later
// org.berth1.Image at /org/berth1/image/<64 hex of the configuration's digest>.
#pragma once

#include <string>
#include <vector>

#include <bus/object.hpp>
#include <daemon/context.hpp>

namespace berth::daemon {

class ImageObject {
  public:
    explicit ImageObject(Context& context);
    /// What it has on the bus.
    [[nodiscard]] static const sd_bus_vtable* vtable() noexcept;

    void inspect(bus::Call call);
    void history(bus::Call call);

    [[nodiscard]] std::string id(const std::string& path);
    [[nodiscard]] bus::Strings tags(const std::string& path);
    [[nodiscard]] bus::Strings digests(const std::string& path);
    [[nodiscard]] std::uint64_t size(const std::string& path);
    [[nodiscard]] std::uint64_t created(const std::string& path);
    [[nodiscard]] std::string architecture(const std::string& path);
    [[nodiscard]] std::string os(const std::string& path);

  private:
    Context& context_;
    bus::Slot slot_;
    bus::Slot enumerator_;
};

} // namespace berth::daemon

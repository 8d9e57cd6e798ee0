// SPDX-License-Identifier: LGPL-2.1-or-later
// What a build needs of the daemon, by org.berth1.Worker and the container's own object.
#pragma once

#include <cstdint>

#include <build/host.hpp>
#include <bus/connection.hpp>

namespace berth::worker {

class BuildHost final : public build::Host {
  public:
    explicit BuildHost(std::uint32_t job);

    [[nodiscard]] std::optional<spec::JobImage> find_image(const std::string& name) override;
    [[nodiscard]] std::optional<spec::JobLayer> find_step(const std::string& key) override;
    [[nodiscard]] build::RunEnd run(const build::RunOrder& order) override;
    void discard(const LayerId& layer) override;

  private:
    std::uint32_t job_;
    bus::Connection connection_;
};

} // namespace berth::worker

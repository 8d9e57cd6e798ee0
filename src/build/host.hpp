// SPDX-License-Identifier: LGPL-2.1-or-later
// What a build needs of the daemon: records to look in, and units for its RUN steps, which only the
// daemon starts.
#pragma once

#include <optional>
#include <string>

#include <berth/id.hpp>
#include <spec/job.hpp>

namespace berth::build {

struct RunOrder {
    unsigned step = 0;             ///< number within the build, for the unit's name
    std::optional<LayerId> parent; ///< what its root stands on; none: an empty one
    std::string made;              ///< a job's result as JSON: layers and images so far
    std::string config;            ///< an image's configuration as JSON: command, variables, user
    std::string network;           ///< empty: the default network
    int output = -1;               ///< for what the command writes
};

struct RunEnd {
    LayerId layer; ///< of what it changed; discard() it
    int status = 0;
    std::string error; ///< why it could not be started
};

class Host {
  public:
    Host() = default;
    Host(const Host&) = delete;
    Host& operator=(const Host&) = delete;
    virtual ~Host() = default;

    /// An image of that name that is here already.
    [[nodiscard]] virtual std::optional<spec::JobImage> find_image(const std::string& name) = 0;
    /// What an earlier build made for the key.
    [[nodiscard]] virtual std::optional<spec::JobLayer> find_step(const std::string& key) = 0;
    /// Runs a command in a unit of its own, to its end.
    [[nodiscard]] virtual RunEnd run(const RunOrder& order) = 0;
    /// Forgets what a step ran in.
    virtual void discard(const LayerId& layer) = 0;
};

} // namespace berth::build

// SPDX-License-Identifier: LGPL-2.1-or-later
// Opens registry sessions for a user: picks the plugin a reference names, finds the user's
// credentials. A directory on this machine is reached with the user's own rights.
#pragma once

#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <string>

#include <berth/registry.hpp>
#include <spec/reference.hpp>

namespace berth::image {

class Places {
  public:
    using Loader = std::function<std::unique_ptr<Registry>(const std::string& plugin)>;

    /// `load` is plugin::load_registry, or a test's.
    Places(std::uint32_t uid, Loader load);

    /// May be called from several threads.
    [[nodiscard]] std::unique_ptr<RegistrySession> open(const spec::Reference& reference,
                                                        bool writable);
    [[nodiscard]] Registry& registry(const std::string& plugin);
    [[nodiscard]] RegistryTarget target(const spec::Reference& reference, bool writable) const;
    [[nodiscard]] std::uint32_t uid() const noexcept { return uid_; }

  private:
    std::uint32_t uid_;
    Loader load_;
    std::mutex mutex_;
    std::map<std::string, std::unique_ptr<Registry>> loaded_;
};

} // namespace berth::image

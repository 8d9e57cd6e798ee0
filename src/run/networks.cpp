// SPDX-License-Identifier: LGPL-2.1-or-later
#include "networks.hpp"

#include <map>
#include <memory>

#include <fcntl.h>

#include <base/fd.hpp>
#include <base/log.hpp>
#include <base/rollback.hpp>
#include <berth/error.hpp>
#include <berth/network.hpp>
#include <plugin/loader.hpp>

namespace berth::run {

namespace {

/// Each driver is loaded once.
class Drivers {
  public:
    Network& get(const std::string& name) {
        auto& driver = loaded_[name];
        if (!driver) driver = plugin::load_network(name);
        return *driver;
    }

  private:
    std::map<std::string, std::unique_ptr<Network>> loaded_;
};

} // namespace

spec::BundleNetwork network_of(const spec::Bundle& bundle) {
    const auto text = bundle.annotation(spec::kAnnotationNetwork);
    return text.empty() ? spec::BundleNetwork{} : spec::parse_bundle_network(text);
}

void attach_networks(const spec::BundleNetwork& network, pid_t pid) {
    if (network.networks.empty()) return;
    const auto path = "/proc/" + std::to_string(pid) + "/ns/net";
    const base::Fd netns(::open(path.c_str(), O_RDONLY | O_CLOEXEC));
    if (!netns) throw_errno("cannot open the container's network namespace");
    Drivers drivers;
    base::Rollback undo;
    for (const auto& item : network.networks) {
        auto& driver = drivers.get(item.config.driver);
        static_cast<void>(driver.attach(item.config, item.endpoint, netns.get()));
        undo.add([&] { driver.detach(item.config, item.endpoint); });
    }
    undo.dismiss();
}

void detach_networks(const spec::BundleNetwork& network) noexcept {
    Drivers drivers;
    for (const auto& item : network.networks) {
        try {
            drivers.get(item.config.driver).detach(item.config, item.endpoint);
        } catch (const std::exception& error) {
            log::warning("cannot detach from network '%s': %s", item.config.name.c_str(),
                         error.what());
        }
    }
}

} // namespace berth::run

// SPDX-License-Identifier: LGPL-2.1-or-later
#include "check.hpp"

#include "../layers/check.hpp"
#include "dm.hpp"

#include <algorithm>
#include <set>

#include <berth/error.hpp>

namespace berth::devicemapper {

namespace {

class StoreChecker : public layers::Checker {
  public:
    StoreChecker(const ThinStore& store, bool repair, const std::vector<LayerId>& in_use)
        : Checker(store.records(), repair, in_use), store_(store) {}

    /// False if the pool and the records can't be compared any further.
    bool check_agreement();

  protected:
    void check_parts(const LayerId& id) override;
    void check_rest() override;
    void remove(const LayerId& id) override {
        auto session = store_.open();
        store_.remove_layer(session, id);
    }

  private:
    void check_idle(const LayerId& id);

    const ThinStore& store_;
};

bool StoreChecker::check_agreement() {
    const auto agreement = store_.look();
    if (agreement == Agreement::Interrupted) {
        if (repair()) static_cast<void>(store_.open());
        report("the last change of the thin pool was cut off", repair());
        return repair();
    }
    if (agreement != Agreement::Strange) return true;
    try {
        static_cast<void>(store_.open());
    } catch (const Error& error) {
        report(error.what(), false);
    }
    return false;
}

void StoreChecker::check_parts(const LayerId& id) {
    try {
        static_cast<void>(store_.device_of(id));
        check_idle(id);
    } catch (const Error& error) {
        report(std::string(error.what()) + "; pull its image again, or remove it", false);
    }
}

/// A device that nobody has open belongs to a container that has stopped.
void StoreChecker::check_idle(const LayerId& id) {
    const auto name = store_.device_name(id);
    const auto info = dm::info(name);
    if (!info || info->open_count > 0 || store_.is_held(id)) return;
    if (repair()) store_.release(id);
    report("the device of the layer '" + id.str() + "' is active, but nobody uses it", repair());
}

void StoreChecker::check_rest() {
    auto session = store_.open();
    std::vector<std::uint32_t> devices;
    store_.pool().read_metadata([&](const Metadata& metadata) { devices = metadata.devices(); });
    std::set<std::uint32_t> strays(devices.begin(), devices.end());
    strays.erase(0); // the empty file system
    for (const auto& id : store_.records().list()) {
        try {
            const auto number = store_.device_of(id).number;
            strays.erase(number);
            if (std::find(devices.begin(), devices.end(), number) != devices.end()) continue;
            report("the layer '" + id.str() + "' has lost its device " + std::to_string(number) +
                       " in the thin pool; pull its image again, or remove it",
                   false);
        } catch (const Error&) {
            continue; // told by check_parts()
        }
    }
    for (const auto number : strays) {
        if (repair()) store_.delete_stray(session, number);
        report("the thin pool's device " + std::to_string(number) + " belongs to no layer",
               repair());
    }
}

} // namespace

std::vector<Finding> check_store(const ThinStore& store, bool repair,
                                 const std::vector<LayerId>& in_use) {
    StoreChecker checker(store, repair, in_use);
    if (!checker.check_agreement()) return checker.findings();
    return checker.run();
}

} // namespace berth::devicemapper

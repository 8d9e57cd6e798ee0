// SPDX-License-Identifier: LGPL-2.1-or-later
#include "check.hpp"

#include <algorithm>

#include <unistd.h>

#include <base/strings.hpp>
#include <base/walk.hpp>
#include <berth/error.hpp>

namespace berth::overlay {

namespace {

class Checker {
  public:
    Checker(const Layers& layers, bool repair, const std::vector<LayerId>& in_use)
        : layers_(layers), repair_(repair), in_use_(in_use) {}

    std::vector<Finding> run() {
        // Nobody makes or removes a layer now, so that what lies aside was left by a crash.
        const auto alone = layers_.lock(Layers::LockFile::Sweep, Layers::LockMode::Exclusive);
        for (const auto& name : base::list_names(layers_.open().fd())) {
            if (!is_hex64(name)) check_leftover(name);
        }
        for (const auto& id : layers_.list())
            check_layer(id);
        for (const auto& name : layers_.dangling_short_names())
            check_short_name(name);
        return std::move(findings_);
    }

  private:
    void report(const std::string& text, bool repaired) { findings_.push_back({text, repaired}); }

    void check_leftover(const std::string& name) {
        const bool ours = name.rfind(".new.", 0) == 0 || name.rfind(".old.", 0) == 0;
        if (ours && repair_) layers_.sweep(name);
        report(ours ? "the directory '" + name + "' is left over from a layer being " +
                          (name[1] == 'n' ? "made" : "removed")
                    : "the directory of the layers has '" + base::printable(name) +
                          "', which is not berth's; move it elsewhere",
               ours && repair_);
    }

    void check_layer(const LayerId& id) {
        if (std::find(in_use_.begin(), in_use_.end(), id) != in_use_.end()) return;
        if (!layers_.is_complete(id)) {
            if (repair_) layers_.sweep(layers_.set_aside(id));
            return report("the layer '" + id.str() + "' was never completed", repair_);
        }
        check_parts(id);
        check_ancestors(id);
    }

    void check_parts(const LayerId& id) {
        const std::vector<std::string> parts = layers_.is_container(id)
                                                   ? std::vector<std::string>{"/diff", "/work"}
                                                   : std::vector<std::string>{"/diff"};
        for (const auto& part : parts) {
            if (::access((layers_.path(id) + part).c_str(), F_OK) == 0) continue;
            const bool mends = repair_ && part == "/work";
            if (mends) layers_.make_work(id);
            report("the layer '" + id.str() + "' has lost its directory '" + part.substr(1) + "'",
                   mends);
        }
    }

    void check_ancestors(const LayerId& id) {
        try {
            static_cast<void>(layers_.ancestors(id));
        } catch (const Error& error) {
            // Nothing is made up or thrown away here: the container's own files may still matter.
            report(std::string(error.what()) + "; pull its image again, or remove it", false);
        }
    }

    void check_short_name(const std::string& name) {
        if (repair_) base::remove_tree(base::Dir::open(layers_.state_dir() + "/l").fd(), name);
        report("the short name 'l/" + base::printable(name) + "' leads to no layer", repair_);
    }

    const Layers& layers_;
    bool repair_;
    const std::vector<LayerId>& in_use_;
    std::vector<Finding> findings_;
};

} // namespace

std::vector<Finding> check_layers(const Layers& layers, bool repair,
                                  const std::vector<LayerId>& in_use) {
    return Checker(layers, repair, in_use).run();
}

} // namespace berth::overlay

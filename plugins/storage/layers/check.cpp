// SPDX-License-Identifier: LGPL-2.1-or-later
#include "check.hpp"

#include <algorithm>

#include <unistd.h>

#include <base/strings.hpp>
#include <base/walk.hpp>
#include <berth/error.hpp>

namespace berth::layers {

std::vector<Finding> Checker::run() {
    // Nobody makes or removes a layer now, so that what lies aside was left by a crash.
    const auto alone = records_.lock(Records::LockFile::Sweep, Records::LockMode::Exclusive);
    for (const auto& name : base::list_names(records_.open().fd())) {
        if (!is_hex64(name)) check_leftover(name);
    }
    for (const auto& id : records_.list())
        check_layer(id);
    check_rest();
    return findings_;
}

void Checker::check_leftover(const std::string& name) {
    const bool ours = name.rfind(".new.", 0) == 0 || name.rfind(".old.", 0) == 0;
    if (ours && repair_) records_.sweep(name);
    report(ours ? "the directory '" + name + "' is left over from a layer being " +
                      (name[1] == 'n' ? "made" : "removed")
                : "the directory of the layers has '" + base::printable(name) +
                      "', which is not berth's; move it elsewhere",
           ours && repair_);
}

void Checker::check_layer(const LayerId& id) {
    if (std::find(in_use_.begin(), in_use_.end(), id) != in_use_.end()) return;
    if (!records_.is_complete(id)) {
        if (repair_) remove(id);
        return report("the layer '" + id.str() + "' was never completed", repair_);
    }
    check_parts(id);
    check_ancestors(id);
}

void Checker::check_ancestors(const LayerId& id) {
    try {
        static_cast<void>(records_.ancestors(id));
    } catch (const Error& error) {
        // Nothing is made up or thrown away here: the container's own files may still matter.
        report(std::string(error.what()) + "; pull its image again, or remove it", false);
    }
}

void BranchChecker::check_parts(const LayerId& id) {
    const bool needs_work = with_work_ && branches_.is_container(id);
    for (const std::string part : {"diff", "work"}) {
        if (part == "work" && !needs_work) continue;
        if (::access((branches_.path(id) + "/" + part).c_str(), F_OK) == 0) continue;
        const bool mends = repair() && part == "work";
        if (mends) branches_.make_work(id);
        report("the layer '" + id.str() + "' has lost its directory '" + part + "'", mends);
    }
}

void BranchChecker::check_rest() {
    for (const auto& name : branches_.dangling_short_names()) {
        if (repair()) {
            base::remove_tree(base::Dir::open(branches_.state_dir() + "/l").fd(), name);
        }
        report("the short name 'l/" + base::printable(name) + "' leads to no layer", repair());
    }
}

} // namespace berth::layers

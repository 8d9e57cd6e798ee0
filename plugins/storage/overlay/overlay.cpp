// SPDX-License-Identifier: LGPL-2.1-or-later
#include "overlay.hpp"

#include "../layers/filesystem.hpp"
#include "plan.hpp"
#include "probe.hpp"

namespace berth::overlay {

namespace {

layers::BranchKind kind() {
    layers::BranchKind kind;
    kind.driver = "overlay";
    kind.style = tar::BranchStyle::Overlay;
    kind.whiteouts = tar::WhiteoutStyle::Overlay;
    kind.with_work = true;
    return kind;
}

} // namespace

Overlay::Overlay(const PluginHost& host)
    : BranchStorage(host, kind(), {kMaxLayers, "overlayfs stacks at most 500 layers"}) {}

Probe Overlay::probe() {
    return overlay::probe(branches().state_dir());
}

std::vector<std::pair<std::string, std::string>> Overlay::status() const {
    return {{"Backing Filesystem", layers::filesystem_name(branches().state_dir())},
            {"Supports d_type", "true"},
            {"Native Overlay Diff", "true"},
            {"Mount API", kernel_takes_layers_one_by_one() ? "lowerdir+" : "classic"}};
}

MountPlan Overlay::make_plan(const LayerId& id, const std::vector<LayerId>& ancestors,
                             bool read_only) const {
    return overlay::make_plan(branches(), id, ancestors, read_only);
}

void Overlay::tidy(const base::Dir& layer) const {
    layer.remove_tree("work");
}

} // namespace berth::overlay

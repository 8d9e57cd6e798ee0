// SPDX-License-Identifier: LGPL-2.1-or-later
#include "aufs.hpp"

#include "../layers/filesystem.hpp"
#include "../tar/names.hpp"
#include "plan.hpp"
#include "probe.hpp"

namespace berth::aufs {

namespace {

/// Two prefixes of a whiteout, a dot and four digits: what aufs sets aside while it works on a
/// name. Source: aufs_type.h, AUFS_MAX_NAMELEN.
constexpr std::size_t kLongestName = 255 - 2 * 4 - 1 - 4;

layers::BranchKind kind() {
    layers::BranchKind kind;
    kind.driver = "aufs";
    kind.style = tar::BranchStyle::Aufs;
    kind.whiteouts = tar::WhiteoutStyle::Aufs;
    kind.longest_name = kLongestName;
    return kind;
}

} // namespace

Aufs::Aufs(const PluginHost& host)
    : BranchStorage(host, kind(),
                    {kMaxBranches - 1, "aufs stacks at most 127 branches, the container's own "
                                       "among them"}),
      runtime_dir_(host.runtime_dir) {}

Probe Aufs::probe() {
    return aufs::probe(branches().state_dir());
}

std::vector<std::pair<std::string, std::string>> Aufs::status() const {
    return {{"Root Dir", branches().state_dir()},
            {"Backing Filesystem", layers::filesystem_name(branches().state_dir())},
            {"Dirs", std::to_string(branches().list().size())},
            {"Dirperm1 Supported", "true"}};
}

MountPlan Aufs::make_plan(const LayerId& id, const std::vector<LayerId>& ancestors,
                          bool read_only) const {
    return aufs::make_plan(branches(), runtime_dir_, id, ancestors, read_only);
}

void Aufs::tidy(const base::Dir& layer) const {
    const auto diff = layer.open_dir("diff");
    for (const auto& name : diff.list()) {
        const bool own = name.compare(0, tar::kAufsOwnPrefix.size(), tar::kAufsOwnPrefix) == 0;
        if (own && name != tar::kOpaqueName) diff.remove_tree(name);
    }
}

} // namespace berth::aufs

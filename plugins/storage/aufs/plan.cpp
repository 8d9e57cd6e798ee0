// SPDX-License-Identifier: LGPL-2.1-or-later
#include "plan.hpp"

#include <algorithm>

#include <base/random.hpp>
#include <base/strings.hpp>

namespace berth::aufs {

namespace {

/// "NAME=rw" or "NAME=ro+wh": a layer below, whose whiteouts count.
std::vector<std::string> branch_words(const layers::Branches& branches, const LayerId& id,
                                      const std::vector<LayerId>& ancestors, bool read_only) {
    std::vector<std::string> words{branches.short_name(id) + (read_only ? "=ro+wh" : "=rw")};
    for (const auto& below : ancestors)
        words.push_back(branches.short_name(below) + "=ro+wh");
    return words;
}

/// The branches that one mount call does not take, lowest last: each list is one remount.
std::vector<std::string> appends(const std::vector<std::string>& words) {
    std::vector<std::string> lists;
    for (std::size_t at = kFirstBranches; at < words.size(); at += kAppendedBranches) {
        const std::size_t end = std::min<std::size_t>(at + kAppendedBranches, words.size());
        std::vector<std::string> list;
        for (std::size_t one = at; one < end; ++one)
            list.push_back("append:" + words[one]);
        lists.push_back(base::join(list, ","));
    }
    return lists;
}

} // namespace

MountPlan make_plan(const layers::Branches& branches, const std::string& runtime_dir,
                    const LayerId& id, const std::vector<LayerId>& ancestors, bool read_only) {
    const auto words = branch_words(branches, id, ancestors, read_only);
    const std::size_t first = std::min<std::size_t>(kFirstBranches, words.size());
    MountStep step;
    step.filesystem = "aufs";
    step.source = "aufs";
    step.read_only = read_only;
    // The new mount API takes no value as long as a list of branches.
    step.classic = true;
    step.work_dir = branches.state_dir() + "/l";
    step.options.emplace_back(
        "br", base::join({words.begin(), words.begin() + static_cast<std::ptrdiff_t>(first)}, ":"));
    // A directory's mode is that of the nearest branch alone.
    step.options.emplace_back("dirperm1", "");
    // Made and unlinked by the mount, so that the name must be nobody else's.
    step.options.emplace_back("xino", runtime_dir + "/" + base::random_hex(8) + ".xino");
    step.appends = appends(words);
    return {{step}};
}

} // namespace berth::aufs

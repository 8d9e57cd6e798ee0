// SPDX-License-Identifier: LGPL-2.1-or-later
#include "plan.hpp"

#include <sys/mount.h>
#include <unistd.h>

#include <base/fd.hpp>
#include <base/strings.hpp>
#include <berth/error.hpp>

namespace berth::overlay {

namespace {

/// fsconfig(2) takes values of at most this many bytes.
constexpr std::size_t kMaxValue = 255;

/// What a writable layer must not depend on, whatever the kernel's own defaults are:
/// - redirect_dir: a renamed directory is copied, not recorded as "what that other one was", so
///   that diff/ alone tells every change; and no such record of a stranger is followed;
/// - metacopy: a changed mode copies the file up, so that its content is in diff/;
/// - index: hard links across a copy-up are not kept together, as everywhere in container engines;
///   it would put a second truth into work/ and tie layers to file handles.
void add_exactness(MountStep& step) {
    step.options.emplace_back("redirect_dir", "nofollow");
    step.options.emplace_back("metacopy", "off");
    step.options.emplace_back("index", "off");
}

MountStep overlay_step(bool read_only) {
    MountStep step;
    step.filesystem = "overlay";
    step.source = "overlay";
    step.read_only = read_only;
    return step;
}

MountPlan new_plan(const layers::Branches& branches, const LayerId& id,
                   const std::vector<LayerId>& lowers, bool read_only) {
    MountStep step = overlay_step(read_only);
    // Absolute names, unless the state directory is so deep that they don't fit.
    const bool relative = branches.work_path(id).size() > kMaxValue;
    if (relative) step.work_dir = branches.state_dir() + "/layers";
    const auto name = [&](const LayerId& layer, const char* part) {
        return (relative ? layer.str() : branches.path(layer)) + part;
    };
    for (const auto& lower : lowers)
        step.options.emplace_back("lowerdir+", name(lower, "/diff"));
    if (!read_only) {
        step.options.emplace_back("upperdir", name(id, "/diff"));
        step.options.emplace_back("workdir", name(id, "/work"));
    }
    add_exactness(step);
    return {{step}};
}

MountPlan classic_plan(const layers::Branches& branches, const LayerId& id,
                       const std::vector<LayerId>& lowers, bool read_only) {
    MountStep step = overlay_step(read_only);
    step.classic = true;
    step.work_dir = branches.state_dir() + "/l";
    std::vector<std::string> names;
    for (const auto& lower : lowers)
        names.push_back(branches.short_name(lower));
    const std::string joined = base::join(names, ":");
    step.options.emplace_back("lowerdir", joined);
    std::size_t size = joined.size() + 128; // the fixed words of the other options
    if (!read_only) {
        const std::string below = "../layers/" + id.str();
        step.options.emplace_back("upperdir", below + "/diff");
        step.options.emplace_back("workdir", below + "/work");
        size += 2 * below.size();
    }
    add_exactness(step);
    if (size >= static_cast<std::size_t>(::sysconf(_SC_PAGESIZE))) {
        throw Error(ErrorCode::Exhausted,
                    "the layer '" + id.str() + "' has " + std::to_string(lowers.size()) +
                        " layers below it, more than this kernel can mount at once; flatten the "
                        "image, or use Linux 6.7 or newer");
    }
    return {{step}};
}

bool takes_option(const char* key) {
    const base::Fd context(::fsopen("overlay", FSOPEN_CLOEXEC));
    return context && ::fsconfig(context.get(), FSCONFIG_SET_STRING, key, "/", 0) == 0;
}

/// Before Linux 6.5 every option is taken here and looked at by the mount only.
bool ask_kernel() {
    return takes_option("lowerdir+") && !takes_option("no-such-option");
}

} // namespace

bool kernel_takes_layers_one_by_one() {
    static const bool answer = ask_kernel();
    return answer;
}

MountPlan make_plan(const layers::Branches& branches, const LayerId& id,
                    const std::vector<LayerId>& ancestors, bool read_only, bool one_by_one) {
    std::vector<LayerId> lowers = ancestors;
    if (read_only) lowers.insert(lowers.begin(), id);
    return one_by_one ? new_plan(branches, id, lowers, read_only)
                      : classic_plan(branches, id, lowers, read_only);
}

} // namespace berth::overlay

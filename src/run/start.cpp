// SPDX-License-Identifier: LGPL-2.1-or-later
#include "start.hpp"

#include <algorithm>

#include <berth_config.hpp>
#include <fcntl.h>
#include <sched.h>
#include <sys/mount.h>
#include <unistd.h>

#include <base/cgroup.hpp>
#include <base/mount.hpp>
#include <base/rollback.hpp>
#include <plugin/loader.hpp>
#include <run/bear.hpp>
#include <run/bus_library.hpp>
#include <run/container_files.hpp>
#include <run/limits.hpp>
#include <run/names.hpp>
#include <run/networks.hpp>
#include <run/notify.hpp>
#include <run/seccomp_filter.hpp>
#include <run/stdio.hpp>
#include <run/storage_use.hpp>
#include <run/sysctl.hpp>
#include <run/target.hpp>
#include <store/tree.hpp>

namespace berth::run {

namespace {

/// The engine's own files of the container, shown in /etc, unless the user mounts others there.
void add_hosts_files(spec::Bundle& bundle, const ContainerId& id) {
    if (!bundle.flag(spec::kAnnotationHostsFiles)) return;
    for (const char* name : {"hosts", "hostname", "resolv.conf"}) {
        const auto place = std::string("/etc/") + name;
        const auto source = store::container_dir(id) + "/" + name;
        const bool taken = std::any_of(
            bundle.mounts.begin(), bundle.mounts.end(),
            [&](const spec::BundleMount& mount) { return clean_path(mount.destination) == place; });
        if (taken || ::access(source.c_str(), F_OK) < 0) continue;
        bundle.mounts.push_back({place, "bind", source, {"bind", "rprivate"}, {}, {}});
    }
}

/// A restart finds the other container by what it is now, not by what it was when this one's
/// bundle was written.
void share_network(spec::Bundle& bundle, const spec::BundleNetwork& network) {
    constexpr std::string_view kPrefix = "container:";
    if (network.mode.compare(0, kPrefix.size(), kPrefix) != 0) return;
    const ContainerId other(network.mode.substr(kPrefix.size()));
    const auto init = find_init(other);
    if (!init) {
        throw Error(ErrorCode::NotFound,
                    "cannot join the network of container " + other.brief() + ": it does not run");
    }
    for (auto& space : bundle.lnx.namespaces) {
        if (space.type == spec::NamespaceType::Network) {
            space.path = "/proc/" + std::to_string(init->pid) + "/ns/net";
        }
    }
}

/// berth-init as a read-only mount of its own: the container can look at it, not change it.
base::Fd open_own_init() {
    base::Fd mount(::open_tree(AT_FDCWD, BERTH_LIBEXEC_DIR "/berth-init",
                               OPEN_TREE_CLONE | OPEN_TREE_CLOEXEC));
    if (!mount) throw_errno("cannot open " BERTH_LIBEXEC_DIR "/berth-init");
    base::set_mount_attributes(mount.get(), MOUNT_ATTR_RDONLY, 0, false);
    return mount;
}

Launch prepare_launch(const ContainerId& id) {
    Launch launch;
    launch.bundle = load_bundle(id);
    if (!launch.bundle.process) {
        throw Error(ErrorCode::InvalidArgument, "the container's bundle has no process");
    }
    launch.bundle_dir = store::container_dir(id);
    launch.mount_point = store::container_runtime_dir(id);
    plan_root(launch, id);
    add_hosts_files(launch.bundle, id);
    share_network(launch.bundle, network_of(launch.bundle));
    open_host_side(launch);
    check_sysctls(launch);
    if (launch.bundle.flag(spec::kAnnotationInit)) launch.own_init = open_own_init();
    if (const auto& policy = launch.bundle.lnx.seccomp) {
        launch.filter = cached_filter(*policy, store::seccomp_cache_dir());
        launch.filter_flags = filter_flags(*policy);
    }
    return launch;
}

/// The journal files lines of processes that are gone already by this name.
std::string own_unit() {
    const auto group = base::own_cgroup();
    const auto slash = group.rfind('/');
    return slash == std::string::npos ? std::string() : group.substr(slash + 1);
}

void set_up_stdio(const spec::Bundle& bundle, const ContainerId& id) {
    if (bundle.process->terminal) return;
    use_streams(open_journal_streams(bundle.annotation(spec::kAnnotationName), own_unit()));
    if (!bundle.flag(spec::kAnnotationOpenStdin) || !bundle.flag(spec::kAnnotationDetached)) return;
    if (::dup2(open_stdin_fifo(id).get(), 0) < 0) throw_errno("cannot open standard input");
}

} // namespace

void start_container(const ContainerId& id) {
    clear_start_error(id);
    const auto launch = prepare_launch(id);
    const auto network = network_of(launch.bundle);
    set_up_stdio(launch.bundle, id);
    set_oom_score(*launch.bundle.process, Strictness::Lenient);
    base::Rollback undo;
    Birth birth = bear_container(launch, {}, Parent::OfCaller, {});
    attach_networks(network, birth.pid());
    undo.add([&] { detach_networks(network); });
    enter_names(launch.bundle, id);
    undo.add([&] { leave_names(network, id); });
    birth.await_ready([&](base::Fd master) { adopt_terminal("container/" + id.str(), master); },
                      [] {});
    record_init(id, birth.pid());
    notify_ready(birth.pid());
    undo.add([] { notify_ready(::getpid()); });
    birth.let_go();
    birth.release();
    undo.dismiss();
}

} // namespace berth::run

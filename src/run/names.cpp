// SPDX-License-Identifier: LGPL-2.1-or-later
#include "names.hpp"

#include <algorithm>
#include <optional>
#include <vector>

#include <fcntl.h>
#include <sys/file.h>
#include <unistd.h>

#include <base/dir.hpp>
#include <base/file.hpp>
#include <base/log.hpp>
#include <base/strings.hpp>
#include <berth/error.hpp>
#include <run/hosts_file.hpp>
#include <run/networks.hpp>
#include <store/tree.hpp>

namespace berth::run {

namespace {

constexpr std::uint64_t kEntryLimit = 1U << 20U;

/// A running container's place in one network.
struct Entry {
    std::string id;
    std::string name;
    std::vector<std::string> names; ///< all, the first is `name`
    std::vector<std::string> addresses;
    std::vector<std::string> links; ///< "container:alias"
};

std::vector<std::string> words_of(const std::string& text) {
    std::vector<std::string> words = base::split(text, ' ');
    std::erase(words, "");
    return words;
}

/// Three lines of words: names, addresses, links.
std::string dump(const Entry& entry) {
    return base::join(entry.names, " ") + "\n" + base::join(entry.addresses, " ") + "\n" +
           base::join(entry.links, " ") + "\n";
}

std::optional<Entry> read_entry(const base::Dir& dir, const std::string& id) {
    if (!is_hex64(id)) return std::nullopt;
    const auto lines = base::split(dir.read(id, kEntryLimit), '\n');
    if (lines.size() < 3) return std::nullopt;
    Entry entry{id, {}, words_of(lines[0]), words_of(lines[1]), words_of(lines[2])};
    if (entry.names.empty()) return std::nullopt;
    entry.name = entry.names.front();
    return entry;
}

Entry make_entry(const spec::Bundle& bundle, const ContainerId& id, const Endpoint& endpoint) {
    Entry entry{id.str(), bundle.annotation(spec::kAnnotationName), {}, {}, {}};
    entry.names = {entry.name};
    for (auto& alias : words_of(bundle.annotation(spec::kAnnotationAliases)))
        entry.names.push_back(std::move(alias));
    entry.names.push_back(id.brief());
    for (const auto& address : endpoint.addresses)
        entry.addresses.push_back(address.substr(0, address.find('/')));
    entry.links = words_of(bundle.annotation(spec::kAnnotationLinks));
    return entry;
}

/// What stands about `entry` in the hosts file of `reader`.
std::string lines_about(const Entry& entry, const Entry& reader) {
    std::vector<std::string> names = entry.names;
    for (const auto& link : reader.links) {
        const std::size_t colon = link.find(':');
        const std::string alias = link.substr(colon + 1);
        const bool known = std::find(names.begin(), names.end(), alias) != names.end();
        if (link.substr(0, colon) == entry.name && !known) names.push_back(alias);
    }
    std::string text;
    for (const auto& address : entry.addresses)
        text += address + "\t" + base::join(names, " ") + hosts_mark(entry.id) + "\n";
    return text;
}

base::Dir place_of(const std::string& id) {
    return base::Dir::open(store::container_dir(ContainerId(id)));
}

base::Fd lock(const base::Dir& dir) {
    base::Fd fd(::openat(dir.fd(), ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC));
    while (!fd || ::flock(fd.get(), LOCK_EX) < 0) {
        if (errno != EINTR) throw_errno("cannot lock the names of a network");
    }
    return fd;
}

/// Everybody on the network but `id`; entries of containers that are no more are taken away. One
/// that made its own hosts file unusable keeps nobody else from starting or ending.
template <class F>
void each_peer(const base::Dir& dir, const std::string& id, F&& act) {
    for (const auto& name : dir.list()) {
        if (name == id) continue;
        try {
            if (const auto peer = read_entry(dir, name)) act(*peer);
        } catch (const Error& error) {
            if (error.code() == ErrorCode::NotFound) {
                dir.unlink(name);
            } else {
                log::warning("container %s does not learn who is on its network: %s", name.c_str(),
                             error.what());
            }
        }
    }
}

/// Both ways under the network's lock: who comes or goes meanwhile finds it done.
void enter_one(const Entry& own, const NetworkId& network) {
    const std::string path = store::names_dir(network);
    base::make_directories(path, 0700);
    const base::Dir dir = base::Dir::open(path);
    const auto held = lock(dir);
    const bool again = dir.exists(own.id); // its last end was seen by nobody
    dir.write_atomically(own.id, dump(own), 0600);
    std::string about_others;
    each_peer(dir, own.id, [&](const Entry& peer) {
        about_others += lines_about(peer, own);
        const auto place = place_of(peer.id);
        if (again) strip_hosts(place, hosts_mark(own.id));
        append_hosts(place, lines_about(own, peer));
    });
    append_hosts(place_of(own.id), about_others);
}

void leave_one(const std::string& id, const NetworkId& network) {
    const base::Dir dir = base::Dir::open(store::names_dir(network));
    const auto held = lock(dir);
    dir.unlink(id);
    each_peer(dir, id, [&](const Entry& peer) { strip_hosts(place_of(peer.id), hosts_mark(id)); });
}

} // namespace

void enter_names(const spec::Bundle& bundle, const ContainerId& id) {
    if (!bundle.flag(spec::kAnnotationHostsFiles)) return;
    const auto network = network_of(bundle);
    if (network.networks.empty()) return;
    // A unit that systemd starts again has the file of its last start.
    strip_hosts(place_of(id.str()), {});
    for (const auto& item : network.networks)
        enter_one(make_entry(bundle, id, item.endpoint), item.config.id);
}

void leave_names(const spec::BundleNetwork& network, const ContainerId& id) noexcept {
    for (const auto& item : network.networks) {
        try {
            leave_one(id.str(), item.config.id);
        } catch (const Error& error) {
            // It never entered: its start failed before.
            if (error.code() != ErrorCode::NotFound) log::warning("%s", error.what());
        } catch (const std::exception& error) {
            log::warning("%s", error.what());
        }
    }
}

} // namespace berth::run

// SPDX-License-Identifier: LGPL-2.1-or-later
#include "thin_store.hpp"

#include "dm.hpp"

#include <algorithm>

#include <fcntl.h>
#include <sys/file.h>
#include <unistd.h>

#include <base/file.hpp>
#include <base/hash.hpp>
#include <base/mount.hpp>
#include <base/rollback.hpp>
#include <base/strings.hpp>
#include <berth/error.hpp>

namespace berth::devicemapper {

namespace {

constexpr std::uint32_t kBaseDevice = 0;
constexpr const char* kDeviceFile = "device";

using Operation = Entry::Operation;

base::Fd lock_file(const std::string& path, int operation) {
    base::Fd fd(::open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600));
    if (!fd) throw_errno("cannot open '" + path + "'");
    while (::flock(fd.get(), operation) < 0) {
        if (errno == EWOULDBLOCK) return {};
        if (errno != EINTR) throw_errno("cannot lock '" + path + "'");
    }
    return fd;
}

dm::Table thin_table(const Pool& pool, std::uint32_t device, std::uint64_t sectors) {
    return {sectors, "thin", pool.major_minor() + " " + std::to_string(device)};
}

[[noreturn]] void refuse_strange(const std::string& pool, const std::optional<Entry>& entry,
                                 std::uint64_t transaction) {
    throw Error(ErrorCode::Corrupt,
                "the thin pool '" + pool + "' is at transaction " + std::to_string(transaction) +
                    ", berth's records at " + (entry ? std::to_string(entry->number) : "none") +
                    ": it is another pool, or one of the two is an old copy; bring back the one "
                    "that fits, or start anew with a blank pool and an empty state directory");
}

} // namespace

ThinStore::ThinStore(const PluginHost& host)
    : settings_(parse_settings(host.config_json)), runtime_dir_(host.runtime_dir),
      tag_(base::sha256(host.state_dir).hex().substr(0, 8)),
      records_(host.state_dir, {500, "berth stacks at most 500 layers"}), ledger_(host.state_dir),
      pool_(settings_, host.state_dir, tag_) {}

ThinStore::Session ThinStore::open() const {
    Session session;
    session.lock_ = lock_file(records_.state_dir() + "/pool.lock", LOCK_EX);
    pool_.open(!ledger_.read());
    settle(session);
    return session;
}

Agreement ThinStore::look() const {
    const auto lock = lock_file(records_.state_dir() + "/pool.lock", LOCK_EX);
    pool_.open(!ledger_.read());
    return compare(ledger_.read(), pool_.status().transaction);
}

/// What a crash left undone is finished or taken back, before anything else is done.
void ThinStore::settle(Session& session) const {
    const auto entry = ledger_.read();
    const auto status = pool_.status();
    if (status.failed) throw Error(ErrorCode::Io, refusal(status, settings_.refuse_above));
    switch (compare(entry, status.transaction)) {
    case Agreement::Fresh:
        return format(session, 1);
    case Agreement::Settled:
        session.last_ = *entry;
        return;
    case Agreement::Interrupted:
        if (entry->operation == Operation::Format) return format(session, entry->number);
        undo(*entry);
        pool_.set_transaction(status.transaction, entry->number);
        session.last_ = *entry;
        return;
    case Agreement::Strange:
        refuse_strange(pool_.name(), entry, status.transaction);
    }
}

/// The empty file system that lowest layers are snapshots of.
void ThinStore::format(Session& session, std::uint64_t number) const {
    const std::string name = "berth-" + tag_ + "-base";
    const std::uint64_t sectors = settings_.size / kSector;
    const Entry entry{number, Operation::Format, "", kBaseDevice, 1, settings_.filesystem, sectors};
    ledger_.write(entry);
    dm::remove(name, dm::Removal::Now);
    pool_.delete_device(kBaseDevice);
    pool_.create_device(kBaseDevice);
    base::Rollback undo;
    dm::create(name, thin_table(pool_, kBaseDevice, sectors));
    undo.add([&] { dm::remove(name, dm::Removal::Now); });
    make_filesystem(dm::path(name), settings_.filesystem);
    undo.dismiss();
    dm::remove(name, dm::Removal::Now);
    pool_.set_transaction(number - 1, number);
    session.last_ = entry;
}

void ThinStore::undo(const Entry& entry) const {
    if (entry.operation == Operation::None) return;
    const LayerId layer(entry.layer);
    // Whether it was being made or removed: in the end it is gone.
    dm::remove(device_name(layer), dm::Removal::Now);
    pool_.delete_device(entry.device);
    if (records_.exists(layer) && device_of(layer).number == entry.device) {
        records_.sweep(records_.set_aside(layer));
    }
}

void ThinStore::transact(Session& session, Entry entry, const std::function<void()>& work) const {
    const std::uint64_t before = session.last_.number;
    entry.number = before + 1;
    entry.filesystem = session.last_.filesystem;
    entry.sectors = session.last_.sectors;
    entry.next_device = std::max(session.last_.next_device, entry.device + 1);
    ledger_.write(entry);
    base::Rollback mend;
    mend.add([&] { settle(session); });
    work();
    records_.open().sync();
    mend.dismiss();
    pool_.set_transaction(before, entry.number);
    session.last_ = entry;
}

void ThinStore::make_layer(Session& session, const LayerId& id,
                           const std::optional<LayerId>& parent,
                           const LayerOptions& options) const {
    pool_.require_room();
    const LayerDevice origin =
        parent ? device_of(*parent) : LayerDevice{kBaseDevice, session.last_.sectors};
    const std::uint64_t wanted = options.size_limit / kSector;
    if (wanted != 0 && wanted < origin.sectors) {
        throw Error(ErrorCode::InvalidArgument,
                    "the storage driver 'devicemapper' can't make a layer smaller than the image's "
                    "file system, which is " +
                        std::to_string(origin.sectors * kSector >> 20U) +
                        " MiB; ask for more by the storage option 'size', or set "
                        "storage.devicemapper.size before the first image is pulled");
    }
    const LayerDevice device{session.last_.next_device, std::max(wanted, origin.sectors)};
    transact(
        session, {.operation = Operation::Create, .layer = id.str(), .device = device.number}, [&] {
            pool_.delete_device(device.number); // of a create that a crash cut off
            pool_.create_snapshot(device.number, origin.number,
                                  parent ? device_name(*parent) : std::string("none"));
            records_.make(id, parent, options.kind, [&](const base::Dir& layer) {
                layer.write_atomically(
                    kDeviceFile,
                    std::to_string(device.number) + " " + std::to_string(device.sectors), 0600);
            });
        });
    if (device.sectors == origin.sectors) return;
    base::Rollback undo;
    undo.add([&] { remove_layer(session, id); });
    enlarge(session, id, device.sectors);
    undo.dismiss();
}

void ThinStore::enlarge(const Session& session, const LayerId& id, std::uint64_t sectors) const {
    make_active(session, id);
    base::Rollback undo;
    undo.add([&] { dm::remove(device_name(id), dm::Removal::Now); });
    const base::Dir root(base::open_mounted(
        {{volume_step(dm::path(device_name(id)), session.last_.filesystem, Access::Write)}}, "/"));
    enlarge_filesystem(root.fd(), session.last_.filesystem, sectors * kSector);
}

void ThinStore::remove_layer(Session& session, const LayerId& id) const {
    const auto device = device_of(id);
    dm::remove(device_name(id), dm::Removal::Now);
    std::string aside;
    transact(session, {.operation = Operation::Remove, .layer = id.str(), .device = device.number},
             [&] {
                 pool_.delete_device(device.number);
                 aside = records_.set_aside(id);
             });
    records_.sweep(aside);
}

void ThinStore::delete_stray(Session& session, std::uint32_t device) const {
    transact(session, {.operation = Operation::None, .layer = "", .device = device},
             [&] { pool_.delete_device(device); });
}

LayerDevice ThinStore::device_of(const LayerId& id) const {
    const auto layer = records_.open_layer(id);
    if (layer.exists(kDeviceFile)) {
        const auto words = base::split(layer.read(kDeviceFile, 64), ' ');
        const auto number = base::parse_number(words[0], 0xffffff);
        const auto sectors = words.size() == 2 ? base::parse_number(words[1]) : std::nullopt;
        if (number && sectors) return {static_cast<std::uint32_t>(*number), *sectors};
    }
    throw Error(ErrorCode::Corrupt, "the layer '" + id.str() + "' does not say which device it is");
}

std::string ThinStore::device_name(const LayerId& id) const {
    return "berth-" + tag_ + "-" + id.str();
}

Filesystem ThinStore::filesystem() const {
    const auto entry = ledger_.read();
    return entry ? entry->filesystem : settings_.filesystem;
}

base::Fd ThinStore::hold(const LayerId& id, int operation) const {
    return lock_file(runtime_dir_ + "/" + id.str(), operation);
}

bool ThinStore::is_held(const LayerId& id) const {
    return !hold(id, LOCK_EX | LOCK_NB);
}

void ThinStore::make_active(const Session& /*session*/, const LayerId& id) const {
    const auto name = device_name(id);
    const auto device = device_of(id);
    const auto info = dm::info(name);
    if (!info) return dm::create(name, thin_table(pool_, device.number, device.sectors));
    if (info->deferred_remove) dm::keep(name);
}

void ThinStore::activate(const LayerId& id) const {
    const auto session = open();
    make_active(session, id);
    const std::lock_guard<std::mutex> guard(mutex_);
    auto& [fd, count] = holds_[id.str()];
    if (count++ == 0) fd = hold(id, LOCK_SH);
}

void ThinStore::release(const LayerId& id) const {
    const auto lock = lock_file(records_.state_dir() + "/pool.lock", LOCK_EX);
    {
        const std::lock_guard<std::mutex> guard(mutex_);
        const auto found = holds_.find(id.str());
        if (found != holds_.end()) {
            if (--found->second.second > 0) return;
            holds_.erase(found);
        }
    }
    const auto alone = hold(id, LOCK_EX | LOCK_NB);
    if (!alone) return; // whoever else uses it lets it go
    dm::remove(device_name(id), dm::Removal::WhenClosed);
    ::unlink((runtime_dir_ + "/" + id.str()).c_str());
}

} // namespace berth::devicemapper

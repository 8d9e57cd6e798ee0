// SPDX-License-Identifier: LGPL-2.1-or-later
#include "spooled_archive.hpp"

#include <archive_entry.h>
#include <plugins/storage/tar/names.hpp>
#include <plugins/storage/tar/reader.hpp>

#include <base/file.hpp>
#include <base/strings.hpp>
#include <image/cancel.hpp>
#include <image/free_space.hpp>
#include <image/piped_producer.hpp>
#include <image/unpacked_stream.hpp>
#include <store/tree.hpp>

namespace berth::image {

namespace {

constexpr std::size_t kMaxFiles = 20000;
constexpr int kMaxLinks = 8;

/// A link's target as a name in the archive: "../a/layer.tar" in "b/layer.tar" is "a/layer.tar".
std::string target_name(const std::string& from, const std::string& target) {
    if (!target.empty() && target[0] == '/') return tar::clean_path(target);
    const std::size_t slash = from.rfind('/');
    const std::string dir = slash == std::string::npos ? "" : from.substr(0, slash + 1);
    return tar::clean_path(dir + target);
}

SpooledArchive::File spool(tar::Reader& reader, std::uint64_t size, std::uint64_t room) {
    if (size > room) {
        throw Error(ErrorCode::Exhausted, "the archive's files are larger than the " +
                                              std::to_string(room >> 20U) + " MiB that '" +
                                              store::state_dir() + "' has room for");
    }
    auto data = std::make_unique<NewBlob>();
    base::Sha256 hash;
    std::uint64_t position = 0;
    while (const auto block = reader.next_block()) {
        throw_if_cancelled();
        if (static_cast<std::uint64_t>(block->offset) != position) {
            throw Error(ErrorCode::Corrupt, "the archive has a sparse file, which no image has");
        }
        hash.update(block->bytes);
        base::write_all(data->fd(), block->bytes);
        position += block->bytes.size();
    }
    if (position != size) throw Error(ErrorCode::Corrupt, "the archive is truncated");
    data->close();
    return {.data = std::move(data), .digest = hash.finish(), .size = size};
}

} // namespace

SpooledArchive::SpooledArchive(int fd, Progress& progress) {
    PipedProducer plain([fd](int out) { copy_unpacked(fd, out); });
    try {
        read(plain.fd(), progress);
    } catch (const Error&) {
        // A broken compression looks like a broken archive: its own words are better.
        plain.give_up();
        throw;
    }
    plain.finish();
}

void SpooledArchive::read(int tar_fd, Progress& progress) {
    tar::Reader reader(tar_fd);
    const std::uint64_t room = usable_space();
    std::uint64_t total = 0;
    while (archive_entry* entry = reader.next()) {
        throw_if_cancelled();
        const char* raw = archive_entry_pathname(entry);
        const std::string name = tar::clean_path(raw != nullptr ? raw : "");
        if (files_.size() + links_.size() >= kMaxFiles) {
            throw Error(ErrorCode::Corrupt,
                        "the archive has more than " + std::to_string(kMaxFiles) + " files");
        }
        if (const char* hard_link = archive_entry_hardlink(entry)) {
            links_[name] = tar::clean_path(hard_link);
        } else if (archive_entry_filetype(entry) == AE_IFLNK) {
            const char* target = archive_entry_symlink(entry);
            links_[name] = target_name(name, target != nullptr ? target : "");
        } else if (archive_entry_filetype(entry) == AE_IFREG) {
            const auto size = static_cast<std::uint64_t>(archive_entry_size(entry));
            files_.insert_or_assign(name, spool(reader, size, room - total));
            total += size;
            progress.report("", "Loading", total, 0);
        }
    }
    reader.drain();
}

std::string SpooledArchive::resolve(std::string name) const {
    for (int hop = 0; hop < kMaxLinks; ++hop) {
        const auto link = links_.find(name);
        if (link == links_.end()) return name;
        name = link->second;
    }
    throw Error(ErrorCode::Corrupt, "the archive has links that lead in circles");
}

bool SpooledArchive::has(const std::string& name) const {
    return files_.count(resolve(name)) != 0;
}

SpooledArchive::File& SpooledArchive::file(const std::string& name) {
    const auto found = files_.find(resolve(tar::clean_path(name)));
    if (found == files_.end()) {
        throw Error(ErrorCode::Corrupt,
                    "the archive lacks the file '" + base::printable(name.substr(0, 200)) + "'");
    }
    return found->second;
}

std::string SpooledArchive::text(const std::string& name, std::uint64_t limit) {
    const File& found = file(name);
    if (!found.data) return read_blob(found.digest, limit);
    return base::read_all(found.data->open().get(), limit, name);
}

Digest SpooledArchive::keep(const std::string& name) {
    File& found = file(name);
    if (found.data) {
        if (!has_blob(found.digest)) found.data->keep(found.digest);
        found.data.reset();
    }
    return found.digest;
}

} // namespace berth::image

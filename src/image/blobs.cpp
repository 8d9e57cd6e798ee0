// SPDX-License-Identifier: LGPL-2.1-or-later
#include "blobs.hpp"

#include <array>
#include <cstring>

#include <fcntl.h>
#include <sys/stat.h>
#include <sys/xattr.h>
#include <unistd.h>

#include <base/dir.hpp>
#include <base/file.hpp>
#include <base/log.hpp>
#include <base/random.hpp>
#include <berth/error.hpp>
#include <store/tree.hpp>

namespace berth::image {

namespace {

/// The digest of what a layer's blob unpacks to, once that was found out.
constexpr const char* kContent = "trusted.berth.content";

struct stat stat_fd(int fd) {
    struct stat status {};
    if (::fstat(fd, &status) < 0) throw_errno("cannot stat a blob");
    return status;
}

/// Durable at its final name, or not there.
void publish(int fd, const std::string& from, const Digest& digest) {
    if (::fsync(fd) < 0) throw_errno("cannot sync blob '" + digest.str() + "'");
    const std::string to = store::blob_path(digest);
    if (::rename(from.c_str(), to.c_str()) < 0) throw_errno("cannot rename to '" + to + "'");
    base::Dir::open(store::blob_dir()).sync();
}

} // namespace

bool has_blob(const Digest& digest) {
    struct stat status {};
    return ::stat(store::blob_path(digest).c_str(), &status) == 0 && S_ISREG(status.st_mode);
}

base::Fd open_blob(const Digest& digest) {
    base::Fd fd(::open(store::blob_path(digest).c_str(), O_RDONLY | O_CLOEXEC | O_NOFOLLOW));
    if (!fd) throw_errno("cannot open blob '" + digest.str() + "'");
    return fd;
}

std::uint64_t blob_size(const Digest& digest) {
    return static_cast<std::uint64_t>(stat_fd(open_blob(digest).get()).st_size);
}

std::string read_blob(const Digest& digest, std::uint64_t limit) {
    return base::read_all(open_blob(digest).get(), limit, "blob " + digest.str());
}

Digest write_blob(std::string_view bytes) {
    const Digest digest = base::sha256(bytes);
    if (has_blob(digest)) return digest;
    NewBlob blob;
    base::write_all(blob.fd(), bytes);
    blob.keep(digest);
    return digest;
}

bool is_known_content(const Digest& blob, const Digest& diff) {
    std::array<char, 256> known{};
    const ssize_t length =
        ::getxattr(store::blob_path(blob).c_str(), kContent, known.data(), known.size());
    return length > 0 &&
           std::string_view(known.data(), static_cast<std::size_t>(length)) == diff.str();
}

void note_content(const Digest& blob, const Digest& diff) {
    const std::string text = diff.str();
    if (::setxattr(store::blob_path(blob).c_str(), kContent, text.data(), text.size(), 0) < 0) {
        log::debug("blob %s keeps no attribute: %s", blob.brief().c_str(), std::strerror(errno));
    }
}

PartialBlob::PartialBlob(const Digest& digest)
    : digest_(digest), lock_(store::partial_blob_dir() + "/" + digest.hex()) {}

PartialBlob::~PartialBlob() {
    struct stat status {};
    if (!kept_ && lock_.fd() >= 0 && ::fstat(lock_.fd(), &status) == 0 && status.st_size == 0) {
        lock_.remove();
    }
}

std::uint64_t PartialBlob::size() const {
    return static_cast<std::uint64_t>(stat_fd(lock_.fd()).st_size);
}

void PartialBlob::append(std::string_view bytes) {
    base::write_all(lock_.fd(), bytes);
}

void PartialBlob::restart() {
    if (::ftruncate(lock_.fd(), 0) < 0 || ::lseek(lock_.fd(), 0, SEEK_SET) < 0) {
        throw_errno("cannot empty '" + lock_.path() + "'");
    }
}

void PartialBlob::keep() {
    publish(lock_.fd(), lock_.path(), digest_);
    kept_ = true;
}

void PartialBlob::discard() noexcept {
    lock_.remove();
}

NewBlob::NewBlob()
    : path_(store::partial_blob_dir() + "/new-" + base::random_hex(16)),
      fd_(::open(path_.c_str(), O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0600)) {
    if (!fd_) throw_errno("cannot make '" + path_ + "'");
}

NewBlob::~NewBlob() {
    if (!path_.empty()) ::unlink(path_.c_str());
}

base::Fd NewBlob::open() const {
    base::Fd fd(::open(path_.c_str(), O_RDONLY | O_CLOEXEC | O_NOFOLLOW));
    if (!fd) throw_errno("cannot open '" + path_ + "'");
    return fd;
}

void NewBlob::keep(const Digest& digest) {
    if (!fd_) fd_ = open();
    publish(fd_.get(), path_, digest);
    path_.clear();
}

} // namespace berth::image

// SPDX-License-Identifier: LGPL-2.1-or-later
#include "places.hpp"

#include <image/auth.hpp>
#include <image/fs_user.hpp>

namespace berth::image {

namespace {

/// A session whose calls touch files as a user. What it hands to sinks goes to descriptors that are
/// open already, which rights don't concern any more.
class UserSession final : public RegistrySession {
  public:
    UserSession(Registry& registry, const RegistryTarget& target, std::uint32_t uid) : uid_(uid) {
        const FsUser user(uid_);
        inner_ = registry.open(target);
    }

    RegistryManifest get_manifest(const std::string& name) override {
        const FsUser user(uid_);
        return inner_->get_manifest(name);
    }
    std::uint64_t read_blob(const Digest& digest, std::uint64_t size, std::uint64_t offset,
                            const ByteSink& sink) override {
        const FsUser user(uid_);
        return inner_->read_blob(digest, size, offset, sink);
    }
    bool has_blob(const Digest& digest) override {
        const FsUser user(uid_);
        return inner_->has_blob(digest);
    }
    bool mount_blob(const Digest& digest, const std::string& from) override {
        const FsUser user(uid_);
        return inner_->mount_blob(digest, from);
    }
    void upload_blob(const Digest& digest, std::uint64_t size, const ByteSource& source,
                     const std::function<void(std::uint64_t)>& sent) override {
        const FsUser user(uid_);
        inner_->upload_blob(digest, size, source, sent);
    }
    Digest put_manifest(const std::string& tag, const std::string& media_type,
                        std::string_view bytes) override {
        const FsUser user(uid_);
        return inner_->put_manifest(tag, media_type, bytes);
    }
    std::vector<std::string> list_tags() override {
        const FsUser user(uid_);
        return inner_->list_tags();
    }

  private:
    std::uint32_t uid_;
    std::unique_ptr<RegistrySession> inner_;
};

} // namespace

Places::Places(std::uint32_t uid, Loader load) : uid_(uid), load_(std::move(load)) {}

Registry& Places::registry(const std::string& plugin) {
    const std::lock_guard lock(mutex_);
    auto& slot = loaded_[plugin];
    if (!slot) slot = load_(plugin);
    return *slot;
}

RegistryTarget Places::target(const spec::Reference& reference, bool writable) const {
    RegistryTarget target{.host = reference.host, .repository = reference.repository};
    target.writable = writable;
    if (reference.plugin != "directory")
        target.credentials = find_credentials(uid_, reference.host);
    return target;
}

std::unique_ptr<RegistrySession> Places::open(const spec::Reference& reference, bool writable) {
    Registry& place = registry(reference.plugin);
    const RegistryTarget where = target(reference, writable);
    if (reference.plugin != "directory" || uid_ == 0) return place.open(where);
    return std::make_unique<UserSession>(place, where, uid_);
}

} // namespace berth::image

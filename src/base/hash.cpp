// SPDX-License-Identifier: LGPL-2.1-or-later
#include "hash.hpp"

#include <array>

#include <openssl/evp.h>

#include <base/handle.hpp>
#include <base/strings.hpp>

namespace berth::base {

struct Sha256::State {
    Handle<EVP_MD_CTX, EVP_MD_CTX_free> context{EVP_MD_CTX_new()};
};

Sha256::Sha256() : state_(std::make_unique<State>()) {
    if (!state_->context || EVP_DigestInit_ex(state_->context.get(), EVP_sha256(), nullptr) != 1) {
        throw Error(ErrorCode::Internal, "libcrypto has no SHA-256");
    }
}
Sha256::Sha256(Sha256&&) noexcept = default;
Sha256& Sha256::operator=(Sha256&&) noexcept = default;
Sha256::~Sha256() = default;

void Sha256::update(std::string_view bytes) {
    if (EVP_DigestUpdate(state_->context.get(), bytes.data(), bytes.size()) != 1) {
        throw Error(ErrorCode::Internal, "libcrypto failed to hash");
    }
}

Digest Sha256::finish() {
    std::array<unsigned char, 32> bytes{};
    if (EVP_DigestFinal_ex(state_->context.get(), bytes.data(), nullptr) != 1) {
        throw Error(ErrorCode::Internal, "libcrypto failed to hash");
    }
    return Digest::from_hex(to_hex(bytes));
}

Digest sha256(std::string_view bytes) {
    Sha256 hash;
    hash.update(bytes);
    return hash.finish();
}

} // namespace berth::base

// SPDX-License-Identifier: LGPL-2.1-or-later
#include "tls.hpp"

#include <array>

#include <openssl/ssl.h>
#include <openssl/x509.h>

#include <base/strings.hpp>

namespace berth::distribution {

namespace {

TlsFailure& failure_of_thread() {
    thread_local TlsFailure failure;
    return failure;
}

std::string text_of(const X509_NAME* name) {
    std::array<char, 512> text{};
    X509_NAME_oneline(name, text.data(), text.size());
    return base::printable(text.data());
}

int note_failure(int verified, X509_STORE_CTX* store) {
    if (verified == 1) return verified;
    if (const X509* certificate = X509_STORE_CTX_get_current_cert(store)) {
        failure_of_thread() = {text_of(X509_get_issuer_name(certificate)),
                               text_of(X509_get_subject_name(certificate))};
    }
    return verified;
}

} // namespace

void clear_tls_failure() {
    failure_of_thread() = {};
}

const TlsFailure& tls_failure() {
    return failure_of_thread();
}

void watch_verification(void* context) {
    auto* tls = static_cast<SSL_CTX*>(context);
    SSL_CTX_set_verify(tls, SSL_CTX_get_verify_mode(tls), note_failure);
}

} // namespace berth::distribution

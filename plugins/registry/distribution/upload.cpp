// SPDX-License-Identifier: LGPL-2.1-or-later
#include "upload.hpp"

#include <algorithm>
#include <chrono>
#include <thread>

#include <base/log.hpp>
#include <base/strings.hpp>

namespace berth::distribution {

namespace {

constexpr int kMaxFailures = 5; ///< without a byte between them
constexpr std::uint64_t kLeastChunk = 256U << 10U;

/// A failure that another try may cure.
bool passes(const Error& error) {
    return error.code() == ErrorCode::Io;
}

void pause(int failures) {
    std::this_thread::sleep_for(std::chrono::milliseconds(200 << failures));
}

} // namespace

Upload::Upload(Client& client, std::string prefix, const Digest& digest, std::uint64_t size)
    : client_(client), prefix_(std::move(prefix)), digest_(digest), size_(size),
      chunk_(static_cast<std::uint64_t>(client.settings().upload_chunk)) {}

Subject Upload::subject() const {
    return client_.subject("upload of blob '" + digest_.str() + "'");
}

Url Upload::open() {
    const Url url = client_.url(prefix_ + "/blobs/uploads/");
    const HttpResponse response = client_.ask(HttpRequest{.method = "POST"}, url);
    if (response.status != 202) throw_status(response, subject());
    return client_.resolve(url, response.header("location"));
}

/// "Range: 0-99" says that 100 bytes are there. What it says is a number of a stranger.
std::uint64_t Upload::position_of(const HttpResponse& response, std::uint64_t otherwise) const {
    const std::string range = response.header("range");
    const std::size_t dash = range.find('-');
    if (dash == std::string::npos) return otherwise;
    const auto last = base::parse_number(std::string_view(range).substr(dash + 1), size_);
    if (!last) return otherwise;
    // "0-0" stands for one byte or for nothing at all.
    return *last == 0 ? otherwise : std::min(*last + 1, size_);
}

std::uint64_t Upload::send_chunk(std::uint64_t offset, const ByteSource& source,
                                 const std::function<void(std::uint64_t)>& sent) {
    const std::uint64_t end = std::min(size_, offset + chunk_);
    std::uint64_t at = offset;
    HttpRequest request{.method = "PATCH"};
    request.headers = {"Content-Type: application/octet-stream",
                       "Content-Range: " + std::to_string(offset) + "-" + std::to_string(end - 1),
                       "Expect:"};
    request.quick = false;
    request.source_size = end - offset;
    request.source = [&](char* buffer, std::size_t room) {
        const std::size_t count = source(at, buffer, std::min<std::uint64_t>(room, end - at));
        at += count;
        sent(at);
        return count;
    };
    const HttpResponse response = client_.ask(std::move(request), location_);
    if (response.status == 416) throw Error(ErrorCode::Io, "the registry lost bytes of an upload");
    if (!response.ok()) throw_status(response, subject());
    if (!response.header("location").empty()) {
        location_ = client_.resolve(location_, response.header("location"));
    }
    const std::uint64_t reached = position_of(response, end);
    if (reached <= offset) throw Error(ErrorCode::Io, "the registry takes no byte of an upload");
    return reached;
}

std::uint64_t Upload::recover(const Error& cause) {
    log::debug("upload of %s: %s", digest_.brief().c_str(), cause.what());
    const HttpResponse response = client_.ask(HttpRequest{}, location_);
    if (response.status == 204 || response.status == 202) {
        if (!response.header("location").empty()) {
            location_ = client_.resolve(location_, response.header("location"));
        }
        return position_of(response, 0);
    }
    location_ = open(); // it forgot the upload
    return 0;
}

void Upload::close() {
    Url url = location_;
    url.path = with_query(url.path, "digest", digest_.str());
    const HttpResponse response = client_.ask(HttpRequest{.method = "PUT"}, url);
    if (response.status != 201 && response.status != 204) throw_status(response, subject());
}

void Upload::run(std::optional<Url> begun, const ByteSource& source,
                 const std::function<void(std::uint64_t)>& sent) {
    location_ = begun ? *begun : open();
    std::uint64_t offset = 0;
    std::uint64_t best = 0;
    int failures = 0;
    while (offset < size_) {
        try {
            offset = send_chunk(offset, source, sent);
        } catch (const Error& error) {
            if (!passes(error) || ++failures > kMaxFailures) throw;
            pause(failures);
            // Most registries forget a chunk that broke off: it was too large for this connection.
            chunk_ = std::max(chunk_ / 2, std::min(chunk_, kLeastChunk));
            try {
                offset = recover(error);
            } catch (const Error& again) {
                if (!passes(again)) throw; // still away: the next round counts as a failure too
            }
        }
        if (offset > best) failures = 0;
        best = std::max(best, offset);
        sent(offset);
    }
    close();
}

} // namespace berth::distribution

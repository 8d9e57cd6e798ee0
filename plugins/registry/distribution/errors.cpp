// SPDX-License-Identifier: LGPL-2.1-or-later
#include "errors.hpp"

#include <nlohmann/json.hpp>

#include <base/json_view.hpp>
#include <base/strings.hpp>

namespace berth::distribution {

namespace {

/// `{"errors":[{"code":..,"message":..}]}`, distribution docs/spec/api.md, "Errors".
std::string own_words(const HttpResponse& response) {
    try {
        const auto json = base::parse_json(response.body, 64U * 1024, "error");
        const base::JsonView view(json, "error");
        for (const auto& error : view.objects("errors", 100)) {
            const std::string code = error.text("code");
            const std::string message = error.text("message");
            return base::printable((message.empty() ? code : code + ": " + message).substr(0, 200));
        }
        return base::printable(view.text("details").substr(0, 200));
    } catch (const Error&) {
        return {};
    }
}

std::string quoted(const HttpResponse& response) {
    const std::string words = own_words(response);
    return words.empty() ? "" : " (it says: " + words + ")";
}

std::string rate_limit(const HttpResponse& response) {
    std::string text = "the registry allows no more requests for now";
    const std::string limit = response.header("ratelimit-limit");
    if (!limit.empty()) {
        text += "; its limit is " + base::printable(limit.substr(0, 60)) + ", remaining " +
                base::printable(response.header("ratelimit-remaining").substr(0, 60));
    }
    const std::string after = response.header("retry-after");
    if (base::parse_number(after, 31536000)) {
        text += "; try again in " + after + " seconds";
    } else if (!after.empty()) {
        text += "; try again after " + base::printable(after.substr(0, 60));
    } else {
        text += "; try again later";
    }
    return text;
}

std::string denial(const Subject& subject, long status) {
    if (status == 401) {
        return subject.has_login
                   ? "the registry refuses the user name or the password; check them with `berth "
                     "login " +
                         subject.host + "`"
                   : "it is private or does not exist; log in with `berth login " + subject.host +
                         "`";
    }
    return subject.has_login
               ? "the account is not allowed to"
               : "it may need an account; log in with `berth login " + subject.host + "`";
}

} // namespace

void throw_status(const HttpResponse& response, const Subject& subject) {
    const std::string head =
        subject.what + " at '" + subject.host + "': " + std::to_string(response.status) + ": ";
    switch (response.status) {
    case 401:
    case 403:
        throw Error(ErrorCode::Denied, head + denial(subject, response.status) + quoted(response));
    case 404:
        throw Error(ErrorCode::NotFound, head + "the registry does not have it" + quoted(response));
    case 429:
        throw Error(ErrorCode::Exhausted, head + rate_limit(response) +
                                              (subject.has_login ? "" : ", or log in for more") +
                                              quoted(response));
    case 400:
    case 405:
    case 413:
    case 415:
        throw Error(ErrorCode::Unsupported,
                    head + "the registry does not accept the request" + quoted(response));
    default:
        break;
    }
    if (response.status >= 500) {
        throw Error(ErrorCode::Io,
                    head + "the registry is out of order; try again later" + quoted(response));
    }
    throw Error(ErrorCode::Corrupt, head + "an answer that makes no sense here" + quoted(response));
}

} // namespace berth::distribution

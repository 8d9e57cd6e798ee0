// SPDX-License-Identifier: LGPL-2.1-or-later
#include "polkit.hpp"

#include <algorithm>
#include <utility>

#include <base/log.hpp>

namespace berth::bus {

namespace {

const Address kAuthority{"org.freedesktop.PolicyKit1", "/org/freedesktop/PolicyKit1/Authority",
                         "org.freedesktop.PolicyKit1.Authority"};
constexpr std::uint32_t kAllowUserInteraction = 1;
constexpr std::ptrdiff_t kMaxPerSender = 64;

std::string cancellation_id(std::uint64_t number) {
    return "berth-" + std::to_string(number);
}

[[noreturn]] void throw_denied(const std::string& action, const std::string& why) {
    throw NamedError(SD_BUS_ERROR_ACCESS_DENIED, "not allowed to " + action + ": " + why);
}

// "image-pull" of "org.berth1.image-pull".
std::string brief(const std::string& action) {
    return action.substr(action.rfind('.') + 1);
}

} // namespace

void Polkit::authorize(const Call& call, uid_t uid, const std::string& action,
                       const StringMap& details, std::function<void()> granted) {
    if (uid == 0) {
        granted();
        return;
    }
    const std::string sender = call.message().sender();
    if (sender.empty()) throw_denied(brief(action), "only root may without a message bus");
    const auto pending = std::count_if(checks_.begin(), checks_.end(), [&](const auto& entry) {
        return entry.second.sender == sender;
    });
    if (pending >= kMaxPerSender) {
        throw NamedError(SD_BUS_ERROR_LIMITS_EXCEEDED, "too many calls wait for authorization");
    }
    const std::uint64_t number = next_++;
    checks_.emplace(number, Check{call, sender, std::move(granted), {}, {}});
    try {
        ask(number, action, details);
    } catch (...) {
        checks_.erase(number);
        throw;
    }
}

void Polkit::ask(std::uint64_t number, const std::string& action, const StringMap& details) {
    Check& check = checks_.at(number);
    const bool interactive =
        sd_bus_message_get_allow_interactive_authorization(check.call.message().get()) > 0;
    Message request = connection_.new_call(kAuthority, "CheckAuthorization");
    const Dict subject{{"name", check.sender}};
    request.append(std::tuple<std::string, Dict>{"system-bus-name", subject}, action, details,
                   interactive ? kAllowUserInteraction : 0U, cancellation_id(number));
    check.answer = connection_.call_async(
        request,
        [this, number, action](Message reply) { on_answer(number, action, std::move(reply)); },
        kNoTimeout);
    check.gone = watch_peer(connection_, check.sender, [this, number] { cancel(number); });
}

void Polkit::on_answer(std::uint64_t number, const std::string& action, Message reply) {
    auto node = checks_.extract(number);
    if (node.empty()) return;
    const Check check = std::move(node.mapped());
    guard(check.call, [&] {
        if (const sd_bus_error* error = sd_bus_message_get_error(reply.get())) {
            log::warning("polkit did not answer about '%s': %s", action.c_str(), error->message);
            throw_denied(brief(action), "polkit is not available");
        }
        const auto [allowed, challenge, details] = reply.read<std::tuple<bool, bool, StringMap>>();
        if (!allowed && challenge) {
            throw NamedError(SD_BUS_ERROR_INTERACTIVE_AUTHORIZATION_REQUIRED,
                             "polkit wants a password for this (" + action + ")");
        }
        if (!allowed) throw_denied(brief(action), "polkit says no (" + action + ")");
        check.granted();
    });
}

// The caller is gone: nobody needs the answer, and the dialog should close.
void Polkit::cancel(std::uint64_t number) {
    auto node = checks_.extract(number);
    if (node.empty()) return;
    Message request = connection_.new_call(kAuthority, "CancelCheckAuthorization");
    request.append(cancellation_id(number));
    sd_bus_message_set_expect_reply(request.get(), 0);
    connection_.send(request);
    node.mapped().call.fail(NamedError(SD_BUS_ERROR_ACCESS_DENIED, "the caller left the bus"));
}

} // namespace berth::bus

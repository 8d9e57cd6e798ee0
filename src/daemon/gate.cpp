// SPDX-License-Identifier: LGPL-2.1-or-later
#include "gate.hpp"

#include <utility>

#include <base/log.hpp>

namespace berth::daemon {

void Gate::pass(const bus::Call& call, const Facts& facts, std::function<void(const Permit&)> go) {
    const std::string method = call.message().member();
    const PolicyRow* row = find_policy(call.message().interface(), method);
    if (row == nullptr) {
        log::error("'%s' is in no policy", method.c_str());
        throw bus::NamedError(SD_BUS_ERROR_ACCESS_DENIED, "nobody may call " + method);
    }
    const uid_t uid = caller(call);
    const Permit permit(call, uid);
    if (uid == 0) {
        go(permit);
        return;
    }
    const Decision decision = decide(*row, facts, uid);
    switch (decision.verdict) {
    case Verdict::Allowed:
        go(permit);
        return;
    case Verdict::Denied:
        throw bus::NamedError(SD_BUS_ERROR_ACCESS_DENIED, "only root may call " + method);
    case Verdict::Ask:
        bus::StringMap details = facts.details;
        details["verb"] = method;
        polkit_.authorize(call, uid, decision.action, details,
                          [permit, go = std::move(go)] { go(permit); });
    }
}

void Gate::claim(const Permit& permit, std::vector<Claim> claims, std::function<void()> go) {
    if (claims.empty()) {
        go();
        return;
    }
    Claim next = std::move(claims.back());
    claims.pop_back();
    next.details["verb"] = permit.call().message().member();
    polkit_.authorize(permit.call(), permit.uid(), next.action, next.details,
                      [this, permit, claims = std::move(claims), go = std::move(go)] {
                          claim(permit, claims, go);
                      });
}

} // namespace berth::daemon

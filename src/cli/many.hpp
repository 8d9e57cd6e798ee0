// SPDX-License-Identifier: LGPL-2.1-or-later
// Verbs that do one thing to each container named: all at once, answers in order.
#pragma once

#include "client.hpp"

#include <functional>
#include <string>
#include <vector>

namespace berth::cli {

struct ManyVerb {
    const char* verb;
    const char* method;
    const char* summary;
    const char* state = ""; ///< which ones --all means; "" for all
};

/// NAME..., --all and --filter.
int act_on_many(Client& client, const Arguments& arguments, const ManyVerb& verb);
/// The same with -t and -s.
int stop_many(Client& client, const Arguments& arguments, const ManyVerb& verb);

/// `berth volume rm` and its like: NAME... and --force, which the service knows.
struct RemoveVerb {
    const char* verb;
    const char* operands;
    const char* summary;
    const char* method;
};
int remove_each(Client& client, const Arguments& arguments, const RemoveVerb& verb);

/// --all and --filter of such verbs.
struct Selection {
    bool all = false;
    std::vector<std::string> filters;
};
/// The names given, or those of the containers selected. Throws UsageError when there is neither.
[[nodiscard]] std::vector<std::string> selected(Client& client,
                                                const std::vector<std::string>& names,
                                                const Selection& selection,
                                                const std::string& state);

/// Sends a call for each name at once and prints each name, or the failure, in order.
int call_each(Client& client, const std::vector<std::string>& names, const char* method,
              const std::function<void(bus::Message&)>& append);

} // namespace berth::cli

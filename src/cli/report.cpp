// SPDX-License-Identifier: LGPL-2.1-or-later
#include "report.hpp"

#include "job.hpp"
#include "options.hpp"
#include "table.hpp"

#include <cstdio>

#include <unistd.h>

#include <berth/error.hpp>

namespace berth::cli {

void complain(const std::string& message) {
    std::fflush(stdout);
    std::fprintf(stderr, "berth: %s\n", message.c_str());
}

int for_each(const std::vector<std::string>& names,
             const std::function<void(const std::string&)>& act) {
    int status = 0;
    for (const auto& name : names) {
        try {
            act(name);
        } catch (const Quit&) {
            throw;
        } catch (const Error& error) {
            complain(error.what());
            status = kFailed;
        }
    }
    return status;
}

StartFailure start_failure(const std::string& message, int otherwise) {
    for (const int status : {125, 126, 127}) {
        const std::string prefix = "[" + std::to_string(status) + "] ";
        if (message.starts_with(prefix)) return {status, message.substr(prefix.size())};
    }
    return {otherwise, message};
}

int run_guarded(const std::function<int()>& verb, int otherwise) {
    try {
        return verb();
    } catch (const Quit&) {
        throw;
    } catch (const UsageError&) {
        throw;
    } catch (const Error& error) {
        const auto failure = start_failure(error.what(), otherwise);
        complain(failure.message);
        return failure.status;
    }
}

} // namespace berth::cli

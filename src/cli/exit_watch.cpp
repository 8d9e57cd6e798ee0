// SPDX-License-Identifier: LGPL-2.1-or-later
#include "exit_watch.hpp"

#include "report.hpp"

#include <charconv>
#include <chrono>

namespace berth::cli {
namespace {

constexpr const char* kEvents = "type='signal',sender='org.berth1',path='/org/berth1',"
                                "interface='org.berth1.Manager',member='Event',arg1='container',"
                                "arg2='die'";

constexpr std::chrono::seconds kEndIsTold{5};
constexpr std::uint64_t kTurn = 100'000; // microseconds

} // namespace

ExitWatch::ExitWatch(Client& client) : client_(client) {
    slot_ = client.bus().match(kEvents, [this](bus::Message signal) { event(signal); });
}

void ExitWatch::event(bus::Message& signal) {
    static_cast<void>(signal.read<std::uint64_t>());
    static_cast<void>(signal.read<std::string>());
    static_cast<void>(signal.read<std::string>());
    const auto id = signal.read<std::string>();
    const auto attributes = signal.read<bus::StringMap>();
    const auto code = attributes.find("exitCode");
    if (code == attributes.end()) return;
    int status = 0;
    std::from_chars(code->second.data(), code->second.data() + code->second.size(), status);
    exits_[id] = status;
}

int ExitWatch::wait(Session& session, const std::string& path, const std::string& id) {
    try {
        auto reply = session.wait(
            [&] { return client_.new_call(path, kContainerInterface, "Wait", bus::Dict()); });
        if (!reply) return 0;
        const auto status = reply->read<std::int32_t>();
        const auto error = reply->read<std::string>();
        if (!error.empty()) complain(error);
        return status;
    } catch (const Error& error) {
        if (error.code() != ErrorCode::NotFound && error.code() != ErrorCode::Unsupported) throw;
        // Removed between its start and our question: its end is told right after that.
        const auto deadline = std::chrono::steady_clock::now() + kEndIsTold;
        while (!exits_.contains(id) && std::chrono::steady_clock::now() < deadline)
            client_.event().turn(kTurn);
        const auto ended = exits_.find(id);
        if (ended == exits_.end()) throw;
        return ended->second;
    }
}

} // namespace berth::cli

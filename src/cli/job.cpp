// SPDX-License-Identifier: LGPL-2.1-or-later
#include "job.hpp"

#include "progress.hpp"
#include "signals.hpp"

#include <csignal>
#include <optional>
#include <utility>

#include <berth/error.hpp>

namespace berth::cli {
namespace {

constexpr const char* kItemRule = "type='signal',sender='org.berth1',interface='org.berth1.Job',"
                                  "member='Item'";
constexpr std::uint64_t kSecondThoughts = 3'000'000; // for the second Ctrl-C

class Follower {
  public:
    Follower(Client& client, const JobStyle& style)
        : client_(client), style_(style),
          painter_(style.out != nullptr ? style.out : stdout, style.quiet), block_({SIGINT}) {
        items_ = client.bus().match(kItemRule, [this](bus::Message signal) { item(signal); });
    }

    bus::Dict follow(bus::Message request) {
        path_ = client_.call(request).read<bus::ObjectPath>().path;
        request = {};
        const auto interrupt = client_.event().add_signal(SIGINT, [this] { interrupted(); });
        wait();
        while (!reply_ && !left_)
            client_.event().turn(UINT64_MAX);
        painter_.finish();
        if (!reply_) throw Quit(130);
        if (cancelled_ && sd_bus_message_get_error(reply_->get()) != nullptr) throw Quit(130);
        Client::check(*reply_);
        return reply_->read<bus::Dict>();
    }

  private:
    // What a build says is heard by us alone, so it ends with us.
    [[nodiscard]] bool ends_at_once() const { return style_.what == "build"; }
    [[nodiscard]] std::string number() const { return path_.substr(path_.rfind('/') + 1); }

    // A restart of berthd ends the call, not the job.
    void wait() {
        waiting_ = client_.bus().call_async(
            client_.new_call(path_, kJobInterface, "Wait"),
            [this](bus::Message reply) {
                if (lost_daemon(reply))
                    wait();
                else
                    reply_ = std::move(reply);
            },
            bus::kNoTimeout);
    }

    void item(bus::Message& signal) {
        if (path_.empty() || signal.path() != path_) return;
        const auto id = signal.read<std::string>();
        const auto status = signal.read<std::string>();
        const auto done = signal.read<std::uint64_t>();
        const auto total = signal.read<std::uint64_t>();
        if (!told_) painter_.update(id, status, done, total);
    }

    void interrupted() {
        if (told_ || ends_at_once()) {
            told_ = true;
            cancelled_ = true;
            leave_.reset();
            std::fputs("cancelling...\n", stderr);
            cancel_ = client_.bus().call_async(
                client_.new_call(path_, kJobInterface, "Cancel", bus::Dict()),
                [this](bus::Message reply) {
                    if (sd_bus_message_get_error(reply.get()) == nullptr) return;
                    std::fprintf(stderr, "berth: cannot cancel job %s: %s\n", number().c_str(),
                                 sd_bus_message_get_error(reply.get())->message);
                    left_ = true;
                });
            return;
        }
        told_ = true;
        painter_.finish();
        std::fprintf(stderr,
                     "\nThe %s continues in the background as job %s; Ctrl-C again cancels it.\n"
                     "See 'berth jobs'; 'berth cancel %s' cancels it later.\n",
                     style_.what.c_str(), number().c_str(), number().c_str());
        leave_ = client_.event().add_timer(kSecondThoughts, [this] { left_ = true; });
    }

    Client& client_;
    const JobStyle& style_;
    ProgressPainter painter_;
    SignalBlock block_;
    bus::Slot items_;
    bus::Slot waiting_;
    bus::Slot cancel_;
    bus::Source leave_;
    std::string path_;
    std::optional<bus::Message> reply_;
    bool told_ = false;
    bool left_ = false;
    bool cancelled_ = false;
};

} // namespace

bus::Dict follow_job(Client& client, bus::Message request, const JobStyle& style) {
    return Follower(client, style).follow(std::move(request));
}

} // namespace berth::cli

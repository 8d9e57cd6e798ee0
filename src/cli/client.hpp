// SPDX-License-Identifier: LGPL-2.1-or-later
// Client is the connection to berthd, opened at the first call, with what all verbs share. Errors
// of the connection itself come out as sentences that say how to start berthd.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include <base/fd.hpp>
#include <bus/connection.hpp>
#include <bus/event.hpp>

namespace berth::cli {

/// Flags that stand before the verb.
struct GlobalOptions {
    std::string host;    ///< -H user@host
    std::string machine; ///< -M machine
    bool ask_password = true;
};

using Arguments = std::vector<std::string>;

inline constexpr const char* kContainerInterface = "org.berth1.Container";
inline constexpr const char* kImageInterface = "org.berth1.Image";
inline constexpr const char* kJobInterface = "org.berth1.Job";

/// An error berthd answered with; the name tells kinds apart that share an ErrorCode.
class RemoteError : public Error {
  public:
    RemoteError(const Error& error, std::string name) : Error(error), name_(std::move(name)) {}
    /// "NoSuchImage", without "org.berth1.Error."; other services' names in full.
    [[nodiscard]] const std::string& name() const noexcept { return name_; }

  private:
    std::string name_;
};

class Client {
  public:
    explicit Client(GlobalOptions options) : options_(std::move(options)) {}

    [[nodiscard]] bus::Connection& bus();
    /// The event loop the connection is attached to; run it by turns.
    [[nodiscard]] bus::Event& event();
    [[nodiscard]] const GlobalOptions& options() const noexcept { return options_; }

    /// Calls a method of org.berth1.Manager and waits as long as it takes.
    template <class... T>
    bus::Message manager(const std::string& method, const T&... values) {
        return call(new_call(bus::kRootPath, bus::kManagerInterface, method, values...));
    }
    template <class... T>
    bus::Message on(const std::string& path, const char* interface, const std::string& method,
                    const T&... values) {
        return call(new_call(path, interface, method, values...));
    }
    template <class... T>
    [[nodiscard]] bus::Message new_call(const std::string& path, const char* interface,
                                        const std::string& method, const T&... values) {
        return bus().new_call_with({bus::kServiceName, path, interface}, method, values...);
    }
    bus::Message call(const bus::Message& request);

    /// Object paths, by name, ID or the beginning of an ID.
    [[nodiscard]] std::string container(const std::string& name);
    [[nodiscard]] std::string image(const std::string& name);
    /// All properties of an object's interface.
    [[nodiscard]] bus::Dict properties(const std::string& path, const char* interface);

    /// The same for replies and errors that come later: throws the friendly error.
    static void check(const bus::Message& reply);

  private:
    void connect();
    [[nodiscard]] std::string hint(const RemoteError& error);

    GlobalOptions options_;
    std::optional<bus::Event> event_;
    std::optional<bus::Connection> bus_;
};

/// Whether a reply is the bus's word that berthd went away before it answered; asking again starts
/// it again.
[[nodiscard]] bool lost_daemon(const bus::Message& reply);

/// A descriptor for an options dictionary, duplicated.
[[nodiscard]] bus::SharedFd share_fd(int fd);
[[nodiscard]] bus::SharedFd share_fd(base::Fd fd);

} // namespace berth::cli

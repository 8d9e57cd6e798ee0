// SPDX-License-Identifier: LGPL-2.1-or-later
// The flags of `run` and `create` that say what the container is to be, and the configuration they
// make for CreateContainer. Values go to berthd as they were typed; it parses and checks them.
#pragma once

#include "options.hpp"

#include <deque>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include <bus/value.hpp>

namespace berth::cli {

class ContainerOptions {
  public:
    /// Declares the flags; `options` must not outlive this.
    explicit ContainerOptions(Options& options);
    ContainerOptions(const ContainerOptions&) = delete;
    ContainerOptions& operator=(const ContainerOptions&) = delete;

    /// `command`: what follows the image. Reads --env-file and --label-file; throws UsageError.
    [[nodiscard]] bus::Dict config(const std::vector<std::string>& command) const;

    [[nodiscard]] bool interactive() const noexcept { return interactive_; }
    [[nodiscard]] bool tty() const noexcept { return tty_; }
    [[nodiscard]] bool auto_remove() const noexcept { return auto_remove_; }
    [[nodiscard]] const std::string& platform() const noexcept { return platform_; }

    std::string name;
    std::string pull = "missing";
    std::optional<std::string> cidfile;
    bool quiet = false;

    /// --pull and the conflicts that docker refuses.
    void check() const;

  private:
    using Text = std::optional<std::string>;
    void general(Options& options);
    void process(Options& options);
    void files(Options& options);
    void network(Options& options);
    void limits(Options& options);
    void security(Options& options);

    void text(Options& options, const std::string& names, const char* meta, const char* key,
              const char* help);
    void strings(Options& options, const std::string& names, const char* meta, const char* key,
                 const char* help);
    void truth(Options& options, const std::string& names, const char* key, const char* help);

    // What maps one to one: configuration key and where its value is. Deques: addresses stay.
    std::deque<std::pair<std::string, Text>> texts_;
    std::deque<std::pair<std::string, std::vector<std::string>>> lists_;
    std::deque<std::pair<std::string, bool>> truths_;

    bool interactive_ = false;
    bool tty_ = false;
    bool auto_remove_ = false;
    std::string platform_;
    Text entrypoint_;
    Text cpu_period_;
    Text cpu_quota_;
    Text volume_driver_;
    std::vector<std::string> env_;
    std::vector<std::string> env_files_;
    std::vector<std::string> labels_;
    std::vector<std::string> label_files_;
    std::vector<std::string> annotations_;
    std::vector<std::string> volumes_;
    std::vector<std::string> mounts_;
    std::vector<std::string> log_options_;
    std::optional<std::uint64_t> stop_timeout_;
    std::vector<std::string> ignored_;
    bool oom_kill_disable_ = false;
};

/// "K=V" lines of a file: comments and blank lines left out, "K" alone taken from the environment.
[[nodiscard]] std::vector<std::string> read_env_file(const std::string& path);
/// "K" becomes "K=V" of our environment, or nothing when it has no K.
[[nodiscard]] std::vector<std::string> resolve_env(const std::vector<std::string>& given);
/// "k=v" and "k" as a map.
[[nodiscard]] std::map<std::string, std::string> key_values(const std::vector<std::string>& texts);

} // namespace berth::cli

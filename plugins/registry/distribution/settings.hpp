// SPDX-License-Identifier: LGPL-2.1-or-later
// What [registry] and [registry.distribution] of berth.toml say, and where certificates lie.
#pragma once

#include <map>
#include <set>
#include <string>
#include <vector>

namespace berth::distribution {

struct Settings {
    std::set<std::string> insecure; ///< hosts spoken to without verified TLS, or without TLS
    std::map<std::string, std::vector<std::string>> mirrors;
    std::vector<std::string> certificate_dirs; ///< each has a directory per host, docker's layout
    long connect_seconds = 15;
    long stall_seconds = 30; ///< a transfer below stall_bytes a second for so long is given up
    long stall_bytes = 1024;
    long upload_chunk = 32L << 20; ///< bytes in one PATCH
};

/// From PluginHost::config_json; InvalidArgument names the key that is wrong or unknown.
[[nodiscard]] Settings parse_settings(const std::string& config_json);

/// The certificates for one host: authorities beside the system's, and a client's own pair.
struct Certificates {
    std::string authorities;        ///< PEM, may be empty
    std::string client_certificate; ///< path, may be empty
    std::string client_key;         ///< path, may be empty
    std::string directory;          ///< where they were found, empty: nowhere
};

/// *.crt, *.cert and *.key of the first of the directories that has one for the host.
[[nodiscard]] Certificates find_certificates(const Settings& settings, const std::string& host);

/// Is the host this machine's loopback: localhost, 127.0.0.0/8, ::1.
[[nodiscard]] bool is_loopback(const std::string& host);

} // namespace berth::distribution

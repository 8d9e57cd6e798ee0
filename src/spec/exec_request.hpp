// SPDX-License-Identifier: LGPL-2.1-or-later
// What an exec unit is to run: /run/berth/exec/<id>.json, written by the daemon, read by berth-run.
// Pure.
//     {"container": "<64 hex>", "argv": [...], "env": ["K=V"], "cwd": "", "user": "",
//      "tty": false, "privileged": false, "rows": 0, "columns": 0}
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace berth::spec {

struct ExecRequest {
    std::string container; ///< its full id
    std::vector<std::string> argv;
    std::vector<std::string> env; ///< on top of the container's
    std::string cwd;              ///< empty: the container's
    std::string user;             ///< empty: the container's
    bool tty = false;
    bool privileged = false; ///< all capabilities; the filter stays
    std::uint16_t rows = 0;  ///< 0: not known
    std::uint16_t columns = 0;
};

/// InvalidArgument for what dump_exec_request() did not write.
[[nodiscard]] ExecRequest parse_exec_request(std::string_view json);
[[nodiscard]] std::string dump_exec_request(const ExecRequest& request);

} // namespace berth::spec

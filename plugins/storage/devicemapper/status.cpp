// SPDX-License-Identifier: LGPL-2.1-or-later
#include "status.hpp"

#include "dm.hpp"

#include <berth/error.hpp>

namespace berth::devicemapper {

namespace {

constexpr std::uint64_t kMetadataBlock = 4096;

using Lines = std::vector<std::pair<std::string, std::string>>;

std::string mebibytes(std::uint64_t bytes) {
    return std::to_string(bytes >> 20U) + " MiB";
}

void add_space(Lines& lines, const std::string& what, std::uint64_t used, std::uint64_t total) {
    lines.emplace_back(what + " Space Used", mebibytes(used));
    lines.emplace_back(what + " Space Total", mebibytes(total));
    lines.emplace_back(what + " Space Available", mebibytes(total - used));
}

void add_pool(Lines& lines, const ThinStore& store) {
    if (!store.pool().is_active()) {
        lines.emplace_back("Pool State", "not in use yet");
        return;
    }
    const auto status = store.pool().status();
    const auto block = store.pool().block_bytes();
    lines.emplace_back("Pool Blocksize", std::to_string(block >> 10U) + " KiB");
    add_space(lines, "Data", status.used_data * block, status.total_data * block);
    add_space(lines, "Metadata", status.used_metadata * kMetadataBlock,
              status.total_metadata * kMetadataBlock);
    lines.emplace_back("Transaction", std::to_string(status.transaction));
    const auto reason = refusal(status, store.settings().refuse_above);
    if (!reason.empty()) lines.emplace_back("Warning", reason);
}

} // namespace

Lines describe(const ThinStore& store) {
    const auto& settings = store.settings();
    Lines lines{{"Pool Name", store.pool().name()},
                {"Backing Filesystem", filesystem_type(store.filesystem())},
                {"Layer Size", mebibytes(settings.size)},
                {"New Work Refused Above", std::to_string(settings.refuse_above) + " %"}};
    if (settings.loopback) {
        lines.emplace_back("Loopback Warning", "the thin pool lies in sparse files, which is slow "
                                               "and only for trying; name devices instead");
    }
    try {
        lines.emplace_back("Udev Sync Supported", dm::waits_for_udev() ? "true" : "false");
        lines.emplace_back("Deferred Removal Enabled", "true");
        lines.emplace_back("Library Version", dm::driver_version());
        add_pool(lines, store);
    } catch (const Error& error) {
        lines.emplace_back("Warning", error.what());
    }
    return lines;
}

} // namespace berth::devicemapper

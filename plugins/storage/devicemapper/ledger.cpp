// SPDX-License-Identifier: LGPL-2.1-or-later
#include "ledger.hpp"

#include <array>
#include <utility>

#include <nlohmann/json.hpp>

#include <base/dir.hpp>
#include <base/json_view.hpp>
#include <berth/error.hpp>

namespace berth::devicemapper {

namespace {

using Operation = Entry::Operation;

constexpr const char* kName = "ledger.json";
constexpr std::size_t kLimit = 4096;
constexpr std::array<std::pair<Operation, const char*>, 4> kOperations{{
    {Operation::Format, "format"},
    {Operation::Create, "create"},
    {Operation::Remove, "remove"},
    {Operation::None, "none"},
}};

Operation parse_operation(const base::JsonView& view) {
    const auto text = view.text("operation");
    for (const auto& [operation, name] : kOperations) {
        if (text == name) return operation;
    }
    view.fail("operation", "is none of the pool's");
}

std::uint32_t device_number(const base::JsonView& view, const char* key) {
    const auto number = view.number(key);
    if (number > 0xffffff) view.fail(key, "is no device of a thin pool"); // 24 bits
    return static_cast<std::uint32_t>(number);
}

} // namespace

Agreement compare(const std::optional<Entry>& entry, std::uint64_t pool_transaction) {
    if (!entry) return pool_transaction == 0 ? Agreement::Fresh : Agreement::Strange;
    if (entry->number == pool_transaction) return Agreement::Settled;
    if (entry->number == pool_transaction + 1) return Agreement::Interrupted;
    return Agreement::Strange;
}

std::string format_entry(const Entry& entry) {
    const char* operation = "none";
    for (const auto& [value, name] : kOperations) {
        if (value == entry.operation) operation = name;
    }
    const nlohmann::ordered_json json{{"number", entry.number},
                                      {"operation", operation},
                                      {"layer", entry.layer},
                                      {"device", entry.device},
                                      {"next-device", entry.next_device},
                                      {"filesystem", filesystem_type(entry.filesystem)},
                                      {"sectors", entry.sectors}};
    return json.dump() + "\n";
}

Entry parse_entry(const std::string& text) {
    const auto document = base::parse_json(text, kLimit, kName);
    const base::JsonView view(document, kName);
    Entry entry;
    entry.number = view.number("number");
    entry.operation = parse_operation(view);
    entry.layer = view.text("layer");
    if (!entry.layer.empty() && !is_hex64(entry.layer)) view.fail("layer", "is no layer's id");
    entry.device = device_number(view, "device");
    entry.next_device = device_number(view, "next-device");
    const auto filesystem = view.text("filesystem");
    if (filesystem != "ext4" && filesystem != "xfs") view.fail("filesystem", "is none of berth's");
    entry.filesystem = filesystem == "xfs" ? Filesystem::Xfs : Filesystem::Ext4;
    entry.sectors = view.number("sectors");
    return entry;
}

std::optional<Entry> Ledger::read() const {
    const auto dir = base::Dir::open(state_dir_);
    if (!dir.exists(kName)) return std::nullopt;
    return parse_entry(dir.read(kName, kLimit));
}

void Ledger::write(const Entry& entry) const {
    base::Dir::open(state_dir_).write_atomically(kName, format_entry(entry), 0600);
}

} // namespace berth::devicemapper

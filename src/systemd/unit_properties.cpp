// SPDX-License-Identifier: LGPL-2.1-or-later
#include "unit_properties.hpp"

#include <optional>

#include <base/strings.hpp>

namespace berth::systemd {

namespace {

constexpr std::uint64_t kMaxCpu = 8191;

struct Range {
    std::uint64_t first;
    std::uint64_t last;
};

std::optional<Range> parse_range(const std::string& text) {
    const auto ends = base::split(text, '-');
    if (ends.empty() || ends.size() > 2) return std::nullopt;
    const auto first = base::parse_number(ends.front(), kMaxCpu);
    const auto last = base::parse_number(ends.back(), kMaxCpu);
    if (!first || !last || *first > *last) return std::nullopt;
    return Range{*first, *last};
}

Bytes parse_mask(const std::string& list) {
    Bytes mask;
    for (const std::string& part : base::split(list, ',')) {
        const auto range = parse_range(std::string(base::trim(part)));
        if (!range) {
            throw Error(ErrorCode::InvalidArgument, "'" + base::printable(list) +
                                                        "' is not a list like 0-3,7 with numbers "
                                                        "up to " +
                                                        std::to_string(kMaxCpu));
        }
        if (mask.size() <= range->last / 8) mask.resize(range->last / 8 + 1);
        for (std::uint64_t bit = range->first; bit <= range->last; ++bit) {
            mask[bit / 8] = static_cast<std::uint8_t>(mask[bit / 8] | (1U << (bit % 8)));
        }
    }
    return mask;
}

} // namespace

UnitProperties& UnitProperties::set(const std::string& name, Value value) {
    entries_.emplace_back(name, std::move(value));
    return *this;
}

UnitProperties& UnitProperties::set_command(const std::string& name, const bus::Strings& argv) {
    return set(name, Commands{{argv.at(0), argv, false}});
}

UnitProperties& UnitProperties::set_fd(const std::string& name, bus::SharedFd fd) {
    return set(name, Value(std::move(fd)));
}

UnitProperties& UnitProperties::set_cpu_list(const std::string& name, const std::string& list) {
    return set(name, parse_mask(list));
}

UnitProperties& UnitProperties::set_log_fields(const std::vector<std::string>& fields) {
    ByteArrays arrays;
    arrays.reserve(fields.size());
    for (const std::string& field : fields)
        arrays.emplace_back(field.begin(), field.end());
    return set("LogExtraFields", std::move(arrays));
}

const UnitProperties::Value* UnitProperties::find(const std::string& name) const {
    for (auto entry = entries_.rbegin(); entry != entries_.rend(); ++entry) {
        if (entry->first == name) return &entry->second;
    }
    return nullptr;
}

void UnitProperties::append_to(bus::Message& message) const {
    bus::detail::open(message.get(), 'a', "(sv)");
    for (const auto& [name, value] : entries_) {
        bus::detail::open(message.get(), 'r', "sv");
        message.append(name);
        std::visit(
            [&](const auto& held) {
                using Held = std::remove_cvref_t<decltype(held)>;
                bus::detail::open(message.get(), 'v', bus::Type<Held>::signature());
                message.append(held);
                bus::detail::close(message.get());
            },
            value);
        bus::detail::close(message.get());
    }
    bus::detail::close(message.get());
}

} // namespace berth::systemd

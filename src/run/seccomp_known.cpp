// SPDX-License-Identifier: LGPL-2.1-or-later
#include "seccomp_filter.hpp"

#include <run/seccomp_names.hpp>

namespace berth::run {

namespace {

template <class Table>
std::vector<std::string> names_of(const Table& table) {
    std::vector<std::string> names;
    for (const auto& item : table)
        names.emplace_back(item.name);
    return names;
}

} // namespace

std::vector<std::string> known_filter_actions() {
    return names_of(kFilterActions);
}
std::vector<std::string> known_filter_operators() {
    return names_of(kFilterOperators);
}
std::vector<std::string> known_filter_architectures() {
    auto names = names_of(kFilterArchitectures);
    std::erase(names, "SCMP_ARCH_NATIVE"); // understood, and not the specification's
    return names;
}
std::vector<std::string> known_filter_flags() {
    return names_of(kFilterFlags);
}

} // namespace berth::run

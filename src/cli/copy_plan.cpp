// SPDX-License-Identifier: LGPL-2.1-or-later
#include "copy_plan.hpp"

#include <base/strings.hpp>
#include <berth/error.hpp>

namespace berth::cli {
namespace {

[[noreturn]] void fail(const std::string& message) {
    throw Error(ErrorCode::InvalidArgument, message);
}

std::string without_slashes(std::string path) {
    while (path.size() > 1 && path.ends_with('/'))
        path.pop_back();
    return path;
}

} // namespace

bool means_content(const std::string& path) {
    return path == "." || path.ends_with("/.") || without_slashes(path) == "/";
}

CopyEnd parse_copy_end(const std::string& text) {
    const std::size_t colon = text.find(':');
    const bool local = text.starts_with('/') || text.starts_with('.') || text == "-" ||
                       colon == std::string::npos || colon == 0 || text.find('/') < colon;
    if (local) return {{}, text};
    CopyEnd end{text.substr(0, colon), text.substr(colon + 1)};
    if (end.path.empty()) fail("'" + base::printable(text) + "' names no path in the container");
    if (!end.path.starts_with('/')) end.path = "/" + end.path;
    return end;
}

std::string parent_of(const std::string& path) {
    const std::string clean = without_slashes(path);
    const std::size_t slash = clean.rfind('/');
    if (slash == std::string::npos) return ".";
    return slash == 0 ? "/" : without_slashes(clean.substr(0, slash));
}

std::string last_of(const std::string& path) {
    const std::string clean = without_slashes(path);
    const std::size_t slash = clean.rfind('/');
    const std::string name = slash == std::string::npos ? clean : clean.substr(slash + 1);
    return name.empty() || name == ".." ? "." : name;
}

CopyPlan plan_copy(const CopySource& source, const CopyTarget& target) {
    const std::string shown = base::printable(target.path);
    if (target.exists && target.directory) {
        const bool content = source.directory && means_content(source.path);
        return {target.path, content ? "." : last_of(source.path)};
    }
    if (target.exists) {
        if (source.directory) fail("cannot copy a directory onto the file '" + shown + "'");
        if (target.path.ends_with('/')) fail("'" + shown + "' is no directory");
        return {parent_of(target.path), last_of(target.path)};
    }
    if (!source.directory && target.path.ends_with('/'))
        fail("the directory '" + shown + "' does not exist: make it first");
    return {parent_of(target.path), last_of(target.path)};
}

} // namespace berth::cli

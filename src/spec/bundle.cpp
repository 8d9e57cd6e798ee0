// SPDX-License-Identifier: LGPL-2.1-or-later
#include "bundle.hpp"

#include <algorithm>

#include <nlohmann/json.hpp>

#include <spec/bundle_parse.hpp>

namespace berth::spec {

namespace {

/// The specification's version 1.x; what 1.0 says still holds in all of them.
void check_version(const Reader& reader, const std::string& version) {
    const bool known = version.compare(0, 2, "1.") == 0 && version.size() <= 64 &&
                       version.size() > 2 && version[2] >= '0' && version[2] <= '9';
    if (!known) {
        reader.fail("ociVersion", "'" + version.substr(0, 64) +
                                      "' is not supported; berth knows versions 1.x up to " +
                                      kOciVersion);
    }
}

BundleMount read_mount(const Reader& reader) {
    BundleMount mount;
    mount.destination = reader.required_text("destination");
    if (mount.destination.empty()) reader.fail("destination", "must not be empty");
    if (mount.destination.front() != '/') mount.destination.insert(0, "/");
    mount.type = reader.text("type");
    mount.source = reader.text("source");
    mount.options = reader.texts("options");
    mount.uid_mappings = read_mappings(reader, "uidMappings");
    mount.gid_mappings = read_mappings(reader, "gidMappings");
    if (mount.uid_mappings.empty() != mount.gid_mappings.empty()) {
        reader.fail("uidMappings", "must be given together with gidMappings");
    }
    return mount;
}

std::vector<Hook> read_hooks(const Reader& reader, const char* key) {
    std::vector<Hook> hooks;
    reader.each_object(key, [&](const Reader& item) {
        Hook hook{item.required_text("path"), item.texts("args"), item.texts("env"), {}};
        if (hook.path.empty() || hook.path.front() != '/') {
            item.fail("path", "must be an absolute path");
        }
        if (const auto timeout = item.number("timeout", 86400)) {
            if (*timeout == 0) item.fail("timeout", "must be greater than zero");
            hook.timeout = static_cast<unsigned>(*timeout);
        }
        hooks.push_back(std::move(hook));
    });
    return hooks;
}

Hooks read_all_hooks(const Reader& reader) {
    return {read_hooks(reader, "prestart"),        read_hooks(reader, "createRuntime"),
            read_hooks(reader, "createContainer"), read_hooks(reader, "startContainer"),
            read_hooks(reader, "poststart"),       read_hooks(reader, "poststop")};
}

void read_root(const Reader& reader, Bundle& bundle) {
    const auto root = reader.object("root");
    const bool layered = !bundle.annotation(kAnnotationLayer).empty();
    if (!root && !layered) reader.fail("root", "is missing");
    if (!root) return;
    bundle.root_path = layered ? root->text("path") : root->required_text("path");
    bundle.root_readonly = root->boolean("readonly");
    if (!layered && bundle.root_path.empty()) root->fail("path", "must not be empty");
}

void check_annotations(const Reader& reader, const Bundle& bundle) {
    if (bundle.annotations.count("") != 0) reader.fail("annotations", "has an empty key");
}

} // namespace

std::string Bundle::annotation(const std::string& key) const {
    const auto found = annotations.find(key);
    return found == annotations.end() ? std::string() : found->second;
}

const Namespace* LinuxSection::find(NamespaceType type) const noexcept {
    const auto found = std::find_if(namespaces.begin(), namespaces.end(),
                                    [&](const Namespace& item) { return item.type == type; });
    return found == namespaces.end() ? nullptr : &*found;
}

Bundle parse_bundle(std::string_view json) {
    const auto document = parse_document(json, kBundleLimit, "config.json");
    const Reader reader(document, "config.json");
    Bundle bundle;
    bundle.oci_version = reader.required_text("ociVersion");
    check_version(reader, bundle.oci_version);
    bundle.annotations = reader.text_map("annotations");
    check_annotations(reader, bundle);
    read_root(reader, bundle);
    if (const auto process = reader.object("process")) bundle.process = read_process(*process);
    bundle.hostname = reader.text("hostname");
    bundle.domainname = reader.text("domainname");
    reader.each_object("mounts",
                       [&](const Reader& item) { bundle.mounts.push_back(read_mount(item)); });
    if (const auto hooks = reader.object("hooks")) bundle.hooks = read_all_hooks(*hooks);
    if (const auto section = reader.object("linux")) bundle.lnx = read_linux(*section);
    return bundle;
}

} // namespace berth::spec

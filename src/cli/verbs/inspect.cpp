// SPDX-License-Identifier: LGPL-2.1-or-later
#include "bus_json.hpp"
#include "go_template.hpp"
#include "list.hpp"
#include "options.hpp"
#include "report.hpp"
#include "table.hpp"
#include "verb.hpp"

#include <algorithm>
#include <cstdio>

#include <nlohmann/json.hpp>

#include <base/strings.hpp>

namespace berth::cli {
namespace {

using OrderedJson = nlohmann::ordered_json;

struct InspectFlags {
    std::string format;
    std::string type;
    bool size = false;
};

std::string document(Client& client, const std::string& path, const char* interface,
                     const std::string& form) {
    return client.on(path, interface, "Inspect", form).read<std::string>();
}

// A row of a list as the document: networks and volumes.
std::string row_of(Client& client, const char* method, const std::string& name) {
    for (const auto& row : client.manager(method, bus::Dict()).read<std::vector<bus::Dict>>()) {
        const bool same = row.get_or<std::string>("name", "") == name ||
                          (!name.empty() && row.get_or<std::string>("id", "").starts_with(name));
        if (!same) continue;
        const auto fields = to_json(row);
        nlohmann::json object = nlohmann::json::object();
        for (const auto& [key, value] : fields.items()) {
            std::string title = key;
            title[0] = static_cast<char>(std::toupper(static_cast<unsigned char>(title[0])));
            object[title] = value;
        }
        return object.dump(-1, ' ', false, nlohmann::json::error_handler_t::replace);
    }
    throw Error(ErrorCode::NotFound, "no such object: " + name);
}

std::string find_document(Client& client, const std::string& name, const std::string& type,
                          const std::string& form) {
    if (type == "container")
        return document(client, client.container(name), kContainerInterface, form);
    if (type == "image") return document(client, client.image(name), kImageInterface, form);
    if (type == "network") return row_of(client, "ListNetworks", name);
    return row_of(client, "ListVolumes", name);
}

std::string find_any(Client& client, const std::string& name, const std::string& form) {
    for (const std::string type : {"container", "image", "network", "volume"}) {
        try {
            return find_document(client, name, type, form);
        } catch (const Error& error) {
            if (error.code() != ErrorCode::NotFound && error.code() != ErrorCode::InvalidArgument)
                throw;
        }
    }
    throw Error(ErrorCode::NotFound, "no such object: " + base::printable(name));
}

void print_document(const std::string& text, const std::string& format) {
    if (format == "oci" || format == "json") {
        std::puts(OrderedJson::parse(text).dump().c_str());
        return;
    }
    const auto rendered = GoTemplate(format).render(nlohmann::json::parse(text));
    std::printf("%s\n", safe_output(rendered).c_str());
}

int inspect_objects(Client& client, const std::vector<std::string>& names,
                    const InspectFlags& flags) {
    const std::string form = flags.format == "oci" ? "oci" : "docker";
    OrderedJson found = OrderedJson::array();
    const int status = for_each(names, [&](const std::string& name) {
        const std::string text = flags.type.empty() ? find_any(client, name, form)
                                                    : find_document(client, name, flags.type, form);
        if (flags.format.empty())
            found.push_back(OrderedJson::parse(text));
        else if (flags.format == "oci")
            std::puts(OrderedJson::parse(text).dump(4).c_str());
        else
            print_document(text, flags.format);
    });
    if (flags.format.empty()) std::puts(found.dump(4).c_str());
    return status;
}

int inspect_of(Client& client, const Arguments& arguments, const std::string& command,
               const std::string& what, const std::string& type) {
    InspectFlags flags;
    flags.type = type;
    Options options(command, "NAME...", "Show everything about " + what + " as JSON");
    options.value("-f,--format", "FORMAT", flags.format,
                  "A Go template, json, or oci: the bundle that runs");
    if (type.empty())
        options.value("--type", "TYPE", flags.type, "container, image, network or volume");
    options.flag("-s,--size", flags.size, "");
    options.hide();
    options.need(1);
    const auto names = options.parse(arguments);
    if (!names) return 0;
    const std::vector<std::string> types = {"", "container", "image", "network", "volume"};
    if (std::find(types.begin(), types.end(), flags.type) == types.end())
        throw UsageError("invalid value '" + base::printable(flags.type) +
                             "' for --type: it is container, image, network or volume",
                         UsageError::kBadArguments);
    return inspect_objects(client, *names, flags);
}

} // namespace

int inspect(Client& client, const Arguments& arguments) {
    return inspect_of(client, arguments, "inspect", "containers, images, networks and volumes", "");
}

int container_inspect(Client& client, const Arguments& arguments) {
    return inspect_of(client, arguments, "container inspect", "containers", "container");
}

int image_inspect(Client& client, const Arguments& arguments) {
    return inspect_of(client, arguments, "image inspect", "images", "image");
}

int network_inspect(Client& client, const Arguments& arguments) {
    return inspect_of(client, arguments, "network inspect", "networks", "network");
}

int volume_inspect(Client& client, const Arguments& arguments) {
    return inspect_of(client, arguments, "volume inspect", "volumes", "volume");
}

} // namespace berth::cli

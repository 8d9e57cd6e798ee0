// SPDX-License-Identifier: LGPL-2.1-or-later
#include "image_object.hpp"

#include <algorithm>

#include <daemon/gate.hpp>
#include <daemon/image_view.hpp>
#include <daemon/operations.hpp>
#include <daemon/subject.hpp>

namespace berth::daemon {

namespace {

const sd_bus_vtable kImageVtable[] = {
    SD_BUS_VTABLE_START(0),
    SD_BUS_PROPERTY("Id", "s", (bus::property<ImageObject, &ImageObject::id>), 0,
                    SD_BUS_VTABLE_PROPERTY_CONST),
    SD_BUS_PROPERTY("Tags", "as", (bus::property<ImageObject, &ImageObject::tags>), 0, 0),
    SD_BUS_PROPERTY("Digests", "as", (bus::property<ImageObject, &ImageObject::digests>), 0, 0),
    SD_BUS_PROPERTY("Size", "t", (bus::property<ImageObject, &ImageObject::size>), 0,
                    SD_BUS_VTABLE_PROPERTY_CONST),
    SD_BUS_PROPERTY("Created", "t", (bus::property<ImageObject, &ImageObject::created>), 0,
                    SD_BUS_VTABLE_PROPERTY_CONST),
    SD_BUS_PROPERTY("Architecture", "s", (bus::property<ImageObject, &ImageObject::architecture>),
                    0, SD_BUS_VTABLE_PROPERTY_CONST),
    SD_BUS_PROPERTY("Os", "s", (bus::property<ImageObject, &ImageObject::os>), 0,
                    SD_BUS_VTABLE_PROPERTY_CONST),
    SD_BUS_METHOD_WITH_ARGS("Inspect", SD_BUS_ARGS("s", format), SD_BUS_RESULT("s", json),
                            (bus::method<ImageObject, &ImageObject::inspect>),
                            SD_BUS_VTABLE_UNPRIVILEGED),
    SD_BUS_METHOD_WITH_ARGS("History", SD_BUS_NO_ARGS, SD_BUS_RESULT("aa{sv}", entries),
                            (bus::method<ImageObject, &ImageObject::history>),
                            SD_BUS_VTABLE_UNPRIVILEGED),
    SD_BUS_VTABLE_END,
};

bus::Strings names_of(store::Store& store, const std::string& path, bool digests) {
    auto names = store.references(image_at(path));
    names.erase(std::remove_if(names.begin(), names.end(),
                               [&](const std::string& name) {
                                   return (name.find('@') != std::string::npos) != digests;
                               }),
                names.end());
    return names;
}

} // namespace

const sd_bus_vtable* ImageObject::vtable() noexcept {
    return kImageVtable;
}

ImageObject::ImageObject(Context& context)
    : context_(context),
      slot_(bus::add_objects(
          context.connection, kImagePrefix, "org.berth1.Image", kImageVtable, this,
          [this](const std::string& path) { return has_image_at(context_.store, path); })),
      enumerator_(bus::add_enumerator(context.connection, kImagePrefix, [this] {
          std::vector<std::string> paths;
          for (const auto& image : context_.store.images())
              paths.push_back(image_path(image.id));
          return paths;
      })) {}

void ImageObject::inspect(bus::Call call) {
    const auto format = call.read<std::string>();
    const Digest id = image_at(call.message().path());
    context_.gate.pass(call, [&](const Permit& permit) {
        context_.operations.run(
            permit, [this, id, format] { return inspect_image(context_.store, id, format); },
            [call](const std::string& json) { call.reply(json); });
    });
}

void ImageObject::history(bus::Call call) {
    const Digest id = image_at(call.message().path());
    context_.gate.pass(call, [&](const Permit& permit) {
        context_.operations.run(
            permit, [this, id] { return image_history(context_.store, id); },
            [call](const std::vector<bus::Dict>& rows) { call.reply(rows); });
    });
}

std::string ImageObject::id(const std::string& path) {
    return image_at(path).str();
}

bus::Strings ImageObject::tags(const std::string& path) {
    return names_of(context_.store, path, false);
}

bus::Strings ImageObject::digests(const std::string& path) {
    return names_of(context_.store, path, true);
}

std::uint64_t ImageObject::size(const std::string& path) {
    return context_.store.image(image_at(path)).size;
}

std::uint64_t ImageObject::created(const std::string& path) {
    return static_cast<std::uint64_t>(
        std::max<store::Usec>(context_.store.image(image_at(path)).created, 0));
}

std::string ImageObject::architecture(const std::string& path) {
    return context_.store.image(image_at(path)).architecture;
}

std::string ImageObject::os(const std::string& path) {
    return context_.store.image(image_at(path)).os;
}

} // namespace berth::daemon

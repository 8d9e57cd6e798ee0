// SPDX-License-Identifier: LGPL-2.1-or-later
// Manager: images. What takes long is a job; what it works on is resolved when the job is made.
#include <container/image_lookup.hpp>
#include <daemon/events.hpp>
#include <daemon/image_names.hpp>
#include <daemon/image_view.hpp>
#include <daemon/job_images.hpp>
#include <daemon/jobs.hpp>
#include <daemon/manager_object.hpp>
#include <daemon/operations.hpp>
#include <daemon/subject.hpp>
#include <image/auth.hpp>
#include <spec/reference.hpp>

namespace berth::daemon {

namespace {

constexpr std::uint32_t kSearchLimit = 100;
constexpr std::size_t kMaxSaved = 256;

Facts about(const char* key, const std::string& value) {
    Facts facts;
    facts.details[key] = value;
    return facts;
}

Facts about_reference(const std::string& text) {
    const auto reference = spec::parse_reference(text);
    Facts facts = about("image", reference.canonical());
    facts.details["registry"] = reference.host;
    facts.details["plugin"] = reference.plugin;
    return facts;
}

template <class Request>
JobOrder order(Request request, uid_t uid, const std::string& description, JobStdio stdio = {}) {
    return {{.operation = std::move(request), .uid = uid}, description, std::move(stdio)};
}

spec::BuildRequest read_build(const std::string& dockerfile, const bus::Dict& options) {
    options.require_only({"name", "references", "args", "labels", "target", "network", "no_cache"});
    spec::BuildRequest request{.dockerfile = dockerfile,
                               .name = options.get_or<std::string>("name", "Dockerfile"),
                               .references = options.get_or<bus::Strings>("references", {}),
                               .args = options.get_or<bus::StringMap>("args", {}),
                               .labels = options.get_or<bus::StringMap>("labels", {}),
                               .target = options.get_or<std::string>("target", ""),
                               .network = options.get_or<std::string>("network", ""),
                               .no_cache = options.get_or("no_cache", false)};
    constexpr std::size_t kMaxDockerfile = 1U << 20U;
    if (dockerfile.empty() || dockerfile.size() > kMaxDockerfile) {
        throw Error(ErrorCode::InvalidArgument, "a Dockerfile has between 1 byte and 1 MiB");
    }
    const bool network = request.network.empty() || request.network == "default" ||
                         request.network == "bridge" || request.network == "none" ||
                         request.network == "host";
    if (!network) {
        throw Error(ErrorCode::InvalidArgument,
                    "'network' of a build is default, bridge, none or host");
    }
    if (request.network == "default") request.network.clear();
    return request;
}

} // namespace

void ManagerObject::pull_image(bus::Call call) {
    const auto [reference, options] = call.read_all<std::string, bus::Dict>();
    options.require_only({"platform", "all_tags"});
    const spec::PullRequest request{.reference = reference,
                                    .platform = options.get_or<std::string>("platform", ""),
                                    .all_tags = options.get_or<bool>("all_tags", false)};
    context_.gate.pass(call, about_reference(reference), [this, request](const Permit& permit) {
        context_.jobs->start(permit, [request, uid = permit.uid()] {
            return order(request, uid, request.reference);
        });
    });
}

void ManagerObject::push_image(bus::Call call) {
    const auto [reference, options] = call.read_all<std::string, bus::Dict>();
    options.require_only({});
    context_.gate.pass(
        call, about_reference(reference), [this, text = reference](const Permit& permit) {
            context_.jobs->start(permit, [this, text, uid = permit.uid()] {
                const auto image = container::find_image(context_.store, text);
                return order(spec::PushRequest{text, job_image(context_.store, image.id)}, uid,
                             text);
            });
        });
}

void ManagerObject::load_images(bus::Call call) {
    const auto [tar, options] = call.read_all<bus::SharedFd, bus::Dict>();
    options.require_only({"platform"});
    const spec::LoadRequest request{.platform = options.get_or<std::string>("platform", "")};
    context_.gate.pass(call, [this, request, in = tar](const Permit& permit) {
        context_.jobs->start(permit, [request, in, uid = permit.uid()] {
            return order(request, uid, "images", {.in = in, .out = {}});
        });
    });
}

void ManagerObject::save_images(bus::Call call) {
    const auto [names, out, options] = call.read_all<bus::Strings, bus::SharedFd, bus::Dict>();
    options.require_only({});
    if (names.empty() || names.size() > kMaxSaved) {
        throw Error(ErrorCode::InvalidArgument,
                    "between 1 and " + std::to_string(kMaxSaved) + " images can be saved at once");
    }
    const std::string description = names.size() == 1 ? names[0] : names[0] + " and more";
    context_.gate.pass(call, about("image", description), [=, this](const Permit& permit) {
        context_.jobs->start(permit, [=, this, uid = permit.uid()] {
            return order(saved_images(context_.store, names), uid, description,
                         {.in = {}, .out = out});
        });
    });
}

void ManagerObject::import_image(bus::Call call) {
    const auto [tar, reference, options] = call.read_all<bus::SharedFd, std::string, bus::Dict>();
    options.require_only({"changes", "message", "platform"});
    const spec::ImportRequest request{.reference = reference,
                                      .changes = options.get_or<bus::Strings>("changes", {}),
                                      .message = options.get_or<std::string>("message", ""),
                                      .platform = options.get_or<std::string>("platform", "")};
    const Facts facts = reference.empty() ? Facts{} : about_reference(reference);
    context_.gate.pass(call, facts, [this, request, in = tar](const Permit& permit) {
        context_.jobs->start(permit, [request, in, uid = permit.uid()] {
            return order(request, uid, request.reference, {.in = in, .out = {}});
        });
    });
}

void ManagerObject::build_image(bus::Call call) {
    const auto [context, output, dockerfile, options] =
        call.read_all<bus::SharedFd, bus::SharedFd, std::string, bus::Dict>();
    const spec::BuildRequest request = read_build(dockerfile, options);
    const std::string shown = request.references.empty() ? "image" : request.references[0];
    context_.gate.pass(
        call, about("image", shown),
        [this, request, shown, in = context, out = output](const Permit& permit) {
            const auto go = [this, request, shown, in, out, permit] {
                context_.jobs->start(permit, [request, shown, in, out, uid = permit.uid()] {
                    return order(request, uid, shown, {.in = in, .out = out});
                });
            };
            std::vector<Claim> claims;
            // The steps would see the host's network, as a container that runs so.
            if (request.network == "host" && permit.uid() != 0) {
                claims.push_back({"org.berth1.container-run-host", {{"network", "host"}}});
            }
            context_.gate.claim(permit, std::move(claims), go);
        });
}

void ManagerObject::search_images(bus::Call call) {
    const auto [term, options] = call.read_all<std::string, bus::Dict>();
    options.require_only({"limit"});
    const spec::SearchRequest request{.term = term,
                                      .limit = options.get_or<std::uint32_t>("limit", 25)};
    if (request.limit == 0 || request.limit > kSearchLimit) {
        throw Error(ErrorCode::InvalidArgument, "'limit' must be between 1 and 100");
    }
    context_.gate.pass(call, about("term", term), [this, request](const Permit& permit) {
        context_.jobs->start(
            permit, [request, uid = permit.uid()] { return order(request, uid, request.term); });
    });
}

void ManagerObject::login(bus::Call call) {
    const auto [host, secret, options] = call.read_all<std::string, bus::SharedFd, bus::Dict>();
    options.require_only({"user"});
    const spec::LoginRequest request{.host = host, .user = options.get<std::string>("user")};
    context_.gate.pass(call, about("registry", host),
                       [this, request, in = secret](const Permit& permit) {
                           context_.jobs->start(permit, [request, in, uid = permit.uid()] {
                               return order(request, uid, request.host, {.in = in, .out = {}});
                           });
                       });
}

void ManagerObject::logout(bus::Call call) {
    const auto [host, options] = call.read_all<std::string, bus::Dict>();
    options.require_only({});
    context_.gate.pass(
        call, about("registry", host), [this, call, host = host](const Permit& permit) {
            context_.operations.run(
                permit, [host, uid = permit.uid()] { return image::forget_credentials(uid, host); },
                [call, host](bool known) {
                    if (!known) throw Error(ErrorCode::NotFound, "not logged in to '" + host + "'");
                    call.reply();
                });
        });
}

void ManagerObject::get_image(bus::Call call) {
    const auto name = call.read<std::string>();
    context_.gate.pass(call, [&](const Permit& permit) {
        context_.operations.run(
            permit, [this, name] { return container::find_image(context_.store, name).id; },
            [call](const Digest& id) { call.reply(bus::ObjectPath{image_path(id)}); });
    });
}

void ManagerObject::list_images(bus::Call call) {
    call.read<bus::Dict>().require_only({}, "filter");
    context_.gate.pass(call, [&](const Permit& permit) {
        context_.operations.run(
            permit, [this] { return image_rows(context_.store); },
            [call](const std::vector<bus::Dict>& rows) { call.reply(rows); });
    });
}

void ManagerObject::tag_image(bus::Call call) {
    const auto [source, target, options] = call.read_all<std::string, std::string, bus::Dict>();
    options.require_only({});
    Facts facts = about("image", source);
    facts.details["target"] = target;
    context_.gate.pass(
        call, facts, [this, call, source = source, target = target](const Permit& permit) {
            context_.operations.run(
                permit, [this, source, target] { return tag(context_.store, source, target); },
                [this, call](const TaggedImage& tagged) {
                    context_.events->emit("image", "tag", tagged.id.str(),
                                          {{"name", tagged.reference}});
                    call.reply();
                });
        });
}

void ManagerObject::remove_image(bus::Call call) {
    const auto [name, options] = call.read_all<std::string, bus::Dict>();
    options.require_only({"force", "no_prune"});
    const RemoveImage request{.name = name,
                              .force = options.get_or("force", false),
                              .prune_parents = !options.get_or("no_prune", false)};
    context_.gate.pass(call, about("image", name), [this, call, request](const Permit& permit) {
        context_.operations.run(
            permit, [this, request] { return remove_image_name(context_.engine, request); },
            [this, call](const std::vector<Removed>& removed) {
                for (const auto& [what, object] : removed) {
                    context_.events->emit("image", what == "untagged" ? "untag" : "delete", object,
                                          {{"name", object}});
                }
                call.reply(removed);
            });
    });
}

} // namespace berth::daemon

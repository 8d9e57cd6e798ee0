// SPDX-License-Identifier: LGPL-2.1-or-later
// COPY and ADD.
#include <algorithm>
#include <array>
#include <optional>

#include <unistd.h>

#include <base/hash.hpp>
#include <base/strings.hpp>
#include <berth/error.hpp>
#include <build/copy_tree.hpp>
#include <build/plan.hpp>
#include <build/session.hpp>
#include <dockerfile/expand.hpp>
#include <image/copy_in.hpp>
#include <image/piped_producer.hpp>
#include <image/unpacked_stream.hpp>

namespace berth::build {

namespace {

using dockerfile::Node;

/// One thing to copy: a path of the tree, or text that stands in the Dockerfile.
struct Piece {
    std::string name; ///< what it is called in a directory
    std::string path; ///< in the tree
    std::vector<SourceEntry> entries;
    std::optional<std::string> text;
    bool archive = false; ///< unpacked, not copied
};

struct Order {
    std::vector<std::string> sources;
    std::string destination; ///< absolute
    std::string owner;
    std::string mode;
    std::string from;
    dockerfile::IgnoreList excluded;
    bool add = false;
};

std::string expanded(const StageState& stage, const std::string& word) {
    return dockerfile::expand(word, lookup_in(stage.config), {.escape = stage.config.escape});
}

std::string absolute(const StageState& stage, const std::string& path) {
    const std::string whole =
        path.starts_with("/") ? path : stage.config.config.working_dir + "/" + path;
    const bool directory =
        path.empty() || path.ends_with("/") || path.ends_with("/.") || path == "." || path == "..";
    const std::string clean = dockerfile::clean_relative(whole);
    if (clean == ".") return "/";
    return "/" + clean + (directory ? "/" : "");
}

void require_copy_supported(const Node& node) {
    for (const char* flag : {"parents", "checksum", "keep-git-dir", "unpack"}) {
        if (dockerfile::flags_of(node, flag).empty()) continue;
        throw Error(ErrorCode::Unsupported,
                    std::string("--") + flag + " is not supported by this version of berth");
    }
}

Order read_order(const StageState& stage, const Node& node) {
    require_copy_supported(node);
    Order order{.add = base::to_lower(node.name) == "add"};
    for (const auto& word : node.args)
        order.sources.push_back(expanded(stage, word));
    order.destination = absolute(stage, order.sources.back());
    order.sources.pop_back();
    if (order.sources.size() > 1 && !order.destination.ends_with("/")) {
        throw Error(ErrorCode::InvalidArgument,
                    "with more than one source the destination must be a directory and end with a "
                    "'/'");
    }
    order.owner = expanded(stage, dockerfile::flag_of(node, "chown"));
    order.mode = expanded(stage, dockerfile::flag_of(node, "chmod"));
    order.from = expanded(stage, dockerfile::flag_of(node, "from"));
    for (const auto& pattern : dockerfile::flags_of(node, "exclude"))
        order.excluded.add(expanded(stage, pattern));
    return order;
}

const SourceTree& tree_of(Session& session, const Order& order, std::size_t stage_number) {
    if (order.from.empty()) return session.trees.context();
    if (const auto number = find_stage(session.stages, order.from, stage_number)) {
        const auto done = session.done.find(*number);
        if (done == session.done.end()) {
            throw Error(ErrorCode::Unsupported, "--from names a stage by a variable; write its "
                                                "name");
        }
        return session.trees.of_layer(done->second.stack.top());
    }
    const auto image = session.image(order.from, "");
    return session.trees.of_layer(image.layers.empty() ? std::nullopt
                                                       : std::optional(image.layers.back().chain));
}

/// Does it begin as a tar does.
bool is_tar(std::string_view head) {
    return head.size() >= 262 && head.substr(257, 5) == "ustar";
}

std::string read_head(int fd) {
    std::string head(512, '\0');
    std::size_t size = 0;
    while (size < head.size()) {
        const ssize_t got = ::read(fd, head.data() + size, head.size() - size);
        if (got < 0 && errno == EINTR) continue;
        if (got <= 0) break;
        size += static_cast<std::size_t>(got);
    }
    head.resize(size);
    return head;
}

bool is_archive(const SourceTree& tree, const std::string& path) {
    const base::Fd file = tree.open(path);
    const std::string head = read_head(file.get());
    if (is_tar(head)) return true;
    const bool known = head.starts_with("\x1f\x8b") || head.starts_with("\x28\xb5\x2f\xfd");
    const bool other = head.starts_with("BZh") || head.starts_with("\xfd"
                                                                   "7zXZ");
    if (other) {
        throw Error(ErrorCode::Unsupported, "'" + base::printable(path) +
                                                "' is compressed by bzip2 or xz, which ADD does "
                                                "not unpack; use COPY, gzip or zstd");
    }
    if (!known) return false;
    const base::Fd again = tree.open(path);
    image::PipedProducer content([&](int out) { image::copy_unpacked(again.get(), out); });
    const bool found = is_tar(read_head(content.fd()));
    try {
        content.give_up();
    } catch (const Error&) {
        return found; // a broken one is an error when it is unpacked
    }
    return found;
}

void gather(const SourceTree& tree, const Order& order, const std::string& source,
            std::vector<Piece>& pieces) {
    for (const auto& path : tree.match(source)) {
        Piece piece{.name = path.substr(path.rfind('/') + 1), .path = path};
        piece.entries = tree.list(path, order.excluded);
        const bool file = S_ISREG(piece.entries[0].status.st_mode);
        piece.archive = order.add && file && is_archive(tree, path);
        pieces.push_back(std::move(piece));
    }
}

std::optional<Piece> heredoc_piece(const StageState& stage, const Node& node,
                                   const std::string& source) {
    if (!source.starts_with("<<")) return std::nullopt;
    const auto names = dockerfile::find_heredocs(source);
    for (const auto& heredoc : node.heredocs) {
        if (names.empty() || heredoc.name != names[0].name) continue;
        const std::string text =
            heredoc.expand
                ? dockerfile::expand(heredoc.content, lookup_in(stage.config),
                                     {.escape = stage.config.escape, .keep_quotes = true})
                : heredoc.content;
        return Piece{.name = heredoc.name, .text = text};
    }
    return std::nullopt;
}

std::vector<Piece> gather_all(const SourceTree* tree, const StageState& stage, const Node& node,
                              const Order& order) {
    std::vector<Piece> pieces;
    for (std::size_t at = 0; at < order.sources.size(); ++at) {
        if (auto piece = heredoc_piece(stage, node, node.args[at]))
            pieces.push_back(std::move(*piece));
        else if (tree != nullptr)
            gather(*tree, order, order.sources[at], pieces);
    }
    return pieces;
}

std::string inputs_of(const SourceTree* tree, const Order& order,
                      const std::vector<Piece>& pieces) {
    std::string inputs = (order.add ? "add\n" : "copy\n") + order.destination + "\n" + order.owner +
                         "\n" + order.mode + "\n";
    for (const auto& piece : pieces) {
        inputs += piece.name + "\n";
        inputs += piece.text ? base::sha256(*piece.text).str()
                             : digest_of(*tree, piece.path, piece.entries, !order.from.empty());
        inputs += piece.archive ? " archive\n" : "\n";
    }
    return inputs;
}

void unpack(const SourceTree& tree, const Piece& piece, const base::Dir& root,
            const Destination& destination, const Order& order, const CopyStyle& style) {
    destination.make();
    spec::CopyInRequest request{.path = order.destination, .contents = true};
    if (!order.owner.empty() && style.owner) {
        request.owner = std::to_string(style.owner->uid) + ":" + std::to_string(style.owner->gid);
    }
    const base::Fd file = tree.open(piece.path);
    image::PipedProducer content([&](int out) { image::copy_unpacked(file.get(), out); });
    try {
        image::copy_into(root, request, content.fd());
    } catch (const Error&) {
        content.give_up();
        throw;
    }
    content.finish();
}

void put(const base::Dir& root, const SourceTree* tree, const Order& order,
         const std::vector<Piece>& pieces) {
    CopyStyle style;
    if (!order.owner.empty())
        style.owner = resolve_owner(root, order.owner);
    else if (order.from.empty())
        style.owner = Owner{};
    if (!order.mode.empty()) style.mode = parse_mode(order.mode);
    Destination destination(root, order.destination, style);
    for (const auto& piece : pieces) {
        if (piece.text)
            destination.write(piece.name, *piece.text);
        else if (piece.archive)
            unpack(*tree, piece, root, destination, order, style);
        else
            destination.copy(*tree, piece.path, piece.name, piece.entries);
    }
}

void refuse_addresses(const Order& order) {
    for (const auto& source : order.sources) {
        const bool address = source.starts_with("http://") || source.starts_with("https://") ||
                             source.starts_with("git@");
        if (order.add && address) {
            throw Error(ErrorCode::Unsupported,
                        "ADD of an address is not supported by this version of berth; fetch it "
                        "into the context, or in a RUN");
        }
    }
}

} // namespace

void step_copy(Session& session, StageState& stage, const Node& node, std::size_t stage_number) {
    const Order order = read_order(stage, node);
    refuse_addresses(order);
    const bool all_text = node.heredocs.size() == order.sources.size();
    const SourceTree* tree = all_text ? nullptr : &tree_of(session, order, stage_number);
    const auto pieces = gather_all(tree, stage, node, order);
    if (pieces.size() > 1 && !order.destination.ends_with("/")) {
        throw Error(ErrorCode::InvalidArgument,
                    "the pattern matches more than one file, so the destination must be a "
                    "directory and end with a '/'");
    }
    session.add_layer(stage, inputs_of(tree, order, pieces), [&] {
        return make_layer(session.engine, stage.stack,
                          [&](const base::Dir& root) { put(root, tree, order, pieces); });
    });
    note_history(stage,
                 std::string(order.add ? "ADD " : "COPY ") + base::join(order.sources, " ") + " " +
                     order.destination,
                 false);
}

void step_workdir(Session& session, StageState& stage, const Node& /*node*/) {
    const std::string path = stage.config.config.working_dir;
    if (path != "/") {
        session.add_layer(stage, "workdir\n" + path, [&] {
            return make_layer(session.engine, stage.stack, [&](const base::Dir& root) {
                Destination(root, path + "/", {}).make();
            });
        });
    }
    note_history(stage, "WORKDIR " + path, path == "/");
}

} // namespace berth::build

// SPDX-License-Identifier: LGPL-2.1-or-later
#include "message.hpp"

#include <string_view>

#include <fcntl.h>

#include <base/strings.hpp>

namespace berth::bus {

namespace {

[[noreturn]] void throw_read(int result, const std::string& wanted) {
    if (result == -ENXIO || result == 0) {
        throw Error(ErrorCode::InvalidArgument,
                    "a message has other arguments than expected (wanted '" + wanted + "')");
    }
    throw Error(ErrorCode::InvalidArgument,
                std::string("a message cannot be read: ") + std::strerror(-result), -result);
}

void check_append(int result) {
    if (result < 0) {
        throw Error(ErrorCode::Internal,
                    std::string("cannot write a message: ") + std::strerror(-result), -result);
    }
}

int continuation_bytes(unsigned char lead) {
    if (lead < 0x80) return 0;
    if (lead >= 0xC2 && lead < 0xE0) return 1;
    if (lead >= 0xE0 && lead < 0xF0) return 2;
    if (lead >= 0xF0 && lead < 0xF5) return 3;
    return -1;
}

// The length of the valid UTF-8 sequence at the start of `text`, 0 if there is none. RFC 3629.
std::size_t sequence(std::string_view text) {
    const auto at = [&](std::size_t i) { return static_cast<unsigned char>(text[i]); };
    const int more = continuation_bytes(at(0));
    if (more < 0 || text.size() <= static_cast<std::size_t>(more)) return 0;
    for (int i = 1; i <= more; ++i) {
        if ((at(static_cast<std::size_t>(i)) & 0xC0U) != 0x80) return 0;
    }
    if (at(0) == 0xE0 && at(1) < 0xA0) return 0;
    if (at(0) == 0xED && at(1) >= 0xA0) return 0;
    if (at(0) == 0xF0 && at(1) < 0x90) return 0;
    if (at(0) == 0xF4 && at(1) >= 0x90) return 0;
    return static_cast<std::size_t>(more) + 1;
}

// D-Bus strings are UTF-8 without NUL; file names and command lines need not be.
std::string to_utf8(std::string_view text) {
    std::string result;
    result.reserve(text.size());
    while (!text.empty()) {
        const std::size_t length = text[0] == '\0' ? 0 : sequence(text);
        result.append(length == 0 ? std::string_view("\xEF\xBF\xBD") : text.substr(0, length));
        text.remove_prefix(length == 0 ? 1 : length);
    }
    return result;
}

bool is_utf8(std::string_view text) {
    while (!text.empty()) {
        const std::size_t length = text[0] == '\0' ? 0 : sequence(text);
        if (length == 0) return false;
        text.remove_prefix(length);
    }
    return true;
}

Dict read_dict(sd_bus_message* message, int depth, bool skip_unknown);

template <class T>
Value as_value(sd_bus_message* message) {
    return Value(Type<T>::read(message));
}

std::optional<Value> read_basic_value(sd_bus_message* message, char type) {
    switch (type) {
    case 'b':
        return as_value<bool>(message);
    case 'y':
        return as_value<std::uint8_t>(message);
    case 'i':
        return as_value<std::int32_t>(message);
    case 'u':
        return as_value<std::uint32_t>(message);
    case 'x':
        return as_value<std::int64_t>(message);
    case 't':
        return as_value<std::uint64_t>(message);
    case 'd':
        return as_value<double>(message);
    case 's':
        return as_value<std::string>(message);
    case 'o':
        return as_value<ObjectPath>(message);
    case 'h':
        return as_value<SharedFd>(message);
    default:
        return std::nullopt;
    }
}

std::vector<Dict> read_dicts(sd_bus_message* message, int depth, bool skip_unknown) {
    std::vector<Dict> dicts;
    detail::enter(message, 'a', "a{sv}");
    while (!detail::at_end(message)) {
        dicts.push_back(read_dict(message, depth, skip_unknown));
        detail::check_count(dicts.size());
    }
    detail::leave(message);
    return dicts;
}

std::optional<Value> read_contents(sd_bus_message* message, std::string_view contents, int depth,
                                   bool skip_unknown) {
    if (contents.size() == 1) return read_basic_value(message, contents[0]);
    if (contents == "as") return as_value<Strings>(message);
    if (contents == "a{ss}") return as_value<StringMap>(message);
    if (contents == "a{sv}") return Value(read_dict(message, depth + 1, skip_unknown));
    if (contents == "aa{sv}") return Value(read_dicts(message, depth + 1, skip_unknown));
    return std::nullopt;
}

// Empty for a type that a Value has no place for; it has been skipped then.
std::optional<Value> read_variant(sd_bus_message* message, int depth, bool skip_unknown) {
    if (depth > kMaxDepth) throw Error(ErrorCode::InvalidArgument, "a message is nested too deep");
    char type = 0;
    const char* contents = nullptr;
    const int result = sd_bus_message_peek_type(message, &type, &contents);
    if (result <= 0 || type != SD_BUS_TYPE_VARIANT) throw_read(result > 0 ? 0 : result, "v");
    const std::string signature = contents;
    detail::enter(message, 'v', signature);
    auto value = read_contents(message, signature, depth, skip_unknown);
    if (!value && !skip_unknown) {
        throw Error(ErrorCode::InvalidArgument, "a value of type '" + signature + "' is of no use");
    }
    if (!value) sd_bus_message_skip(message, signature.c_str());
    detail::leave(message);
    return value;
}

Dict read_dict(sd_bus_message* message, int depth, bool skip_unknown) {
    Dict dict;
    detail::enter(message, 'a', "{sv}");
    while (detail::enter_entry(message, "sv")) {
        const std::string key = Type<std::string>::read(message);
        if (auto value = read_variant(message, depth, skip_unknown)) {
            if (dict.has(key)) {
                throw Error(ErrorCode::InvalidArgument,
                            "'" + base::printable(key) + "' is given twice");
            }
            dict.set(key, std::move(*value));
        }
        detail::check_count(dict.entries().size());
        detail::leave(message);
    }
    detail::leave(message);
    return dict;
}

} // namespace

namespace detail {

void append_basic(sd_bus_message* message, char type, const void* value) {
    check_append(sd_bus_message_append_basic(message, type, value));
}

void read_basic(sd_bus_message* message, char type, void* value) {
    const int result = sd_bus_message_read_basic(message, type, value);
    if (result <= 0) throw_read(result, {type});
}

void append_string(sd_bus_message* message, char type, const std::string& value) {
    if (is_utf8(value)) {
        append_basic(message, type, value.c_str());
    } else {
        append_basic(message, type, to_utf8(value).c_str());
    }
}

std::string read_string(sd_bus_message* message, char type) {
    const char* value = nullptr;
    read_basic(message, type, &value);
    return value;
}

void open(sd_bus_message* message, char type, const std::string& contents) {
    check_append(sd_bus_message_open_container(message, type, contents.c_str()));
}

void close(sd_bus_message* message) {
    check_append(sd_bus_message_close_container(message));
}

void enter(sd_bus_message* message, char type, const std::string& contents) {
    const int result = sd_bus_message_enter_container(message, type, contents.c_str());
    if (result <= 0) throw_read(result, type == 'a' ? "a" + contents : contents);
}

bool enter_entry(sd_bus_message* message, const std::string& contents) {
    const int result = sd_bus_message_enter_container(message, 'e', contents.c_str());
    if (result < 0) throw_read(result, "{" + contents + "}");
    return result > 0;
}

void leave(sd_bus_message* message) {
    const int result = sd_bus_message_exit_container(message);
    if (result < 0) throw_read(result, "end");
}

bool at_end(sd_bus_message* message) {
    const int result = sd_bus_message_at_end(message, 0);
    if (result < 0) throw_read(result, "end");
    return result > 0;
}

void check_count(std::size_t count) {
    if (count > kMaxEntries) {
        throw Error(ErrorCode::InvalidArgument, "an array in a message has more than " +
                                                    std::to_string(kMaxEntries) + " elements");
    }
}

} // namespace detail

const Message& Message::check(const std::string& context) const {
    const sd_bus_error* error = sd_bus_message_get_error(get());
    if (error == nullptr) return *this;
    if (context.empty()) throw to_error(*error);
    throw_bus_error(*error, context);
}

void Type<SharedFd>::append(sd_bus_message* message, const SharedFd& value) {
    Type<base::Fd>::append(message, *value);
}

void Type<base::Fd>::append(sd_bus_message* message, const base::Fd& value) {
    const int fd = value.get();
    detail::append_basic(message, 'h', &fd);
}

SharedFd Type<SharedFd>::read(sd_bus_message* message) {
    int borrowed = -1;
    detail::read_basic(message, 'h', &borrowed);
    base::Fd fd(::fcntl(borrowed, F_DUPFD_CLOEXEC, 3));
    if (!fd) throw_errno("cannot keep a received descriptor");
    return std::make_shared<base::Fd>(std::move(fd));
}

void Type<Dict>::append(sd_bus_message* message, const Dict& value) {
    detail::open(message, 'a', "{sv}");
    for (const auto& [key, entry] : value.entries()) {
        detail::open(message, 'e', "sv");
        Type<std::string>::append(message, key);
        Type<Value>::append(message, entry);
        detail::close(message);
    }
    detail::close(message);
}

Dict Type<Dict>::read(sd_bus_message* message) {
    return read_dict(message, 0, false);
}

void Type<Value>::append(sd_bus_message* message, const Value& value) {
    std::visit(
        [&](const auto& held) {
            using Held = std::remove_cvref_t<decltype(held)>;
            detail::open(message, 'v', Type<Held>::signature());
            Type<Held>::append(message, held);
            detail::close(message);
        },
        value.data);
}

Value Type<Value>::read(sd_bus_message* message) {
    return std::move(*read_variant(message, 0, false));
}

Dict read_properties(Message& message) {
    return read_dict(message.get(), 0, true);
}

} // namespace berth::bus

// SPDX-License-Identifier: LGPL-2.1-or-later
// Builds tar archives byte by byte, good ones and such as no tar program would make.
#pragma once

#include <array>
#include <cstdint>
#include <cstdio>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace berth::test {

struct TarEntry {
    std::string name;
    char type = '0';
    std::string content;
    unsigned mode = 0644;
    std::uint64_t uid = 0;
    std::uint64_t gid = 0;
    std::uint64_t mtime = 1'600'000'000;
    std::string link;
    unsigned major = 0;
    unsigned minor = 0;
    /// Records of a pax header before the entry.
    std::vector<std::pair<std::string, std::string>> pax;
    /// What the size field says, where it is not the content's.
    std::string raw_size;
};

class TarBuilder {
  public:
    TarBuilder& add(const TarEntry& entry) {
        if (!entry.pax.empty()) add_pax(entry.pax, 'x');
        put_header(entry);
        put_body(entry.content);
        return *this;
    }
    TarBuilder& file(const std::string& name, const std::string& content = "x",
                     unsigned mode = 0644) {
        TarEntry entry;
        entry.name = name;
        entry.content = content;
        entry.mode = mode;
        return add(entry);
    }
    TarBuilder& dir(const std::string& name, unsigned mode = 0755) {
        TarEntry entry;
        entry.name = name;
        entry.type = '5';
        entry.mode = mode;
        return add(entry);
    }
    TarBuilder& symlink(const std::string& name, const std::string& target) {
        return link(name, target, '2');
    }
    TarBuilder& hard_link(const std::string& name, const std::string& target) {
        return link(name, target, '1');
    }
    TarBuilder& device(const std::string& name, char type, unsigned major, unsigned minor) {
        TarEntry entry;
        entry.name = name;
        entry.type = type;
        entry.major = major;
        entry.minor = minor;
        return add(entry);
    }
    /// A pax header of its own: 'x' for the next entry, 'g' for all that follow.
    TarBuilder& add_pax(const std::vector<std::pair<std::string, std::string>>& records,
                        char type) {
        std::string body;
        for (const auto& [key, value] : records)
            body += pax_record(key, value);
        TarEntry header;
        header.name = "pax";
        header.type = type;
        header.content = body;
        put_header(header);
        put_body(body);
        return *this;
    }
    TarBuilder& raw(std::string_view bytes) {
        bytes_ += bytes;
        return *this;
    }

    /// With the two blocks of zeros that end an archive.
    [[nodiscard]] std::string finish() const { return bytes_ + std::string(1024, '\0'); }
    [[nodiscard]] const std::string& unfinished() const { return bytes_; }

    static std::string pax_record(const std::string& key, const std::string& value) {
        const std::size_t rest = key.size() + value.size() + 3;
        std::size_t size = rest + std::to_string(rest).size();
        if (std::to_string(size).size() != std::to_string(rest).size()) ++size;
        return std::to_string(size) + " " + key + "=" + value + "\n";
    }

  private:
    TarBuilder& link(const std::string& name, const std::string& target, char type) {
        TarEntry entry;
        entry.name = name;
        entry.link = target;
        entry.type = type;
        entry.mode = 0777;
        return add(entry);
    }

    static std::string octal(std::uint64_t value, int width) {
        std::array<char, 32> text{};
        std::snprintf(text.data(), text.size(), "%0*llo", width,
                      static_cast<unsigned long long>(value));
        return text.data();
    }

    void put_header(const TarEntry& entry) {
        std::string block(512, '\0');
        const auto put = [&](std::size_t at, std::size_t size, const std::string& text) {
            block.replace(at, std::min(size, text.size()), text.substr(0, size));
        };
        put(0, 100, entry.name);
        put(100, 8, octal(entry.mode, 7));
        put(108, 8, octal(entry.uid, 7));
        put(116, 8, octal(entry.gid, 7));
        put(124, 12, entry.raw_size.empty() ? octal(entry.content.size(), 11) : entry.raw_size);
        put(136, 12, octal(entry.mtime, 11));
        block[156] = entry.type;
        put(157, 100, entry.link);
        put(257, 8, std::string("ustar\00000", 8));
        put(329, 8, octal(entry.major, 7));
        put(337, 8, octal(entry.minor, 7));
        put(148, 8, "        ");
        unsigned sum = 0;
        for (const char c : block)
            sum += static_cast<unsigned char>(c);
        put(148, 8, octal(sum, 6) + std::string("\0 ", 2));
        bytes_ += block;
    }

    void put_body(const std::string& content) {
        bytes_ += content;
        bytes_.append((512 - content.size() % 512) % 512, '\0');
    }

    std::string bytes_;
};

} // namespace berth::test

// SPDX-License-Identifier: LGPL-2.1-or-later
// Tries to write the program that runs it, as CVE-2019-5736 did: an image has it as its ELF loader,
// so that it runs when the runner is started once more inside the container. `intruder watch` looks
// out for a runner that passes by. Prints SEEN for a program of berth's and WRITTEN if it could be
// opened for writing. Compiled by tests/lib/odd.sh, without a C library: it must work as a loader.
#include "call.hpp"

#include <initializer_list>

namespace {

constexpr long kReadOnly = 0;
constexpr long kWriteOnly = 1;
constexpr long kPath = 010000000;
constexpr int kProcesses = 400;

void say(const char* text) {
    long length = 0;
    while (text[length] != '\0')
        ++length;
    call(__NR_write, 1, address(text), length);
}

char* put(char* to, const char* text) {
    while (*text != '\0')
        *to++ = *text++;
    *to = '\0';
    return to;
}

char* put(char* to, long number) {
    char digits[24];
    int count = 0;
    do
        digits[count++] = static_cast<char>('0' + number % 10);
    while ((number /= 10) > 0);
    while (count > 0)
        *to++ = digits[--count];
    *to = '\0';
    return to;
}

bool is_berths(const char* link) {
    char target[512];
    const long length = call(__NR_readlink, address(link), address(target), sizeof target - 1);
    for (long at = 0; at + 5 <= length; ++at) {
        if (target[at] == 'b' && target[at + 1] == 'e' && target[at + 2] == 'r' &&
            target[at + 3] == 't' && target[at + 4] == 'h') {
            return true;
        }
    }
    return false;
}

void try_writing(const char* path) {
    if (call(__NR_open, address(path), kWriteOnly, 0) >= 0) say("WRITTEN\n");
}

// Also by a descriptor that outlives the program: it is no longer busy then.
void attack(const char* link, bool forever) {
    if (!is_berths(link)) return;
    say("SEEN\n");
    try_writing(link);
    for (const long flags : {kReadOnly, kPath}) {
        const long fd = call(__NR_open, address(link), flags, 0);
        if (fd < 0) continue;
        char again[64];
        put(put(again, "/proc/self/fd/"), fd);
        for (int round = 0; round < (forever ? 20000 : 10); ++round)
            try_writing(again);
        call(__NR_close, fd);
    }
}

void watch() {
    for (;;) {
        for (long process = 2; process < kProcesses; ++process) {
            char link[64];
            put(put(put(link, "/proc/"), process), "/exe");
            attack(link, true);
        }
    }
}

} // namespace

extern "C" [[noreturn, gnu::used]] void begin(const long* stack) {
    const long count = stack[0];
    const auto* const* arguments = reinterpret_cast<const char* const*>(stack + 1);
    if (count > 1 && arguments[1][0] == 'w') watch();
    attack("/proc/self/exe", false);
    call(__NR_exit_group, 0);
    __builtin_unreachable();
}

asm(".globl _start\n_start:\n  mov %rsp, %rdi\n  and $-16, %rsp\n  call begin\n");

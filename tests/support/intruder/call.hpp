// SPDX-License-Identifier: LGPL-2.1-or-later
// System calls without a C library, for programs that stand where one is expected.
#pragma once

#include <asm/unistd.h>

inline long call(long number, long one = 0, long two = 0, long three = 0) {
    long result;
    asm volatile("syscall"
                 : "=a"(result)
                 : "a"(number), "D"(one), "S"(two), "d"(three)
                 : "rcx", "r11", "memory");
    return result;
}
inline long address(const void* pointer) {
    return reinterpret_cast<long>(pointer);
}

// SPDX-License-Identifier: LGPL-2.1-or-later
#include <gtest/gtest.h>
#include <sched.h>

#include <base/mount.hpp>

/// libarchive 3.6 keeps its output buffer when the receiver of an archive has failed: once for each
/// archive, in a process that ends with it. The name is the sanitizer's.
extern "C" const char* __lsan_default_suppressions();
extern "C" __attribute__((visibility("default"))) const char* __lsan_default_suppressions() {
    return "leak:libarchive.so";
}

int main(int argc, char** argv) {
    ::testing::InitGoogleTest(&argc, argv);
    // Nothing that is mounted here is seen outside, and all of it goes with this process.
    if (::unshare(CLONE_NEWNS) == 0) berth::base::make_mounts_private();
    return RUN_ALL_TESTS();
}

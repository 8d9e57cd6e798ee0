// SPDX-License-Identifier: LGPL-2.1-or-later
#include <gtest/gtest.h>
#include <sched.h>

#include <base/mount.hpp>

int main(int argc, char** argv) {
    ::testing::InitGoogleTest(&argc, argv);
    // Nothing that is mounted here is seen outside, and all of it goes with this process.
    if (::unshare(CLONE_NEWNS) == 0) berth::base::make_mounts_private();
    return RUN_ALL_TESTS();
}

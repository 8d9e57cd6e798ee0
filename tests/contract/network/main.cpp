// SPDX-License-Identifier: LGPL-2.1-or-later
#include <gtest/gtest.h>
#include <sched.h>

int main(int argc, char** argv) {
    ::testing::InitGoogleTest(&argc, argv);
    // What a test forgets to enclose in a namespace of its own must not reach the machine's.
    static_cast<void>(::unshare(CLONE_NEWNET));
    return RUN_ALL_TESTS();
}

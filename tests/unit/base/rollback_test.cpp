// SPDX-License-Identifier: LGPL-2.1-or-later
#include <fcntl.h>
#include <gtest/gtest.h>
#include <sys/socket.h>

#include <base/fd.hpp>
#include <base/rollback.hpp>

namespace berth::base {
namespace {

TEST(RollbackTest, UndoesInReverseOrderAndGoesOnAfterAFailure) {
    std::string order;
    {
        Rollback undo;
        undo.add([&] { order += "1"; });
        undo.add([] { throw std::runtime_error("this step can't be undone"); });
        undo.add([&] { order += "3"; });
    }
    EXPECT_EQ(order, "31");
}

TEST(RollbackTest, DoesNothingOnceDismissed) {
    bool undone = false;
    {
        Rollback undo;
        undo.add([&] { undone = true; });
        undo.dismiss();
    }
    EXPECT_FALSE(undone);
}

TEST(FdTest, HandsADescriptorOverASocketWithItsTag) {
    const SocketPair pair = make_socket_pair(SOCK_SEQPACKET);
    const Pipe pipe = make_pipe();
    send_fd(pair.first.get(), pipe.write.get(), 't');
    const ReceivedFd received = receive_fd(pair.second.get());
    EXPECT_EQ(received.tag, 't');
    ASSERT_EQ(::write(received.fd.get(), "x", 1), 1);
    char byte = 0;
    ASSERT_EQ(::read(pipe.read.get(), &byte, 1), 1);
    EXPECT_EQ(byte, 'x');
    EXPECT_NE(::fcntl(received.fd.get(), F_GETFD) & FD_CLOEXEC, 0);
}

TEST(FdTest, ClosesWhatItOwnsWhenReplaced) {
    Pipe pipe = make_pipe();
    const int raw = pipe.read.get();
    pipe.read = Fd();
    EXPECT_EQ(::fcntl(raw, F_GETFD), -1);
}

} // namespace
} // namespace berth::base

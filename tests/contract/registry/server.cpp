// SPDX-License-Identifier: LGPL-2.1-or-later
#include "server.hpp"

#include <csignal>
#include <cstdlib>
#include <stdexcept>

#include <fcntl.h>
#include <netinet/in.h>
#include <spawn.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

extern char** environ; // NOLINT(readability-redundant-declaration)

namespace berth::test {

namespace {

sockaddr_in loopback(int port) {
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    address.sin_port = htons(static_cast<std::uint16_t>(port));
    return address;
}

bool listens(int port) {
    const base::Fd fd(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0));
    const sockaddr_in address = loopback(port);
    return ::connect(fd.get(), reinterpret_cast<const sockaddr*>(&address), sizeof address) == 0;
}

} // namespace

int free_port() {
    const base::Fd fd(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0));
    sockaddr_in address = loopback(0);
    socklen_t size = sizeof address;
    auto* raw = reinterpret_cast<sockaddr*>(&address);
    if (::bind(fd.get(), raw, size) < 0 || ::getsockname(fd.get(), raw, &size) < 0) {
        throw std::runtime_error("no free port");
    }
    return ntohs(address.sin_port);
}

Server::Server(const std::vector<std::string>& command, int port) {
    start(command, false);
    port_ = port;
    for (int tries = 0; !listens(port); ++tries) {
        if (tries == 600) throw std::runtime_error(command[0] + " does not listen");
        ::usleep(50000);
    }
}

void Server::start(const std::vector<std::string>& command, bool prints_port) {
    base::Pipe in = base::make_pipe();
    base::Pipe out = base::make_pipe();
    posix_spawn_file_actions_t actions;
    posix_spawn_file_actions_init(&actions);
    posix_spawn_file_actions_adddup2(&actions, in.read.get(), 0);
    if (prints_port) {
        posix_spawn_file_actions_adddup2(&actions, out.write.get(), 1);
    } else {
        posix_spawn_file_actions_addopen(&actions, 1, "/dev/null", O_WRONLY, 0);
        posix_spawn_file_actions_addopen(&actions, 2, "/dev/null", O_WRONLY, 0);
    }
    std::vector<std::string> copy = command;
    std::vector<char*> arguments;
    for (auto& word : copy)
        arguments.push_back(word.data());
    arguments.push_back(nullptr);
    const int status =
        ::posix_spawnp(&pid_, arguments[0], &actions, nullptr, arguments.data(), environ);
    posix_spawn_file_actions_destroy(&actions);
    if (status != 0) throw std::runtime_error("cannot start " + command[0]);
    input_ = std::move(in.write);
    out.write.reset();
    if (!prints_port) return;
    std::string line;
    for (char c = '\0'; c != '\n'; line += c) {
        if (::read(out.read.get(), &c, 1) != 1) {
            throw std::runtime_error(command[0] + " told no port");
        }
    }
    port_ = std::atoi(line.c_str());
}

Server::~Server() {
    if (pid_ <= 0) return;
    ::kill(pid_, SIGKILL);
    ::waitpid(pid_, nullptr, 0);
}

} // namespace berth::test

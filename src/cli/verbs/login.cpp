// SPDX-License-Identifier: LGPL-2.1-or-later
#include "job.hpp"
#include "options.hpp"
#include "terminal.hpp"
#include "verb.hpp"

#include <cstdio>

#include <sys/mman.h>
#include <unistd.h>

#include <base/file.hpp>
#include <base/strings.hpp>

namespace berth::cli {
namespace {

constexpr std::uint64_t kMaxSecret = 65536;

// The secret travels in memory that only the receiver of the descriptor can read.
base::Fd sealed(const std::string& secret) {
    base::Fd fd(::memfd_create("secret", MFD_CLOEXEC));
    if (!fd) throw_errno("cannot make room for a secret");
    base::write_all(fd.get(), secret);
    if (::lseek(fd.get(), 0, SEEK_SET) < 0) throw_errno("cannot rewind a secret");
    return fd;
}

std::string secret_from_stdin() {
    std::string secret = base::read_all(STDIN_FILENO, kMaxSecret, "standard input");
    while (secret.ends_with('\n') || secret.ends_with('\r'))
        secret.pop_back();
    return secret;
}

} // namespace

int login(Client& client, const Arguments& arguments) {
    std::optional<std::string> user;
    std::optional<std::string> password;
    bool from_stdin = false;
    Options options("login", "[REGISTRY]", "Remember how to log in to a registry");
    options.value("-u,--username", "NAME", user, "Name of the user");
    options.value("-p,--password", "PASSWORD", password,
                  "Password; others can see it: better leave it out");
    options.flag("--password-stdin", from_stdin, "Read the password from standard input");
    options.need(0, 1);
    const auto names = options.parse(arguments);
    if (!names) return 0;
    const std::string host = names->empty() ? "docker.io" : names->front();
    if (from_stdin && password)
        throw UsageError("--password and --password-stdin exclude each other",
                         UsageError::kBadArguments);
    if (from_stdin && !user)
        throw UsageError("--password-stdin needs --username", UsageError::kBadArguments);
    if (password)
        std::fputs("WARNING: a password on the command line can be seen by others: use "
                   "--password-stdin\n",
                   stderr);
    if (!user) user = read_answer("Username: ");
    if (user->empty()) throw UsageError("a login needs the name of a user");
    if (from_stdin)
        password = secret_from_stdin();
    else if (!password)
        password = read_secret("Password: ");
    if (password->empty()) throw UsageError("the password is empty");
    static_cast<void>(
        follow_job(client,
                   client.new_call(bus::kRootPath, bus::kManagerInterface, "Login", host,
                                   sealed(*password), bus::Dict{{"user", *user}}),
                   {"login", true}));
    std::puts("Login Succeeded");
    return 0;
}

} // namespace berth::cli

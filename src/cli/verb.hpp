// SPDX-License-Identifier: LGPL-2.1-or-later
// The table of verbs. A verb is one function in one file of src/cli/verbs.
#pragma once

#include "client.hpp"

#include <string>
#include <vector>

namespace berth::cli {

struct Verb {
    const char* name; ///< one or two words: "run", "system df"
    const char* section;
    const char* summary;
    int (*run)(Client&, const Arguments&); ///< returns the exit status
    const char* aliases;                   ///< further names, separated by commas, or ""
    const char* completes; ///< what its arguments are, for the shells: "container"...
};

/// Sections in the order of the help.
[[nodiscard]] const std::vector<Verb>& verbs();

struct FoundVerb {
    const Verb* verb = nullptr;
    std::size_t words = 0; ///< how many arguments its name took
};
/// Looks for the longest name at the start of the arguments.
[[nodiscard]] FoundVerb find_verb(const Arguments& arguments);
/// First words that only group verbs: container, image, system...
[[nodiscard]] std::vector<std::string> groups();
/// All names and aliases of verbs.
[[nodiscard]] std::vector<std::string> verb_names();

/// `berth --help`, and `berth GROUP --help`.
[[nodiscard]] std::string general_help();
[[nodiscard]] std::string group_help(const std::string& group);

int attach(Client& client, const Arguments& arguments);
int build(Client& client, const Arguments& arguments);
int cancel(Client& client, const Arguments& arguments);
int commit(Client& client, const Arguments& arguments);
int complete(Client& client, const Arguments& arguments);
int completion(Client& client, const Arguments& arguments);
int container_exists(Client& client, const Arguments& arguments);
int container_inspect(Client& client, const Arguments& arguments);
int container_prune(Client& client, const Arguments& arguments);
int copy(Client& client, const Arguments& arguments);
int create(Client& client, const Arguments& arguments);
int diff(Client& client, const Arguments& arguments);
int events(Client& client, const Arguments& arguments);
int exec(Client& client, const Arguments& arguments);
int export_container(Client& client, const Arguments& arguments);
int history(Client& client, const Arguments& arguments);
int image_exists(Client& client, const Arguments& arguments);
int image_inspect(Client& client, const Arguments& arguments);
int image_prune(Client& client, const Arguments& arguments);
int images(Client& client, const Arguments& arguments);
int import(Client& client, const Arguments& arguments);
int info(Client& client, const Arguments& arguments);
int inspect(Client& client, const Arguments& arguments);
int jobs(Client& client, const Arguments& arguments);
int kill(Client& client, const Arguments& arguments);
int load(Client& client, const Arguments& arguments);
int login(Client& client, const Arguments& arguments);
int logout(Client& client, const Arguments& arguments);
int logs(Client& client, const Arguments& arguments);
int network_create(Client& client, const Arguments& arguments);
int network_inspect(Client& client, const Arguments& arguments);
int network_list(Client& client, const Arguments& arguments);
int network_prune(Client& client, const Arguments& arguments);
int network_remove(Client& client, const Arguments& arguments);
int pause(Client& client, const Arguments& arguments);
int port(Client& client, const Arguments& arguments);
int ps(Client& client, const Arguments& arguments);
int pull(Client& client, const Arguments& arguments);
int push(Client& client, const Arguments& arguments);
int rename(Client& client, const Arguments& arguments);
int restart(Client& client, const Arguments& arguments);
int rm(Client& client, const Arguments& arguments);
int rmi(Client& client, const Arguments& arguments);
int run(Client& client, const Arguments& arguments);
int save(Client& client, const Arguments& arguments);
int search(Client& client, const Arguments& arguments);
int start(Client& client, const Arguments& arguments);
int stats(Client& client, const Arguments& arguments);
int stop(Client& client, const Arguments& arguments);
int system_check(Client& client, const Arguments& arguments);
int system_df(Client& client, const Arguments& arguments);
int system_prune(Client& client, const Arguments& arguments);
int tag(Client& client, const Arguments& arguments);
int top(Client& client, const Arguments& arguments);
int unpause(Client& client, const Arguments& arguments);
int update(Client& client, const Arguments& arguments);
int version(Client& client, const Arguments& arguments);
int volume_create(Client& client, const Arguments& arguments);
int volume_inspect(Client& client, const Arguments& arguments);
int volume_list(Client& client, const Arguments& arguments);
int volume_prune(Client& client, const Arguments& arguments);
int volume_remove(Client& client, const Arguments& arguments);
int wait(Client& client, const Arguments& arguments);

} // namespace berth::cli

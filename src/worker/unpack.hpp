// SPDX-License-Identifier: LGPL-2.1-or-later
// `berth-worker unpack DRIVER LAYER MAX-BYTES alone|on-parents`: the child that image/unpack.hpp
// starts. Reads a compressed layer from fd 0, writes its tree into the layer, and answers on fds 3
// and 4 (image/unpack_answer.hpp). It becomes two processes joined by a pipe:
//
//   inflater   no files (an empty root), no capabilities: inflates, hashes, passes the tar on
//   writer     shut into the layer by the storage plugin: reads the tar, writes the tree
//
// Both run under a system call filter and limits of memory and processor time.
#pragma once

#include <span>

namespace berth::worker {

/// `arguments` are those after "unpack". The exit status tells less than the answers do.
[[nodiscard]] int unpack_main(std::span<char* const> arguments);

} // namespace berth::worker

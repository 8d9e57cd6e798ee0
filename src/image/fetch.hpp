// SPDX-License-Identifier: LGPL-2.1-or-later
// Brings one blob from a registry into the blob store, verified, going on where an earlier try
// stopped; every byte also passes a sink once, in order, whether it comes from disk or the network.
#pragma once

#include <cstdint>
#include <functional>
#include <string>

#include <berth/registry.hpp>
#include <spec/manifest.hpp>

namespace berth::image {

/// Bytes so far.
using FetchProgress = std::function<void(std::uint64_t done)>;

/// `restarted` is called when the sink's stream has to begin anew (what lay on disk was wrong); it
/// may throw. Corrupt when the content is not what the descriptor says.
void fetch_blob(RegistrySession& session, const spec::Descriptor& blob, const ByteSink& sink,
                const std::function<void()>& restarted, const FetchProgress& progress);

/// A small blob (a configuration) as text, kept in the blob store too.
[[nodiscard]] std::string fetch_text(RegistrySession& session, const spec::Descriptor& blob,
                                     std::uint64_t limit);

} // namespace berth::image

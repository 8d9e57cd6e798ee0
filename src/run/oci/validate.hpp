// SPDX-License-Identifier: LGPL-2.1-or-later
// What a bundle may not ask of berth-oci, found before anything is made. "Runtimes MUST generate an
// error when invalid or unsupported values are encountered": OCI runtime-spec, config.md.
#pragma once

#include <spec/bundle.hpp>

namespace berth::run::oci {

/// Throws for what contradicts itself and for what can't be done here. Pure.
void check_bundle(const spec::Bundle& bundle);

} // namespace berth::run::oci

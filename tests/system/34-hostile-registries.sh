#!/bin/bash
# SPDX-License-Identifier: LGPL-2.1-or-later
# Registries that lie, stall, break off and redirect end a pull with a clear error, in bounded time and memory.
source "$(dirname "$0")/../lib/case.sh"
source "$(dirname "$0")/../lib/settings.sh"
source "$(dirname "$0")/../lib/hostile.sh"

berth_settings $'[registry.distribution]\nstall-seconds = 2'
hostile registries

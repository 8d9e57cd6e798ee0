#!/bin/bash
# SPDX-License-Identifier: LGPL-2.1-or-later
# Manifests, indexes, configurations and archives made to hurt end with a clear error.
source "$(dirname "$0")/../lib/case.sh"
source "$(dirname "$0")/../lib/hostile.sh"

hostile images
hostile archives

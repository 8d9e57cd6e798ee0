#!/bin/bash
# SPDX-License-Identifier: LGPL-2.1-or-later
# Layers made to hurt: none writes outside its own, all end soon and with a clear error or the right tree.
source "$(dirname "$0")/../lib/case.sh"
source "$(dirname "$0")/../lib/hostile.sh"

hostile layers

#!/bin/bash
# SPDX-License-Identifier: LGPL-2.1-or-later
# The box is what the other cases take it for.
source "$(dirname "$0")/../lib/case.sh"

is "$(cat /proc/1/comm)" systemd 'systemd is PID 1'
is "$(systemctl is-system-running)" running 'it booted without a failed unit'
ok 'polkit answers root' pkcheck --action-id org.freedesktop.systemd1.manage-units --process $$
fails 1 'polkit refuses a user without rights' \
    runuser -u alice -- busctl call org.freedesktop.systemd1 /org/freedesktop/systemd1 \
    org.freedesktop.systemd1.Manager Reload
like "$err" 'Interactive authentication required' 'and says that it would ask'
is "$(stat -f -c %T /)" overlayfs 'what is written to / stays in the box'
unlike "$(stat -f -c %T /var/lib/berth)" '^(overlayfs|tmpfs)$' 'state lies on a real file system'
like "$(ip -o link show lo)" '<LOOPBACK,UP' 'the loopback is up'
is "$(ip -o link | wc -l)" 1 'and is the only network'

# SPDX-License-Identifier: LGPL-2.1-or-later
# fish completion for berth(1): berth itself says what fits.

function __berth_complete
    set -l before (commandline -opc)
    set -l current (commandline -ct)
    set -l found (berth __complete $before[2..-1] "$current" 2>/dev/null)
    if test (count $found) -gt 0
        printf '%s\n' $found
    else
        __fish_complete_path "$current"
    end
end

complete -c berth -f -a '(__berth_complete)'

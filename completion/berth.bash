# SPDX-License-Identifier: LGPL-2.1-or-later
# bash completion for berth(1): berth itself says what fits.

_berth() {
    local cur prev words cword line
    # A colon is part of an image's name, "=" parts a flag from its value.
    if declare -F _get_comp_words_by_ref >/dev/null; then
        _get_comp_words_by_ref -n : cur prev words cword
    else
        cur=${COMP_WORDS[COMP_CWORD]} words=("${COMP_WORDS[@]}") cword=$COMP_CWORD
    fi
    local candidates=()
    while IFS= read -r line; do
        candidates+=("${line%%$'\t'*}")
    done < <(berth __complete "${words[@]:1:cword}" 2>/dev/null)
    COMPREPLY=()
    for line in "${candidates[@]}"; do
        [[ $line != "$cur"* ]] || COMPREPLY+=("$line")
    done
    [[ ${COMPREPLY[*]} != *: ]] || compopt -o nospace
    ! declare -F __ltrim_colon_completions >/dev/null || __ltrim_colon_completions "$cur"
}

complete -o default -F _berth berth

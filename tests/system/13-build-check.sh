#!/bin/bash
# SPDX-License-Identifier: LGPL-2.1-or-later
# Dockerfiles are read as docker reads them, by anybody and without the service; commit and import
# take their instructions in the same language.
source "$(dirname "$0")/../lib/case.sh"

work=$(mktemp -d)
cleanup rm -rf "$work"
chmod 755 "$work"
cat >"$work/Dockerfile" <<'EOF'
# escape=`
ARG V=1
FROM busybox:$V AS base
AUTHOR Me <me@example.org>
ADD a.tar /
RUN echo `
    one
EXPOSE 80
CMD ["a", "b"]
ENTRYPOINT run it
EOF
ok 'a good one' berth build --check "$work"
ok 'from standard input' sh -c "berth build --check -f - <$work/Dockerfile"
ok 'by a user without any rights' setpriv --reuid 65534 --clear-groups berth build --check "$work"
is "$(berth build --dump-ast "$work" | sed -n 3,5p)" \
    '(author "Me <me@example.org>")
(add "a.tar" "/")
(run "echo     one")' 'its tree'

printf 'FROM a\n\nCPOY x y\n' >"$work/Dockerfile"
fails 1 'an unknown instruction' berth build --check "$work"
like "$err" "Dockerfile:3: unknown instruction: CPOY; expected one of FROM.*CPOY x y" 'is named with its line'
printf 'FROM a\nENV x="\n' >"$work/Dockerfile"
fails 1 'an open quote' berth build --check "$work"
: >"$work/Dockerfile"
fails 1 'an empty file' berth build --check "$work"
fails 1 'its tree, too' berth build --dump-ast "$work"
fails 1 'no file' berth build --check "$work/none"

tar -C "$work" -c Dockerfile >"$work/root.tar"
# shellcheck disable=SC2016
ok 'changes with variables' berth import -c 'ENV A=/a' -c 'ENV B=$A/b C="${A#/} c"' -c 'WORKDIR $B/..' \
    -c 'ENTRYPOINT ["/x"]' -c 'CMD $A' "$work/root.tar" changed:1
# shellcheck disable=SC2016
is "$(berth inspect --format '{{json .Config.Env}} {{.Config.WorkingDir}} {{json .Config.Cmd}}' changed:1)" \
    '["A=/a","B=/a/b","C=a c"] /a ["/bin/sh","-c","$A"]' 'are expanded as docker does'
fails 1 'a broken change' berth import -c 'EXPOSE x' "$work/root.tar" changed:2
ok 'the image goes' berth rmi changed:1

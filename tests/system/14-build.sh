#!/bin/bash
# SPDX-License-Identifier: LGPL-2.1-or-later
# Images from Dockerfiles: the steps are units, what they make is kept, failures say where and why.
source "$(dirname "$0")/../lib/case.sh"
source "$(dirname "$0")/../lib/images.sh"

pull_image busybox
work=$(mktemp -d /var/tmp/build.XXXXXX)
cleanup rm -rf "$work"
chmod 755 "$work"
cd "$work" || exit 1
mkdir -p ctx/dir
echo one >ctx/one
echo two >ctx/dir/two
ln -s two ctx/dir/link
chmod 640 ctx/dir/two
echo out >ctx/out.log
echo '*.log' >ctx/.dockerignore
tar -C ctx -czf ctx/packed.tar.gz dir

cat >ctx/Dockerfile <<'EOF'
FROM busybox:1
AUTHOR Me <me@example.org>
ARG WHO=world
ADD packed.tar.gz /unpacked/
ADD . /all
RUN echo "hello $WHO" >/hello && cat /hello
EXPOSE 80
CMD ["/hello"]
ENTRYPOINT ["cat"]
EOF
run berth build -t first:1 --build-arg WHO=you --label a=b --iidfile id ctx
is "$status" 0 'the example is built'
[[ $status -eq 0 ]] || told
like "$err" 'hello you' 'what its command says is heard'
is "$out" "$(cat id)" 'the ID is printed and written'
is "$(berth run --rm first:1)" 'hello you' 'it runs by its own command'
is "$(berth inspect -f '{{json .Config.Cmd}} {{json .Config.Entrypoint}} {{json .Config.ExposedPorts}} {{.Author}} {{index .Config.Labels "a"}}' first:1)" \
    '["/hello"] ["cat"] {"80/tcp":{}} Me <me@example.org> b' 'its configuration'
is "$(berth run --rm --entrypoint sh first:1 -c 'cd /all; find . | sort | tr "\n" " "; stat -c %a:%u dir/two; cat /unpacked/dir/link')" \
    $'. ./.dockerignore ./Dockerfile ./dir ./dir/link ./dir/two ./one ./packed.tar.gz 640:0\ntwo' 'its files'
like "$(berth history --no-trunc --format '{{.CreatedBy}}' first:1)" 'RUN .1 WHO=you /bin/sh -c echo' 'its history'

run berth build -t first:2 --build-arg WHO=you --label a=b ctx
is "$(grep -c CACHED <<<"$err")" 3 'again: every layer is there already'
unlike "$err" 'hello you' 'and no command runs'
echo changed >ctx/one
run berth build -t first:2 --build-arg WHO=you ctx
is "$(grep -c CACHED <<<"$err")" 1 'a changed file: what comes after it is made anew'
run berth build -q --no-cache --build-arg WHO=you ctx
is "$status $err" '0 ' '-q says nothing'

cat >multi <<'EOF'
ARG BASE=busybox:1
FROM $BASE AS tools
WORKDIR /work
RUN <<DONE
set -e
echo made >made
DONE
COPY --chown=7:8 --chmod=600 one dir/two ./
FROM busybox:1 AS unused
RUN false
FROM scratch
COPY --from=tools /bin /bin
COPY --from=tools /work/ /result/
COPY <<TEXT /text
in line
TEXT
USER 9
CMD ["/bin/sh", "-c", "cat /result/made /text; id -u; ls -n /result | awk '{ print $1, $3, $4, $9 }'"]
EOF
run berth build -t second:1 -f multi ctx
is "$status" 0 'two stages'
[[ $status -eq 0 ]] || told
is "$(berth run --rm second:1)" $'made\nin line\n9\ntotal   \n-rw-r--r-- 0 0 made\n-rw------- 7 8 one\n-rw------- 7 8 two' \
    'the last one has what the first made'
ok 'the first alone' berth build -q -t second:tools --target tools -f multi ctx
is "$(berth run --rm second:tools pwd)" /work 'is where it was told to be'

printf 'FROM busybox:1\nRUN echo some words; exit 3\n' >bad
run berth build -t bad:1 -f bad ctx
is "$status" 1 'a failing command'
like "$err" 'bad:2: RUN echo some words; exit 3: .*non-zero code: 3' 'is shown with its code'
like "$err" 'Its last lines:.*some words' 'and its last lines'
printf 'FROM busybox:1\nCOPY nothing /\n' >bad
fails 1 'a missing file' berth build -f bad ctx
like "$err" 'bad:2: COPY nothing /: .*not found' 'is named'
ln -s /etc/passwd ctx/away
printf 'FROM busybox:1\nCOPY away /\n' >bad
fails 1 'a link out of the context' berth build -f bad ctx
printf 'FROM busybox:1\nRUN ping -c1 127.0.0.1 >/dev/null; ls /sys/class/net\n' >bad
run berth build --network none -f bad ctx
unlike "$err" eth0 'no network when none is asked for'
is "$(berth ps -aq | wc -l)" 0 'no container stays'
is "$(systemctl list-units --all --no-legend 'berth-build-*' | wc -l)" 0 'and no unit'

tar -C ctx -cf ctx.tar .
ok 'the context as a tar' sh -c 'berth build -q -t third:1 --build-arg WHO=tar -f ctx/Dockerfile - <ctx.tar'
is "$(berth run --rm third:1)" 'hello tar' 'gives the same'
fails 1 "a user's build needs leave" runuser -u alice -- berth build -f bad ctx

ok 'all images go' berth rmi first:1 first:2 second:1 second:tools third:1
ok 'what was kept is whole' berth system check

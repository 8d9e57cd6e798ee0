#!/bin/bash
# SPDX-License-Identifier: LGPL-2.1-or-later
# Names and links: Debian's redis server found by its name, by a link's alias and by its variables.
# shellcheck disable=SC2016 # for the container's shell
source "$(dirname "$0")/../lib/case.sh"
source "$(dirname "$0")/../lib/images.sh"

pull_image busybox
tree=$(mktemp -d /var/tmp/redis.XXXXXX)
cleanup rm -rf "$tree"
mkdir -p "$tree/usr/bin" "$tree/data"
cp -L "$(command -v redis-server)" "$tree/usr/bin/redis-server"
ldd "$tree/usr/bin/redis-server" | grep -o '/[^ ]*' | while read -r library; do
    cp -L --parents "$library" "$tree"
done
ok 'an image of redis' sh -c "tar -C '$tree' -c . | berth import -c 'EXPOSE 6379/tcp' -c 'WORKDIR /data' \
    -c 'ENV REDIS_FLAVOUR=plain' -c 'CMD [\"/usr/bin/redis-server\", \"--protected-mode\", \"no\", \"--bind\", \"*\"]' - redis-image"
# ping HOST: what redis answers, asked from a container with these flags.
ping_from() { berth run --rm "${@:2}" busybox:1 sh -c "printf 'PING\r\nQUIT\r\n' | nc -w 5 $1 6379 | head -1 | tr -d '\r'"; }

fails 125 'a link to nobody is refused' berth run --rm --link redis:db busybox:1 true
like "$err" 'No such container: redis' 'and says so'
ok 'redis runs' berth run -d --name redis redis-image
cleanup berth rm -f redis consumer other stopped
eventually 10 sh -c 'berth logs redis | grep -q "Ready to accept"'
address=$(berth inspect -f '{{.NetworkSettings.IPAddress}}' redis)
env=$(berth run --rm --name consumer --link redis:db busybox:1 env)
like "$env" "DB_PORT=tcp://$address:6379" 'a consumer has the port in its environment'
like "$env" "DB_PORT_6379_TCP=tcp://$address:6379" 'each port by number'
like "$env" "DB_PORT_6379_TCP_ADDR=$address" 'its address'
like "$env" 'DB_PORT_6379_TCP_PORT=6379' 'its number'
like "$env" 'DB_PORT_6379_TCP_PROTO=tcp' 'its protocol'
like "$env" 'DB_NAME=/consumer/db' 'the name of the link'
like "$env" 'DB_ENV_REDIS_FLAVOUR=plain' "and the other's own variables"
unlike "$env" 'DB_ENV_PATH' 'but PATH'
is "$(ping_from db --link redis:db)" +PONG 'redis answers by the alias'
is "$(ping_from redis --link redis:redis)" +PONG 'and as the mission types it'
is "$(ping_from redis)" +PONG 'by its name without a link'
is "$(ping_from "$(berth inspect -f '{{.Id}}' redis | cut -c1-12)")" +PONG 'by its short id'

berth run -d --name consumer --link redis:db busybox:1 sleep 1000 >/dev/null
like "$(berth exec consumer cat /etc/hosts)" "$address"$'\t''redis [0-9a-f]{12} db' 'its hosts file has all names'
like "$(cat "/var/lib/berth/containers/$(berth inspect -f '{{.Id}}' redis)/hosts")" 'consumer' 'redis knows the consumer too'
ok 'redis stops' berth stop -t 5 redis
unlike "$(berth exec consumer cat /etc/hosts)" 'redis' 'and its names are gone'
fails 125 'a link to one that does not run' berth run --rm --link redis:db busybox:1 true
like "$err" "cannot link to container 'redis': it does not run; start it first" 'says what to do'
berth rm redis >/dev/null
berth run -d --name other busybox:1 sleep 1000 >/dev/null # takes the address that is free now
berth run -d --name redis redis-image >/dev/null
moved=$(berth inspect -f '{{.NetworkSettings.IPAddress}}' redis)
like "$(berth exec consumer cat /etc/hosts)" "$moved"$'\t''redis [0-9a-f]{12} db' 'a redis made anew is found where it is'
is "$(berth exec consumer cat /etc/hosts | grep -c redis)" 2 'once for each kind of address'
berth restart -t 0 consumer >/dev/null
like "$(berth exec consumer env)" "DB_PORT=tcp://$moved:6379" 'and the environment is right from the next start on'
kill -9 "$(systemctl show -P MainPID berth-redis)"
eventually 10 sh -c '! berth exec consumer grep -q redis /etc/hosts'
unlike "$(berth exec consumer cat /etc/hosts)" 'redis' 'names of one that was killed are gone too'
berth rm -f redis >/dev/null
fails 125 'links in a circle' berth run --rm --name redis --link consumer busybox:1 true
like "$err" 'lead back to itself' 'are refused'
like "$(berth run --rm --add-host gate:host-gateway busybox:1 cat /etc/hosts)" \
    "$(berth network inspect -f '{{.Gateway}}' bridge)"$'\t'gate 'host-gateway is the machine'

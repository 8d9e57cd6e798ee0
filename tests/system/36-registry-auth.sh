#!/bin/bash
# SPDX-License-Identifier: LGPL-2.1-or-later
# Who may talk to a registry, and whom berth talks to: passwords, tokens, TLS, redirects, plain HTTP.
source "$(dirname "$0")/../lib/case.sh"
source "$(dirname "$0")/../lib/registry.sh"
source "$(dirname "$0")/../lib/settings.sh"
source "$(dirname "$0")/../lib/images.sh"

pull_image busybox
secret=correct-horse
cleanup systemctl stop registry-5021 registry-5020 front-token front-tls front-first front-store front-plain
keys=$(mktemp -d /var/tmp/keys.XXXXXX)
cleanup rm -rf "$keys"
one_line() { is "$(wc -l <<<"$err")" 1 "$1"; }
login() { echo "$3" | berth login -u "$2" --password-stdin "$1"; }

# A registry with passwords.
htpasswd -Bbn alice $secret >"$keys/htpasswd" 2>/dev/null
registry_up 5021 || exit 1
systemctl stop registry-5021
cat >>/run/registry-5021.yml <<TEXT
auth: {htpasswd: {realm: here, path: $keys/htpasswd}}
TEXT
systemd-run --quiet --unit=registry-5021 docker-registry serve /run/registry-5021.yml
ok 'a registry asks who we are' eventually 10 curl -s -o /dev/null http://localhost:5021/v2/
berth tag busybox:1 localhost:5021/mine:1
fails 1 'without a login a push is refused' berth push -q localhost:5021/mine:1
like "$err" '401.*berth login localhost:5021' 'and the way out told'
one_line 'in one line'
fails 1 'a wrong password' login localhost:5021 alice wrong
like "$err" 'refuses the user name or the password' 'is told'
unlike "$err" wrong 'and not repeated'
fails 1 'an unknown user is refused' login localhost:5021 nobody $secret
ok 'the right one' login localhost:5021 alice $secret
like "$out" 'Login Succeeded' 'is taken'
ok 'a push' berth push -q localhost:5021/mine:1
berth rmi localhost:5021/mine:1 >/dev/null
ok 'a pull' berth pull -q localhost:5021/mine:1
ok 'a search' berth search localhost:5021/mine
is "$(stat -c %a /var/lib/berth/auth /var/lib/berth/auth/0.json | tr '\n' ' ')" '700 600 ' 'what is kept is for root alone'
is "$(journalctl --no-pager -u 'berth*' | grep -c "$secret")" 0 'and stands in no log'
ok 'a logout' berth logout localhost:5021
fails 1 'is one' berth pull -q localhost:5021/mine:1
fails 1 'a second logout' berth logout localhost:5021
like "$err" 'not logged in' 'has nothing to forget'

# Tokens.
registry_up 5020 || exit 1
registry_front token 5022 5020 --token "bob:$secret"
berth tag busybox:1 localhost:5022/team/app:1
fails 1 'without a token a push is refused' berth push -q localhost:5022/team/app:1
like "$err" '401.*berth login localhost:5022' 'and the way out told'
fails 1 'a token for a wrong password' login localhost:5022 bob wrong
like "$err" 'refuses the user name or the password' 'is not given'
ok 'a token for the right one' login localhost:5022 bob $secret
ok 'lets push' berth push -q localhost:5022/team/app:1
berth rmi localhost:5022/team/app:1 >/dev/null
ok 'and pull' berth pull -q localhost:5022/team/app:1
like "$(grep /token /run/front-token.log)" 'repository%3Ateam%2Fapp%3Apull%2Cpush' 'a push asks for what it needs'
like "$(tail -n 30 /run/front-token.log | grep /token)" 'repository%3Ateam%2Fapp%3Apull[ &]' 'a pull for no more'
is "$(grep -v /token /run/front-token.log | grep -c Basic)" 0 'the password goes to the token service only'
berth logout localhost:5022 >/dev/null

# Blobs on another host, of an image that is not here yet.
mkdir "$keys/one" && date +%N >"$keys/one/file"
umoci init --layout "$keys/layout" && umoci new --image "$keys/layout:1" && umoci insert --image "$keys/layout:1" "$keys/one" /
registry_put "$keys/layout:1" team/other:1 5020
registry_front store 5024 5020
registry_front first 5023 5020 --token "bob:$secret" --redirect http://127.0.0.1:5024
login localhost:5023 bob $secret >/dev/null
ok 'a pull by way of a redirect' berth pull -q localhost:5023/team/other:1
ok 'went there' test "$(front_count store GET /v2/team/other/blobs/)" -ge 1
is "$(grep -v ' -$' /run/front-store.log)" '' 'and took no credentials along'

# TLS: a name that is not the loopback's, though it leads there.
cp /etc/hosts "$keys/hosts"
cleanup sh -c "cat $keys/hosts >/etc/hosts"
echo '127.0.0.1 registry.test store.test' >>/etc/hosts
make_key() { # make_key NAME SUBJECT-ALTERNATIVE-NAMES: signed by the authority
    openssl req -newkey rsa:2048 -nodes -subj "/CN=$1" -keyout "$keys/$1.key" -out "$keys/$1.csr" 2>/dev/null
    openssl x509 -req -in "$keys/$1.csr" -CA "$keys/ca.crt" -CAkey "$keys/ca.key" -CAcreateserial -days 2 \
        -extfile <(echo "subjectAltName=$2") -out "$keys/$1.crt" 2>/dev/null
}
openssl req -x509 -newkey rsa:2048 -nodes -days 2 -subj '/CN=Our own authority' \
    -addext basicConstraints=critical,CA:TRUE -keyout "$keys/ca.key" -out "$keys/ca.crt" 2>/dev/null
make_key registry DNS:registry.test,DNS:store.test
registry_front tls 5025 5020 --tls "$keys/registry.crt" "$keys/registry.key"
fails 1 'an authority that nobody knows' berth pull -q registry.test:5025/team/other:1
like "$err" 'Our own authority.*certs\.d/registry\.test:5025.*ca\.crt' 'is named, with the place to put it'
one_line 'in one line'
mkdir -p /etc/berth/certs.d/registry.test:5025
cp "$keys/ca.crt" /etc/berth/certs.d/registry.test:5025/
cleanup rm -rf /etc/berth/certs.d
ok 'there it is trusted' berth pull -q registry.test:5025/team/other:1
fails 1 'for that host alone' berth pull -q store.test:5025/team/other:1
rm -r /etc/berth/certs.d
cp "$keys/ca.crt" /usr/local/share/ca-certificates/berth-test.crt
cleanup sh -c 'rm -f /usr/local/share/ca-certificates/berth-test.crt; update-ca-certificates --fresh'
update-ca-certificates >/dev/null 2>&1
ok 'the trust of the system counts' berth pull -q store.test:5025/team/other:1
make_key wrong DNS:elsewhere.test
registry_front tls 5025 5020 --tls "$keys/wrong.crt" "$keys/wrong.key"
fails 1 'a certificate for another name is refused' berth pull -q store.test:5025/team/other:1
like "$err" 'store\.test:5025' 'and the host named'
berth_settings $'[registry]\ninsecure = ["store.test:5025"]'
ok 'unless the configuration says so' berth pull -q store.test:5025/team/other:1

# Plain HTTP.
registry_front plain 5026 5020
berth_settings ''
fails 1 'plain HTTP is for this machine alone' berth pull -q registry.test:5026/team/other:1
like "$err" 'insecure in berth\.toml' 'and how to allow it is told'
is "$(cat /run/front-plain.log)" '' 'nothing was sent'
berth_settings $'[registry]\ninsecure = ["registry.test:5026"]'
ok 'once allowed it works' berth pull -q registry.test:5026/team/other:1
fails 1 'a host that is not there' berth pull -q localhost:5029/x:1
like "$err" 'cannot connect' 'is told apart'
fails 1 'a name without address' berth pull -q registry.invalid/x:1
like "$err" 'no address' 'as well'

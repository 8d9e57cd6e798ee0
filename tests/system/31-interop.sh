#!/bin/bash
# SPDX-License-Identifier: LGPL-2.1-or-later
# Images of buildah, skopeo, umoci and podman run here; images made here are read and run by them.
# shellcheck disable=SC2016,SC2046 # for the container's shell; ids without blanks
source "$(dirname "$0")/../lib/case.sh"
source "$(dirname "$0")/../lib/registry.sh"
source "$(dirname "$0")/../lib/images.sh"

registry_up 5030 || exit 1
cleanup systemctl stop registry-5030
here=localhost:5030
files=$(mktemp -d /var/tmp/interop.XXXXXX)
cleanup rm -rf "$files"
export BUILDAH_ISOLATION=chroot
mkdir -p /etc/containers/registries.conf.d
printf '[[registry]]\nlocation = "%s"\ninsecure = true\n' $here >/etc/containers/registries.conf.d/interop.conf
cleanup rm -f /etc/containers/registries.conf.d/interop.conf
for store in run root; do mkdir -p "$files/$store"; done
buildah() { command buildah --storage-driver vfs --root "$files/root" --runroot "$files/run" "$@"; }
podman() { command podman --storage-driver vfs --root "$files/root" --runroot "$files/run" "$@"; }
skopeo() { command skopeo --insecure-policy "$@"; }
runs() { is "$(berth run --rm --net none "$1" /bin/cat /mark)" "$2" "$3"; }
valid() { ok "$1" python3 "$(dirname "$0")/../lib/validate_oci.py" "$2"; }

# An image of three layers with what layers have: deletions, a hard link, a capability, owners.
layout=$("$images_here/images/make" busybox)
copy() { skopeo copy -q --dest-tls-verify=false --src-tls-verify=false "$@"; }
copy "oci:$layout:1" "containers-storage:[vfs@$files/root+$files/run]localhost/base:1"
box=$(buildah from localhost/base:1)
buildah run "$box" -- /bin/sh -c 'echo one >/mark; mkdir /gone; echo x >/gone/x; ln /mark /mark-too; chown 3:4 /mark'
buildah config --env MADE_BY=buildah --label kind=test --cmd 'cat /mark' "$box"
buildah commit -q "$box" localhost/made:1 >/dev/null
buildah run "$box" -- /bin/sh -c 'rm -r /gone; echo two >/mark'
buildah commit -q --format docker "$box" localhost/made:2 >/dev/null
buildah rm "$box" >/dev/null

# From a registry, in each format and packing.
for form in v2s2 oci; do
    for packing in gzip zstd; do
        [[ $form-$packing != v2s2-zstd ]] || continue
        copy --format $form --dest-compress-format $packing "containers-storage:[vfs@$files/root+$files/run]localhost/made:2" \
            "docker://$here/made:$form-$packing"
        ok "an image of buildah, $form with $packing" berth pull -q "$here/made:$form-$packing"
        runs "$here/made:$form-$packing" two 'runs'
    done
done
is "$(berth run --rm --net none $here/made:oci-gzip /bin/sh -c 'ls -d /gone 2>/dev/null; stat -c "%u %g %h" /mark; echo $MADE_BY')" \
    $'3 4 2\nbuildah' 'with its deletions, owners, hard links and environment'
is "$(berth inspect -f '{{.Config.Labels.kind}}' $here/made:oci-gzip)" test 'and labels'
copy --dest-decompress "containers-storage:[vfs@$files/root+$files/run]localhost/made:1" "dir:$files/plain"
copy --preserve-digests "dir:$files/plain" "docker://$here/made:plain"
like "$(skopeo inspect --raw --tls-verify=false docker://$here/made:plain)" 'tar"' 'an image whose layers are not packed'
ok 'is pulled' berth pull -q $here/made:plain
runs $here/made:plain one 'and runs'

# From files.
made="containers-storage:[vfs@$files/root+$files/run]localhost/made:2"
copy "$made" "docker-archive:$files/docker.tar:from/docker:1"
copy "$made" "oci-archive:$files/oci.tar:from/oci:1"
podman save -q -m -o "$files/podman.tar" localhost/made:1 localhost/made:2
copy "$made" "oci:$files/layout:7"
for archive in docker oci; do
    ok "a $archive archive of skopeo" berth load -q -i "$files/$archive.tar"
    like "$out" "Loaded image: from/$archive:1" 'brings its name'
    runs from/$archive:1 two 'and runs'
done
ok 'an archive of podman with two images' berth load -q -i "$files/podman.tar"
runs localhost/made:1 one 'the first runs'
runs localhost/made:2 two 'and the second'
gzip -k "$files/docker.tar"
ok 'a packed archive' berth load -q -i "$files/docker.tar.gz"
ok 'a layout of skopeo' berth pull -q "dir:$files/layout:7"
runs "dir:$files/layout:7" two 'runs'
umoci tag --image "$files/layout:7" eight
umoci config --image "$files/layout:eight" --config.cmd /bin/true --author umoci
ok 'a layout that umoci changed' berth pull -q "dir:$files/layout:eight"
ok 'runs' berth run --rm --net none "dir:$files/layout:eight"

# Platforms, digests, all tags.
for arch in amd64 arm64 riscv64; do
    copy "oci:$layout:1" "oci:$files/$arch:1"
    umoci config --image "$files/$arch:1" --architecture $arch --config.label arch=$arch
    copy "oci:$files/$arch:1" "docker://$here/many:$arch"
done
index() { # index TYPE MEDIA-TYPE TAG: an index over the three
    local arch entries=()
    for arch in arm64 amd64 riscv64; do
        entries+=("$(skopeo inspect --raw --tls-verify=false docker://$here/many:$arch | tee "$files/m" | wc -c) $(sha256sum <"$files/m" | cut -c1-64) $arch")
    done
    printf '%s\n' "${entries[@]}" | jq -Rn --arg t "$1" --arg m "$2" '{schemaVersion: 2, mediaType: $t, manifests: [inputs | split(" ") |
        {mediaType: $m, size: (.[0] | tonumber), digest: ("sha256:" + .[1]), platform: {os: "linux", architecture: .[2]}}]}' |
        curl -sf -X PUT -H "Content-Type: $1" --data-binary @- "http://$here/v2/many/manifests/$3"
}
index application/vnd.oci.image.index.v1+json application/vnd.oci.image.manifest.v1+json index
label() { berth inspect -f '{{.Config.Labels.arch}}' "$1"; }
ok 'an index' berth pull -q $here/many:index
is "$(label $here/many:index)" amd64 'gives what this machine is'
ok 'another platform' berth pull -q --platform linux/arm64 $here/many:index
is "$(label $here/many:index)" arm64 'when asked for'
fails 1 'a platform it does not have' berth pull -q --platform linux/s390x $here/many:index
like "$err" 'nothing for linux/s390x.*linux/arm64, linux/amd64, linux/riscv64' 'is told with those it has'
digest=$(skopeo inspect --tls-verify=false --format '{{.Digest}}' docker://$here/many:riscv64)
ok 'an image by its digest' berth pull $here/many@"$digest"
like "$out" "Digest: $digest" 'is just that'
fails 1 'a digest that is not there' berth pull -q $here/many@sha256:"$(printf 'a%.0s' {1..64})"
berth rmi -f $(berth images -q $here/many) >/dev/null 2>&1
ok 'all tags' berth pull -a $here/many
is "$(berth images --format '{{.Tag}}' $here/many | sort | tr '\n' ' ')" 'amd64 arm64 index riscv64 ' 'are there'
fails 1 'all tags of one tag' berth pull -a $here/many:index

# What berth makes.
berth run --name change --net none $here/made:oci-gzip /bin/sh -c 'echo three >/mark; rm /bin/vi; ln /mark /mark-3; mkdir -m 1770 /new'
ok 'a commit' berth commit -q -m 'third' -c 'CMD ["cat","/mark"]' change $here/ours:1
berth rm change >/dev/null
ok 'is pushed' berth push $here/ours:1
pushed=$(grep -o 'sha256:[0-9a-f]*' <<<"$out" | tail -n 1)
ok 'skopeo reads it' skopeo inspect --tls-verify=false docker://$here/ours:1
like "$out"  "\"Digest\": \"$pushed\"" 'by the digest that berth told'
copy "docker://$here/ours:1" "oci:$files/ours:1"
ok 'and copies it' test -s "$files/ours/index.json"
valid 'its parts are what the specification asks for' "$files/ours"
umoci unpack --image "$files/ours:1" "$files/bundle"
is "$(cat "$files/bundle/rootfs/mark"; test -e "$files/bundle/rootfs/bin/vi"; echo $?; stat -c '%a %h' "$files/bundle/rootfs/new")" \
    $'three\n1\n1770 2' 'umoci unpacks it'
is "$(podman run --rm --cgroups=disabled --network none --tls-verify=false $here/ours:1)" three 'podman runs it'
ok 'two images are saved' berth save -o "$files/saved.tar" $here/ours:1 $here/made:plain
ok 'podman loads them' podman load -q -i "$files/saved.tar"
is "$(podman run --rm --cgroups=disabled --network none --pull never $here/ours:1)" three 'and runs one'
copy "docker-archive:$files/saved.tar:$here/made:plain" "oci:$files/out:plain"
ok 'skopeo takes one out as a docker archive' test -s "$files/out/index.json"
mkdir "$files/untarred" && tar -C "$files/untarred" -xf "$files/saved.tar"
valid 'as an OCI layout it is what the specification asks for' "$files/untarred"
berth rmi -f $here/ours:1 $here/made:plain >/dev/null
ok 'berth loads them' berth load -i "$files/saved.tar"
is "$(berth run --rm --net none $here/ours:1; berth run --rm --net none $here/made:plain /bin/cat /mark)" $'three\none' 'and runs both'
berth tag $here/ours:1 "dir:$files/pushed:1"
ok 'a layout is pushed to as well' berth push -q "dir:$files/pushed:1"
valid 'with parts that are valid' "$files/pushed"
is "$(skopeo inspect --format '{{.Digest}}' "oci:$files/pushed:1")" "$pushed" 'and the same digest'

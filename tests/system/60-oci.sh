#!/bin/bash
# SPDX-License-Identifier: LGPL-2.1-or-later
# berth-oci is a runtime of the OCI runtime specification: each fact is one of its sentences, seen
# from inside a container or from outside. crun says what both should say.
# timeout: 240
# shellcheck disable=SC2016 # what is between single quotes is for the container's shell, or Python
source "$(dirname "$0")/../lib/case.sh"

here=$(cd "$(dirname "$0")/../lib" && pwd)
work=$(mktemp -d /var/tmp/oci.XXXXXX)
b=$work/bundle
cleanup rm -rf "$work"
bundle() { "$here/oci_bundle.py" "$b" "$@"; }
oci() { berth-oci --root "$work/state" "$@"; }
# What a container that stays writes to must be no pipe that somebody reads to its end.
create() { oci create -b "$b" "$@" >/dev/null; }
detached() { oci run --detach -b "$b" "$@" >/dev/null; }
end_all() {
    local id
    for id in $(oci list -q); do oci delete --force "$id"; done
}
cleanup end_all
# inside STATEMENT...: what the program of such a bundle prints
inside() { bundle "$@" && oci run -b "$b" "c$((++runs))" </dev/null; }
runs=0
state() { oci state "$1" | python3 -c 'import json,sys; print(json.load(sys.stdin).get(sys.argv[1], ""))' "$2"; }
stopped() { [[ $(state "$1" status) == stopped ]]; }
# refused NAME STATEMENT...: create fails and leaves nothing
refused() {
    local name=$1
    shift
    bundle "$@"
    fails 1 "$name is refused" create refused
    is "$(oci list -q)" '' "... and leaves no container"
}

# --- life and state
bundle 'say("echo ran >/output; sleep 100")' 'c["annotations"]={"org.example.k": "v"}'
fails 1 'state without an id is an error' oci state
fails 1 'create without an id is an error' create
fails 1 'start without an id is an error' oci start
fails 1 'kill without an id is an error' oci kill
fails 1 'delete without an id is an error' oci delete
fails 1 'the state of no container is an error' oci state c
fails 1 'so is its start' oci start c
fails 1 'so is its kill' oci kill c KILL
fails 1 'so is its deletion' oci delete c
ok 'but not a forced one' oci delete --force c
fails 1 'an id with a slash is refused' create a/b
fails 1 'a bundle that is not there is refused' create -b "$work/none" c
ok 'create' create --pid-file "$work/pid" c
is "$(state c status)" created 'the container is created'
is "$(state c id)" c 'the state has the id'
is "$(state c ociVersion)" 1.0.2 '... the version'
is "$(state c bundle)" "$b" '... the bundle'
is "$(state c annotations)" "{'org.example.k': 'v'}" '... the annotations'
is "$(state c pid)" "$(<"$work/pid")" '... and the process id, which the pid file has too'
ok 'its process is there' kill -0 "$(<"$work/pid")"
fails 1 'the program has not run' test -e "$b/rootfs/output"
fails 1 'a second one of that id is refused' create c
is "$(state c status)" created '... which changes nothing'
fails 1 'a created container is not deleted' oci delete c
is "$(pgrep -c -x berth-oci)" 1 'the only process of the runtime is the one that waits to become the program'
bundle 'say("echo other >/output")'
ok 'start' oci start c
is "$(state c status)" running 'the container runs'
ok 'the program runs' eventually 5 test -s "$b/rootfs/output"
is "$(<"$b/rootfs/output")" ran 'a config.json changed after create changes nothing'
is "$(pgrep -c -x berth-oci)" 0 'no process of the runtime is left'
fails 1 'a running container is not started' oci start c
fails 1 'a running container is not deleted' oci delete c
is "$(state c status)" running '... which changes nothing'
fails 1 'an unknown signal is refused' oci kill c NOSUCH
ok 'kill' oci kill c KILL
ok 'ends it' eventually 5 stopped c
fails 1 'a stopped container takes no signal' oci kill c KILL
fails 1 'a stopped container is not started' oci start c
is "$(state c status)" stopped '... it stays stopped'
ok 'delete' oci delete c
fails 1 'after that there is no state' oci state c
ok 'the id is free again' create c
ok 'kill reaches a created container' oci kill c 9
ok '... and ends it' eventually 5 stopped c
oci delete c
is "$(ls -A "$work/state")" '' 'nothing is left below the root'

bundle 'say("trap \"exit 7\" USR1; echo up; while :; do sleep 0.1; done")'
oci run -b "$b" c >"$work/out" &
eventually 5 grep -qs up "$work/out"
ok 'a signal by name' oci kill c USR1
wait $!
is $? 7 'reaches the program, whose exit status is that of run'
is "$(oci list -q)" '' 'run deletes its container'
bundle 'say("sleep 100")'
detached c
is "$(state c status)" running 'run --detach does not wait'
like "$(oci list)" 'c +[0-9]+ +running' 'list shows it'
ok 'delete --force ends a running one' oci delete --force c
bundle 'del c["process"]'
ok 'a bundle without a process is created' create c
fails 1 'but not started' oci start c
oci delete --force c
bundle 'p["args"]=["nosuchprogram"]'
fails 127 'a program that is not there is an error' oci run -b "$b" c
like "$err" 'executable file not found' '... that says so'
is "$(oci list -q)" '' '... and leaves nothing'
bundle 'p["args"]=["/etc/passwd"]'
fails 126 'so is one that may not be executed' oci run -b "$b" c

# --- the process
out=$(inside 'p.update(cwd="/tmp", user={"uid": 12, "gid": 34, "additionalGids": [5, 6], "umask": 0o27}, noNewPrivileges=True)' \
    'say("id -u; id -g; id -G; pwd; umask; echo $A; grep NoNewPrivs /proc/self/status; echo $$; hostname")')
is "$out" $'12\n34\n34 5 6\n/tmp\n0027\nb c\nNoNewPrivs:\t1\n1\noci-host' \
    'user, groups, directory, umask, environment, privileges, process id and host name'
out=$(inside 'p["capabilities"]={k: ["CAP_CHOWN", "CAP_KILL"] for k in ("bounding", "permitted", "effective")}' \
    'p["capabilities"].update(inheritable=["CAP_KILL"], permitted=["CAP_CHOWN", "CAP_KILL"], ambient=["CAP_KILL"])' \
    'say("grep ^Cap /proc/self/status | cut -f2")')
is "$out" $'0000000000000020\n0000000000000021\n0000000000000021\n0000000000000021\n0000000000000020' 'the capability sets'
run inside 'p["capabilities"]={"bounding": ["CAP_NO_SUCH"]}' 'say("echo ran")'
is "$out" ran 'a capability that is not there stops nothing'
like "$err" "CAP_NO_SUCH" '... but is warned of'
out=$(inside 'p["rlimits"]=[{"type": "RLIMIT_NOFILE", "soft": 100, "hard": 200}, {"type": "RLIMIT_CORE", "soft": 0, "hard": 5}]' \
    'say("grep -E \"open files|core file\" /proc/self/limits | tr -s \" \"")')
is "$out" $'Max core file size 0 5 bytes \nMax open files 100 200 files ' 'the resource limits'
is "$(inside 'p["oomScoreAdj"]=100' 'say("cat /proc/self/oom_score_adj")')" 100 'the OOM score'
is "$(inside 'say("cat /proc/self/oom_score_adj")')" "$(cat /proc/self/oom_score_adj)" '... unchanged when not given'
is "$(inside 'l["personality"]={"domain": "LINUX32"}' 'say("uname -m")')" i686 'the personality'
is "$(inside 'p["ioPriority"]={"class": "IOPRIO_CLASS_IDLE"}' 'say("true"); p["args"]=["busybox","ionice","-p","1"]')" idle 'the I/O priority'
is "$(inside 'p["scheduler"]={"policy": "SCHED_BATCH", "nice": 5}' 'say("cut -d\" \" -f19,41 /proc/self/stat")')" '5 3' 'the scheduler'
refused 'a repeated limit' 'p["rlimits"]=[{"type": "RLIMIT_CORE", "soft": 0, "hard": 0}]*2'
refused 'an unknown limit' 'p["rlimits"]=[{"type": "RLIMIT_NONE", "soft": 0, "hard": 0}]'
refused 'a relative working directory' 'p["cwd"]="tmp"'
refused 'an unknown I/O priority' 'p["ioPriority"]={"class": "IOPRIO_CLASS_NONE_SUCH"}'
refused 'an AppArmor profile without AppArmor' 'p["apparmorProfile"]="nosuch"'
refused 'an SELinux label without SELinux' 'p["selinuxLabel"]="a:b:c:s0"'
refused 'a personality with flags' 'l["personality"]={"domain": "LINUX", "flags": ["ADDR_NO_RANDOMIZE"]}'
is "$(inside 'c["x"]={"unknown": 1}; p["y"]=2; l["z"]=[]' 'say("echo ran")')" ran 'unknown properties are ignored'
refused 'a version of the specification to come' 'c["ociVersion"]="2.0.0"'
ln -s /bin "$b/rootfs/escape"
exec 3<"$here/case.sh"
is "$(inside 'say("ls /proc/self/fd | wc -l")')" 4 'no other descriptor comes in'
bundle 'say("cat <&3 | head -n 1")'
like "$(oci run --preserve-fds 1 -b "$b" c)" SPDX 'unless it is to be preserved'
exec 3<&-

# --- the root and mounts
is "$(inside "c['root']['path']='$b/rootfs'" 'say("touch /w && echo written")')" written 'an absolute root path'
is "$(inside 'c["root"]["readonly"]=True' 'say("touch /w2 2>/dev/null || echo no")')" no 'a read-only root'
refused 'a root that is not there' 'c["root"]["path"]="none"'
refused 'a root that is a file' 'c["root"]["path"]="config.json"'
mkdir -p "$work/src/below" && mount -t tmpfs tmpfs "$work/src/below" && cleanup umount "$work/src/below"
bindmount="dict(destination='/data', type='bind', source='$work/src"
try_write='say("touch /data/a 2>/dev/null && echo -n top; touch /data/below/a 2>/dev/null && echo -n below; ls -A /data/below | wc -l")'
is "$(inside "m.append($bindmount', options=['rbind']))" "$try_write")" topbelow1 'a recursive bind mount'
is "$(inside "m.append($bindmount', options=['bind']))" "$try_write")" topbelow1 'a plain one shows nothing mounted below'
is "$(ls -A "$work/src/below")" a '... on the host'
is "$(inside "m.append($bindmount', options=['rbind', 'ro']))" "$try_write")" below1 'ro is for the top alone'
is "$(inside "m.append($bindmount', options=['rbind', 'rro']))" "$try_write")" 1 'rro for all below too'
is "$(inside "m.append(dict(destination='data/file', type='bind', source='$work/src/below/a', options=['bind', 'ro']))" \
    'say("test -f /data/file && echo file")')" file 'a file, at a place that is made, with a relative destination'
flags='say("grep \" /data \" /proc/self/mountinfo | cut -d\" \" -f6")'
is "$(inside "m.append($bindmount', options=['bind', 'nosuid', 'nodev', 'noexec', 'noatime', 'nodiratime', 'nosymfollow']))" "$flags")" \
    rw,nosuid,nodev,noexec,noatime,nodiratime,nosymfollow 'mount attributes'
is "$(inside "m.append($bindmount', options=['bind', 'ro', 'rw', 'nosuid', 'suid', 'strictatime']))" "$flags")" rw 'the last of two counts'
is "$(inside "m.extend([$bindmount', options=['bind']), $bindmount', options=['bind', 'remount', 'ro', 'nodev'])])" "$flags")" \
    ro,nodev,relatime 'remount'
for option in async atime defaults dev diratime dirsync exec iversion lazytime loud noatime noiversion nolazytime \
    norelatime nostrictatime relatime silent strictatime suid sync; do
    [[ $(inside "m.append(dict(destination='/data', type='tmpfs', source='tmpfs', options=['$option']))" \
        'say("stat -f -c %T /data")') == tmpfs ]] || unmounted+=" $option"
done
is "${unmounted:-}" '' 'every option that a runtime must know mounts'
is "$(inside "m.append(dict(destination='/data', type='tmpfs', source='tmpfs', options=['size=1m', 'mode=700']))" \
    'say("stat -c %a /data; stat -f -c %b /data")')" $'700\n256' 'options of the file system'
for kind in private slave shared unbindable; do
    propagation+=$(inside "m.append($bindmount', options=['bind', '$kind']))" \
        'say("grep \" /data \" /proc/self/mountinfo | grep -oE \"shared|master|unbindable\" | tr \"\\n\" \" \"")')/
done
is "$propagation" '//shared /unbindable /' 'the propagation of mounts'
refused 'an unknown file system' 'm.append({"destination": "/data", "type": "nosuchfs"})'
refused 'a mount on the root' "m.append(dict(destination='/', type='bind', source='$work/src', options=['bind']))"
refused 'a mount in /proc' "m.append(dict(destination='/proc/sys', type='bind', source='$work/src', options=['bind']))"
refused 'a source that is not there' "m.append(dict(destination='/data', type='bind', source='/nosuch', options=['bind']))"
refused 'mappings of a mount for users alone' "m.append($bindmount', options=['bind'], uidMappings=[dict(containerID=0, hostID=9, size=1)]))"
chown 1000:1000 "$work/src/below"
map='[dict(containerID=1000, hostID=4, size=1)]'
is "$(inside "m.append($bindmount/below', options=['bind', 'idmap'], uidMappings=$map, gidMappings=$map))" 'say("stat -c %u:%g /data")')" 4:4 'an id-mapped mount'
refused 'an id-mapped mount without mappings' "m.append($bindmount', options=['bind', 'idmap']))"

# --- linux: paths, devices, sysctl, propagation
is "$(inside 'l["maskedPaths"]=["/masked", "/masked-file", "/nosuch"]' 'say("ls -A /masked; cat /masked-file; touch /masked/x 2>/dev/null || echo no")')" no 'masked paths'
is "$(inside 'l["readonlyPaths"]=["/readonly", "/proc/sys", "/nosuch"]' \
    'say("cat /readonly/file; (echo x >/readonly/file) 2>/dev/null || echo -n no; (echo 1 >/proc/sys/kernel/shmmni) 2>/dev/null || echo no")')" textnono 'read-only paths'
out=$(inside 'l["devices"]=[{"path": "/dev/one", "type": "c", "major": 1, "minor": 3, "fileMode": 0o640, "uid": 3, "gid": 4}, {"path": "/dev/deep/fifo", "type": "p"}]' \
    'say("stat -c \"%F %t:%T %a %u:%g\" /dev/one; stat -c \"%F %a\" /dev/deep/fifo; for f in null zero full random urandom tty; do stat -c %t:%T /dev/$f; done | tr \"\\n\" \" \"; for f in fd stdin stdout stderr ptmx; do readlink /dev/$f; done | tr \"\\n\" \" \"")')
is "$out" $'character special file 1:3 640 3:4\nfifo 666\n1:3 1:5 1:7 1:8 1:9 5:0 /proc/self/fd /proc/self/fd/0 /proc/self/fd/1 /proc/self/fd/2 pts/ptmx ' \
    'devices, the default ones and links'
touch "$b/rootfs/taken"
refused 'a device where something else is' 'l["devices"]=[{"path": "/taken", "type": "c", "major": 1, "minor": 3}]'
is "$(inside 'l["sysctl"]={"kernel.shmmni": "77", "net.ipv4.ip_forward": "1", "kernel.domainname": "d"}' \
    'say("cat /proc/sys/kernel/shmmni /proc/sys/net/ipv4/ip_forward /proc/sys/kernel/domainname")')" $'77\n1\nd' 'sysctls'
refused 'a sysctl of the host' 'l["sysctl"]={"kernel.panic": "1"}'
is "$(inside 'c["domainname"]="dom"' 'say("cat /proc/sys/kernel/domainname")')" dom 'the domain name'
refused 'a host name without a UTS namespace' 'l["namespaces"]=[n for n in l["namespaces"] if n["type"]!="uts"]'
for kind in shared slave private unbindable; do
    rootkind+=$(inside "l['rootfsPropagation']='$kind'" 'say("grep \" / / \\| / \" /proc/self/mountinfo | head -n 1 | grep -oE \"shared|master|unbindable\" || echo private")')/
done
is "$rootkind" 'shared/private/private/unbindable/' 'the propagation of the root'
refused 'an unknown propagation' 'l["rootfsPropagation"]="sideways"'
refused 'Intel RDT' 'l["intelRdt"]={"closID": "x"}'
refused 'a mount label without SELinux' 'l["mountLabel"]="a:b:c:s0"'

# --- namespaces
spaces='say("for n in cgroup ipc mnt net pid user uts; do readlink /proc/self/ns/$n; done")'
mapfile -t theirs < <(inside 'l["namespaces"].append({"type": "cgroup"})' "$spaces")
ours=(cgroup ipc mnt net pid user uts)
for i in 0 1 2 3 4 5 6; do
    [[ ${theirs[i]} == "$(readlink "/proc/self/ns/${ours[i]}")" ]] && shared+=" ${ours[i]}"
done
is "${shared:-}" ' user' 'the namespaces that are named are new, the others are the caller'\''s'
for n in ipc:ipc net:network pid:pid uts:uts cgroup:cgroup; do
    unshare "--${n%%:*}" --fork sleep 60 &
    sleeper=$!
    eventually 5 pgrep -P "$sleeper"
    path=/proc/$(pgrep -P "$sleeper")/ns/${n%%:*}
    expected=$(readlink "$path")
    got=$(inside "l['namespaces']=[s for s in l['namespaces'] if s['type']!='${n#*:}']+[dict(type='${n#*:}', path='$path')]" \
        "say('readlink /proc/self/ns/${n%%:*}'); c.pop('hostname')")
    [[ $got == "$expected" ]] || unjoined+=" $n($got)"
    kill "$(pgrep -P "$sleeper")"
    wait "$sleeper" 2>/dev/null
done
is "${unjoined:-}" '' 'namespaces are joined by path'
unshare --mount sleep 60 &
sleeper=$!
eventually 5 test "$(readlink /proc/$sleeper/ns/mnt)" != "$(readlink /proc/self/ns/mnt)"
is "$(inside "l['namespaces']=[s for s in l['namespaces'] if s['type']!='mount']+[dict(type='mount', path='/proc/$sleeper/ns/mnt')]" \
    'say("readlink /proc/self/ns/mnt; ls /masked-file")')" "$(readlink "/proc/$sleeper/ns/mnt")"$'\n/masked-file' 'a mount namespace too'
kill "$sleeper"
refused 'a path of another type' 'l["namespaces"]=[n for n in l["namespaces"] if n["type"]!="uts"]+[{"type": "uts", "path": "/proc/self/ns/ipc"}]'
refused 'a path that is no namespace' 'l["namespaces"][1]["path"]="/etc/passwd"'
refused 'a namespace named twice' 'l["namespaces"].append({"type": "pid"})'
refused 'an unknown namespace' 'l["namespaces"].append({"type": "none"})'
refused "the host's mount namespace" 'l["namespaces"]=[{"type": "pid"}]'
userns='l["namespaces"].append({"type": "user"}); l["uidMappings"]=[{"containerID": 0, "hostID": 100000, "size": 1000}]; l["gidMappings"]=l["uidMappings"]'
chmod 755 "$work" "$b"
is "$(inside "$userns" 'say("id -u; tr -s \" \" </proc/self/uid_map; stat -c %t:%T /dev/null; hostname")')" $'0\n 0 100000 1000\n1:3\noci-host' 'a user namespace with its mappings'
refused 'a user namespace without mappings' 'l["namespaces"].append({"type": "user"})'
bundle "$userns" 'say("sleep 100")'
detached c
upid=$(state c pid)
is "$(inside "l['namespaces'].append(dict(type='user', path='/proc/$upid/ns/user'))" 'say("readlink /proc/self/ns/user; id -u; hostname; echo $$")')" \
    "$(readlink "/proc/$upid/ns/user")"$'\n0\noci-host\n1' 'a user namespace is joined, the new ones belong to it'
oci delete -f c
is "$(inside 'l["namespaces"].append({"type": "time"}); l["timeOffsets"]={"boottime": {"secs": 1000000}}' \
    'say("cut -d. -f1 /proc/uptime | { read -r n; test $n -gt 1000000 && echo later; }")')" later 'a time namespace with an offset'

# --- seccomp
deny='l["seccomp"]={"defaultAction": "SCMP_ACT_ALLOW", "syscalls": [{"names": ["mkdir", "mkdirat"], "action": "SCMP_ACT_ERRNO", "errnoRet": 38}]}'
is "$(inside "$deny" 'say("mkdir /x 2>&1; grep ^Seccomp: /proc/self/status | cut -f2")')" $'mkdir: can\'t create directory \'/x\': Function not implemented\n2' 'a system call filter'
refused 'an unknown action' 'l["seccomp"]={"defaultAction": "SCMP_ACT_NONE"}'
refused 'an errno for an action that takes none' 'l["seccomp"]={"defaultAction": "SCMP_ACT_ALLOW", "syscalls": [{"names": ["mkdir"], "action": "SCMP_ACT_KILL", "errnoRet": 5}]}'
refused 'a listener that is nowhere' 'l["seccomp"]={"defaultAction": "SCMP_ACT_ALLOW", "syscalls": [{"names": ["mkdir"], "action": "SCMP_ACT_NOTIFY"}]}'
refused 'metadata without a listener' 'l["seccomp"]={"defaultAction": "SCMP_ACT_ALLOW", "listenerMetadata": "x"}'
python3 -c '
import array, json, socket, sys
s = socket.socket(socket.AF_UNIX); s.bind(sys.argv[1]); s.listen(); print("ready", flush=True)
c, _ = s.accept()
text, control, _, _ = c.recvmsg(65536, 1024)
state = json.loads(text)
print(state["fds"], state["metadata"], state["state"]["id"], len(array.array("i", control[0][2])), state["pid"] == state["state"]["pid"])
' "$work/agent" >"$work/agent.out" &
agent=$!
eventually 5 grep -q ready "$work/agent.out"
bundle 'say("echo ran")' "l['seccomp']=dict(defaultAction='SCMP_ACT_ALLOW', listenerPath='$work/agent', listenerMetadata='note', syscalls=[dict(names=['swapoff'], action='SCMP_ACT_NOTIFY')])"
is "$(oci run -b "$b" c)" ran 'a filter with a listener'
wait "$agent"
is "$(tail -n 1 "$work/agent.out")" "['seccompFd'] note c 1 True" '... whose agent is given the descriptor and the state'

# --- hooks
hook() { printf 'dict(path="/bin/sh", args=["sh", "-c", "%s"])' "$1"; }
log=$work/hooks
note="cat >$log.\$0.json; echo \$0 \$(readlink /proc/self/ns/uts) >>$log"
hooks() {
    local name
    printf 'c["hooks"]={'
    for name in "$@"; do printf '"%s": [dict(path="/bin/sh", args=["sh", "-c", "%s", "%s"])],' "$name" "$note" "$name"; done
    printf '}'
}
bundle "$(hooks prestart createRuntime createContainer poststart poststop)" 'say("sleep 100")' \
    'c["hooks"]["startContainer"]=[dict(path="/bin/sh", args=["sh", "-c", "cat >/hook.json; readlink /proc/self/ns/uts >/hook"])]'
create c
mine=$(readlink /proc/self/ns/uts)
pid=$(state c pid)
its=$(readlink "/proc/$pid/ns/uts")
is "$(<"$log")" "prestart $mine"$'\n'"createRuntime $mine"$'\n'"createContainer $its" 'create runs its hooks in order, each in its namespaces'
is "$(ls "$b/rootfs/hook" 2>/dev/null)" '' 'the others wait'
oci start c
is "$(<"$b/rootfs/hook")" "$its" "startContainer hooks run in the container"
is "$(tail -n 1 "$log")" "poststart $mine" 'poststart hooks outside'
oci delete -f c
is "$(tail -n 1 "$log")" "poststop $mine" 'poststop hooks after the deletion'
field() { python3 -c 'import json,sys; s=json.load(open(sys.argv[1])); print(s["id"], s["status"], s["pid"], s["bundle"])' "$1"; }
is "$(field "$log.prestart.json")" "c creating $pid $b" 'a hook reads the state on its standard input'
is "$(field "$log.createContainer.json")" "c creating 1 $b" '... with the process id as it sees it'
is "$(field "$b/rootfs/hook.json")" "c created 1 $b" '... created before the start'
is "$(field "$log.poststart.json")" "c running $pid $b" '... running after it'
is "$(field "$log.poststop.json")" "c stopped 0 $b" '... and stopped in the end'
for name in prestart createRuntime createContainer; do
    rm -f "$log"
    bundle "$(hooks poststop)" "c['hooks']['$name']=[$(hook 'exit 3')]"
    fails 1 "a failing $name hook fails create" create c
    is "$(oci list -q) $(cut -d' ' -f1 "$log")" ' poststop' '... destroys the container, and poststop hooks run'
done
for name in startContainer poststart; do
    rm -f "$log"
    bundle "$(hooks poststop)" "c['hooks']['$name']=[$(hook 'exit 3')]" 'say("sleep 100")'
    create c
    pid=$(state c pid)
    fails 1 "a failing $name hook fails start" oci start c
    is "$(oci list -q) $(cut -d' ' -f1 "$log")" ' poststop' '... destroys the container, and poststop hooks run'
    fails 1 '... its process is gone' kill -0 "$pid"
done
rm -f "$log"
bundle "$(hooks poststop)" "c['hooks']['poststop'].insert(0, $(hook 'exit 3'))"
ok 'a failing poststop hook fails nothing' oci run -b "$b" c
like "$err" 'poststop hook' '... but is warned of'
is "$(cut -d' ' -f1 "$log")" poststop '... and the others run'
bundle 'c["hooks"]={"prestart": [dict(path="/bin/sleep", args=["sleep", "60"], timeout=1)]}'
fails 1 'a hook that takes longer than its timeout fails' create c
refused 'a hook with a relative path' 'c["hooks"]={"prestart": [{"path": "bin/true"}]}'

# --- exec
bundle 'say("sleep 100")' 'p["env"].append("OWN=1")'
detached c
is "$(oci exec -e B=2 --cwd /tmp -u 7:8 c sh -c 'pwd; id -u; id -g; echo $OWN$B; readlink /proc/self/ns/pid')" \
    $'/tmp\n7\n8\n12\n'"$(readlink "/proc/$(state c pid)/ns/pid")" 'exec joins the container'
fails 9 'its exit status is the program'\''s' oci exec c sh -c 'exit 9'
fails 137 '... 128 and the signal for one that was killed' oci exec c sh -c 'kill -9 $$'
fails 127 '... 127 for one that is not there' oci exec c nosuchprogram
echo '{"args": ["sh", "-c", "id -u; echo $X"], "cwd": "/", "env": ["PATH=/bin", "X=y"], "user": {"uid": 3, "gid": 0}}' >"$work/process.json"
is "$(oci exec --process "$work/process.json" c)" $'3\ny' 'exec --process'
is "$(echo in | oci exec c cat)" in 'standard input comes through'
oci exec -d --pid-file "$work/pid" c sleep 50 >/dev/null
ok 'exec --detach leaves its process running' kill -0 "$(<"$work/pid")"
is "$(oci ps --format json c)" "$(printf '[%s,%s]' "$(state c pid)" "$(<"$work/pid")")" 'ps shows both'
is "$(oci exec --cap CAP_SYS_ADMIN --no-new-privs c grep NoNewPrivs /proc/self/status)" $'NoNewPrivs:\t1' 'exec --no-new-privs'
ok 'pause' oci pause c
is "$(state c status)" paused '... is a status of its own'
fails 1 'nothing is executed in a paused container' oci exec c true
fails 1 'it is not paused twice' oci pause c
ok 'resume' oci resume c
is "$(state c status)" running '... lets it run'
like "$(oci events --stats c)" '"type":"stats"' 'events --stats'
oci kill c KILL
eventually 5 stopped c
fails 1 'nothing is executed in a stopped container' oci exec c true
oci delete c

# --- terminals
bundle 'p["terminal"]=True; p["consoleSize"]={"height": 33, "width": 77}' 'say("tty; stty size; test -c /dev/console && echo console")'
fails 1 'a terminal needs a console socket' create c
python3 -c '
import array, os, socket, sys
s = socket.socket(socket.AF_UNIX); s.bind(sys.argv[1]); s.listen(); print("ready", flush=True)
c, _ = s.accept()
_, control, _, _ = c.recvmsg(100, 1024)
fd = array.array("i", control[0][2])[0]
text = b""
try:
    while (piece := os.read(fd, 1000)): text += piece
except OSError: pass
print(text.decode().replace("\r", ""), end="")
' "$work/console" >"$work/console.out" &
console=$!
eventually 5 grep -q ready "$work/console.out"
ok 'it is sent to that' create --console-socket "$work/console" c
oci start c
wait "$console"
is "$(tail -n +2 "$work/console.out")" $'/dev/pts/0\n33 77\nconsole' 'a terminal of the wanted size, the console too'
oci delete -f c
is "$(script -qec "berth-oci --root $work/state run -b $b c" /dev/null </dev/null | grep -oaE '/dev/pts/[0-9]+' | head -n 1)" /dev/pts/0 'run joins it with the caller'\''s'

# --- logs and words
bundle 'p["args"]=["nosuchprogram"]'
oci --log "$work/log" --log-format json run -b "$b" c 2>/dev/null
like "$(python3 -c 'import json,sys; print(json.loads(open(sys.argv[1]).readline()))' "$work/log")" "'level': 'error', 'msg': '.*nosuchprogram" 'a log in JSON'
fails 1 'an unknown command is refused' oci frobnicate
fails 1 'an unknown option is refused' oci create --frobnicate c
ok 'help' oci create --help
rm -f "$b/config.json"
ok 'spec writes a bundle' oci spec -b "$b"
fails 1 '... never over another' oci spec -b "$b"
sed -i 's/"terminal": true/"terminal": false/; s/"sh"$/"true"/' "$b/config.json"
ok '... that runs' oci run -b "$b" c

# --- limits: without controllers they are refused, the same way each time
bundle 'l["resources"]={"pids": {"limit": 50}}' 'say("cat /sys/fs/cgroup/pids.max")' \
    'l["namespaces"].append({"type": "cgroup"}); m.append({"destination": "/sys/fs/cgroup", "type": "cgroup", "source": "cgroup", "options": ["ro"]})'
if grep -qw pids /sys/fs/cgroup/cgroup.controllers; then
    is "$(oci run -b "$b" c)" 50 'a limit of processes'
else
    fails 1 'a limit without its controller is refused' oci run -b "$b" c
    like "$err" "controller 'pids' is not available" '... and says which'
    is "$(find /sys/fs/cgroup -maxdepth 1 -name '*berth-oci*')" '' '... and leaves no cgroup'
fi
refused 'what cgroup v2 has not' 'l["resources"]={"memory": {"swappiness": 5}}'
out=$(inside 'l["namespaces"].append({"type": "cgroup"})' 'say("grep ^0: /proc/self/cgroup")' 'l["cgroupsPath"]="/berth-oci-test/a"')
is "$out" 0::/ 'a cgroup namespace begins at the container'\''s cgroup'
rmdir /sys/fs/cgroup/berth-oci-test
kmsg='p["capabilities"]={k: ["CAP_MKNOD", "CAP_SYSLOG"] for k in ("bounding", "permitted", "effective")}; say("mknod /dev/k c 1 11; dd if=/dev/k of=/dev/null bs=8192 count=1 2>&1 | grep -c permitted; cat /dev/null && echo null")'
is "$(inside "$kmsg" 'l["resources"]={"devices": [{"allow": False, "access": "rwm"}]}')" $'1\nnull' 'device rules deny'
is "$(inside "$kmsg" 'l["resources"]={"devices": [{"allow": False, "access": "rwm"}, {"allow": True, "type": "c", "major": 1, "minor": 11, "access": "r"}]}')" $'0\nnull' '... and allow'
like "$(oci --systemd-cgroup run -b "$b" x 2>&1; bundle 'say("cat /proc/self/cgroup")' 'l["cgroupsPath"]="system.slice:oci:scoped"'; oci --systemd-cgroup run -b "$b" c)" \
    '/system.slice/oci-scoped.scope' 'systemd makes the cgroup when asked'

# --- as crun does, where both should agree
peer() { crun --root "$work/crun" --cgroup-manager=disabled "$@"; }
agree() {
    local name=$1 theirs
    shift
    bundle "$@"
    run peer run -b "$b" c </dev/null
    theirs="$out"$'\n'"status $status"
    run oci --cgroup-manager disabled run -b "$b" c </dev/null
    is "$(diff <(echo "$theirs") <(echo "$out"$'\n'"status $status"))" '' "the same as crun: $name"
}
look='for n in ipc mnt net pid uts; do test -e /proc/self/ns/$n && echo $n; done; id; pwd; umask; env | grep -v ^HOME= | sort; hostname'
# Masks and device nodes are mounted with fewer rights here, and standard input leaves /dev/null alone.
look+='; grep -E "^(Cap|NoNew|Seccomp:|Groups)" /proc/self/status; cut -d" " -f1-6 /proc/self/mounts | sort | grep -vE "^overlay|^tmpfs /(dev/|masked)"'
look+='; ls -l /dev | grep -v "null$" | tr -s " " | cut -d" " -f1,3-6,10-'
look+='; cat /proc/self/limits; cat /proc/self/oom_score_adj; ls -l /proc/self/fd | wc -l; ip link 2>/dev/null | head -n 1; tty; echo $#'
agree 'a plain container, seen from inside' "say('''$look''')"
agree 'with a user and capabilities' "say('''$look''')" 'p["user"]={"uid": 5, "gid": 6, "additionalGids": [7]}' \
    'p["capabilities"]={k: ["CAP_CHOWN", "CAP_NET_ADMIN"] for k in ("bounding", "permitted", "effective", "inheritable", "ambient")}'
agree 'with a user namespace' "say('''$look''')" "$userns"
agree 'read-only with masked paths' "say('''$look; ls -A /masked; cat /masked-file; touch /x 2>&1; ls -ld /readonly/.''')" 'c["root"]["readonly"]=True' \
    'l["maskedPaths"]=["/masked", "/masked-file"]; l["readonlyPaths"]=["/readonly"]'
agree 'an exit status' 'say("exit 42")'
agree 'a signal' 'say("kill -TERM $$")' 'p["args"]=["sh", "-c", "sh -c \"kill -9 \\$\\$\"; exit $?"]'
bundle 'say("sleep 100")'
for runtime in peer oci; do
    "$runtime" --root "$work/both" create -b "$b" c >/dev/null
    facts=$(
        "$runtime" --root "$work/both" create -b "$b" c >/dev/null 2>&1
        echo "create again $?"
        "$runtime" --root "$work/both" start c 2>/dev/null
        echo "start $?"
        "$runtime" --root "$work/both" start c 2>/dev/null
        echo "start again $?"
        "$runtime" --root "$work/both" delete c 2>/dev/null
        echo "delete a running one $?"
        "$runtime" --root "$work/both" exec c sh -c 'exit 3'
        echo "exec $?"
        "$runtime" --root "$work/both" state c | python3 -c 'import json,sys; s=json.load(sys.stdin); print(s["status"], s["id"], s["bundle"])'
        "$runtime" --root "$work/both" kill c KILL
        echo "kill $?"
        for _ in {1..50}; do
            ! "$runtime" --root "$work/both" state c 2>/dev/null | grep -q stopped || break
            sleep 0.1
        done
        "$runtime" --root "$work/both" kill c KILL 2>/dev/null
        echo "kill again $?"
        "$runtime" --root "$work/both" delete c
        echo "delete $?"
        "$runtime" --root "$work/both" state c 2>/dev/null
        echo "state $?"
    )
    [[ $runtime == oci ]] || theirs=$facts
done
is "$facts" "$theirs" 'the same as crun: a life with its errors'

# --- under podman
export CONTAINERS_CONF=$work/containers.conf
cat >"$CONTAINERS_CONF" <<TEXT
[engine]
runtime_supports_json = ["berth-oci", "/usr/bin/berth-oci"]
runtime_supports_nocgroup = ["berth-oci", "/usr/bin/berth-oci"]
cgroup_manager = "cgroupfs"
events_logger = "file"
TEXT
tar -C "$b/rootfs" --exclude ./proc --exclude ./sys --exclude ./dev -c . >"$work/root.tar"
podman=(podman --storage-driver vfs --root "$work/pod" --runroot "$work/podrun" --runtime /usr/bin/berth-oci)
pod() { "${podman[@]}" "$@"; }
ends() { pod rm -af; }
cleanup ends
pod import -q "$work/root.tar" small:1 >/dev/null 2>&1
flags=(--cgroups=disabled --network none --security-opt seccomp=unconfined)
is "$(pod run --rm "${flags[@]}" small:1 echo hello)" hello 'podman run'
fails 7 'its exit status' pod run --rm "${flags[@]}" small:1 sh -c 'exit 7'
fails 127 'a program that is not there' pod run --rm "${flags[@]}" small:1 nosuchprogram
is "$(echo in | pod run -i --rm "${flags[@]}" small:1 cat)" in 'podman run -i'
like "$(script -qec "${podman[*]} run -t --rm ${flags[*]} small:1 tty" /dev/null </dev/null)" '/dev/pts/0' 'podman run -t'
is "$(pod run --rm --read-only "${flags[@]}" small:1 sh -c 'touch /x 2>/dev/null || echo no')" no '--read-only'
is "$(pod run --rm --user 5:6 "${flags[@]}" small:1 sh -c 'id -u; id -g')" $'5\n6' '--user'
mkdir -p "$work/volume/inside"
is "$(pod run --rm -v "$work/volume:/mnt:ro" "${flags[@]}" small:1 sh -c 'ls /mnt; touch /mnt/x 2>/dev/null || echo no')" $'inside\nno' '-v'
like "$(pod run --rm --cgroups=disabled --network none small:1 grep Seccomp: /proc/self/status)" 2 "podman's own filter"
pod run -d --name web "${flags[@]}" small:1 sh -c 'trap "exit 0" TERM; while :; do sleep 0.1; done' >/dev/null
is "$(pod exec web sh -c 'echo $$ | wc -l; cat /proc/1/comm')" $'1\nsh' 'podman exec'
fails 5 'its exit status' pod exec web sh -c 'exit 5'
is "$(pod ps --format '{{.Names}} {{.Status}}' | cut -d' ' -f1,2)" 'web Up' 'podman ps'
ok 'podman stop' pod stop -t 5 web
is "$(pod inspect -f '{{.State.ExitCode}}' web)" 0 'it has ended by itself'
ok 'podman start' pod start web
ok 'podman kill' pod kill web
ok 'podman rm' pod rm -f web
is "$(pod ps -aq)$(pgrep -x berth-oci)" '' 'nothing is left'

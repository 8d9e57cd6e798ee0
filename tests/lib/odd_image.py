#!/usr/bin/env python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""Makes an OCI image layout with one small image in it, as odd as asked for.

usage: odd_image.py LAYOUT TAG [--config JSON] [ENTRY]...

The tree is busybox with /etc/passwd and /etc/group; an ENTRY takes the place of what the tree has there:
  link:PATH:TARGET   hard:PATH:TARGET   dir:PATH:MODE   fifo:PATH   sparse:PATH:BYTES
  file:PATH:MODE:TEXT   copy:PATH:MODE:FILE-OF-THIS-MACHINE   char:PATH:MAJOR:MINOR   none:PATH
--config is merged into the "config" object of the image's configuration.
"""
import argparse
import gzip
import hashlib
import io
import json
import pathlib
import tarfile

APPLETS = "sh cat ls id pwd sleep env echo true touch mkdir ln rm mv readlink stat test wc grep find head hostname umount mount mknod kill stty tty sed".split()


def info(path, kind, mode=0o755, **fields):
    item = tarfile.TarInfo(path.lstrip("/"))
    item.type, item.mode = kind, mode
    for name, value in fields.items():
        setattr(item, name, value)
    return item


def base_tree():
    tree = {path: (info(path, tarfile.DIRTYPE), None) for path in ("bin", "etc", "tmp", "root", "proc", "sys", "dev")}
    busybox = pathlib.Path("/bin/busybox").read_bytes()
    tree["bin/busybox"] = (info("bin/busybox", tarfile.REGTYPE, size=len(busybox)), busybox)
    for applet in APPLETS:
        tree["bin/" + applet] = (info("bin/" + applet, tarfile.SYMTYPE, linkname="busybox"), None)
    for name, text in {"passwd": "root:x:0:0:root:/root:/bin/sh\nuser:x:1000:1000::/tmp:/bin/sh\n",
                       "group": "root:x:0:\nuser:x:1000:\nextra:x:2000:user\n"}.items():
        tree["etc/" + name] = (info("etc/" + name, tarfile.REGTYPE, 0o644, size=len(text)), text.encode())
    return tree


def entry(text):
    kind, path, *rest = text.split(":", 3)
    if kind in ("link", "hard"):
        target = text.split(":", 2)[2]
        return info(path, tarfile.SYMTYPE if kind == "link" else tarfile.LNKTYPE, linkname=target), None
    if kind == "dir":
        return info(path, tarfile.DIRTYPE, int(rest[0], 8)), None
    if kind == "fifo":
        return info(path, tarfile.FIFOTYPE, 0o666), None
    if kind == "char":
        return info(path, tarfile.CHRTYPE, 0o666, devmajor=int(rest[0]), devminor=int(rest[1])), None
    if kind == "sparse":
        return info(path, tarfile.REGTYPE, 0o644, size=int(rest[0])), None
    if kind not in ("file", "copy"):
        raise SystemExit(f"what is '{text}'?")
    data = pathlib.Path(rest[1]).read_bytes() if kind == "copy" else rest[1].encode()
    return info(path, tarfile.REGTYPE, int(rest[0], 8), size=len(data)), data


class Zeros(io.RawIOBase):
    def read(self, size=-1):
        return bytes(size)


def layer(entries):
    tree = base_tree()
    for text in entries:
        path = text.split(":", 2)[1].strip("/")
        for known in [name for name in tree if name == path or name.startswith(path + "/")]:
            del tree[known]
        if not text.startswith("none:"):
            tree[path] = entry(text)
    plain = hashlib.sha256()
    packed = io.BytesIO()

    class Tee(io.RawIOBase):
        def __init__(self, below):
            self.below = below

        def writable(self):
            return True

        def write(self, data):
            plain.update(data)
            return self.below.write(data)

    with gzip.GzipFile(fileobj=packed, mode="wb", compresslevel=1, mtime=0) as below:
        with tarfile.open(fileobj=Tee(below), mode="w|", format=tarfile.PAX_FORMAT) as tar:
            for item, data in tree.values():
                tar.addfile(item, Zeros() if item.isreg() and data is None else io.BytesIO(data or b""))
    return packed.getvalue(), "sha256:" + plain.hexdigest()


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("layout", type=pathlib.Path)
    parser.add_argument("tag")
    parser.add_argument("--config", default="{}", type=json.loads)
    parser.add_argument("entries", nargs="*")
    options = parser.parse_intermixed_args()
    blobs = options.layout / "blobs/sha256"
    blobs.mkdir(parents=True, exist_ok=True)

    def add(data, media_type):
        name = hashlib.sha256(data).hexdigest()
        (blobs / name).write_bytes(data)
        return {"mediaType": media_type, "digest": "sha256:" + name, "size": len(data)}

    def add_json(document, kind):
        return add(json.dumps(document).encode(), f"application/vnd.oci.image.{kind}.v1+json")

    packed, diff_id = layer(options.entries)
    config = {"created": "2024-01-01T00:00:00Z", "architecture": "amd64", "os": "linux",
              "rootfs": {"type": "layers", "diff_ids": [diff_id]},
              "config": {"Env": ["PATH=/bin"], "Cmd": ["sh"], **options.config}}
    manifest = add_json({"schemaVersion": 2, "mediaType": "application/vnd.oci.image.manifest.v1+json",
                         "config": add_json(config, "config"),
                         "layers": [add(packed, "application/vnd.oci.image.layer.v1.tar+gzip")]}, "manifest")
    index_file = options.layout / "index.json"
    index = json.loads(index_file.read_text()) if index_file.exists() else {"schemaVersion": 2, "manifests": []}
    manifest["annotations"] = {"org.opencontainers.image.ref.name": options.tag}
    index["manifests"] = [item for item in index["manifests"] if item["annotations"] != manifest["annotations"]] + [manifest]
    index_file.write_text(json.dumps(index))
    (options.layout / "oci-layout").write_text('{"imageLayoutVersion": "1.0.0"}')


main()

# SPDX-License-Identifier: LGPL-2.1-or-later
"""A bus client that can say anything: it lays out messages itself, so that a test can send what no
library would. Used by tests/system/40-*.sh and tests/soak/."""
import array
import os
import socket
import struct
import time
import xml.etree.ElementTree

SYSTEM_BUS = "/run/dbus/system_bus_socket"
CALL, RETURN, ERROR, SIGNAL = 1, 2, 3, 4
NO_REPLY, NO_AUTO_START, INTERACTIVE = 1, 2, 4
FIXED = {"y": "B", "b": "I", "n": "h", "q": "H", "i": "i", "u": "I", "x": "q", "t": "Q", "d": "d", "h": "I"}


def split_signature(signature):
    """"sa{sv}h" -> ["s", "a{sv}", "h"]"""
    parts = []
    while signature:
        length = type_length(signature)
        parts.append(signature[:length])
        signature = signature[length:]
    return parts


def type_length(signature):
    if signature[0] == "a":
        return 1 + type_length(signature[1:])
    if signature[0] not in "({":
        return 1
    depth = 0
    for index, letter in enumerate(signature):
        depth += letter in "({"
        depth -= letter in ")}"
        if depth == 0:
            return index + 1
    raise ValueError(signature)


def alignment(kind):
    if kind in FIXED:
        return struct.calcsize(FIXED[kind])
    return {"s": 4, "o": 4, "a": 4, "(": 8, "{": 8}.get(kind, 1)


class Writer:
    def __init__(self):
        self.data = bytearray()

    def pad(self, size):
        self.data += bytes(-len(self.data) % size)

    def put(self, signature, value):
        kind = signature[0]
        self.pad(alignment(kind))
        if kind in FIXED:
            self.data += struct.pack("<" + FIXED[kind], value)
        elif kind in "so":
            text = value if isinstance(value, bytes) else value.encode()
            self.data += struct.pack("<I", len(text)) + text + b"\0"
        elif kind == "g":
            self.data += bytes([len(value)]) + value.encode() + b"\0"
        elif kind == "v":
            self.put("g", value[0])
            self.put(value[0], value[1])
        elif kind == "a":
            self.put_array(signature[1:], value)
        else:
            for part, item in zip(split_signature(signature[1:-1]), value):
                self.put(part, item)

    def put_array(self, element, value):
        start = len(self.data)
        self.data += bytes(4)
        self.pad(alignment(element[0]))
        first = len(self.data)
        for item in value.items() if isinstance(value, dict) else value:
            self.put(element, item)
        struct.pack_into("<I", self.data, start, len(self.data) - first)


class Reader:
    def __init__(self, data):
        self.data = data
        self.at = 0

    def get(self, signature):
        kind = signature[0]
        self.at += -self.at % alignment(kind)
        if kind in FIXED:
            (value,) = struct.unpack_from("<" + FIXED[kind], self.data, self.at)
            self.at += struct.calcsize(FIXED[kind])
            return value
        if kind in "so":
            return self.take(self.get("u"))
        if kind == "g":
            return self.take(self.get("y"))
        if kind == "v":
            return self.get(self.get("g"))
        if kind == "a":
            return self.get_array(signature[1:])
        return tuple(self.get(part) for part in split_signature(signature[1:-1]))

    def take(self, length):
        text = bytes(self.data[self.at:self.at + length]).decode(errors="replace")
        self.at += length + 1
        return text

    def get_array(self, element):
        length = self.get("u")
        self.at += -self.at % alignment(element[0])
        end = self.at + length
        items = []
        while self.at < end:
            items.append(self.get(element))
        return dict(items) if element[0] == "{" else items


class Message:
    def __init__(self, kind, fields, body):
        self.kind = kind
        self.serial = fields.get(5)
        self.path, self.interface, self.member = fields.get(1), fields.get(2), fields.get(3)
        self.error = fields.get(4)
        self.signature = fields.get(8, "")
        self.raw = body

    def values(self):
        reader = Reader(self.raw)
        return [reader.get(part) for part in split_signature(self.signature)]

    def outcome(self):
        """"ok", or the error's name."""
        return self.error or "ok"

    def text(self):
        return self.values()[0] if self.signature.startswith("s") else ""


class Bus:
    def __init__(self, path=SYSTEM_BUS):
        self.socket = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        self.socket.connect(path)
        self.socket.sendall(b"\0AUTH EXTERNAL " + str(os.geteuid()).encode().hex().encode() + b"\r\n")
        self.expect_line(b"OK")
        self.socket.sendall(b"NEGOTIATE_UNIX_FD\r\n")
        self.expect_line(b"AGREE_UNIX_FD")
        self.socket.sendall(b"BEGIN\r\n")
        self.serial = 0
        self.buffer = bytearray()
        self.signals = []
        self.name = self.call("org.freedesktop.DBus", "/org/freedesktop/DBus", "org.freedesktop.DBus", "Hello").values()[0]

    def expect_line(self, start):
        line = b""
        while not line.endswith(b"\r\n"):
            line += self.socket.recv(1)
        if not line.startswith(start):
            raise ConnectionError(line)

    def send(self, service, path, interface, member, signature="", arguments=(), fds=(), flags=0, body=None):
        """Sends a call and returns its serial; `body` is taken as it is instead of `arguments`."""
        if body is None:
            writer = Writer()
            for part, value in zip(split_signature(signature), arguments):
                writer.put(part, value)
            body = bytes(writer.data)
        self.serial += 1
        fields = [(1, ("o", path)), (6, ("s", service)), (3, ("s", member))]
        if interface:
            fields.append((2, ("s", interface)))
        if signature:
            fields.append((8, ("g", signature)))
        if fds:
            fields.append((9, ("u", len(fds))))
        header = Writer()
        header.data += struct.pack("<cBBBII", b"l", CALL, flags, 1, len(body), self.serial)
        header.put("a(yv)", fields)
        header.pad(8)
        control = [(socket.SOL_SOCKET, socket.SCM_RIGHTS, array.array("i", fds))] if fds else []
        data = bytes(header.data) + body
        sent = self.socket.sendmsg([data], control)
        self.socket.sendall(data[sent:])
        return self.serial

    def receive(self, timeout):
        """The next message, or None when none comes in time."""
        self.socket.settimeout(timeout)
        try:
            while True:
                message = self.take_message()
                if message:
                    return message
                data, control, _, _ = self.socket.recvmsg(1 << 16, socket.CMSG_SPACE(64 * 4))
                for _, _, raw in control:
                    for fd in array.array("i", raw[:len(raw) - len(raw) % 4]):
                        os.close(fd)
                if not data:
                    raise ConnectionResetError("the bus hung up")
                self.buffer += data
        except (TimeoutError, BlockingIOError):
            return None

    def take_message(self):
        if len(self.buffer) < 16:
            return None
        kind, length, fields_length = self.buffer[1], *struct.unpack_from("<I4xI", self.buffer, 4)
        start = 16 + fields_length
        start += -start % 8
        if len(self.buffer) < start + length:
            return None
        reader = Reader(bytes(self.buffer[:start]))
        reader.at = 12
        fields = dict(reader.get("a(yv)"))
        body = bytes(self.buffer[start:start + length])
        del self.buffer[:start + length]
        return Message(kind, fields, body)

    def wait(self, serial, timeout=60):
        """The answer to one call; None when there is none in time."""
        end = time.monotonic() + timeout
        while (left := end - time.monotonic()) > 0:
            message = self.receive(left)
            if message is None:
                return None
            if message.kind == SIGNAL:
                self.signals.append(message)
            elif message.serial == serial:
                return message
        return None

    def call(self, service, path, interface, member, signature="", arguments=(), timeout=60, **rest):
        return self.wait(self.send(service, path, interface, member, signature, arguments, **rest), timeout)

    def introspect(self, service, path):
        answer = self.call(service, path, "org.freedesktop.DBus.Introspectable", "Introspect")
        if answer is None or answer.error:
            raise LookupError(f"{path} can't be introspected: {answer and answer.outcome()}")
        return xml.etree.ElementTree.fromstring(answer.text())


def objects(bus, service, path="/"):
    """Every path below `path` that introspection leads to, with its tree."""
    tree = bus.introspect(service, path)
    yield path, tree
    for node in tree.findall("node"):
        yield from objects(bus, service, path.rstrip("/") + "/" + node.get("name"))

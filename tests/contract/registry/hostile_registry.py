#!/usr/bin/env python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""A registry that misbehaves: what it does wrong is the first part of the repository's name.

Usage: hostile_registry.py [CERTIFICATE KEY]. Prints its port, then serves until its input ends.
GET /log answers with the Authorization headers it has seen, one request a line.
"""
import hashlib
import http.server
import json
import socketserver
import ssl
import sys
import threading
import time

BLOB = hashlib.sha256(b'seed').hexdigest().encode() * 4096  # 256 KiB
DIGEST = 'sha256:' + hashlib.sha256(BLOB).hexdigest()
MANIFEST = json.dumps({'schemaVersion': 2, 'layers': [], 'config': {
    'mediaType': 'application/vnd.oci.image.config.v1+json', 'size': len(BLOB), 'digest': DIGEST}}).encode()
OCI = 'application/vnd.oci.image.manifest.v1+json'
LOG = []
UPLOADS = {}
CUT = {'bytes': 0}


class Handler(http.server.BaseHTTPRequestHandler):
    protocol_version = 'HTTP/1.1'

    def log_message(self, *_):
        pass

    def answer(self, status, body=b'', **headers):
        self.send_response(status)
        for name, value in headers.items():
            self.send_header(name.replace('_', '-'), value)
        self.send_header('Content-Length', str(len(body)))
        self.end_headers()
        if self.command != 'HEAD':
            self.wfile.write(body)

    def raw(self, head, pieces):
        self.wfile.write(head)
        try:
            for piece in pieces:
                self.wfile.write(piece)
        except OSError:
            pass
        self.close_connection = True

    def origin(self, port=None):
        return f'http://127.0.0.1:{port or self.server.server_address[1]}'

    def handle_any(self):
        LOG.append(f'{self.command} {self.server.server_address[1]} {self.path.split("?")[0]} '
                   f'{self.headers.get("Authorization", "-")}')
        path, _, query = self.path.partition('?')
        if path == '/log':
            return self.answer(200, '\n'.join(LOG).encode())
        if path == '/token':
            return self.token(query)
        if path == '/v2/':
            return self.answer(200, b'{}')
        kind = path.split('/')[2] if path.count('/') >= 3 else ''
        action = getattr(self, 'do_' + kind.replace('-', '_'), None)
        return action(path) if action else self.honest(path)

    do_GET = do_HEAD = do_POST = do_PUT = do_PATCH = handle_any

    def honest(self, path):
        if '/manifests/' in path:
            return self.answer(200, MANIFEST, Content_Type=OCI)
        if '/blobs/' in path:
            start = int((self.headers.get('Range') or 'bytes=0-')[6:].split('-')[0])
            if start:
                return self.answer(206, BLOB[start:], Content_Range=f'bytes {start}-{len(BLOB) - 1}/{len(BLOB)}')
            return self.answer(200, BLOB)
        return self.answer(404)

    def token(self, query):
        if 'never' in query:
            return self.answer(200, json.dumps({'token': 'useless'}).encode())
        if 'notoken' in query:
            return self.answer(200, b'{}')
        if 'split' in query:
            return self.answer(200, json.dumps({'token': 'a\r\nX-Evil: 1'}).encode())
        return self.answer(200, json.dumps({'token': 'good'}).encode())

    def challenge(self, name):
        return self.answer(401, b'{"errors":[{"code":"UNAUTHORIZED","message":"no"}]}',
                           WWW_Authenticate=f'Bearer realm="{self.origin()}/token",service="{name}",scope="x"')

    # Manifests.
    def do_wrong_digest(self, path):
        self.answer(200, MANIFEST + b' ', Content_Type=OCI)

    def do_endless_manifest(self, path):
        self.raw(b'HTTP/1.1 200 OK\r\nContent-Type: x\r\n\r\n', (b'x' * 65536 for _ in range(100000)))

    def do_endless_header(self, path):
        self.raw(b'HTTP/1.1 200 OK\r\n', (b'X-%d: y\r\n' % n for n in range(10000000)))

    def do_garbage(self, path):
        self.raw(b'\x00\xff\xfe nonsense\r\n\r\n', [])

    # Blobs.
    def do_endless_blob(self, path):
        self.raw(b'HTTP/1.1 200 OK\r\n\r\n', (BLOB for _ in range(100000)))

    def do_truncated(self, path):
        self.raw(b'HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n' % len(BLOB), [BLOB[:1000]])

    def do_cutting(self, path):
        """Ends every connection after 10,000 bytes; knows ranges."""
        start = int((self.headers.get('Range') or 'bytes=0-')[6:].split('-')[0])
        head = f'HTTP/1.1 {206 if start else 200} X\r\nContent-Length: {len(BLOB) - start}\r\n' \
               f'Content-Range: bytes {start}-{len(BLOB) - 1}/{len(BLOB)}\r\n\r\n'
        self.raw(head.encode(), [BLOB[start:start + 10000]])

    def do_no_ranges(self, path):
        self.answer(200, BLOB)

    def do_wrong_range(self, path):
        self.answer(206, BLOB[5:], Content_Range=f'bytes 5-{len(BLOB) - 1}/{len(BLOB)}')

    def do_slow(self, path):
        def drip():
            for at in range(600):
                yield BLOB[at:at + 1]
                time.sleep(0.1)
        self.raw(b'HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n' % len(BLOB), drip())

    # Statuses.
    def do_forbidden(self, path):
        self.answer(403, b'{"errors":[{"code":"DENIED","message":"not \x1b[31m yours"}]}')

    def do_limited(self, path):
        self.answer(429, Retry_After='37', RateLimit_Limit='100;w=21600', RateLimit_Remaining='0;w=21600')

    def do_broken(self, path):
        self.answer(503)

    def do_flaky(self, path):
        CUT['bytes'] += 1
        return self.answer(500) if CUT['bytes'] % 3 else self.honest(path)

    # Authorisation.
    def do_private(self, path):
        if self.headers.get('Authorization') == 'Bearer good':
            return self.honest(path)
        return self.challenge('good')

    def do_loop401(self, path):
        self.challenge('never')

    def do_notoken(self, path):
        self.challenge('notoken')

    def do_split(self, path):
        self.challenge('split')

    def do_plain_realm(self, path):
        self.answer(401, WWW_Authenticate='Bearer realm="http://registry.invalid/token"')

    # Redirects.
    def do_moved(self, path):
        """A private repository whose blobs lie on another host."""
        if self.headers.get('Authorization') != 'Bearer good':
            return self.challenge('good')
        return self.answer(307, Location=f'{self.origin(self.server.other)}/v2/elsewhere/blobs/{DIGEST}')

    def do_circle(self, path):
        self.answer(302, Location=self.path)

    def do_to_file(self, path):
        self.answer(302, Location='file:///etc/passwd')

    def do_to_plain(self, path):
        self.answer(302, Location='http://registry.invalid/v2/x/blobs/y')

    # Uploads.
    def do_breaking_upload(self, path):
        """Takes 100,000 bytes of each connection, then breaks it; tells how far it came."""
        length = int(self.headers.get('Content-Length') or 0)
        location = f'/v2/breaking-upload/x/blobs/uploads/1'
        held = UPLOADS.setdefault('1', bytearray())
        ranges = {'Location': location, 'Range': f'0-{len(held) - 1}' if held else '0-0'}
        if self.command == 'POST':
            held.clear()
            return self.answer(202, Location=location)
        if self.command == 'GET':
            return self.answer(204, **ranges)
        if self.command == 'PATCH':
            start = int(self.headers['Content-Range'].split('-')[0])
            if start != len(held):
                return self.answer(416)
            held += self.rfile.read(min(length, 100000))
            if length > 100000:
                self.connection.close()
                self.close_connection = True
                return None
            return self.answer(202, Location=location, Range=f'0-{len(held) - 1}')
        good = hashlib.sha256(held).hexdigest() in self.path
        return self.answer(201 if good else 400)

    def do_stuck_upload(self, path):
        self.rfile.read(int(self.headers.get('Content-Length') or 0))
        if self.command == 'POST':
            return self.answer(202, Location='/v2/stuck-upload/x/blobs/uploads/1')
        return self.answer(202, Range='0-0')


class Server(socketserver.ThreadingMixIn, http.server.HTTPServer):
    daemon_threads = True

    def handle_error(self, request, address):
        pass


def main():
    first, second = Server(('127.0.0.1', 0), Handler), Server(('127.0.0.1', 0), Handler)
    first.other, second.other = second.server_address[1], first.server_address[1]
    if len(sys.argv) == 3:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(sys.argv[1], sys.argv[2])
        first.socket = context.wrap_socket(first.socket, server_side=True)
    for server in (first, second):
        threading.Thread(target=server.serve_forever, daemon=True).start()
    print(first.server_address[1], flush=True)
    sys.stdin.read()


main()

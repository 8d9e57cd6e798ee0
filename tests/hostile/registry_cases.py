# SPDX-License-Identifier: LGPL-2.1-or-later
"""Registries that lie, break off, never end, redirect, or refuse: each case answers one kind of request itself."""
import http.server
import json
import socketserver
import threading
import time

from layer_cases import ACCEPTED, CANARY, EITHER, REFUSED
from layout import MANIFEST, GZIP, Image
from tarball import file, whole

CASES = []


class Served:
    """answer(handler, image) is used where the request is of that kind: manifest, config, layer or ping."""

    def __init__(self, name, kind, answer, expect=REFUSED, says=''):
        self.name, self.kind, self.answer, self.expect, self.says = 'registry: ' + name, kind, answer, expect, says
        self.image = Image([whole(file('f', name.encode() * 5000))], GZIP)
        self.manifest = self.image.close()
        self.asked = 0

    @property
    def layer(self):
        return self.image.blobs[self.image.manifest['layers'][0]['digest']]


class Handler(http.server.BaseHTTPRequestHandler):
    protocol_version = 'HTTP/1.1'

    def log_message(self, *_):
        pass

    def send(self, status, body=b'', **headers):
        self.send_response(status)
        headers.setdefault('Content_Length', len(body))
        for name, value in headers.items():
            self.send_header(name.replace('_', '-'), str(value))
        self.end_headers()
        if self.command != 'HEAD':
            self.wfile.write(body)

    def raw(self, *pieces):
        self.close_connection = True
        try:
            for piece in pieces:
                for part in (piece if not isinstance(piece, bytes) else [piece]):
                    self.wfile.write(part)
        except OSError:
            pass

    def do_GET(self):
        if self.path == '/v2/':
            return self.send(200, b'{}')
        case = CASES[int(self.path.split('/')[2][4:])]
        data, kind = None, 'manifest'
        if '/blobs/' in self.path:
            name = self.path.rsplit('/', 1)[1]
            data = case.image.blobs.get(name)
            kind = 'layer' if data == case.layer else 'config'
        elif '/manifests/' in self.path:
            data = case.manifest
        if kind == case.kind:
            case.asked += 1
            return case.answer(self, case)
        if data is None:
            return self.send(404)
        return self.honest(data, MANIFEST if kind == 'manifest' else 'application/octet-stream')

    do_HEAD = do_POST = do_GET

    def honest(self, data, media_type='application/octet-stream'):
        start = int((self.headers.get('Range') or 'bytes=0-')[6:].split('-')[0])
        if start:
            return self.send(206, data[start:], Content_Range=f'bytes {start}-{len(data) - 1}/{len(data)}')
        return self.send(200, data, Content_Type=media_type)


class Server(socketserver.ThreadingMixIn, http.server.HTTPServer):
    daemon_threads = True
    request_queue_size = 64

    def handle_error(self, request, client_address):
        pass


def start():
    server = Server(('127.0.0.1', 0), Handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    return server.server_address[1]


def case(name, kind, answer, expect=REFUSED, says=''):
    CASES.append(Served(name, kind, answer, expect, says))


def status(code, says, body=b'', **headers):
    for kind in ('manifest', 'config', 'layer'):
        case(f'{code} for the {kind}', kind, lambda h, c: h.send(code, body, **headers), says=says)


def flood(piece, count=1 << 20):
    return (piece for _ in range(count))


def drip(h, c):
    def pieces():
        for at in range(600):
            yield b'x'
            time.sleep(0.1)
    h.raw(b'HTTP/1.1 200 OK\r\nContent-Length: 100000\r\n\r\n', pieces())


def once_broken(h, c):
    if c.asked == 1:
        return h.raw(b'HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n' % len(c.layer), c.layer[:100])
    return h.honest(c.layer)


def wrong_range(h, c):
    """Breaks off, then answers the range that is asked for with another."""
    if c.asked == 1:
        return h.raw(b'HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n' % len(c.layer), c.layer[:100])
    return h.send(206, c.layer[50:], Content_Range=f'bytes 50-{len(c.layer) - 1}/{len(c.layer)}')


def lying_range(h, c):
    """Breaks off, then says the right range and sends other bytes."""
    if c.asked == 1:
        return h.raw(b'HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n' % len(c.layer), c.layer[:100])
    return h.send(206, bytes(len(c.layer) - 100), Content_Range=f'bytes 100-{len(c.layer) - 1}/{len(c.layer)}')


def error(code, message):
    return json.dumps({'errors': [{'code': code, 'message': message}]}).encode()


status(401, '401', error('UNAUTHORIZED', 'no \x1b[31m'), WWW_Authenticate='Basic realm="x"')
status(403, '403', error('DENIED', 'no'))
status(404, '404')
status(429, '37 seconds', Retry_After='37')
status(500, 'out of order')
status(503, 'out of order', b'<html>' * 1000)
status(418, '418')
status(204, '')
for kind in ('manifest', 'config', 'layer'):
    case(f'an endless {kind}', kind, lambda h, c: h.raw(b'HTTP/1.1 200 OK\r\n\r\n', flood(b'x' * 65536)))
    case(f'an endless {kind} in chunks', kind,
         lambda h, c: h.raw(b'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n', flood(b'10000\r\n' + b'x' * 65536 + b'\r\n')))
    case(f'an endless error for the {kind}', kind, lambda h, c: h.raw(b'HTTP/1.1 404 No\r\n\r\n', flood(b'x' * 65536)))
    case(f'a {kind} that drips', kind, drip, says='slow')
    case(f'no answer for the {kind}', kind, lambda h, c: h.raw())
    case(f'{kind} moved in a circle', kind, lambda h, c: h.send(302, Location=h.path), says='without end')
    case(f'{kind} moved to a file', kind, lambda h, c: h.send(302, Location=f'file://{CANARY}/victim'))
    case(f'{kind} moved to plain HTTP elsewhere', kind, lambda h, c: h.send(307, Location='http://registry.invalid/x'), says='TLS')
    case(f'{kind} moved to nowhere', kind, lambda h, c: h.send(307))
    case(f'other bytes for the {kind}', kind, lambda h, c: h.send(200, b'x' * len(c.layer), Content_Type=MANIFEST))
    case(f'nothing for the {kind}', kind, lambda h, c: h.send(200, b'', Content_Type=MANIFEST))
case('endless headers', 'manifest', lambda h, c: h.raw(b'HTTP/1.1 200 OK\r\n', flood(b'X-Y: ' + b'z' * 1000 + b'\r\n')))
case('a header of a gigabyte', 'manifest', lambda h, c: h.raw(b'HTTP/1.1 200 OK\r\nX: ', flood(b'z' * 65536, 1 << 14)))
case('no HTTP', 'manifest', lambda h, c: h.raw(b'SSH-2.0-OpenSSH_9.2\r\n'))
case('HTTP 0.9', 'manifest', lambda h, c: h.raw(c.manifest))
case('HTTP 9.9', 'manifest', lambda h, c: h.raw(b'HTTP/9.9 200 OK\r\n\r\n' + c.manifest))
case('a flood of 100 Continue', 'manifest', lambda h, c: h.raw(flood(b'HTTP/1.1 100 Continue\r\n\r\n', 1 << 22)))
case('a negative length', 'manifest', lambda h, c: h.raw(b'HTTP/1.1 200 OK\r\nContent-Length: -5\r\n\r\n' + c.manifest))
case('a length of 2^70', 'layer', lambda h, c: h.raw(b'HTTP/1.1 200 OK\r\nContent-Length: 1180591620717411303424\r\n\r\n', c.layer), EITHER)
case('two lengths', 'manifest', lambda h, c: h.raw(
    b'HTTP/1.1 200 OK\r\nContent-Length: 5\r\nContent-Length: %d\r\n\r\n' % len(c.manifest) + c.manifest), EITHER)
case('a chunk of negative size', 'layer', lambda h, c: h.raw(b'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n-5\r\nhello\r\n'))
case('a packed answer', 'manifest', lambda h, c: h.send(200, b'\x1f\x8b' + bytes(50), Content_Encoding='gzip'))
case('a layer that breaks off once', 'layer', once_broken, ACCEPTED)
case('a layer that always breaks off', 'layer',
     lambda h, c: h.raw(b'HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n' % len(c.layer), c.layer[:10]))
case('a layer continued at another place', 'layer', wrong_range)
case('a layer continued with other bytes', 'layer', lying_range, says='digest')
case('a layer one byte longer', 'layer', lambda h, c: h.send(200, c.layer + b'x'), says='more than')
case('a layer one byte shorter', 'layer', lambda h, c: h.send(200, c.layer[:-1]) if 'Range' not in h.headers else h.send(416))
case('a manifest of a foreign type', 'manifest', lambda h, c: h.send(200, c.manifest, Content_Type='text/html'), ACCEPTED)
case('a web page', 'manifest', lambda h, c: h.send(200, b'<html>Log in to the hotel</html>', Content_Type='text/html'))
case('a token service that is a file', 'manifest',
     lambda h, c: h.send(401, WWW_Authenticate=f'Bearer realm="file://{CANARY}/victim"'))
case('a token service elsewhere without TLS', 'manifest',
     lambda h, c: h.send(401, WWW_Authenticate='Bearer realm="http://registry.invalid/"'), says='TLS')
case('a challenge without end', 'manifest', lambda h, c: h.send(401, WWW_Authenticate='Bearer realm="' + 'x' * 60000))
case('a challenge that is none', 'manifest', lambda h, c: h.send(401, WWW_Authenticate=',,,=,"=",'), says='401')
case('an honest one', '', None, ACCEPTED)

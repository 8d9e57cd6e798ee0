#!/usr/bin/env python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""Stands before a registry on this machine: tells what passes, breaks connections off, asks for tokens, speaks TLS.

Each request is a line of --log: METHOD PATH STATUS BYTES AUTHORIZATION, where BYTES is what passed of the body, of the
answer's or of the request's. It answers before the registry behind it has ended, so nothing is held back.
"""
import argparse
import base64
import http.client
import http.server
import json
import socket
import socketserver
import ssl
import threading
import time
import urllib.parse

PIECE = 16384
HOP = {'connection', 'transfer-encoding', 'host', 'content-length', 'keep-alive'}


class Front(http.server.BaseHTTPRequestHandler):
    protocol_version = 'HTTP/1.1'
    options = None
    lock = threading.Lock()
    tokens = set()
    left = 0

    def log_message(self, *_):
        pass

    def note(self, status, size):
        line = f'{self.command} {self.path} {status} {size} {self.headers.get("Authorization", "-")}\n'
        with self.lock, open(self.options.log, 'a', encoding='utf-8') as file:
            file.write(line)

    def plain(self, status, body=b'', **headers):
        self.send_response(status)
        for name, value in headers.items():
            self.send_header(name.replace('_', '-'), value)
        self.send_header('Content-Length', str(len(body)))
        self.end_headers()
        self.wfile.write(body if self.command != 'HEAD' else b'')
        self.note(status, 0)

    def pass_on(self):
        if self.path.startswith('/token'):
            return self.token()
        if self.options.token and not self.has_token():
            return self.challenge()
        if self.options.redirect and '/blobs/sha256:' in self.path and self.command == 'GET':
            return self.plain(307, Location=self.options.redirect + self.path)
        upstream = http.client.HTTPConnection('127.0.0.1', self.options.upstream)
        try:
            return self.exchange(upstream)
        except (OSError, http.client.HTTPException):
            self.close_connection = True
        finally:
            upstream.close()
        return None

    do_GET = do_HEAD = do_POST = do_PUT = do_PATCH = do_DELETE = pass_on

    def exchange(self, upstream):
        upstream.putrequest(self.command, self.path, skip_host=True, skip_accept_encoding=True)
        drop = HOP | ({'authorization'} if self.options.token else set())
        for name, value in self.headers.items():
            if name.lower() not in drop:
                upstream.putheader(name, value)
        upstream.putheader('Host', self.headers['Host'])
        upstream.putheader('X-Forwarded-Proto', 'https' if self.options.tls else 'http')
        length = int(self.headers.get('Content-Length') or 0)
        upstream.putheader('Content-Length', str(length))
        upstream.endheaders()
        sent = self.copy(self.rfile.read, length, upstream.send)
        if sent < length:
            self.note(0, sent)
            raise OSError('broken off')
        self.answer(upstream.getresponse(), sent)

    def answer(self, response, sent):
        self.send_response(response.status)
        for name, value in response.getheaders():
            if name.lower() not in HOP:
                self.send_header(name, value)
        length = int(response.getheader('Content-Length') or 0)
        self.send_header('Content-Length', str(length))
        self.end_headers()
        if self.command == 'HEAD':
            return self.note(response.status, 0)
        passed = 0

        def forward(piece):
            nonlocal passed
            self.wfile.write(piece)
            passed += len(piece)
        try:
            self.copy(response.read, length, forward)
        finally:
            self.note(response.status, sent or passed)
        if passed < length:
            raise OSError('broken off')
        return None

    def copy(self, read, length, write):
        """Passes a body on, up to where connections break; returns how much."""
        passed = 0
        while passed < length:
            if self.options.cut and passed >= self.options.cut or self.is_over():
                break
            piece = read(min(PIECE, length - passed))
            if not piece:
                break
            write(piece)
            passed += len(piece)
            if Front.left > 0:
                Front.left -= len(piece)
            if self.options.rate:
                time.sleep(len(piece) / self.options.rate)
        return passed

    def is_over(self):
        """Once: the connection at which all that was to pass has passed."""
        if not self.options.break_at or Front.left > 0:
            return False
        self.options.break_at = 0
        return True

    def has_token(self):
        kind, _, token = (self.headers.get('Authorization') or '').partition(' ')
        return kind == 'Bearer' and token in self.tokens

    def challenge(self):
        scheme = 'https' if self.options.tls else 'http'
        realm = f'{scheme}://{self.headers["Host"]}/token'
        body = json.dumps({'errors': [{'code': 'UNAUTHORIZED', 'message': 'authentication required'}]}).encode()
        self.rfile.read(int(self.headers.get('Content-Length') or 0))
        return self.plain(401, body, WWW_Authenticate=f'Bearer realm="{realm}",service="front",scope="x"')

    def token(self):
        query = urllib.parse.parse_qs(urllib.parse.urlsplit(self.path).query)
        wanted = 'Basic ' + base64.b64encode(self.options.token.encode()).decode()
        if self.headers.get('Authorization') != wanted:
            return self.plain(401, b'{"details":"incorrect username or password"}')
        token = base64.b16encode(repr(sorted(query.items())).encode()).decode()[:200]
        self.tokens.add(token)
        return self.plain(200, json.dumps({'token': token}).encode(), Content_Type='application/json')


class Server(socketserver.ThreadingMixIn, http.server.HTTPServer):
    daemon_threads = True
    request_queue_size = 64

    def server_bind(self):
        # What lies in buffers when a connection ends has not passed.
        self.socket.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, 2 * PIECE)
        super().server_bind()

    def handle_error(self, request, client_address):
        pass


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument('port', type=int)
    parser.add_argument('upstream', type=int, help='port of the registry')
    parser.add_argument('--log', required=True)
    parser.add_argument('--cut', type=int, default=0, help='break a connection off after so many bytes of a body')
    parser.add_argument('--break-at', type=int, default=0, help='break one connection off after so many bytes of all')
    parser.add_argument('--rate', type=int, default=0, help='bytes in a second')
    parser.add_argument('--token', default='', help='USER:PASSWORD of who gets tokens')
    parser.add_argument('--redirect', default='', help='where blobs lie: http://HOST:PORT')
    parser.add_argument('--tls', nargs=2, metavar=('CERTIFICATE', 'KEY'))
    Front.options = parser.parse_args()
    Front.left = Front.options.break_at
    server = Server(('127.0.0.1', Front.options.port), Front)
    if Front.options.tls:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(*Front.options.tls)
        server.socket = context.wrap_socket(server.socket, server_side=True)
    server.serve_forever()


main()

#!/usr/bin/env python3
#
# https-server.py - a web server that does what a test tells it, also wrong
#
# SPDX-FileCopyrightText: 2026 The mdoc agent authors
# SPDX-License-Identifier: Apache-2.0

"""usage: https-server.py FOLDER

Listens on a port of 127.0.0.1 for each kind that it knows, with the certificate
FOLDER/KIND.pem (chain and key), and prints one line of JSON, {kind: port}. It
ends when its standard input does. Paths that begin with "/_" are for the test:

  PUT /_script/PATH   appends an answer to those of PATH; the last one stays
  GET /_log           all requests so far that were no such ones
  GET /_wait/PATH     answers when a connection whose last request was to
                      PATH has ended

As a proxy it takes CONNECT HOST:PORT for a PATH.

An answer is JSON: status, headers (a list of pairs), body, fault.
"""

import collections
import json
import pathlib
import socket
import ssl
import sys
import threading
import warnings

KINDS = ("good", "expired", "future", "foreign", "other-host", "old-tls", "mute",
         "plain")
PIECE = b"x" * 65536


class State:
    def __init__(self):
        self.changed = threading.Condition()
        self.scripts = collections.defaultdict(list)
        self.log = []
        self.gone = collections.Counter()
        self.n_connections = 0

    def next_answer(self, path):
        with self.changed:
            script = self.scripts.get(path)
            if not script:
                return {"status": 404, "headers": [], "body": "no script"}
            return script.pop(0) if len(script) > 1 else script[0]


class Gone(Exception):
    """the peer has closed the connection"""


def read_request(stream):
    line = stream.readline(65536)
    if not line:
        raise Gone
    method, path, _ = line.decode("latin-1").split(" ", 2)
    headers = {}
    while (line := stream.readline(65536).strip()):
        name, value = line.decode("latin-1").split(":", 1)
        headers[name.lower()] = value.strip()
    body = stream.read(int(headers.get("content-length", "0")))
    return method, path, headers, body


def head(status, headers, length=None):
    lines = [f"HTTP/1.1 {status} Whatever"]
    lines += [f"{name}: {value}" for name, value in headers]
    if length is not None:
        lines.append(f"Content-Length: {length}")
    return ("\r\n".join(lines) + "\r\n\r\n").encode()


def until_gone(sock, pieces):
    """sends and listens until the peer has had enough"""
    try:
        for piece in pieces:
            sock.sendall(piece)
        while sock.recv(4096):
            pass
    except OSError:
        pass
    raise Gone


def endless(first, piece):
    yield first
    while True:
        yield piece


def trickle(first, byte):
    yield first
    waiting = threading.Event()
    while not waiting.wait(0.05):
        yield byte


def answer(sock, script):
    """sends what the script says; raises Gone if that ends the connection"""
    status, headers = script.get("status", 200), script.get("headers", [])
    body = script.get("body", "").encode()
    fault = script.get("fault")
    good = head(status, headers, len(body)) + body
    if fault is None:
        sock.sendall(good)
    elif fault == "drop":
        raise Gone
    elif fault == "truncate":
        sock.sendall(head(status, headers, len(body) + 1) + body)
        raise Gone
    elif fault == "truncate-head":
        sock.sendall(head(status, headers)[:-3])
        raise Gone
    elif fault == "truncate-chunk":
        sock.sendall(head(status, [*headers, ("Transfer-Encoding", "chunked")])
                     + b"400\r\n" + body)
        raise Gone
    elif fault == "duplicate":
        sock.sendall(good + good)
    elif fault == "split":
        for byte in good:
            sock.sendall(bytes([byte]))
    elif fault == "chunked":
        sock.sendall(head(status, [*headers, ("Transfer-Encoding", "chunked")]))
        for byte in body:
            sock.sendall(b"1\r\n" + bytes([byte]) + b"\r\n")
        sock.sendall(b"0\r\nTrailer-Field: ignored\r\n\r\n")
    elif fault == "continue":
        sock.sendall(b"HTTP/1.1 103 Early\r\nX-Early: 1\r\n\r\n" + good)
    elif fault == "garbage":
        sock.sendall(b"\x16\x03\x01\x02 this is no HTTP\r\n\r\n")
        raise Gone
    elif fault == "folded":
        sock.sendall(b"HTTP/1.1 200 OK\r\nX-One: 1\r\n two\r\n"
                     b"Content-Length: 0\r\n\r\n")
    elif fault == "hang":
        until_gone(sock, [])
    elif fault == "slow-head":
        until_gone(sock, trickle(b"HTTP/1.1 200 OK\r\nX-Slow: ", b"x"))
    elif fault == "slow-body":
        until_gone(sock, trickle(head(status, headers, 10 ** 5), b"x"))
    elif fault == "endless-head":
        until_gone(sock, endless(b"HTTP/1.1 200 OK\r\n", b"X-Line: more\r\n" * 64))
    elif fault == "endless-line":
        until_gone(sock, endless(b"HTTP/1.1 200 OK\r\nX-Line: ", PIECE))
    elif fault == "endless-body":
        until_gone(sock, endless(head(status, headers), PIECE))
    elif fault == "endless-chunks":
        until_gone(sock, endless(
            head(status, [*headers, ("Transfer-Encoding", "chunked")]),
            b"10000\r\n" + PIECE + b"\r\n"))
    elif fault == "huge":
        until_gone(sock, endless(head(status, headers, 10 * 2 ** 30), PIECE))
    else:
        raise ValueError(fault)


def copy(source, sink):
    try:
        while (piece := source.recv(65536)):
            sink.sendall(piece)
        sink.shutdown(socket.SHUT_WR)
    except OSError:
        pass


def tunnel(sock, target):
    """what a proxy does with CONNECT"""
    host, _, port = target.rpartition(":")
    # a bare system has no /etc/hosts to look it up in
    host = "127.0.0.1" if host == "localhost" else host
    with socket.create_connection((host, int(port))) as there:
        sock.sendall(b"HTTP/1.1 200 Connected\r\n\r\n")
        back = threading.Thread(target=copy, args=(there, sock), daemon=True)
        back.start()
        copy(sock, there)
        back.join()
    raise Gone


def control(state, sock, method, path, body):
    verb, _, rest = path[2:].partition("/")
    reply = b"{}"
    with state.changed:
        if verb == "script" and method == "PUT":
            state.scripts["/" + rest].append(json.loads(body))
        elif verb == "log":
            reply = json.dumps(state.log).encode()
        elif verb == "wait":
            state.changed.wait_for(lambda: state.gone["/" + rest] > 0)
            state.gone["/" + rest] -= 1
    sock.sendall(head(200, [("Content-Type", "application/json")], len(reply))
                 + reply)


def serve(state, kind, sock, connection):
    path = None
    stream = sock.makefile("rb")
    try:
        while True:
            method, path, headers, body = read_request(stream)
            if path.startswith("/_"):
                control(state, sock, method, path, body)
                continue
            with state.changed:
                state.log.append({
                    "kind": kind, "connection": connection, "method": method,
                    "path": path, "headers": headers,
                    "body": body.decode("latin-1")})
            script = state.next_answer("/" + path.partition("?")[0].lstrip("/"))
            if script.get("fault") == "tunnel":
                tunnel(sock, path)
            answer(sock, script)
    except (Gone, OSError, ValueError):
        pass
    finally:
        stream.close()
        sock.close()
        if path is not None:
            with state.changed:
                state.gone[path.partition("?")[0]] += 1
                state.changed.notify_all()


def make_context(folder, kind):
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(folder / f"{kind}.pem")
    if kind == "old-tls":
        warnings.simplefilter("ignore", DeprecationWarning)
        context.minimum_version = ssl.TLSVersion.TLSv1_1
        context.maximum_version = ssl.TLSVersion.TLSv1_1
    return context


def greet(state, kind, context, sock):
    with state.changed:
        state.n_connections += 1
        connection = state.n_connections
    if kind == "mute":
        try:
            while sock.recv(4096):
                pass
        except OSError:
            pass
        sock.close()
        return
    try:
        if context is not None:
            sock = context.wrap_socket(sock, server_side=True)
    except OSError:
        sock.close()
        return
    serve(state, kind, sock, connection)


def listen(state, kind, context, listener):
    while True:
        sock, _ = listener.accept()
        sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        threading.Thread(target=greet, args=(state, kind, context, sock),
                         daemon=True).start()


def main():
    folder = pathlib.Path(sys.argv[1])
    state, ports = State(), {}
    for kind in KINDS:
        context = None if kind in ("mute", "plain") else make_context(folder, kind)
        listener = socket.create_server(("127.0.0.1", 0), backlog=64)
        ports[kind] = listener.getsockname()[1]
        threading.Thread(target=listen, args=(state, kind, context, listener),
                         daemon=True).start()
    print(json.dumps(ports), flush=True)
    sys.stdin.read()


if __name__ == "__main__":
    main()

# administered.py - a platform with an operator, whose answers are as described
#
# SPDX-FileCopyrightText: 2026 The mdoc agent authors
# SPDX-License-Identifier: Apache-2.0

"""Every answer of the administration that a test gets is held against the
description of the interface, which the platform itself serves."""

import http.server
import json
import queue
import re
import secrets
import socket
import ssl
import threading
import time
import urllib.parse

import jsonschema

from programs import DONE, ISSUER, SOURCE, expect
from serving import claims, fetch
from vci import JSON, Platform, Wallet, b64, sha256, unb64

OPENAPI = json.loads((SOURCE / "data" / "openapi" / "mdoc-issuer.json").read_text())


def resolved(node):
    while "$ref" in node:
        found = OPENAPI
        for part in node["$ref"].removeprefix("#/").split("/"):
            found = found[part]
        node = found
    return node


def as_described(method, path, answer):
    """The answer is one that the description has for that call."""
    path = path.split("?")[0]
    for template, operations in OPENAPI["paths"].items():
        pattern = "/".join("[^/]+" if part.startswith("{") else re.escape(part)
                           for part in template.split("/"))
        if re.fullmatch(pattern, path) and method.lower() in operations and \
                ("{" not in template or path not in OPENAPI["paths"]):
            break
    else:
        raise AssertionError(f"not described: {method} {path}")
    responses = operations[method.lower()]["responses"]
    assert str(answer.status) in responses, f"{method} {path}: not described: {answer}"
    content = resolved(responses[str(answer.status)]).get("content")
    if not content:
        assert not answer.body, str(answer)
        return
    kind = answer.headers["Content-Type"].split(";")[0]
    assert kind in content, f"{method} {path}: {kind}"
    schema = content[kind].get("schema")
    if kind == JSON and schema:
        jsonschema.validate(answer.json(), {**schema, "components": OPENAPI["components"]},
                            cls=jsonschema.Draft202012Validator)


# which comes when the platform gets to it, whatever else is told meanwhile
BY_ITSELF = ("statuslist.published",)


class Administered(Platform):
    """With keys for operators, one a role."""

    def __init__(self, bench, *options, tls=False, **more):
        self.keys = {}
        for role in ("check", "read", "operate", "approve", "configure"):
            path = bench.path(f"{role}.key")
            if not path.exists():
                expect(DONE, ISSUER, "make-admin-key", "--name", f"{role}-er", "--role", role,
                       "--keys", bench.path("admin.keys"), "--out", path)
            self.keys[role] = path.read_text().strip()
        super().__init__(bench, "--admin-key-file", bench.path("admin.keys"), *options,
                         tls=tls, **more)

    def admin(self, method, path, body=None, role="configure", status=None, **headers):
        """Below /admin/v1 unless @path begins otherwise. With @status, the answer's JSON."""
        if not path.startswith(("/status/", "/metrics", "/openapi", "/offer/")):
            path = "/admin/v1" + path
        sent = {name.replace("_", "-"): value for name, value in headers.items()}
        if role:
            sent["Authorization"] = f"Bearer {self.keys[role]}"
        if body is not None:
            sent["Content-Type"] = JSON
        answer = self.ask(method, path, None if body is None else json.dumps(body), sent)
        as_described(method, path, answer)
        if status is None:
            return answer
        assert answer.status == status, f"{method} {path}: {answer}"
        return answer.json() if answer.body else None

    def get_admin(self, path, **more):
        return self.admin("GET", path, status=200, **more)

    def new_offer(self, profile="photoid", data=None, **more):
        return self.admin("POST", "/offers", {"profileId": profile,
                                              "claims": data or claims(), **more}, status=201)

    def done(self, accepted):
        """Waits until what a 202 has promised has come. Returns: its outcomes."""
        deadline = time.monotonic() + 60
        while time.monotonic() < deadline:
            request = self.get_admin(f"/requests/{accepted['requestId']}")
            if request["state"] == "completed":
                return request
            self.listen_for("batch.completed")
        raise AssertionError(f"does not end: {request}")

    def listen_for(self, kind):
        """Until an event of that type, or a moment has passed."""
        with Stream(self, f"/events/stream?type={kind}") as stream:
            stream.next(timeout=0.2, or_none=True)

    def events(self, **filters):
        found, since = [], 0
        while True:
            page = self.get_admin("/events?" + urllib.parse.urlencode(
                {"since": since, "limit": 200, **filters}))
            found += page["events"]
            if not page["events"]:
                return found
            since = page["next"]

    def types(self, **filters):
        return [event["type"] for event in self.events(**filters)
                if event["type"] not in BY_ITSELF]

    def set_state(self, state, status=202, **item):
        answer = self.admin("POST", "/state-updates", {"items": [{"newState": state, **item}]},
                            status=status)
        return self.done(answer)["outcomes"][0]


class Holder(Wallet):
    """Claims what is offered, and says so."""

    def claim(self, offer, n_keys=1):
        """Returns: the midUid."""
        reference = urllib.parse.unquote(offer["uri"]).rsplit("/", 1)[1]
        made = fetch(self.platform, {"reference": reference})
        answer = self.redeem(made, made["credential_configuration_ids"],
                             offer.get("txCode"))
        assert answer.status == 200, str(answer)
        [detail] = answer.json()["authorization_details"]
        self.mid_uid = detail["credential_identifiers"][0]
        answer = self.credential({"credential_identifier": self.mid_uid}, n_keys)
        assert answer.status == 200, str(answer)
        self.issued = answer.json()
        return self.mid_uid

    def digest(self):
        return b64(sha256(unb64(self.issued["credentials"][0]["credential"])))

    def receive(self, generation=1):
        answer = self.call("/receipts", {"midUid": self.mid_uid, "generation": generation,
                                         "digest": self.digest()})
        assert answer.status in (200, 204), str(answer)

    def accept(self):
        answer = self.call(f"/device-credentials/{self.mid_uid}/accept", {})
        assert answer.status in (200, 204), str(answer)

    def take(self, offer, n_keys=1):
        self.claim(offer, n_keys)
        self.receive()
        self.accept()
        return self.mid_uid

    def sync(self, generation=1):
        return self.call("/sync", {"agent": {"version": "0", "clientType": "test"},
                                   "clock": int(time.time()),
                                   "docs": [{"midUid": self.mid_uid, "generation": generation,
                                             "validUntil": int(time.time()) + 86400,
                                             "state": "active"}]})

    def remove(self):
        answer = self.call(f"/device-credentials/{self.mid_uid}/removal",
                           {"reason": "user", "at": int(time.time())})
        assert answer.status == 200, str(answer)
        return answer.json()


class Stream:
    """Server-sent events, as they come."""

    def __init__(self, platform, path, headers=None, key="read"):
        self.connection = platform.connect()
        if not path.startswith("/offer/"):
            path = "/admin/v1" + path
            headers = {"Authorization": f"Bearer {platform.keys[key]}", **(headers or {})}
        self.connection.request("GET", path, headers=headers or {})
        self.reply = self.connection.getresponse()
        assert self.reply.status == 200, (self.reply.status, self.reply.read())
        assert self.reply.headers["Content-Type"].startswith("text/event-stream")
        self.messages = queue.Queue()
        self.comments = 0
        self.retry = None
        self.thread = threading.Thread(target=self.read, daemon=True)
        self.thread.start()

    def read(self):
        message = {}
        try:
            for line in self.reply:
                line = line.decode().rstrip("\n")
                if not line and message.get("data") is not None:
                    self.messages.put(message)
                if not line:
                    message = {}
                    continue
                name, _, value = line.partition(": ")
                if name == "retry":
                    self.retry = int(value)
                elif line.startswith(":"):
                    self.comments += 1
                elif name == "data":
                    message["data"] = message.get("data", "") + value
                else:
                    message[name] = value
        except (OSError, ValueError):
            pass
        self.messages.put(None)

    def next(self, timeout=60, or_none=False):
        try:
            message = self.messages.get(timeout=timeout)
        except queue.Empty:
            assert or_none, "nothing comes"
            return None
        assert message is not None, "the stream has ended"
        return {**message, "event_data": json.loads(message["data"])}

    def ends(self, timeout=60):
        while self.messages.get(timeout=timeout) is not None:
            pass

    def close(self):
        sock = self.connection.sock
        if sock:
            try:
                sock.shutdown(socket.SHUT_RDWR)
            except OSError:
                pass
        self.thread.join(10)
        self.connection.close()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.close()


class Receiver:
    """Whom events are sent to; it answers as it is told."""

    def __init__(self, statuses=(), then=204, certificate=None):
        self.got = queue.Queue()
        self.all = []
        plan = list(statuses)
        receiver = self
        self.then = then
        lock = threading.Lock()

        class Handler(http.server.BaseHTTPRequestHandler):
            def do_POST(self):
                body = self.rfile.read(int(self.headers["Content-Length"]))
                with lock:
                    status = plan.pop(0) if plan else receiver.then
                    entry = (status, dict(self.headers), body)
                    receiver.all.append(entry)
                if status is None:
                    self.close_connection = True
                else:
                    self.send_response(status)
                    if isinstance(status, int) and status == 429:
                        self.send_header("Retry-After", "1")
                    self.send_header("Content-Length", "0")
                    self.end_headers()
                receiver.got.put(entry)

            def log_message(self, *_):
                pass

        self.server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        scheme = "http"
        if certificate:
            context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
            context.load_cert_chain(*certificate)
            self.server.socket = context.wrap_socket(self.server.socket, server_side=True)
            scheme = "https"
        self.url = f"{scheme}://127.0.0.1:{self.server.server_port}/events"
        self.thread = threading.Thread(target=self.server.serve_forever)
        self.thread.start()

    def next(self, timeout=60):
        return self.got.get(timeout=timeout)

    def event(self, timeout=60):
        """The next that was taken."""
        while True:
            status, _, body = self.next(timeout)
            if status is not None and status // 100 == 2:
                event = json.loads(body)
                if event["type"] not in BY_ITSELF:
                    return event

    def close(self):
        self.server.shutdown()
        self.thread.join()
        self.server.server_close()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.close()


def new_secret():
    return secrets.token_urlsafe(24)

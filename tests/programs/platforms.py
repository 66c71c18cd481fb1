# platforms.py - an issuing platform that does what a test tells it
#
# SPDX-FileCopyrightText: 2026 The mdoc agent authors
# SPDX-License-Identifier: Apache-2.0

"""A Platform speaks OpenID4VCI 1.0 and the wallet API over TLS, keeps what it was
told, and signs with mdoc-issuer. It verifies nothing: the tests of our issuer and
of others do. What it does wrong, a test puts into its `faults`."""

import base64
import http.server
import json
import ssl
import threading
import time
import urllib.parse

from programs import DONE, EXAMPLES, ISSUER, expect, openssl

CONFIGURATION = "mdl"
DOC_TYPE = "org.iso.18013.5.1.mDL"
PRE_AUTHORIZED = "urn:ietf:params:oauth:grant-type:pre-authorized_code"
CODE, TX_CODE = "pre-authorized", "4711"
# SubjectPublicKeyInfo of a point on P-256, without the point
SPKI = bytes.fromhex("3059301306072a8648ce3d020106082a8648ce3d030107034200")


def decode(text):
    return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))


def encode(data):
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


def parts_of(token):
    header, payload, _signature = token.split(".")
    return json.loads(decode(header)), json.loads(decode(payload))


class Fault(Exception):
    """What the platform answers instead."""

    def __init__(self, status, body=None, headers=()):
        super().__init__(status)
        self.status, self.body, self.headers = status, body, headers


def refuse(error, status=400):
    return Fault(status, {"error": error})


class Platform:
    """@bench: where files are; @pki: who signs"""

    def __init__(self, bench, pki, wallet_api=True, name="platform"):
        self.bench, self.pki, self.has_wallet_api = bench, pki, wallet_api
        self.calls = []        # (path, body)
        self.faults = {}       # path: Faults (or functions of the body), one after another
        self.told = []         # what the wallet API was told
        self.status = {}       # midUid: what a sync says of it
        self.actions, self.messages = [], []
        self.wanted = 0        # whoever has an older generation is to fetch one
        self.generation = 0
        self.servers = []      # who gives tokens instead
        self.interval = 1      # how long it wants to be left alone then
        self.times = []        # when it was asked, (path, seconds)
        self.deferred = 0      # how often it says that it takes longer
        self.refresh = 0       # the number of the refresh token that holds
        self.signed = {}       # public keys: credentials
        self.doc_type, self.data = "mdl", None
        self.claims, self.algs = [], None   # what it promises
        self.lock = threading.Lock()
        self.changed = threading.Condition(self.lock)
        key, chain, self.anchors = make_tls(bench, name)
        platform = self

        class Handler(http.server.BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_GET(self):
                self.answer(b"")

            def do_POST(self):
                self.answer(self.rfile.read(int(self.headers.get("Content-Length", 0))))

            def answer(self, body):
                status, data, headers = platform.answer(self.path, body, self.headers)
                if status == 0:  # the answer is lost
                    self.close_connection = True
                    self.connection.close()
                    return
                data = b"" if data is None else json.dumps(data).encode()
                self.send_response(status)
                self.send_header("Content-Type", "application/json")
                self.send_header("Content-Length", str(len(data)))
                for header, value in headers:
                    self.send_header(header, value)
                self.end_headers()
                self.wfile.write(data)

            def log_message(self, *_):
                pass

        class Server(http.server.ThreadingHTTPServer):
            daemon_threads = True

            def handle_error(self, *_):
                pass

        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(chain, key)
        self.server = Server(("127.0.0.1", 0), Handler)
        self.server.socket = context.wrap_socket(self.server.socket, server_side=True)
        self.url = f"https://localhost:{self.server.server_address[1]}"
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.server.shutdown()
        self.server.server_close()

    # what tests do

    def offer(self, tx_code=False, code=CODE, grant=None):
        grants = grant or {PRE_AUTHORIZED: {"pre-authorized_code": code}}
        if tx_code:
            grants[PRE_AUTHORIZED]["tx_code"] = {"input_mode": "numeric", "length": 4,
                                                 "description": "It came by post"}
        text = json.dumps({"credential_issuer": self.url, "grants": grants,
                           "credential_configuration_ids": [CONFIGURATION]})
        return "openid-credential-offer://?credential_offer=" + urllib.parse.quote(text)

    def fail(self, path, *faults):
        with self.lock:
            self.faults.setdefault(path, []).extend(faults)

    def count(self, path):
        with self.lock:
            return sum(1 for called, _ in self.calls if called == path)

    def clients(self):
        """Who asked for tokens and signed proofs, in this order."""
        with self.lock:
            calls = [(path, body) for path, body in self.calls
                     if path in ("/token", "/credential")]
        return [dict(urllib.parse.parse_qsl(body.decode())).get("client_id")
                if path == "/token"
                else parts_of(json.loads(body)["proofs"]["jwt"][0])[1].get("iss")
                for path, body in calls]

    def wait_for_told(self, *kinds, timeout=30):
        """Until it was told all of these, in this order, among others."""
        def is_there():
            told = iter(kind for kind, _id, _body in self.told)
            return all(kind in told for kind in kinds)
        with self.lock:
            assert self.changed.wait_for(is_there, timeout), (kinds, self.told)

    # what it answers

    def answer(self, target, body, headers):
        path = target.split("?")[0]
        with self.lock:
            self.calls.append((path, body))
            self.times.append((path, time.monotonic()))
            fault = self.faults.get(path) and self.faults[path].pop(0)
        try:
            if callable(fault):
                fault = fault(self, body)
            if fault and fault.status == 0:
                self.reply(path, body, headers)
            if fault:
                raise fault
            status, data = self.reply(path, body, headers)
            answer = status, data, ()
        except Fault as error:
            answer = error.status, error.body, error.headers
        with self.lock:
            self.changed.notify_all()
        return answer

    def reply(self, path, body, headers):
        if path.startswith("/wallet/v1/"):
            return self.wallet(path.removeprefix("/wallet/v1/"), json.loads(body or b"{}"))
        method = getattr(self, "do_" + path.strip("/").replace(".well-known/", "")
                         .replace("-", "_"), None)
        if method is None:
            raise Fault(404, {"error": "not_found"})
        return 200, method(body)

    def do_openid_credential_issuer(self, _body):
        metadata = {
            "credential_issuer": self.url, "credential_endpoint": f"{self.url}/credential",
            "nonce_endpoint": f"{self.url}/nonce",
            "deferred_credential_endpoint": f"{self.url}/deferred",
            "notification_endpoint": f"{self.url}/notification",
            "batch_credential_issuance": {"batch_size": 5},
            "display": [{"name": "Ministry of Tests"}],
            "credential_configurations_supported": {CONFIGURATION: {
                "format": "mso_mdoc", "doctype": DOC_TYPE, "scope": CONFIGURATION,
                "cryptographic_binding_methods_supported": ["cose_key"],
                "proof_types_supported": {
                    "jwt": {"proof_signing_alg_values_supported": ["ES256"]}},
                "credential_metadata": {"display": [{"name": "Licence of tests"}]},
            }},
        }
        configuration = metadata["credential_configurations_supported"][CONFIGURATION]
        if self.servers:
            metadata["authorization_servers"] = self.servers
        if self.claims:
            configuration["credential_metadata"]["claims"] = self.claims
        if self.algs:
            configuration["credential_signing_alg_values_supported"] = self.algs
        if self.has_wallet_api:
            metadata["mdoc_wallet_endpoint"] = f"{self.url}/wallet/v1"
        return metadata

    def do_oauth_authorization_server(self, _body):
        return {
            "issuer": self.url, "token_endpoint": f"{self.url}/token",
            "authorization_endpoint": f"{self.url}/authorize",
            "pushed_authorization_request_endpoint": f"{self.url}/par",
            "grant_types_supported": ["authorization_code", "refresh_token", PRE_AUTHORIZED],
            "response_types_supported": ["code"], "code_challenge_methods_supported": ["S256"],
            "dpop_signing_alg_values_supported": ["ES256"],
            "authorization_details_types_supported": ["openid_credential"],
            "pre-authorized_grant_anonymous_access_supported": True,
        }

    def do_par(self, body):
        self.pushed = dict(urllib.parse.parse_qsl(body.decode()))
        return {"request_uri": "urn:ietf:params:oauth:request_uri:1", "expires_in": 60}

    def do_token(self, body):
        form = dict(urllib.parse.parse_qsl(body.decode()))
        grant = form["grant_type"]
        if grant == PRE_AUTHORIZED:
            code = form["pre-authorized_code"]
            if code not in self.codes() or form.get("tx_code", TX_CODE) != TX_CODE:
                raise refuse("invalid_grant")
            self.spent.add(code)
        elif grant == "refresh_token":
            if form["refresh_token"] != f"refresh-{self.refresh}":
                raise refuse("invalid_grant")
        elif form["code"] != "login":
            raise refuse("invalid_grant")
        self.refresh += 1
        tokens = {"access_token": f"access-{self.refresh}", "token_type": "DPoP",
                  "expires_in": self.expires_in, "refresh_token": f"refresh-{self.refresh}"}
        # which need not be said again
        if grant != "refresh_token":
            tokens["authorization_details"] = [{
                "type": "openid_credential", "credential_configuration_id": CONFIGURATION,
                "credential_identifiers": self.identifiers}]
        return tokens

    identifiers = ["mid-1"]
    spent = None
    expires_in = 300

    def codes(self):
        if self.spent is None:
            self.spent = set()
        return {CODE, "recovered"} - self.spent

    def do_nonce(self, _body):
        return {"c_nonce": "nonce"}

    def do_credential(self, body):
        request = json.loads(body)
        keys = tuple(key_of(proof) for proof in request["proofs"]["jwt"])
        if self.deferred > 0:
            self.waiting = keys
            return {"transaction_id": "transaction", "interval": self.interval}
        return self.issue(keys)

    def do_deferred(self, body):
        assert json.loads(body)["transaction_id"] == "transaction"
        self.deferred -= 1
        if self.deferred > 0:
            return {"transaction_id": "transaction", "interval": self.interval}
        return self.issue(self.waiting)

    def issue(self, keys):
        """The same keys get the same bytes."""
        with self.lock:
            if keys not in self.signed:
                self.generation += 1
                self.signed[keys] = [self.sign(key, number) for number, key in enumerate(keys)]
            credentials = self.signed[keys]
        return {"credentials": [{"credential": encode(data)} for data in credentials],
                "notification_id": "notification"}

    def sign(self, key, number):
        stem = f"issued-{self.generation}-{number}"
        public, out = self.bench.path(f"{stem}.pem"), self.bench.path(f"{stem}.mdoc")
        body = base64.encodebytes(SPKI + key).decode()
        public.write_text(f"-----BEGIN PUBLIC KEY-----\n{body}-----END PUBLIC KEY-----\n")
        expect(DONE, ISSUER, "sign", "--doctype", self.doc_type, "--data",
               self.data or EXAMPLES / f"{self.doc_type}.json", "--ds", self.pki, "--device-key", public,
               "--out", out, *(["--allow-incomplete"] if self.data else []))
        return out.read_bytes()

    def do_notification(self, body):
        said = json.loads(body)
        with self.lock:
            self.told.append((said["event"], said["notification_id"], said))
        return None

    # the wallet API

    def wallet(self, path, body):
        parts = path.split("/")
        if path == "nonce":
            return 200, {"nonce": "wallet-nonce"}
        if path == "sync":
            return 200, self.sync(body)
        if parts[-1] == "recover":
            return 200, {"pre-authorized_code": "recovered", "expires_in": 60}
        kind, subject = parts[-1], parts[1] if len(parts) > 1 else body.get("midUid")
        with self.lock:
            self.told.append((kind, subject, body))
        return 200, {}

    def sync(self, body):
        self.synced = body
        docs = [{"midUid": doc["midUid"], "credentialId": "credential-1",
                 "effective": self.status.get(doc["midUid"], "active"),
                 "generation": self.generation,
                 "update": "required" if doc["generation"] < self.wanted else "none"} for doc in body["docs"]]
        actions, self.actions = self.actions, []
        messages, self.messages = self.messages, []
        return {"serverTime": body["clock"], "cursor": "next", "docs": docs,
                "actions": actions, "messages": messages, "nextSyncAfter": 86400}


def key_of(proof):
    header, _payload = parts_of(proof)
    jwk = header["jwk"]
    return b"\x04" + decode(jwk["x"]) + decode(jwk["y"])


def make_tls(bench, name):
    """Returns: key, certificate and anchor of localhost"""
    key, chain = bench.path(f"{name}-tls-key.pem"), bench.path(f"{name}-tls.pem")
    openssl("req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1",
            "-nodes", "-keyout", key, "-out", chain, "-days", "2", "-subj", "/CN=localhost",
            "-addext", "subjectAltName=DNS:localhost",
            "-addext", "basicConstraints=critical,CA:TRUE")
    return key, chain, chain

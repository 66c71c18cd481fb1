# vci.py - a wallet of a few lines, and the platform it claims from
#
# SPDX-FileCopyrightText: 2026 The mdoc agent authors
# SPDX-License-Identifier: Apache-2.0

"""Written against the standards and not against our own code: what our own
agent takes says nothing about what others do."""

import base64
import datetime
import hashlib
import http.client
import ipaddress
import json
import os
import pathlib
import secrets
import signal
import ssl
import subprocess
import time
import urllib.parse

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, utils
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.kdf.concatkdf import ConcatKDFHash
from cryptography.x509.oid import NameOID

from programs import BUILD, ISSUER

OFFER_TOOL = BUILD / "tests" / "programs" / "mdoc-test-offer"
PRE_AUTHORIZED = "urn:ietf:params:oauth:grant-type:pre-authorized_code"
FORM = "application/x-www-form-urlencoded"
JSON = "application/json"


def b64(data):
    if isinstance(data, str):
        data = data.encode()
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


def unb64(text):
    return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))


def sha256(data):
    return hashlib.sha256(data.encode() if isinstance(data, str) else data).digest()


class Key:
    """A key of P-256 that signs tokens."""

    def __init__(self):
        self.private = ec.generate_private_key(ec.SECP256R1())
        numbers = self.private.public_key().public_numbers()
        self.jwk = {"kty": "EC", "crv": "P-256",
                    "x": b64(numbers.x.to_bytes(32, "big")),
                    "y": b64(numbers.y.to_bytes(32, "big"))}

    @property
    def thumbprint(self):
        members = {name: self.jwk[name] for name in ("crv", "kty", "x", "y")}
        return b64(sha256(json.dumps(members, separators=(",", ":"))))

    def sign(self, header, claims):
        header = {"alg": "ES256", **header}
        text = f"{b64(json.dumps(header))}.{b64(json.dumps(claims))}"
        return f"{text}.{b64(self.raw_signature(text.encode()))}"

    def raw_signature(self, data):
        r, s = utils.decode_dss_signature(
            self.private.sign(data, ec.ECDSA(hashes.SHA256())))
        return r.to_bytes(32, "big") + s.to_bytes(32, "big")

    def pem(self):
        return self.private.private_bytes(serialization.Encoding.PEM,
                                          serialization.PrivateFormat.PKCS8,
                                          serialization.NoEncryption())


def public_from_jwk(jwk):
    return ec.EllipticCurvePublicNumbers(
        int.from_bytes(unb64(jwk["x"]), "big"), int.from_bytes(unb64(jwk["y"]), "big"),
        ec.SECP256R1()).public_key()


def derive(enc, shared):
    bits = {"A128GCM": 128, "A256GCM": 256}[enc]
    info = (len(enc).to_bytes(4, "big") + enc.encode() + b"\0\0\0\0" + b"\0\0\0\0"
            + bits.to_bytes(4, "big"))
    return ConcatKDFHash(hashes.SHA256(), bits // 8, info).derive(shared)


def encrypt(jwk, text, enc="A128GCM", **extra):
    """A JWE by ECDH-ES for the key (RFC 7518, 4.6)."""
    ephemeral = Key()
    header = {"alg": "ECDH-ES", "enc": enc, "epk": ephemeral.jwk, **extra}
    if "kid" in jwk:
        header["kid"] = jwk["kid"]
    head = b64(json.dumps(header))
    key = derive(enc, ephemeral.private.exchange(ec.ECDH(), public_from_jwk(jwk)))
    iv = secrets.token_bytes(12)
    sealed = AESGCM(key).encrypt(iv, text.encode(), head.encode())
    return ".".join([head, "", b64(iv), b64(sealed[:-16]), b64(sealed[-16:])])


def decrypt(key, compact):
    head, _, iv, text, tag = compact.split(".")
    header = json.loads(unb64(head))
    secret = derive(header["enc"],
                    key.private.exchange(ec.ECDH(), public_from_jwk(header["epk"])))
    return json.loads(AESGCM(secret).decrypt(unb64(iv), unb64(text) + unb64(tag),
                                             head.encode()))


def name_of(text):
    return x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, text)])


def make_certificate(key, subject, issuer_key=None, issuer=None, address=None, ca=False):
    """A certificate of a day, by itself or by an issuer."""
    now = datetime.datetime.now(datetime.timezone.utc)
    builder = (x509.CertificateBuilder().subject_name(name_of(subject))
               .issuer_name(name_of(issuer or subject))
               .public_key(key.private.public_key())
               .serial_number(x509.random_serial_number())
               .not_valid_before(now - datetime.timedelta(hours=1))
               .not_valid_after(now + datetime.timedelta(days=1))
               .add_extension(x509.BasicConstraints(ca=ca, path_length=None), True))
    if address:
        builder = builder.add_extension(x509.SubjectAlternativeName(
            [x509.IPAddress(ipaddress.ip_address(address))]), False)
    return builder.sign((issuer_key or key).private, hashes.SHA256())


def to_pem(certificate):
    return certificate.public_bytes(serialization.Encoding.PEM)


def to_x5c(certificate):
    return base64.b64encode(
        certificate.public_bytes(serialization.Encoding.DER)).decode()


class Answer:
    def __init__(self, status, headers, body):
        self.status, self.headers, self.body = status, headers, body

    def json(self):
        return json.loads(self.body)

    def __str__(self):
        return f"{self.status} {dict(self.headers)}\n{self.body[:2000]}"


class Platform:
    """`mdoc-issuer serve` on a free port, over TLS."""

    def __init__(self, bench, *options, tls=True, name="issuer.db"):
        self.bench, self.tls, self.database = bench, tls, bench.path(name)
        self.options = options
        self.env = None
        if not bench.path("pki").exists():
            bench.make_pki()
        if not bench.path("tls.pem").exists():
            key = Key()
            bench.write("tls-key.pem", key.pem())
            bench.write("tls.pem", to_pem(make_certificate(key, "127.0.0.1",
                                                           address="127.0.0.1")))
        self.context = ssl.create_default_context(cafile=str(bench.path("tls.pem")))
        self.process, self.port = None, 0

    def start(self):
        way = (["--tls-cert", self.bench.path("tls.pem"),
                "--tls-key", self.bench.path("tls-key.pem")] if self.tls else ["--plain"])
        log = open(self.bench.path("serve.log"), "ab")
        self.process = subprocess.Popen(
            [ISSUER, "serve", "--database", self.database, "--pki",
             self.bench.path("pki"), "--listen", f"127.0.0.1:{self.port}", *way, *self.options],
            stdout=subprocess.PIPE, stderr=log, text=True, env=self.env)
        log.close()
        line = self.process.stdout.readline()
        assert line.startswith("listening on "), \
            line + self.bench.path("serve.log").read_text()
        self.url = line.split()[-1]
        self.issuer = f"{self.url}/openid4vci"
        # whoever comes back has the same name
        self.port = urllib.parse.urlsplit(self.url).port
        return self

    def __enter__(self):
        return self.start()

    def stop(self):
        process, self.process = self.process, None
        process.send_signal(signal.SIGTERM)
        assert process.wait(60) == 0, process.returncode
        process.stdout.close()
        log = self.bench.path("serve.log").read_text()
        for complaint in ("CRITICAL", "Sanitizer", "runtime error:"):
            assert complaint not in log, log

    def __exit__(self, kind, *rest):
        if kind is None:
            self.stop()
        else:
            print("# " + self.bench.path("serve.log").read_text().replace("\n", "\n# "))
            self.process.kill()
            self.process.wait()
            self.process.stdout.close()

    def find_port(self):
        """Where it listens, whatever it is called."""
        inodes = {os.readlink(entry) for entry in
                  pathlib.Path(f"/proc/{self.process.pid}/fd").iterdir()
                  if entry.is_symlink()}
        for line in pathlib.Path("/proc/net/tcp").read_text().splitlines()[1:]:
            fields = line.split()
            if fields[3] == "0A" and f"socket:[{fields[9]}]" in inodes:
                return int(fields[1].split(":")[1], 16)
        raise AssertionError("it does not listen")

    def cpu_seconds(self):
        """What the server has taken of the processor so far."""
        fields = pathlib.Path(f"/proc/{self.process.pid}/stat").read_text().split()
        return (int(fields[13]) + int(fields[14])) / os.sysconf("SC_CLK_TCK")

    def kill(self):
        self.process.kill()
        self.process.wait()
        self.process.stdout.close()

    def offer(self, profile, claims, *options):
        """Writes an offer into the database, from beside the server."""
        path = self.bench.write(f"claims-{secrets.token_hex(4)}.json",
                                claims if isinstance(claims, str) else json.dumps(claims))
        made = subprocess.run([OFFER_TOOL, self.database, profile, path, *options],
                              check=True, capture_output=True, text=True, timeout=60)
        return json.loads(made.stdout)

    def connect(self):
        where = urllib.parse.urlsplit(self.url)
        if self.tls:
            return http.client.HTTPSConnection(where.hostname, where.port, timeout=60,
                                               context=self.context)
        return http.client.HTTPConnection(where.hostname, where.port, timeout=60)

    def ask(self, method, path, body=None, headers=None, connection=None):
        """@headers: a dict, or pairs where a name stands there twice."""
        path = path.removeprefix(self.url)
        own = connection or self.connect()
        pairs = list(headers.items()) if isinstance(headers, dict) else list(headers or [])
        data = body.encode() if isinstance(body, str) else body
        own.putrequest(method, path, skip_accept_encoding=True)
        for name, value in pairs:
            own.putheader(name, value)
        if data is not None or method == "POST":
            own.putheader("Content-Length", str(len(data or b"")))
        own.endheaders(data or None)
        reply = own.getresponse()
        answer = Answer(reply.status, reply.headers, reply.read().decode())
        if connection is None:
            own.close()
        return answer

    def post(self, path, fields, headers=None, **options):
        return self.ask("POST", path, urllib.parse.urlencode(fields),
                        {"Content-Type": FORM, **(headers or {})}, **options)

    def get(self, path, headers=None):
        return self.ask("GET", path, headers=headers)


class Wallet:
    """An instance with its key, and what it has been given."""

    def __init__(self, platform, client_id=None):
        self.platform, self.client_id = platform, client_id
        self.key, self.nonce, self.wallet_nonce = Key(), None, None
        self.access = self.refresh = None
        self.keys = []
        self.offset = 0

    def now(self):
        return int(time.time()) + self.offset

    def dpop(self, method, url, token=None, nonce=None, key=None, **claims):
        key = key or self.key
        body = {"jti": secrets.token_urlsafe(16), "htm": method, "htu": url,
                "iat": self.now()}
        if nonce or self.nonce:
            body["nonce"] = nonce or self.nonce
        if token:
            body["ath"] = b64(sha256(token))
        body.update(claims)
        return key.sign({"typ": "dpop+jwt", "jwk": key.jwk}, body)

    def keep_nonce(self, answer):
        self.nonce = answer.headers.get("DPoP-Nonce", self.nonce)
        return answer

    def send(self, path, body, headers=None, token=None, scheme="DPoP", retry=True):
        """With a proof of the key, and once more if another nonce is wanted."""
        url = self.platform.issuer + path
        sent = {"DPoP": self.dpop("POST", url, token), **(headers or {})}
        if token:
            sent["Authorization"] = f"{scheme} {token}"
        answer = self.keep_nonce(self.platform.ask("POST", url, body, sent))
        if retry and answer.status in (400, 401) and "use_dpop_nonce" in answer.body:
            return self.send(path, body, headers, token, scheme, retry=False)
        return answer

    def token(self, fields, headers=None, retry=True):
        answer = self.send("/token", urllib.parse.urlencode(fields),
                           {"Content-Type": FORM, **(headers or {})}, retry=retry)
        if answer.status == 200:
            self.access = answer.json()["access_token"]
            self.refresh = answer.json().get("refresh_token")
        return answer

    def redeem(self, offer, details=None, tx_code=None, **more):
        """A pre-authorized code: that of an offer, or of its link."""
        grant = offer["grants"][PRE_AUTHORIZED]
        fields = {"grant_type": PRE_AUTHORIZED,
                  "pre-authorized_code": grant["pre-authorized_code"], **more}
        if tx_code:
            fields["tx_code"] = tx_code
        if details:
            fields["authorization_details"] = json.dumps(
                [{"type": "openid_credential", "credential_configuration_id": name}
                 for name in details])
        return self.token(fields)

    def c_nonce(self):
        answer = self.keep_nonce(self.platform.ask("POST", self.platform.issuer + "/nonce"))
        assert answer.status == 200, str(answer)
        return answer.json()["c_nonce"]

    def proof(self, key, nonce, **claims):
        body = {"aud": self.platform.issuer, "iat": self.now(), "nonce": nonce, **claims}
        return key.sign({"typ": "openid4vci-proof+jwt", "jwk": key.jwk}, body)

    def credential(self, selector, n_keys=1, keys=None, nonce=None, proofs=None, **more):
        keys = keys or [Key() for _ in range(n_keys)]
        nonce = nonce or self.c_nonce()
        proofs = proofs or [self.proof(key, nonce) for key in keys]
        body = {**selector, "proofs": {"jwt": proofs}, **more}
        answer = self.send("/credential", json.dumps(body), {"Content-Type": JSON},
                           self.access)
        if answer.status == 200:
            self.keys = keys
        return answer

    def call(self, path, body=None, **claims):
        """The wallet API, with a proof of the instance (lifecycle, 6.2)."""
        text = json.dumps(body if body is not None else {})
        url = self.platform.url + "/wallet/v1" + path
        for _ in range(2):
            header = {"typ": "wallet-proof+jwt", "jwk": self.key.jwk}
            proof = self.key.sign(header, {
                "htm": "POST", "htu": url, "bdh": b64(sha256(text)), "iat": self.now(),
                "jti": secrets.token_urlsafe(16), "nonce": self.wallet_nonce or "none",
                **claims})
            answer = self.platform.ask("POST", url, text,
                                       {"Content-Type": JSON, "Wallet-Proof": proof})
            self.wallet_nonce = answer.headers.get("Wallet-Nonce", self.wallet_nonce)
            if answer.status != 401 or "use_nonce" not in answer.body:
                break
        return answer


def expect_error(answer, status, error):
    assert answer.status == status and answer.json().get("error") == error, str(answer)
    return answer

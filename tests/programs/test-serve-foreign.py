#!/usr/bin/env python3
#
# test-serve-foreign.py - tokens that another authorization server gave
#
# SPDX-FileCopyrightText: 2026 The mdoc agent authors
# SPDX-License-Identifier: Apache-2.0

import hmac
import http.server
import json
import os
import secrets
import subprocess
import threading
import time
import urllib.parse

from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import padding, rsa

from administered import Administered
from issued import Issued
from programs import main
from serving import claims, signer
from vci import JSON, OFFER_TOOL, Key, Platform, Wallet, b64, expect_error, sha256

SERVER = "https://login.example/realm"


def number(value):
    return b64(value.to_bytes((value.bit_length() + 7) // 8, "big"))


class RsaKey:
    """As most servers have them; signs with one algorithm at a time."""

    def __init__(self, alg="RS256", bits=2048, exponent=65537):
        self.alg = alg
        self.private = rsa.generate_private_key(public_exponent=exponent, key_size=bits)
        numbers = self.private.public_key().public_numbers()
        self.jwk = {"kty": "RSA", "n": number(numbers.n), "e": number(numbers.e)}

    @property
    def thumbprint(self):
        members = {name: self.jwk[name] for name in ("e", "kty", "n")}
        return b64(sha256(json.dumps(members, separators=(",", ":"))))

    def raw_signature(self, data):
        pad = padding.PKCS1v15()
        if self.alg == "PS256":
            pad = padding.PSS(padding.MGF1(hashes.SHA256()), 32)
        return self.private.sign(data, pad, hashes.SHA256())

    def sign(self, header, claims):
        text = f"{b64(json.dumps({'alg': self.alg, **header}))}.{b64(json.dumps(claims))}"
        return f"{text}.{b64(self.raw_signature(text.encode()))}"


ENCRYPTING = RsaKey()


class MacKey:
    """The public key as a secret of HMAC: what RFC 8725, 2.1, tells of."""

    def __init__(self, secret):
        self.secret = secret

    def sign(self, header, claims):
        text = f"{b64(json.dumps({'alg': 'HS256', **header}))}.{b64(json.dumps(claims))}"
        mac = hmac.digest(self.secret, text.encode(), "sha256")
        return f"{text}.{b64(mac)}"


class Server:
    """Another authorization server: a key and what is told of it."""

    def __init__(self, bench, key=None, **config):
        self.bench, self.key, self.kid = bench, key or Key(), "1"
        self.write_keys()
        self.config = {"issuer": SERVER, "jwks": "login-keys.json", **config}
        self.path = bench.write("login.json", json.dumps(
            {name: value for name, value in self.config.items() if value is not None}))

    def keys(self):
        # such as cannot be used may stand in between: too short, or to encrypt
        return json.dumps({"keys": [{"kty": "RSA", "n": "AQAB", "e": "AQAB", "kid": "r"},
                                    {**ENCRYPTING.jwk, "kid": self.kid, "use": "enc",
                                     "alg": "RSA-OAEP"},
                                    {**self.key.jwk, "kid": self.kid, "use": "sig"}]})

    def write_keys(self):
        # as whoever turns keys should do it: the new file in place of the old
        path = self.bench.write("login-keys.new", self.keys())
        os.replace(path, self.bench.path("login-keys.json"))

    def turn_key(self):
        self.key, self.kid = Key(), secrets.token_hex(4)

    def token(self, wallet, header=None, key=None, **more):
        body = {"iss": SERVER, "sub": "P-1", "aud": wallet.platform.issuer,
                "client_id": "wallet.example", "jti": secrets.token_hex(8),
                "iat": int(time.time()), "exp": int(time.time()) + 300,
                "scope": "photoid", "cnf": {"jkt": wallet.key.thumbprint}, **more}
        head = {"typ": "at+jwt", "kid": self.kid, **(header or {})}
        head, body = ({name: value for name, value in part.items() if value is not None}
                      for part in (head, body))
        return (key or self.key).sign(head, body)


def add_person(bench, platform, name="P-1"):
    path = bench.write("person.json", json.dumps(claims()))
    subprocess.run([OFFER_TOOL, platform.database, "person", name, path, "unused"],
                   check=True, capture_output=True, timeout=60)


def ask(wallet, token, selector=None, key=None, scheme="DPoP"):
    nonce = wallet.c_nonce()
    body = {**(selector or {"credential_configuration_id": "photoid"}),
            "proofs": {"jwt": [wallet.proof(key or Key(), nonce)]}}
    return wallet.send("/credential", json.dumps(body), {"Content-Type": JSON}, token,
                       scheme)


def begin(bench, *options, **config):
    server = Server(bench, **config)
    platform = Administered(bench, "--authorization-server", server.path, *options, tls=True)
    add_person(bench, platform)
    return server, platform


def test_claim_and_renew(bench):
    server, platform = begin(bench)
    with platform:
        metadata = platform.get(
            "/.well-known/openid-credential-issuer/openid4vci").json()
        assert metadata["authorization_servers"] == [platform.issuer, SERVER], metadata
        wallet = Wallet(platform)
        token = server.token(wallet)
        answer = ask(wallet, token)
        assert answer.status == 200, str(answer)
        first = answer.json()
        Issued(first["credentials"][0]["credential"], signer(bench))
        noted = wallet.send("/notification", json.dumps(
            {"notification_id": first["notification_id"], "event": "credential_accepted"}),
            {"Content-Type": JSON}, token)
        assert noted.status == 204, str(noted)
        # refreshed elsewhere: the next token renews what the first one claimed
        answer = ask(wallet, server.token(wallet))
        assert answer.status == 200, str(answer)
        [held] = platform.get_admin("/device-credentials")["deviceCredentials"]
        history = platform.get_admin(f"/device-credentials/{held['midUid']}/history")
        assert [one["generation"] for one in history["generations"]] == [1, 2], history


def test_by_details(bench):
    """What the other server calls a credential stands for its configuration."""
    server, platform = begin(bench)
    with platform:
        wallet = Wallet(platform)
        token = server.token(wallet, scope=None, authorization_details=[
            {"type": "other"},
            {"type": "openid_credential", "credential_configuration_id": "photoid",
             "credential_identifiers": ["theirs-1"]}])
        expect_error(ask(wallet, token, {"credential_identifier": "theirs-2"}), 400,
                     "unknown_credential_identifier")
        answer = ask(wallet, token, {"credential_identifier": "theirs-1"})
        assert answer.status == 200, str(answer)
        expect_error(ask(wallet, token, {"credential_configuration_id": "mdl"}), 400,
                     "unknown_credential_configuration")


def test_refused(bench):
    """One thing wrong at a time, and its name."""
    server, platform = begin(bench)
    with platform:
        wallet = Wallet(platform)
        now = int(time.time())
        cases = [
            (dict(header={"typ": "JWT"}), 401, "token-malformed"),
            (dict(jti=None), 401, "token-malformed"),
            (dict(client_id=None), 401, "token-malformed"),
            (dict(exp="soon"), 401, "token-malformed"),
            (dict(iss="https://evil.example"), 401, "token-issuer"),
            (dict(key=Key()), 401, "token-signature"),
            (dict(header={"kid": "other"}), 401, "token-signature"),
            (dict(aud="https://other.example"), 401, "token-audience"),
            (dict(aud=["https://other.example"]), 401, "token-audience"),
            (dict(iat=now + 3600, exp=now + 7200), 401, "token-time"),
            (dict(nbf=now + 3600), 401, "token-time"),
            (dict(exp=now - 1), 401, "token-expired"),
            (dict(cnf=None), 401, "token-unbound"),
            (dict(cnf={"x5t#S256": "abc"}), 401, "token-unbound"),
            (dict(scope="email"), 403, "token-scope"),
            (dict(sub="P-2"), 403, "token-subject"),
        ]
        for changed, status, name in cases:
            answer = ask(wallet, server.token(wallet, **changed))
            expect_error(answer, status,
                         "invalid_token" if status == 401 else "insufficient_scope")
            assert answer.json()["error_description"] == name, f"{changed}: {answer}"
            assert name in ("token-scope", "token-subject") or \
                "invalid_token" in answer.headers["WWW-Authenticate"]
        # none that is not signed at all, and none of somebody else's key
        head = b64(json.dumps({"typ": "at+jwt", "alg": "none"}))
        body = server.token(wallet).split(".")[1]
        expect_error(ask(wallet, f"{head}.{body}."), 401, "invalid_token")
        stolen = server.token(wallet)
        expect_error(ask(Wallet(platform), stolen), 401, "invalid_token")
        expect_error(ask(wallet, stolen, scheme="Bearer"), 401, "invalid_token")
        assert ask(wallet, server.token(wallet, aud=["x", platform.issuer])).status == 200


def test_rsa(bench):
    """RS256 is what most servers sign with (RFC 9068, 2.1), PS256 what others do."""
    server, platform = begin(bench, key=RsaKey())
    with platform:
        for key in (server.key, RsaKey("PS256", 3072), RsaKey(bits=4096)):
            server.key, server.kid = key, secrets.token_hex(4)
            server.write_keys()
            wallet = Wallet(platform)
            answer = ask(wallet, server.token(wallet))
            assert answer.status == 200, str(answer)
            Issued(answer.json()["credentials"][0]["credential"], signer(bench))
            # without the key's name, as there is but one that it can be
            answer = ask(wallet, server.token(wallet, header={"kid": None}))
            assert answer.status == 200, str(answer)
        # what has an algorithm is for that alone
        server.key.jwk["alg"] = "PS256"
        server.write_keys()
        refused = ask(wallet, server.token(wallet))
        expect_error(refused, 401, "invalid_token")
        assert refused.json()["error_description"] == "token-signature", str(refused)


def test_client_claim(bench):
    """Where a server names the client is its own affair; that it does is not."""
    server, platform = begin(bench, clientIdClaim="azp")
    with platform:
        wallet = Wallet(platform)
        answer = ask(wallet, server.token(wallet, client_id=None, azp="wallet.example"))
        assert answer.status == 200, str(answer)
        expect_error(ask(wallet, server.token(wallet)), 401, "invalid_token")
        # the same client and key, so it is the same grant
        answer = ask(wallet, server.token(wallet, client_id="other", azp="wallet.example"))
        assert answer.status == 200, str(answer)
        assert len(platform.get_admin("/device-credentials")["deviceCredentials"]) == 1


def test_rsa_refused(bench):
    """Tokens that take one kind of key for another, and keys that are too weak."""
    server, platform = begin(bench, key=RsaKey())
    with platform:
        wallet = Wallet(platform)

        def refused(name, **changed):
            answer = ask(wallet, server.token(wallet, **changed))
            expect_error(answer, 401, "invalid_token")
            assert answer.json()["error_description"] == name, f"{changed}: {answer}"

        public = server.key.private.public_key()
        pem = public.public_bytes(serialization.Encoding.PEM,
                                  serialization.PublicFormat.SubjectPublicKeyInfo)
        for secret in (pem, server.key.jwk["n"].encode(), b""):
            refused("token-malformed", key=MacKey(secret))
        for alg in ("none", "RS384", "RS512", "PS384", "RS1", "rs256", "HS256"):
            refused("token-malformed", header={"alg": alg})
        # signed in the other way of RSA, with a curve, and by somebody else
        refused("token-signature", header={"alg": "PS256"})
        refused("token-malformed", header={"alg": "ES256"})
        refused("token-signature", key=Key())
        refused("token-signature", key=RsaKey())
        refused("token-signature", key=RsaKey("PS256"))
        assert ask(wallet, server.token(wallet)).status == 200
        for weak in (RsaKey(bits=1024), RsaKey(exponent=3), RsaKey(bits=4352)):
            server.key = weak
            server.write_keys()
            refused("token-malformed" if weak.private.key_size > 4096
                    else "token-signature")


def test_rsa_of_wallets(bench):
    """A server's kind of key is none for a wallet: not in DPoP, not in proofs."""
    server, platform = begin(bench, key=RsaKey())
    with platform:
        wallet = Wallet(platform)
        expect_error(ask(wallet, server.token(wallet), key=RsaKey()), 400, "invalid_proof")
        odd = Wallet(platform)
        odd.key = RsaKey()
        expect_error(ask(odd, server.token(odd)), 401, "invalid_dpop_proof")
        answer = ask(wallet, server.token(wallet))
        assert answer.status == 200, str(answer)


def test_key_turns(bench):
    """Keys in a file that changes while it runs."""
    server, platform = begin(bench)
    with platform:
        wallet = Wallet(platform)
        old = server.token(wallet)
        server.turn_key()
        new = server.token(wallet)
        expect_error(ask(wallet, new), 401, "invalid_token")
        server.write_keys()
        assert ask(wallet, new).status == 200
        expect_error(ask(wallet, old), 401, "invalid_token")


def test_claims_of_token(bench):
    """Somebody whom the register does not have, as the token tells of them."""
    names = [name for name in claims() if name != "portrait"]
    server, platform = begin(bench, claims={**{name: name for name in names},
                                            "portrait": "picture"}, subjectClaim="who")
    told = {name: claims()[name] for name in names}
    with platform:
        wallet = Wallet(platform)
        # a picture is too long for a token, so what is mandatory is not there
        answer = ask(wallet, server.token(wallet, who="P-9", **told))
        expect_error(answer, 400, "credential_request_denied")
        answer = ask(wallet, server.token(wallet, who="P-9", **told, picture="_9j_2Q"))
        assert answer.status in (200, 400), str(answer)
        expect_error(ask(wallet, server.token(wallet)), 401, "invalid_token")


def test_offered(bench):
    """An offer that another server takes; its token says which."""
    server, platform = begin(bench)
    with platform:
        order = {"profileId": "photoid", "claims": claims(), "grant": "authorization_code"}
        platform.admin("POST", "/offers",
                       {**order, "authorizationServer": "https://other.example"}, status=400)
        platform.admin("POST", "/offers",
                       {"profileId": "photoid", "claims": claims(),
                        "authorizationServer": SERVER}, status=400)
        made = platform.admin("POST", "/offers", {**order, "authorizationServer": SERVER},
                              status=201)
        link = dict(urllib.parse.parse_qsl(made["uri"].split("?", 1)[1]))
        offer = platform.get(link["credential_offer_uri"]).json()
        grant = offer["grants"]["authorization_code"]
        assert grant["authorization_server"] == SERVER, offer
        wallet = Wallet(platform)
        # it is not ours to take
        refused = platform.post("/openid4vci/par", {
            "response_type": "code", "client_id": "wallet.example",
            "redirect_uri": "https://wallet.example/cb",
            "code_challenge": b64(secrets.token_bytes(32)), "code_challenge_method": "S256",
            "issuer_state": grant["issuer_state"]})
        expect_error(refused, 400, "invalid_request")
        wrong = server.token(wallet, scope=None, issuer_state="guessed")
        expect_error(ask(wallet, wrong), 403, "insufficient_scope")
        state = grant["issuer_state"]
        for _ in range(2):
            answer = ask(wallet, server.token(wallet, scope=None, issuer_state=state))
            assert answer.status == 200, str(answer)
        # our own offers say that they are ours, as there are two now
        mine = platform.admin("POST", "/offers", {"profileId": "photoid", "claims": claims(),
                                                  "valueMode": "value"}, status=201)["uri"]
        [text] = urllib.parse.parse_qs(mine.split("?", 1)[1])["credential_offer"]
        [(_, grant)] = json.loads(text)["grants"].items()
        assert grant["authorization_server"] == platform.issuer, grant


class Keys(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        self.server.asked += 1
        body = self.server.body.encode()
        self.send_response(200 if body else 500)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *args):
        pass


def test_keys_at_address(bench):
    web = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Keys)
    web.asked, web.body = 0, ""
    threading.Thread(target=web.serve_forever, daemon=True).start()
    server = Server(bench, jwks=None, jwksUri=f"http://127.0.0.1:{web.server_port}/keys")
    platform = Platform(bench, "--authorization-server", server.path, tls=False)
    add_person(bench, platform)
    with platform:
        wallet = Wallet(platform)
        # it is down: nobody is told that the token is wrong
        expect_error(ask(wallet, server.token(wallet)), 503, "temporarily_unavailable")
    web.body = server.keys()
    with platform:
        asked = web.asked
        wallet = Wallet(platform)
        for _ in range(3):
            answer = ask(wallet, server.token(wallet))
            assert answer.status == 200, str(answer)
        assert web.asked == asked + 1, web.asked
        # who shows one unknown key after another makes us ask nobody
        for _ in range(3):
            server.turn_key()
            expect_error(ask(wallet, server.token(wallet)), 401, "invalid_token")
        assert web.asked < asked + 4, web.asked
    web.shutdown()


def test_config_refused(bench):
    for name, config, word in (("neither", {"jwks": None}, "jwksUri"),
                               ("both", {"jwksUri": "https://login.example/keys"}, "Either"),
                               ("no-issuer", {"issuer": None}, "issuer"),
                               ("no-keys", {"jwks": "missing.json"}, "missing.json")):
        server = Server(bench, **config)
        platform = Platform(bench, "--authorization-server", server.path)
        try:
            platform.start()
        except AssertionError as error:
            assert word in str(error), f"{name}: {error}"
            platform.process.wait(60)
        else:
            platform.stop()
            raise AssertionError(f"{name} was taken")


if __name__ == "__main__":
    main(globals())

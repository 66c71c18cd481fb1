#!/usr/bin/env python3
#
# test-serve-security.py - what mdoc-issuer serve refuses, and with which error
#
# SPDX-FileCopyrightText: 2026 The mdoc agent authors
# SPDX-License-Identifier: Apache-2.0

import hashlib
import hmac
import json
import secrets
import select
import socket
import ssl
import urllib.parse

from programs import main
from serving import claim, claims, fetch
from vci import (FORM, JSON, PRE_AUTHORIZED, Key, Platform, Wallet, b64, expect_error,
                 make_certificate, sha256, to_pem, to_x5c, unb64)

# what may be written into any field by whoever wants more than its meaning
INJECTIONS = ["' OR '1'='1", "'; DROP TABLE exchanges; --", "\" OR 1=1 --",
              "../../../../etc/passwd", "..%2f..%2fetc%2fpasswd", "@/etc/passwd",
              "%00", "\u0000", "\r\nX-Injected: 1", "<script>alert(1)</script>", "%s%n%s%n",
              "\ud7ff\uffff", "A" * 5000, "${jndi:ldap://x}", "$(id)", "{{7*7}}", ""]


class Claimed:
    """A wallet with a token, before it asks for the credential."""

    def __init__(self, bench, *options, words=("no-tx",)):
        self.platform = Platform(bench, *options)
        self.made = self.platform.offer("photoid", claims(), *words)

    def __enter__(self):
        self.platform.start()
        self.wallet = Wallet(self.platform)
        self.offer = fetch(self.platform, self.made)
        answer = self.wallet.redeem(self.offer, ["photoid"], self.made.get("tx_code"))
        assert answer.status == 200, str(answer)
        [detail] = answer.json()["authorization_details"]
        self.identifier = detail["credential_identifiers"][0]
        self.selector = {"credential_identifier": self.identifier}
        return self

    def __exit__(self, *why):
        self.platform.__exit__(*why)

    def ask(self, proofs, **more):
        body = {**self.selector, "proofs": {"jwt": proofs}, **more}
        return self.wallet.send("/credential", json.dumps(body), {"Content-Type": JSON},
                                self.wallet.access)

    def check_good(self):
        answer = self.wallet.credential(self.selector)
        assert answer.status == 200, str(answer)


def test_offer_twice(bench):
    platform = Platform(bench)
    made = platform.offer("photoid", claims(), "no-tx")
    with platform:
        offer = fetch(platform, made)
        first, second = Wallet(platform), Wallet(platform)
        assert first.redeem(offer, ["photoid"]).status == 200
        for wallet in (first, second):
            expect_error(wallet.redeem(offer, ["photoid"]), 400, "invalid_grant")


def test_transaction_code_guessed(bench):
    platform = Platform(bench)
    made = platform.offer("photoid", claims())
    with platform:
        offer = fetch(platform, made)
        wallet = Wallet(platform)
        expect_error(wallet.redeem(offer, ["photoid"]), 400, "invalid_request")
        right = made["tx_code"]
        wrong = f"{(int(right) + 1) % 10 ** len(right):0{len(right)}}"
        for _ in range(5):
            expect_error(wallet.redeem(offer, ["photoid"], wrong), 400, "invalid_grant")
        # by now even the right one is of no use
        expect_error(wallet.redeem(offer, ["photoid"], right), 400, "invalid_grant")


def test_codes_guessed(bench):
    """Whoever guesses has to wait; the answer says how long."""
    platform = Platform(bench)
    with platform:
        wallet = Wallet(platform)
        statuses = []
        for _ in range(40):
            answer = wallet.token({"grant_type": PRE_AUTHORIZED,
                                   "pre-authorized_code": secrets.token_urlsafe(24)})
            statuses.append(answer.status)
            if answer.status == 429:
                break
            expect_error(answer, 400, "invalid_grant")
        assert statuses[-1] == 429 and len(statuses) == 31, statuses
        assert 0 < int(answer.headers["Retry-After"]) <= 61
        assert platform.get(f"/openid4vci/offer/{secrets.token_urlsafe(16)}").status == 429
        assert platform.get("/.well-known/openid-credential-issuer/openid4vci").status == 200


def test_token_without_key(bench):
    """A stolen access token is worth nothing without its key."""
    with Claimed(bench) as case:
        platform, wallet = case.platform, case.wallet
        url, token = platform.issuer + "/credential", wallet.access
        body = json.dumps({**case.selector, "proofs": {"jwt": ["x.y.z"]}})
        thief = Wallet(platform)
        thief.access, thief.nonce = token, wallet.nonce
        rows = [
            ({"Authorization": f"Bearer {token}"}, "invalid_token"),
            ({"Authorization": f"DPoP {token}"}, "invalid_dpop_proof"),
            ({"Authorization": f"DPoP {token}", "DPoP": "x"}, "invalid_dpop_proof"),
            ({"Authorization": f"DPoP {token}",
              "DPoP": thief.dpop("POST", url, token)}, "invalid_token"),
            # by the right key, for something else
            ({"Authorization": f"DPoP {token}", "DPoP": wallet.dpop("POST", url)},
             "invalid_token"),
            ({"Authorization": f"DPoP {token}",
              "DPoP": wallet.dpop("POST", url, token + "x")}, "invalid_token"),
            ({"Authorization": f"DPoP {token}",
              "DPoP": wallet.dpop("GET", url, token)}, "invalid_dpop_proof"),
            ({"Authorization": f"DPoP {token}",
              "DPoP": wallet.dpop("POST", url + "x", token)}, "invalid_dpop_proof"),
            ({"Authorization": f"DPoP {token}",
              "DPoP": wallet.dpop("POST", "https://evil.example/openid4vci/credential",
                                  token)}, "invalid_dpop_proof"),
            ({"Authorization": f"DPoP {token}",
              "DPoP": wallet.dpop("POST", url, token, iat=wallet.now() - 301)},
             "invalid_dpop_proof"),
            ({"Authorization": f"DPoP {token}",
              "DPoP": wallet.dpop("POST", url, token, iat=wallet.now() + 310)},
             "invalid_dpop_proof"),
            ({"Authorization": f"DPoP {token}",
              "DPoP": wallet.dpop("POST", url, token, nonce="AAAA")}, "use_dpop_nonce"),
            ({"Authorization": f"DPoP {token}x",
              "DPoP": wallet.dpop("POST", url, token + "x")}, "invalid_token"),
        ]
        for headers, error in rows:
            answer = platform.ask("POST", url, body, {"Content-Type": JSON, **headers})
            assert answer.status == 401 and answer.json()["error"] == error, \
                (headers, str(answer))
            assert f'error="{error}"' in answer.headers["WWW-Authenticate"]
        answer = platform.ask("POST", url, body, {"Content-Type": JSON})
        assert answer.status == 401 and answer.body == "", str(answer)
        assert answer.headers["WWW-Authenticate"].startswith("DPoP")
        case.check_good()


def test_dpop_replayed(bench):
    with Claimed(bench) as case:
        platform, wallet = case.platform, case.wallet
        url = platform.issuer + "/notification"
        headers = {"Content-Type": JSON, "Authorization": f"DPoP {wallet.access}",
                   "DPoP": wallet.dpop("POST", url, wallet.access)}
        body = json.dumps({"notification_id": "x", "event": "credential_accepted"})
        expect_error(platform.ask("POST", url, body, headers), 400,
                     "invalid_notification_id")
        expect_error(platform.ask("POST", url, body, headers), 401, "invalid_dpop_proof")
        # the other way to write the same signature
        order = 0xffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551
        text, signature = headers["DPoP"].rsplit(".", 1)
        raw = unb64(signature)
        twin = raw[:32] + (order - int.from_bytes(raw[32:], "big")).to_bytes(32, "big")
        headers["DPoP"] = f"{text}.{b64(twin)}"
        expect_error(platform.ask("POST", url, body, headers), 401, "invalid_dpop_proof")
        # two proofs, one of which is good
        pairs = [("Content-Type", JSON), ("Authorization", f"DPoP {wallet.access}"),
                 ("DPoP", wallet.dpop("POST", url, wallet.access)), ("DPoP", "x")]
        expect_error(platform.ask("POST", url, body, pairs), 401, "invalid_dpop_proof")


def test_token_needs_key(bench):
    platform = Platform(bench)
    made = platform.offer("photoid", claims(), "no-tx")
    with platform:
        offer = fetch(platform, made)
        fields = {"grant_type": PRE_AUTHORIZED, "pre-authorized_code":
                  offer["grants"][PRE_AUTHORIZED]["pre-authorized_code"]}
        expect_error(platform.post("/openid4vci/token", fields), 400, "invalid_dpop_proof")
        # that did not spend it
        assert Wallet(platform).redeem(offer, ["photoid"]).status == 200


def test_proofs(bench):
    """Replayed, expired, of others, for others: each refused by its name."""
    with Claimed(bench) as case:
        wallet, issuer = case.wallet, case.platform.issuer
        key = Key()
        nonce = wallet.c_nonce()

        def sign(header=None, **claims_):
            head = {"typ": "openid4vci-proof+jwt", "jwk": key.jwk, **(header or {})}
            body = {"aud": issuer, "iat": wallet.now(), "nonce": nonce, **claims_}
            body = {name: value for name, value in body.items() if value is not None}
            return key.sign(head, body)

        good = sign()
        text = good.rsplit(".", 1)[0]
        none = b64(json.dumps({"typ": "openid4vci-proof+jwt", "alg": "none",
                               "jwk": key.jwk})) + "." + good.split(".")[1] + "."
        hs = b64(json.dumps({"typ": "openid4vci-proof+jwt", "alg": "HS256",
                             "jwk": key.jwk})) + "." + good.split(".")[1]
        hs += "." + b64(hmac.new(json.dumps(key.jwk).encode(), hs.encode(),
                                 hashlib.sha256).digest())
        private = {**key.jwk, "d": b64(key.private.private_numbers()
                                       .private_value.to_bytes(32, "big"))}
        rows = [
            (none, "invalid_proof"), (hs, "invalid_proof"),
            (none + "AAAA", "invalid_proof"),
            (sign(aud="https://evil.example"), "invalid_proof"),
            (sign(aud=[issuer]), "invalid_proof"),
            (sign(aud=None), "invalid_proof"),
            (sign(iat=wallet.now() - 301), "invalid_proof"),
            (sign(iat=wallet.now() + 310), "invalid_proof"),
            (sign(nonce=None), "invalid_proof"),
            (sign(nonce="guessed"), "invalid_nonce"),
            # of the same server, for another purpose
            (sign(nonce=wallet.nonce), "invalid_nonce"),
            (sign({"typ": "dpop+jwt"}), "invalid_proof"),
            (sign({"jwk": Key().jwk}), "invalid_proof"),
            (sign({"jwk": private}), "invalid_proof"),
            (sign({"kid": "x"}), "invalid_proof"),
            (sign({"jku": "https://evil.example/keys", "jwk": Key().jwk}), "invalid_proof"),
            (sign({"crit": ["x"], "x": 1}), "invalid_proof"),
            (sign({"x": "y" * 300000}), "invalid_proof"),
            (f"{text}.{b64(key.raw_signature(b'else'))}", "invalid_proof"),
            (f"{text}.", "invalid_proof"), (text, "invalid_proof"), ("", "invalid_proof"),
            (good + ".x", "invalid_proof"),
        ]
        for number, (proof, error) in enumerate(rows):
            # a fresh exchange for each: after a few wrong ones it is over
            with_new = Wallet(case.platform)
            with_new.key, with_new.access = wallet.key, wallet.access
            answer = case.ask([proof])
            got = answer.json()["error"]
            assert answer.status == 400, (number, str(answer))
            if got == "credential_request_denied":
                # the limit of unfit proofs, which is tested by itself
                break
            assert got == error, (number, error, str(answer))
        else:
            raise AssertionError("no end of wrong proofs")


def test_proof_rows(bench):
    """The same, each with an offer of its own, so that no limit hides one."""
    platform = Platform(bench)
    makers = [
        (lambda k, w, i, n: {"aud": "https://evil.example"}, {}, "invalid_proof"),
        (lambda k, w, i, n: {"aud": [i]}, {}, "invalid_proof"),
        (lambda k, w, i, n: {"iat": w.now() - 301}, {}, "invalid_proof"),
        (lambda k, w, i, n: {"iat": w.now() + 310}, {}, "invalid_proof"),
        (lambda k, w, i, n: {"nonce": "guessed"}, {}, "invalid_nonce"),
        (lambda k, w, i, n: {"nonce": w.nonce}, {}, "invalid_nonce"),
        (lambda k, w, i, n: {}, {"typ": "dpop+jwt"}, "invalid_proof"),
        (lambda k, w, i, n: {}, {"jwk": Key().jwk}, "invalid_proof"),
        (lambda k, w, i, n: {}, {"kid": "x"}, "invalid_proof"),
        (lambda k, w, i, n: {}, {"jku": "https://evil.example/keys", "jwk": Key().jwk},
         "invalid_proof"),
        (lambda k, w, i, n: {}, {"crit": ["x"], "x": 1}, "invalid_proof"),
        (lambda k, w, i, n: {}, {"x": "y" * 300000}, "invalid_proof"),
        (lambda k, w, i, n: {}, {"alg": "none"}, "invalid_proof"),
        (lambda k, w, i, n: {}, {"alg": "HS256"}, "invalid_proof"),
        (lambda k, w, i, n: {}, {"alg": "ES384"}, "invalid_proof"),
    ]
    offers = [platform.offer("photoid", claims(), "no-tx") for _ in makers]
    with platform:
        for number, (claims_of, header, error) in enumerate(makers):
            wallet, key = Wallet(platform), Key()
            answer = wallet.redeem(fetch(platform, offers[number]), ["photoid"])
            [detail] = answer.json()["authorization_details"]
            nonce = wallet.c_nonce()
            body = {"aud": platform.issuer, "iat": wallet.now(), "nonce": nonce}
            body.update(claims_of(key, wallet, platform.issuer, nonce))
            proof = key.sign({"typ": "openid4vci-proof+jwt", "jwk": key.jwk, **header}, body)
            selector = {"credential_identifier": detail["credential_identifiers"][0]}
            answer = wallet.credential(selector, keys=[key], proofs=[proof])
            assert answer.status == 400 and answer.json()["error"] == error, \
                (number, str(answer))
            assert wallet.credential(selector).status == 200


def test_proof_replayed(bench):
    platform = Platform(bench)
    offers = [platform.offer("photoid", claims(), "no-tx") for _ in range(2)]
    with platform:
        wallet, thief, key = Wallet(platform), Wallet(platform), Key()
        selectors = []
        for who, made in zip((wallet, thief), offers):
            answer = who.redeem(fetch(platform, made), ["photoid"])
            [detail] = answer.json()["authorization_details"]
            selectors.append({"credential_identifier": detail["credential_identifiers"][0]})
        proof = wallet.proof(key, wallet.c_nonce())
        answer = wallet.credential(selectors[0], keys=[key], proofs=[proof])
        assert answer.status == 200, str(answer)
        answer = wallet.credential(selectors[0], keys=[key], proofs=[proof])
        expect_error(answer, 400, "invalid_nonce")
        answer = thief.credential(selectors[1], keys=[key], proofs=[proof])
        expect_error(answer, 400, "invalid_nonce")
        # the thief's own credential under the owner's token, and the other way
        answer = thief.credential(selectors[0])
        expect_error(answer, 400, "unknown_credential_identifier")
        # one key twice in a batch
        nonce = wallet.c_nonce()
        twice = [wallet.proof(key, nonce, iat=wallet.now() - n) for n in (1, 2)]
        answer = wallet.credential(selectors[0], keys=[key], proofs=twice)
        expect_error(answer, 400, "invalid_proof")


def test_proof_of_another_issuer(bench):
    """Two platforms: what was made for one is good for nothing at the other."""
    first = Platform(bench, name="first.db")
    second = Platform(bench, name="second.db")
    made = first.offer("photoid", claims(), "no-tx")
    with first, second:
        wallet = Wallet(first)
        answer = wallet.redeem(fetch(first, made), ["photoid"])
        [detail] = answer.json()["authorization_details"]
        identifier = detail["credential_identifiers"][0]
        elsewhere = Wallet(second)
        elsewhere.key, elsewhere.access = wallet.key, wallet.access
        elsewhere.c_nonce()
        answer = elsewhere.credential({"credential_identifier": identifier})
        expect_error(answer, 401, "invalid_token")
        foreign = elsewhere.c_nonce()
        key = Key()
        answer = wallet.credential({"credential_identifier": identifier}, keys=[key],
                                   proofs=[wallet.proof(key, foreign)])
        expect_error(answer, 400, "invalid_nonce")


def test_malformed(bench):
    with Claimed(bench) as case:
        wallet = case.wallet
        proof = wallet.proof(Key(), wallet.c_nonce())
        deep = "[" * 200 + "]" * 200
        rows = [
            "", "x", "[]", "null", "{}", deep, '{"a":' * 30 + "1" + "}" * 30,
            json.dumps({"proofs": {"jwt": [proof]}}),
            json.dumps({**case.selector, "credential_configuration_id": "photoid",
                        "proofs": {"jwt": [proof]}}),
            # what a proxy and we might read differently
            f'{{"credential_identifier":"{case.identifier}",'
            f'"credential_identifier":"x","proofs":{{"jwt":["{proof}"]}}}}',
            json.dumps({**case.selector, "proofs": {"jwt": [proof], "attestation": ["x"]}}),
            json.dumps({**case.selector, "proofs": {"jwt": proof}}),
            json.dumps({**case.selector, "proofs": {"jwt": [1]}}),
            json.dumps({**case.selector, "proofs": {"jwt": [proof] * 1001}}),
            json.dumps({**case.selector, "proofs": {"jwt": [proof]}}) + "x",
            '{"credential_identifier":"\\ud800","proofs":{"jwt":["x"]}}',
        ]
        for body in rows:
            answer = wallet.send("/credential", body, {"Content-Type": JSON}, wallet.access)
            assert answer.status == 400, (body[:200], str(answer))
            assert answer.json()["error"] in ("invalid_credential_request",
                                              "invalid_proof"), str(answer)
        answer = wallet.send("/credential", "x=1", {"Content-Type": FORM}, wallet.access)
        expect_error(answer, 400, "invalid_credential_request")
        case.check_good()


def test_injected(bench):
    """In every field that a wallet can fill: refused, and nothing broken."""
    with Claimed(bench) as case:
        platform, wallet = case.platform, case.wallet
        for text in INJECTIONS:
            quoted = urllib.parse.quote(text, safe="")
            codes = []
            for path in (f"/openid4vci/offer/{quoted}",
                         f"/openid4vci/authorize?client_id={quoted}&request_uri={quoted}"):
                codes.append(platform.get(path).status)
            for field in ("grant_type", "pre-authorized_code", "tx_code", "client_id"):
                fields = {"grant_type": PRE_AUTHORIZED, "pre-authorized_code": "x",
                          field: text}
                codes.append(wallet.token(fields).status)
            for selector in ({"credential_identifier": text},
                             {"credential_configuration_id": text}):
                codes.append(wallet.credential(selector).status)
            codes.append(wallet.call(f"/device-credentials/{quoted}/accept").status)
            codes.append(wallet.call(f"/actions/{quoted}/ack", {"result": "done"}).status)
            codes.append(wallet.call("/receipts", {"midUid": text, "generation": 1,
                                                   "digest": text}).status)
            for name in ("transaction_id", "notification_id"):
                path = {"transaction_id": "/deferred_credential"}.get(name, "/notification")
                body = {name: text, "event": "credential_accepted"}
                codes.append(wallet.send(path, json.dumps(body), {"Content-Type": JSON},
                                         wallet.access).status)
            assert all(400 <= code < 500 for code in codes), (text[:50], codes)
            if 429 in codes:
                break
        assert platform.process.poll() is None
    # nothing in the database was broken either
    with platform:
        case.check_good()


def test_wallet_api(bench):
    """Proofs of instances: of others, for another body or address, again."""
    platform = Platform(bench)
    made = platform.offer("photoid", claims(), "no-tx")
    with platform:
        wallet, other = Wallet(platform), Wallet(platform)
        _, identifier = claim(platform, wallet, made)
        path = f"/device-credentials/{identifier}/accept"
        assert other.call(path).status == 404
        for change in ({"htm": "GET"}, {"htu": platform.url + "/wallet/v1/sync"},
                       {"bdh": b64(sha256("{} "))}, {"iat": wallet.now() - 301},
                       {"iat": wallet.now() + 310}, {"jti": None}):
            answer = wallet.call(path, None, **change)
            assert answer.status == 401, (change, str(answer))
        url = platform.url + "/wallet/v1" + path
        proof = wallet.key.sign({"typ": "wallet-proof+jwt", "jwk": wallet.key.jwk}, {
            "htm": "POST", "htu": url, "bdh": b64(sha256("{}")), "iat": wallet.now(),
            "jti": "1", "nonce": wallet.wallet_nonce})
        headers = {"Content-Type": JSON, "Wallet-Proof": proof}
        assert platform.ask("POST", url, "{}", headers).status == 200
        answer = platform.ask("POST", url, "{}", headers)
        expect_error(answer, 401, "invalid_wallet_proof")
        assert platform.ask("POST", url, "{}", {"Content-Type": JSON}).status == 401


class Provider:
    """Who attests wallets."""

    def __init__(self, bench, name):
        self.root_key, self.key = Key(), Key()
        self.root = make_certificate(self.root_key, f"{name} root", ca=True)
        self.leaf = make_certificate(self.key, name, self.root_key, f"{name} root")
        self.anchors = bench.write(f"{name}.pem", to_pem(self.root))

    def attest(self, wallet, **more):
        body = {"iss": "provider", "sub": "a-wallet", "iat": wallet.now(),
                "exp": wallet.now() + 3600, "cnf": {"jwk": wallet.key.jwk}, **more}
        return self.key.sign({"typ": "oauth-client-attestation+jwt",
                              "x5c": [to_x5c(self.leaf)]}, body)


def test_attested_wallet(bench):
    provider, impostor = Provider(bench, "provider"), Provider(bench, "impostor")
    platform = Platform(bench, "--attestation", "required", "--wallet-anchors",
                        provider.anchors)
    made = platform.offer("photoid", claims(), "no-tx")
    with platform:
        server = platform.get("/.well-known/oauth-authorization-server/openid4vci").json()
        assert server["token_endpoint_auth_methods_supported"] == ["attest_jwt_client_auth"]
        code = fetch(platform, made)["grants"][PRE_AUTHORIZED]["pre-authorized_code"]
        fields = {"grant_type": PRE_AUTHORIZED, "pre-authorized_code": code}
        wallet = Wallet(platform)
        challenge = platform.ask("POST", platform.issuer + "/challenge") \
            .json()["attestation_challenge"]

        def pop(**more):
            body = {"iss": "a-wallet", "aud": platform.issuer, "iat": wallet.now(),
                    "jti": secrets.token_hex(8), "challenge": challenge, **more}
            return wallet.key.sign({"typ": "oauth-client-attestation-pop+jwt"}, body)

        def ask(attestation, proof, **more):
            return wallet.token({**fields, **more}, {"OAuth-Client-Attestation": attestation,
                                                     "OAuth-Client-Attestation-PoP": proof})

        good = provider.attest(wallet)
        expect_error(wallet.token(fields), 401, "invalid_client")
        expect_error(ask(impostor.attest(wallet), pop()), 400, "invalid_client_attestation")
        expect_error(ask(provider.attest(wallet, exp=wallet.now() - 1), pop()), 400,
                     "invalid_client_attestation")
        expect_error(ask(provider.attest(Wallet(platform)), pop()), 401, "invalid_client")
        expect_error(ask(good, pop(aud="https://evil.example")), 401, "invalid_client")
        expect_error(ask(good, pop(iat=wallet.now() - 400)), 401, "invalid_client")
        answer = ask(good, pop(challenge="old"))
        expect_error(answer, 400, "use_attestation_challenge")
        assert answer.headers["OAuth-Client-Attestation-Challenge"]
        expect_error(ask(good, pop(), client_id="another"), 401, "invalid_client")
        proof = pop()
        answer = ask(good, proof)
        assert answer.status == 200, str(answer)
        expect_error(ask(good, proof), 401, "invalid_client")


def test_only_tls(bench):
    """Nothing older than TLS 1.2, and no plain HTTP at the same port."""
    with Platform(bench) as platform:
        where = ("127.0.0.1", platform.port)
        with socket.create_connection(where, 60) as raw:
            raw.sendall(b"GET / HTTP/1.1\r\nHost: x\r\n\r\n")
            assert not raw.recv(4096).startswith(b"HTTP/")
        old = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
        old.check_hostname, old.verify_mode = False, ssl.CERT_NONE
        old.set_ciphers("ALL:@SECLEVEL=0")
        old.minimum_version = old.maximum_version = ssl.TLSVersion.TLSv1_1
        try:
            with socket.create_connection(where, 60) as raw, old.wrap_socket(raw):
                raise AssertionError("TLS 1.1 was taken")
        except ssl.SSLError:
            pass
        answer = platform.get("/.well-known/openid-credential-issuer/openid4vci")
        assert answer.headers["Strict-Transport-Security"]
        assert answer.headers["Cache-Control"] == "no-store"


def test_unfinished_handshake(bench):
    """Who begins with TLS and stops costs nothing while nothing happens."""
    with Platform(bench) as platform:
        incoming, outgoing = ssl.MemoryBIO(), ssl.MemoryBIO()
        tls = platform.context.wrap_bio(incoming, outgoing, server_hostname="127.0.0.1")
        try:
            tls.do_handshake()
        except ssl.SSLWantReadError:
            pass
        with socket.create_connection(("127.0.0.1", platform.port), 60) as raw:
            raw.sendall(outgoing.read()[:50])
            before = platform.cpu_seconds()
            # nothing has to come; a server that spins takes all of it
            assert not select.select([raw], [], [], 1)[0]
            assert platform.cpu_seconds() - before < 0.1


if __name__ == "__main__":
    main(globals())

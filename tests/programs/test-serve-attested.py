#!/usr/bin/env python3
#
# test-serve-attested.py - keys of which somebody says where they are kept
#
# SPDX-FileCopyrightText: 2026 The mdoc agent authors
# SPDX-License-Identifier: Apache-2.0

import json
import time
import urllib.parse

from administered import Administered
from programs import SOURCE, main
from serving import claims, fetch
from vci import JSON, Key, Platform, Wallet, expect_error, make_certificate, to_pem, to_x5c

PROFILE = json.loads((SOURCE / "data" / "profiles" / "photoid.json").read_text())


class Attester:
    """Who vouches for keys: a root, and a signer below it."""

    def __init__(self):
        self.root, self.key = Key(), Key()
        self.anchor = make_certificate(self.root, "Root of keys", ca=True)
        self.leaf = make_certificate(self.key, "Maker of keys", self.root, "Root of keys")

    def attest(self, keys, nonce, header=None, key=None, **more):
        now = int(time.time())
        body = {"iat": now, "exp": now + 300, "nonce": nonce,
                "attested_keys": [key.jwk for key in keys],
                "key_storage": ["iso_18045_moderate"],
                "user_authentication": ["iso_18045_high"], **more}
        head = {"typ": "key-attestation+jwt", "x5c": [to_x5c(self.leaf)], **(header or {})}
        return (key or self.key).sign(
            head, {name: value for name, value in body.items() if value is not None})


def begin(bench, asked, *options, attester=None):
    attester = attester or Attester()
    folder = bench.path("profiles")
    folder.mkdir()
    profile = {**PROFILE, "issuance": {**PROFILE["issuance"], "txCode": "none",
                                       "proofAttempts": 100}}
    if asked is not None:
        profile["keyAttestation"] = asked
    bench.write("profiles/photoid.json", json.dumps(profile))
    bench.write("attesters.pem", to_pem(attester.anchor))
    return attester, Administered(bench, "--profiles", folder, *options, "--key-attesters",
                                  bench.path("attesters.pem"), tls=True)


def open_wallet(platform):
    """With a token, and ready to ask."""
    offer = platform.new_offer()
    wallet = Wallet(platform)
    link = platform.get_admin(f"/offers/{offer['offerId']}")["uri"]
    [uri] = urllib.parse.parse_qs(link.split("?", 1)[1])["credential_offer_uri"]
    answer = wallet.redeem(platform.get(uri).json())
    assert answer.status == 200, str(answer)
    return wallet


def prove(wallet, key, nonce, attestation=None, **header):
    head = {"typ": "openid4vci-proof+jwt", **(header or {"jwk": key.jwk})}
    if attestation:
        head["key_attestation"] = attestation
    return key.sign(head, {"aud": wallet.platform.issuer, "iat": wallet.now(),
                           "nonce": nonce})


def ask(wallet, **proofs):
    return wallet.send("/credential", json.dumps(
        {"credential_configuration_id": "photoid", "proofs": proofs}),
        {"Content-Type": JSON}, wallet.access)


def configuration(platform):
    metadata = platform.get("/.well-known/openid-credential-issuer/openid4vci").json()
    return metadata["credential_configurations_supported"]["photoid"]


def test_in_proofs(bench):
    """One proof stands for all keys that are attested with it."""
    attester, platform = begin(bench, {"keyStorage": ["iso_18045_high",
                                                      "iso_18045_moderate"]})
    with platform:
        types = configuration(platform)["proof_types_supported"]
        assert list(types) == ["jwt"], types
        assert types["jwt"]["key_attestations_required"] == {
            "key_storage": ["iso_18045_high", "iso_18045_moderate"]}, types
        wallet = open_wallet(platform)
        keys, nonce = [Key() for _ in range(3)], wallet.c_nonce()
        attestation = attester.attest(keys, nonce)
        answer = ask(wallet, jwt=[prove(wallet, keys[1], nonce, attestation)])
        assert answer.status == 200 and len(answer.json()["credentials"]) == 3, str(answer)
        # by the key's place in the attestation, as the standard's example has it
        nonce = wallet.c_nonce()
        attestation = attester.attest(keys, nonce)
        answer = ask(wallet, jwt=[prove(wallet, keys[2], nonce, attestation, kid="2")])
        assert answer.status == 200, str(answer)
        # each with a proof of its own as well
        wallet = open_wallet(platform)
        nonce = wallet.c_nonce()
        attestation = attester.attest(keys, nonce)
        answer = ask(wallet, jwt=[prove(wallet, key, nonce, attestation) for key in keys])
        assert answer.status == 200 and len(answer.json()["credentials"]) == 3, str(answer)


def test_alone(bench):
    """The attestation is the proof."""
    attester, platform = begin(bench, {"proofTypes": ["attestation"]})
    with platform:
        types = configuration(platform)["proof_types_supported"]
        assert list(types) == ["attestation"], types
        assert types["attestation"]["key_attestations_required"] == {}, types
        wallet = open_wallet(platform)
        keys, nonce = [Key() for _ in range(2)], wallet.c_nonce()
        answer = ask(wallet, jwt=[prove(wallet, keys[0], nonce,
                                        attester.attest(keys, nonce))])
        expect_error(answer, 400, "invalid_proof")
        text = attester.attest(keys, nonce, exp=None)
        expect_error(ask(wallet, attestation=[text, text]), 400, "invalid_proof")
        answer = ask(wallet, attestation=[text])
        assert answer.status == 200 and len(answer.json()["credentials"]) == 2, str(answer)
        expect_error(ask(wallet, attestation=[text]), 400, "invalid_nonce")


def test_refused(bench):
    """One thing wrong at a time, and its name."""
    attester, platform = begin(bench, {"keyStorage": ["iso_18045_moderate"],
                                       "userAuthentication": ["iso_18045_high"]})
    other, now = Attester(), int(time.time())
    with platform:
        wallet = open_wallet(platform)
        keys = [Key(), Key()]
        cases = [
            (dict(header={"typ": "JWT"}), "attestation-malformed"),
            (dict(attested_keys=[]), "attestation-malformed"),
            (dict(attested_keys=[Key().jwk]), "attestation-key"),
            (dict(header={"x5c": [to_x5c(other.leaf)]}), "attestation-untrusted"),
            (dict(header={"x5c": None}), "attestation-untrusted"),
            (dict(key=other.key), "attestation-signature"),
            (dict(exp=now - 1), "attestation-time"),
            (dict(exp=None), "attestation-time"),
            (dict(iat=now + 3600, exp=now + 7200), "attestation-time"),
            (dict(nonce=None), "attestation-no-nonce"),
            (dict(nonce="guessed"), "attestation-nonce"),
            (dict(key_storage=["iso_18045_basic"]), "attestation-level"),
            (dict(key_storage=None), "attestation-level"),
            (dict(user_authentication=["iso_18045_moderate"]), "attestation-level"),
        ]
        for changed, name in cases:
            nonce = wallet.c_nonce()
            more = {"nonce": nonce, **changed}
            if more.get("header", {}).get("x5c", 1) is None:
                text = attester.key.sign(
                    {"typ": "key-attestation+jwt", "kid": "1"},
                    {"iat": now, "exp": now + 300, "nonce": nonce,
                     "attested_keys": [key.jwk for key in keys]})
            else:
                text = attester.attest(keys, **more)
            answer = ask(wallet, jwt=[prove(wallet, keys[0], nonce, text)])
            expect_error(answer, 400,
                         "invalid_nonce" if name == "attestation-nonce" else "invalid_proof")
            assert answer.json()["error_description"] == name, f"{changed}: {answer}"
        nonce = wallet.c_nonce()
        answer = ask(wallet, jwt=[prove(wallet, keys[0], nonce)])
        assert answer.json()["error_description"] == "attestation-missing", str(answer)
        # a proof of another type than was asked for is none
        expect_error(ask(wallet, attestation=[attester.attest(keys, nonce)]), 400,
                     "invalid_proof")
        # and somebody else's attestation is worth nothing without the key
        stolen = attester.attest(keys, nonce)
        answer = ask(wallet, jwt=[prove(wallet, Key(), nonce, stolen, kid="0")])
        expect_error(answer, 400, "invalid_proof")
        answer = ask(wallet, jwt=[prove(wallet, keys[0], nonce, stolen)])
        assert answer.status == 200, str(answer)


def test_unasked(bench):
    """Where none is asked for, one that is sent has to hold all the same."""
    attester, platform = begin(bench, None)
    with platform:
        assert "key_attestations_required" not in json.dumps(configuration(platform))
        wallet = open_wallet(platform)
        keys, nonce = [Key(), Key()], wallet.c_nonce()
        answer = ask(wallet, jwt=[prove(wallet, keys[0], nonce,
                                        Attester().attest(keys, nonce))])
        assert answer.json()["error_description"] == "attestation-untrusted", str(answer)
        answer = ask(wallet, jwt=[prove(wallet, keys[0], nonce,
                                        attester.attest(keys, nonce, key_storage=None))])
        assert answer.status == 200 and len(answer.json()["credentials"]) == 2, str(answer)


def test_without_attesters(bench):
    """Nobody's word counts: it is as if it were not there; and asking is an error."""
    platform = Platform(bench)
    made = platform.offer("photoid", claims(), "no-tx")
    with platform:
        wallet = Wallet(platform)
        assert wallet.redeem(fetch(platform, made)).status == 200
        keys, nonce = [Key(), Key()], wallet.c_nonce()
        answer = ask(wallet, jwt=[prove(wallet, keys[0], nonce,
                                        Attester().attest(keys, nonce))])
        assert answer.status == 200 and len(answer.json()["credentials"]) == 1, str(answer)
    folder = bench.path("profiles")
    folder.mkdir()
    bench.write("profiles/photoid.json", json.dumps({**PROFILE, "keyAttestation": {}}))
    platform = Platform(bench, "--profiles", folder, name="other.db")
    try:
        platform.start()
    except AssertionError as error:
        assert "--key-attesters" in str(error), error
        assert platform.process.wait(60) == 2
    else:
        platform.stop()
        raise AssertionError("it was started")


if __name__ == "__main__":
    main(globals())

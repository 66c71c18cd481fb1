#!/usr/bin/env python3
#
# test-wallet.py - a wallet that is not ours claims from mdoc-issuer serve
#
# SPDX-FileCopyrightText: 2026 The mdoc agent authors
# SPDX-License-Identifier: Apache-2.0

"""The wallet is wallet.mjs, made of @openid4vc/openid4vci and
@openid4vc/oauth2; what it got is verified by tests/programs/issued.py. Prints
TAP. MDOC_PEERS is the folder into which npm fetched the peers."""

import json
import os
import pathlib
import subprocess
import sys
import urllib.parse

HERE = pathlib.Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parent / "programs"))

# pylint: disable=wrong-import-position
from issued import Issued  # noqa: E402
from programs import main  # noqa: E402
from serving import claims, signer  # noqa: E402
from vci import (OFFER_TOOL, Key, Platform, b64, make_certificate,  # noqa: E402
                 to_pem, to_x5c)

REDIRECT = "https://wallet.example/cb"


def run(platform, made, **wanted):
    """Has the wallet do it. Returns: what it says it got."""
    reference = f"{platform.issuer}/offer/{made['reference']}"
    wanted["offer"] = "openid-credential-offer://?" + urllib.parse.urlencode(
        {"credential_offer_uri": reference})
    if "tx_code" in made:
        wanted["txCode"] = made["tx_code"]
    environment = {**os.environ,
                   "NODE_EXTRA_CA_CERTS": str(platform.bench.path("tls.pem"))}
    done = subprocess.run(["node", HERE / "wallet.mjs", json.dumps(wanted)],
                          stdin=subprocess.DEVNULL, capture_output=True, text=True,
                          env=environment, timeout=120, check=False)
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


def verify(bench, got, n_keys=1):
    """Each credential holds, and is for a key of the wallet, each for another."""
    documents = [Issued(entry["credential"], signer(bench))
                 for entry in got["first"]["credentials"]]
    keys = {(document.device_key["x"], document.device_key["y"]) for document in documents}
    assert len(documents) == len(keys) == n_keys, len(documents)
    assert keys <= {tuple(key) for key in got["keys"]}
    assert got["token"]["token_type"] == "DPoP"


def case(bench, *words, options=(), n_keys=1, **wanted):
    platform = Platform(bench, *options)
    made = platform.offer("photoid", claims(), *words)
    with platform:
        got = run(platform, made, **wanted)
        if "credentials" in got["first"]:
            verify(bench, got, n_keys)
        return got


def test_pre_authorized_with_transaction_code(bench):
    case(bench)


def test_pre_authorized_without_transaction_code(bench):
    assert case(bench, "no-tx", notify="credential_accepted")["notified"] is True


def test_batch_of_ten(bench):
    case(bench, keys=10, n_keys=10)


def test_refresh(bench):
    case(bench, "no-tx", refresh=True)


def test_encrypted_response(bench):
    """As drafts had it: this wallet does not encrypt its request."""
    got = case(bench, "no-tx", options=("--accept-drafts",), encrypt=True)
    assert got["decrypted"] == 1


def test_deferred(bench):
    got = case(bench, "no-tx", "deferred", "without-claims")
    assert got["pending"]["transaction_id"] == got["first"]["transaction_id"]
    assert got["pending"]["interval"] > 0


def test_authorization_code(bench):
    platform = Platform(bench)
    person = bench.write("person.json", json.dumps(claims()))
    subprocess.run([OFFER_TOOL, platform.database, "person", "P-1", person, "secret"],
                   check=True, capture_output=True, timeout=60)
    made = platform.offer("photoid", claims(), "code")
    with platform:
        verify(bench, run(platform, made, login={"name": "P-1", "password": "secret",
                                                 "redirect": REDIRECT}))


def test_wallet_attestation(bench):
    root, key = Key(), Key()
    anchor = make_certificate(root, "provider root", ca=True)
    leaf = make_certificate(key, "provider", root, "provider root")
    anchors = bench.write("provider.pem", to_pem(anchor))
    private = b64(key.private.private_numbers().private_value.to_bytes(32, "big"))
    case(bench, "no-tx", options=("--attestation", "required", "--wallet-anchors", anchors),
         attestation={"key": {**key.jwk, "d": private}, "x5c": [to_x5c(leaf)]})


if __name__ == "__main__":
    main(globals())

#!/usr/bin/env python3
#
# test-serve.py - claiming from mdoc-issuer serve, by OpenID4VCI 1.0
#
# SPDX-FileCopyrightText: 2026 The mdoc agent authors
# SPDX-License-Identifier: Apache-2.0

import base64
import json
import time

from cryptography import x509

from issued import Issued
from programs import FAILED, ISSUER, NOTHING, USAGE, expect, main, run
from serving import NAMES, PHOTO_ID, claim, claims, fetch, signer
from vci import (JSON, PRE_AUTHORIZED, Key, Platform, Wallet, decrypt, encrypt, expect_error,
                 unb64)

def test_metadata(bench):
    with Platform(bench, "--name", "Utopia") as platform:
        inserted = platform.get("/.well-known/openid-credential-issuer/openid4vci")
        appended = platform.get("/openid4vci/.well-known/openid-credential-issuer")
        assert inserted.status == 200 and inserted.body == appended.body
        assert inserted.headers["Content-Type"] == JSON
        issuer = inserted.json()
        assert issuer["credential_issuer"] == platform.issuer
        assert issuer["display"][0]["name"] == "Utopia"
        assert issuer["batch_credential_issuance"]["batch_size"] >= 10
        assert issuer["mdoc_wallet_endpoint"] == platform.url + "/wallet/v1"
        photo = issuer["credential_configurations_supported"]["photoid"]
        assert photo["format"] == "mso_mdoc" and photo["doctype"] == PHOTO_ID
        assert "ES256" in (photo["proof_types_supported"]["jwt"]
                           ["proof_signing_alg_values_supported"])
        assert photo["credential_signing_alg_values_supported"] == [-7]
        for name in ("nonce", "credential", "deferred_credential", "notification"):
            assert issuer[f"{name}_endpoint"] == f"{platform.issuer}/{name}"

        server = platform.get("/.well-known/oauth-authorization-server/openid4vci").json()
        assert server["issuer"] == platform.issuer
        assert server["require_pushed_authorization_requests"] is True
        assert server["code_challenge_methods_supported"] == ["S256"]
        assert "ES256" in server["dpop_signing_alg_values_supported"]
        assert server["pre-authorized_grant_anonymous_access_supported"] is True
        assert server["authorization_response_iss_parameter_supported"] is True
        for path in ("/openid4vci/.well-known/oauth-authorization-server",
                     "/openid4vci/.well-known/openid-configuration"):
            assert platform.get(path).json() == server


def test_signed_metadata(bench):
    with Platform(bench) as platform:
        answer = platform.get("/.well-known/openid-credential-issuer/openid4vci",
                              {"Accept": "application/jwt, application/json;q=0.5"})
        assert answer.headers["Content-Type"] == "application/jwt"
        head, body, _ = answer.body.split(".")
        header, payload = json.loads(unb64(head)), json.loads(unb64(body))
        assert header["typ"] == "openidvci-issuer-metadata+jwt"
        assert payload["sub"] == payload["credential_issuer"] == platform.issuer
        leaf = x509.load_der_x509_certificate(base64.b64decode(header["x5c"][0]))
        assert leaf == x509.load_pem_x509_certificate(signer(bench))


def test_pre_authorized(bench):
    platform = Platform(bench)
    made = platform.offer("photoid", claims())
    with platform:
        offer = fetch(platform, made)
        assert offer["credential_issuer"] == platform.issuer
        assert offer["credential_configuration_ids"] == ["photoid"]
        assert offer["grants"][PRE_AUTHORIZED]["tx_code"] == {
            "input_mode": "numeric", "length": 6}
        wallet = Wallet(platform)
        answer, identifier = claim(platform, wallet, made)
        issued = Issued(answer["credentials"][0]["credential"], signer(bench))
        assert issued.doc_type == PHOTO_ID
        assert issued.device_key == wallet.keys[0].jwk
        assert issued.elements[NAMES, "family_name"] == claims()["family_name"]
        assert issued.valid_from <= time.time() < issued.valid_until
        assert issued.status["status_list"]["uri"].startswith(platform.url + "/status/tsl/")
        assert identifier and answer["notification_id"]


def test_without_details(bench):
    """A wallet that knows of configurations alone, and shows no name."""
    platform = Platform(bench)
    made = platform.offer("photoid", claims(), "no-tx")
    with platform:
        assert "tx_code" not in fetch(platform, made)["grants"][PRE_AUTHORIZED]
        wallet = Wallet(platform)
        answer, _ = claim(platform, wallet, made, details=None)
        Issued(answer["credentials"][0]["credential"], signer(bench))


def test_batch(bench):
    platform = Platform(bench)
    made = platform.offer("photoid", claims())
    with platform:
        wallet = Wallet(platform)
        # one more than the profile has: the last gets none
        answer, _ = claim(platform, wallet, made, n_keys=11)
        documents = [Issued(entry["credential"], signer(bench))
                     for entry in answer["credentials"]]
        keys = [json.dumps(document.device_key) for document in documents]
        assert sorted(keys) == sorted(json.dumps(key.jwk) for key in wallet.keys[:10])
        places = {document.status["status_list"]["idx"] for document in documents}
        assert len(places) == 10
        randoms = {document.raw for document in documents}
        assert len(randoms) == 10


def test_repeated_request(bench):
    """The answer was lost: the same key gets the same bytes (lifecycle, E6)."""
    platform = Platform(bench)
    made = platform.offer("photoid", claims())
    with platform:
        wallet = Wallet(platform)
        answer, identifier = claim(platform, wallet, made)
        again = wallet.credential({"credential_identifier": identifier}, keys=wallet.keys)
        assert again.status == 200, str(again)
        assert again.json()["credentials"] == answer["credentials"]


def test_restart(bench):
    """What was given out is still good after the server has come back."""
    platform = Platform(bench)
    made = platform.offer("photoid", claims())
    with platform:
        wallet = Wallet(platform)
        answer = wallet.redeem(fetch(platform, made), ["photoid"], made["tx_code"])
        identifier = answer.json()["authorization_details"][0]["credential_identifiers"][0]
        platform.kill()
        platform.start()
        answer = wallet.credential({"credential_identifier": identifier})
        assert answer.status == 200, str(answer)


def encryption_key(platform):
    metadata = platform.get("/.well-known/openid-credential-issuer/openid4vci").json()
    [key] = metadata["credential_request_encryption"]["jwks"]["keys"]
    return key


def test_one_key_for_requests(bench):
    """Wallets keep metadata: what was encrypted for it is read after a restart."""
    platform = Platform(bench)
    made = platform.offer("photoid", claims(), "no-tx")
    with platform:
        key = encryption_key(platform)
        wallet = Wallet(platform)
        assert wallet.redeem(fetch(platform, made)).status == 200
    with platform:
        assert encryption_key(platform) == key
        answer = wallet.credential({"credential_configuration_id": "photoid"})
        assert answer.status == 200, str(answer)
        body = json.dumps({"credential_configuration_id": "photoid", "proofs": {
            "jwt": [wallet.proof(Key(), wallet.c_nonce())]}})
        sealed = wallet.send("/credential", encrypt(key, body),
                             {"Content-Type": "application/jwt"}, wallet.access)
        assert sealed.status == 200, str(sealed)
    # another database has another
    with Platform(bench, name="other.db") as other:
        assert encryption_key(other) != key


def test_sessions(bench):
    """Everybody counts, and only wallets are sent away."""
    platform = Platform(bench, "--max-sessions", "2")
    made = platform.offer("photoid", claims(), "no-tx")
    well_known = "/.well-known/openid-credential-issuer/openid4vci"
    with platform:
        wallet = Wallet(platform)
        others = [platform.connect() for _ in range(2)]
        for other in others:
            assert platform.ask("GET", well_known, connection=other).status == 200
        for path in ("/openid4vci/nonce", "/wallet/v1/nonce", "/openid4vci/token"):
            answer = platform.ask("POST", path)
            expect_error(answer, 503, "temporarily_unavailable")
            assert int(answer.headers["Retry-After"]) > 0
        assert platform.get(well_known).status == 200
        for other in others:
            other.close()
        deadline = time.monotonic() + 60
        while platform.ask("POST", "/openid4vci/nonce").status == 503:
            assert time.monotonic() < deadline
        assert wallet.redeem(fetch(platform, made)).status == 200
    # without a limit there is none
    platform.options = ("--max-sessions", "-1")
    with platform:
        many = [platform.connect() for _ in range(40)]
        for one in many:
            assert platform.ask("POST", "/openid4vci/nonce", connection=one).status == 200
        for one in many:
            one.close()


def test_no_sessions(bench):
    with Platform(bench, "--max-sessions", "0") as platform:
        expect_error(platform.ask("POST", "/openid4vci/nonce"), 503,
                     "temporarily_unavailable")
        assert platform.get("/openid4vci/offer/x").status == 503
        assert platform.get("/.well-known/oauth-authorization-server/openid4vci").status == 200


def test_one_platform_a_database(bench):
    with Platform(bench) as first:
        second = Platform(bench)
        try:
            second.start()
        except AssertionError as error:
            assert "another platform runs on it" in str(error), error
            assert second.process.wait(60) == 1
        else:
            second.stop()
            raise AssertionError("there are two")
        assert first.get("/.well-known/openid-credential-issuer/openid4vci").status == 200
        first.kill()
        # what was killed has let go
        first.start()


def test_encrypted(bench):
    platform = Platform(bench, "--require-encryption")
    made = platform.offer("photoid", claims())
    with platform:
        issuer = platform.get("/.well-known/openid-credential-issuer/openid4vci").json()
        assert issuer["credential_response_encryption"]["encryption_required"] is True
        [server_key] = issuer["credential_request_encryption"]["jwks"]["keys"]
        wallet = Wallet(platform)
        answer = wallet.redeem(fetch(platform, made), ["photoid"], made["tx_code"])
        identifier = answer.json()["authorization_details"][0]["credential_identifiers"][0]
        for enc in ("A128GCM", "A256GCM"):
            mine, device = Key(), Key()
            wanted = {"jwk": {**mine.jwk, "alg": "ECDH-ES", "kid": "mine"}, "enc": enc}
            body = {"credential_identifier": identifier,
                    "proofs": {"jwt": [wallet.proof(device, wallet.c_nonce())]},
                    "credential_response_encryption": wanted}
            plain = wallet.send("/credential", json.dumps(body), {"Content-Type": JSON},
                                wallet.access)
            expect_error(plain, 400, "invalid_encryption_parameters")
            sealed = encrypt(server_key, json.dumps(body), enc)
            answer = wallet.send("/credential", sealed, {"Content-Type": "application/jwt"},
                                 wallet.access)
            assert answer.status == 200, str(answer)
            assert answer.headers["Content-Type"] == "application/jwt"
            opened = decrypt(mine, answer.body)
            issued = Issued(opened["credentials"][0]["credential"], signer(bench))
            assert issued.device_key == device.jwk
            if enc == "A128GCM":
                keep = device
        foreign = encrypt(Key().jwk, json.dumps(body))
        answer = wallet.send("/credential", foreign, {"Content-Type": "application/jwt"},
                             wallet.access)
        expect_error(answer, 400, "invalid_encryption_parameters")
        assert keep


def test_accept(bench):
    platform = Platform(bench)
    made = platform.offer("photoid", claims())
    with platform:
        wallet = Wallet(platform)
        answer, identifier = claim(platform, wallet, made)
        issued = Issued(answer["credentials"][0]["credential"], signer(bench))
        receipt = {"midUid": identifier, "generation": 1, "digest": issued.digest}
        for _ in range(2):
            told = wallet.call("/receipts", receipt)
            assert told.status == 200, str(told)
        note = {"notification_id": answer["notification_id"], "event": "credential_accepted"}
        for _ in range(2):
            told = wallet.send("/notification", json.dumps(note), {"Content-Type": JSON},
                               wallet.access)
            assert told.status == 204, str(told)
        sync = wallet.call("/sync", {"agent": {"version": "0", "clientType": "test"},
                                     "clock": int(time.time()),
                                     "docs": [{"midUid": identifier, "generation": 1,
                                               "validUntil": issued.valid_until,
                                               "state": "active"}]})
        assert sync.status == 200, str(sync)
        [doc] = sync.json()["docs"]
        assert doc["midUid"] == identifier and doc["effective"] == "active", doc


def test_renew(bench):
    """A refresh token later, a new generation for the same credential."""
    platform = Platform(bench)
    made = platform.offer("photoid", claims())
    with platform:
        wallet = Wallet(platform)
        answer, identifier = claim(platform, wallet, made)
        first = Issued(answer["credentials"][0]["credential"], signer(bench))
        wallet.call("/receipts", {"midUid": identifier, "generation": 1,
                                  "digest": first.digest})
        wallet.call(f"/device-credentials/{identifier}/accept")
        platform.stop()
        days = 28
        platform.options += ("--clock-offset", str(days * 86400))
        platform.start()
        wallet.offset = days * 86400
        answer = wallet.token({"grant_type": "refresh_token",
                               "refresh_token": wallet.refresh})
        assert answer.status == 200, str(answer)
        answer = wallet.credential({"credential_identifier": identifier})
        assert answer.status == 200, str(answer)
        second = Issued(answer.json()["credentials"][0]["credential"], signer(bench))
        assert second.valid_until >= first.valid_until + (days - 1) * 86400
        assert second.device_key == wallet.keys[0].jwk != first.device_key
        assert second.elements.keys() == first.elements.keys()


def test_usage(bench):
    """Said before anything is opened, or made."""
    pki = bench.make_pki()
    good = ["--database", bench.path("x.db"), "--pki", pki, "--plain"]
    rows = [
        ["--pki", pki, "--plain"],
        ["--database", bench.path("x.db"), "--plain"],
        [*good, "--signer", "a=b,c"],
        ["--database", bench.path("x.db"), "--pki", pki],
        ["--database", bench.path("x.db"), "--pki", pki, "--tls-cert", "x"],
        [*good, "--tls-cert", "x", "--tls-key", "y"],
        [*good, "--listen", "0.0.0.0:0"],
        [*good, "--listen", "0.0.0.0:0", "--base-url", "http://issuer.example"],
        [*good, "--base-url", "https://issuer.example/path"],
        [*good, "--base-url", "https://issuer.example?x"],
        [*good, "--base-url", "issuer.example"],
        [*good, "--attestation", "perhaps"],
        [*good, "--attestation", "required"],
        [*good, "--login", "by-face"],
        [*good, "--now", "soon"],
        [*good, "--now", "2030-01-01", "--clock-offset", "1"],
        [*good, "extra"],
    ]
    for arguments in rows:
        result = run(ISSUER, "serve", *arguments)
        assert result.code == USAGE, result
        assert not bench.path("x.db").exists(), result


def test_refused_start(bench):
    """What is named and is not there, or no such thing."""
    pki, database = bench.make_pki(), bench.path("x.db")
    good = ["serve", "--database", database, "--listen", "127.0.0.1:0"]
    expect(NOTHING, ISSUER, *good, "--plain", "--pki", bench.path("none"))
    expect(FAILED, ISSUER, *good, "--plain", "--signer",
           f"default={pki / 'reader-key.pem'},{pki / 'ds.pem'}")
    expect(USAGE, ISSUER, *good, "--plain", "--signer", "default")
    expect(FAILED, ISSUER, *good, "--pki", pki, "--tls-cert", pki / "ds.pem", "--tls-key",
           pki / "reader-key.pem")
    expect(NOTHING, ISSUER, *good, "--pki", pki, "--plain", "--profiles", bench.path("none"))
    bench.write("no.db", b"not a database at all" * 100)
    expect(FAILED, ISSUER, "serve", "--database", bench.path("no.db"), "--plain", "--pki",
           pki, "--listen", "127.0.0.1:0")
    with Platform(bench, name="taken.db") as platform:
        expect(FAILED, ISSUER, "serve", "--database", database, "--plain", "--pki", pki,
               "--listen", f"127.0.0.1:{platform.port}")


def test_behind_proxy(bench):
    """Without TLS, under the name that the proxy has."""
    platform = Platform(bench, "--base-url", "https://issuer.example/", tls=False)
    made = platform.offer("photoid", claims(), "no-tx")
    with platform:
        assert platform.url == "https://issuer.example"
        # the name is the proxy's, the port is ours
        platform.url = f"http://127.0.0.1:{platform.find_port()}"
        issuer = platform.get("/.well-known/openid-credential-issuer/openid4vci").json()
        assert issuer["credential_issuer"] == "https://issuer.example/openid4vci"
        offer = platform.get(f"/openid4vci/offer/{made['reference']}").json()
        assert offer["credential_issuer"] == "https://issuer.example/openid4vci"


if __name__ == "__main__":
    main(globals())

#!/usr/bin/env python3
#
# test-serve-deferred.py - credentials that take longer, and what becomes of them
#
# SPDX-FileCopyrightText: 2026 The mdoc agent authors
# SPDX-License-Identifier: Apache-2.0

import json
import subprocess

from issued import Issued
from programs import main
from serving import claim, claims, fetch, signer
from vci import JSON, OFFER_TOOL, Key, Platform, Wallet, decrypt, encrypt, expect_error


def post(wallet, path, body):
    return wallet.send(path, json.dumps(body), {"Content-Type": JSON}, wallet.access)


class Waiting:
    """A wallet that has a transaction, and the claims are not there yet."""

    def __init__(self, bench, *options):
        self.bench = bench
        self.platform = Platform(bench, *options)
        self.made = self.platform.offer("photoid", claims(), "no-tx", "deferred",
                                        "without-claims")

    def begin(self):
        self.wallet = Wallet(self.platform)
        answer = self.wallet.redeem(fetch(self.platform, self.made), ["photoid"])
        [detail] = answer.json()["authorization_details"]
        self.selector = {"credential_identifier": detail["credential_identifiers"][0]}
        answer = self.wallet.credential(self.selector, keys=[Key()])
        assert answer.status == 202, str(answer)
        assert answer.json().keys() == {"transaction_id", "interval"}
        assert answer.json()["interval"] > 0
        self.transaction = answer.json()["transaction_id"]
        return self

    def poll(self, **more):
        return post(self.wallet, "/deferred_credential",
                    {"transaction_id": self.transaction, **more})

    def supply(self):
        """What the operator does, while the server is down."""
        self.platform.stop()
        path = self.bench.write("late.json", json.dumps(claims()))
        subprocess.run([OFFER_TOOL, self.platform.database, "supply",
                        self.made["exchange"], path], check=True, timeout=60)
        self.platform.start()


def test_deferred(bench):
    """S3: 202 until the claims are there, over a restart; then the credential."""
    case = Waiting(bench)
    with case.platform:
        case.begin()
        for _ in range(2):
            answer = case.poll()
            assert answer.status == 202, str(answer)
            assert answer.json()["transaction_id"] == case.transaction
        case.supply()
        answer = case.poll()
        assert answer.status == 200, str(answer)
        first = Issued(answer.json()["credentials"][0]["credential"], signer(bench))
        # the answer was lost: again, the same
        again = case.poll()
        assert again.status == 200, str(again)
        assert again.json()["credentials"] == answer.json()["credentials"]
        identifier = case.selector["credential_identifier"]
        told = case.wallet.call("/receipts", {"midUid": identifier, "generation": 1,
                                              "digest": first.digest})
        assert told.status == 200, str(told)
        expect_error(case.poll(), 400, "invalid_transaction_id")


def test_deferred_of_others(bench):
    case = Waiting(bench)
    made = case.platform.offer("photoid", claims(), "no-tx")
    with case.platform:
        case.begin()
        thief = Wallet(case.platform)
        claim(case.platform, thief, made)
        answer = post(thief, "/deferred_credential", {"transaction_id": case.transaction})
        expect_error(answer, 400, "invalid_transaction_id")
        answer = post(case.wallet, "/deferred_credential", {"transaction_id": "guessed"})
        expect_error(answer, 400, "invalid_transaction_id")
        expect_error(post(case.wallet, "/deferred_credential", {}), 400,
                     "invalid_credential_request")
        answer = case.wallet.send("/deferred_credential",
                                  json.dumps({"transaction_id": case.transaction}),
                                  {"Content-Type": JSON})
        assert answer.status == 401 and answer.headers["WWW-Authenticate"], str(answer)


def test_s3_26_deferred_with_fresh_token(bench):
    """The access token has run out long before: a refreshed one will do."""
    case = Waiting(bench)
    with case.platform:
        case.begin()
        case.platform.stop()
        case.platform.options += ("--clock-offset", str(5 * 86400))
        case.wallet.offset = 5 * 86400
        case.platform.start()
        expect_error(case.poll(), 401, "invalid_token")
        answer = case.wallet.token({"grant_type": "refresh_token",
                                    "refresh_token": case.wallet.refresh})
        assert answer.status == 200, str(answer)
        assert case.poll().status == 202
        case.supply()
        assert case.poll().status == 200


def test_deferred_encrypted(bench):
    case = Waiting(bench)
    with case.platform:
        case.begin()
        issuer = case.platform.get("/.well-known/openid-credential-issuer/openid4vci").json()
        [server_key] = issuer["credential_request_encryption"]["jwks"]["keys"]
        mine = Key()
        wanted = {"jwk": {**mine.jwk, "alg": "ECDH-ES"}, "enc": "A256GCM"}
        answer = case.poll(credential_response_encryption=wanted)
        expect_error(answer, 400, "invalid_encryption_parameters")
        body = json.dumps({"transaction_id": case.transaction,
                           "credential_response_encryption": wanted})
        sealed = encrypt(server_key, body)
        answer = case.wallet.send("/deferred_credential", sealed,
                                  {"Content-Type": "application/jwt"}, case.wallet.access)
        assert answer.status == 202, str(answer)
        assert decrypt(mine, answer.body)["transaction_id"] == case.transaction


def test_refresh(bench):
    """Rotated, the old one good until the new one is used; bound to the key."""
    platform = Platform(bench)
    made = platform.offer("photoid", claims(), "no-tx")
    with platform:
        wallet = Wallet(platform)
        claim(platform, wallet, made)
        first = wallet.refresh
        fields = {"grant_type": "refresh_token", "refresh_token": first}
        thief = Wallet(platform)
        expect_error(thief.token(fields), 400, "invalid_grant")
        assert wallet.token(fields).status == 200
        # the answer was lost: the old one once more (lifecycle, 7)
        assert wallet.token(fields).status == 200
        second = wallet.refresh
        assert second != first
        assert wallet.token({**fields, "refresh_token": second}).status == 200
        expect_error(wallet.token(fields), 400, "invalid_grant")


def test_notified(bench):
    """Declined, failed, unknown, malformed."""
    platform = Platform(bench)
    offers = [platform.offer("photoid", claims(), "no-tx") for _ in range(2)]
    with platform:
        for made, event in zip(offers, ("credential_deleted", "credential_failure")):
            wallet = Wallet(platform)
            answer, identifier = claim(platform, wallet, made)
            note = {"notification_id": answer["notification_id"], "event": event,
                    "event_description": "told so"}
            for _ in range(2):
                told = post(wallet, "/notification", note)
                assert told.status == 204 and told.body == "", str(told)
            if event == "credential_deleted":
                again = wallet.credential({"credential_identifier": identifier})
                expect_error(again, 400, "credential_request_denied")
        for body in ({}, {"notification_id": "x"}, {"event": "credential_accepted"},
                     {"notification_id": "x", "event": "other"}, {"notification_id": 1}):
            expect_error(post(wallet, "/notification", body), 400,
                         "invalid_notification_request")
        body = {"notification_id": "guessed", "event": "credential_accepted"}
        expect_error(post(wallet, "/notification", body), 400, "invalid_notification_id")


if __name__ == "__main__":
    main(globals())

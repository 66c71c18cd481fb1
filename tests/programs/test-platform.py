#!/usr/bin/env python3
#
# test-platform.py - the device's client of platforms against the real one
#
# SPDX-FileCopyrightText: 2026 The mdoc agent authors
# SPDX-License-Identifier: Apache-2.0

"""usage: test-platform.py"""

import json
import subprocess

from lifecycle import Instance
from programs import main
from serving import claims
from vci import OFFER_TOOL, Platform

# numbers of MdocPlatformError
NONCE, REFUSED = 1, 3


class Wallet(Instance):

    def __init__(self, platform, made):
        super().__init__(platform, "openid-credential-offer://?credential_offer_uri="
                         f"{platform.issuer}/offer/{made['reference']}")


def offer(platform, *options, profile="photoid"):
    return platform.offer(profile, claims(), *options)


def test_s2_03_and_37_claim_accept_sync_remove(bench):
    platform = Platform(bench)
    made = offer(platform)
    with platform:
        with Wallet(platform, made) as wallet:
            assert wallet.do("redeem", made["tx_code"])["midUid"]
            assert wallet.do("credential", 1)["credentials"] == 1
            assert wallet.do("receipt", 1)["known"]
            wallet.do("notify", 0)
            reply = wallet.do("sync", 1)["reply"]
            assert [doc["effective"] for doc in reply["docs"]] == ["active"], reply
            assert wallet.do("removal")["known"]
            # again, as the answer may have been lost; either is fine
            wallet.do("removal")
            reply = wallet.do("sync", "")["reply"]
            assert not [doc for doc in reply["docs"] if doc["effective"] == "active"]


def test_wrong_transaction_code_is_refused_and_the_right_one_taken(bench):
    platform = Platform(bench)
    made = offer(platform)
    with platform:
        with Wallet(platform, made) as wallet:
            wrong = "000000" if made["tx_code"] != "000000" else "111111"
            answer = wallet.ask("redeem", wrong)
            assert answer["error"] == REFUSED, answer
            wallet.do("redeem", made["tx_code"])
            # and the code is used up now
            answer = wallet.ask("redeem", made["tx_code"])
            assert (answer["error"], answer["name"]) == (REFUSED, "invalid_grant"), answer


def test_same_keys_get_the_same_bytes(bench):
    platform = Platform(bench)
    made = offer(platform)
    with platform:
        with Wallet(platform, made) as wallet:
            wallet.do("redeem", made["tx_code"])
            first = wallet.do("credential", 3)
            assert first["credentials"] == 3
            assert wallet.do("again")["digest"] == first["digest"]


def test_s2_35_and_36_accept_by_the_wallet_api(bench):
    platform = Platform(bench)
    made = offer(platform)
    with platform:
        with Wallet(platform, made) as wallet:
            wallet.do("redeem", made["tx_code"])
            wallet.do("credential", 1)
            wallet.do("receipt", 1)
            reply = wallet.do("sync", 1)["reply"]
            assert reply["docs"][0]["effective"] == "issued", reply
            assert wallet.do("accept")["known"]
            assert wallet.do("accept")["known"]
            reply = wallet.do("sync", 1)["reply"]
            assert reply["docs"][0]["effective"] == "active", reply


def test_decline(bench):
    platform = Platform(bench)
    made = offer(platform)
    with platform:
        with Wallet(platform, made) as wallet:
            wallet.do("redeem", made["tx_code"])
            wallet.do("credential", 1)
            wallet.do("receipt", 1)
            wallet.do("decline")
            reply = wallet.do("sync", "")["reply"]
            assert not [doc for doc in reply["docs"] if doc["effective"] == "active"]


def test_s2_04_deferred(bench):
    platform = Platform(bench)
    made = offer(platform, "deferred", "without-claims")
    with platform:
        with Wallet(platform, made) as wallet:
            wallet.do("redeem", made["tx_code"])
            assert wallet.do("credential", 1)["interval"] > 0
            assert wallet.do("deferred")["interval"] > 0
            # what an operator does, while the server is down
            platform.stop()
            subprocess.run([OFFER_TOOL, platform.database, "supply", made["exchange"],
                            bench.write("late.json", json.dumps(claims()))],
                           check=True, timeout=60)
            platform.start()
            answer = wallet.ask("deferred")
            assert answer.get("credentials") == 1, answer
            wallet.do("receipt", 1)
            wallet.do("notify", 0)


def test_s0_08_renew_by_refresh(bench):
    platform = Platform(bench)
    made = offer(platform)
    with platform:
        with Wallet(platform, made) as wallet:
            name = wallet.do("redeem", made["tx_code"])["midUid"]
            first = wallet.do("credential", 1)
            wallet.do("receipt", 1)
            wallet.do("notify", 0)
            assert wallet.do("refresh")["midUid"] == name
            second = wallet.do("credential", 1)
            assert second["digest"] != first["digest"]
            wallet.do("receipt", 2)
            reply = wallet.do("sync", 2)["reply"]
            assert reply["docs"][0]["generation"] == 2, reply


def test_recover_with_both_keys(bench):
    platform = Platform(bench)
    made = offer(platform)
    with platform:
        with Wallet(platform, made) as wallet:
            wallet.do("redeem", made["tx_code"])
            wallet.do("credential", 1)
            wallet.do("receipt", 1)
            wallet.do("notify", 0)
            wallet.do("recover")
            wallet.do("credential", 1)


if __name__ == "__main__":
    main(globals())

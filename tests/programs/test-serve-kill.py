#!/usr/bin/env python3
#
# test-serve-kill.py - a platform that is killed while wallets claim and renew
#
# SPDX-FileCopyrightText: 2026 The mdoc agent authors
# SPDX-License-Identifier: Apache-2.0

"""kill -9 of mdoc-issuer at moments by chance, with wallets at work, and it comes
back. A wallet whose answer was lost asks again as the standard lets it. In the
end both sides agree: what was handed out is what the platform says it was,
nothing is there twice, no place in a status list was given to two, each
generation has its event once, and the chain of the audit holds.

MDOC_TEST_KILLS is how many kills there are."""

import collections
import http.client
import json
import os
import random
import ssl
import threading
import time
import urllib.parse

from issued import Issued
from programs import DONE, ISSUER, expect, main
from serving import claims, signer
from vci import JSON, Key, Platform, Wallet

N_KILLS = int(os.environ.get("MDOC_TEST_KILLS",
                             "60" if "MDOC_TEST_SLOW" in os.environ else "12"))
N_WALLETS = 4
LOST = (OSError, http.client.HTTPException, ssl.SSLError)


class Holder(threading.Thread):
    """Claims and renews until it is told to end, and remembers what it has."""

    def __init__(self, world, number):
        super().__init__(name=f"holder-{number}", daemon=True)
        self.world, self.number = world, number
        # identifier: the credentials of its generations, as received
        self.held, self.error = {}, None

    def run(self):
        try:
            while not self.world.is_over:
                self.live()
        except Exception as error:  # pylint: disable=broad-except
            self.error = error

    def insist(self, function):
        """Until there is an answer that is no word about nonces: those of a
        platform that was killed are gone with its memory of what it has seen."""
        while True:
            try:
                answer = function()
            except LOST:
                self.world.is_up.wait()
                continue
            if not any(word in getattr(answer, "body", "") for word in
                       ("use_dpop_nonce", "invalid_nonce", "use_nonce")):
                return answer

    def live(self):
        wallet = Wallet(self.world.platform)
        offer = self.insist(self.world.make_offer)
        # if the answer is lost the code may be spent, and then it is (lifecycle, 7)
        answer = self.insist(lambda: wallet.redeem(offer, ["photoid"]))
        if answer.status != 200:
            assert answer.json()["error"] == "invalid_grant", str(answer)
            return
        [detail] = answer.json()["authorization_details"]
        [identifier] = detail["credential_identifiers"]
        for generation in (1, 2, 3):
            self.fetch(wallet, identifier, generation)
            if self.world.is_over:
                return
        told = self.insist(lambda: wallet.call(
            f"/device-credentials/{identifier}/removal",
            {"reason": "enough", "at": wallet.now()}))
        assert told.status in (200, 410), str(told)

    def fetch(self, wallet, identifier, generation):
        """A generation with a key of its own, received, the first accepted."""
        selector, key = {"credential_identifier": identifier}, Key()

        def ask():
            answer = wallet.credential(selector, keys=[key])
            if answer.status == 401:
                self.refresh(wallet)
                answer = wallet.credential(selector, keys=[key])
            return answer

        answer = self.insist(ask)
        assert answer.status == 200, str(answer)
        [entry] = answer.json()["credentials"]
        issued = Issued(entry["credential"], self.world.signer)
        assert issued.device_key == key.jwk
        again = self.insist(ask)
        assert again.status == 200, str(again)
        assert again.json()["credentials"] == [entry], "other bytes for the same key"
        self.held.setdefault(identifier, []).append(issued)
        receipt = {"midUid": identifier, "generation": generation, "digest": issued.digest}
        told = self.insist(lambda: wallet.call("/receipts", receipt))
        assert told.status == 200, str(told)
        if generation == 1:
            note = {"notification_id": answer.json()["notification_id"],
                    "event": "credential_accepted"}
            told = self.insist(lambda: wallet.send("/notification", json.dumps(note),
                                                   {"Content-Type": JSON}, wallet.access))
            assert told.status == 204, str(told)

    def refresh(self, wallet):
        fields = {"grant_type": "refresh_token", "refresh_token": wallet.refresh}
        answer = self.insist(lambda: wallet.token(fields))
        assert answer.status == 200, str(answer)


class World:
    """The platform, which goes and comes back, and who uses it."""

    def __init__(self, bench):
        self.bench = bench
        expect(DONE, ISSUER, "make-admin-key", "--name", "op", "--role", "configure",
               "--keys", bench.path("keys"), "--out", bench.path("key"))
        self.platform = Platform(bench, "--admin-key-file", bench.path("keys"))
        self.key = bench.path("key").read_text().strip()
        self.signer = signer(bench)
        self.is_up, self.is_over = threading.Event(), False

    def ask_admin(self, method, path, body=None):
        answer = self.platform.ask(method, f"/admin/v1{path}",
                                   json.dumps(body) if body is not None else None,
                                   {"Content-Type": JSON,
                                    "Authorization": f"Bearer {self.key}"})
        if answer.status == 503:
            # the door opens before all is there behind it
            raise ConnectionError
        assert answer.status < 300, str(answer)
        return answer

    def make_offer(self):
        body = {"profileId": "photoid", "claims": claims(), "txCode": False}
        made = self.ask_admin("POST", "/offers", body).json()
        reference = made["uri"].split("credential_offer_uri=")[1]
        return self.platform.get(urllib.parse.unquote(reference)).json()

    def kill(self):
        self.is_up.clear()
        self.platform.kill()
        self.platform.start()
        self.is_up.set()

    def list_events(self):
        events, since = [], 0
        while True:
            page = self.ask_admin("GET", f"/events?since={since}&limit=1000").json()
            if not page["events"]:
                return events
            events += page["events"]
            since = page["next"]


def check_events(events, holders):
    """Each generation was told of once; each acceptance and each removal too."""
    ids = [event["id"] for event in events]
    assert len(ids) == len(set(ids))
    told = collections.Counter()
    for event in events:
        data = event["data"]
        generation = data["data"].get("generation") if data["type"] == "mIDIssued" else None
        told[data["type"], data["subject"].get("midUid"), generation] += 1
    for holder in holders:
        for identifier, issued in holder.held.items():
            for generation in range(1, len(issued) + 1):
                assert told["mIDIssued", identifier, generation] == 1, identifier
            for kind in ("openid.credential.credential_issued", "mIDClaimed",
                         "deviceCredentialRemoved"):
                assert told[kind, identifier, None] <= 1, (kind, identifier)
            if len(issued) > 1:
                assert told["mIDClaimed", identifier, None] == 1, identifier


def check(world, holders):
    """What both sides have is the same, and there once."""
    places, generations = set(), 0
    for holder in holders:
        for identifier, issued in holder.held.items():
            device = world.ask_admin("GET", f"/device-credentials/{identifier}").json()
            assert device["generation"] in (len(issued), len(issued) - 1), (device, len(issued))
            generations += len(issued)
            for document in issued:
                place = document.status["status_list"]
                pair = (place["uri"], place["idx"])
                assert pair not in places, "a place in a status list twice"
                places.add(pair)
    check_events(world.list_events(), holders)
    expect(DONE, ISSUER, "audit", "verify", "--server", world.platform.url, "--key-file",
           world.bench.path("key"), "--ca", world.bench.path("tls.pem"))
    return generations


def work_under_kills(world, holders):
    for holder in holders:
        holder.start()
    try:
        for _ in range(N_KILLS):
            time.sleep(random.uniform(0.02, 0.4))
            world.kill()
            for holder in holders:
                if holder.error:
                    raise holder.error
    finally:
        world.is_over = True
        for holder in holders:
            holder.join(60)
    for holder in holders:
        if holder.error:
            raise holder.error
        assert not holder.is_alive()


def test_killed(bench):
    world = World(bench)
    holders = [Holder(world, number) for number in range(N_WALLETS)]
    with world.platform:
        world.is_up.set()
        work_under_kills(world, holders)
        n_generations = check(world, holders)
        assert n_generations > N_WALLETS, n_generations
    print(f"# {N_KILLS} kills, {n_generations} generations")


if __name__ == "__main__":
    main(globals())

#!/usr/bin/env python3
#
# test-claim.py - the life of a credential between our agent and our issuer
#
# SPDX-FileCopyrightText: 2026 The mdoc agent authors
# SPDX-License-Identifier: Apache-2.0

"""mdoc-issuer serve and mdoc-agent, end to end, over TLS and the command lines
that people use; nothing of either is replaced."""

import html
import json
import os
import random
import re
import subprocess
import urllib.request

from agents import CTL, Process, elements_of, error_name
from pair import DAY_S, Pair, claims
from programs import DENIED, DONE, FAILED, expect, main
from vci import OFFER_TOOL


def test_life(bench):
    """From the QR code to the removal."""
    with Pair(bench) as world:
        offer = world.offer("--tx-code", "--qr", bench.path("offer.png"))
        claimed = world.ctl_json("claim", bench.path("offer.png"), "--tx-code",
                                 offer["txCode"], "--label", "photo")
        assert claimed["state"] == "received" and claimed["displayName"] == "Photo ID"
        world.wait_for_types("offer_sent", "offer_received", "token_issued",
                             "credential_issued", "mIDIssued", "credential_acked")
        assert "mIDClaimed" not in world.types()
        assert world.show(DENIED, "family_name")["documents"] == []

        review = world.ctl_json("review", claimed["id"], "--show-values")
        assert "Lindqvist" in [element["value"] for element in review["elements"]]
        world.ctl(DONE, "accept", claimed["id"])
        types = world.wait_for_types("credential_accepted", "mIDClaimed")
        assert elements_of(world.show(DONE, "family_name")) == {"family_name"}
        for name in ("offer_sent", "offer_received", "token_issued", "credential_issued",
                     "mIDIssued", "credential_acked", "credential_accepted", "mIDClaimed"):
            assert types.count(name) == 1, types

        mid_uid = world.device()["midUid"]
        world.operate("suspend", mid_uid, "--reason", "test")
        assert world.ctl_json("sync")[0]["outcome"] == "done"
        assert world.standing() == "suspended"
        assert world.show(DENIED, "family_name")["documents"] == []
        world.operate("reinstate", mid_uid)
        world.ctl(DONE, "sync")
        assert world.standing() == "valid" and "mIDIssued" in types
        assert world.types().count("mIDIssued") == 1

        new = bench.write("new.json", '{"family_name": "Nystrand"}')
        world.operate("update", world.device()["credentialId"], "--claims", new)
        world.ctl(DONE, "sync")
        world.wait_for_types("attributeUpdateCompleted")
        assert world.values()["family_name"] == "Nystrand"

        before = world.types().count("mIDIssued")
        world.move_clocks(28 * DAY_S)
        world.wait_for_types(*["mIDIssued"] * (before + 1))
        world.ctl(DONE, "sync")
        assert world.standing() == "valid" and world.values()["family_name"] == "Nystrand"

        world.ctl(DONE, "remove", "photo", "--yes")
        types = world.wait_for_types("deviceCredentialRemoved")
        assert types.count("mIDIssued") == before + 1 and types.count("mIDClaimed") == 1
        assert world.ctl_json("list") == [] == world.ctl_json("list", "--keys")
        assert world.device()["state"] == "removed"


def offer_several(world, *profiles, **more):
    """One offer for all of them. Returns: its link."""
    given = claims()
    licence = [{"vehicle_category_code": "B", "issue_date": "2007-08-20",
                "expiry_date": "2035-03-13"}]
    every = {"photoid": given,
             "mdl": {**given, "document_number": "UT-7302", "un_distinguishing_sign": "UT",
                     "driving_privileges": licence},
             "pid": {**given, "nationality": ["UT"], "place_of_birth": {"country": "UT"}}}
    made = world.administer("POST", "/admin/v1/offers", json.dumps(
        {"credentials": [{"profileId": name, "claims": every[name]} for name in profiles],
         "txCode": False, **more})).json()
    return world.get(f"/admin/v1/offers/{made['offerId']}")["uri"]


def test_several_of_one_offer(bench):
    """Each is a claim by itself; what they share is the refresh token."""
    with Pair(bench) as world:
        link = offer_several(world, "photoid", "mdl")
        first = world.ctl_json("claim", link, "--label", "new", "--copies", "2")
        second, = first["siblings"]
        assert {first["docType"], second["docType"]} == {
            "org.iso.23220.photoid.1", "org.iso.18013.5.1.mDL"}
        assert [offer["state"] for offer in world.ctl_json("offers")] == ["received"] * 2
        review = world.ctl(DONE, "review", first["id"]).out
        assert second["id"] in review and second["displayName"] in review
        world.ctl(DONE, "accept", first["id"])
        world.ctl(DONE, "accept", second["id"])
        types = world.wait_for_types("mIDClaimed", "mIDClaimed", "exchange.group_completed")
        assert types.count("exchange.group_completed") == 1, types
        listed = {info["label"]: info for info in world.ctl_json("list")}
        assert sorted(listed) == ["new", "new 2"]
        world.move_clocks(DAY_S)
        for label in listed:
            assert world.ctl_json("renew", label)[0]["outcome"] == "done"
        # and each goes by itself
        world.ctl(DONE, "remove", "new 2", "--yes")
        world.wait_for_types("deviceCredentialRemoved")
        assert world.ctl_json("renew", "new")[0]["outcome"] == "done"
        world.agree()


def test_two_of_a_kind(bench):
    """One configuration, two credentials: the token names both."""
    with Pair(bench) as world:
        first = world.ctl_json("claim", offer_several(world, "photoid", "photoid"),
                               "--label", "new", "--accept")
        assert len(first["siblings"]) == 1
        world.wait_for_types("mIDClaimed", "mIDClaimed")
        for label in ("new", "new 2"):
            assert world.ctl_json("renew", label)[0]["outcome"] == "done"
        world.agree()


def test_choices(bench):
    """Declined, guessed, used twice, withdrawn: nothing is left of it."""
    with Pair(bench) as world:
        offer = world.offer("--no-tx-code")
        claimed = world.claim(offer).json()
        world.ctl(DONE, "decline", claimed["id"])
        types = world.wait_for_types("credential_deleted")
        assert "mIDClaimed" not in types and "deviceCredentialRemoved" not in types
        assert world.ctl_json("list") == [] == world.ctl_json("list", "--keys")
        # an offer is good once
        assert "no such offer" in world.claim(offer, code=DENIED).err

        offer = world.offer("--tx-code")
        wrong = f"{(int(offer['txCode']) + 1) % 10 ** len(offer['txCode']):0{len(offer['txCode'])}}"
        world.ctl(DENIED, "claim", offer["uri"], "--tx-code", wrong)
        waiting, = world.ctl_json("offers")
        assert waiting["needs"] == "tx-code" and waiting["txCodeAttempts"] == 1
        assert world.ctl_json("claim", waiting["id"], "--tx-code",
                              offer["txCode"])["state"] == "received"


def test_copies(bench):
    """A batch: each copy for a key of its own, renewed as many."""
    with Pair(bench) as world:
        world.claim(world.offer("--no-tx-code"), "--label", "photo", "--accept",
                    "--copies", "12")
        world.wait_for_types("mIDClaimed")
        assert len(world.ctl_json("show", "photo")["generations"][0]["uses"]) == 10
        assert world.ctl_json("renew", "photo")[0]["outcome"] == "done"
        world.wait_for_types("deviceCredentialDelivered")
        shown = world.ctl_json("show", "photo")
        assert [len(one["uses"]) for one in shown["generations"]] == [10, 10]
        assert world.types().count("mIDIssued") == 2
        assert world.device()["generation"] == 2


def test_locks(bench):
    """Credential, device and holder have a lock each; revoked is for good."""
    with Pair(bench) as world:
        mid_uid = world.have("--no-tx-code")
        credential = world.device()["credentialId"]
        for name in (mid_uid, credential):
            world.operate("suspend", name)
        world.ctl(DONE, "sync")
        assert world.standing() == "suspended"
        assert error_name(world.ctl(FAILED, "set", "photo", "--state", "active", "--json")) \
            == "InUse"
        assert error_name(world.ctl(FAILED, "renew", "photo", "--json")) == "InUse"
        world.operate("reinstate", mid_uid)
        world.ctl(DONE, "sync")
        assert world.standing() == "suspended"
        world.operate("reinstate", credential)
        world.ctl(DONE, "sync")
        assert world.standing() == "valid"
        assert world.ctl_json("renew", "photo")[0]["outcome"] == "done"
        world.operate("revoke", credential)
        world.ctl(DONE, "sync")
        assert world.standing() == "revoked"
        world.ctl(FAILED, "renew", "photo")
        world.ctl(DONE, "remove", "photo", "--yes")
        world.wait_for_types("deviceCredentialRemoved")


def test_platform_away(bench):
    """What is owed is told later, and once; what has run out is renewed."""
    with Pair(bench) as world:
        world.have("--no-tx-code")
        world.move_clocks(90 * DAY_S)
        world.wait_for_types("mIDIssued", "mIDIssued", "deviceCredentialDelivered")
        assert world.standing() == "valid"

        world.issuer.stop()
        world.ctl(FAILED, "sync")
        world.ctl(DONE, "remove", "photo", "--yes")
        assert world.ctl_json("list") == [] == world.ctl_json("list", "--keys")
        assert world.ctl_json("status")["notices"] == 1
        world.agent.send_signal(9)
        world.agent.process.wait()
        world.issuer.start()
        world.start()
        types = world.wait_for_types("deviceCredentialRemoved")
        assert types.count("deviceCredentialRemoved") == 1
        assert world.ctl_json("store", "check") == {"findings": []}


class Browser:
    """What a person does with the page of the issuer."""

    def __init__(self, world, uri):
        self.platform = world.issuer
        self.page = self.platform.get(uri.removeprefix(world.issuer.url))
        assert self.page.status == 200, str(self.page)
        self.cookie = self.page.headers["Set-Cookie"].split(";")[0]

    def submit(self, **fields):
        session = re.search(r'name="session" value="([^"]*)"', self.page.body).group(1)
        self.page = self.platform.post(
            "/openid4vci/authorize", {"session": html.unescape(session), **fields},
            {"Cookie": self.cookie, "Origin": self.platform.url})

    def come_back(self):
        assert self.page.status == 303, str(self.page)
        with urllib.request.urlopen(self.page.headers["Location"], timeout=20) as answer:
            assert answer.status == 200


def test_login(bench):
    """Nobody has offered it: the holder asks, and logs in."""
    with Pair(bench) as world:
        person = bench.write("person.json", json.dumps(claims()))
        world.issuer.stop()
        expect(DONE, OFFER_TOOL, world.issuer.database, "person", "P-1", person,
               "correct horse")
        world.issuer.start()
        process = Process(world, CTL, "enroll", "--issuer", world.issuer.issuer,
                          "--configuration", "photoid", "--label", "photo", "--json",
                          name="enroll")
        process.wait_for("/authorize?")
        browser = Browser(world, process.err.split()[-1])
        browser.submit(name="P-1", password="correct horse", answer="yes")
        if browser.page.status == 200:
            browser.submit(answer="yes")
        browser.come_back()
        claimed = json.loads(process.finish(DONE))
        assert claimed["state"] == "received"
        world.ctl(DONE, "accept", claimed["id"])
        world.wait_for_types("mIDClaimed")
        assert world.values()["family_name"] == "Lindqvist"


def test_deferred(bench):
    """The data come days later; agent and platform are killed meanwhile."""
    with Pair(bench, deferredInterval="1s") as world:
        claimed = world.claim(world.offer("--no-tx-code", "--deferred")).json()
        assert claimed["state"] == "deferred_wait"
        exchange, = world.get("/admin/v1/exchanges")["exchanges"]
        assert (exchange["status"], exchange["credentialStatus"]) == ("token_issued", "pending")
        world.agent.send_signal(9)
        world.agent.process.wait()
        world.issuer.kill()
        world.issuer.start()
        world.start()
        assert world.ctl_json("offers")[0]["state"] == "deferred_wait"
        world.put(f"/admin/v1/exchanges/{exchange['exchangeId']}/claims", {"claims": claims()})
        assert world.ctl_json("claim", claimed["id"], "--wait")["state"] == "received"
        assert world.wait_for_types("credential_acked").count("mIDIssued") == 1


def test_both_killed(bench):
    """Agent at any step of its disk, platform at any moment: in the end they agree.
    MDOC_TEST_KILLS is how many times; MDOC_TEST_SEED what chance begins with."""
    seed = int(os.environ.get("MDOC_TEST_SEED", random.randrange(1 << 32)))
    print(f"# MDOC_TEST_SEED={seed}", flush=True)
    chance = random.Random(seed)
    with Pair(bench) as world:
        for number in range(int(os.environ.get("MDOC_TEST_KILLS", "12"))):
            listed = [info for info in world.ctl_json("list") if info["state"] == "valid"]
            act = chance.choice(("claim", "claim", "renew", "remove")) if listed else "claim"
            if act == "claim":
                uri = world.offer("--no-tx-code")["uri"]
                arguments = "claim", uri, "--accept", "--label", f"c{number}"
            else:
                more = ("--yes",) if act == "remove" else ()
                arguments = act, chance.choice(listed)["id"], *more
            world.set(kill_at=chance.randint(1, 250), tears=chance.randint(0, 1))
            process = Process(world, CTL, *arguments, name="act")
            if chance.random() < 0.5:
                try:
                    process.process.wait(chance.random() / 2)
                except subprocess.TimeoutExpired:
                    pass
                world.issuer.kill()
                world.issuer.start()
            process.process.wait(130)
            process.close()
            world.set(kill_at=0)
            if world.is_dead(timeout=1):
                world.restart("--tls-anchors", bench.path("tls.pem"))
            world.settle()
        world.agree()


if __name__ == "__main__":
    main(globals())

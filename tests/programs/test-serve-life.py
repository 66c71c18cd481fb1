#!/usr/bin/env python3
#
# test-serve-life.py - the life of a credential, by our command line and a wallet
#
# SPDX-FileCopyrightText: 2026 The mdoc agent authors
# SPDX-License-Identifier: Apache-2.0

import json
import time
import urllib.parse
import zlib

from issued import Issued
from programs import DONE, ISSUER, expect, main
from serving import NAMES, claims, signer
from vci import JSON, PRE_AUTHORIZED, Platform, Wallet, expect_error, unb64


class Life:
    """A platform with an operator, and a wallet that holds a credential."""

    def __init__(self, bench, *options):
        self.bench = bench
        expect(DONE, ISSUER, "make-admin-key", "--name", "op", "--role", "configure",
               "--keys", bench.path("keys"), "--out", bench.path("key"))
        self.platform = Platform(bench, "--admin-key-file", bench.path("keys"), *options)
        self.wallet, self.offset = None, 0

    def ask(self, verb, *arguments, code=DONE):
        """A verb of ours that asks the platform."""
        return expect(code, ISSUER, verb, *arguments, "--server", self.platform.url,
                      "--key-file", self.bench.path("key"), "--ca",
                      self.bench.path("tls.pem"), "--json")

    def offer(self, *options):
        path = self.bench.write("claims.json", json.dumps(claims()))
        made = self.ask("offer", "--profile", "photoid", "--claims", path, *options).json()
        return made, self.resolve(made)

    def resolve(self, made):
        """As a wallet does, from the link."""
        link = urllib.parse.urlsplit(made["uri"])
        assert link.scheme == "openid-credential-offer"
        [reference] = urllib.parse.parse_qs(link.query)["credential_offer_uri"]
        return self.platform.get(reference).json()

    def claim(self):
        made, offer = self.offer("--tx-code")
        self.wallet = Wallet(self.platform)
        answer = self.wallet.redeem(offer, ["photoid"], made["txCode"])
        assert answer.status == 200, str(answer)
        [detail] = answer.json()["authorization_details"]
        [self.identifier] = detail["credential_identifiers"]
        self.issued, answer = self.fetch()
        self.receive()
        note = {"notification_id": answer["notification_id"],
                "event": "credential_accepted"}
        told = self.wallet.send("/notification", json.dumps(note), {"Content-Type": JSON},
                                self.wallet.access)
        assert told.status == 204, str(told)

    def fetch(self):
        answer = self.wallet.credential({"credential_identifier": self.identifier})
        assert answer.status == 200, str(answer)
        return (Issued(answer.json()["credentials"][0]["credential"], signer(self.bench)),
                answer.json())

    def receive(self, generation=1):
        told = self.wallet.call("/receipts", {"midUid": self.identifier,
                                              "generation": generation,
                                              "digest": self.issued.digest})
        assert told.status == 200, str(told)
        self.generation = generation

    def refresh(self):
        return self.wallet.token({"grant_type": "refresh_token",
                                  "refresh_token": self.wallet.refresh})

    def sync(self):
        """Returns: what the platform says of the credential, and all of it."""
        answer = self.wallet.call("/sync", {
            "agent": {"version": "1", "clientType": "test"}, "clock": self.wallet.now(),
            "docs": [{"midUid": self.identifier, "generation": self.generation,
                      "validUntil": self.issued.valid_until, "state": "active"}]})
        assert answer.status == 200, str(answer)
        [doc] = answer.json()["docs"]
        assert doc["midUid"] == self.identifier
        return doc, answer.json()

    def ack(self, sync):
        for action in sync["actions"]:
            told = self.wallet.call(f"/actions/{action['id']}/ack", {"result": "done"})
            assert told.status == 200, str(told)

    def status(self):
        """What the published list says, as a reader looks it up."""
        place = self.issued.status["status_list"]
        answer = self.platform.get(place["uri"], {"Accept": "application/statuslist+jwt"})
        assert answer.status == 200, str(answer)
        payload = json.loads(unb64(answer.body.split(".")[1]))
        assert payload["sub"] == place["uri"]
        bits = payload["status_list"]["bits"]
        data = zlib.decompress(unb64(payload["status_list"]["lst"]))
        at = place["idx"] * bits
        return data[at // 8] >> at % 8 & (1 << bits) - 1

    def wait_for_status(self, value):
        """Lists follow a change within a minute."""
        deadline = time.monotonic() + 60
        while self.status() != value:
            assert time.monotonic() < deadline, "the list does not change"
            time.sleep(0.1)

    def move(self, days):
        """The platform comes back some days later."""
        self.platform.stop()
        self.offset += days * 86400
        options = list(self.platform.options)
        if "--clock-offset" in options:
            at = options.index("--clock-offset")
            del options[at:at + 2]
        self.platform.options = (*options, "--clock-offset", str(self.offset))
        self.wallet.offset = self.offset
        self.platform.start()

    def event_types(self):
        """Of all that has happened to the credential, in order."""
        lines = self.ask("events").out.splitlines()
        return [json.loads(line)["type"] for line in lines]


def test_life(bench):
    """Offer, claim, suspend, reinstate, update, renew, remove."""
    life = Life(bench)
    with life.platform:
        life.claim()
        doc, _ = life.sync()
        assert doc["effective"] == "active" and doc["update"] == "none", doc
        assert life.status() == 0

        # suspended: the list says so, and there is no renewal
        life.ask("suspend", life.identifier, "--reason", "lost")
        doc, sync = life.sync()
        assert doc["effective"] == "suspended", doc
        assert "suspend" in [action["kind"] for action in sync["actions"]], sync
        life.ack(sync)
        assert not life.sync()[1]["actions"]
        life.wait_for_status(2)
        life.move(28)
        assert life.refresh().status == 200
        answer = life.wallet.credential({"credential_identifier": life.identifier})
        expect_error(answer, 400, "credential_request_denied")
        assert answer.json()["error_description"] == "suspended"

        # reinstated
        life.ask("reinstate", life.identifier)
        doc, sync = life.sync()
        assert doc["effective"] == "active", doc
        life.ack(sync)
        life.wait_for_status(0)

        # an attribute changes: the next generation has it
        path = bench.write("new.json", json.dumps({"family_name": "Nordin"}))
        credential = doc["credentialId"]
        life.ask("update", credential, "--claims", path)
        doc, sync = life.sync()
        assert doc["update"] == "required", doc
        life.ack(sync)
        old = life.issued
        life.issued, _ = life.fetch()
        assert life.issued.elements[NAMES, "family_name"] == "Nordin"
        assert life.issued.valid_until > old.valid_until
        life.receive(2)
        doc, _ = life.sync()
        assert doc["update"] == "none" and doc["generation"] == 2, doc

        # renewed, a month later
        life.move(29)
        assert life.refresh().status == 200
        old = life.issued
        life.issued, _ = life.fetch()
        life.receive(3)
        assert life.issued.valid_until > old.valid_until
        assert life.issued.elements.keys() == old.elements.keys()

        # removed: told once, and once more
        removal = {"reason": "by the holder", "at": life.wallet.now()}
        answer = life.wallet.call(f"/device-credentials/{life.identifier}/removal", removal)
        assert answer.status == 200 and answer.json() == {"cleanup": "none"}, str(answer)
        answer = life.wallet.call(f"/device-credentials/{life.identifier}/removal", removal)
        assert answer.status in (200, 410), str(answer)
        life.refresh()
        answer = life.wallet.credential({"credential_identifier": life.identifier})
        assert answer.status in (400, 401), str(answer)

        types = life.event_types()
        wanted = ["openid.credential.offer_sent", "openid.credential.offer_received",
                  "openid.credential.token_issued", "openid.credential.credential_issued",
                  "mIDIssued", "openid.credential.credential_acked",
                  "openid.credential.credential_accepted", "mIDClaimed"]
        order = [types.index(name) for name in wanted]
        assert sorted(order[:4]) == order[:4] and all(types.count(name) == 1 for name in (
            *wanted[:4], *wanted[5:])), types
        assert types.count("mIDIssued") == 3, types
        life.ask("audit", "verify")


def test_revoked(bench):
    life = Life(bench)
    with life.platform:
        life.claim()
        life.ask("revoke", life.identifier, "--reason", "stolen")
        doc, _ = life.sync()
        assert doc["effective"] == "revoked", doc
        life.wait_for_status(1)
        life.move(28)
        life.refresh()
        answer = life.wallet.credential({"credential_identifier": life.identifier})
        assert answer.status in (400, 401), str(answer)
        assert life.status() == 1


def test_custom_profile(bench):
    """S0: a document type that is the issuer's own, and nobody else knows."""
    life = Life(bench)
    with life.platform:
        person = {"number": 7, "person": {"lastName": "Lindqvist", "firstName": "Mara"}}
        path = bench.write("member.json", json.dumps(person))
        made = life.ask("offer", "--profile", "member-pass", "--claims", path,
                        "--consent-ref", "terms-1").json()
        life.wallet = Wallet(life.platform)
        answer = life.wallet.redeem(life.resolve(made), ["member-pass"],
                                    made.get("txCode"))
        assert answer.status == 200, str(answer)
        [detail] = answer.json()["authorization_details"]
        [life.identifier] = detail["credential_identifiers"]
        issued, _ = life.fetch()
        assert issued.doc_type == "org.example.pass"
        values = {element: value for (_, element), value in issued.elements.items()}
        assert values["member_number"] == 7 and values["family_name"] == "Lindqvist"
        # a full-date, as the profile has it
        assert values["issue_date"].number == 1004, values


def test_recover(bench):
    """The refresh token is lost: both keys together get a new code."""
    life = Life(bench)
    with life.platform:
        life.claim()
        path = f"/device-credentials/{life.identifier}/recover"
        life.wallet.call("/sync", {})
        device = life.wallet.keys[0]
        stranger = Wallet(life.platform).key

        def recover(key, nonce=None):
            nonce = nonce or life.wallet.wallet_nonce
            return life.wallet.call(path, {"proof": life.wallet.proof(key, nonce)})

        expect_error(recover(device, "other"), 400, "invalid_proof")
        assert recover(stranger).status in (400, 403, 404)
        # of no use to a stranger, who spoils it
        for wallet, status in ((Wallet(life.platform), 400), (life.wallet, 200)):
            answer = recover(device)
            assert answer.status == 200, str(answer)
            code = answer.json()["pre-authorized_code"]
            answer = wallet.token({"grant_type": PRE_AUTHORIZED, "pre-authorized_code": code})
            assert answer.status == status, str(answer)
        again, _ = life.fetch()
        assert again.elements.keys() == life.issued.elements.keys()


def test_recover_too_often(bench):
    """Five times in an hour, each credential for itself; what is refused is not counted."""
    life = Life(bench)
    with life.platform:
        life.claim()
        life.wallet.call("/sync", {})
        path = f"/device-credentials/{life.identifier}/recover"
        device, stranger = life.wallet.keys[0], Wallet(life.platform).key

        def recover(wallet, key):
            return wallet.call(path, {"proof": wallet.proof(key, wallet.wallet_nonce)})

        other = Wallet(life.platform)
        other.call("/sync", {})
        for _ in range(6):
            assert recover(life.wallet, stranger).status == 404
            # nor does anybody else use up what is this one's
            assert recover(other, device).status == 404
        for _ in range(5):
            answer = recover(life.wallet, device)
            assert answer.status == 200, str(answer)
        answer = recover(life.wallet, device)
        expect_error(answer, 429, "too_often")
        assert 3000 < int(answer.headers["Retry-After"]) <= 3601, str(answer.headers)
        audit = life.ask("audit", "export")
        assert audit.out.count("tokens.recovered") == 5, audit.out


if __name__ == "__main__":
    main(globals())

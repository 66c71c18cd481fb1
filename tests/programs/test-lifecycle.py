#!/usr/bin/env python3
#
# test-lifecycle.py - the life of a credential between two programs of ours
#
# SPDX-FileCopyrightText: 2026 The mdoc agent authors
# SPDX-License-Identifier: Apache-2.0

"""mdoc-agent against mdoc-issuer serve, over TLS."""

import json
import re
import shutil
import subprocess
import urllib.parse

from agents import CTL, Process
from lifecycle import (PHOTO_ID, Ageing, Browser, Holder, Instance, Operated, make_lasting_tls,
                       own_profiles)
from programs import DENIED, DONE, PEER, SOURCE, main
from serving import claims, fetch
from vci import JSON, OFFER_TOOL, Key, Wallet

PID = {"family_name": "Lindqvist", "given_name": "Mara Elin", "birth_date": "1989-02-28",
       "place_of_birth": {"country": "UT"}, "nationality": ["UT"],
       "issuing_authority": "Utopia Civil Registry", "issuing_country": "UT"}
STAGES = ["offer_sent", "offer_received", "token_issued", "credential_issued",
          "credential_acked", "credential_accepted"]


def stages(platform):
    return [event["type"].rsplit(".", 1)[1] for event in platform.events()
            if event["type"].startswith("openid.credential.")]


def test_s0_01_several_of_two_types(bench):
    with Operated(bench) as platform, Holder(platform) as holder:
        for number in range(2):
            holder.take(platform.new_offer(), f"card-{number}")
        holder.take(platform.new_offer("pid", PID), "pid")
        listed = holder.ctl_json("list")
        assert {info["label"] for info in listed} == {"card-0", "card-1", "pid"}
        assert len({info["docType"] for info in listed}) == 2
        assert {info["state"] for info in listed} == {"valid"}


def test_s2_26_31_32_35_and_36_states_of_an_exchange(bench):
    """S3: what is on record at each step, and that the same is told."""
    with Operated(bench) as platform, Holder(platform) as holder:
        offer = platform.new_offer()
        assert platform.exchange(offer)["status"] == "offer_sent"
        claimed = holder.claim(offer, "--label", "card").json()
        assert platform.until_status(offer, "credential_acked")["midUid"]
        assert holder.info()["state"] == "received"
        holder.ctl(DONE, "accept", claimed["id"])
        exchange = platform.until_status(offer, "credential_accepted")
        assert exchange["exchangeId"] == offer["exchangeIds"][0]
        assert exchange["grant"].startswith("pre") and not exchange["deferred"]
        holder.ctl(DONE, "remove", "--yes", "card")
        platform.until_status(offer, "credential_deleted")


def test_s3_01_03_10_11_and_17_stages_are_told(bench):
    with Operated(bench) as platform, Holder(platform) as holder:
        offer = platform.new_offer()
        holder.claim(offer, "--label", "card")
        platform.until_status(offer, "credential_acked")
        assert stages(platform) == STAGES[:-1]
        # given means signed, received means what the device says
        assert "mIDIssued" in platform.types() and "mIDClaimed" not in platform.types()
        holder.ctl(DONE, "accept", holder.ctl_json("offers")[0]["id"])
        platform.until_status(offer, "credential_accepted")
        assert stages(platform) == STAGES


def test_s3_18_asking_and_being_told_agree(bench):
    with Operated(bench) as platform, Holder(platform) as holder:
        offer = platform.new_offer()
        holder.take(offer)
        exchange = platform.exchange(offer)
        assert stages(platform)[-1] == exchange["status"] == "credential_accepted"
        claimed, = (event for event in platform.events() if event["type"] == "mIDClaimed")
        assert claimed["data"]["subject"]["midUid"] == exchange["midUid"]


def test_s3_19_20_21_22_and_38_review_comes_between(bench):
    with Operated(bench) as platform, Holder(platform) as holder:
        claimed = holder.claim(platform.new_offer(), "--label", "card").json()
        review = holder.ctl_json("review", claimed["id"], "--show-values")
        values = {element["element"]: element["value"] for element in review["elements"]}
        assert values["family_name"] == claims()["family_name"]
        assert holder.show_to_reader(DENIED) == []
        holder.ctl(DONE, "accept", claimed["id"])
        document, = holder.show_to_reader(DONE)
        assert document["docType"] == PHOTO_ID


def test_s2_37_and_s3_02_declined_is_the_end(bench):
    with Operated(bench) as platform, Holder(platform) as holder:
        offer = platform.new_offer()
        claimed = holder.claim(offer).json()
        platform.until_status(offer, "credential_acked")
        holder.ctl(DONE, "decline", claimed["id"])
        platform.until_status(offer, "credential_deleted")
        assert holder.ctl_json("list") == []
        # and nothing leads out of it
        holder.claim(offer, code=DENIED)
        platform.admin("POST", f"/exchanges/{offer['exchangeIds'][0]}/deny", 409,
                       {"code": "operator", "reason": "too late"})
        assert platform.exchange(offer)["status"] == "credential_deleted"


def test_s2_02_04_27_30_and_s3_08_23_24_25_and_27_deferred(bench):
    """The data come later, and the agent was down meanwhile."""
    profiles = own_profiles(bench, "issuance", deferredInterval="2s")
    with Operated(bench, "--profiles", profiles) as platform, Holder(platform) as holder:
        other = platform.new_offer()
        offer = platform.admin("POST", "/offers", 201,
                               {"profileId": "photoid", "deferred": True})
        holder.claim(offer, "--label", "card")
        exchange = platform.exchange(offer)
        assert exchange["deferred"] and exchange["status"] == "token_issued"
        assert exchange["credentialStatus"] == "pending"
        waiting = platform.look("/exchanges?status=token_issued")["exchanges"]
        assert [one["exchangeId"] for one in waiting] == offer["exchangeIds"]
        assert platform.exchange(other)["status"] == "offer_sent"
        holder.stop_agent()
        platform.admin("PUT", "/exchanges/nobody/claims", 404, {"claims": claims()})
        platform.admin("PUT", f"/exchanges/{offer['exchangeIds'][0]}/claims", 200,
                       {"claims": claims()})
        assert platform.exchange(offer)["credentialStatus"] == "ready"
        holder.start()
        platform.until_status(offer, "credential_acked")
        assert holder.info()["state"] == "received"
        # and of the same profile at once
        assert not platform.exchange(other)["deferred"]
        holder.take(other, "another")


def test_s2_38_56_and_s3_15_and_32_denied(bench):
    with Operated(bench) as platform, Holder(platform) as holder:
        offer = platform.new_offer()
        platform.admin("POST", f"/exchanges/{offer['exchangeIds'][0]}/deny", 200,
                       {"code": "operator", "reason": "Photograph is not of the holder"})
        exchange = platform.exchange(offer)
        assert exchange["status"] == "issuance_denied"
        assert exchange["denial"]["reason"] == "Photograph is not of the holder"
        holder.claim(offer, code=DENIED)
        assert holder.ctl_json("list") == []
        denied, = (event for event in platform.events()
                   if event["type"].endswith("issuance_denied"))
        assert denied["data"]["data"]["reason"] == exchange["denial"]["reason"]
        assert "mIDIssued" not in platform.types()


def test_s0_10_78_79_and_s3_33_and_35_removed(bench):
    with Operated(bench) as platform, Holder(platform) as holder:
        offer = platform.new_offer()
        mid_uid = holder.take(offer)
        credential = platform.look(f"/device-credentials/{mid_uid}")["credentialId"]
        holder.ctl(DONE, "remove", "--yes", "card")
        platform.until(lambda: "deviceCredentialRemoved" in platform.types())
        removed, = (event["data"]["subject"] for event in platform.events()
                    if event["type"] == "deviceCredentialRemoved")
        assert (removed["midUid"], removed["credentialId"]) == (mid_uid, credential)
        assert stages(platform).count("credential_deleted") == 1
        assert holder.ctl_json("list", "--keys") == []
        records = platform.look(f"/audit?midUid={mid_uid}")["records"]
        assert "holder" in {record["actor"] for record in records}, records


def test_s0_80_wiped_says_nothing(bench):
    with Operated(bench) as platform, Holder(platform) as holder:
        mid_uid = holder.take(platform.new_offer())
        before = platform.types()
        holder.stop_agent()
        shutil.rmtree(holder.state)
        holder.start()
        assert holder.ctl_json("list") == []
        assert platform.types() == before
        assert platform.look(f"/device-credentials/{mid_uid}")["effective"] == "active"


def test_s0_82_suspended_and_back(bench):
    with Operated(bench) as platform, Holder(platform) as holder:
        mid_uid = holder.take(platform.new_offer())
        platform.set_state("suspended", midUid=mid_uid)
        holder.ctl(DONE, "sync")
        assert holder.info()["state"] == "suspended"
        assert holder.show_to_reader(DENIED) == []
        platform.set_state("active", midUid=mid_uid)
        holder.ctl(DONE, "sync")
        assert holder.info()["state"] == "valid"
        assert len(holder.show_to_reader(DONE)) == 1
        platform.set_state("revoked", midUid=mid_uid)
        holder.ctl(DONE, "sync")
        assert holder.info()["state"] == "revoked"
        assert "mIDIssued" not in platform.types()[len(STAGES) + 2:]


def test_s0_02_52_54_and_87_the_whole_life(bench):
    """Claim, present, update, renew, remove; nobody is asked at a renewal."""
    with Operated(bench) as platform, Holder(platform) as holder:
        mid_uid = holder.take(platform.new_offer())
        credential = platform.look(f"/device-credentials/{mid_uid}")["credentialId"]
        for name in (mid_uid, credential):
            assert platform.look(f"/credentials/{name}")["credentialId"] == credential
        assert len(holder.show_to_reader(DONE)) == 1
        platform.done(platform.admin("POST", f"/credentials/{credential}/attributes", 202,
                                     {"attributes": {"family_name": "Sandqvist"}}))
        holder.ctl(DONE, "sync")
        platform.until(lambda: platform.look(f"/device-credentials/{mid_uid}")
                       ["generation"] == 2)
        holder.ctl(DONE, "renew", "card")
        platform.until(lambda: platform.look(f"/device-credentials/{mid_uid}")
                       ["generation"] == 3)
        assert holder.ctl_json("show", "card", "--show-values")
        types = platform.types()
        assert types.count("mIDIssued") == 3 and types.count("mIDClaimed") == 1
        holder.ctl(DONE, "remove", "--yes", "card")
        platform.until(lambda: "deviceCredentialRemoved" in platform.types())


def test_s0_40_and_77_who_did_what(bench):
    """Signed is one thing, claimed another; and each record says who began."""
    with Operated(bench) as platform, Holder(platform) as holder:
        mid_uid = holder.take(platform.new_offer())
        platform.set_state("suspended", midUid=mid_uid)
        kinds = [kind for kind in platform.types() if kind.startswith("mID")]
        assert kinds == ["mIDIssued", "mIDClaimed"]
        actors = {record["actor"] for record in platform.look("/audit?limit=200")["records"]}
        assert "holder" in actors and actors - {"holder"}, actors
        changed, = (event["data"] for event in platform.events()
                    if event["type"] == "deviceCredentialStateChanged")
        claimed, = (event["data"] for event in platform.events()
                    if event["type"] == "mIDClaimed")
        assert (claimed["actor"], changed["actor"]) == ("holder", "issuer"), changed


def test_s0_41_and_53_issued_though_no_device_has_it(bench):
    with Operated(bench) as platform:
        offer = platform.new_offer()
        with Instance(platform, offer["uri"]) as wallet:
            wallet.do("redeem", offer["txCode"])
            wallet.do("credential", 1)
            assert platform.types().count("mIDIssued") == 1
            assert "mIDClaimed" not in platform.types()
            wallet.do("receipt", 1)
            mid_uid = wallet.do("accept")["midUid"]
            assert platform.types().count("mIDClaimed") == 1
            wallet.do("refresh")
            wallet.do("credential", 1)
            # the new one is signed and told of, the old one counts
            assert platform.types().count("mIDIssued") == 2
            device = platform.look(f"/device-credentials/{mid_uid}")
            assert (device["generation"], device["preparedGeneration"]) == (1, 2), device


def test_s0_62_63_and_64_whose_chain_it_is(bench):
    other = bench.make_pki("other")
    with Operated(bench) as platform, Holder(platform) as holder:
        holder.take(platform.new_offer())
        assert len(holder.show_to_reader(DONE)) == 1
        holder.ctl(DONE, "remove", "--yes", "card")
        platform.stop()
        for name in ("ds.pem", "ds-key.pem"):
            shutil.copy(other / name, holder.pki / name)
        platform.start()
        holder.ctl(DONE, "trust", "add", "issuer", other / "iaca.pem")
        holder.take(platform.new_offer())
        # the reader knows the first root alone
        holder.show_to_reader(PEER)


def test_s3_31_and_34_only_one_of_a_kind(bench):
    profiles = own_profiles(bench, "policy", uniqueness="device")
    with Operated(bench, "--profiles", profiles) as platform, Holder(platform) as holder:
        holder.take(platform.new_offer())
        second = platform.new_offer()
        holder.claim(second, code=DENIED)
        exchange = platform.until_status(second, "issuance_denied")
        assert exchange["denial"]["code"] == "not_unique", exchange
        holder.ctl(DONE, "remove", "--yes", "card")
        platform.until(lambda: "deviceCredentialRemoved" in platform.types())
        holder.take(platform.new_offer())


def test_s0_90_showing_changes_nothing(bench):
    with Operated(bench) as platform, Holder(platform) as holder:
        holder.take(platform.new_offer())
        before = platform.types(), holder.info()["state"], len(holder.history())
        for _ in range(3):
            assert len(holder.show_to_reader(DONE)) == 1
        after = platform.types(), holder.info()["state"], len(holder.history())
        assert after == (*before[:2], before[2] + 3)


def test_s2_33_and_34_each_step_is_on_record(bench):
    with Operated(bench) as platform:
        offer = platform.new_offer()
        with Instance(platform, offer["uri"]) as wallet:
            # who writes that it has been fetched may be a moment behind
            wallet.do("redeem", offer["txCode"])
            assert platform.exchange(offer)["status"] == "token_issued"
            assert stages(platform)[:2] == STAGES[:2]
            wallet.do("credential", 1)
            assert platform.exchange(offer)["status"] == "credential_issued"


def test_s0_23_26_and_27_by_picture(bench):
    """The claims that were given, by a QR code and a word that came otherwise."""
    with Operated(bench) as platform, Holder(platform) as holder:
        offer = platform.new_offer()
        picture = bench.path("offer.png")
        picture.write_bytes(platform.fetch_bytes(f"/offers/{offer['offerId']}/qr.png"))
        holder.ctl(DONE, "claim", picture, "--tx-code", offer["txCode"], "--accept",
                   "--label", "card")
        platform.until_status(offer, "credential_accepted")
        shown = holder.ctl_json("show", "card", "--show-values")
        values = {element["element"]: element["value"] for element in shown["elements"]}
        for name in ("family_name", "given_name", "birth_date", "issuing_authority"):
            assert claims()[name] in str(values[name]), values


def test_s0_19_s2_28_and_s3_12_by_login(bench):
    """Nobody has offered anything: the holder asks, and logs in."""
    platform = Operated(bench)
    path = bench.write("person.json", json.dumps(claims()))
    subprocess.run([OFFER_TOOL, platform.database, "person", "P-1", path, "correct horse"],
                   check=True, capture_output=True, timeout=60)
    with platform, Holder(platform) as holder:
        asking = Process(holder, CTL, "enroll", "--issuer", platform.issuer, "--configuration",
                         "photoid", "--accept", "--label", "card", name="enroll")
        asking.wait_for("/authorize?")
        address, = re.findall(r"https://\S+/authorize\?\S+", asking.err)
        Browser(platform, address).log_in("P-1", "correct horse")
        asking.finish(DONE)
        exchange, = platform.until(lambda: platform.look(
            "/exchanges?status=credential_accepted")["exchanges"])
        assert exchange["grant"] == "authorization_code", exchange
        assert holder.info()["state"] == "valid"


def test_s0_39_parts_that_do_not_fit(bench):
    with Operated(bench) as platform:
        profile = json.loads((SOURCE / "data" / "profiles" / "photoid.json").read_text())
        assert platform.admin("POST", "/profiles/lint", 200, profile)["profileId"] == "photoid"
        # told of under one name, as if it were about the person and as if not
        profile["elements"][0].update(event="attributes", eventName="x")
        profile["elements"][1].update(event="insensitiveAttributes", eventName="x")
        platform.admin("POST", "/profiles/lint", 422, profile)


def test_s3_30_bad_proofs_end_it(bench):
    with Operated(bench) as platform:
        offer = platform.new_offer()
        reference = urllib.parse.unquote(offer["uri"]).rsplit("/", 1)[1]
        wallet = Wallet(platform)
        answer = wallet.redeem(fetch(platform, {"reference": reference}), ["photoid"],
                               offer["txCode"])
        [detail] = answer.json()["authorization_details"]
        selector = {"credential_identifier": detail["credential_identifiers"][0]}
        for _ in range(20):
            key = Key()
            bad = wallet.proof(key, wallet.c_nonce(), aud="https://elsewhere.example")
            answer = wallet.credential(selector, keys=[key], proofs=[bad])
            assert answer.status == 400, str(answer)
            if answer.json()["error"] == "credential_request_denied":
                break
        exchange = platform.exchange(offer)
        assert exchange["status"] == "issuance_denied"
        assert exchange["denial"]["code"] == "proof_invalid"


def test_s3_36_and_37_several_in_one_offer(bench):
    with Operated(bench) as platform:
        offer = platform.admin("POST", "/offers", 201, {"credentials": [
            {"profileId": "photoid", "claims": claims()}, {"profileId": "pid", "claims": PID}]})
        first, second = offer["exchangeIds"]
        reference = urllib.parse.unquote(offer["uri"]).rsplit("/", 1)[1]
        wallet = Wallet(platform)
        answer = wallet.redeem(fetch(platform, {"reference": reference}), ["photoid", "pid"],
                               offer.get("txCode"))
        assert answer.status == 200, str(answer)
        for number, detail in enumerate(answer.json()["authorization_details"]):
            given = wallet.credential(
                {"credential_identifier": detail["credential_identifiers"][0]})
            assert given.status == 200, str(given)
            told = wallet.send("/notification", json.dumps(
                {"notification_id": given.json()["notification_id"],
                 "event": "credential_accepted"}), {"Content-Type": JSON}, wallet.access)
            assert told.status == 204, str(told)
            done = [platform.look(f"/exchanges/{one}")["status"] for one in (first, second)]
            assert done.count("credential_accepted") == number + 1, done
            assert platform.types().count("exchange.group_completed") == number


def test_s0_69_renewed_without_a_word(bench):
    """A month passes; nobody touches the device."""
    make_lasting_tls(bench)
    with Operated(bench) as platform, Ageing(platform) as holder:
        mid_uid = holder.take(platform.new_offer())
        holder.stop_agent()
        platform.stop()
        days = 29 * 86400
        platform.options = (*platform.options, "--clock-offset", str(days))
        platform.start()
        holder.set(clock_offset_s=days)
        holder.start()
        platform.until(lambda: platform.look(f"/device-credentials/{mid_uid}")
                       ["generation"] == 2, timeout=150)
        assert holder.info()["state"] == "valid"
        assert platform.types().count("mIDIssued") == 2


def test_s3_40_events_say_whether_more_may_come(bench):
    with Operated(bench) as platform, Holder(platform) as holder:
        holder.take(platform.new_offer())
        holder.ctl(DONE, "remove", "--yes", "card")
        platform.until(lambda: "deviceCredentialRemoved" in platform.types())
        for event in platform.events():
            assert {event["data"]["final"], event["data"]["retryable"]} <= {True, False}
        accepted, = (event["data"] for event in platform.events()
                     if event["type"].endswith("credential_accepted"))
        assert accepted["final"]


if __name__ == "__main__":
    main(globals())

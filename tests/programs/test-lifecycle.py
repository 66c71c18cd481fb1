#!/usr/bin/env python3
#
# test-lifecycle.py - the life of a credential between two programs of ours
#
# SPDX-FileCopyrightText: 2026 The mdoc agent authors
# SPDX-License-Identifier: Apache-2.0

"""mdoc-agent against mdoc-issuer serve, over TLS."""

import shutil

from lifecycle import PHOTO_ID, Holder, Instance, Operated, own_profiles
from programs import DENIED, DONE, PEER, main
from serving import claims

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
        holder.claim(offer, code=PEER)
        platform.admin("POST", f"/exchanges/{offer['exchangeIds'][0]}/deny", 409,
                       {"code": "operator", "reason": "too late"})
        assert platform.exchange(offer)["status"] == "credential_deleted"


def test_s2_02_04_27_30_and_s3_23_24_25_and_27_deferred(bench):
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


def test_s2_38_56_and_s3_15_and_32_denied(bench):
    with Operated(bench) as platform, Holder(platform) as holder:
        offer = platform.new_offer()
        platform.admin("POST", f"/exchanges/{offer['exchangeIds'][0]}/deny", 200,
                       {"code": "operator", "reason": "Photograph is not of the holder"})
        exchange = platform.exchange(offer)
        assert exchange["status"] == "issuance_denied"
        assert exchange["denial"]["reason"] == "Photograph is not of the holder"
        holder.claim(offer, code=PEER)
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
        assert exchange["denial"]["code"] == "uniqueness", exchange
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

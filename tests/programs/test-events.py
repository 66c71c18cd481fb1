#!/usr/bin/env python3
#
# test-events.py - what the platform tells others, and how often
#
# SPDX-FileCopyrightText: 2026 The mdoc agent authors
# SPDX-License-Identifier: Apache-2.0

import contextlib
import hashlib
import hmac
import json
import os
import signal
import sqlite3
import subprocess
import threading
import time

from administered import Administered, Holder, Receiver, Stream, new_secret
from programs import ISSUER, main
from serving import claims
from vci import Key, expect_error, make_certificate, to_pem

def tell(platform):
    """From now on the profile tells of some elements in events, and revokes what is removed."""
    profile = platform.get_admin("/profiles/photoid")
    profile["version"] += 1
    places = {"family_name": ("attributes", "lastName"),
              "given_name": ("attributes", "firstName"),
              "issuing_country": ("insensitiveAttributes", "country")}
    for element in profile["elements"]:
        if element["element"] in places:
            element["event"], element["eventName"] = places[element["element"]]
    profile["policy"] = {**profile.get("policy", {}), "onRemoval": "revoke_device"}
    platform.admin("PUT", "/profiles/photoid", profile, status=201)


CLAIM = ["openid.credential.offer_sent", "openid.credential.offer_received",
         "openid.credential.token_issued", "mIDIssued", "openid.credential.credential_issued",
         "openid.credential.credential_acked", "openid.credential.credential_accepted",
         "mIDClaimed"]


def subscribe(platform, receiver, **more):
    secret = new_secret()
    made = platform.admin("POST", "/subscriptions", {"url": receiver.url, "secret": secret,
                                                     **more}, status=201)
    return made["subscriptionId"], secret


def check_signature(secret, headers, body):
    parts = dict(part.split("=", 1) for part in headers["X-Wallet-Signature"].split(","))
    wanted = hmac.new(secret.encode(), f"{parts['t']}.".encode() + body, hashlib.sha256)
    assert hmac.compare_digest(parts["sig"], wanted.hexdigest())


def in_order(events):
    """Of each subject, the numbers go up by one."""
    last = {}
    for event in events:
        subject = event.get("subject", "")
        assert event["sequence"] == last.get(subject, event["sequence"] - 1) + 1, event
        last[subject] = event["sequence"]


def test_s0_28_and_29_a_claim_in_order(bench):
    with Administered(bench) as platform:
        holder = Holder(platform)
        offer = platform.new_offer()
        holder.claim(offer)
        types = platform.types()
        # issued and not claimed: nobody has said that it is on a device
        assert "mIDIssued" in types and "mIDClaimed" not in types
        holder.receive()
        assert "mIDClaimed" not in platform.types()
        holder.accept()
        types = platform.types()
        assert sorted(types) == sorted(CLAIM), types
        assert types.index("mIDIssued") < types.index("mIDClaimed")
        assert [t for t in types if t.startswith("openid.")] == \
            [t for t in CLAIM if t.startswith("openid.")]
        in_order(platform.events())
        ids = [event["id"] for event in platform.events()]
        assert len(set(ids)) == len(ids)


def test_s0_46_47_48_and_55_what_events_hold(bench):
    with Administered(bench) as platform:
        holder = Holder(platform)
        tell(platform)
        mid_uid = holder.take(platform.new_offer())
        credential = platform.get_admin(f"/credentials/{mid_uid}")["credentialId"]
        events = {event["type"]: event for event in platform.events()}
        issued = events["mIDIssued"]["data"]
        assert issued["subject"]["midUid"] == mid_uid
        assert issued["subject"]["credentialId"] == credential
        person = claims()
        assert issued["data"]["attributes"] == {"lastName": person["family_name"],
                                                "firstName": person["given_name"]}
        assert issued["data"]["insensitiveAttributes"] == {"country": "UT"}, issued
        claimed = events["mIDClaimed"]["data"]
        assert set(claimed["data"]) <= {"deviceId", "clientType"}, claimed
        assert claimed["data"]["deviceId"]
        # S0-38: what is in no list never leaves
        everything = json.dumps([e for e in platform.events() if e["type"] != "mIDIssued"])
        assert person["family_name"] not in everything
        everything = json.dumps(platform.events())
        assert person["birth_date"] not in everything and person["portrait"] not in everything
        assert "Utopia Civil Registry" not in everything


def test_s0_49_nothing_is_listed(bench):
    with Administered(bench) as platform:
        Holder(platform).take(platform.new_offer())
        [issued] = [e for e in platform.events() if e["type"] == "mIDIssued"]
        profile = platform.get_admin("/profiles/photoid")
        if not any("event" in element for element in profile["elements"]):
            assert not {"attributes", "insensitiveAttributes"} & set(issued["data"]["data"])


def test_s0_15_webhook(bench):
    with Receiver() as receiver, Administered(bench) as platform:
        _, secret = subscribe(platform, receiver, bearerToken="token-1")
        Holder(platform).take(platform.new_offer())
        got = [receiver.event() for _ in CLAIM]
        assert sorted(event["type"] for event in got) == sorted(CLAIM)
        in_order(got)
        for _, headers, body in receiver.all:
            check_signature(secret, headers, body)
            assert headers["Authorization"] == "Bearer token-1"
            assert headers["Content-Type"] == "application/cloudevents+json"
        assert {e["source"] for e in got} == {platform.url}


def test_types_and_exchange(bench):
    with Receiver() as some, Receiver() as one, Administered(bench) as platform:
        offer = platform.new_offer()
        subscribe(platform, some, types=["mIDIssued", "openid.credential.credential_*"])
        subscribe(platform, one, exchangeId=offer["exchangeIds"][0])
        other = platform.new_offer()
        Holder(platform).take(other)
        Holder(platform).take(offer)
        got = [some.event()["type"] for _ in range(8)]
        assert sorted(set(got)) == ["mIDIssued", "openid.credential.credential_accepted",
                                    "openid.credential.credential_acked",
                                    "openid.credential.credential_issued"], got
        events = [one.event() for _ in range(5)]
        assert {e["data"]["subject"].get("exchangeId", offer["exchangeIds"][0])
                for e in events} == {offer["exchangeIds"][0]}, events


def test_s0_61_retry(bench):
    # nothing, an error, too much, redirected: each is tried again
    with Receiver([None, 500, 429, 302, 404]) as receiver, Administered(bench) as platform:
        _, secret = subscribe(platform, receiver)
        platform.new_offer()
        event = receiver.event(timeout=120)
        assert event["type"] == "openid.credential.offer_sent"
        assert len(receiver.all) == 6
        bodies = {body for _, _, body in receiver.all}
        assert len(bodies) == 1
        for _, headers, body in receiver.all:
            check_signature(secret, headers, body)
        [subscription] = platform.get_admin("/subscriptions")["subscriptions"]
        assert subscription["state"] == "live"
        [delivery] = platform.get_admin(
            f"/subscriptions/{subscription['subscriptionId']}/deliveries")["deliveries"]
        assert delivery["attempts"] in (5, 6), delivery


def test_s0_61_after_a_crash(bench):
    """What is committed and was not sent is sent by whoever comes next."""
    with Receiver(then=503) as receiver:
        platform = Administered(bench).start()
        subscribe(platform, receiver)
        Holder(platform).take(platform.new_offer())
        receiver.next()
        platform.kill()
        receiver.then = 204
        with platform:
            got = [receiver.event(timeout=120) for _ in CLAIM]
            assert sorted(event["type"] for event in got) == sorted(CLAIM)
            in_order(got)


def test_s0_61_parked_and_replayed(bench):
    with Receiver(then=503) as receiver:
        with Administered(bench) as platform:
            subscription, _ = subscribe(platform, receiver)
            Holder(platform).take(platform.new_offer())
            receiver.next()
        # two hours later it is still not there
        with Administered(bench, "--clock-offset", "7300") as platform, \
                Stream(platform, "/events/stream?since=0&type=subscription.parked") as stream:
            parked = stream.next(timeout=120)["event_data"]
            assert parked["data"]["data"]["subscriptionId"] == subscription, parked
            [found] = platform.get_admin("/subscriptions")["subscriptions"]
            assert found["state"] == "parked" and found["parkedSince"] > 0
            receiver.then = 204
            answer = platform.admin("POST", f"/subscriptions/{subscription}/replay",
                                    status=202)
            assert answer["events"] >= len(CLAIM)
            got = [receiver.event(timeout=120) for _ in range(answer["events"])]
            types = [event["type"] for event in got]
            assert sorted(t for t in types if t != "subscription.parked") == sorted(CLAIM)
            in_order(got)
            assert platform.get_admin(f"/subscriptions/{subscription}")["state"] == "live"
            # and once more from the beginning
            answer = platform.admin("POST", f"/subscriptions/{subscription}/replay",
                                    {"since": 1}, status=202)
            assert answer["events"] >= len(CLAIM)


def test_gone(bench):
    with Receiver([410]) as receiver, Administered(bench) as platform:
        subscription, _ = subscribe(platform, receiver)
        with Stream(platform, "/events/stream?since=0&type=subscription.parked") as stream:
            platform.new_offer()
            stream.next()
        assert platform.get_admin(f"/subscriptions/{subscription}")["state"] == "disabled"
        platform.new_offer()
        assert platform.admin("POST", f"/subscriptions/{subscription}/replay").status == 404
        assert len(receiver.all) == 1


def test_abort_on_4xx(bench):
    with Receiver([400]) as receiver, Administered(bench) as platform:
        subscribe(platform, receiver, abortOn4xx=True)
        first, second = platform.new_offer(), platform.new_offer()
        event = receiver.event()
        refused = json.loads(receiver.all[0][2])
        assert {refused["subject"], event["subject"]} == {first["exchangeIds"][0],
                                                          second["exchangeIds"][0]}
        assert len(receiver.all) == 2


def test_one_subject_does_not_block_another(bench):
    """Head-of-line blocking is of a subject, not of all."""
    blocked = {}

    def do_POST(handler):
        body = handler.rfile.read(int(handler.headers["Content-Length"]))
        subject = json.loads(body)["subject"]
        status = 503 if subject == blocked.setdefault("subject", subject) else 204
        handler.send_response(status)
        handler.send_header("Content-Length", "0")
        handler.end_headers()
        receiver.got.put((status, dict(handler.headers), body))

    with Administered(bench) as platform, Receiver() as receiver:
        receiver.server.RequestHandlerClass.do_POST = do_POST
        subscribe(platform, receiver)
        platform.new_offer()
        receiver.next()
        second = platform.new_offer()
        assert receiver.event()["subject"] == second["exchangeIds"][0]


def test_slow_receiver_holds_nobody_up(bench):
    with Administered(bench) as platform, Receiver() as quick:
        gate = threading.Event()
        slow = Receiver()
        original = slow.server.RequestHandlerClass.do_POST

        def wait(handler):
            gate.wait(60)
            original(handler)

        slow.server.RequestHandlerClass.do_POST = wait
        try:
            subscribe(platform, slow)
            subscribe(platform, quick)
            for _ in range(3):
                Holder(platform).take(platform.new_offer())
            for _ in range(3 * len(CLAIM)):
                quick.event()
        finally:
            gate.set()
            slow.close()


def test_many_slow_receivers_hold_nobody_up(bench):
    """Nor do several of them that have all their places taken."""
    gate = threading.Event()

    def make_slow():
        slow = Receiver()
        original = slow.server.RequestHandlerClass.do_POST

        def wait(handler):
            slow.got.put(None)
            gate.wait(120)
            original(handler)

        slow.server.RequestHandlerClass.do_POST = wait
        return slow

    def failures(platform):
        [line] = [line for line in platform.admin("GET", "/metrics").body.splitlines()
                  if line.startswith("mdoc_delivery_failures_total ")]
        return int(line.split()[1])

    with Administered(bench) as platform, Receiver() as quick:
        several = [make_slow() for _ in range(5)]
        try:
            for slow in several:
                subscribe(platform, slow)
            for _ in range(4):
                platform.new_offer()
            for slow in several:
                slow.next()
            began = time.monotonic()
            subscribe(platform, quick)
            for _ in range(3):
                platform.new_offer()
            took = time.monotonic() - began
            for _ in range(3):
                quick.event()
            # not because those who are slow were given up
            assert failures(platform) == 0 or took > 5
        finally:
            gate.set()
            for slow in several:
                slow.close()


def test_subscriptions(bench):
    with Receiver() as receiver, Administered(bench) as platform:
        subscription, secret = subscribe(platform, receiver, types=["mIDIssued"])
        found = platform.get_admin(f"/subscriptions/{subscription}")
        assert found["types"] == ["mIDIssued"] and found["hasBearerToken"] is False
        assert secret not in json.dumps(found)
        assert platform.admin("POST", f"/subscriptions/{subscription}/ping", status=200) == \
            {"outcome": "204", "delivered": True}
        status, headers, body = receiver.next()
        check_signature(secret, headers, body)
        assert json.loads(body)["type"] == "subscription.ping"
        # a secret that is not given stays
        platform.admin("PUT", f"/subscriptions/{subscription}",
                       {"url": receiver.url, "types": ["exchange.*"]}, status=200)
        receiver.then = 500
        answer = platform.admin("POST", f"/subscriptions/{subscription}/ping", status=200)
        assert answer == {"outcome": "500", "delivered": False}
        check_signature(secret, *receiver.all[-1][1:])
        # a bearer token does not go to another address than it was given for
        path = f"/subscriptions/{subscription}"
        platform.admin("PUT", path, {"url": receiver.url, "bearerToken": "secret-1"}, status=200)
        platform.admin("PUT", path, {"url": receiver.url}, status=200)
        expect_error(platform.admin("PUT", path, {"url": receiver.url + "/other"}), 400,
                     "invalid_request")
        platform.admin("PUT", path, {"url": receiver.url + "/other", "bearerToken": "secret-2"},
                       status=200)
        platform.admin("DELETE", f"/subscriptions/{subscription}", status=204)
        assert platform.admin("GET", f"/subscriptions/{subscription}").status == 404
        for body in ({}, {"url": receiver.url}, {"url": receiver.url, "secret": "short"},
                     {"url": "ftp://x", "secret": new_secret()},
                     {"url": receiver.url, "secret": new_secret(), "bearerToken": "a\r\nb"},
                     {"url": receiver.url, "secret": new_secret(), "types": [1]}):
            assert platform.admin("POST", "/subscriptions", body).status in (400, 422), body
    # nobody is there any more
    with Administered(bench) as platform:
        subscription, _ = subscribe(platform, receiver)
        answer = platform.admin("POST", f"/subscriptions/{subscription}/ping", status=200)
        assert answer["delivered"] is False and not answer["outcome"].isdigit()


def test_tls(bench):
    """Whoever is not known by an anchor is told nothing."""
    for name in ("receiver", "stranger"):
        key = Key()
        bench.write(f"{name}-key.pem", key.pem())
        bench.write(f"{name}.pem", to_pem(make_certificate(key, "127.0.0.1",
                                                           address="127.0.0.1")))

    def pair(name):
        return bench.path(f"{name}.pem"), bench.path(f"{name}-key.pem")

    with Receiver(certificate=pair("receiver")) as known, \
            Receiver(certificate=pair("stranger")) as stranger, \
            Administered(bench, "--event-anchors", bench.path("receiver.pem"),
                         tls=True) as platform:
        subscribe(platform, known)
        unknown, _ = subscribe(platform, stranger)
        platform.new_offer()
        assert known.event()["type"] == "openid.credential.offer_sent"
        answer = platform.admin("POST", f"/subscriptions/{unknown}/ping", status=200)
        assert answer["delivered"] is False and "certificate" in answer["outcome"], answer
        assert not stranger.all
        # nor is anything sent without TLS from a platform that has it
        with Receiver() as plain:
            answer = platform.admin("POST", "/subscriptions", {"url": plain.url,
                                                               "secret": new_secret()})
            assert answer.status == 400, answer


def test_stream(bench):
    with Administered(bench) as platform:
        before = platform.new_offer()
        with Stream(platform, "/events/stream") as stream:
            offer = platform.new_offer()
            message = stream.next()
            # it begins with what happens next
            assert message["event_data"]["subject"] == offer["exchangeIds"][0]
            assert message["event"] == message["event_data"]["type"]
            assert stream.retry == 30000
            last = message["id"]
        missed = platform.new_offer()
        with Stream(platform, "/events/stream", {"Last-Event-ID": last}) as stream:
            assert stream.next()["event_data"]["subject"] == missed["exchangeIds"][0]
        with Stream(platform, "/events/stream?since=0&type=openid.credential.offer_sent") as \
                stream:
            subjects = [stream.next()["event_data"]["subject"] for _ in range(3)]
            assert subjects == [o["exchangeIds"][0] for o in (before, offer, missed)]
        with Stream(platform, f"/exchanges/{missed['exchangeIds'][0]}/events") as stream:
            assert stream.next()["event"] == "openid.credential.offer_sent"
            Holder(platform).claim(missed)
            assert stream.next()["event"] == "openid.credential.offer_received"
        answer = platform.admin("GET", "/events/stream", Last_Event_ID="garbage")
        assert answer.status == 400
        # the end of the platform ends streams
        stream = Stream(platform, "/events/stream")
    stream.ends()
    stream.close()


def test_stream_of_many(bench):
    """More than one turn holds, and each event once."""
    with Administered(bench) as platform:
        items = [{"profileId": "photoid", "claims": claims()} for _ in range(150)]
        made = platform.admin("POST", "/batches", {"kind": "offer", "items": items},
                              status=201)
        streams = [Stream(platform, "/events/stream") for _ in range(5)]
        platform.admin("POST", f"/batches/{made['batchId']}/start", status=202)
        for stream in streams:
            seen = []
            while "batch.completed" not in [m["event"] for m in seen[-1:]]:
                seen.append(stream.next())
            ids = [int(m["id"]) for m in seen]
            assert ids == sorted(set(ids))
            assert len([m for m in seen if m["event"].endswith("offer_sent")]) == 150
            stream.close()


def test_s0_60_consumer(bench):
    """The demo consumer, killed and started again, knows what the platform knows."""
    secret = bench.write("secret", new_secret() + "\n")
    database = bench.path("consumer.db")

    def consume(listen="127.0.0.1:0"):
        process = subprocess.Popen(
            [os.fspath(a) for a in (ISSUER, "consume", "--database", database,
                                    "--secret-file", secret, "--listen", listen)],
            stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True)
        # also if the test fails
        stack.callback(process.kill)
        line = process.stderr.readline()
        assert line.startswith("listening on "), line
        return process, line.split()[-1]

    with contextlib.ExitStack() as stack, Administered(bench) as platform:
        process, url = consume()
        made = platform.admin("POST", "/subscriptions", {
            "url": url, "secret": secret.read_text().strip()}, status=201)
        holder = Holder(platform)
        tell(platform)
        mid_uid = holder.take(platform.new_offer())
        process.kill()
        process.communicate()
        platform.set_state("suspended", midUid=mid_uid)
        process, again = consume(url.removeprefix("http://").removesuffix("/events"))
        assert again == url
        # all of it once more, though it has most of it
        platform.admin("POST", f"/subscriptions/{made['subscriptionId']}/replay",
                       {"since": 1}, status=202)
        wanted = {event["id"] for event in platform.events()}
        path = f"/subscriptions/{made['subscriptionId']}/deliveries?limit=1000"
        while not all(d.get("outcome") == "204"
                      for d in platform.get_admin(path)["deliveries"]):
            platform.listen_for("nothing")
        process.send_signal(signal.SIGTERM)
        process.communicate(timeout=60)
        assert process.returncode == 0
    with sqlite3.connect(database) as found:
        assert wanted <= {row[0] for row in found.execute("SELECT id FROM event")}
        [row] = found.execute("SELECT mid_uid, generation, attributes, state"
                              " FROM device_credential")
    assert row[0] == mid_uid and row[1] == 1 and row[3] == "suspended", row
    assert json.loads(row[2]) == {"lastName": claims()["family_name"],
                                  "firstName": claims()["given_name"]}


def test_s0_80_silence(bench):
    """Whoever deletes an app tells nobody, and nobody is told."""
    with Administered(bench) as platform:
        mid_uid = Holder(platform).take(platform.new_offer())
        before = platform.types()
        assert platform.get_admin(f"/device-credentials/{mid_uid}")["state"] == "active"
        assert platform.types() == before


def test_s0_78_79_and_81_removal(bench):
    with Administered(bench) as platform:
        holder = Holder(platform)
        tell(platform)
        mid_uid = holder.take(platform.new_offer())
        for _ in range(2):
            assert holder.remove()["cleanup"] == "revoke_device"
        removed = [e for e in platform.events() if e["type"] == "deviceCredentialRemoved"]
        assert len(removed) == 1, removed
        assert removed[0]["data"]["subject"]["midUid"] == mid_uid
        assert removed[0]["data"]["subject"]["credentialId"]
        assert platform.get_admin(f"/device-credentials/{mid_uid}")["state"] == "removed"


if __name__ == "__main__":
    main(globals())

#!/usr/bin/env python3
#
# test-admin.py - the administration of a platform, as a whole
#
# SPDX-FileCopyrightText: 2026 The mdoc agent authors
# SPDX-License-Identifier: Apache-2.0

import json
import shutil
import sqlite3
import subprocess
import uuid

from administered import BY_ITSELF, OPENAPI, Administered, Holder, Stream
from programs import DONE, FAILED, ISSUER, SOURCE, USAGE, expect, main
from serving import NAMES, claims, fetch

PASS = {"number": "M-1", "person": {"lastName": "Lindqvist", "firstName": "Mara"}}


def expect_error(answer, status, error):
    body = answer.json()
    assert (answer.status, body["error"], body["errorCode"]) == (status, error, status), \
        str(answer)


def test_keys_and_roles(bench):
    with Administered(bench) as platform:
        for path, operations in OPENAPI["paths"].items():
            for method, operation in operations.items():
                if not operation["security"]:
                    continue
                path_now = path.replace("{id}", "x")
                for key in (None, "Bearer ", "Bearer " + "A" * 43, "Basic eA=="):
                    answer = platform.ask(method.upper(), path_now, None,
                                          {"Authorization": key} if key else {})
                    expect_error(answer, 401, "unauthorized")
                    assert answer.headers["WWW-Authenticate"] == "Bearer"
                role = operation["description"].rsplit("Role: ", 1)[1].rstrip(".")
                good = {"check": ["check", "configure"],
                        "read": ["read", "operate", "approve", "configure"],
                        "approve": ["approve", "configure"],
                        "operate": ["operate", "configure"], "configure": ["configure"]}[role]
                for name in platform.keys:
                    if name not in good:
                        expect_error(platform.admin(method.upper(), path_now.removeprefix(
                            "/admin/v1"), role=name), 403, "forbidden")


def test_s0_13_what_cannot_be_switched_off(bench):
    """With all that can be off, a holder still gets a credential and removes it."""
    profile = json.loads((SOURCE / "data" / "profiles" / "photoid.json").read_text())
    features = ("stateUpdate", "attributeUpdate", "bulk", "renewal", "statusList", "audit")
    folder = bench.path("profiles")
    folder.mkdir()
    bench.write("profiles/photoid.json", json.dumps(
        {**profile, "features": {name: False for name in features}}))
    with Administered(bench, "--profiles", folder) as platform:
        holder = Holder(platform)
        mid_uid = holder.take(platform.new_offer())
        assert platform.get_admin(f"/device-credentials/{mid_uid}")["state"] == "active"
        outcome = platform.set_state("suspended", midUid=mid_uid)
        assert outcome["error"] == "feature_disabled", outcome
        holder.remove()
        assert platform.get_admin(f"/device-credentials/{mid_uid}")["state"] == "removed"
        assert platform.types().count("mIDClaimed") == 1
        assert platform.types().count("deviceCredentialRemoved") == 1
        for name in ("registration", "enrollment", "removal", "disenrollment"):
            answer = platform.admin("POST", "/profiles", {
                **profile, "version": 2, "features": {name: False}})
            assert answer.status == 422, str(answer)


def test_no_keys_no_administration(bench):
    from vci import Platform
    with Platform(bench, tls=False) as platform:
        expect_error(platform.get("/admin/v1/profiles"), 404, "not_found")
        assert platform.get("/metrics").status == 404


def test_openapi_is_served(bench):
    with Administered(bench) as platform:
        answer = platform.get("/openapi.json")
        assert answer.status == 200 and answer.json() == OPENAPI
        assert answer.json()["openapi"].startswith("3.1.")


def test_s0_92_correlation(bench):
    with Administered(bench) as platform:
        answer = platform.admin("GET", "/profiles", X_Correlation_Id="abc-1")
        assert answer.headers["X-Correlation-Id"] == "abc-1"
        made = platform.admin("GET", "/profiles").headers["X-Correlation-Id"]
        assert uuid.UUID(made)
        # also of what is refused
        answer = platform.admin("GET", "/offers/nothing", X_Correlation_Id="abc-2")
        assert answer.status == 404 and answer.headers["X-Correlation-Id"] == "abc-2"
        for bad in ("x" * 65, "a b", ""):
            expect_error(platform.admin("GET", "/profiles", X_Correlation_Id=bad), 400,
                         "invalid_request")


def test_s0_16_correlation_of_events(bench):
    with Administered(bench) as platform:
        offer = platform.admin("POST", "/offers", {"profileId": "photoid", "claims": claims()},
                               status=201, X_Correlation_Id="flow-7")
        holder = Holder(platform)
        holder.take(offer)
        events = platform.events(exchangeId=offer["exchangeIds"][0])
        assert events and {event["correlationid"] for event in events} == {"flow-7"}, events
        issued = [event for event in platform.events() if event["type"] == "mIDIssued"]
        assert issued[0]["cause"] == "enrollment" and issued[0]["correlationid"] == "flow-7"


def test_idempotency(bench):
    with Administered(bench) as platform:
        body = {"profileId": "photoid", "claims": claims()}
        first = platform.admin("POST", "/offers", body, Idempotency_Key="k-1")
        again = platform.admin("POST", "/offers", body, Idempotency_Key="k-1")
        assert first.status == again.status == 201 and first.body == again.body
        assert "Idempotent-Replay" not in first.headers
        assert again.headers["Idempotent-Replay"] == "true"
        assert first.json()["txCode"]
        # one key, two things
        answer = platform.admin("POST", "/offers", {**body, "externalRef": "x"},
                                Idempotency_Key="k-1")
        expect_error(answer, 422, "unprocessable")
        # of another operator, or without a key, it is another call
        other = platform.admin("POST", "/offers", body, role="operate", Idempotency_Key="k-1")
        assert other.json()["offerId"] != first.json()["offerId"]
        assert platform.admin("POST", "/offers", body).json()["offerId"] not in \
            (first.json()["offerId"], other.json()["offerId"])
        # a refusal is the same refusal
        for _ in range(2):
            expect_error(platform.admin("POST", "/offers", {"profileId": "nothing"},
                                        Idempotency_Key="k-2"), 404, "not_found")
        for bad in ("x" * 256, "a b"):
            expect_error(platform.admin("POST", "/offers", body, Idempotency_Key=bad), 400,
                         "invalid_request")
        assert len(platform.get_admin("/exchanges")["exchanges"]) == 3
        code, link = first.json()["txCode"], first.json()["uri"]
    # what was answered is not there for whoever has the database alone
    content = b"".join(path.read_bytes() for path in bench.folder.glob("issuer.db*"))
    assert code.encode() not in content or len(code) < 6
    assert link.rsplit("%2F", 1)[-1].encode() not in content
    with Administered(bench) as platform:
        again = platform.admin("POST", "/offers", body, Idempotency_Key="k-1")
        assert again.status == 201


def test_malformed_bodies(bench):
    with Administered(bench) as platform:
        key = {"Authorization": f"Bearer {platform.keys['configure']}"}
        posts = [(path, method) for path, operations in OPENAPI["paths"].items()
                 for method in operations if method in ("post", "put")]
        for path, method in posts:
            path = path.replace("{id}", "x")
            for body, kind, statuses in (
                    (b"{", "application/json", (400, 422)),
                    (b"[]", "application/json", (400, 422)),
                    (b"\xff", "application/json", (400, 422)),
                    (b'{"a":1,"a":2}', "application/json", (400, 422)),
                    (b"{}", "text/plain", (415,)), (b"a=b", "", (415,)),
                    (b'{"x":' * 200 + b"1" + b"}" * 200, "application/json", (400, 422))):
                answer = platform.ask(method.upper(), path, body,
                                      {**key, "Content-Type": kind} if kind else key)
                assert answer.status in statuses, (path, body[:20], str(answer))
                assert answer.json()["errorCode"] == answer.status


def test_offers(bench):
    with Administered(bench) as platform:
        offer = platform.new_offer(externalRef="case-1", metadata=None)
        assert offer["status"] == "offer_sent" and len(offer["txCode"]) == 6
        [exchange] = platform.get_admin("/exchanges?externalRef=case-1")["exchanges"]
        assert exchange["exchangeId"] == offer["exchangeIds"][0]
        assert exchange["credentialStatus"] == "ready"
        # the code is told once
        again = platform.get_admin(f"/offers/{offer['offerId']}")
        assert again["uri"] == offer["uri"] and "txCode" not in again
        by_exchange = platform.get_admin(f"/offers/{offer['exchangeIds'][0]}")
        assert by_exchange["offerId"] == offer["offerId"]

        by_value = platform.new_offer(valueMode="value", urlScheme="haip-vci", txCode=False)
        assert by_value["uri"].startswith("haip-vci://?credential_offer=")
        assert "txCode" not in by_value
        several = platform.admin("POST", "/offers", {"credentials": [
            {"profileId": "photoid", "claims": claims(), "entryId": "a"},
            {"profileId": "photoid", "claims": claims(), "entryId": "b"}]}, status=201)
        assert len(several["exchangeIds"]) == 2
        assert several["configurationIds"] == ["photoid"]

        for body, status, error in (
                ({}, 400, "invalid_request"), ({"profileId": "nothing"}, 404, "not_found"),
                ({"profileId": 1}, 400, "invalid_request"),
                ({"profileId": "photoid", "claims": []}, 400, "invalid_request"),
                ({"profileId": "photoid", "grant": "implicit"}, 400, "invalid_request"),
                ({"profileId": "photoid", "valueMode": "both"}, 400, "invalid_request"),
                ({"profileId": "photoid", "urlScheme": "javascript"}, 400, "invalid_request"),
                ({"profileId": "photoid", "expiresInSeconds": 0}, 400, "invalid_request"),
                ({"credentials": []}, 400, "invalid_request"),
                ({"profileId": "photoid", "claims": {"family_name": "x"}}, 422,
                 "invalid_claims")):
            expect_error(platform.admin("POST", "/offers", body), status, error)
        # what is wrong with a value is told without the value
        answer = platform.admin("POST", "/offers", {"profileId": "photoid", "claims": {
            **claims(), "family_name": ["Geheimrat"]}})
        assert "Geheimrat" not in answer.body


def test_s0_25_consent(bench):
    with Administered(bench) as platform:
        answer = platform.admin("POST", "/offers", {"profileId": "member-pass", "claims": PASS})
        assert answer.status in (409, 422, 400), str(answer)
        platform.new_offer("member-pass", PASS, consentRef="signed-form-9")


def test_s0_32_each_mandatory_element(bench):
    with Administered(bench) as platform:
        for name in ("family_name", "given_name", "birth_date", "portrait", "issue_date",
                     "expiry_date", "issuing_authority", "issuing_country", "age_over_18"):
            data = claims()
            del data[name]
            answer = platform.admin("POST", "/offers", {"profileId": "photoid", "claims": data})
            expect_error(answer, 422, "invalid_claims")
            assert name in answer.json()["errorDescription"]


def test_s0_26_qr_codes(bench):
    with Administered(bench) as platform:
        offer = platform.new_offer()
        for kind, head in (("png", b"\x89PNG"), ("svg", b"<"), ("txt", b"\xe2")):
            connection = platform.connect()
            connection.request("GET", f"/admin/v1/offers/{offer['offerId']}/qr.{kind}",
                               headers={"Authorization": f"Bearer {platform.keys['operate']}"})
            reply = connection.getresponse()
            content = reply.read()
            connection.close()
            assert reply.status == 200 and content.startswith(head) or kind == "txt", content[:9]
            assert reply.headers["Cache-Control"] == "no-store"
            if kind == "png":
                scanned = subprocess.run(
                    ["zbarimg", "-q", "--raw", bench.write("qr.png", content)],
                    check=True, capture_output=True, text=True).stdout.strip()
                assert scanned == offer["uri"]
            if kind == "txt":
                assert offer["uri"] in content.decode()
        platform.admin("DELETE", f"/offers/{offer['offerId']}", status=204)
        expect_error(platform.admin("GET", f"/offers/{offer['offerId']}/qr.png"), 409,
                     "conflict")


def test_withdraw_and_deny(bench):
    with Administered(bench) as platform:
        offer = platform.new_offer()
        platform.admin("DELETE", f"/exchanges/{offer['exchangeIds'][0]}", status=204)
        exchange = platform.get_admin(f"/exchanges/{offer['exchangeIds'][0]}")
        assert exchange["status"] == "offer_withdrawn"
        assert "uri" not in platform.get_admin(f"/offers/{offer['offerId']}")
        assert "exchange.offer_withdrawn" in platform.types()

        offer = platform.new_offer(deferred=True)
        holder = Holder(platform)
        answer = holder.redeem(holder_offer(platform, offer), ["photoid"], offer["txCode"])
        assert answer.status == 200, str(answer)
        exchange = platform.admin("POST", f"/exchanges/{offer['exchangeIds'][0]}/deny",
                                  {"code": "no_such_person", "reason": "Unknown to us"},
                                  status=200)
        assert exchange["status"] == "issuance_denied"
        assert exchange["denial"] == {"code": "no_such_person", "reason": "Unknown to us"}
        # again is nothing new
        platform.admin("POST", f"/exchanges/{offer['exchangeIds'][0]}/deny", status=200)
        types = platform.types(exchangeId=offer["exchangeIds"][0])
        assert types.count("openid.credential.issuance_denied") == 1, types


def test_offer_for_a_device(bench):
    """What is offered to a device that is known comes with its next sync."""
    with Administered(bench) as platform:
        holder = Holder(platform)
        mid_uid = holder.take(platform.new_offer())
        device = platform.get_admin(f"/device-credentials/{mid_uid}")["deviceId"]
        offer = platform.admin("POST", "/offers", {
            "profileId": "photoid", "claims": claims(), "recipientDeviceId": device}, status=201)
        [action] = holder.sync().json()["actions"]
        assert action["kind"] == "offer", action
        assert action["offer"] == offer["uri"], action
        # to others nothing is said
        other = Holder(platform)
        other.take(platform.new_offer())
        assert other.sync().json()["actions"] == []


def holder_offer(platform, offer):
    return fetch(platform, {"reference": offer["uri"].rsplit("%2F", 1)[1]})


def test_deferred_claims(bench):
    with Administered(bench) as platform:
        offer = platform.admin("POST", "/offers", {"profileId": "photoid", "deferred": True},
                               status=201)
        path = f"/exchanges/{offer['exchangeIds'][0]}"
        assert platform.get_admin(path)["credentialStatus"] == "pending"
        expect_error(platform.admin("PUT", path + "/claims", {"claims": {"family_name": "x"}}),
                     422, "invalid_claims")
        exchange = platform.admin("PUT", path + "/claims", {"claims": claims()}, status=200)
        assert exchange["credentialStatus"] == "ready"


def test_s0_03_and_11_credentials(bench):
    with Administered(bench) as platform:
        offer = platform.new_offer()
        holder = Holder(platform)
        mid_uid = holder.claim(offer)
        [listed] = platform.get_admin("/credentials")["credentials"]
        assert "claims" not in listed
        before = platform.get_admin(f"/credentials/{mid_uid}")
        assert before["credentialId"] == listed["credentialId"]
        assert before["claims"][NAMES]["family_name"] == claims()["family_name"]
        holder.receive()
        holder.accept()
        after = platform.get_admin(f"/credentials/{listed['credentialId']}")
        assert after["state"] == "active" and after["stage"] == "post-issuance", after
        assert after["deviceCredentials"][0]["midUid"] == mid_uid
        [exchange] = platform.get_admin("/exchanges?status=credential_accepted")["exchanges"]
        assert exchange["midUid"] == mid_uid
        actions = [r["action"] for r in
                   platform.get_admin(f"/audit?midUid={mid_uid}")["records"]]
        assert actions, actions


def test_s0_04_two_devices(bench):
    with Administered(bench) as platform:
        made = platform.admin("POST", "/credentials", {"profileId": "photoid",
                                                       "claims": claims()}, status=201)
        credential = platform.get_admin(f"/credentials/{made['credentialId']}")
        assert credential["deviceCredentials"] == []
        mids = set()
        for _ in range(2):
            offer = platform.admin("POST", "/offers", {
                "profileId": "photoid", "credentialId": made["credentialId"]}, status=201)
            mids.add(Holder(platform).take(offer))
        credential = platform.get_admin(f"/credentials/{made['credentialId']}")
        assert {d["midUid"] for d in credential["deviceCredentials"]} == mids
        assert len(mids) == 2


def test_s0_57_fields(bench):
    with Administered(bench) as platform:
        mid_uid = Holder(platform).take(platform.new_offer())
        answer = platform.get_admin("/device-credentials?fields=credentialId,midUid,deviceId")
        [row] = answer["deviceCredentials"]
        assert set(row) == {"credentialId", "midUid", "deviceId"} and row["midUid"] == mid_uid
        expect_error(platform.admin("GET", "/device-credentials?fields=midUid,shoe"), 400,
                     "invalid_request")


def test_s0_17_and_82_states(bench):
    with Administered(bench) as platform:
        holder = Holder(platform)
        mid_uid = holder.take(platform.new_offer())
        credential = platform.get_admin(f"/credentials/{mid_uid}")["credentialId"]
        issued = platform.types().count("mIDIssued")
        for state, effective in (("suspended", "suspended"), ("active", "active"),
                                 ("disabled", "suspended"), ("enabled", "active"),
                                 ("revoked", "revoked")):
            assert platform.set_state(state, credentialId=credential,
                                      scope="credential")["state"] == "done"
            device = platform.get_admin(f"/device-credentials/{mid_uid}")
            assert device["effective"] == effective, (state, device)
        # for good
        outcome = platform.set_state("active", credentialId=credential, scope="credential")
        assert outcome["state"] == "failed" and outcome["error"], outcome
        assert "stateChangeFailed" in platform.types()
        # S0-45
        assert platform.types().count("mIDIssued") == issued


def test_s0_83_scopes(bench):
    with Administered(bench) as platform:
        made = platform.admin("POST", "/credentials", {"profileId": "photoid",
                                                       "claims": claims()}, status=201)
        credential = made["credentialId"]
        first, second = (Holder(platform).take(platform.admin(
            "POST", "/offers", {"profileId": "photoid", "credentialId": credential},
            status=201)) for _ in range(2))

        def effective(mid_uid):
            return platform.get_admin(f"/device-credentials/{mid_uid}")["effective"]

        # S0-07: the sibling is not affected
        platform.set_state("suspended", midUid=first)
        assert (effective(first), effective(second)) == ("suspended", "active")
        # one lock does not open the other
        platform.set_state("suspended", credentialId=credential, scope="credential")
        assert effective(second) == "suspended"
        platform.set_state("active", credentialId=credential, scope="credential")
        assert (effective(first), effective(second)) == ("suspended", "active")
        platform.set_state("active", credentialId=credential, scope="both")
        assert (effective(first), effective(second)) == ("active", "active")
        # of another credential
        other = Holder(platform).take(platform.new_offer())
        outcome = platform.set_state("suspended", credentialId=credential, scope="devices",
                                     midUids=[other])
        assert outcome["state"] == "failed", outcome
        assert effective(other) == "active"
        for item in ({}, {"newState": "active"}, {"midUid": "x"},
                     {"newState": "active", "midUid": "x", "midUids": ["y"]}):
            answer = platform.admin("POST", "/state-updates", {"items": [item]})
            expect_error(answer, 400, "invalid_request")


def test_s0_84_bulk(bench):
    with Administered(bench) as platform:
        mids = [Holder(platform).take(platform.new_offer()) for _ in range(3)]
        items = [{"midUid": mid, "newState": "suspended"} for mid in mids]
        items[1:1] = [{"midUid": f"nobody-{i}", "newState": "suspended"} for i in range(7)]
        request = platform.done(platform.admin("POST", "/state-updates", {"items": items},
                                               status=202, X_Correlation_Id="bulk-1"))
        assert (request["items"], request["done"], request["failed"]) == (10, 3, 7) or \
            (request["items"], request["done"] - request["failed"],
             request["failed"]) == (10, 3, 7), request
        outcomes = {o["index"]: o["state"] for o in request["outcomes"]}
        assert [outcomes[i] for i in range(10)] == \
            ["done"] + ["failed"] * 7 + ["done"] * 2, outcomes
        events = [e for e in platform.events() if e.get("correlationid") == "bulk-1"]
        assert len([e for e in events if e["type"] == "deviceCredentialStateChanged"]) == 3


def test_batches(bench):
    with Administered(bench) as platform:
        made = platform.admin("POST", "/batches", {"kind": "offer", "items": [
            {"profileId": "photoid", "claims": claims()}, {"profileId": "nothing"}]},
            status=201)
        assert platform.get_admin(f"/batches/{made['batchId']}")["state"] == "draft"
        assert not platform.get_admin("/exchanges")["exchanges"]
        request = platform.done(platform.admin("POST", f"/batches/{made['batchId']}/start",
                                               status=202))
        assert request["failed"] == 1, request
        # who may read alone may not claim what is offered
        for path, member in ((f"/batches/{made['batchId']}/items", "items"),
                             (f"/requests/{made['batchId']}", "outcomes")):
            for role, is_told in (("read", False), ("approve", False), ("operate", True)):
                result = platform.get_admin(path, role=role)[member][0]["result"]
                assert ("txCode" in result) is is_told and result["offerId"], (role, result)
        items = platform.get_admin(f"/batches/{made['batchId']}/items?offset=1")["items"]
        assert [item["index"] for item in items] == [1] and items[0]["state"] == "failed"
        assert len(platform.get_admin("/exchanges")["exchanges"]) == 1
        for body in ({"kind": "burn", "items": [{}]}, {"kind": "offer", "items": []},
                     {"kind": "offer"}, {"kind": "offer", "items": [1]}):
            assert platform.admin("POST", "/batches", body).status in (400, 422), body


def test_s0_09_85_and_86_attributes(bench):
    with Administered(bench) as platform:
        holder = Holder(platform)
        mid_uid = holder.take(platform.new_offer())
        path = f"/credentials/{mid_uid}"
        before = platform.get_admin(path)["claims"]
        platform.done(platform.admin("POST", path + "/attributes", {
            "attributes": {"family_name": "Ek"}}, status=202, X_Correlation_Id="marriage"))
        after = platform.get_admin(path)["claims"]
        flat = json.dumps(after)
        assert '"Ek"' in flat and json.dumps(before) != flat
        device = platform.get_admin(f"/device-credentials/{mid_uid}")
        assert device["pendingCauses"] == ["attribute_update"] and device["generation"] == 1
        outcome = platform.done(platform.admin("POST", path + "/attributes", {
            "attributes": {"shoe_size": 43}}, status=202))["outcomes"][0]
        assert outcome["state"] == "failed", outcome
        for body in ({}, {"attributes": []}, {"attributes": "x"}):
            assert platform.admin("POST", path + "/attributes", body).status == 400
        assert platform.admin("POST", "/credentials/nobody/attributes", {
            "attributes": {"family_name": "x"}}).status == 404


def test_s0_92_messages(bench):
    with Administered(bench) as platform:
        holder = Holder(platform)
        mid_uid = holder.take(platform.new_offer())
        made = platform.admin("POST", "/messages", {"target": mid_uid, "title": "Hello",
                                                    "body": "Closed on Monday"}, status=202)
        [message] = made["messageIds"]
        assert platform.get_admin(f"/messages/{message}")["state"] == "queued"
        answer = holder.sync()
        assert answer.status == 200 and "Closed on Monday" in answer.body, str(answer)
        assert platform.get_admin(f"/messages/{message}")["state"] == "delivered"
        assert holder.call(f"/messages/{message}/read", {}).status in (200, 204)
        assert platform.get_admin(f"/messages/{message}")["state"] == "read"
        assert platform.get_admin(f"/device-credentials/{mid_uid}")["state"] == "active"
        for body in ({}, {"target": mid_uid, "title": "x"},
                     {"target": mid_uid, "title": "x", "body": "y", "expiresAt": "soon"}):
            assert platform.admin("POST", "/messages", body).status == 400
        assert platform.admin("POST", "/messages", {"target": "nobody", "title": "x",
                                                    "body": "y"}).status == 404


def test_s0_88_audit(bench):
    with Administered(bench) as platform:
        holder = Holder(platform)
        mid_uid = holder.take(platform.new_offer())
        platform.set_state("suspended", midUid=mid_uid, reason="lost", notes="called us")
        records = platform.get_admin(f"/audit?midUid={mid_uid}")["records"]
        # S0-77
        assert {r["actor"] for r in records} >= {"holder", "issuer"}, records
        assert any(r.get("operator") == "configure-er" and r.get("reason") == "lost"
                   for r in records), records
        assert platform.get_admin("/audit/verify")["intact"] is True
        export = platform.admin("GET", "/audit/export")
        lines = [json.loads(line) for line in export.body.splitlines()]
        assert [line["seq"] for line in lines] == sorted(line["seq"] for line in lines)
        assert any(r["action"] == "audit.exported"
                   for r in platform.get_admin("/audit?limit=1000")["records"])
        assert claims()["family_name"] not in export.body
        page = platform.get_admin("/audit?limit=2")
        assert len(page["records"]) == 2 and page["next"] == page["records"][-1]["seq"]
        key = bench.path("read.key")
        expect(DONE, ISSUER, "audit", "verify", "--server", platform.url, "--key-file", key)
    with sqlite3.connect(bench.path("issuer.db")) as database:
        database.execute("UPDATE audit SET reason = 'found again' WHERE reason = 'lost'")
    with Administered(bench) as platform:
        answer = platform.get_admin("/audit/verify")
        assert answer["intact"] is False and answer["firstBad"] > 0
        expect(FAILED, ISSUER, "audit", "verify", "--server", platform.url, "--key-file", key)


def test_profiles(bench):
    with Administered(bench) as platform:
        profile = platform.get_admin("/profiles/photoid")
        assert profile["id"] == "photoid"
        changed = {**profile, "version": profile["version"] + 1,
                   "validity": {**profile["validity"], "ttl": "1h"}}
        platform.admin("POST", "/profiles/lint", changed, status=200, role="read")
        platform.admin("PUT", "/profiles/other", changed, status=422)
        platform.admin("PUT", "/profiles/photoid", changed, status=201)
        assert platform.get_admin("/profiles/photoid")["version"] == changed["version"]
        assert platform.get_admin("/profiles/photoid?version=1") == profile
        # a version is for ever
        platform.admin("POST", "/profiles", {**changed, "scope": "else"}, status=409)
        expect_error(platform.admin("POST", "/profiles/lint", {"id": "x"}), 400,
                     "invalid_request")
        wrong = {**changed, "scopes": "x", "version": "1", "enrollment": "é" * 50,
                 "validity": {"ttl": "soon"},
                 "elements": [*profile["elements"], {"namespace": "a.b"},
                              profile["elements"][0]]}
        n = len(profile["elements"])
        for method, path, role in (("POST", "/profiles/lint", "read"),
                                   ("POST", "/profiles", "configure"),
                                   ("PUT", "/profiles/photoid", "configure")):
            answer = platform.admin(method, path, wrong, role=role)
            expect_error(answer, 422, "invalid_profile")
            faults = answer.json()["faults"]
            assert [fault["path"] for fault in faults] == [
                "/scopes", "/version", "/enrollment", f"/elements/{n}/element",
                f"/elements/{n + 1}", "/validity/ttl"], faults
            assert answer.json()["errorDescription"].endswith(faults[0]["detail"])
        assert "faults" not in platform.admin("PUT", "/profiles/other", changed).json()
        assert platform.admin("GET", "/profiles/nothing").status == 404
        assert platform.admin("GET", "/profiles/photoid?version=9").status == 404


def test_persons(bench):
    with Administered(bench) as platform:
        made = platform.admin("POST", "/persons", {"externalRef": "p-1", "claims": claims(),
                                                   "password": "correct horse"}, status=201)
        person = platform.get_admin("/persons/p-1")
        assert person["personId"] == made["personId"] and "password" not in person
        offer = platform.admin("POST", "/offers", {"profileId": "photoid",
                                                   "personId": made["personId"]}, status=201)
        mid_uid = Holder(platform).take(offer)
        [device] = platform.get_admin("/persons/p-1/device-credentials")["deviceCredentials"]
        assert device["midUid"] == mid_uid
        assert platform.admin("GET", "/persons/nobody").status == 404


def test_online_check(bench):
    with Administered(bench) as platform:
        mid_uid = Holder(platform).take(platform.new_offer())
        [generation] = platform.get_admin(
            f"/device-credentials/{mid_uid}/history")["generations"]
        assert generation["phase"] == "current" and generation["copies"] == 1

        def ask(**body):
            return platform.admin("POST", "/status/v1/check", body, role="check",
                                  status=200)

        assert ask(serial=mid_uid) == {"status": "valid"}
        for mso_id in generation.get("msoIds", []):
            assert ask(msoId=mso_id) == {"status": "valid"}
        assert ask(serial="nobody") == {"status": "unknown"}
        platform.set_state("suspended", midUid=mid_uid)
        assert ask(serial=mid_uid) == {"status": "suspended"}
        platform.set_state("revoked", midUid=mid_uid)
        assert ask(serial=mid_uid) == {"status": "revoked"}
        for body in ({}, {"msoId": "00", "serial": "x"}, {"serial": 1}):
            assert platform.admin("POST", "/status/v1/check", body, role="check").status == 400


def test_metrics(bench):
    with Administered(bench) as platform:
        Holder(platform).take(platform.new_offer())
        answer = platform.admin("GET", "/metrics")
        assert answer.headers["Content-Type"].startswith("application/openmetrics-text")
        lines = answer.body.splitlines()
        assert lines[-1] == "# EOF"
        families, values = {}, {}
        for line in lines[:-1]:
            if line.startswith("# TYPE "):
                _, _, name, kind = line.split(" ")
                families[name] = kind
            elif not line.startswith("#"):
                name, value = line.split(" ")
                values[name] = float(value)
        for name, kind in families.items():
            assert (name + "_total" if kind == "counter" else name) in values, name
        assert values["mdoc_device_credentials"] == 1 and values["mdoc_events"] >= 7


def test_retention(bench):
    with Administered(bench) as platform:
        answer = platform.admin("POST", "/retention/run", {"dryRun": True}, status=200)
        assert answer["dryRun"] is True
        expect_error(platform.admin("POST", "/retention/run", {"eventAgeSeconds": -1}), 400,
                     "invalid_request")


def test_injection(bench):
    """What is SQL, a path or markup elsewhere is a text here."""
    with Administered(bench) as platform:
        mid_uid = Holder(platform).take(platform.new_offer())
        for nasty in ("x' OR '1'='1", "x'; DROP TABLE event; --", "..%2f..%2fetc%2fpasswd",
                      "%00", "%22%3E%3Cscript%3E", "a" * 2000):
            escaped = nasty.replace(" ", "%20").replace("'", "%27").replace(";", "%3B")
            for path in ("offers", "exchanges", "credentials", "device-credentials",
                         "requests", "batches", "messages", "subscriptions", "profiles",
                         "persons"):
                answer = platform.ask("GET", f"/admin/v1/{path}/{escaped}", None,
                                      {"Authorization": f"Bearer {platform.keys['read']}"})
                assert answer.status in (400, 403, 404, 414, 431), (path, nasty, str(answer))
            for name in ("status", "profileId", "personId", "externalRef", "state"):
                answer = platform.ask(
                    "GET", f"/admin/v1/exchanges?{name}={escaped}", None,
                    {"Authorization": f"Bearer {platform.keys['read']}"})
                assert answer.status in (200, 400), str(answer)
                assert answer.status == 400 or not answer.json()["exchanges"], nasty
        assert platform.get_admin(f"/device-credentials/{mid_uid}")["state"] == "active"


def test_cli_story(bench):
    """What the verbs do to a platform that runs."""
    with Administered(bench) as platform:
        env = {"MDOC_ISSUER_URL": platform.url,
               "MDOC_ISSUER_KEY_FILE": str(bench.path("operate.key"))}
        data = bench.write("claims.json", json.dumps(claims()))
        offer = expect(DONE, ISSUER, "offer", "--profile", "photoid", "--claims", data,
                       "--json", env=env).json()
        mid_uid = Holder(platform).take(offer)
        expect(DONE, ISSUER, "suspend", mid_uid, "--reason", "lost", env=env)
        assert platform.get_admin(f"/device-credentials/{mid_uid}")["effective"] == "suspended"
        expect(DONE, ISSUER, "reinstate", mid_uid, env=env)
        expect(DONE, ISSUER, "update", mid_uid, "--claims",
               bench.write("new.json", '{"given_name": "Mara"}'), env=env)
        expect(DONE, ISSUER, "revoke", mid_uid, env=env)
        result = expect(FAILED, ISSUER, "reinstate", mid_uid, env=env)
        assert "refuses" in result.err, result
        lines = expect(DONE, ISSUER, "events", env=env).out.splitlines()
        assert len([line for line in lines if not any(kind in line for kind in BY_ITSELF)]) \
            == len(platform.types())
        assert len([line for line in lines if "deviceCredentialStateChanged" in line]) >= 3


def test_sent_away_is_told(bench):
    """The first one at once, the others together: nobody can fill the register so."""
    platform = Administered(bench, "--max-sessions", "0")

    def send_away(times):
        for _ in range(times):
            assert platform.ask("POST", "/openid4vci/nonce").status == 503

    with platform:
        with Stream(platform, "/events/stream?type=capacity.rejected") as stream:
            send_away(20)
            told = stream.next()["event_data"]["data"]["data"]
            assert told["limit"] == 0 and told["sessions"] >= 1, told
        send_away(20)
    # who ends tells the rest
    platform.options = tuple(one for one in platform.options
                             if one not in ("--max-sessions", "0"))
    with platform:
        events = platform.events(type="capacity.rejected")
        assert len(events) == 2, events
        assert sum(one["data"]["data"]["rejected"] for one in events) == 40, events
        audit = platform.get_admin("/audit?action=capacity.rejected")["records"]
        assert [one["actor"] for one in audit] == ["system"] * 2, audit
        assert platform.ask("POST", "/openid4vci/nonce").status == 200


def test_signer_that_ends(bench):
    """Told once for each number of days, over restarts, and of each certificate."""
    day = 86400

    def run(at_day, *options, waits_for=None):
        """Returns: what was told so far, with the clock so far ahead."""
        platform = Administered(bench, "--clock-offset", str(at_day * day), *options)
        with platform:
            if waits_for:
                with Stream(platform, "/events/stream?since=0&type=signer.expiring") as stream:
                    for _ in range(waits_for):
                        stream.next()
            told = platform.events(type="signer.expiring")
            audit = platform.get_admin("/audit?action=signer.expiring")["records"]
            assert len(audit) == len(told), audit
            assert platform.get_admin("/audit/verify")["intact"] is True
        return [(one["data"]["data"]["signer"], one["data"]["data"]["threshold"],
                 one["data"]["data"]["daysLeft"]) for one in told]

    def renew():
        shutil.rmtree(bench.path("pki"), ignore_errors=True)
        bench.make_pki("pki", "--days", "40")

    renew()
    assert run(0) == []
    # before the first look of a worker has ended nobody is let in
    assert run(35, "--signer-warning-days", "none") == []
    assert run(12, "--signer-warning-days", "5,27,2") == []
    [first] = run(35, waits_for=1)
    assert first[:2] == ("default", 7) and 3 <= first[2] <= 5, first
    assert run(35) == [first]
    assert run(30) == [first]
    assert [one[1] for one in run(39, waits_for=2)] == [7, 1]
    assert [one[1] for one in run(50, "--signer-warning-days", "0", waits_for=3)] == [7, 1, 0]
    assert len(run(55)) == 3
    renew()
    assert len(run(0)) == 3
    assert [one[1] for one in run(15, waits_for=4)] == [7, 1, 0, 30]


def test_signer_warning_days(bench):
    days = "--signer-warning-days"
    for wrong in ("", "a", "-1", "3651", "1,,2", "1,", "1,2,3,4,5,6,7,8,9", "none,1"):
        result = expect(USAGE, ISSUER, "serve", "--database", bench.path("x.db"), "--pki",
                        bench.path("pki"), "--plain", days, wrong)
        assert days in result.err, result
    with Administered(bench, days, "0,3650,1,2,3,4,5,6"):
        pass


if __name__ == "__main__":
    main(globals())

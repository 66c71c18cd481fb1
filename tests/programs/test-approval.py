#!/usr/bin/env python3
#
# test-approval.py - what one person asks for, and another has to approve
#
# SPDX-FileCopyrightText: 2026 The mdoc agent authors
# SPDX-License-Identifier: Apache-2.0

import time

from administered import Administered, Holder
from programs import DENIED, DONE, FAILED, ISSUER, expect, main


class Approved(Administered):
    """With three more persons: two who operate and one who approves."""

    def __init__(self, bench, *options, **more):
        super().__init__(bench, *options, **more)
        for name, role in (("maker", "operate"), ("other", "operate"), ("checker", "approve"),
                           ("boss", "configure")):
            path = bench.path(f"{name}.key")
            expect(DONE, ISSUER, "make-admin-key", "--name", name, "--role", role, "--keys",
                   bench.path("admin.keys"), "--out", path)
            self.keys[name] = path.read_text().strip()

    def revoke(self, mid_uid, role="maker", **more):
        return self.admin("POST", "/state-updates", {
            "items": [{"midUid": mid_uid, "newState": more.pop("newState", "revoked")}],
            **more}, role=role)

    def request(self, mid_uid, **more):
        answer = self.revoke(mid_uid, requestApproval=True, **more)
        assert answer.status == 202, str(answer)
        return answer.json()["requestId"]

    def decide(self, way, request, role, status):
        answer = self.admin("POST", f"/requests/{request}/{way}", {"reason": "seen"}, role=role)
        assert answer.status == status, str(answer)
        return answer

    def state(self, mid_uid):
        return self.get_admin(f"/device-credentials/{mid_uid}")["state"]


def test_approve(bench):
    with Approved(bench, "--require-approval", "revoke") as platform:
        mid_uid = Holder(platform).take(platform.new_offer())
        answer = platform.revoke(mid_uid)
        assert (answer.status, answer.json()["error"]) == (409, "approval_required"), answer
        # by any name that it has, and by whomever
        answer = platform.revoke(mid_uid, newState="cancelled", role="boss")
        assert answer.json()["error"] == "approval_required", str(answer)
        assert platform.get_admin("/requests")["requests"] == []
        # what is no end needs nobody
        platform.set_state("suspended", midUid=mid_uid)

        request = platform.request(mid_uid, reason="licence withdrawn")
        [waiting] = platform.get_admin("/requests?state=awaiting_approval")["requests"]
        assert waiting["batchId"] == request and waiting["maker"] == "maker", waiting
        assert waiting["reason"] == "licence withdrawn" and "checker" not in waiting
        assert platform.state(mid_uid) == "suspended"
        # nobody approves what he asked for, nor without the role
        platform.decide("approve", request, "maker", 403)
        platform.decide("approve", request, "other", 403)
        platform.decide("withdraw", request, "other", 403)
        # nor is there a way around it
        answer = platform.admin("POST", f"/batches/{request}/start", {}, role="boss")
        assert answer.status == 409, str(answer)
        platform.decide("approve", request, "checker", 204)
        done = platform.done({"requestId": request})
        assert done["checker"] == "checker" and done["done"] == 1, done
        assert platform.state(mid_uid) == "revoked"
        platform.decide("approve", request, "checker", 409)

        told = [event for event in platform.events() if event["type"].startswith("request.")]
        assert [event["type"] for event in told] == ["request.awaiting_approval",
                                                     "request.approved"], told
        assert told[1]["data"]["data"]["maker"] == "maker", told
        assert told[1]["data"]["data"]["checker"] == "checker", told
        audit = platform.get_admin("/audit")
        who = {row["action"]: row["operator"] for row in audit["records"]
               if row["action"].startswith("request.")}
        assert who == {"request.awaiting_approval": "maker", "request.approved": "checker"}, who


def test_both_roles_are_one_person(bench):
    """Who may do everything may still not approve his own."""
    with Approved(bench, "--require-approval", "revoke") as platform:
        mid_uid = Holder(platform).take(platform.new_offer())
        request = platform.request(mid_uid, role="boss")
        platform.decide("approve", request, "boss", 403)
        platform.decide("reject", request, "boss", 403)
        platform.decide("reject", request, "checker", 204)
        assert platform.get_admin(f"/requests/{request}")["state"] == "rejected"
        second = platform.request(mid_uid, role="boss")
        platform.decide("withdraw", second, "boss", 204)
        platform.decide("approve", second, "checker", 409)
        assert platform.state(mid_uid) == "active"
        assert platform.types().count("request.rejected") == 1
        assert platform.types().count("request.withdrawn") == 1


def test_bulk(bench):
    """Several at once, whatever they are; one is one's own business."""
    with Approved(bench, "--require-approval", "bulk") as platform:
        first, second = (Holder(platform).take(platform.new_offer()) for _ in range(2))
        items = [{"midUid": one, "newState": "suspended"} for one in (first, second)]
        answer = platform.admin("POST", "/state-updates", {"items": items}, role="maker")
        assert answer.json()["error"] == "approval_required", str(answer)
        # nor is it one if one item names them both
        both = [{"midUids": [first, second], "newState": "suspended"}]
        answer = platform.admin("POST", "/state-updates", {"items": both}, role="maker")
        assert answer.json()["error"] == "approval_required", str(answer)
        batch = platform.admin("POST", "/batches", {"kind": "state", "items": both},
                               role="maker", status=201)["batchId"]
        answer = platform.admin("POST", f"/batches/{batch}/start", role="maker")
        assert answer.json()["error"] == "approval_required", str(answer)
        platform.set_state("active", midUids=[first])
        platform.set_state("revoked", midUid=first)
        batch = platform.admin("POST", "/batches", {"kind": "state", "items": items},
                               role="maker", status=201)["batchId"]
        answer = platform.admin("POST", f"/batches/{batch}/start", role="maker")
        assert answer.json()["error"] == "approval_required", str(answer)
        platform.admin("POST", f"/batches/{batch}/start", {"requestApproval": True},
                       role="maker", status=202)
        platform.decide("approve", batch, "checker", 204)
        done = platform.done({"requestId": batch})
        assert (done["done"], done["failed"]) == (1, 1), done


def test_lapses(bench):
    """What nobody decides in time is not done, also if it is decided later."""
    platform = Approved(bench, "--require-approval", "revoke")
    with platform:
        mid_uid = Holder(platform).take(platform.new_offer())
        request = platform.request(mid_uid, approvalSeconds=3600)
        lasting = platform.request(mid_uid)
    platform.options = (*platform.options, "--clock-offset", "3700")
    with platform:
        platform.decide("approve", request, "checker", 409)
        deadline = time.monotonic() + 60
        while platform.get_admin(f"/requests/{request}")["state"] != "lapsed":
            assert time.monotonic() < deadline
            platform.listen_for("request.lapsed")
        assert platform.types().count("request.lapsed") == 1
        assert platform.get_admin(f"/requests/{lasting}")["state"] == "awaiting_approval"
        assert platform.state(mid_uid) == "active"


def test_command_line(bench):
    with Approved(bench, "--require-approval", "revoke") as platform:
        mid_uid = Holder(platform).take(platform.new_offer())

        def ask(code, key, *arguments):
            return expect(code, ISSUER, *arguments, "--server", platform.url, "--key-file",
                          bench.path(f"{key}.key"))

        result = ask(FAILED, "maker", "revoke", mid_uid)
        assert "approve" in result.err, result
        ask(DONE, "maker", "revoke", mid_uid, "--request-approval", "--reason", "fraud")
        [line] = ask(DONE, "checker", "requests").out.splitlines()
        assert "by maker" in line, line
        request = line.split()[0]
        ask(DENIED, "maker", "requests", "approve", request)
        ask(DONE, "checker", "requests", "approve", request, "--reason", "seen the file")
        platform.done({"requestId": request})
        assert platform.state(mid_uid) == "revoked"
        assert ask(DONE, "checker", "requests").out == ""
        ask(2, "checker", "requests", "grant", request)
        ask(2, "checker", "requests", "approve")


if __name__ == "__main__":
    main(globals())

#!/usr/bin/env python3
#
# test-proofing.py - what a document says decides who gets what
#
# SPDX-FileCopyrightText: 2026 The mdoc agent authors
# SPDX-License-Identifier: Apache-2.0

import contextlib
import http.server
import json
import os
import threading
import time
import urllib.parse

from administered import Administered
from issued import Issued
from programs import SOURCE, main
from serving import claims, fetch, signer
from vci import Wallet, expect_error

PROFILE = json.loads((SOURCE / "data" / "profiles" / "photoid.json").read_text())


def begin(bench, *options, **more):
    folder = bench.path("profiles")
    folder.mkdir()
    bench.write("profiles/photoid.json", json.dumps(
        {**PROFILE, "enrollment": "proofed",
         "issuance": {**PROFILE["issuance"], "txCode": "none", "deferredInterval": "1s"}}))
    return Administered(bench, "--profiles", folder, *options, tls=True, **more)


def program(bench, text):
    """Keeps what it is asked, and answers."""
    path = bench.write("proof.sh", f"#!/bin/sh\ncat >> '{bench.path('asked')}'\n"
                                   f"echo >> '{bench.path('asked')}'\n{text}\n")
    os.chmod(path, 0o700)
    return f"'{path}'"


def asked(bench):
    return [json.loads(line) for line in bench.path("asked").read_text().splitlines()]


def answer_file(bench, answer):
    return bench.write("answer.json", json.dumps(answer))


def enroll(platform, **more):
    """Offered without claims, and redeemed. Returns: exchange and wallet."""
    made = platform.admin("POST", "/offers", {"profileId": "photoid", **more}, status=201)
    reference = urllib.parse.unquote(made["uri"]).rsplit("/", 1)[1]
    wallet = Wallet(platform)
    answer = wallet.redeem(fetch(platform, {"reference": reference}))
    assert answer.status == 200, str(answer)
    return made["exchangeIds"][0], wallet


def await_exchange(platform, exchange, **wanted):
    deadline = time.monotonic() + 60
    while True:
        found = platform.get_admin(f"/exchanges/{exchange}")
        if all(found[name] == value for name, value in wanted.items()):
            return found
        assert time.monotonic() < deadline, found
        platform.listen_for("exchange.*")


def test_s0_20_and_21_program_accepts(bench):
    path = answer_file(bench, {"claims": claims()})
    with begin(bench, "--proofing-command", program(bench, f"cat '{path}'")) as platform:
        # nobody else may say what is in it
        refused = platform.admin("POST", "/offers", {"profileId": "photoid",
                                                     "claims": claims()})
        assert refused.status in (409, 422), str(refused)
        exchange, wallet = enroll(platform, externalRef="E-1", metadata={"scan": "s-17"})
        await_exchange(platform, exchange, credentialStatus="ready")
        [question] = asked(bench)
        assert question["exchangeId"] == exchange and question["externalRef"] == "E-1"
        assert question["profileId"] == "photoid" and question["metadata"] == {"scan": "s-17"}
        answer = wallet.credential({"credential_configuration_id": "photoid"})
        if answer.status == 202:
            answer = wallet.send("/deferred_credential", json.dumps(
                {"transaction_id": answer.json()["transaction_id"]}),
                {"Content-Type": "application/json"}, wallet.access)
        assert answer.status == 200, str(answer)
        Issued(answer.json()["credentials"][0]["credential"], signer(bench))
        audit = platform.get_admin(f"/audit?exchangeId={exchange}")["records"]
        assert ["proofing"] == [row.get("operator") for row in audit
                                if row["action"] == "exchange.claims"], audit


def rejected(bench, platform, code):
    exchange, wallet = enroll(platform)
    found = await_exchange(platform, exchange, status="issuance_denied")
    assert found["denial"]["code"] == code, found
    expect_error(wallet.credential({"credential_configuration_id": "photoid"}), 400,
                 "credential_request_denied")
    assert platform.get_admin("/credentials")["credentials"] == []
    [failed] = [event for event in platform.events() if event["type"] == "enrollmentFailed"]
    assert platform.types().count("openid.credential.issuance_denied") == 1
    assert "mIDIssued" not in platform.types()
    return found, failed


def test_s0_20_and_22_program_rejects(bench):
    path = answer_file(bench, {"reason": "the chip is not genuine"})
    with begin(bench, "--proofing-command",
               program(bench, f"cat '{path}'; exit 1")) as platform:
        found, failed = rejected(bench, platform, "proofing_rejected")
        assert found["denial"]["reason"] == "the chip is not genuine", found
        assert "the chip is not genuine" in json.dumps(failed), failed


def test_s0_20_rejected_without_a_word(bench):
    with begin(bench, "--proofing-command", program(bench, "exit 1")) as platform:
        rejected(bench, platform, "proofing_rejected")


def test_s0_21_claims_of_no_use(bench):
    """A document that says too much, or too little, is the end of it."""
    path = answer_file(bench, {"claims": {**claims(), "shoe_size": 43}})
    with begin(bench, "--proofing-command", program(bench, f"cat '{path}'")) as platform:
        found, _ = rejected(bench, platform, "proofing_invalid")
        assert "shoe_size" in found["denial"]["reason"], found


def test_program_fails_and_comes_back(bench):
    """What is no answer is asked again: a program that is not there, that dies, that
    talks nonsense."""
    path = answer_file(bench, {"claims": claims()})
    # the first time it is killed, the second time it says nothing, then it works
    script = (f"n=$(wc -l < '{bench.path('asked')}'); "
              f"[ $n -eq 1 ] && kill -9 $$; [ $n -eq 2 ] && exit 0; cat '{path}'")
    with begin(bench, "--proofing-command", program(bench, script)) as platform:
        exchange, _ = enroll(platform)
        await_exchange(platform, exchange, credentialStatus="ready")
        assert len(asked(bench)) == 3, asked(bench)
        assert len({json.dumps(question) for question in asked(bench)}) == 1


def test_after_a_crash(bench):
    """Killed while it asks: it asks again, and one answer counts."""
    ready, path = bench.path("ready"), answer_file(bench, {"claims": claims()})
    script = f"while [ ! -e '{ready}' ]; do sleep 0.2; done; cat '{path}'"
    platform = begin(bench, "--proofing-command", program(bench, script))
    with platform:
        exchange, _ = enroll(platform)
        deadline = time.monotonic() + 60
        while not bench.path("asked").exists() or not asked(bench):
            assert time.monotonic() < deadline
            platform.listen_for("exchange.*")
        # told to end, it does not wait for the answer
        platform.stop()
        platform.start()
        while len(asked(bench)) < 2:
            assert time.monotonic() < deadline
            platform.listen_for("exchange.*")
        platform.kill()
        ready.touch()
        platform.start()
        await_exchange(platform, exchange, credentialStatus="ready")
        assert platform.types().count("exchange.deferred_ready") == 1


class Office(http.server.BaseHTTPRequestHandler):
    def do_POST(self):
        body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        self.server.asked.append((self.path, self.headers["Authorization"], body))
        status, answer = self.server.answers[min(len(self.server.asked),
                                                 len(self.server.answers)) - 1]
        data = json.dumps(answer).encode()
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(data)))
        self.end_headers()
        self.wfile.write(data)

    def log_message(self, *args):
        pass


@contextlib.contextmanager
def office(*answers):
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Office)
    server.asked, server.answers = [], answers
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield server
    server.shutdown()
    server.server_close()


def plain(bench, server):
    bench.write("token", "let-me-in\n")
    platform = begin(bench, "--proofing-url", f"http://127.0.0.1:{server.server_port}/ask",
                     "--proofing-bearer-file", bench.path("token"))
    platform.tls = False
    return platform


def test_s0_20_address(bench):
    with office((503, {}), (200, {"claims": claims()})) as server, \
            plain(bench, server) as platform:
        exchange, _ = enroll(platform)
        await_exchange(platform, exchange, credentialStatus="ready")
        assert [path for path, _, _ in server.asked] == ["/ask", "/ask"]
        assert server.asked[0][1] == "Bearer let-me-in", server.asked
        assert server.asked[0][2]["exchangeId"] == exchange


def test_s0_20_address_rejects(bench):
    with office((200, {"rejected": True, "reason": "expired"})) as server, \
            plain(bench, server) as platform:
        found, _ = rejected(bench, platform, "proofing_rejected")
        assert found["denial"]["reason"] == "expired", found


if __name__ == "__main__":
    main(globals())

#!/usr/bin/env python3
#
# test-consume.py - a consumer of events takes each once, and only signed ones
#
# SPDX-FileCopyrightText: 2026 The mdoc agent authors
# SPDX-License-Identifier: Apache-2.0

import contextlib
import hashlib
import hmac
import http.client
import json
import os
import signal
import sqlite3
import subprocess
import threading
import time

from programs import DONE, ISSUER, USAGE, expect, main

SECRET = "a secret of the bench"
TYPE = "application/cloudevents+json"


class Consumer:
    def __init__(self, bench, *options):
        self.database = bench.path("events.db")
        secret = bench.write("events.secret", SECRET + "\n")
        self.process = subprocess.Popen(
            [os.fspath(a) for a in (ISSUER, "consume", "--database", self.database,
                                    "--secret-file", secret, *options)],
            stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
        line = self.process.stderr.readline()
        assert line.startswith("listening on http://127.0.0.1:"), line
        self.port = int(line.split(":")[2].split("/")[0])

    def post(self, event, secret=SECRET, at=None, signature=None, headers=None, kind=TYPE):
        body = event if isinstance(event, bytes) else json.dumps(event).encode()
        at = int(time.time()) if at is None else at
        if signature is None:
            mac = hmac.new(secret.encode(), f"{at}.".encode() + body, hashlib.sha256)
            signature = f"t={at},sig={mac.hexdigest()}"
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=30)
        connection.request("POST", "/events", body,
                           {"Content-Type": kind, "X-Wallet-Signature": signature,
                            **(headers or {})})
        status = connection.getresponse().status
        connection.close()
        return status

    def rows(self, query):
        with contextlib.closing(sqlite3.connect(self.database)) as database:
            return database.execute(query).fetchall()

    def end(self):
        self.process.send_signal(signal.SIGTERM)
        out, err = self.process.communicate(timeout=30)
        assert self.process.returncode == 0, (self.process.returncode, err)
        for complaint in ("CRITICAL", "Sanitizer", "runtime error:"):
            assert complaint not in err, err
        return out.splitlines()


@contextlib.contextmanager
def consumer(bench, *options):
    made = Consumer(bench, *options)
    try:
        yield made
    finally:
        if made.process.poll() is None:
            made.process.kill()
            made.process.communicate()


def event(name, number, seq=1, subject=None, data=None, **more):
    subject = subject or {"credentialId": "c", "midUid": "m"}
    return {"specversion": "1.0", "id": f"id-{number}", "source": "https://issuer.example",
            "type": name, "time": "2026-01-01T00:00:00.000Z", "sequence": seq,
            "subject": subject.get("midUid") or subject.get("credentialId"), **more,
            "data": {"specVersion": 1, "subject": subject, "data": data or {}}}


def issued(number, generation, name, **more):
    return event("mIDIssued", number, generation, data={
        "generation": generation, "validUntil": "2026-02-01T00:00:00Z",
        "attributes": {"family_name": name},
        "insensitiveAttributes": {"loa": "high"}}, **more)


def test_s0_50_and_51_what_a_consumer_keeps(bench):
    with consumer(bench) as made:
        assert made.post(issued(1, 1, "Lindqvist", correlationid="c-1",
                                cause="enrollment")) == 204
        assert made.post(event("mIDClaimed", 2, 2, data={"deviceId": "d"})) == 204
        assert made.rows("SELECT mid_uid, credential_id, generation, attributes,"
                         " insensitive_attributes, correlation_id, device_id, state"
                         " FROM device_credential") == \
            [("m", "c", 1, '{"family_name":"Lindqvist"}', '{"loa":"high"}', "c-1", "d",
              "active")]
        assert made.rows("SELECT id, cause, correlation_id FROM event ORDER BY id") == \
            [("id-1", "enrollment", "c-1"), ("id-2", None, None)]
        assert [line.split()[1:] for line in made.end()] == \
            [["mIDIssued", "m"], ["mIDClaimed", "m"]]


def test_s0_59_an_older_generation_is_ignored(bench):
    with consumer(bench) as made:
        for number, generation in ((3, 3), (1, 1), (2, 2)):
            assert made.post(issued(number, generation, f"name-{generation}")) == 204
        assert made.rows("SELECT generation, attributes FROM device_credential") == \
            [(3, '{"family_name":"name-3"}')]
        # the trail has them all
        assert made.rows("SELECT count(*) FROM event") == [(3,)]


def test_s0_60_the_same_event_three_times(bench):
    with consumer(bench) as made:
        events = [issued(1, 1, "Lindqvist"), event("mIDClaimed", 2, 2, data={"deviceId": "d"}),
                  event("deviceCredentialStateChanged", 3, 3, data={"to": "suspended"})]
        for one in events:
            assert made.post(one) == 204
        before = made.rows("SELECT * FROM device_credential")
        for one in events * 2:
            assert made.post(one) == 204
        assert made.rows("SELECT * FROM device_credential") == before
        assert made.rows("SELECT count(*) FROM event") == [(3,)]
        assert len(made.end()) == 3
    # nor after it was away
    with consumer(bench) as made:
        assert made.post(events[0]) == 204
        assert made.end() == []


def test_s0_60_many_at_once(bench):
    with consumer(bench) as made:
        events = [issued(number, number, f"name-{number}") for number in range(1, 21)]
        statuses = []
        threads = [threading.Thread(target=lambda: [statuses.append(made.post(one))
                                                    for one in events]) for _ in range(4)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert statuses == [204] * 80, statuses
        assert made.rows("SELECT generation FROM device_credential") == [(20,)]
        assert len(made.end()) == 20


def test_states_in_any_order(bench):
    with consumer(bench) as made:
        states = [(4, "removed"), (2, "suspended"), (3, "active")]
        for seq, state in states:
            name = "deviceCredentialRemoved" if state == "removed" else \
                "deviceCredentialStateChanged"
            assert made.post(event(name, seq, seq, data={"to": state})) == 204
        assert made.rows("SELECT state FROM device_credential") == [("removed",)]
        subject = {"credentialId": "c"}
        for seq, state in ((2, "revoked"), (1, "suspended")):
            assert made.post(event("credentialStateChanged", 10 + seq, seq, subject,
                                   {"to": state})) == 204
        assert made.rows("SELECT * FROM credential") == [("c", "revoked", 2)]
        # of what it does not know it keeps the event
        assert made.post(event("something.new", 20, 9, {"batchId": "b"})) == 204
        assert made.post({"specversion": "1.0", "id": "ping", "source": "x",
                          "type": "subscription.ping"}) == 204


def test_forged(bench):
    with consumer(bench, "--bearer-file", bench.write("bearer", "abc\n")) as made:
        good = {"Authorization": "Bearer abc"}
        one = issued(1, 1, "Lindqvist")
        assert made.post(one) == 401
        assert made.post(one, headers={"Authorization": "Bearer abd"}) == 401
        assert made.post(one, "another secret of it", headers=good) == 401
        assert made.post(one, at=int(time.time()) - 400, headers=good) == 401
        for signature in ("", "t=1", "sig=00", "t=1,sig=zz"):
            assert made.post(one, signature=signature, headers=good) == 401
        assert made.rows("SELECT count(*) FROM event") == [(0,)]
        assert made.post(one, headers=good) == 204


def test_malformed(bench):
    with consumer(bench) as made:
        for body in (b"", b"{", b"[]", b"{}", b'{"id":1,"type":"x"}', b'{"id":"1"}',
                     b'{"id":"1","id":"2","type":"x"}', b'{"id":"1","type":"x","data":[]}',
                     json.dumps(event("mIDIssued", 1, data={"generation": -1})).encode(),
                     json.dumps(event("mIDIssued", 1, data={"generation": "1"})).encode(),
                     json.dumps(event("x" * 300, 1)).encode()):
            assert made.post(body) == 400, body
        assert made.post(issued(1, 1, "x"), kind="text/plain") == 415
        # what is refused leaves nothing behind
        assert made.rows("SELECT count(*) FROM event") == [(0,)]
        assert made.rows("SELECT count(*) FROM device_credential") == [(0,)]


def test_count_and_json(bench):
    with consumer(bench, "--count", "2", "--json") as made:
        events = [issued(1, 1, "a"), issued(2, 2, "b")]
        for one in (events[0], events[0], events[1]):
            assert made.post(one) == 204
        out, _ = made.process.communicate(timeout=30)
        assert made.process.returncode == 0
        assert [json.loads(line) for line in out.splitlines()] == events


def test_usage(bench):
    secret = bench.write("short", "short\n")
    for arguments in ([], ["--database", "x"], ["--secret-file", secret],
                      ["--database", bench.path("x.db"), "--secret-file", secret],
                      ["--database", "x", "--secret-file", secret, "--tls-cert", "x"]):
        expect(USAGE, ISSUER, "consume", *arguments)
    assert expect(DONE, ISSUER, "consume", "--help").out


main(globals())

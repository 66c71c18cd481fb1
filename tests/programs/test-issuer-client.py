#!/usr/bin/env python3
#
# test-issuer-client.py - verbs that ask a platform, and platforms that fail them
#
# SPDX-FileCopyrightText: 2026 The mdoc agent authors
# SPDX-License-Identifier: Apache-2.0

import contextlib
import json
import stat

from programs import (DENIED, DONE, FAILED, ISSUER, NOTHING, PEER, USAGE, expect, main)
from served import Handler, served

ID = "7c3e0b8e-0000-4000-8000-000000000001"


@contextlib.contextmanager
def platform(answers):
    """A platform that gives one answer a path, and remembers what it was asked."""
    asked = []

    class Answers(Handler):
        def answer(self):
            body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
            asked.append((self.command, self.path, dict(self.headers),
                          json.loads(body) if body else None))
            status, content = answers.get((self.command, self.path.split("?")[0]),
                                          (404, {"error": "not_found"}))
            content = content if isinstance(content, bytes) else json.dumps(content).encode()
            self.send_response(status)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(content)))
            self.end_headers()
            self.wfile.write(content)

        do_GET = do_POST = answer

    with served(Answers) as url:
        yield url, asked


def make_key(bench, name="alice", role="operate"):
    expect(DONE, ISSUER, "make-admin-key", "--name", name, "--role", role,
           "--keys", bench.path("admin.keys"), "--out", bench.path(f"{name}.key"))
    return bench.path(f"{name}.key")


def test_keys(bench):
    first = make_key(bench).read_text().strip()
    second = make_key(bench, "bob", "read").read_text().strip()
    keys = bench.path("admin.keys")
    assert first != second and len(first) == 43, first
    assert len(keys.read_text().splitlines()) == 2
    assert first not in keys.read_text() and second not in keys.read_text()
    for path in (keys, bench.path("alice.key"), bench.path("bob.key")):
        assert stat.S_IMODE(path.stat().st_mode) == 0o600, path
    # a name is whose key it is, so there is one of each
    before = keys.read_bytes()
    expect(FAILED, ISSUER, "make-admin-key", "--name", "alice", "--role", "read",
           "--keys", keys, "--out", bench.path("again.key"))
    assert keys.read_bytes() == before and not bench.path("again.key").exists()
    for name, role in (("a b", "read"), ("carol", "king")):
        expect(USAGE, ISSUER, "make-admin-key", "--name", name, "--role", role,
               "--keys", keys, "--out", bench.path("again.key"))


def test_usage(bench):
    key = make_key(bench)
    for arguments in (["offer"], ["offer", "--profile", "x"], ["suspend"], ["update", ID],
                      ["audit"], ["audit", "burn", "--server", "http://127.0.0.1:1",
                                  "--key-file", key],
                      ["offer", "--profile", "x", "--tx-code", "--no-tx-code"],
                      ["offer", "-p", "x", "-p", "y", "--claims", "z"],
                      ["offer", "-p", "x", "-p", "y", "--credential", "z"],
                      ["events", "--since", "-1"], ["make-admin-key"]):
        result = expect(USAGE, ISSUER, *arguments)
        assert len(result.err.strip().splitlines()) == 1, result


def test_offer(bench):
    key = make_key(bench)
    claims = bench.write("claims.json", '{"family_name": "Lindqvist"}')
    offer = {"offerId": "o", "uri": "openid-credential-offer://?credential_offer_uri=x",
             "txCode": "4711", "pageUrl": "https://x/offer/o/r",
             "expiresAt": "2026-01-01T00:00:00Z"}
    with platform({("POST", "/admin/v1/offers"): (201, offer)}) as (url, asked):
        result = expect(DONE, ISSUER, "offer", "--profile", "photoid", "--claims", claims,
                        "--tx-code", "--qr", bench.path("qr.png"), "--server", url + "/",
                        "--key-file", key)
        assert offer["uri"] in result.out and "code: 4711" in result.out, result
        assert bench.path("qr.png").read_bytes()[:4] == b"\x89PNG"
        assert stat.S_IMODE(bench.path("qr.png").stat().st_mode) == 0o600
        expect(DONE, ISSUER, "offer", "-p", "photoid", "--no-tx-code", "--qr",
               bench.path("qr.svg"), env={"MDOC_ISSUER_URL": url,
                                          "MDOC_ISSUER_KEY_FILE": str(key)})
        assert b"<svg" in bench.path("qr.svg").read_bytes()
        expect(DONE, ISSUER, "offer", "-p", "photoid", "--claims", claims, "-p", "pid",
               "--claims", claims, "--server", url, "--key-file", key)
    _, _, headers, body = asked[0]
    assert headers["Authorization"] == f"Bearer {key.read_text().strip()}", headers
    assert body == {"profileId": "photoid", "txCode": True,
                    "claims": {"family_name": "Lindqvist"}}, body
    assert asked[1][3] == {"profileId": "photoid", "txCode": False}, asked[1]
    assert asked[2][3] == {"credentials": [
        {"profileId": name, "claims": {"family_name": "Lindqvist"}}
        for name in ("photoid", "pid")]}, asked[2]


def test_claims_bring_their_files(bench):
    key = make_key(bench)
    bench.write("portrait.jpg", b"\xff\xd8picture")
    claims = bench.write("claims.json", json.dumps(
        {"ns": {"portrait": "@portrait.jpg", "list": [{"file": "portrait.jpg"}, "x"]}}))
    offer = {"uri": "openid-credential-offer://?x", "pageUrl": "p", "expiresAt": "e"}
    with platform({("POST", "/admin/v1/offers"): (201, offer)}) as (url, asked):
        expect(DONE, ISSUER, "offer", "-p", "photoid", "--claims", claims, "--server", url,
               "--key-file", key)
        bench.path("portrait.jpg").unlink()
        expect(NOTHING, ISSUER, "offer", "-p", "photoid", "--claims", claims, "--server",
               url, "--key-file", key)
    picture = {"base64url": "_9hwaWN0dXJl"}
    assert [body["claims"] for *_, body in asked] == \
        [{"ns": {"portrait": picture, "list": [picture, "x"]}}], asked


def test_nothing_has_happened(bench):
    key = make_key(bench)
    with platform({("GET", "/admin/v1/events"): (200, {"events": [], "next": 0})}) as (url, _):
        assert expect(DONE, ISSUER, "events", "--server", url, "--key-file", key).out == ""


def test_states(bench):
    key = make_key(bench)
    done = {"requestId": "r", "state": "completed", "outcomes": [{"index": 0, "state": "done"}]}
    answers = {("POST", "/admin/v1/state-updates"): (202, {"requestId": "r"}),
               ("GET", "/admin/v1/requests/r"): (200, done)}
    for verb, state in (("suspend", "suspended"), ("reinstate", "active"),
                        ("revoke", "revoked")):
        with platform(answers) as (url, asked):
            expect(DONE, ISSUER, verb, ID, "--server", url, "--key-file", key)
        assert asked[1][3]["items"] == [{"credentialId": ID, "scope": "credential",
                                         "newState": state}], asked
        with platform({**answers, ("GET", f"/admin/v1/device-credentials/{ID}"): (200, {})}) \
                as (url, asked):
            expect(DONE, ISSUER, verb, ID, "--reason", "lost", "--server", url,
                   "--key-file", key)
        assert asked[1][3]["items"] == [{"midUid": ID, "newState": state,
                                         "reason": "lost"}], asked
    failed = {**done, "outcomes": [{"index": 0, "state": "failed", "error": "revoked"}]}
    with platform({**answers, ("GET", "/admin/v1/requests/r"): (200, failed)}) as (url, _):
        result = expect(FAILED, ISSUER, "reinstate", ID, "--server", url, "--key-file", key)
        assert "revoked" in result.err, result


def test_names_are_escaped(bench):
    key = make_key(bench)
    with platform({}) as (url, asked):
        expect(NOTHING, ISSUER, "update", "../offers?x=1#y", "--claims",
               bench.write("c.json", "{}"), "--server", url, "--key-file", key)
    assert asked[0][1] == "/admin/v1/credentials/..%2Foffers%3Fx%3D1%23y/attributes", asked


def test_platforms_that_fail(bench):
    key = make_key(bench)
    refusal = {"errorCode": 0, "error": "because", "errorDescription": "of this"}
    for status, content, code in ((401, refusal, DENIED), (403, refusal, DENIED),
                                  (404, refusal, NOTHING), (409, refusal, FAILED),
                                  (422, refusal, FAILED), (500, b"", FAILED),
                                  (503, b"<html>", FAILED), (200, b"<html>", PEER),
                                  (200, b"[]", PEER), (200, b"{}", PEER),
                                  (200, b'{"events":{},"next":1}', PEER)):
        with platform({("GET", "/admin/v1/events"): (status, content)}) as (url, _):
            result = expect(code, ISSUER, "events", "--server", url, "--key-file", key)
            assert content is not refusal or "because" in result.err, result
    expect(FAILED, ISSUER, "events", "--server", "http://127.0.0.1:1", "--key-file", key)
    # nobody hears the key over plain HTTP from elsewhere
    expect(FAILED, ISSUER, "events", "--server", "http://issuer.example", "--key-file", key)
    expect(NOTHING, ISSUER, "events", "--server", "http://127.0.0.1:1", "--key-file",
           bench.path("no.key"))
    expect(USAGE, ISSUER, "events", "--server", "http://127.0.0.1:1", "--key-file",
           bench.write("two.key", "a\nb\n"))


def test_events_go_on(bench):
    key = make_key(bench)
    event = {"specversion": "1.0", "id": "1", "type": "mIDIssued", "subject": "m",
             "time": "2026-01-01T00:00:00Z"}
    with platform({("GET", "/admin/v1/events"): (200, {"events": [event] * 3, "next": 3})}) \
            as (url, asked):
        result = expect(DONE, ISSUER, "events", "--type", "a&b", "--since", "7",
                        "--server", url, "--key-file", key)
        assert result.out == "2026-01-01T00:00:00Z mIDIssued m\n" * 3, result
        lines = expect(DONE, ISSUER, "events", "--json", "--server", url, "--key-file",
                       key).out.splitlines()
        assert [json.loads(line) for line in lines] == [event] * 3
    assert asked[0][1] == "/admin/v1/events?limit=500&since=7&type=a%26b", asked


def test_audit(bench):
    key = make_key(bench)
    for answer, code in (({"intact": True, "records": 5}, DONE),
                         ({"intact": False, "records": 5, "firstBad": 3}, FAILED),
                         ({}, FAILED)):
        with platform({("GET", "/admin/v1/audit/verify"): (200, answer)}) as (url, _):
            expect(code, ISSUER, "audit", "verify", "--server", url, "--key-file", key)
    with platform({("GET", "/admin/v1/audit/export"): (200, b'{"seq":1}\n')}) as (url, _):
        assert expect(DONE, ISSUER, "audit", "export", "--server", url, "--key-file",
                      key).out == '{"seq":1}\n'


class Events:
    """A platform with events 1 to 5, whose connections end where they should not."""

    def __init__(self, *turns):
        self.turns, self.asked = list(turns), []

    def event(self, number):
        return {"id": f"e{number}", "type": "offerCreated", "subject": f"s{number}",
                "time": "2026-01-01T00:00:00Z"}

    def message(self, number):
        return (f"id: {number}\nevent: offerCreated\n"
                f"data: {json.dumps(self.event(number))}\n\n").encode()

    def answer(self, handler):
        path = handler.path.split("?")[0].removeprefix("/admin/v1")
        if path == "/events":
            body = json.dumps({"events": [self.event(1), self.event(2)], "next": 2}).encode()
            handler.send_response(200)
            handler.send_header("Content-Length", str(len(body)))
            handler.end_headers()
            handler.wfile.write(body)
            return
        assert path == "/events/stream", path
        self.asked.append((handler.headers["Last-Event-ID"], handler.headers["Accept"],
                           handler.path))
        turn = self.turns.pop(0)
        handler.send_response(turn if isinstance(turn, int) else 200)
        handler.send_header("Content-Type", "text/event-stream")
        handler.send_header("Connection", "close")
        handler.end_headers()
        if isinstance(turn, bytes):
            with contextlib.suppress(OSError):
                handler.wfile.write(turn)
        handler.close_connection = True

    def __enter__(self):
        class Answers(Handler):
            def do_GET(handler):  # pylint: disable=no-self-argument
                self.answer(handler)

        self.served = served(Answers)
        self.url = self.served.__enter__()
        return self

    def __exit__(self, *arguments):
        self.served.__exit__(*arguments)

    def follow(self, key, code, *options):
        return expect(code, ISSUER, "events", "--follow", *options, "--server", self.url,
                      "--key-file", key, timeout=120)


def test_follow_goes_on(bench):
    """Cut within an event, turned away, ended in order: each is told once, in order."""
    events = Events()
    third, fourth, fifth = (events.message(number) for number in (3, 4, 5))
    events.turns = [b"retry: 30000\n\n" + third + fourth[:-4], 503,
                    b": still there\n\n" + fourth, fifth, 403]
    with events:
        result = events.follow(make_key(bench), DENIED, "--json", "--type", "offer Created")
    told = [json.loads(line)["id"] for line in result.out.splitlines()
            if line.startswith("{\"id\"")]
    assert told == ["e1", "e2", "e3", "e4", "e5"], result
    assert [last for last, _, _ in events.asked] == ["2", "3", "3", "4", "5"], events.asked
    assert all(accept == "text/event-stream" and path.endswith("?type=offer%20Created")
               for _, accept, path in events.asked), events.asked
    assert result.err.count("asking again in") == 4, result


def test_follow_ends(bench):
    """What does not get better is not tried again, and what is no event not told."""
    key = make_key(bench)
    for turn, code in ((401, DENIED), (404, NOTHING), (400, FAILED),
                       (b"data: {\n\n", PEER), (b"data: \xff\n\n", PEER),
                       (b"data: " + b"1" * 9000000, PEER)):
        with Events(turn) as events:
            result = events.follow(key, code)
            assert len(events.asked) == 1 and "asking again" not in result.err, result
            assert len(result.out.splitlines()) == 2, result


@contextlib.contextmanager
def parts(header, answers):
    """A platform whose answer comes in parts, each naming what follows it."""
    asked = []

    class Answers(Handler):
        def do_GET(self):
            asked.append(self.path)
            content, following = answers[len(asked) - 1]
            self.send_response(200)
            self.send_header("Content-Length", str(len(content)))
            if following:
                self.send_header(header, following)
            self.end_headers()
            self.wfile.write(content)

    with served(Answers) as url:
        yield url, asked


def test_report_in_parts(bench):
    key = make_key(bench)
    with parts("X-Next-After", [(b"a,b\r\n1,2\r\n", "x y"), (b"3,4\r\n", None)]) as (url, asked):
        result = expect(DONE, ISSUER, "report", "credentials", "--state", "a&b", "--server",
                        url, "--key-file", key)
        assert result.raw == b"a,b\r\n1,2\r\n3,4\r\n", result
        assert asked == ["/admin/v1/reports/credentials?format=csv&state=a%26b",
                         "/admin/v1/reports/credentials?format=csv&state=a%26b&after=x%20y"]
    with parts("X-Next-After", [(b'{"rows":[{"a":1},{"a":2}]}', "z"), (b'{"rows":[]}', "z"),
                                (b'{"rows":[{"a":3}]}', None)]) as (url, asked):
        result = expect(DONE, ISSUER, "report", "exchanges", "--json", "--server", url,
                        "--key-file", key)
        assert result.json() == [{"a": 1}, {"a": 2}, {"a": 3}] and len(asked) == 3, result
    with parts("X-Next-After", [(b'{"rows":[]}', None)]) as (url, asked):
        assert expect(DONE, ISSUER, "report", "exchanges", "--json", "--server", url,
                      "--key-file", key).json() == []
    for wrong in (b"{}", b"x", b'{"rows":1}'):
        with parts("X-Next-After", [(wrong, None)]) as (url, asked):
            expect(PEER, ISSUER, "report", "exchanges", "--json", "--server", url,
                   "--key-file", key)
    expect(USAGE, ISSUER, "report", "--server", url, "--key-file", key)
    expect(USAGE, ISSUER, "report", "people", "--server", url, "--key-file", key)


def test_audit_in_parts(bench):
    with parts("X-Next-Since", [(b'{"seq":1}\n', "1"), (b'{"seq":2}\n', None)]) as (url, asked):
        result = expect(DONE, ISSUER, "audit", "export", "--server", url, "--key-file",
                        make_key(bench))
        assert result.out == '{"seq":1}\n{"seq":2}\n', result
        assert [path.split("=")[1] for path in asked] == ["0", "1"], asked


main(globals())

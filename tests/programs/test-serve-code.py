#!/usr/bin/env python3
#
# test-serve-code.py - the code flow of mdoc-issuer serve, with its login page
#
# SPDX-FileCopyrightText: 2026 The mdoc agent authors
# SPDX-License-Identifier: Apache-2.0

import html
import json
import re
import secrets
import subprocess
import urllib.parse

from administered import Administered
from issued import Issued
from programs import main
from serving import claims, fetch, signer
from vci import FORM, OFFER_TOOL, Key, Platform, Wallet, b64, expect_error, sha256

PID = {"family_name": "Lindqvist", "given_name": "Mara Elin", "birth_date": "1989-02-28",
       "place_of_birth": {"country": "UT"}, "nationality": ["UT"],
       "issuing_authority": "Utopia Civil Registry", "issuing_country": "UT"}
REDIRECT = "https://wallet.example/cb?x=1"
CLIENT = "wallet.example"


def add_person(bench, platform, name="P-1", password="correct horse"):
    path = bench.write("person.json", json.dumps(claims()))
    subprocess.run([OFFER_TOOL, platform.database, "person", name, path, password],
                   check=True, capture_output=True, timeout=60)


class Flow:
    """One login, from the pushed request to the code."""

    def __init__(self, platform, wallet=None):
        self.platform, self.wallet = platform, wallet or Wallet(platform, CLIENT)
        self.verifier, self.state = secrets.token_urlsafe(32), secrets.token_urlsafe(8)

    def fields(self, **more):
        fields = {"response_type": "code", "client_id": CLIENT, "redirect_uri": REDIRECT,
                  "state": self.state, "code_challenge": b64(sha256(self.verifier)),
                  "code_challenge_method": "S256",
                  "authorization_details": json.dumps(
                      [{"type": "openid_credential",
                        "credential_configuration_id": "photoid"}])}
        fields.update(more)
        return {name: value for name, value in fields.items() if value is not None}

    def push(self, **more):
        return self.platform.post("/openid4vci/par", self.fields(**more))

    def open(self, request_uri, client_id=CLIENT):
        """Returns: the page; keeps cookie and form as a browser would."""
        query = urllib.parse.urlencode({"client_id": client_id, "request_uri": request_uri})
        page = self.platform.get(f"/openid4vci/authorize?{query}")
        self.keep(page)
        return page

    def keep(self, page):
        cookie = page.headers.get("Set-Cookie")
        if cookie:
            self.cookie = cookie.split(";")[0]
        found = re.search(r'name="session" value="([^"]*)"', page.body)
        self.session = html.unescape(found.group(1)) if found else None

    def submit(self, headers=None, **fields):
        fields = {"session": self.session, "answer": "yes", **fields}
        sent = {"Cookie": self.cookie, "Origin": self.platform.url, **(headers or {})}
        page = self.platform.post("/openid4vci/authorize", fields,
                                  {name: value for name, value in sent.items() if value})
        self.keep(page)
        return page

    def login(self, name="P-1", password="correct horse", **more):
        answer = self.push(**more)
        assert answer.status == 201, str(answer)
        page = self.open(answer.json()["request_uri"])
        assert page.status == 200, str(page)
        return self.submit(name=name, password=password)

    def answer_of(self, page):
        assert page.status == 303, str(page)
        where = page.headers["Location"]
        assert where.startswith(REDIRECT + "&"), where
        fields = dict(urllib.parse.parse_qsl(urllib.parse.urlsplit(where).query))
        assert fields["state"] == self.state and fields["iss"] == self.platform.issuer
        return fields

    def redeem(self, code, verifier=None, redirect_uri=REDIRECT, client_id=CLIENT):
        return self.wallet.token({"grant_type": "authorization_code", "code": code,
                                  "code_verifier": verifier or self.verifier,
                                  "redirect_uri": redirect_uri, "client_id": client_id})


def test_wallet_initiated(bench):
    platform = Platform(bench)
    add_person(bench, platform)
    with platform:
        flow = Flow(platform)
        code = flow.answer_of(flow.login())["code"]
        answer = flow.redeem(code)
        assert answer.status == 200, str(answer)
        [detail] = answer.json()["authorization_details"]
        answer = flow.wallet.credential(
            {"credential_identifier": detail["credential_identifiers"][0]})
        assert answer.status == 200, str(answer)
        Issued(answer.json()["credentials"][0]["credential"], signer(bench))
        expect_error(flow.redeem(code), 400, "invalid_grant")


def test_by_scope(bench):
    platform = Platform(bench, "--login", "name")
    add_person(bench, platform)
    with platform:
        flow = Flow(platform)
        page = flow.login(password="", authorization_details=None, scope="photoid other")
        answer = flow.redeem(flow.answer_of(page)["code"])
        assert answer.status == 200 and "authorization_details" not in answer.json()
        answer = flow.wallet.credential({"credential_configuration_id": "photoid"})
        assert answer.status == 200, str(answer)


def test_offered(bench):
    platform = Platform(bench)
    add_person(bench, platform)
    made = platform.offer("photoid", claims(), "code")
    with platform:
        grant = fetch(platform, made)["grants"]["authorization_code"]
        flow = Flow(platform)
        page = flow.login(issuer_state=grant["issuer_state"])
        answer = flow.redeem(flow.answer_of(page)["code"])
        assert answer.status == 200, str(answer)
        wrong = Flow(platform).push(issuer_state="guessed")
        expect_error(wrong, 400, "invalid_request")


def test_several_offered(bench):
    """One login for credentials of two kinds, asked for by configuration."""
    platform = Administered(bench, "--login", "name", tls=True)
    add_person(bench, platform)
    member = {"number": "M-1", "person": {"lastName": "Lindqvist", "firstName": "Mara"}}
    with platform:
        made = platform.admin("POST", "/offers", {
            "grant": "authorization_code", "valueMode": "value", "credentials": [
                {"profileId": "photoid", "claims": claims()},
                {"profileId": "pid", "claims": PID}]}, status=201)
        refused = platform.admin("POST", "/offers", {
            "grant": "authorization_code", "credentials": [
                {"profileId": "photoid", "claims": claims()},
                {"profileId": "member-pass", "claims": member}]})
        assert refused.status == 400, str(refused)
        query = urllib.parse.urlsplit(made["uri"]).query
        offer = json.loads(dict(urllib.parse.parse_qsl(query))["credential_offer"])
        assert offer["credential_configuration_ids"] == ["photoid", "pid"], offer
        flow = Flow(platform)
        page = flow.login(password="", authorization_details=None, issuer_state=offer[
            "grants"]["authorization_code"]["issuer_state"])
        answer = flow.redeem(flow.answer_of(page)["code"])
        assert answer.status == 200 and "authorization_details" not in answer.json()
        for name in ("pid", "photoid"):
            answer = flow.wallet.credential({"credential_configuration_id": name})
            assert answer.status == 200, str(answer)
        expect_error(flow.wallet.credential({"credential_configuration_id": "mdl"}), 400,
                     "unknown_credential_configuration")
        states = {platform.get_admin(f"/exchanges/{one}")["status"]
                  for one in made["exchangeIds"]}
        assert states == {"credential_issued"}, states


def test_login_page(bench):
    """Nothing on the page runs, and what strangers wrote is only text."""
    platform = Platform(bench)
    add_person(bench, platform)
    with platform:
        flow = Flow(platform)
        client = 'a"><script>alert(1)</script>'
        answer = flow.push(client_id=client)
        assert answer.status == 201, str(answer)
        page = flow.open(answer.json()["request_uri"], client)
        assert page.status == 200 and "<script" not in page.body, page.body
        assert "&lt;script&gt;" in page.body
        policy = page.headers["Content-Security-Policy"]
        assert "default-src 'none'" in policy and "frame-ancestors 'none'" in policy
        assert "form-action 'self' https://wallet.example;" in policy
        cookie = page.headers["Set-Cookie"]
        for word in ("__Host-mdoc-login=", "Secure", "HttpOnly", "SameSite=Strict"):
            assert word in cookie, cookie
        style = platform.get("/openid4vci/login.css")
        assert style.headers["Content-Type"].startswith("text/css")


def test_login_wrong(bench):
    platform = Platform(bench)
    add_person(bench, platform)
    with platform:
        flow = Flow(platform)
        page = flow.login(password="wrong")
        for _ in range(3):
            assert page.status == 200 and "not right" in page.body, str(page)
            page = flow.submit(name="nobody", password="correct horse")
        page = flow.submit(name="P-1", password="")
        assert flow.answer_of(page)["error"] == "access_denied"
        flow = Flow(platform)
        answer = flow.push()
        flow.open(answer.json()["request_uri"])
        page = flow.submit(answer="no", name="", password="")
        assert flow.answer_of(page)["error"] == "access_denied"


def guess(platform, name):
    """Returns: the page that says to wait, once there is one."""
    for _ in range(3):
        flow = Flow(platform)
        flow.open(flow.push().json()["request_uri"])
        for _ in range(4):
            page = flow.submit(name=name, password="wrong")
            if page.status == 429:
                return flow, page
            assert page.status == 200 and "not right" in page.body, str(page)
    raise AssertionError("nobody has to wait")


def test_login_guessed(bench):
    """Who guesses one password waits, be there such a person or not; others do not."""
    platform = Platform(bench)
    add_person(bench, platform)
    add_person(bench, platform, "P-2")
    with platform:
        bodies = []
        for name in ("P-1", "nobody"):
            flow, page = guess(platform, name)
            assert 1 <= int(page.headers["Retry-After"]) <= 60, str(page)
            assert "tried too often" in page.body, page.body
            bodies.append(re.sub(r'value="[^"]*"|[0-9]+ seconds', "", page.body))
            # other accounts are open to the same browser
            flow = Flow(platform)
            code = flow.answer_of(flow.login("P-2"))["code"]
            assert flow.redeem(code).status == 200
        assert bodies[0] == bodies[1], bodies


MAX_MAPPING_BYTES = 1 << 30


def count_in_memory(pid, text):
    found = 0
    with open(f"/proc/{pid}/maps", encoding="ascii") as maps, \
            open(f"/proc/{pid}/mem", "rb") as memory:
        for line in maps:
            where, rights = line.split()[:2]
            if not rights.startswith("rw"):
                continue
            begin, end = (int(part, 16) for part in where.split("-"))
            # of a sanitizer, which keeps its books there
            if end - begin > MAX_MAPPING_BYTES:
                continue
            memory.seek(begin)
            try:
                found += memory.read(end - begin).count(text)
            except OSError:
                continue
    return found


def test_login_wiped(bench):
    """What was typed is not there any more once it was answered."""
    platform = Platform(bench, tls=False)
    password = "canary-" + secrets.token_hex(12)
    add_person(bench, platform, password=password)
    with platform:
        for name, status in (("P-1", 303), ("nobody", 200)):
            flow = Flow(platform)
            assert flow.login(name, password).status == status
        # another connection: what the door has of the last one is let go
        assert platform.get("/openid4vci/login.css").status == 200
        found = count_in_memory(platform.process.pid, password.encode()[8:])
        assert found == 0, found


def test_login_of_another_browser(bench):
    """Forged forms: without the cookie, with another's, from another page, twice."""
    platform = Platform(bench)
    add_person(bench, platform)
    with platform:
        for headers in ({"Cookie": None}, {"Cookie": "__Host-mdoc-login=AAAA"},
                        {"Origin": "https://evil.example"}, {"Origin": "null"}):
            flow = Flow(platform)
            flow.open(flow.push().json()["request_uri"])
            page = flow.submit(headers, name="P-1", password="correct horse")
            assert page.status == 403, str(page)
        flow = Flow(platform)
        flow.open(flow.push().json()["request_uri"])
        session = flow.session
        assert flow.submit(name="P-1", password="correct horse").status == 303
        flow.session = session
        assert flow.submit(name="P-1", password="correct horse").status == 403


def test_pushed_once(bench):
    platform = Platform(bench)
    with platform:
        flow = Flow(platform)
        request_uri = flow.push().json()["request_uri"]
        assert flow.open(request_uri).status == 200
        assert flow.open(request_uri).status == 400
        request_uri = flow.push().json()["request_uri"]
        assert flow.open(request_uri, "another").status == 400
        # it is kept, so it is not large
        assert flow.push(x="y" * 15000).status == 201
        expect_error(flow.push(x="y" * 16384), 400, "invalid_request")
        # nothing but what was pushed
        query = urllib.parse.urlencode(flow.fields())
        assert platform.get(f"/openid4vci/authorize?{query}").status == 400


def test_push_refused(bench):
    rows = [
        ({"code_challenge": None}, "invalid_request"),
        ({"code_challenge_method": "plain"}, "invalid_request"),
        ({"code_challenge_method": None}, "invalid_request"),
        ({"response_type": "token"}, "invalid_request"),
        ({"request_uri": "urn:x"}, "invalid_request"),
        ({"redirect_uri": None}, "invalid_request"),
        ({"redirect_uri": "javascript:alert(1)"}, "invalid_request"),
        ({"redirect_uri": "data:text/html,x"}, "invalid_request"),
        ({"redirect_uri": "http://evil.example/cb"}, "invalid_request"),
        ({"redirect_uri": "https://w.example/cb#x"}, "invalid_request"),
        ({"redirect_uri": "https://w.example/\r\nSet-Cookie: a=b"}, "invalid_request"),
        ({"redirect_uri": "/cb"}, "invalid_request"),
        ({"authorization_details": None}, "invalid_scope"),
        ({"authorization_details": None, "scope": "openid"}, "invalid_scope"),
        ({"authorization_details": "[]x"}, "invalid_request"),
        ({"authorization_details": json.dumps(
            [{"type": "openid_credential", "credential_configuration_id": "x' OR 1=1 --"}])},
         "invalid_authorization_details"),
    ]
    platform = Platform(bench)
    with platform:
        for more, error in rows:
            answer = Flow(platform).push(**more)
            assert answer.status == 400 and answer.json()["error"] == error, (more, str(answer))
        for redirect in ("http://127.0.0.1:8000/cb", "http://localhost/cb",
                         "com.example.wallet:/cb", "openid4vp://cb"):
            assert Flow(platform).push(redirect_uri=redirect).status == 201, redirect


def test_code_injection(bench):
    """A code that was stolen on its way is good for nobody else."""
    platform = Platform(bench)
    add_person(bench, platform)
    with platform:
        for change in ({"verifier": secrets.token_urlsafe(32)},
                       {"redirect_uri": "https://evil.example/cb"},
                       {"client_id": "another"}):
            flow = Flow(platform)
            code = flow.answer_of(flow.login())["code"]
            expect_error(flow.redeem(code, **change), 400, "invalid_grant")
        # bound to a key by dpop_jkt: not for another
        flow = Flow(platform)
        page = flow.login(dpop_jkt=Key().thumbprint)
        expect_error(flow.redeem(flow.answer_of(page)["code"]), 400, "invalid_grant")
        flow = Flow(platform)
        page = flow.login(dpop_jkt=flow.wallet.key.thumbprint)
        assert flow.redeem(flow.answer_of(page)["code"]).status == 200
        # by the proof that came with the push
        flow = Flow(platform)
        pushed = flow.wallet.send("/par", urllib.parse.urlencode(flow.fields()),
                                  {"Content-Type": FORM})
        assert pushed.status == 201, str(pushed)
        flow.open(pushed.json()["request_uri"])
        code = flow.answer_of(flow.submit(name="P-1", password="correct horse"))["code"]
        flow.wallet.key = Key()
        expect_error(flow.redeem(code), 400, "invalid_grant")


if __name__ == "__main__":
    main(globals())

#!/usr/bin/env python3
#
# test-status.py - mdoc-reader asks what was revoked, and whom it believes
#
# SPDX-FileCopyrightText: 2026 The mdoc agent authors
# SPDX-License-Identifier: Apache-2.0

import os
import time

import lists
from programs import (DONE, HOLDER, PEER, READER, USAGE, expect, main, openssl)

SPACE = "org.iso.18013.5.1"
IDX = 77
MSO_ID = bytes(range(16))


class Shown:
    """A licence with a place on a list, and what a holder showed of it."""

    def __init__(self, bench, url, kind="tsl"):
        self.bench = bench
        self.cache = bench.path("cache")
        self.pki = bench.make_pki()
        self.key, self.chain = self.pki / "ds-key.pem", [self.pki / "ds.pem"]
        key, public = bench.make_key()
        self.uri = f"{url}/list"
        options = ["--status-list", f"{self.uri}:{IDX}"] if kind != "idl" else []
        if kind != "tsl":
            self.idl_uri = f"{url}/ids"
            options += ["--identifier-list", f"{self.idl_uri}:{MSO_ID.hex()}"]
        licence = bench.sign(self.pki, public, "licence", *options)
        self.transcript, reader_key = bench.path("transcript"), bench.path("e-reader.pem")
        expect(DONE, HOLDER, "transcript", self.transcript, reader_key)
        self.response = bench.path("response")
        expect(DONE, HOLDER, "respond", "--issued", licence, "--device-key", key,
               "--transcript", self.transcript, "--out", self.response, "--element",
               f"{SPACE}/family_name")
        self.reader_key = reader_key

    def verify(self, code, policy="require", *options, trust=None):
        report = expect(code, READER, "verify", self.response, "--transcript",
                        self.transcript, "--reader-key", self.reader_key, "--trust",
                        trust or self.pki / "iaca.pem", "--status", policy,
                        "--status-cache", self.cache, "--json", *options).json()
        assert report["verified"] == (code == DONE), report
        document = report["documents"][0]
        assert document["verified"] == (code == DONE), report
        # of what is revoked, nothing may be relied on
        assert bool(document["elements"]) == (code == DONE), report
        found = [c for c in document["checks"] if c["name"] == "status"]
        assert len(found) == (policy != "off"), report
        return (found[0]["outcome"], found[0].get("detail")) if found else None

    def jwt(self, values, **more):
        return lists.jwt(self.uri, self.key, self.chain, int(time.time()), values, **more)

    def cwt(self, values, **more):
        return lists.cwt(self.uri, self.key, self.chain, int(time.time()), values, **more)

    def ids(self, identifiers, **more):
        return lists.cwt(self.idl_uri, self.key, self.chain, int(time.time()),
                         identifiers=identifiers, **more)

    def forget(self):
        for path in self.cache.iterdir():
            path.unlink()


def test_status_list(bench):
    with lists.publisher() as (url, content, asked):
        shown = Shown(bench, url)
        for make in (shown.jwt, shown.cwt):
            for bits in (1, 2, 4, 8):
                content["/list"] = make({IDX - 1: 1, IDX + 1: 1}, bits=bits)
                assert shown.verify(DONE) == ("passed", None)
                shown.forget()
                content["/list"] = make({IDX: 1}, bits=bits)
                assert shown.verify(PEER) == ("failed", "revoked")
                shown.forget()
            content["/list"] = make({IDX: 2}, bits=2)
            assert shown.verify(PEER) == ("failed", "suspended")
            shown.forget()
            content["/list"] = make({IDX: 3}, bits=2)
            assert "status 3" in shown.verify(PEER)[1]
            shown.forget()
        assert "statuslist+cwt" in asked[0][1] and "statuslist+jwt" in asked[0][1]


def test_s0_89_identifier_list(bench):
    with lists.publisher() as (url, content, asked):
        shown = Shown(bench, url, "idl")
        content["/ids"] = shown.ids([b"another", MSO_ID + b"\0", MSO_ID[:-1]])
        assert shown.verify(DONE) == ("passed", None)
        shown.forget()
        content["/ids"] = shown.ids([b"another", MSO_ID])
        assert shown.verify(PEER) == ("failed", "revoked")
        assert asked[0] == ("/ids", "application/identifierlist+cwt"), asked


def test_both_lists(bench):
    with lists.publisher() as (url, content, _):
        shown = Shown(bench, url, "both")
        # either may say no
        content.update({"/list": shown.cwt({}), "/ids": shown.ids([MSO_ID])})
        assert shown.verify(PEER) == ("failed", "revoked")
        shown.forget()
        content.update({"/list": shown.cwt({IDX: 1}), "/ids": shown.ids([])})
        assert shown.verify(PEER) == ("failed", "revoked")
        shown.forget()
        # one that is not there makes way for the other
        content.update({"/list": 404, "/ids": shown.ids([])})
        assert shown.verify(DONE) == ("passed", None)
        content.update({"/list": shown.cwt({}), "/ids": 503})
        shown.forget()
        assert shown.verify(DONE) == ("passed", None)


def test_policies(bench):
    with lists.publisher() as (url, content, asked):
        shown = Shown(bench, url)
        assert shown.verify(DONE, "off") is None
        assert not asked
        assert shown.verify(DONE, "try")[0] == "warning"
        assert shown.verify(PEER, "require")[0] == "failed"
        n = len(asked)
        assert shown.verify(DONE, "cached")[0] == "warning"
        assert len(asked) == n
        content["/list"] = shown.jwt({IDX: 1})
        assert shown.verify(PEER, "try") == ("failed", "revoked")
        # what was kept says so offline as well
        content["/list"] = 503
        n = len(asked)
        assert shown.verify(PEER, "cached") == ("failed", "revoked")
        assert len(asked) == n
    expect(USAGE, READER, "verify", shown.response, "--transcript", shown.transcript,
           "--trust", shown.pki / "iaca.pem", "--status", "sometimes")


def test_cache(bench):
    with lists.publisher() as (url, content, asked):
        shown = Shown(bench, url)
        content["/list"] = shown.jwt({}, ttl=300)
        shown.verify(DONE)
        shown.verify(DONE)
        assert len(asked) == 1, asked
        # once it says so, it is fetched anew
        kept, = shown.cache.iterdir()
        old = time.time() - 301
        os.utime(kept, (old, old))
        content["/list"] = shown.jwt({IDX: 1})
        assert shown.verify(PEER) == ("failed", "revoked")
        assert len(asked) == 2, asked
        # an older list does not replace a newer one
        os.utime(kept, (old, old))
        content["/list"] = lists.jwt(shown.uri, shown.key, shown.chain,
                                     int(time.time()) - 60, {})
        assert shown.verify(PEER) == ("failed", "revoked")
        # nor does what somebody put in the folder
        kept.write_bytes(b"garbage")
        content["/list"] = shown.jwt({})
        assert shown.verify(DONE) == ("passed", None)
        # and what was kept holds while nobody answers, until its end
        content["/list"] = 500
        os.utime(kept, (old, old))
        assert shown.verify(DONE) == ("passed", None)
        later = time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(time.time() + 3700))
        assert shown.verify(PEER, "require", "--at", later)[0] == "failed"


def test_lists_that_are_none(bench):
    with lists.publisher() as (url, content, _):
        shown = Shown(bench, url)
        other = bench.make_pki("other")
        now = int(time.time())
        made = shown.jwt({})
        for bad in (
                b"", b"garbage", made[:-2], made[:-1] + (b"A" if made[-1:] != b"A" else b"B"),
                shown.cwt({})[:-1], 302, 404, 500,
                # of another authority, though it names itself
                lists.jwt(shown.uri, other / "ds-key.pem", [other / "ds.pem"], now, {}),
                lists.cwt(shown.uri, other / "ds-key.pem",
                          [other / "ds.pem", other / "iaca.pem"], now, {}),
                # by one key, with the certificate of another
                lists.jwt(shown.uri, other / "ds-key.pem", shown.chain, now, {}),
                lists.cwt(shown.uri, other / "ds-key.pem", shown.chain, now, {}),
                # of another address, of another time
                lists.jwt(shown.uri + "x", shown.key, shown.chain, now, {}),
                lists.jwt(shown.uri, shown.key, shown.chain, now - 7200, {}),
                lists.jwt(shown.uri, shown.key, shown.chain, now + 7200, {}),
                lists.cwt(shown.uri, shown.key, shown.chain, now - 7200, {}),
                # of another kind
                lists.cwt(shown.uri, shown.key, shown.chain, now, identifiers=[]),
                lists.jwt(shown.uri, shown.key, shown.chain, now, {}, kind="jwt")):
            content["/list"] = bad
            outcome, detail = shown.verify(PEER)
            assert outcome == "failed" and detail, bad
            assert shown.verify(DONE, "try")[0] == "warning"
            assert not shown.cache.exists() or not list(shown.cache.iterdir())
        # by somebody whose time is over, though of the same authority
        for days, code in (("10", DONE), ("-1", PEER)):
            request, signer = bench.path("signer.csr"), bench.path("signer.pem")
            openssl("req", "-new", "-key", other / "ds-key.pem", "-subj", "/C=UT/CN=lists",
                    "-out", request)
            openssl("x509", "-req", "-in", request, "-CA", shown.pki / "iaca.pem", "-CAkey",
                    shown.pki / "iaca-key.pem", "-days", days, "-out", signer)
            content["/list"] = lists.jwt(shown.uri, other / "ds-key.pem", [signer], now, {})
            shown.verify(code)
            if code == DONE:
                shown.forget()
        # with the root behind it, it holds as well
        content["/list"] = lists.cwt(shown.uri, shown.key,
                                     [*shown.chain, shown.pki / "iaca.pem"], now, {})
        assert shown.verify(DONE) == ("passed", None)


def test_a_place_that_is_not_there(bench):
    with lists.publisher() as (url, content, _):
        shown = Shown(bench, url)
        content["/list"] = lists.cwt(shown.uri, shown.key, shown.chain, int(time.time()), {},
                                     bits=1)
        short = lists.packed
        lists.packed = lambda values, bits: short({}, bits, 64)
        try:
            content["/list"] = shown.cwt({})
        finally:
            lists.packed = short
        assert "no such place" in shown.verify(PEER)[1]


def test_nobody_is_asked_about_what_does_not_verify(bench):
    with lists.publisher() as (url, content, asked):
        shown = Shown(bench, url)
        other = bench.make_pki("other")
        content["/list"] = shown.jwt({})
        later = time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(time.time() + 60 * 86400))
        for options in (["--trust", other / "iaca.pem"],
                        ["--trust", shown.pki / "iaca.pem", "--at", later]):
            report = expect(PEER, READER, "verify", shown.response, "--transcript",
                            shown.transcript, "--reader-key", shown.reader_key, "--status",
                            "require", "--status-cache", shown.cache, "--json",
                            *options).json()
            assert not report["verified"] and not asked, (report, asked)


main(globals())

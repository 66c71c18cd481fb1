#!/usr/bin/env python3
#
# test-reader-selftest.py - mdocctl selftest, against readers good and bad
#
# SPDX-FileCopyrightText: 2026 The mdoc agent authors
# SPDX-License-Identifier: Apache-2.0

import html.parser
import os
import shlex
import xml.etree.ElementTree

from agents import CTL, SPACE, World, error_name
from programs import DONE, FAILED, PEER, READER, TIMEOUT, USAGE, expect, main

WAY = ("--way", "loopback")


class Lab(World):
    """A wallet with a licence, and readers as commands."""

    def __enter__(self):
        self.trust()
        self.import_licence()
        return self

    def reader(self, *options):
        words = [READER, "request", "--trust", self.pki / "iaca.pem", "--timeout", "20",
                 "--doctype", "mdl", "--element", f"{SPACE}/family_name", *options]
        return (shlex.join(map(os.fspath, words)) + ' --transport "$MDOC_SELFTEST_TRANSPORT"'
                ' --engagement "$MDOC_SELFTEST_ENGAGEMENT" 2>/dev/null')

    def selftest(self, code, command, *options):
        more = ("--reader-command", command) if command else ()
        return expect(code, CTL, "selftest", *WAY, *more, *options, env=self.env, timeout=200)

    def outcomes(self, code, command, *options):
        report = self.selftest(code, command, "--json", *options).json()
        return {case["case"]: case for case in report["cases"]}, report


def list_cases():
    return expect(DONE, CTL, "selftest", "--list", "--json", *WAY).json()


def test_our_reader(bench):
    """It passes all, and the report says so in every form."""
    names = [case["case"] for case in list_cases()]
    junit, page = bench.path("report.xml"), bench.path("report.html")
    with Lab(bench) as lab:
        cases, report = lab.outcomes(DONE, lab.reader(), "--junit", junit, "--html", page)
        # the answers that a person said yes to, and the one that was refused
        assert {entry["outcome"] for entry in lab.history()} == {"shared", "refused"}
        assert lab.ctl_json("status")["presentation"] in ("none", "ended")
    assert list(cases) == names and report["passed"] == len(names), report
    assert report["failed"] == report["notRun"] == 0
    plain = cases["ends/reader"]
    assert plain["wallet"] and plain["mustHold"] and plain["outcome"] == "passed"
    assert plain["runs"][0]["readerExit"] == 0 and plain["runs"][0]["note"] == "ended: completed"
    assert plain["wholeMs"]["n"] == 1 and plain["wholeMs"]["median"] > 0
    assert cases["answers/garbage"]["runs"][0]["readerExit"] == PEER

    suite, = xml.etree.ElementTree.parse(junit).getroot()
    assert suite.get("name") == "loopback" and int(suite.get("tests")) == len(names)
    assert suite.get("failures") == suite.get("skipped") == "0"
    text = page.read_text(encoding="utf-8")
    html.parser.HTMLParser().feed(text)
    assert "mdocctl selftest" in text and "The wallet" in text and "mdoc-reader" not in text
    assert all(name in text for name in names)


def test_reader_that_believes_all(bench):
    """It says that it shows data, whatever it got."""
    with Lab(bench) as lab:
        cases, _ = lab.outcomes(PEER, lab.reader() + "; exit 0")
    for name, case in cases.items():
        should_show = name.startswith("ends/") and name != "ends/holder-gone-before"
        assert (case["outcome"] == "passed") == should_show, (name, case)
        if not should_show:
            assert "shows data" in case["runs"][0]["error"]["message"], case


def test_reader_that_shows_nothing(bench):
    with Lab(bench) as lab:
        cases, _ = lab.outcomes(PEER, lab.reader() + "; exit 1")
    for case in cases.values():
        error = case["runs"][0]["error"]
        assert error["name"] == "PeerFailed" and "shows no data" in error["message"], case


def test_reader_that_recovers_not(bench):
    """After the first fault it never works again: each case says so."""
    broken = bench.path("broken")
    with Lab(bench) as lab:
        for pattern in ("transport/cut-middle", "answers/tampered", "consent/refused"):
            broken.unlink(missing_ok=True)
            command = f"[ ! -e {broken} ] || exit 9; {lab.reader()}; s=$?; " \
                f"[ $s = 0 ] || touch {broken}; exit $s"
            cases, _ = lab.outcomes(TIMEOUT, command, "--case", pattern, "--timeout", "1")
            message = cases[pattern]["runs"][0]["error"]["message"]
            assert message == "The next presentation: No reader came", message


def test_reader_that_comes_not(bench):
    with Lab(bench) as lab:
        cases, _ = lab.outcomes(TIMEOUT, "exit 1", "--case", "ends/reader", "--timeout", "1")
        assert cases["ends/reader"]["runs"][0]["error"]["name"] == "TimedOut"
        # nor goes
        cases, _ = lab.outcomes(TIMEOUT, f"{lab.reader()}; exec sleep 1000", "--case",
                                "ends/reader")
        assert "did not end within" in cases["ends/reader"]["runs"][0]["error"]["message"]


def test_repeat(bench):
    with Lab(bench) as lab:
        result = lab.selftest(DONE, lab.reader(), "--case", "ends/holder-*", "--skip",
                              "*gone-before", "--repeat", "3")
        assert result.out.count("3 of 3") == 4 and "4 passed, 0 failed" in result.out, result
        assert result.out.count("whole") >= 4, result
        # by hand: nobody holds a reader before the QR code
        result = lab.selftest(TIMEOUT, None, "--case", "ends/reader", "--timeout", "1")
        assert "█" in result.err and "Show this to the reader" in result.err
        assert "No reader came" in result.out, result


def test_no_agent(bench):
    with World(bench, starts=False) as world:
        result = expect(FAILED, CTL, "selftest", *WAY, "--json", env=world.env)
        assert error_name(result) == "NoAgent", result


def test_usage(bench):
    assert bench
    for options, complaint in (
            (("--case", "nothing/*"), "No case has such a name"),
            (("--way", "pigeon"), "--way pigeon"),
            (("--way", "central", "--transport", "ble"), "exclude each other"),
            (("--transport", "pigeon"), "--transport is"),
            (("--timeout", "0"), "--timeout takes"),
            (("--timeout", "121"), "--timeout takes"),
            (("--repeat", "0"), "--repeat takes")):
        assert complaint in expect(USAGE, CTL, "selftest", *options).err, options

    def ways(*options):
        listed = expect(DONE, CTL, "selftest", "--list", "--json", *options).json()
        return {way: {c["case"] for c in listed if c["way"] == way}
                for way in {c["way"] for c in listed}}
    assert set(ways()) == {"central", "peripheral"}
    every = ways("--l2cap")
    assert set(every) == {"central", "peripheral", "central-l2cap", "peripheral-l2cap",
                          "peripheral-l2cap-key21"}
    for way, cases in every.items():
        is_gatt = "l2cap" not in way
        assert ("transport/prefix" in cases) == ("ends/holder-transport" in cases) == is_gatt
        assert ("transport/length" in cases) == (not is_gatt)
    text = expect(DONE, CTL, "selftest", "--list", *WAY).out
    assert "The wallet" in text and "Must hold" in text


if __name__ == "__main__":
    main(dict(globals()))

#!/usr/bin/env python3
#
# test-selftest.py - mdoc-reader selftest, against holders good and bad
#
# SPDX-FileCopyrightText: 2026 The mdoc agent authors
# SPDX-License-Identifier: Apache-2.0

import fnmatch
import html.parser
import json
import os
import shlex
import signal
import subprocess
import xml.etree.ElementTree

from agents import CTL, World
from programs import (DENIED, DONE, FAILED, HOLDER, NOTHING, PEER, READER, TIMEOUT, USAGE,
                      expect, main)


def shell(*words):
    return " ".join(shlex.quote(os.fspath(word)) for word in words)


class Lab:
    """What a reader needs, and a holder of a test that is told what to do."""

    def __init__(self, bench):
        self.bench = bench
        self.pki = bench.make_pki()
        self.key, public = bench.make_key()
        self.licence = bench.sign(self.pki, public)
        runtime = bench.path("run")
        runtime.mkdir(mode=0o700)
        self.env = {"MDOC_RUNTIME_DIR": str(runtime), "LC_ALL": "C.UTF-8"}

    def holder(self, *options):
        return shell(HOLDER, "serve", "--issued", self.licence, "--device-key", self.key,
                     *options) + " 2>/dev/null"

    def run(self, code, *options, command=None, stdin=b"", signs=True):
        words = [READER, "selftest", "--trust", self.pki / "iaca.pem", *options]
        if command:
            words += ["--engagement-command", command]
        if signs:
            words += ["--reader-cert", self.pki / "reader.pem",
                      "--reader-key", self.pki / "reader-key.pem"]
        return expect(code, *words, env=self.env, stdin=stdin, timeout=300)


def list_cases(lab, *options):
    return lab.run(DONE, "--list", "--json", "--way", "loopback", *options).json()


# what a holder of ours is told for $MDOC_SELFTEST_END
ENDS = """case $MDOC_SELFTEST_END in
  reader) b=answer ;; with-answer) b=answer-and-end ;; status) b=answer-then-end ;;
  transport) b=answer-and-close ;; vanish) b=answer-and-vanish ;; esac
"""


def test_good_holder(bench):
    """Everything passes against one that is told how to end."""
    lab = Lab(bench)
    report = lab.run(DONE, "--json", "--timeout", "20",
                     command=ENDS + lab.holder() + ' --behave "$b"').json()
    outcomes = {case["case"]: case["outcome"] for case in report["cases"]}
    assert set(outcomes.values()) == {"passed"}, report
    assert set(outcomes) == {case["case"] for case in list_cases(lab)}
    assert report["passed"] == len(outcomes) >= 37 and report["failed"] == report["notRun"] == 0
    for name, low in (("connectMs", 0), ("firstByteMs", 0), ("wholeMs", 0)):
        times = report["ways"]["loopback"][name]
        assert low < times["min"] <= times["median"] <= times["max"] < 20000, times
    for case in report["cases"]:
        if "wholeMs" in case:
            assert case["wholeMs"]["min"] > case["connectMs"]["min"], case


def test_agent(bench):
    """The agent passes all of it, and is well afterwards."""
    with World(bench) as world:
        world.trust()
        world.import_licence()
        command = shell(CTL, "present", "--yes", "--print-engagement") \
            + ' --end "$MDOC_SELFTEST_END" 2>/dev/null'
        result = expect(DONE, READER, "selftest", "--json", "--trust", world.pki / "iaca.pem",
                        "--reader-cert", world.pki / "reader.pem", "--reader-key",
                        world.pki / "reader-key.pem", "--engagement-command", command,
                        env=world.env, timeout=300)
        report = result.json()
        assert report["notRun"] == 0 and report["passed"] == len(BROKEN), report
        # the agent saw the end of those that end in order, and named the others
        exits = {case["case"]: [run["holderExit"] for run in case["runs"]]
                 for case in report["cases"]}
        assert exits["ends/reader-status-20"] == exits["requests/large"] == [DONE], exits
        for name in ("with-answer", "status-20", "transport", "vanishes"):
            assert exits[f"ends/holder-{name}"] == [DONE], exits
        assert exits["session/garbage-first"] == exits["session/tampered-later"] == [PEER], exits
        assert list(bench.path("run").iterdir()) == []


# Each case against a holder that does just this wrong, and what it is blamed for.
BROKEN = {
    "ends/reader-status-20": ("flip", None, "does not verify: device-auth"),
    "ends/reader-transport": ("flip", None, "device-auth"),
    "ends/reader-vanishes": ("overshare", None, "step 3, answer: The answer holds what"),
    "ends/reader-vanishes-waiting": ("flip", None, "step 6, answer"),
    "ends/reader-vanishes-at-once": ("flip", None, "step 5, answer"),
    "ends/reader-asks-nothing": ("flip", None, "step 5, answer"),
    "ends/holder-with-answer": ("answer", None, "without status 20"),
    "ends/holder-status-20": ("answer-and-close", None, "connection without status 20"),
    "ends/holder-transport": ("answer-then-end", None, "status 20 instead of ending"),
    "ends/holder-vanishes": ("answer-and-close", None, "ended the connection"),
    "requests/two": ("answer,close", None, "step 5, answer: The holder ended the connection"),
    "requests/five": ("answer,answer,answer,deny", None, "step 9, answer: The holder gives"),
    "requests/large": ("overshare", None, "not asked for"),
    "requests/several-documents": ("answer-and-end", None, "the session is over"),
    "requests/unknown-document": ("terminate", None, "status 20 instead of an answer"),
    "requests/unknown-element": ("status-10", None, "The answer has status 10"),
    "requests/reader-auth": ("hang", None, "Nothing came from the holder in time"),
    "requests/no-reader-auth": ("broken", None, "The answer is none"),
    "requests/foreign-reader-auth": ("garbage", None, "no SessionData"),
    "requests/garbage": ("no-errors", None, "status 0, not one of an error"),
    "requests/cut-short": ("no-errors", None, "status 0, not one of an error"),
    "requests/version": ("no-errors", None, "status 0, not one of an error"),
    "session/garbage-first": ("answer", "10", "status 10, not 11"),
    "session/garbage-later": ("answer", "hang", "Nothing came"),
    "session/no-map": ("answer", "20", "status 20, not 11"),
    "session/empty": ("answer", "data", "does not decrypt"),
    "session/tampered-first": ("answer", "11", "status 11, not 10"),
    "session/tampered-later": ("answer", "hang", "step 5, status: Nothing came"),
    "session/key-off-curve": ("answer", "20", "status 20, not 10"),
    "session/replayed": ("answer", "11", "step 7, status: The holder sent status 11"),
    "session/request-after-end": ("answer", "data", "step 6, silence"),
    "session/oversize": ("flip", None, "step 7, answer"),
    "transport/cut-first-byte": ("flip", None, "step 5, answer"),
    "transport/cut-middle": ("flip", None, "step 5, answer"),
    "transport/cut-last-byte": ("flip", None, "step 5, answer"),
    "transport/cut-second-message": ("overshare", None, "step 3, answer"),
    "transport/length": ("flip", None, "step 7, answer"),
}


def test_each_can_fail(bench):
    lab = Lab(bench)
    assert set(BROKEN) == {case["case"] for case in list_cases(lab)}
    for name, (behaviour, refusal, blame) in BROKEN.items():
        options = ["--behave", behaviour] + (["--refuse", refusal] if refusal else [])
        late = "Nothing came" in blame
        code = TIMEOUT if late else DENIED if behaviour in ("terminate", "deny") \
            or behaviour.endswith(",deny") else PEER
        report = lab.run(code, "--json", "--case", name, "--timeout", "1" if late else "20",
                         command=lab.holder(*options)).json()
        case, = report["cases"]
        assert case["outcome"] == "failed", (name, case)
        assert blame in case["runs"][0]["error"]["message"], (name, case)


def test_vanished_instead_of_ended(bench):
    """A way to end that is not the one asked for."""
    lab = Lab(bench)
    for name, behaviour in (("ends/holder-transport", "answer-and-vanish"),
                            ("ends/holder-with-answer", "answer-then-end"),
                            ("ends/holder-status-20", "answer-and-end"),
                            ("ends/holder-vanishes", "answer-then-end")):
        lab.run(PEER, "--case", name, "--timeout", "20",
                command=lab.holder("--behave", behaviour))


def test_repeat(bench):
    """Each run counts; one that fails makes the case fail."""
    lab = Lab(bench)
    counter = bench.path("counter")
    command = (f"echo >>{counter}; [ $(wc -l <{counter}) = 3 ] && b=deny || b=answer; "
               + lab.holder() + ' --behave "$b"')
    report = lab.run(DENIED, "--json", "--case", "ends/reader-status-20", "--repeat", "5",
                     "--junit", bench.path("r.xml"), "--html", bench.path("r.html"),
                     command=command).json()
    case, = report["cases"]
    assert [run["outcome"] for run in case["runs"]] \
        == ["passed", "passed", "failed", "passed", "passed"]
    assert case["outcome"] == "failed" and report["failed"] == 1
    assert case["connectMs"]["n"] == 5 and case["wholeMs"]["n"] == 5
    suites = xml.etree.ElementTree.parse(bench.path("r.xml")).getroot()
    assert suites.get("tests") == suites.get("failures") == "1"
    flat = "".join(Page(bench.path("r.html").read_text(encoding="utf-8")).text)
    assert "4 of 5" in flat and flat.count("of the runs") == 1
    assert "1 of the runs: step 3, answer: The holder gives nothing" in flat


class Page(html.parser.HTMLParser):
    """What a page is made of; tags that are not closed in order are refused."""

    def __init__(self, text):
        super().__init__()
        self.tags, self.open, self.text, self.links = set(), [], [], []
        self.feed(text)
        assert self.open == [], self.open

    def handle_starttag(self, tag, attributes):
        self.tags.add(tag)
        self.links += [value for name, value in attributes if name in ("src", "href")]
        if tag not in ("meta", "link", "br"):
            self.open.append(tag)

    def handle_endtag(self, tag):
        assert self.open.pop() == tag

    def handle_data(self, data):
        self.text.append(data)


def test_reports(bench):
    """JUnit and HTML say the same as the JSON, and the page needs nothing else."""
    lab = Lab(bench)
    junit, page = bench.path("report.xml"), bench.path("report.html")
    report = lab.run(PEER, "--json", "--junit", junit, "--html", page, "--case", "requests/*",
                     signs=False, command=lab.holder("--behave", "answer,flip")).json()
    by_name = {case["case"]: case for case in report["cases"]}
    assert by_name["requests/two"]["outcome"] == "failed"
    assert by_name["requests/reader-auth"]["outcome"] == "not-run"
    assert by_name["requests/large"]["outcome"] == "passed"

    suites = xml.etree.ElementTree.parse(junit).getroot()
    suite, = suites
    assert suites.tag == "testsuites" and suite.tag == "testsuite"
    for element in (suites, suite):
        assert int(element.get("tests")) == len(report["cases"])
        assert int(element.get("failures")) == report["failed"]
        assert int(element.get("skipped")) == report["notRun"]
        assert float(element.get("time")) > 0
    assert len(suite) == len(report["cases"])
    for element in suite:
        case = by_name[element.get("name")]
        assert element.get("classname") == "mdoc.selftest.loopback"
        marks = [child for child in element if child.tag != "system-out"]
        wanted = {"passed": [], "failed": ["failure"], "not-run": ["skipped"]}[case["outcome"]]
        assert [mark.tag for mark in marks] == wanted
        if marks:
            assert marks[0].get("message") == case["runs"][0]["error"]["message"]

    text = page.read_text(encoding="utf-8")
    parsed = Page(text)
    assert "script" not in parsed.tags and "link" not in parsed.tags and parsed.links == []
    assert "url(" not in text and "@import" not in text and "http" not in text
    flat = "".join(parsed.text)
    for case in report["cases"]:
        assert case["case"] in flat and case["mustHold"] in flat
        for run in case["runs"]:
            assert run.get("error", {}).get("message", "") in flat
    assert lab.run(FAILED, "--case", "requests/two", "--html", "/nonexistent/report.html",
                   command=lab.holder()).out.startswith("passed")


def test_text(bench):
    lab = Lab(bench)
    result = lab.run(PEER, "--case", "requests/t*", "--case", "session/no-map",
                     command=lab.holder("--behave", "flip"))
    lines = result.out.splitlines()
    assert lines[0].startswith("failed   loopback/requests/two")
    assert lines[1] == "         must hold: Both answers verify"
    assert "(conformance)" in lines[2] and "device-auth" in lines[2]
    assert lines[3].startswith("passed   loopback/session/no-map")
    assert lines[-1] == "1 passed, 1 failed, 0 not run"
    # progress is for a terminal
    assert result.err == ""


class Waiting:
    """A holder that waits for its reader."""

    def __init__(self, lab):
        self.process = subprocess.Popen(["/bin/sh", "-c", "exec " + lab.holder()], text=True,
                                        env={**os.environ, **lab.env}, stdout=subprocess.PIPE)
        self.uri = self.process.stdout.readline().strip()

    def __enter__(self):
        return self.uri

    def __exit__(self, *_):
        self.process.kill()
        self.process.communicate()


def test_one_engagement(bench):
    """It is good for one connection; what takes another is not run."""
    lab = Lab(bench)
    with Waiting(lab) as uri:
        report = lab.run(DONE, "--json", "--engagement", uri, "--case", "requests/two",
                         "--case", "requests/five", "--case", "ends/holder-*").json()
    assert [(c["case"], c["outcome"]) for c in report["cases"]][-2:] \
        == [("requests/two", "passed"), ("requests/five", "not-run")]
    assert report["notRun"] == 5


def test_person(bench):
    """Engagements by a person: one that is good, an empty line, and no more."""
    lab = Lab(bench)
    with Waiting(lab) as uri:
        result = lab.run(DONE, "--json", "--case", "requests/*", "--skip", "requests/f*",
                         stdin=f"\n{uri}\n".encode())
    report = result.json()
    assert [c["outcome"] for c in report["cases"]][:3] == ["not-run", "passed", "not-run"]
    assert "Show the holder's next QR code" in result.err
    assert report["cases"][0]["runs"][0]["error"]["name"] == "skipped"
    report = lab.run(NOTHING, "--json", "--case", "ends/*").json()
    assert report["passed"] == report["failed"] == 0


def test_interrupted(bench):
    """What there is gets reported, and the holder does not stay."""
    lab = Lab(bench)
    page, pids = bench.path("report.html"), bench.path("pids")
    command = [READER, "selftest", "--trust", lab.pki / "iaca.pem", "--html", page,
               "--engagement-command", f"echo $$ >>{pids}; exec {lab.holder()}"]
    for number in (signal.SIGINT, signal.SIGTERM):
        with subprocess.Popen(command, env={**os.environ, **lab.env}, text=True,
                              stdout=subprocess.PIPE) as process:
            assert process.stdout.readline().startswith("passed   loopback/ends/reader-status")
            process.send_signal(number)
            out = process.stdout.read()
            assert process.wait() in (FAILED, PEER), out
        last = out.splitlines()[-1]
        assert last.startswith("Interrupted: "), out
        done = sum(int(word) for word in last.split() if word.isdigit())
        assert 0 < done < len(list_cases(lab)), out
        assert "interrupted after" in page.read_text(encoding="utf-8")
    for pid in pids.read_text().split():
        assert not os.path.exists(f"/proc/{pid}"), pid


def test_command_fails(bench):
    """It is tried again for a while; a holder that needs a moment has it."""
    lab = Lab(bench)
    count = bench.path("count")
    command = f"echo >>{count}; [ $(wc -l <{count}) = 3 ] || exit 1; exec " + lab.holder()
    lab.run(DONE, "--case", "requests/two", command=command)
    assert count.read_text().count("\n") == 3
    report = lab.run(FAILED, "--json", "--case", "requests/two", command="exit 3").json()
    assert report["cases"][0]["runs"][0]["error"]["name"] == "input"
    report = lab.run(PEER, "--json", "--case", "requests/two", command="echo mdoc:AAAA").json()
    assert report["cases"][0]["runs"][0]["error"]["name"].startswith("cbor-")


def test_choice(bench):
    lab = Lab(bench)
    names = [case["case"] for case in list_cases(lab)]
    chosen = [case["case"] for case in list_cases(lab, "--case", "ends/*", "--skip", "*vanish*")]
    assert chosen == [n for n in names if n.startswith("ends/") and "vanish" not in n]
    assert list_cases(lab, "--case", "loopback/requests/two")[0]["case"] == "requests/two"

    # over Bluetooth each mode, and L2CAP if it is asked for
    def ways(*options):
        listed = lab.run(DONE, "--list", "--json", "--transport", "ble", *options).json()
        return {way: [c["case"] for c in listed if c["way"] == way]
                for way in {c["way"] for c in listed}}
    assert set(ways()) == {"central", "peripheral"}
    every = ways("--l2cap")
    assert set(every) == {"central", "peripheral", "central-l2cap", "peripheral-l2cap",
                          "peripheral-l2cap-key21"}
    assert "requests/five" in every["central"] and "requests/five" not in every["peripheral"]
    for way, found in every.items():
        assert ("ends/reader-transport" in found) == ("l2cap" not in way)
        assert ("transport/wrong-ident" in found) == way.startswith("central")
        # two modes by two kinds of channel and two sources of its PSM, by who ends it and how
        assert len(fnmatch.filter(found, "ends/*")) == (8 if "l2cap" in way else 10)


def test_usage(bench):
    lab = Lab(bench)
    for options, complaint in (
            (("--case", "nothing/*"), "No case has such a name"),
            (("--way", "pigeon"), "--way pigeon"),
            (("--way", "central", "--transport", "ble"), "exclude each other"),
            (("--transport", "pigeon"), "--transport pigeon"),
            (("--repeat", "0"), "--repeat takes"), (("--repeat", "10001"), "--repeat takes"),
            (("--timeout", "0"), "--timeout takes"), (("--timeout", "3601"), "--timeout takes"),
            (("--engagement", "mdoc:x", "--engagement-command", "true"), "exclude each other"),
            (("--at", "noon"), "--at takes")):
        result = lab.run(USAGE, *options)
        assert complaint in result.err, result
    assert "--trust is missing" in expect(USAGE, READER, "selftest").err
    result = expect(USAGE, READER, "selftest", "--trust", lab.pki / "iaca.pem",
                    "--reader-key", lab.pki / "reader-key.pem")
    assert "go together" in result.err
    assert json.loads(lab.run(USAGE, "--json", "--case", "x").out)["error"]["name"] == "usage"


if __name__ == "__main__":
    main(globals())

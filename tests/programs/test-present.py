#!/usr/bin/env python3
#
# test-present.py - mdocctl present against mdoc-reader, by all who are involved
#
# SPDX-FileCopyrightText: 2026 The mdoc agent authors
# SPDX-License-Identifier: Apache-2.0

import json
import signal
import subprocess

from agents import SPACE, World, elements_of, error_name, values_of
from programs import DENIED, DONE, FAILED, NOTHING, PEER, TIMEOUT, USAGE, main

NAME = f"{SPACE}/family_name"
SEX = f"{SPACE}/sex"
PORTRAIT = f"{SPACE}/portrait"


def ready(bench, *agent_options, key_options=(), sign_options=()):
    world = World(bench, *agent_options)
    world.trust()
    world.import_licence(*key_options, sign_options=sign_options)
    return world


def released(entry):
    return {e["element"] for d in entry["documents"] for e in d["elements"] if e["released"]}


def test_shared(bench):
    with ready(bench) as world:
        holder, engagement = world.present("--yes")
        report = world.ask(DONE, engagement, NAME, f"{SPACE}/age_over_18:retain")
        out = holder.finish(DONE)
        response, = report["responses"]
        assert response["verified"] and elements_of(response) == {"family_name", "age_over_18"}
        assert response["documents"][0]["deviceAuth"] == "signature"
        assert "Reader: UT mdoc Reader (vouched for" in holder.err and "WARNING" not in holder.err
        assert "shared" in out and "age_over_18 (to be kept)" in out

        entry, = world.history()
        assert entry["outcome"] == "shared" and entry["readerTrust"] == "trusted"
        assert entry["readerName"] == "UT mdoc Reader" and entry["transport"] == "loopback"
        assert released(entry) == {"family_name", "age_over_18"}
        retained = {e["element"]: e["intentToRetain"] for e in entry["documents"][0]["elements"]}
        assert retained == {"family_name": False, "age_over_18": True}
        assert "family_name" in world.ctl(DONE, "history").out
        # nothing stays where the two met
        assert list(bench.path("run").iterdir()) == []


def test_mac(bench):
    with ready(bench, key_options=("--auth", "mac")) as world:
        holder, engagement = world.present("--yes")
        response, = world.ask(DONE, engagement, NAME)["responses"]
        assert response["documents"][0]["deviceAuth"] == "mac" and response["verified"]
        holder.finish(DONE)


def test_mac_on_another_curve(bench):
    """Such a key cannot answer this reader, and does not sign instead."""
    with ready(bench, key_options=("--auth", "mac", "--curve", "P-384")) as world:
        holder, engagement = world.present("--yes")
        response, = world.ask(DENIED, engagement, NAME)["responses"]
        assert response["documents"] == [] and response["status"] == 0
        holder.finish(NOTHING)
        assert world.history()[0]["outcome"] == "no-match"


def test_several_requests(bench):
    with ready(bench) as world:
        holder, engagement = world.present("--yes")
        report = world.ask(DENIED, engagement, NAME, signs=False,
                           more=("--then", "--doctype", "pid", "--preset", "identity",
                                 "--then", "--doctype", "mdl", "--element", SEX))
        first, second, third = report["responses"]
        assert elements_of(first) == {"family_name"} and elements_of(third) == {"sex"}
        assert second["documents"] == [] and second["status"] == 0
        assert second["documentErrors"] == [{"docType": "eu.europa.ec.eudi.pid.1", "code": 0}]
        holder.finish(DONE)
        assert [e["outcome"] for e in world.history()] == ["shared", "no-match", "shared"]


def test_ages_over_a_session(bench):
    """Two different ages leave, in however many requests."""
    with ready(bench, sign_options=("--age-over", "16,18,21,25,30")) as world:
        holder, engagement = world.present("--yes")
        then = []
        for age in (18, 25, 18):
            then += ["--then", "--doctype", "mdl", "--element", f"{SPACE}/age_over_{age}"]
        report = world.ask(DENIED, engagement, f"{SPACE}/age_over_16", more=then)
        assert [elements_of(r) for r in report["responses"]] \
            == [{"age_over_16"}, {"age_over_18"}, set(), {"age_over_18"}]
        holder.finish(DONE)
        assert "age_over_25" not in holder.err.split("(asked for")[0]


def test_refused(bench):
    """A response without documents, and the end of the session: no hanging up."""
    with ready(bench) as world:
        holder, engagement = world.present("--consent=none")
        response, = world.ask(DENIED, engagement, NAME)["responses"]
        assert response["status"] == 0 and response["documents"] == []
        assert response["documentErrors"] == [{"docType": "org.iso.18013.5.1.mDL", "code": 0}]
        holder.finish(DENIED)
        entry, = world.history()
        assert entry["outcome"] == "refused" and released(entry) == set()


def test_asked(bench):
    """Each answer that can be given, and what leaves then."""
    cases = (("y\ny\n", {"family_name", "sex"}), ("y\nn\n", {"family_name"}),
             ("what\nyes\n\n", {"family_name"}), ("a\n", {"family_name", "sex"}),
             ("n\nY\n", {"sex"}), ("n\nn\n", None), ("y\nq\n", None), ("y\n", None))
    with ready(bench) as world:
        for answers, wanted in cases:
            holder, engagement = world.present(stdin=subprocess.PIPE)
            holder.say(answers)
            if answers == "y\n":
                holder.say_no_more()
            response, = world.ask(DONE if wanted else DENIED, engagement, NAME, SEX)["responses"]
            assert elements_of(response) == (wanted or set()), answers
            holder.finish(DONE if wanted else DENIED)
            assert "Share Family name [family_name]?" in holder.err
            assert released(world.history()[0]) == (wanted or set())


def test_choice(bench):
    """Of two credentials that fit, the holder says which."""
    with ready(bench) as world:
        world.import_licence(label="second")
        for answers, wanted in (("2\na\n", 1), ("x\n3\n1\na\n", 0)):
            holder, engagement = world.present(stdin=subprocess.PIPE)
            holder.say(answers)
            world.ask(DONE, engagement, NAME)
            holder.finish(DONE)
            listed = [line.split()[1:] for line in holder.err.splitlines()
                      if line.startswith(("  1: ", "  2: "))]
            shown = world.history()[0]["documents"][0]["credential"]
            assert shown == listed[wanted][0], holder.err
            assert world.ctl_json("show", listed[wanted][1])["id"] == shown


def test_allowed(bench):
    with ready(bench) as world:
        holder, engagement = world.present("--allow", NAME, "--allow", f"{SPACE}/height")
        response, = world.ask(DONE, engagement, NAME, SEX)["responses"]
        assert elements_of(response) == {"family_name"}
        holder.finish(DONE)


def test_portrait(bench):
    """What is asked for with the portrait does not leave without it."""
    with ready(bench) as world:
        holder, engagement = world.present("--allow", NAME)
        response, = world.ask(DENIED, engagement, NAME, PORTRAIT)["responses"]
        assert response["documents"] == []
        holder.finish(DENIED)
        assert "Without the portrait nothing" in holder.err
        holder, engagement = world.present("--allow", PORTRAIT)
        response, = world.ask(DONE, engagement, NAME, PORTRAIT)["responses"]
        assert elements_of(response) == {"portrait"}
        holder.finish(DONE)


def test_warnings(bench):
    """The holder is told who asks, and plainly if nobody vouches for it."""
    with ready(bench) as world:
        holder, engagement = world.present("--yes")
        world.ask(DONE, engagement, NAME, signs=False)
        holder.finish(DONE)
        assert "WARNING: the reader does not say who it is" in holder.err
        anchor = [a["id"] for a in world.ctl_json("trust", "list") if a["purpose"] == "reader"]
        world.ctl(DONE, "trust", "remove", "reader", anchor[0])
        holder, engagement = world.present("--yes")
        world.ask(DONE, engagement, NAME)
        holder.finish(DONE)
        assert "WARNING: the reader calls itself “UT mdoc Reader”, but nobody" in holder.err
        assert [e["readerTrust"] for e in world.history()] == ["untrusted", "unsigned"]


def test_json(bench):
    with ready(bench) as world:
        holder, engagement = world.present("--yes", "--json")
        world.ask(DONE, engagement, NAME)
        events = [json.loads(line) for line in holder.finish(DONE).splitlines()]
        assert [e["event"] for e in events] == ["state", "state", "state", "state", "ended"]
        assert [e["state"] for e in events] \
            == ["connected", "consent", "connected", "ended", "ended"]
        assert events[-1]["endReason"] == "completed"
        assert events[-1]["requests"][0]["outcome"] == "shared"


def test_qr(bench):
    with ready(bench) as world:
        for form, head in (("png", b"\x89PNG"), ("svg", b"<?xml")):
            path = bench.path(f"code.{form}")
            world.ctl(TIMEOUT, "present", "--timeout", "1", "--qr", f"{form}:{path}")
            assert path.read_bytes().startswith(head)
        result = world.ctl(TIMEOUT, "present", "--timeout", "1", "--qr", "ascii")
        assert result.out == "" and result.err.count("##") > 500
        result = world.ctl(TIMEOUT, "present", "--timeout", "1")
        assert "█" in result.err and "\033" not in result.err
        assert world.ctl(FAILED, "present", "--qr", "svg:/nonexistent/code.svg").out == ""
        # that one was cancelled with its client
        world.ctl(TIMEOUT, "present", "--timeout", "1", "--qr", "none")


def test_end(bench):
    """By the will of a test of readers, the wallet ends it after its answer."""
    ends = {"reader": DONE, "with-answer": PEER, "status": DENIED, "transport": PEER,
            "vanish": PEER}
    with ready(bench) as world:
        for end, second in ends.items():
            holder, engagement = world.present("--yes", "--end", end)
            report = world.ask(second, engagement, NAME,
                               more=("--then", "--doctype", "mdl", "--element", SEX))
            assert report["responses"][0]["verified"], (end, report)
            assert len(report["responses"]) == (2 if end == "reader" else 1), (end, report)
            holder.finish(DONE)
        assert [e["outcome"] for e in world.history()] == ["shared"] * 6
        # a refusal ends it in its own way
        holder, engagement = world.present("--consent=none", "--end", "transport")
        response, = world.ask(DENIED, engagement, NAME)["responses"]
        assert response["documents"] == []
        holder.finish(DENIED)
        assert error_name(world.ctl(USAGE, "present", "--end", "pigeon", "--json")) \
            == "InvalidArgument"


def test_faults(bench):
    """Or it does with its answer what no wallet should: no reader takes it."""
    faults = {"cut-first-byte": "loopback-vanished", "cut-middle": "loopback-vanished",
              "cut-last-byte": "loopback-vanished", "length": "loopback-limit",
              "oversize": "loopback-limit", "garbage": "session-cbor",
              "tampered": "session-decrypt", "error-status": "holder-error",
              "late-answer": "denied"}
    with ready(bench) as world:
        for fault, name in faults.items():
            holder, engagement = world.present("--yes", "--end", fault)
            # what comes after status 20 is not even looked at
            report = world.ask(DENIED if name == "denied" else PEER, engagement, NAME)
            assert report["error"]["name"] == name and report["responses"] == [], (fault, report)
            holder.process.wait(timeout=20)
        # parts are of GATT alone
        holder, engagement = world.present("--yes", "--end", "prefix")
        world.ask(DENIED, engagement, NAME)
        holder.finish(FAILED)
        assert "no such fault" in holder.err
        # and the wallet is as good as before
        holder, engagement = world.present("--yes")
        assert world.ask(DONE, engagement, NAME)["responses"][0]["verified"]
        holder.finish(DONE)


def test_busy(bench):
    with ready(bench) as world:
        holder, _ = world.present("--yes")
        assert error_name(world.ctl(FAILED, "present", "--json")) == "Busy"
        holder.send_signal(signal.SIGTERM)
        holder.finish(DENIED)


def waiting_for_consent(world):
    holder, engagement = world.present(stdin=subprocess.PIPE)
    reader = world.start_reader(engagement, NAME)
    holder.wait_for("Share Family name")
    return holder, reader


def assert_terminated(reader):
    """The reader was told that the session is over, not left alone."""
    report = json.loads(reader.finish(DENIED))
    assert report["responses"] == [], report
    assert "ended the session without an answer" in report["error"]["message"], report


def test_ctrl_c(bench):
    with ready(bench) as world:
        holder, _ = world.present("--yes")
        holder.send_signal(signal.SIGINT)
        holder.finish(DENIED)
        assert world.ctl_json("status")["presentation"] == "ended"

        holder, reader = waiting_for_consent(world)
        holder.send_signal(signal.SIGINT)
        holder.finish(DENIED)
        assert_terminated(reader)
        assert [e["outcome"] for e in world.history()] == ["refused"]
        # and the agent is ready for the next one
        holder, engagement = world.present("--yes")
        world.ask(DONE, engagement, NAME)
        holder.finish(DONE)


def test_client_dies(bench):
    with ready(bench) as world:
        holder, reader = waiting_for_consent(world)
        holder.send_signal(signal.SIGKILL)
        holder.finish(-signal.SIGKILL)
        response, = json.loads(reader.finish(DENIED))["responses"]
        assert response["status"] == 0 and response["documents"] == []
        assert [e["outcome"] for e in world.history()] == ["refused"]
        assert world.ctl_json("status")["consentAgents"] == 0


def test_agent_stops(bench):
    with ready(bench) as world:
        holder, reader = waiting_for_consent(world)
        world.agent.send_signal(signal.SIGTERM)
        world.agent.finish(DONE)
        assert_terminated(reader)
        holder.finish(FAILED)
        assert "The agent was stopped" in holder.err
        world.start_agent()
        assert [e["outcome"] for e in world.history()] == ["refused"]


def test_reader_dies(bench):
    with ready(bench) as world:
        holder, reader = waiting_for_consent(world)
        reader.send_signal(signal.SIGKILL)
        reader.finish(-signal.SIGKILL)
        holder.wait_for("The question is void")
        holder.finish(PEER)
        assert [e["outcome"] for e in world.history()] == ["refused"]


def test_consent_times_out(bench):
    with ready(bench, "--consent-timeout=1") as world:
        holder, reader = waiting_for_consent(world)
        response, = json.loads(reader.finish(DENIED))["responses"]
        assert response["status"] == 0 and response["documents"] == []
        holder.wait_for("The question is void")
        holder.finish(DENIED)
        assert [e["outcome"] for e in world.history()] == ["consent-timed-out"]


def test_remove_while_connected(bench):
    with ready(bench) as world:
        holder, reader = waiting_for_consent(world)
        assert error_name(world.ctl(FAILED, "remove", "licence", "--yes", "--json")) == "Busy"
        holder.say("y\n")
        reader.finish(DONE)
        holder.finish(DONE)
        world.ctl(DONE, "remove", "licence", "--yes")
        assert len(world.history()) == 1


def test_log(bench):
    """At no level does the log hold a value, a key or an engagement."""
    with ready(bench) as world:
        shown = world.ctl_json("show", "licence", "--show-values")
        values = values_of(world)
        holder, engagement = world.present("--yes")
        world.ask(DONE, engagement, *(f"{SPACE}/{e['element']}" for e in shown["elements"]))
        holder.finish(DONE)
        holder, second = world.present("--consent=none")
        world.ask(DENIED, second, NAME)
        holder.finish(DENIED)
        broken = bench.write("broken", b"\xa1" + b"Lindqvist")
        world.ctl(PEER, "import", broken)
        keys = world.ctl_json("list", "--keys")
        world.ctl(DONE, "remove", "licence", "--yes")
        world.stop_agent()

        log = world.agent.err
        assert "MDOC_STATE=\"consent\"" in log and "LEVEL=\"debug\"" in log
        values |= {engagement[5:], second[5:], keys[0]["cose"], keys[0]["pem"].splitlines()[1],
                   "UT mdoc Reader"}
        for value in values:
            assert value not in log, value
        history = (world.state / "store.db").read_bytes()
        for value in values:
            assert value.encode() not in history, value


if __name__ == "__main__":
    main(globals())

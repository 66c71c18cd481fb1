#!/usr/bin/env python3
#
# test-attend.py - those who stay: mdocctl agent, which asks, and mdocctl monitor
#
# SPDX-FileCopyrightText: 2026 The mdoc agent authors
# SPDX-License-Identifier: Apache-2.0

import json
import signal
import subprocess
import sys

from agents import CTL, SPACE, Process, World, elements_of, error_name
from programs import DENIED, DONE, FAILED, SOURCE, main, run

NAME = f"{SPACE}/family_name"
SEX = f"{SPACE}/sex"
EXAMPLE = SOURCE / "examples" / "consent-agent" / "consent-agent.py"


def ready(bench):
    world = World(bench)
    world.trust()
    world.import_licence()
    return world


def start_agent(world, waits_for="Waiting for readers to ask"):
    process = Process(world, CTL, "agent", stdin=subprocess.PIPE, name="consent")
    process.wait_for(waits_for)
    return process


def meet(world, *elements, wanted):
    holder, engagement = world.present("--consent=policy")
    response, = world.ask(DONE if wanted else DENIED, engagement, *elements)["responses"]
    assert elements_of(response) == wanted, response
    holder.finish(DONE if wanted else DENIED)


def test_agent(bench):
    """It is asked again and again, by whoever presents without asking."""
    with ready(bench) as world:
        consent = start_agent(world)
        assert world.ctl_json("status")["consentAgents"] == 1
        consent.say("y\nn\n")
        meet(world, NAME, SEX, wanted={"family_name"})
        consent.say("n\nn\n")
        meet(world, NAME, SEX, wanted=set())
        consent.say("a\n")
        meet(world, NAME, SEX, wanted={"family_name", "sex"})
        assert "Reader: UT mdoc Reader (vouched for" in consent.err

        # who brings a consent agent along is asked instead
        holder, engagement = world.present("--consent=none")
        world.ask(DENIED, engagement, NAME)
        holder.finish(DENIED)

        consent.say_no_more()
        meet(world, NAME, wanted=set())
        consent.send_signal(signal.SIGINT)
        consent.finish(DONE)
        meet(world, NAME, wanted=set())
        assert [e["outcome"] for e in world.history()] \
            == ["no-consent-agent", "refused", "refused", "shared", "refused", "shared"]


def test_agent_and_policy(bench):
    """Policies answer in its stead if they leave nothing to ask."""
    with ready(bench) as world:
        consent = start_agent(world)
        anchor = next(a["id"] for a in world.ctl_json("trust", "list")
                      if a["purpose"] == "reader")
        world.ctl(DONE, "policy", "add", "--reader", anchor, "--doctype",
                  "org.iso.18013.5.1.mDL", "--element", NAME)
        meet(world, NAME, wanted={"family_name"})
        assert "Share" not in consent.err
        consent.say("n\ny\n")
        meet(world, NAME, SEX, wanted={"sex"})
        assert "Share Family name" in consent.err
        policy, = world.ctl_json("policy", "list")
        assert policy["uses"] == 1


def test_agent_comes_back(bench):
    with World(bench, starts=False) as world:
        consent = start_agent(world, waits_for="Waiting for mdoc-agent")
        world.start_agent()
        consent.wait_for("Waiting for readers")
        world.trust()
        world.import_licence()
        world.stop_agent()
        consent.wait_for("The agent has gone")
        world.start_agent()
        consent.wait_for("come back.\nWaiting for readers")
        consent.say("y\n")
        meet(world, NAME, wanted={"family_name"})


def find_python():
    """One that has PyGObject: Debian's, where another stands before it."""
    for python in (sys.executable, "/usr/bin/python3"):
        if subprocess.run([python, "-c", "from gi.repository import Gio"],
                          stderr=subprocess.DEVNULL, check=False).returncode == 0:
            return python
    raise AssertionError("python3-gi is missing: tools/setup installs it")


def test_example(bench):
    """The example for integrators answers as it says it does."""
    with ready(bench) as world:
        consent = Process(world, find_python(), EXAMPLE, "--session", NAME, SEX, name="example")
        assert consent.read_line() == "registered"
        meet(world, NAME, f"{SPACE}/height", wanted={"family_name"})
        lines = [consent.read_line() for _ in range(3)]
        assert lines[0] == "UT mdoc Reader (trusted) asks for: Driving licence", lines
        assert lines[1] == "Family name: yes" and lines[2].endswith(": no"), lines
        meet(world, f"{NAME}:retain", SEX, wanted={"sex"})
        holder, engagement = world.present("--consent=policy")
        world.ask(DENIED, engagement, NAME, signs=False)
        holder.finish(DENIED)
        assert world.history()[0]["outcome"] == "refused"
        # nobody else on the bus gets an answer out of it
        address = world.env["DBUS_SESSION_BUS_ADDRESS"]
        owner = run("gdbus", "call", "--address", address, "--dest", "org.freedesktop.DBus",
                    "--object-path", "/org/freedesktop/DBus", "--method",
                    "org.freedesktop.DBus.ListNames")
        names = [name for name in owner.out.split("'") if name.startswith(":")]
        answers = [run("gdbus", "call", "--address", address, "--dest", name, "--object-path",
                       "/org/example/consent", "--method",
                       "org.mdocagent.ConsentAgent1.Cancel", "/org/x") for name in names]
        assert sum("Only mdoc-agent may ask" in answer.err for answer in answers) == 1
        assert all(answer.code for answer in answers)
        world.stop_agent()
        world.start_agent()
        while consent.read_line() != "registered":
            pass
        meet(world, NAME, wanted={"family_name"})


def test_too_many_agents(bench):
    with World(bench) as world:
        for _ in range(8):
            start_agent(world)
        assert error_name(world.ctl(FAILED, "agent", "--json")) == "LimitExceeded"


def events_until(monitor, event, wanted_object):
    found = []
    while True:
        found.append(json.loads(monitor.read_line()))
        if (found[-1]["event"], found[-1]["object"]) == (event, wanted_object):
            return found


def test_monitor(bench):
    with World(bench, starts=False) as world:
        monitor = Process(world, CTL, "monitor", "--json", name="monitor")
        plain = Process(world, CTL, "monitor", name="monitor")
        assert json.loads(monitor.read_line()) == {"event": "gone", "object": "agent"}
        assert plain.read_line() == "agent gone"
        world.start_agent()
        assert json.loads(monitor.read_line()) == {"event": "there", "object": "agent"}
        world.trust()
        info = world.import_licence()
        assert events_until(monitor, "added", "credential")[-1]["id"] == info["id"]
        holder, engagement = world.present("--yes")
        world.ask(DONE, engagement, NAME)
        holder.finish(DONE)
        events = events_until(monitor, "ended", "presentation")
        assert [e["state"] for e in events if e["event"] == "state"] \
            == ["connected", "consent", "connected", "ended"]
        assert events[0] == {"event": "added", "object": "presentation", "id": "1"}
        assert events[-1]["endReason"] == "completed"
        world.ctl(DONE, "remove", "licence", "--yes")
        assert events_until(monitor, "removed", "credential")[-1]["id"] == info["id"]
        world.stop_agent()
        assert json.loads(monitor.read_line()) == {"event": "gone", "object": "agent"}
        lines = []
        while not lines or lines[-1] != "agent gone":
            lines.append(plain.read_line())
        assert "presentation 1 state: consent" in lines, lines
        assert "presentation 1 ended: completed" in lines, lines
        for process in (monitor, plain):
            process.send_signal(signal.SIGTERM)
            process.finish(DONE)


if __name__ == "__main__":
    main(globals())

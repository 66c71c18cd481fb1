#!/usr/bin/env python3
#
# test-uses.py - which credential is shown, and when none is
#
# SPDX-FileCopyrightText: 2026 The mdoc agent authors
# SPDX-License-Identifier: Apache-2.0

import subprocess
import time

from agents import SPACE, elements_of, error_name
from programs import DENIED, DONE, FAILED, NOTHING, USAGE, main
from trouble import TroubledWorld

NAME = f"{SPACE}/family_name"


def start(bench):
    world = TroubledWorld(bench)
    world.trust()
    return world


def sign(world, name, *options):
    """A key of ours, and a credential for it."""
    return world.bench.sign(world.pki, world.new_key(name=name), f"{name}.mdoc",
                            "--age-over", "18", *options)


def present(world, code=DONE, exit_code=DONE, options=("--yes",)):
    """Returns: what the reader got, and what the holder was told."""
    holder, engagement = world.present(*options)
    response, = world.ask(code, engagement, NAME)["responses"]
    holder.finish(exit_code)
    return response, holder.err


def uses(world, label="licence"):
    return [generation["uses"] for generation in world.ctl_json("show", label)["generations"]]


def assert_shown(world, is_shown):
    response, _ = present(world, DONE if is_shown else DENIED, DONE if is_shown else NOTHING)
    assert (elements_of(response) == {"family_name"}) == is_shown


def test_accepted(bench):
    with start(bench) as world:
        info = world.ctl_json("import", sign(world, "one"), "--label", "licence", "--review")
        assert info["state"] == "received"
        assert_shown(world, False)
        world.ctl(USAGE, "set", "licence", "--state", "suspended")
        assert world.ctl(DONE, "set", "licence", "--state", "active").out == "valid\n"
        assert_shown(world, True)


def test_suspended(bench):
    with start(bench) as world:
        world.ctl(DONE, "import", sign(world, "one"), "--label", "licence")
        assert world.ctl_json("set", "licence", "--state", "suspended")["state"] == "suspended"
        assert_shown(world, False)
        world.stop_agent()
        world.start_agent()
        assert world.listed()["licence"]["state"] == "suspended"
        assert_shown(world, False)
        world.ctl(DONE, "set", "licence", "--state", "active")
        assert_shown(world, True)


def test_set(bench):
    with start(bench) as world:
        world.ctl(DONE, "import", sign(world, "one"), "--label", "licence")
        for options in (("--state", "revoked"), ("--state", "received"), ("--state", "x"),
                        ("--when-spent", "never"), ("--max-uses", "1000001"),
                        ("--label", "a\nb")):
            assert error_name(world.ctl(USAGE, "set", "licence", *options, "--json")) \
                == "InvalidArgument"
        assert error_name(world.ctl(FAILED, "set", "licence", "--label", "x" * 65, "--json")) \
            == "LimitExceeded"
        info = world.ctl_json("set", "licence", "--max-uses", "3", "--when-spent", "ask",
                              "--label", "other")
        assert (info["maxUses"], info["whenSpent"], info["label"]) == (3, "ask", "other")
        world.ctl(NOTHING, "set", "licence", "--max-uses", "1")


def test_copies(bench):
    """Each reader meets another copy; then the holder's choice decides."""
    with start(bench) as world:
        now = time.strftime("%Y-%m-%dT%H:00:00Z", time.gmtime())
        files = [sign(world, f"copy{n}", "--valid-from", now) for n in range(3)]
        world.ctl(DONE, "import", files[0], "--label", "licence")
        for path in files[1:]:
            world.ctl(DONE, "import", path, "--copy-of", "licence")
        assert uses(world) == [[0, 0, 0]] and len(world.ctl_json("list")) == 1
        world.ctl(DONE, "set", "licence", "--max-uses", "1")
        for expected in ([1, 0, 0], [1, 1, 0], [1, 1, 1]):
            assert_shown(world, True)
            assert uses(world) == [expected]

        assert world.listed()["licence"]["state"] == "spent"
        assert_shown(world, False)
        world.ctl(DONE, "set", "licence", "--when-spent", "ask")
        _, told = present(world)
        assert "all copies of it are used up" in told and uses(world) == [[2, 1, 1]]
        world.ctl(DONE, "set", "licence", "--when-spent", "reuse")
        assert_shown(world, True)
        assert uses(world) == [[2, 2, 1]]

        # a further generation has fresh ones; the older one is not touched
        world.ctl(DONE, "set", "licence", "--when-spent", "refuse")
        world.ctl(DONE, "import", sign(world, "next"), "--renews", "licence")
        assert_shown(world, True)
        assert uses(world) == [[1], [2, 2, 1]]
        assert len(world.ctl_json("list", "--keys")) == 4
        world.ctl(DONE, "remove", "licence", "--yes")
        assert world.ctl_json("list", "--keys") == []


def test_once_a_session(bench):
    """What one reader asks for again it gets from the same copy."""
    with start(bench) as world:
        world.ctl(DONE, "import", sign(world, "one"), "--label", "licence")
        world.ctl(DONE, "set", "licence", "--max-uses", "1")
        holder, engagement = world.present("--yes")
        report = world.ask(DONE, engagement, NAME,
                           more=("--then", "--doctype", "mdl", "--element", f"{SPACE}/sex"))
        holder.finish(DONE)
        assert [elements_of(r) for r in report["responses"]] == [{"family_name"}, {"sex"}]
        assert uses(world) == [[1]]


def test_refused_is_no_use(bench):
    with start(bench) as world:
        world.ctl(DONE, "import", sign(world, "one"), "--label", "licence")
        holder, engagement = world.present("--consent", "none")
        world.ask(DENIED, engagement, NAME)
        holder.finish(DENIED)
        assert uses(world) == [[0]]


def test_relatives_refused(bench):
    with start(bench) as world:
        hour = time.strftime("%Y-%m-%dT%H:00", time.gmtime())
        world.ctl(DONE, "import", sign(world, "one", "--valid-from", f"{hour}:01Z"),
                  "--label", "licence")
        other = bench.sign(world.pki, world.new_key(name="pid"), "pid.mdoc", doctype="pid")
        later = sign(world, "later", "--valid-from", f"{hour}:02Z")
        earlier = sign(world, "earlier", "--valid-from", f"{hour}:00Z")
        for path, option in ((other, "--copy-of"), (other, "--renews"), (later, "--copy-of"),
                             (earlier, "--renews")):
            assert error_name(world.ctl(USAGE, "import", path, option, "licence", "--json")) \
                == "InvalidArgument"
        assert error_name(world.ctl(USAGE, "import", later, "--renews", "licence", "--copy-of",
                                    "licence", "--json")) == "InvalidArgument"
        world.ctl(NOTHING, "import", later, "--renews", "nobody")
        assert uses(world) == [[0]]


def test_s0_73_clock(bench):
    """A clock that cannot be right: nothing is called valid or expired, nothing
    goes, and the reader can see for itself."""
    with start(bench) as world:
        world.ctl(DONE, "import", sign(world, "one"), "--label", "licence")
        before = world.ctl_json("show", "licence")
        for offset, state, is_shown in ((-int(time.time()), "time-unknown", True),
                                        (-10 * 86400, "time-unknown", True),
                                        (40 * 86400, "expired", False),
                                        (3000000000, "expired", False),
                                        (0, "valid", True)):
            world.set(clock_offset_s=offset)
            for _ in range(2):
                assert world.listed()["licence"]["state"] == state
                response, _ = present(world, *((DONE, DONE) if is_shown else (DENIED, NOTHING)))
                assert (elements_of(response) == {"family_name"}) == is_shown
                # and so it is if it was that way at the start
                world.stop_agent()
                world.start_agent()
        after = world.ctl_json("show", "licence")
        assert after["state"] == before["state"] == "valid"
        assert after["validUntil"] == before["validUntil"] and uses(world) == [[6]]


def test_clock_jumps_in_session(bench):
    """While the holder is asked. A running session keeps what it was offered;
    the next one goes by the new clock."""
    with start(bench) as world:
        world.ctl(DONE, "import", sign(world, "one"), "--label", "licence")
        for offset, is_shown in ((-int(time.time()), True), (40 * 86400, False)):
            world.set(clock_offset_s=0)
            holder, engagement = world.present(stdin=subprocess.PIPE)
            reader = world.start_reader(engagement, NAME)
            holder.wait_for("Share Family name")
            world.set(clock_offset_s=offset)
            holder.say("y\n")
            reader.finish(DONE)
            holder.finish(DONE)
            assert_shown(world, is_shown)


if __name__ == "__main__":
    main(globals())

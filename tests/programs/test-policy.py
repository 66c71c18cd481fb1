#!/usr/bin/env python3
#
# test-policy.py - standing policies: what leaves without anybody being asked
#
# SPDX-FileCopyrightText: 2026 The mdoc agent authors
# SPDX-License-Identifier: Apache-2.0

import signal
import sqlite3

from agents import SPACE, World, assert_no_values, elements_of, error_name, values_of
from programs import DENIED, DONE, FAILED, NOTHING, PEER, USAGE, main, run

NAME = f"{SPACE}/family_name"
SEX = f"{SPACE}/sex"
PORTRAIT = f"{SPACE}/portrait"
MDL = "org.iso.18013.5.1.mDL"


def ready(bench, *agent_options):
    world = World(bench, *agent_options)
    world.trust()
    world.import_licence()
    return world


def anchor_of(world):
    return next(a["id"] for a in world.ctl_json("trust", "list") if a["purpose"] == "reader")


def allow(world, *elements, more=(), doctype=MDL):
    command = ["policy", "add", "--reader", anchor_of(world)[:8], "--doctype", doctype, *more]
    for element in elements:
        command += ["--element", element]
    return world.ctl_json(*command)


def meet(world, *elements, wanted, **options):
    """A kiosk: nobody is there to be asked. Returns: the entry of the history."""
    holder, engagement = world.present("--consent=policy")
    report = world.ask(DONE if wanted else DENIED, engagement, *elements, **options)
    response, = report["responses"]
    assert elements_of(response) == wanted, report
    holder.finish(DONE if wanted else DENIED)
    return world.history()[0]


def uses_of(world):
    return [policy["uses"] for policy in world.ctl_json("policy", "list")]


def test_kiosk(bench):
    with ready(bench) as world:
        policy = allow(world, NAME, SEX, more=("--label", "Gate"))
        assert policy["state"] == "active" and policy["uses"] == 0
        assert policy["origin"] == "holder" and policy["readerAnchor"] == anchor_of(world)
        # what was asked for and is allowed, and nothing else
        entry = meet(world, NAME, PORTRAIT.replace("portrait", "height"), wanted={"family_name"})
        assert entry["outcome"] == "shared"
        assert entry["documents"][0]["policy"] == policy["id"]
        assert f"by policy {policy['id']}" in world.ctl(DONE, "history").out
        assert world.ctl_json("status")["consentAgents"] == 0
        assert uses_of(world) == [1]
        text = world.ctl(DONE, "policy", "list").out
        assert f"{policy['id']}  active  used 1  Gate" in text and f"    {NAME}\n" in text

        world.ctl(DONE, "policy", "remove", policy["id"])
        assert error_name(world.ctl(NOTHING, "policy", "remove", policy["id"], "--json")) \
            == "NotFound"
        assert meet(world, NAME, wanted=set())["outcome"] == "no-consent-agent"


def test_reader(bench):
    """Only those whom the very anchor of the policy vouches for."""
    with ready(bench) as world:
        allow(world, NAME)
        assert meet(world, NAME, wanted=set(), signs=False)["readerTrust"] == "unsigned"

        own = world.pki
        world.pki = bench.make_pki("other")
        (world.pki / "iaca.pem").write_bytes((own / "iaca.pem").read_bytes())
        assert meet(world, NAME, wanted=set())["readerTrust"] == "untrusted"
        world.trust(issuer=False)
        assert meet(world, NAME, wanted=set())["readerTrust"] == "trusted"
        world.pki = own
        meet(world, NAME, wanted={"family_name"})

        world.ctl(DONE, "trust", "remove", "reader", uses_anchor(world))
        assert meet(world, NAME, wanted=set())["readerTrust"] == "untrusted"
        assert uses_of(world) == [1]


def uses_anchor(world):
    policy, = world.ctl_json("policy", "list")
    return policy["readerAnchor"]


def test_what_leaves(bench):
    """The rules that bind a consent agent's answer bind a policy too."""
    with ready(bench) as world:
        allow(world, NAME, SEX)
        # the portrait was asked for, and is not allowed: nothing leaves
        meet(world, NAME, PORTRAIT, wanted=set())
        # to be kept: not without --retain
        meet(world, f"{NAME}:retain", SEX, wanted={"sex"})
        # another type is another thing, whatever its elements are called
        allow(world, f"{SPACE}/height", doctype="org.iso.23220.photoid.1")
        meet(world, f"{SPACE}/height", wanted=set())
        # letter by letter
        allow(world, f"{SPACE}/HEIGHT", f"{SPACE}/heigh", "org.iso.18013.5.1.aa/height")
        meet(world, f"{SPACE}/height", wanted=set())
        assert uses_of(world).count(0) == 2 and sum(uses_of(world)) == 1

        kept = allow(world, NAME, PORTRAIT, more=("--retain",))
        entry = meet(world, f"{NAME}:retain", PORTRAIT, wanted={"family_name", "portrait"})
        assert entry["documents"][0]["policy"] == kept["id"]


def test_ages(bench):
    """Two ages leave in a session, however many are allowed."""
    with ready(bench) as world:
        world.ctl(DONE, "remove", "licence", "--yes")
        world.import_licence(label="ages", sign_options=("--age-over", "16,18,21,25,30"))
        ages = [f"{SPACE}/age_over_{age}" for age in (16, 18, 25)]
        allow(world, *ages)
        holder, engagement = world.present("--consent=policy")
        then = []
        for age in ages[1:]:
            then += ["--then", "--doctype", "mdl", "--element", age]
        report = world.ask(DENIED, engagement, ages[0], more=then)
        assert [elements_of(r) for r in report["responses"]] \
            == [{"age_over_16"}, {"age_over_18"}, set()]
        holder.finish(DONE)
        assert uses_of(world) == [2]


def test_counted(bench):
    """A use is on disk before its response is out, and stays through a crash."""
    with ready(bench) as world:
        allow(world, NAME, more=("--max-uses", "3"))
        meet(world, NAME, wanted={"family_name"})
        holder, engagement = world.present("--consent=policy")
        reader = world.start_reader(engagement, NAME,
                                    more=("--then", "--doctype", "mdl", "--element", NAME))
        reader.finish(DONE)
        world.agent.send_signal(signal.SIGKILL)
        world.agent.finish(-signal.SIGKILL)
        holder.process.wait(timeout=20)
        world.start_agent()
        policy, = world.ctl_json("policy", "list")
        assert policy["uses"] == 3 and policy["state"] == "spent"
        meet(world, NAME, wanted=set())
        assert "spent  used 3 of 3" in world.ctl(DONE, "policy", "list").out


def test_expired(bench):
    with ready(bench) as world:
        policy = allow(world, NAME, more=("--expires", "2024-06-01T00:00:00Z"))
        assert policy["state"] == "expired"
        meet(world, NAME, wanted=set())
        allow(world, NAME, more=("--expires", "2099-01-01T00:00:00Z"))
        meet(world, NAME, wanted={"family_name"})


def test_who_is_there_is_asked(bench):
    """Whoever starts a presentation with a consent agent is not passed over."""
    with ready(bench) as world:
        allow(world, NAME)
        holder, engagement = world.present("--consent=none")
        response, = world.ask(DENIED, engagement, NAME)["responses"]
        assert response["documents"] == []
        holder.finish(DENIED)
        holder, engagement = world.present("--yes")
        world.ask(DONE, engagement, NAME, SEX)
        holder.finish(DONE)
        assert "policy" not in world.history()[0]["documents"][0]
        assert uses_of(world) == [0]


def test_refused(bench):
    with ready(bench) as world:
        def fails(code, name, *arguments):
            result = world.ctl(code, "policy", "add", *arguments, "--json")
            assert error_name(result) == name, str(result)

        anchor = anchor_of(world)
        good = ("--doctype", MDL, "--element", NAME)
        fails(USAGE, "Usage", "--reader", anchor[:7], *good)
        fails(NOTHING, "NotFound", "--reader", "0" * 8, *good)
        fails(NOTHING, "NotFound", "--reader", "0" * 64, *good)
        issuer = next(a["id"] for a in world.ctl_json("trust", "list")
                      if a["purpose"] == "issuer")
        fails(NOTHING, "NotFound", "--reader", issuer, *good)
        fails(USAGE, "InvalidArgument", "--reader", anchor, *good, "--element", NAME)
        fails(USAGE, "InvalidArgument", "--reader", anchor, *good, "--expires", "soon")
        fails(USAGE, "Usage", "--reader", anchor, *good, "--max-uses", "4294967296")
        fails(USAGE, "InvalidArgument", "--reader", anchor, *good, "--label", "x" * 65)
        assert world.ctl_json("policy", "list") == []


def write_file(bench, anchor, more="", name="gate"):
    path = bench.write("policies.conf", f"""# by the administrator
[policy {name}]
reader-anchor={anchor}
doc-type={MDL}
elements={NAME};{SEX}
{more}
""")
    path.chmod(0o644)
    return path


def test_file(bench):
    with ready(bench) as world:
        path = write_file(bench, anchor_of(world), "max-uses=2")
        world.stop_agent()
        world.start_agent(f"--policy-file={path}")
        policy, = world.ctl_json("policy", "list")
        assert policy["id"] == "gate" and policy["origin"] == "file"
        assert meet(world, NAME, wanted={"family_name"})["documents"][0]["policy"] == "gate"
        # it is not the holder's to remove
        world.ctl(NOTHING, "policy", "remove", "gate")
        world.stop_agent()
        world.start_agent(f"--policy-file={path}")
        meet(world, NAME, wanted={"family_name"})
        meet(world, NAME, wanted=set())
        world.stop_agent()
        world.start_agent()
        assert world.ctl_json("policy", "list") == []
        meet(world, NAME, wanted=set())


def test_bad_file(bench):
    """Of a file with a mistake nothing counts, and the agent says where it is."""
    with World(bench, starts=False) as world:
        def fails(path, *texts):
            result = run(*world.agent_command(f"--policy-file={path}"), env=world.env)
            assert result.code == FAILED, str(result)
            assert all(text in result.err for text in texts), str(result)

        fails(write_file(bench, "0" * 63), "policies.conf", "[policy gate]", "reader_anchor")
        fails(write_file(bench, "0" * 64, "max_uses=1"), "no key", "max_uses")
        fails(write_file(bench, "0" * 64, name="a b"), "policy NAME")
        fails(bench.path("nothing"), "nothing")
        path = write_file(bench, "0" * 64)
        path.chmod(0o646)
        fails(path, "can be written by others")


def test_tampered(bench):
    """A row that was changed allows nothing, and can be removed."""
    with ready(bench) as world:
        policy = allow(world, NAME, more=("--max-uses", "1"))
        meet(world, NAME, wanted={"family_name"})
        world.stop_agent()
        with sqlite3.connect(world.state / "store.db") as db:
            db.execute("UPDATE policies SET uses = 0")
        db.close()
        for path in world.state.iterdir():
            path.chmod(0o600)
        world.start_agent()
        assert world.ctl_json("policy", "list")[0]["state"] == "damaged"
        meet(world, NAME, wanted=set())
        world.ctl(DONE, "policy", "remove", policy["id"])
        assert world.ctl_json("policy", "list") == []


def test_log(bench):
    """A run with policies and with errors of all kinds logs no value, and no name
    that somebody gave to anything."""
    with ready(bench) as world:
        values = values_of(world) | {"UT mdoc Reader", "Gate in the north", "NoSuchThing"}
        allow(world, NAME, SEX, more=("--label", "Gate in the north", "--max-uses", "1"))
        meet(world, NAME, wanted={"family_name"})
        meet(world, NAME, PORTRAIT, wanted=set())
        meet(world, NAME, f"{SPACE}/NoSuchThing", wanted=set(), signs=False)
        world.ctl(NOTHING, "policy", "remove", "Lindqvist")
        world.ctl(NOTHING, "show", "Lindqvist")
        world.ctl(USAGE, "new-key", "--label", "Lindqvist\n")
        world.ctl(PEER, "import", bench.write("broken", b"\xa1\x69Lindqvist"))
        world.ctl(PEER, "trust", "add", "reader", bench.write("anchor", b"Lindqvist"))
        world.stop_agent()
        first = world.agent.err
        path = write_file(bench, "0" * 64, "label=Lindqvist")
        world.start_agent(f"--policy-file={path}")
        assert_no_values(world)
        assert "A standing policy answers" in first and "LEVEL=\"debug\"" in first
        for value in values:
            assert value not in first, value


if __name__ == "__main__":
    main(globals())

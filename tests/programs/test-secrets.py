#!/usr/bin/env python3
#
# test-secrets.py - nothing secret lies where somebody could find it
#
# SPDX-FileCopyrightText: 2026 The mdoc agent authors
# SPDX-License-Identifier: Apache-2.0

"""A credential with values that occur nowhere else is imported, shown and
presented; then files and the memory of the agent are searched for every value
of it, and for every private key."""

import json
import os
import shutil

from agents import SPACE
from programs import BUILD, DONE, EXAMPLES, IS_SANITIZED, expect, main
from trouble import TroubledWorld

UNSEAL = BUILD / "tests" / "programs" / "mdoc-test-unseal"


def make_person(bench):
    """Every text a different one. Returns: the file, and what to look for."""
    person = json.loads((EXAMPLES / "mdl.json").read_text())
    elements = person.get(SPACE, person)
    patterns = {}
    for name, value in elements.items():
        if isinstance(value, str) and "portrait" not in name and "date" not in name \
                and "country" not in name and len(value) > 3 and "sign" not in name:
            secret = f"Qx{name.replace('_', '')[:12]}zQ7{os.urandom(4).hex()}"
            elements[name] = secret
            patterns[name] = secret.encode()
    portrait = (EXAMPLES / "portrait.jpg").read_bytes()
    shutil.copy(EXAMPLES / "portrait.jpg", bench.path("portrait.jpg"))
    patterns["portrait-begin"] = portrait[200:260]
    patterns["portrait-end"] = portrait[-100:-40]
    return bench.write("person.json", json.dumps(person)), patterns


def add_keys(world, patterns):
    """What the agent cannot be asked for: from a copy of its store."""
    copy = world.bench.path("unsealed")
    shutil.rmtree(copy, ignore_errors=True)
    shutil.copytree(world.state, copy)
    for number, line in enumerate(expect(DONE, UNSEAL, copy).out.split()):
        patterns[f"private key {number}"] = bytes.fromhex(line)
    patterns["master key"] = (copy / "master.key").read_bytes()
    shutil.rmtree(copy)


def use(world, bench, person, *key_options):
    """All that an agent does with a credential."""
    key = world.new_key(*key_options, name="device")
    licence = bench.sign(world.pki, key, "licence.mdoc", data=person)
    world.ctl(DONE, "import", licence, "--label", "licence")
    shown = world.ctl_json("show", "licence", "--show-values")
    wanted = [f"{element['nameSpace']}/{element['element']}" for element in shown["elements"]]
    holder, engagement = world.present("--yes")
    response, = world.ask(DONE, engagement, *wanted)["responses"]
    assert len(response["documents"][0]["elements"]) == len(wanted)
    holder.finish(DONE)
    world.ctl(DONE, "store", "check")
    world.ctl(DONE, "store", "backup", bench.path("backup"))
    # the last of what was sent is gone when the next thing is answered
    world.ctl(DONE, "status")


def search(bench, *key_options):
    with TroubledWorld(bench, starts=False) as world:
        # so that it is the agent that wipes what it frees, and not the test
        world.unset("MALLOC_PERTURB_")
        world.start_agent()
        world.trust()
        person, patterns = make_person(bench)
        use(world, bench, person, *key_options)
        add_keys(world, patterns)
        # a sanitizer keeps what is freed, so as to see it used, and has shadows of
        # all memory, which would take for ever to look through
        if not IS_SANITIZED:
            # that the search finds something at all
            assert world.scan_memory({"interface": b"org.mdocagent.Agent1.Manager"})
            found = world.scan_memory(patterns)
            assert found == {}, found

        for path in [bench.path("backup"), *world.state.iterdir()]:
            content = path.read_bytes()
            for name, pattern in patterns.items():
                if path.name != "master.key":
                    assert pattern not in content, (path, name)
        for name, pattern in patterns.items():
            assert pattern.decode("latin-1") not in world.agent.err, name


def test_signature(bench):
    search(bench)


def test_mac(bench):
    search(bench, "--auth", "mac")


def test_no_dumps(bench):
    with TroubledWorld(bench) as world:
        limits = (world.proc / "limits").read_text()
        line, = [line for line in limits.splitlines() if line.startswith("Max core file size")]
        assert line.split()[4:6] == ["0", "0"], line
        # what is not dumpable belongs to root in /proc, whoever runs it
        assert (world.proc / "mem").stat().st_uid == 0
        if os.geteuid() != 0:
            try:
                (world.proc / "mem").open("rb")
            except PermissionError:
                return
            raise AssertionError("its memory can be read")


if __name__ == "__main__":
    main(globals())

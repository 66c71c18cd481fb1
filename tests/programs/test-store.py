#!/usr/bin/env python3
#
# test-store.py - looking after the store of an agent, and what can spoil it
#
# SPDX-FileCopyrightText: 2026 The mdoc agent authors
# SPDX-License-Identifier: Apache-2.0

import errno
import os
import random
import shutil
import sqlite3
import subprocess

from agents import CTL, error_name
from programs import DONE, FAILED, NOTHING, USAGE, main, run
from trouble import TroubledWorld


def start(bench):
    world = TroubledWorld(bench)
    world.trust()
    world.import_licence()
    return world


def fails_to_start(world, *options):
    result = run(*world.agent_command(*options), env=world.env)
    assert result.code == FAILED, str(result)
    return result.err


def test_check_and_jobs(bench):
    with start(bench) as world:
        assert world.ctl(DONE, "store", "check").out == "all is well\n"
        assert world.ctl_json("store", "check") == {"findings": []}
        assert world.ctl_json("jobs") == [] == world.ctl_json("jobs", "--all")
        world.ctl(DONE, "remove", "licence", "--yes")
        assert world.ctl_json("jobs") == []
        job, = world.ctl_json("jobs", "--all")
        assert (job["kind"], job["state"], job["step"]) == ("remove", "done", "tell")
        assert "remove" in world.ctl(DONE, "jobs", "--all").out
        status = world.ctl_json("status")
        assert status["jobs"] == status["notices"] == 0 and status["timeKnown"] is True
        for arguments in (("check", "x"), ("backup",), ("eat",), ("restore", "a", "b")):
            world.ctl(USAGE, "store", *arguments)


def test_check_finds(bench):
    with start(bench) as world:
        world.stop_agent()
        change(world, "UPDATE copies SET uses = 5")
        world.start_agent()
        findings = world.ctl_json("store", "check", code=FAILED)["findings"]
        assert len(findings) == 1 and "credential" in findings[0]

        # what was put into an id does not command the terminal
        world.stop_agent()
        change(world, "UPDATE keys SET id = 'a' || char(27) || '[31m'")
        world.start_agent()
        found = world.ctl(FAILED, "store", "check").out
        assert "\x1b" not in found and "key a\\u001b[31m: " in found, found


def test_changed_id(bench):
    """An id that no object can have is named, and not left to GIO to complain of."""
    with start(bench) as world:
        before, = world.ctl_json("list")
        world.stop_agent()
        for bad in ("id || char(27) || '[31m'", "CAST(X'ff41' AS TEXT)", "''", "id || '/'"):
            change(world, f"UPDATE documents SET id = {bad}")
            err = fails_to_start(world)
            assert "the id of a credential was changed" in err and "assertion" not in err, err
            change(world, f"UPDATE documents SET id = '{before['id']}'")
        world.start_agent()
        assert world.ctl_json("list") == [before]


def change(world, sql):
    db = sqlite3.connect(world.state / "store.db")
    with db:
        db.execute(sql)
    db.close()
    for path in world.state.iterdir():
        path.chmod(0o600)


def test_backup(bench):
    with start(bench) as world:
        backup = bench.path("backup")
        world.ctl(DONE, "store", "backup", backup)
        assert backup.stat().st_mode & 0o777 == 0o600
        # never over one that is there
        world.ctl(FAILED, "store", "backup", backup)
        world.ctl(NOTHING, "store", "restore", bench.path("nothing"))

        world.import_licence(label="second")
        assert error_name(world.ctl(FAILED, "store", "restore", backup, "--json")) == "InUse"
        world.ctl(DONE, "remove", "licence", "--yes")
        world.ctl(DONE, "store", "restore", backup, "--may-forget")
        # what was removed since does not come back, nor does its key
        assert world.listed() == {} and world.ctl_json("list", "--keys") == []
        world.check_rows()
        assert world.ctl(DONE, "store", "check").out == "all is well\n"
        world.import_licence(label="third")
        world.stop_agent()
        world.start_agent()
        assert set(world.listed()) == {"third"}


def test_backup_elsewhere(bench):
    """Another device that has the master key, and one that has not."""
    with start(bench) as world:
        backup = bench.path("backup")
        before = world.ctl_json("show", "licence", "--show-values")
        world.ctl(DONE, "set", "licence", "--max-uses", "2")
        world.ctl(DONE, "store", "backup", backup)
        world.stop_agent()
        (world.state / "store.db").unlink()
        world.start_agent()
        assert world.listed() == {}
        world.ctl(DONE, "store", "restore", backup)
        # nobody knows how often it was shown since
        assert world.listed()["licence"]["state"] == "spent"
        assert world.ctl_json("show", "licence", "--show-values")["elements"] \
            == before["elements"]
        assert len(world.ctl_json("trust", "list")) == 2
        world.stop_agent()

        for name in ("store.db", "master.key"):
            (world.state / name).unlink()
        world.start_agent()
        assert error_name(world.ctl(FAILED, "store", "restore", backup, "--json")) == "StoreFailed"
        assert world.listed() == {}
        world.ctl(DONE, "new-key", "--out", bench.path("again.pem"))


def test_rekey(bench):
    with start(bench) as world:
        before = world.ctl_json("show", "licence", "--show-values")
        # not while somebody has it open
        assert "has the store" in fails_to_start(world, f"--rekey=file:{bench.path('new')}")
        world.stop_agent()
        assert run(*world.agent_command("--rekey=credential:"), env=world.env).code == USAGE
        new = f"file:{bench.path('new.key')}"
        assert run(*world.agent_command(f"--rekey={new}"), env=world.env).code == DONE
        assert "is not the one" in fails_to_start(world)
        world.start_agent(f"--master-key={new}")
        assert world.ctl_json("show", "licence", "--show-values") == before
        assert world.ctl(DONE, "store", "check").out == "all is well\n"


# --- what can spoil it ---

def test_full_disk(bench):
    """Each operation fails by name, changes nothing, and works when there is
    room again; nothing that was there is lost meanwhile."""
    with start(bench) as world:
        key = world.new_key(name="other")
        other = bench.sign(world.pki, key, "other.mdoc")
        for number in (errno.ENOSPC, errno.EIO, errno.EROFS):
            before = world.ctl_json("show", "licence", "--show-values")
            keys = world.ctl_json("list", "--keys")
            world.set(fails_with=number)
            for arguments in (("import", other, "--label", "other"), ("new-key",),
                              ("set", "licence", "--state", "suspended"),
                              ("remove", "licence", "--yes"),
                              ("trust", "remove", "reader",
                               world.ctl_json("trust", "list")[1]["id"])):
                assert error_name(world.ctl(FAILED, *arguments, "--json")) == "StoreFailed", \
                    arguments
            # it can still be read
            assert world.ctl_json("show", "licence", "--show-values") == before
            assert world.ctl_json("list", "--keys") == keys
            world.set(fails_with=0)
            assert world.ctl(DONE, "store", "check").out == "all is well\n"
            world.ctl(DONE, "set", "licence", "--label", "licence")
        world.ctl(DONE, "import", other, "--label", "other")
        world.stop_agent()
        world.start_agent()
        assert set(world.listed()) == {"licence", "other"}
        world.check_rows()


def test_full_disk_presenting(bench):
    """What cannot be counted and noted does not leave."""
    with start(bench) as world:
        holder, engagement = world.present("--yes")
        world.set(fails_with=errno.ENOSPC)
        report = run(*world.reader_command(engagement, "org.iso.18013.5.1/age_over_18"),
                     env=world.env).json()
        world.set(fails_with=0)
        holder.process.communicate(timeout=30)
        for response in report["responses"]:
            assert response["documents"] == [], response
        assert world.ctl_json("show", "licence")["generations"][0]["uses"] == [0]
        holder, engagement = world.present("--yes")
        world.ask(DONE, engagement, "org.iso.18013.5.1/age_over_18")
        holder.finish(DONE)


def test_really_full(bench):
    """A file system that is full, where we may make one; else a limit on the
    size of files, which to the agent is the same."""
    folder = bench.path("small")
    folder.mkdir()
    is_mounted = os.geteuid() == 0 and subprocess.run(
        ["mount", "-t", "tmpfs", "-o", "size=400k,mode=0755", "none", folder],
        check=False, capture_output=True).returncode == 0
    try:
        with TroubledWorld(bench, starts=False) as world:
            world.state = folder / "state"
            if is_mounted:
                world.start_agent()
            else:
                subprocess.run(["prlimit", f"--pid={os.getpid()}", "--fsize=400000:"],
                               check=True)
                try:
                    world.start_agent()
                finally:
                    subprocess.run(["prlimit", f"--pid={os.getpid()}", "--fsize=unlimited:"],
                                   check=True)
            world.trust()
            labels = []
            while True:
                key = bench.path(f"k{len(labels)}.pem")
                if fails_for_room(world, "new-key", "--out", key):
                    break
                licence = bench.sign(world.pki, key, f"l{len(labels)}.mdoc")
                if fails_for_room(world, "import", licence, "--label", f"l{len(labels)}"):
                    break
                labels.append(f"l{len(labels)}")
                assert len(labels) < 100
            assert labels and set(world.listed()) == set(labels)
            for label in labels:
                world.assert_opens(label)
            world.agent.send_signal(9)
            world.agent.finish(-9)
            world.start_agent()
            assert set(world.listed()) == set(labels)
            world.stop_agent()
    finally:
        if is_mounted:
            subprocess.run(["umount", "-l", folder], check=True)


def fails_for_room(world, *arguments):
    result = run(*map(str, (CTL, *arguments, "--json")), env=world.env)
    if result.code == DONE:
        return False
    assert error_name(result) == "StoreFailed", str(result)
    return True


def test_torn_pages(bench):
    """Pages of database and log that were half written, lost or are noise: the
    agent says so, or serves what is whole; never something else."""
    seed = int(os.environ.get("MDOC_TEST_SEED", random.randrange(1 << 32)))
    print(f"# MDOC_TEST_SEED={seed}", flush=True)
    chance = random.Random(seed)
    outcomes = {}
    with start(bench) as world:
        values = world.ctl_json("show", "licence", "--show-values")["elements"]
        # a log with something in it, which only a death leaves
        world.ctl(DONE, "set", "licence", "--label", "other")
        world.agent.send_signal(9)
        world.agent.finish(-9)
        saved = bench.path("saved")
        shutil.copytree(world.state, saved)
        assert (saved / "store.db-wal").stat().st_size > 0
        for _ in range(200 if "MDOC_TEST_SLOW" in os.environ else 30):
            shutil.rmtree(world.state)
            shutil.copytree(saved, world.state)
            name = chance.choice(("store.db", "store.db-wal"))
            path = world.state / name
            content = bytearray(path.read_bytes())
            at = chance.randrange(0, len(content), 512)
            kind = chance.choice(("zero", "noise", "bit", "cut"))
            if kind == "zero":
                content[at:at + 512] = bytes(len(content[at:at + 512]))
            elif kind == "noise":
                content[at:at + 512] = chance.randbytes(len(content[at:at + 512]))
            elif kind == "bit":
                content[chance.randrange(len(content))] ^= 1 << chance.randrange(8)
            else:
                del content[at:]
            path.write_bytes(content)
            try:
                world.start_agent()
            except AssertionError:
                assert world.agent.process.wait(timeout=20) == FAILED
                assert "MDOC_ERROR_CODE" in world.agent.err, world.agent.err
                world.agent.close()
                outcome = "refused"
            else:
                outcome = judge(world, values, f"{name} {kind} at {at}")
                world.agent.send_signal(9)
                world.agent.finish(-9)
                world.agent.close()
            outcomes[f"{name} {outcome}"] = outcomes.get(f"{name} {outcome}", 0) + 1
    print(f"# {outcomes}", flush=True)


def judge(world, values, what):
    """Whatever is told is true."""
    result = run(CTL, "list", "--json", env=world.env)
    if result.code != DONE:
        assert error_name(result) == "StoreFailed", str(result)
        return "named"
    for info in result.json():
        if info["state"] == "damaged":
            continue
        # the last change may be lost with the log, but is then lost whole
        assert info["label"] in ("licence", "other"), info
        shown = run(CTL, "show", info["id"], "--show-values", "--json", env=world.env)
        if shown.code == DONE:
            assert shown.json()["elements"] == values
        else:
            assert error_name(shown) == "StoreFailed", str(shown)
    run(CTL, "store", "check", env=world.env)
    # what was said to be kept is not lost without a word
    assert len(result.json()) == 1, (result.json(), what)
    return "served"


if __name__ == "__main__":
    main(globals())

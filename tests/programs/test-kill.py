#!/usr/bin/env python3
#
# test-kill.py - an agent that is killed at every step that its disk sees
#
# SPDX-FileCopyrightText: 2026 The mdoc agent authors
# SPDX-License-Identifier: Apache-2.0

"""kill -9 before each call that changes what is on the disk, one after another,
of everything that the agent does there; every second time with half of a write
done. After each the agent is started again, and what it said it had done is
done, what it had not said is done whole or not at all, and no key is without a
document nor the other way round.

With MDOC_TEST_STRIDE=1 each step is tried; else every few, from a place by chance.
MDOC_TEST_KILLS is how many kills by chance there are; two thousand of them take
over half an hour."""

import os
import random
import shutil
import subprocess
import time

from agents import AGENT, CTL, SPACE
from programs import DONE, SOURCE, main, run
from trouble import IS_SLOW, TroubledWorld, stride_of

N_KILLS = int(os.environ.get("MDOC_TEST_KILLS", "200" if IS_SLOW else "40"))
STRIDE = stride_of(6)
# far more than any of these takes
MAX_STEPS = 2000


class Holder:
    """Does things, and remembers what the agent said."""

    def __init__(self, bench, world):
        self.bench = bench
        self.world = world
        self.number = 0
        self.kept = set()      # labels of what was taken in
        self.active = set()
        self.removed = set()
        self.in_doubt = None   # a label about which nothing was said

    def attempt(self, *arguments):
        """Returns: whether it was said to be done."""
        result = subprocess.run([CTL, *map(str, arguments)], env=self.world.env,
                                stdin=subprocess.DEVNULL, capture_output=True, check=False,
                                timeout=60)
        return result.returncode == 0

    def prepare(self, review=False):
        """A key and a credential for it. Returns: label and file."""
        self.number += 1
        label = f"c{self.number}"
        key = self.world.new_key(name=label)
        return label, self.bench.sign(self.world.pki, key, f"{label}.mdoc",
                                      "--age-over", "18")

    def have(self, *options):
        label, path = self.prepare()
        self.world.ctl(DONE, "import", path, "--label", label, *options)
        self.kept.add(label)
        if "--review" not in options:
            self.active.add(label)
        return label

    def check(self):
        """All of it, after a start."""
        world = self.world
        listed = world.listed()
        assert self.kept <= set(listed) | {self.in_doubt}, (self.kept, set(listed))
        assert not self.removed & set(listed), (self.removed, set(listed))
        assert set(listed) <= self.kept | {self.in_doubt}
        for label in set(listed) & self.active:
            assert listed[label]["state"] == "valid", listed[label]
        for label, info in listed.items():
            assert info["state"] in ("valid", "received"), info
        if self.in_doubt in listed:
            world.assert_opens(self.in_doubt)
        world.check_rows()
        # now it is known
        if self.in_doubt in listed:
            self.kept.add(self.in_doubt)
        elif self.in_doubt:
            self.kept.discard(self.in_doubt)
            self.active.discard(self.in_doubt)
        self.in_doubt = None
        # what is not bound to a credential was made by new-key, and not used
        keys = world.ctl_json("list", "--keys")
        assert {info["key"] for info in listed.values()} <= {key["id"] for key in keys}
        assert {key["credential"] for key in keys if key["credential"]} \
            == {info["id"] for info in listed.values()}

    def clear(self):
        """So that each round does not take longer than the one before."""
        for label in list(self.kept):
            self.world.ctl(DONE, "remove", label, "--yes")
            self.kept.discard(label)
            self.active.discard(label)
            self.removed.add(label)
        for key in self.world.free_keys():
            self.world.ctl(DONE, "remove", "--key", key, "--yes")


def sweep(bench, holder, prepare, act, doubt):
    """Kills at step 1, 2, … until @act comes to its end. Returns: how many."""
    world = holder.world
    at = random.randint(1, STRIDE)
    n_kills = 0
    while True:
        assert at < MAX_STEPS
        subject = prepare()
        holder.in_doubt = doubt(subject)
        world.set(kill_at=at, tears=at % 2)
        is_said = act(subject)
        if world.get("kill_at") > 0 or not world.is_dead(timeout=5):
            world.set(kill_at=0)
            assert is_said, f"it failed without being killed, at {at}: {world.agent.err[-600:]}"
            holder.in_doubt = None
            return n_kills
        n_kills += 1
        if is_said:
            # it was killed after the answer: said is said
            holder.in_doubt = None
        world.restart()
        holder.check()
        if n_kills % 20 == 0:
            holder.clear()
        at += STRIDE


def report(name, n):
    print(f"# {name}: {n} kills", flush=True)


def start(bench):
    world = TroubledWorld(bench)
    world.trust()
    return world


def test_new_key(bench):
    with start(bench) as world:
        holder = Holder(bench, world)

        def act(_):
            path = bench.path("said.pem")
            path.unlink(missing_ok=True)
            is_said = holder.attempt("new-key", "--out", path)
            if is_said:
                holder.said = path.read_text()
            return is_said

        n = sweep(bench, holder, lambda: None, act, lambda _: None)
        assert holder.said in [k["pem"] for k in world.ctl_json("list", "--keys")]
        report("new-key", n)


def test_import(bench):
    with start(bench) as world:
        holder = Holder(bench, world)

        def act(subject):
            label, path = subject
            is_said = holder.attempt("import", path, "--label", label)
            if is_said:
                holder.kept.add(label)
                holder.active.add(label)
            return is_said

        report("import", sweep(bench, holder, holder.prepare, act, lambda s: s[0]))


def test_accept(bench):
    with start(bench) as world:
        holder = Holder(bench, world)

        def act(label):
            is_said = holder.attempt("set", label, "--state", "active")
            if is_said:
                holder.active.add(label)
            return is_said

        n = sweep(bench, holder, lambda: holder.have("--review"), act, lambda _: None)
        report("accept", n)


def test_renew(bench):
    """One generation or the other, never none."""
    with start(bench) as world:
        holder = Holder(bench, world)

        def prepare():
            label = holder.have()
            return label, holder.prepare()[1]

        def act(subject):
            label, path = subject
            is_said = holder.attempt("import", path, "--renews", label)
            if is_said:
                holder.renewed = label
            return is_said

        n = sweep(bench, holder, prepare, act, lambda _: None)
        assert len(world.ctl_json("show", holder.renewed)["generations"]) == 2
        report("renew", n)


def test_remove(bench):
    with start(bench) as world:
        holder = Holder(bench, world)

        def act(label):
            holder.kept.discard(label)
            holder.active.discard(label)
            is_said = holder.attempt("remove", label, "--yes")
            if is_said:
                holder.removed.add(label)
            return is_said

        report("remove", sweep(bench, holder, holder.have, act, lambda label: label))


def test_present(bench):
    """What has left is in the history and counted, whenever the agent died."""
    with start(bench) as world:
        holder = Holder(bench, world)
        label = holder.have()
        holder.seen = 0

        def act(_):
            before = len(world.ctl_json("history"))
            try:
                process, engagement = world.present("--yes")
            except (AssertionError, OSError):
                return False
            reader = run(*world.reader_command(engagement, f"{SPACE}/age_over_18"),
                         env=world.env)
            process.process.communicate(timeout=30)
            holder.has_left = reader.code == DONE
            holder.before = before
            if not world.is_dead(timeout=1 if world.get("kill_at") == 0 else 0):
                check_seen()
            return holder.has_left

        def check_seen():
            entries = world.ctl_json("history")
            uses, = world.ctl_json("show", label)["generations"][0]["uses"]
            shared = sum(entry["outcome"] == "shared" for entry in entries)
            if holder.has_left:
                assert len(entries) == holder.before + 1, entries
            # counted before it is noted, noted before it leaves
            assert shared <= uses, (shared, uses)

        def check_and_see():
            Holder.check(holder)
            check_seen()

        holder.check = check_and_see
        holder.clear = lambda: None
        report("present", sweep(bench, holder, lambda: label, act, lambda _: None))


def test_job_goes_on(bench):
    """A removal that was cut short is taken up by the next start, which is cut
    short at each of its own steps in turn."""
    with start(bench) as world:
        holder = Holder(bench, world)
        # where the tombstone is there, and the keys too
        label = holder.have()
        world.set(n_steps=0)
        world.ctl(DONE, "remove", label, "--yes")
        total = world.get("n_steps")
        holder.kept.discard(label)
        holder.active.discard(label)
        holder.removed.add(label)

        n_kills = 0
        middle = 0
        for at in range(1, total, stride_of(3)):
            label = holder.have()
            holder.in_doubt = label
            holder.kept.discard(label)
            holder.active.discard(label)
            world.set(kill_at=at)
            holder.attempt("remove", label, "--yes")
            assert world.is_dead(timeout=5)
            stages = world.query("SELECT stage FROM tombstones WHERE stage != 'told'")
            world.agent.close()
            if stages:
                middle += 1
                # the next start, and the one after it
                for second in range(1, 400, stride_of(8)):
                    world.set(kill_at=second, tears=second % 2)
                    try:
                        world.start_agent()
                    except AssertionError:
                        n_kills += 1
                        world.agent.close()
                        continue
                    break
                world.set(kill_at=0)
                if world.is_dead():
                    world.agent.close()
                    world.start_agent()
                assert label not in world.listed()
                holder.check()
                break
            world.start_agent()
            holder.check()
        assert middle > 0
        report("job", n_kills)


def test_old_store(bench):
    """The start that brings a store of version 1 to this one."""
    with TroubledWorld(bench, starts=False) as world:
        n_kills = 0
        at = random.randint(1, STRIDE)
        while True:
            shutil.rmtree(world.state, ignore_errors=True)
            world.state.mkdir(mode=0o700)
            for name in ("store.db", "master.key"):
                shutil.copy(SOURCE / "tests" / "stores" / "1" / name, world.state / name)
                (world.state / name).chmod(0o600)
            world.set(kill_at=at, tears=at % 2)
            try:
                world.start_agent()
                is_done = True
            except AssertionError:
                is_done = False
            if not is_done or world.is_dead():
                n_kills += 1
                world.agent.close()
                world.set(kill_at=0)
                world.start_agent()
            is_over = world.get("kill_at") > 0
            world.set(kill_at=0)
            assert set(world.listed()) == {"licence", "second"}
            world.assert_opens("licence")
            world.assert_opens("second")
            world.check_rows()
            assert len(world.history()) == 1
            world.stop_agent()
            if is_over:
                break
            at += STRIDE
        report("old store", n_kills)


def test_by_chance(bench):
    """Anything, at any moment."""
    seed = int(os.environ.get("MDOC_TEST_SEED", random.randrange(1 << 32)))
    print(f"# MDOC_TEST_SEED={seed}", flush=True)
    chance = random.Random(seed)
    with start(bench) as world:
        holder = Holder(bench, world)
        n_kills = 0
        deaths = {}
        while n_kills < N_KILLS:
            what = chance.choice(("import", "accept", "remove", "present"))
            label = holder.prepare() if what == "import" else \
                holder.have("--review") if what == "accept" else holder.have()
            if chance.random() < 0.8:
                world.set(kill_at=chance.randint(1, 60), tears=chance.randint(0, 1))
            if what == "import":
                label, path = label
                holder.in_doubt = label
                if holder.attempt("import", path, "--label", label):
                    holder.kept.add(label)
                    holder.active.add(label)
                    holder.in_doubt = None
            elif what == "accept":
                if holder.attempt("set", label, "--state", "active"):
                    holder.active.add(label)
            elif what == "remove":
                holder.kept.discard(label)
                holder.active.discard(label)
                holder.in_doubt = label
                if holder.attempt("remove", label, "--yes"):
                    holder.removed.add(label)
                    holder.in_doubt = None
            else:
                process = subprocess.Popen(
                    [CTL, "present", "--yes", "--print-engagement"], env=world.env,
                    stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                    stderr=subprocess.DEVNULL, text=True)
                engagement = process.stdout.readline().strip()
                if engagement.startswith("mdoc:"):
                    run(*world.reader_command(engagement, f"{SPACE}/age_over_18"),
                        env=world.env)
                process.communicate(timeout=30)
            # the rest at any moment of the processor's
            if world.get("kill_at") == 0 and not world.is_dead():
                time.sleep(0)
            n_kills += 1
            deaths[what] = deaths.get(what, 0) + 1
            world.restart()
            holder.check()
            if n_kills % 20 == 0:
                holder.clear()
        report(f"by chance {deaths}", n_kills)


if __name__ == "__main__":
    assert AGENT.exists()
    main(globals())

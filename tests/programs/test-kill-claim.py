#!/usr/bin/env python3
#
# test-kill-claim.py - an agent that is killed while it deals with an issuer
#
# SPDX-FileCopyrightText: 2026 The mdoc agent authors
# SPDX-License-Identifier: Apache-2.0

"""kill -9 before each call that changes what is on the disk, one after another, of
claiming, also several copies or deferred, accepting, declining, renewing, updating
and removing, as in test-kill.py. After
each the agent is started again and left to itself: agent and platform agree in the
end, no credential is lost or there twice, no key is left over, and the platform is
told all that it has to know.

With MDOC_TEST_STRIDE=1 each step is tried; else every few, from a place by chance."""

import random
import subprocess

from agents import CTL
from platforms import Platform
from programs import DONE, main
from trouble import TroubledWorld, stride_of

MAX_STEPS = 4000


class Holder(TroubledWorld):

    def __init__(self, bench):
        super().__init__(bench, starts=False)
        self.platform = Platform(bench, self.pki)
        self.begin()
        self.trust()

    def begin(self):
        self.start_agent("--tls-anchors", self.platform.anchors)

    def __exit__(self, *arguments):
        super().__exit__(*arguments)
        self.platform.__exit__()

    def attempt(self, *arguments):
        """Returns: whether it was said to be done."""
        result = subprocess.run([CTL, *map(str, arguments)], env=self.env, check=False,
                                stdin=subprocess.DEVNULL, capture_output=True, timeout=120)
        return result.returncode == 0

    def rise(self):
        self.restart("--tls-anchors", self.platform.anchors)

    def forget(self):
        """As if it were the first time, but for what is in the store."""
        with self.platform.lock:
            self.platform.spent = set()
            self.platform.told.clear()

    def have(self):
        self.forget()
        self.ctl(DONE, "claim", self.platform.offer(), "--accept", "--label", "licence")
        self.platform.wait_for_told("receipts", "accept")
        return self.ctl_json("list")[0]["id"]

    def last_offer(self):
        offers = self.ctl_json("offers", "--all")
        return offers[-1] if offers else None

    def settle(self, offer):
        """Until nothing goes on with it by itself. Returns: the offer then."""
        self.attempt("claim", offer["id"], "--wait")
        return self.last_offer()

    def check(self, n_credentials):
        assert self.query("PRAGMA integrity_check") == [("ok",)]
        assert self.query("PRAGMA foreign_key_check") == []
        assert self.ctl_json("store", "check") == {"findings": []}
        listed = self.ctl_json("list")
        assert len(listed) == n_credentials, listed
        keys = self.ctl_json("list", "--keys")
        assert {key["credential"] for key in keys} <= {info["id"] for info in listed}, keys
        assert self.query("SELECT count(*) FROM enrolments") == [(n_credentials,)]
        # whatever was asked again, and with whichever token
        assert self.query("SELECT mid_uid FROM documents") == [("mid-1",)] * n_credentials

    def clear(self):
        for info in self.ctl_json("list"):
            self.ctl(DONE, "remove", info["id"], "--yes")
            self.platform.wait_for_told("removal")
        self.check(0)


def sweep(world, name, stride, prepare, act, check):
    """Kills at step 1, 2, … until @act comes to its end."""
    stride = stride_of(stride)
    at = random.randint(1, stride)
    n_kills = 0
    while True:
        assert at < MAX_STEPS
        subject = prepare()
        world.set(kill_at=at, tears=at % 2)
        is_said = act(subject)
        is_killed = world.is_dead(timeout=5) if world.get("kill_at") <= 0 else False
        if not is_killed:
            world.set(kill_at=0)
            assert is_said, f"it failed without being killed, at {at}: {world.agent.err[-600:]}"
            check(subject, True)
            world.clear()
            print(f"# {name}: {n_kills} kills", flush=True)
            return
        n_kills += 1
        world.rise()
        try:
            check(subject, is_said)
        except AssertionError as error:
            raise AssertionError(f"killed at {at} ({is_said}): {error}\n"
                                 f"{world.agent.err[-1500:]}") from error
        world.clear()
        at += stride


def sweep_claims(bench, name, *options, stride=23, n_copies=1, n_deferred=0):
    with Holder(bench) as world:
        lost = []

        def prepare():
            world.forget()
            world.platform.deferred = n_deferred

        def act(_):
            return world.attempt("claim", world.platform.offer(), *options)

        def check(_, is_said):
            offer = world.last_offer()
            if offer is None or offer["state"] in ("accepted", "declined"):
                assert not is_said
                world.check(0)
                return
            offer = world.settle(offer)
            if offer["state"] == "failed":
                # only where the code was redeemed, and the answer not written down
                assert offer["problemName"] == "invalid_grant" and not is_said, offer
                lost.append(offer)
                world.check(0)
                return
            assert offer["state"] == "received", offer
            world.platform.wait_for_told("receipts")
            world.check(1)
            assert world.query("SELECT count(*) FROM copies") == [(n_copies,)]
            world.ctl(DONE, "accept", offer["id"])
            world.platform.wait_for_told("accept")

        # so that whoever waits has to refresh
        world.platform.expires_in = 1 if n_deferred else 300
        before = world.platform.generation
        sweep(world, name, stride, prepare, act, check)
        # the same keys, the same bytes: nothing was issued twice
        assert world.platform.generation - before <= len(world.platform.signed)
        print(f"# {len(lost)} codes lost", flush=True)


def test_claim(bench):
    sweep_claims(bench, "claim")


def test_batch(bench):
    sweep_claims(bench, "batch", "--copies", "3", stride=41, n_copies=3)


def test_deferred(bench):
    sweep_claims(bench, "deferred", "--wait", stride=41, n_deferred=2)


def test_update(bench):
    """Attributes that have changed: known by a sync, and fetched unasked."""
    with Holder(bench) as world:

        def prepare():
            name = world.have()
            world.before = world.platform.generation
            world.platform.wanted = 2
            return name

        def is_told():
            return [kind for kind, _, _ in world.platform.told].count("receipts") == 2

        def act(_):
            is_said = world.attempt("sync")
            with world.platform.lock:
                while not is_told() and not world.is_dead():
                    world.platform.changed.wait(0.05)
            # what follows the answer to the receipt is done when this is answered
            return world.attempt("list") and is_said

        def check(name, _):
            world.attempt("sync")
            world.platform.wait_for_told("receipts", "accept", "receipts")
            shown = world.ctl_json("show", name)
            assert shown["state"] == "valid" and shown["renewalStopped"] == "", shown
            assert [one["generation"] for one in shown["generations"]] == [2, 1], shown
            # not twice: whoever had asked asks for the same again
            assert world.platform.generation == world.before + 1
            world.check(1)

        sweep(world, "update", 23, prepare, act, check)


def test_accept_and_decline(bench):
    with Holder(bench) as world:
        for verb, word, state in (("accept", "accept", "accepted"),
                                  ("decline", "decline", "declined")):
            def prepare():
                world.forget()
                return world.ctl_json("claim", world.platform.offer())["id"]

            def act(offer):
                return world.attempt(verb, offer)

            def check(offer, is_said):
                now = world.last_offer()
                if now["state"] == "received":
                    assert not is_said
                    # what was said to nobody has either happened or not
                    if world.ctl_json("list")[0]["state"] == "received":
                        world.ctl(DONE, verb, offer)
                world.platform.wait_for_told("receipts", word)
                world.check(1 if verb == "accept" else 0)
                assert now["state"] in ("received", state)

            sweep(world, verb, 11, prepare, act, check)


def test_renew(bench):
    """One generation or the other, and in the end the new one."""
    with Holder(bench) as world:
        world.platform.expires_in = 1  # so that each renewal has to refresh

        def prepare():
            name = world.have()
            world.before = world.platform.generation
            return name

        def act(name):
            return world.attempt("renew", name)

        def check(name, is_said):
            shown = world.ctl_json("show", name)
            assert shown["state"] == "valid" and shown["renewalStopped"] == ""
            if shown["generations"][0]["generation"] == 1:
                assert not is_said
                with world.platform.lock:
                    world.platform.spent = set()
                world.ctl(DONE, "renew", name, "--timeout", "100")
            world.platform.wait_for_told("receipts", "receipts")
            shown = world.ctl_json("show", name)
            # one that was cut short may have gone on while it was asked for again
            newest = shown["generations"][0]["generation"]
            assert newest in (2, 3), shown
            assert world.platform.generation == world.before + newest - 1
            world.check(1)

        sweep(world, "renew", 23, prepare, act, check)


def test_remove(bench):
    with Holder(bench) as world:

        def act(name):
            return world.attempt("remove", name, "--yes")

        def check(name, is_said):
            if world.ctl_json("list"):
                assert not is_said
                world.ctl(DONE, "remove", name, "--yes")
            world.platform.wait_for_told("accept", "removal")
            world.check(0)

        sweep(world, "remove", 11, world.have, act, check)


if __name__ == "__main__":
    main(globals())

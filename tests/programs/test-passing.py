#!/usr/bin/env python3
#
# test-passing.py - what happens to an agent and its platform as time passes
#
# SPDX-FileCopyrightText: 2026 The mdoc agent authors
# SPDX-License-Identifier: Apache-2.0

"""Days, weeks and months, for real programs."""

import socket
import threading

from lifecycle import make_lasting_tls, own_profiles
from passing import HOUR, PassingHolder, PassingPlatform, Room, Time
from programs import main
from soaking import to_unix


class Doorstep:
    """Where a platform would listen that is down; who comes is counted."""

    def __init__(self, port):
        self.n_calls = 0
        self.socket = socket.create_server(("127.0.0.1", port))
        self.thread = threading.Thread(target=self.run, daemon=True)
        self.thread.start()

    def run(self):
        while True:
            try:
                connection, _ = self.socket.accept()
            except OSError:
                return
            self.n_calls += 1
            connection.close()

    def close(self):
        self.socket.shutdown(socket.SHUT_RDWR)
        self.thread.join()
        self.socket.close()


class Passed:
    """A platform, an agent with a credential of it, and a time that can pass."""

    def __init__(self, bench, **validity):
        make_lasting_tls(bench)
        options = ("--profiles", own_profiles(bench, "validity", **validity)) if validity else ()
        self.time = Time()
        self.platform = PassingPlatform(self.time, bench, *options).start()
        self.holder = PassingHolder(self.time, self.platform, Room(bench, "agent"))
        self.mid_uid = self.holder.take(self.platform.new_offer())

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.holder.__exit__()
        if self.platform.pid():
            self.platform.kill()

    def device(self):
        return self.platform.look(f"/device-credentials/{self.mid_uid}")

    def go_to_window(self):
        """To an hour before the agent means to renew."""
        shown = self.holder.ctl_json("show", "card")
        self.until = to_unix(shown["validUntil"])
        left_s = to_unix(shown["renewal"]) - self.time.now()
        self.time.pass_hours(int(left_s / HOUR) - 1, step=24)
        assert self.device()["generation"] == 1 and self.time.now() < self.until


def stay_away(world, days):
    """The platform is down. Returns: how often the agent asked meanwhile."""
    world.time.settle()
    world.platform.stop()
    door = Doorstep(world.platform.port)
    world.time.pass_hours(days * 24, step=0.25)
    door.close()
    world.platform.start()
    return door.n_calls


def test_platform_down_for_three_days(bench):
    """From the start of the window on: the device keeps what it has, asks ever less
    often, and renews when the platform is back."""
    with Passed(bench, ttl="40d") as world:  # whose window is eight days
        world.go_to_window()
        n_calls = stay_away(world, 3)
        print(f"# {n_calls} calls", flush=True)
        # a sync and a renewal, each with pauses of up to six hours
        assert 4 <= n_calls <= 120, n_calls
        assert world.holder.info()["state"] == "valid"
        world.time.pass_hours(8)
        assert world.device()["generation"] == 2 and world.time.now() < world.until
        told = world.platform.types()
        assert told.count("mIDIssued") == 2 and "deviceCredentialExpired" not in told


def test_platform_down_until_it_is_too_late(bench):
    """What has run out meanwhile is renewed all the same."""
    with Passed(bench, ttl="5d", renewalWindow="2d") as world:
        world.go_to_window()
        n_calls = stay_away(world, 3)
        print(f"# {n_calls} calls", flush=True)
        assert 4 <= n_calls <= 160, n_calls
        assert world.time.now() > world.until
        assert world.holder.info()["state"] == "expired"
        world.time.pass_hours(8)
        assert world.device()["generation"] == 2
        assert world.holder.info()["state"] == "valid"
        assert world.platform.types().count("deviceCredentialExpired") == 1


def test_a_receiver_that_never_answers_is_parked(bench):
    """After two hours, though there is always something else to tell it, which
    comes first."""
    make_lasting_tls(bench)
    time = Time()
    with socket.create_server(("127.0.0.1", 0)) as bound:
        url = f"https://127.0.0.1:{bound.getsockname()[1]}/events"
    with PassingPlatform(time, bench) as platform:
        name = platform.admin("POST", "/subscriptions", 201, {
            "url": url, "secret": "sixteen letters at least"})["subscriptionId"]
        for minute in range(10, 181, 10):
            for _ in range(2):
                platform.new_offer()
            time.settle()
            state = platform.look(f"/subscriptions/{name}")["state"]
            assert state == "live" or minute > 120, minute
            time.pass_by(600)
        time.settle()
        assert platform.look(f"/subscriptions/{name}")["state"] == "parked"


def test_host_sleeps_for_a_month(bench):
    """Its clock that nobody can set stood still: no timer has run down."""
    with Passed(bench) as world:
        world.holder.fall_asleep()
        world.time.pass_hours(31 * 24, step=24)
        assert world.device()["effective"] == "mso_expired"
        world.holder.wake_up()
        world.time.pass_hours(8)
        assert world.device()["generation"] == 2
        assert world.holder.info()["state"] == "valid"
        assert world.platform.types().count("mIDIssued") == 2


def test_agent_is_off_for_a_month(bench):
    """As before, but that it starts anew."""
    with Passed(bench) as world:
        world.holder.stop_agent()
        world.time.pass_hours(31 * 24, step=24)
        world.holder.start()
        world.time.pass_hours(8)
        assert world.device()["generation"] == 2
        assert world.holder.info()["state"] == "valid"


if __name__ == "__main__":
    main(globals())

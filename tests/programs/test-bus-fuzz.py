#!/usr/bin/env python3
#
# test-bus-fuzz.py - mdoc-agent and callers that mean no good
#
# SPDX-FileCopyrightText: 2026 The mdoc agent authors
# SPDX-License-Identifier: Apache-2.0

"""MDOC_FUZZ_SEED and MDOC_FUZZ_ROUNDS choose another run."""

import os
import random

from bus import (Client, GLib, Gio, INTERFACES, MANAGER, NAME, ROOT, least, memory_of,
                 methods_of, split)
from agents import World, assert_no_values
from programs import DONE, IS_SANITIZED, main

SEED = int(os.environ.get("MDOC_FUZZ_SEED", "1"))
ROUNDS = int(os.environ.get("MDOC_FUZZ_ROUNDS", "500"))
# what thousands of calls may leave behind: stores fill up to their limits, and
# the allocator keeps some
MAX_GROWTH_BYTES = 48 * 1024 * 1024

TEXTS = ("", "x", "loopback", "reader", "issuer", "P-256", "mac", "active", "uri", "png", "svg",
         "%s%n%x", "a\nb", "\x1b[2J", "\u202e", "../../etc/passwd", "'; DROP TABLE keys; --",
         "0123456789abcdef", "f" * 64, "2027-01-31T12:00:00Z", "2027-99-99", "é" * 300,
         "x" * 65, "x" * 100000)
NAMES = ("label", "curve", "auth", "limit", "timeout_s", "transport", "ble_mode", "adapter",
         "l2cap", "end", "module_px", "reader_anchor", "doc_type", "elements", "max_uses",
         "expires", "intent_to_retain", "state", "when_spent", "show_values", "review",
         "copy_of", "renews", "", "x" * 1000, "\n")
BYTES = (b"", b"\xa0", b"\x00" * 100, b"\xff" * 1000, b"\x9f" * 5000, b"\x81" * 70000,
         bytes.fromhex("829b00000000200000009b0000000020000000"), b"0\x82\x01\x00",
         b"-----BEGIN CERTIFICATE-----")
NUMBERS = (0, 1, 2, 64, 65, 120, 121, 2**31 - 1, 2**31, 2**32 - 1)
TYPES = ("s", "u", "b", "o", "ay", "as", "a{sv}", "a(ss)", "aa{sv}", "x", "d", "g", "v", "h", "(su)")


def make_bytes(data):
    """An ay, which PyGObject would build byte by byte."""
    return GLib.Variant.new_from_bytes(GLib.VariantType("ay"), GLib.Bytes.new(data), True)


class Hostile:
    """Makes arguments."""

    def __init__(self):
        self.random = random.Random(SEED)

    def nest(self, depth):
        """A variant of variants; the bus itself ends at 64 levels."""
        value = GLib.Variant("s", "deep")
        for _ in range(depth):
            value = GLib.Variant("v", value)
        return value

    def dictionary(self):
        number = self.random.choice((0, 1, 1, 2, 3, 5, 2000))
        members = {}
        for at in range(number):
            name = self.random.choice(NAMES) if number < 10 else f"key{at}"
            members[name] = self.value(self.random.choice(TYPES)) if number < 10 \
                else GLib.Variant("u", at)
        if self.random.random() < 0.05:
            members["label"] = self.nest(self.random.choice((1, 30, 55)))
        return members

    def unpacked(self, kind):
        choose = self.random.choice
        if kind == "s":
            return choose(TEXTS)
        if kind in ("u", "x"):
            return choose(NUMBERS)
        if kind == "b":
            return choose((True, False))
        if kind == "o":
            return choose(("/", "/org/example/consent", ROOT, "/x" * 500))
        if kind == "ay":
            return choose((choose(BYTES), self.random.randbytes(choose((1, 300, 5000)))))
        if kind == "as":
            return [choose(TEXTS) for _ in range(choose((0, 1, 50)))]
        if kind == "a{sv}":
            return self.dictionary()
        if kind == "a(ss)":
            return [(choose(TEXTS), choose(TEXTS)) for _ in range(choose((0, 1, 64, 65)))]
        if kind == "aa{sv}":
            return [self.dictionary() for _ in range(choose((0, 1, 3)))]
        if kind == "(su)":
            return (choose(TEXTS), choose(NUMBERS))
        if kind == "h":  # a file that is there, or none
            return choose((0, 0, 1, 2**31 - 1))
        return {"d": 1e308, "g": "a{sv}", "v": GLib.Variant("s", "x")}[kind]

    def value(self, kind):
        value = self.unpacked(kind)
        return make_bytes(value) if kind == "ay" else GLib.Variant(kind, value)

    def arguments(self, signature):
        """Of the right types, mostly."""
        kinds = list(split(signature))
        how = self.random.random()
        if how < 0.1:
            kinds = [self.random.choice(TYPES) for _ in range(self.random.choice((0, 1, 2, 5)))]
        elif how < 0.3:
            return least(signature)
        return GLib.Variant.new_tuple(*(self.value(kind) for kind in kinds))


def paths_of(client):
    objects, _ = client.call("GetManagedObjects", None, ROOT,
                             "org.freedesktop.DBus.ObjectManager")
    return [*objects[0], ROOT]


def is_refusal(error):
    """Not that it has gone, or does not answer."""
    return error is None or error.isalpha() or error in (
        "org.freedesktop.DBus.Error.InvalidArgs", "org.freedesktop.DBus.Error.UnknownMethod",
        "org.freedesktop.DBus.Error.UnknownObject",
        "org.freedesktop.DBus.Error.UnknownInterface",
        "org.freedesktop.DBus.Error.UnknownProperty",
        "org.freedesktop.DBus.Error.PropertyReadOnly")


def ready(bench):
    world = World(bench, starts=False)
    # no bluetoothd of the machine is to be asked
    world.env["DBUS_SYSTEM_BUS_ADDRESS"] = "unix:path=/nonexistent/bus"
    world.start_agent()
    # clients are on the session bus
    world.trust()
    world.import_licence()
    return world


def session_client(world):
    address = world.env.pop("DBUS_SYSTEM_BUS_ADDRESS", None)
    client = Client(world)
    if address:
        world.env["DBUS_SYSTEM_BUS_ADDRESS"] = address
    return client


def assert_serves(world, client):
    assert world.agent.process.poll() is None, world.agent.err[-3000:]
    assert client.call("GetStatus", least("a{sv}"))[1] is None
    assert "CRITICAL" not in world.agent.err and "Sanitizer" not in world.agent.err
    assert "LEVEL=\"critical\"" not in world.agent.err


def test_arguments(bench):
    """Each method, with arguments of right and of wrong types."""
    with ready(bench) as world:
        client = session_client(world)
        hostile = Hostile()
        methods = [row[:3] for path in INTERFACES for row in methods_of(path)]
        before = None
        for number in range(ROUNDS):
            interface, method, signature = hostile.random.choice(methods)
            paths = paths_of(client)
            fitting = [p for p in paths if interface.rsplit(".", 1)[1].lower() in p.lower()]
            path = hostile.random.choice(fitting or paths)
            if interface == MANAGER:
                path = ROOT
            if hostile.random.random() < 0.05:
                path = hostile.random.choice(("/", "/org/mdocagent/Agent1/credential/nothing",
                                              "/org/mdocagent/Agent1/presentation/99999"))
            reply, error = client.call(method, hostile.arguments(signature), path, interface)
            if client.bus.is_closed():  # the bus itself would not carry that
                assert world.agent.process.poll() is None, (SEED, number, interface, method)
                client = session_client(world)
                continue
            assert is_refusal(error), (SEED, number, interface, method, error)
            if method == "StartPresentation" and reply:
                client.call("Cancel", least("a{sv}"), reply[0], f"{NAME}.Presentation")
            if number == ROUNDS // 4:
                before = memory_of(world.agent.process.pid)
        assert_serves(world, client)
        growth = memory_of(world.agent.process.pid) - before
        assert IS_SANITIZED or growth < MAX_GROWTH_BYTES, growth
        assert_no_values(world)
        client.close()
        world.stop_agent()


def test_huge(bench):
    """As much as a bus carries, again and again, leaves nothing behind."""
    with ready(bench) as world:
        client = session_client(world)
        large = bytes(16 * 1024 * 1024)
        many = GLib.Variant("a{sv}", {f"key{n}": GLib.Variant("s", "x" * 50)
                                      for n in range(20000)})
        none = GLib.Variant("a{sv}", {})
        calls = [(method, GLib.Variant.new_tuple(*arguments)) for method, arguments in (
            ("Import", (make_bytes(large), none)),
            ("AddTrustAnchor", (GLib.Variant("s", "reader"), make_bytes(large), none)),
            ("GetStatus", (many,)),
            ("AddPolicy", (many, none)),
            ("RemoveKey", (GLib.Variant("s", "x" * len(large)), none)))]
        sizes = []
        for _ in range(3):
            for method, arguments in calls:
                reply, error = client.call(method, arguments)
                assert reply is None and is_refusal(error), (method, error)
            sizes.append(memory_of(world.agent.process.pid))
        assert IS_SANITIZED or sizes[2] - sizes[0] < MAX_GROWTH_BYTES, sizes
        assert_serves(world, client)
        client.close()


def test_flood(bench):
    """Calls by the thousand, of several clients, with and without an answer."""
    with ready(bench) as world:
        clients = [session_client(world) for _ in range(8)]
        sizes = []
        for _ in range(3):
            for number in range(4000):
                client = clients[number % 8]
                message = Gio.DBusMessage.new_method_call(
                    NAME, ROOT, MANAGER, ("GetStatus", "ListHistory", "ListKeys")[number % 3])
                message.set_body(least("a{sv}"))
                message.set_flags(Gio.DBusMessageFlags.NO_REPLY_EXPECTED)
                client.bus.send_message(message, Gio.DBusSendMessageFlags.NONE)
            for client in clients:
                client.bus.flush_sync(None)
                # behind all of those; perhaps one too many at the moment
                while client.call("GetStatus", least("a{sv}"))[1] == "LimitExceeded":
                    pass
            sizes.append(memory_of(world.agent.process.pid))
        assert IS_SANITIZED or sizes[2] - sizes[0] < MAX_GROWTH_BYTES, sizes
        assert_serves(world, clients[0])
        world.ctl(DONE, "status")
        # clients that go while they are being served
        for client in clients:
            for _ in range(50):
                client.bus.call(NAME, ROOT, MANAGER, "ListCredentials", least("a{sv}"), None,
                                Gio.DBusCallFlags.NONE, -1, None, None)
            client.bus.flush_sync(None)
            client.close()
        client = session_client(world)
        while client.call("GetStatus", least("a{sv}"))[1] == "LimitExceeded":
            pass
        assert_serves(world, client)
        client.close()


def test_many_presentations(bench):
    """One at a time, however often; and nothing stays of those that ended."""
    with ready(bench) as world:
        client = session_client(world)
        options = GLib.Variant("(a{sv})", ({"transport": GLib.Variant("s", "loopback")},))
        for _ in range(200):
            reply, error = client.call("StartPresentation", options)
            while error == "Busy":  # the last one is still hanging up
                reply, error = client.call("StartPresentation", options)
            assert error is None, error
            assert client.call("StartPresentation", options)[1] == "Busy"
            client.call("Cancel", least("a{sv}"), reply[0], f"{NAME}.Presentation")
        assert sum("/presentation/" in path for path in paths_of(client)) == 1
        client.close()
        other = session_client(world)
        assert_serves(world, other)
        other.close()


if __name__ == "__main__":
    main(globals())

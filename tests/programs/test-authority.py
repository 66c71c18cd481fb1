#!/usr/bin/env python3
#
# test-authority.py - who may call what of mdoc-agent on the system bus
#
# SPDX-FileCopyrightText: 2026 The mdoc agent authors
# SPDX-License-Identifier: Apache-2.0

import signal
import xml.etree.ElementTree as ElementTree

from bus import (Client, GLib, Gio, INTERFACES, MANAGER, NAME, ROOT, SystemWorld, least,
                 methods_of)
from programs import DONE, SOURCE, main

PREFIX = "org.mdocagent.agent1."
POLICY = SOURCE / "data" / "polkit" / "org.mdocagent.agent1.policy"


def all_methods(world, client):
    """Each method of each interface, at an object that has it."""
    world.trust()
    world.import_licence()
    credentials, _ = client.call("ListCredentials", least("a{sv}"))
    presentation, _ = client.call("StartPresentation",
                                  GLib.Variant("(a{sv})", ({"transport": GLib.Variant(
                                      "s", "loopback")},)))
    paths = {MANAGER: ROOT, f"{NAME}.Credential": credentials[0][0][0],
             f"{NAME}.Presentation": presentation[0]}
    for path in INTERFACES:
        for interface, method, signature, action in methods_of(path):
            yield paths[interface], interface, method, signature, action


def test_each_method(bench):
    """Whoever is not allowed to is denied, by the action that is documented."""
    with SystemWorld(bench) as world:
        client = Client(world)
        methods = list(all_methods(world, client))
        actions = {action.get("id") for action in
                   ElementTree.parse(POLICY).getroot().iter("action")}
        before = client.call("GetStatus", least("a{sv}"))
        used = set()
        for answer in (False, "error", "nonsense"):
            world.polkit.answer = answer
            for path, interface, method, signature, action in methods:
                world.polkit.asked.clear()
                reply, error = client.call(method, least(signature), path, interface)
                where = f"{interface}.{method}, polkit: {answer}"
                assert (reply, error) == (None, "NotAuthorized"), (where, reply, error)
                assert world.polkit.asked == [(client.bus.get_unique_name(), PREFIX + action)], \
                    (where, world.polkit.asked)
                used.add(PREFIX + action)
        assert used == actions and len(methods) > 20
        # nothing has happened
        world.polkit.answer = True
        assert client.call("GetStatus", least("a{sv}")) == before


def test_presentation_has_an_owner(bench):
    """What polkit allows to everybody is for whoever started it all the same."""
    with SystemWorld(bench) as world:
        client = Client(world)
        other = Client(world)
        for path, interface, method, signature, _action in list(all_methods(world, client)):
            if interface != f"{NAME}.Presentation":
                continue
            _, error = other.call(method, least(signature), path, interface)
            assert error == "NotAuthorized", (method, error)
        assert client.call("GetStatus", least("a{sv}"))[0][0]["presentation"] == "waiting"
        client.close()


def test_what_has_no_row(bench):
    """Of other interfaces only those are there that say nothing of the holder."""
    with SystemWorld(bench) as world:
        world.trust()
        world.import_licence()
        world.polkit.answer = False
        client = Client(world)
        for interface, method, arguments in (
                ("org.freedesktop.DBus.Introspectable", "Introspect", None),
                ("org.freedesktop.DBus.Peer", "Ping", None),
                ("org.freedesktop.DBus.ObjectManager", "GetManagedObjects", None),
                ("org.freedesktop.DBus.Properties", "GetAll", GLib.Variant("(s)", (MANAGER,)))):
            reply, error = client.call(method, arguments, ROOT, interface)
            assert error is None, (method, error)
            assert "licence" not in str(reply) and "mDL" not in str(reply)
        _, error = client.call("Set", GLib.Variant("(ssv)", (MANAGER, "Version",
                                                             GLib.Variant("s", "9"))), ROOT,
                               "org.freedesktop.DBus.Properties")
        assert error and "org.freedesktop.DBus.Error" in error, error
        for interface, method in ((MANAGER, "Fly"), ("org.example.Other", "GetStatus")):
            _, error = client.call(method, least("a{sv}"), ROOT, interface)
            assert error.startswith("org.freedesktop.DBus.Error."), error


def test_polkit_goes(bench):
    """Who was being asked about is denied; without a polkit, our own user may."""
    with SystemWorld(bench) as world:
        client = Client(world)
        world.polkit.answer = "nothing"
        results = []
        client.bus.call(NAME, ROOT, MANAGER, "GetStatus", least("a{sv}"), None,
                        Gio.DBusCallFlags.NONE, -1, None,
                        lambda bus, result: results.append(finish(bus, result)))
        world.polkit.wait_for_waiting(1)
        world.polkit.close()
        # calls of one client are answered in the order in which they can be
        assert client.call("GetStatus", least("a{sv}"))[1] is None
        wait_for(client, results, 1)
        assert results == ["NotAuthorized"]


def finish(bus, result):
    try:
        bus.call_finish(result)
    except GLib.Error as error:
        name = Gio.DBusError.get_remote_error(error) or str(error)
        return name.replace(f"{NAME}.Error.", "")
    return None


def wait_for(client, results, number):
    """Until so many answers are here; answers come before that of a later Ping."""
    for _ in range(1000):
        if len(results) >= number:
            return
        client.call("Ping", None, ROOT, "org.freedesktop.DBus.Peer")
    raise AssertionError(f"{len(results)} of {number} answers")


def ask(client, number, flags, results):
    """Calls so often without waiting for an answer."""
    for _ in range(number):
        client.bus.call(NAME, ROOT, MANAGER, "GetStatus", least("a{sv}"), None, flags, -1, None,
                        lambda bus, result: results.append(finish(bus, result)))


def test_flood_of_passwords(bench):
    """Whoever needs no password is served, however many calls wait for one."""
    with SystemWorld(bench) as world:
        world.polkit.answer = "password"
        attackers = [Client(world) for _ in range(4)]
        results = []
        for attacker in attackers:
            ask(attacker, 100, Gio.DBusCallFlags.ALLOW_INTERACTIVE_AUTHORIZATION, results)
        world.polkit.wait_for_waiting(32)
        # what needs no password has its answer soon, and its place is free again
        wait_for(attackers[0], results, 4 * 100 - 32)
        holder = Client(world)
        assert holder.call("GetStatus", least("a{sv}"))[1] is None
        late = []
        ask(holder, 1, Gio.DBusCallFlags.ALLOW_INTERACTIVE_AUTHORIZATION, late)
        wait_for(holder, late, 1)
        assert late == [None], late
        assert len(world.polkit.waiting) == 32, len(world.polkit.waiting)
        world.polkit.release(False)


def test_flood_of_questions(bench):
    """No more than 64 calls wait for polkit, 16 of one caller; the agent stops in
    spite of them."""
    with SystemWorld(bench) as world:
        clients = [Client(world) for _ in range(5)]
        client = clients[0]
        world.polkit.answer = "nothing"
        results = []
        for i, one in enumerate(clients):
            ask(one, 50, Gio.DBusCallFlags.NONE, results)
            wait_for(one, results, 34 * (i + 1) if i < 4 else 34 * 4 + 50)
        world.polkit.wait_for_waiting(64)
        assert results == ["LimitExceeded"] * 186, (len(results), set(results))
        assert len(world.polkit.waiting) == 64, len(world.polkit.waiting)
        world.polkit.answer = True
        world.polkit.release(False)
        for one in clients:
            assert one.call("GetStatus", least("a{sv}"))[1] is None
        wait_for(client, results, 250)
        assert results[186:] == ["NotAuthorized"] * 64
        assert client.call("GetStatus", least("a{sv}"))[1] is None

        world.polkit.answer = "nothing"
        for _ in range(10):
            client.bus.call(NAME, ROOT, MANAGER, "GetStatus", least("a{sv}"), None,
                            Gio.DBusCallFlags.NONE, -1, None,
                            lambda bus, result: results.append(finish(bus, result)))
        world.polkit.wait_for_waiting(10)
        world.agent.send_signal(signal.SIGTERM)
        world.agent.finish(DONE)
        assert world.agent.err.count("LEVEL=\"critical\"") == 0


if __name__ == "__main__":
    main(globals())

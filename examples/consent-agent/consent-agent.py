#!/usr/bin/env python3
#
# consent-agent.py - an example of a program that answers for the holder
#
# SPDX-FileCopyrightText: 2026 The mdoc agent authors
# SPDX-License-Identifier: Apache-2.0

"""Registers an org.mdocagent.ConsentAgent1 with mdoc-agent and answers what it is
asked. Where a wallet has a screen, decide() would show the request and wait for a
finger; here it says yes to the elements named on the command line, if a trusted
reader asks for them and does not want to keep them.

Needs PyGObject alone (Debian: python3-gi). Whatever this answers, mdoc-agent lets
go only what was asked for, is there, and was granted."""

import argparse
import sys

from gi.repository import Gio, GLib

AGENT = "org.mdocagent.Agent1"
ROOT = "/org/mdocagent/Agent1"
OWN_PATH = "/org/example/consent"

# what org.mdocagent.ConsentAgent1(5) says, as far as a program needs it
INTERFACE = """
<node>
  <interface name="org.mdocagent.ConsentAgent1">
    <method name="RequestConsent">
      <arg name="presentation" type="o" direction="in"/>
      <arg name="request" type="a{sv}" direction="in"/>
      <arg name="granted" type="a(usss)" direction="out"/>
    </method>
    <method name="Cancel">
      <arg name="presentation" type="o" direction="in"/>
    </method>
  </interface>
</node>
"""


def say(text):
    print(text, flush=True)


def decide(request, allowed):
    """What may leave: pairs of a candidate and one of its elements.

    A request is for one document: by whom ("reader_trust", and "reader_name",
    which is true only of a trusted reader), and with what it could be answered:
    "candidates", the best first, each with its "elements". One candidate at most
    can be granted."""
    say(f"{request['reader_name'] or 'somebody'} ({request['reader_trust']}) asks for: "
        f"{request['display_name']}")
    for candidate in request["candidates"]:
        chosen = []
        for element in candidate["elements"]:
            name = f"{element['name_space']}/{element['element']}"
            is_granted = (request["reader_trust"] == "trusted" and name in allowed
                          and not element["intent_to_retain"])
            say(f"  {element['display_name']}: {'yes' if is_granted else 'no'}")
            if is_granted:
                chosen.append((candidate, element))
        # if the portrait was asked for, nothing leaves without it
        if chosen:
            return chosen
    return []


class ConsentAgent:
    """The object that mdoc-agent calls."""

    def __init__(self, bus, allowed):
        self.bus = bus
        self.allowed = allowed
        info = Gio.DBusNodeInfo.new_for_xml(INTERFACE).interfaces[0]
        bus.register_object(OWN_PATH, info, self.on_call, None, None)

    def on_call(self, _bus, sender, _path, _interface, method, parameters, invocation):
        # anybody on the bus may call us; only the agent has anything to ask
        if sender != self.get_agent():
            invocation.return_dbus_error("org.freedesktop.DBus.Error.AccessDenied",
                                         "Only mdoc-agent may ask")
            return
        presentation, *rest = parameters.unpack()
        if method == "Cancel":
            # a question on a screen would be taken away here
            say(f"{presentation}: the question is void")
            invocation.return_value(None)
            return
        granted = []
        for request in rest[0]["requests"]:
            for candidate, element in decide(request, self.allowed):
                granted.append((request["index"], candidate["credential"],
                                element["name_space"], element["element"]))
        # an error, or no answer within request["timeout_ms"], is a no
        invocation.return_value(GLib.Variant("(a(usss))", (granted,)))

    def get_agent(self):
        reply = self.bus.call_sync("org.freedesktop.DBus", "/org/freedesktop/DBus",
                                   "org.freedesktop.DBus", "GetNameOwner",
                                   GLib.Variant("(s)", (AGENT,)), None,
                                   Gio.DBusCallFlags.NONE, -1, None)
        return reply.unpack()[0]

    def register(self):
        self.bus.call_sync(AGENT, ROOT, f"{AGENT}.Manager", "RegisterConsentAgent",
                           GLib.Variant("(oa{sv})", (OWN_PATH, {})), None,
                           Gio.DBusCallFlags.NONE, -1, None)
        say("registered")


def main():
    parser = argparse.ArgumentParser(description="Answers for the holder of mdoc-agent.")
    parser.add_argument("--session", action="store_true", help="use the session bus")
    parser.add_argument("allowed", nargs="*", metavar="NAMESPACE/ELEMENT",
                        help="what trusted readers may have")
    arguments = parser.parse_args()

    kind = Gio.BusType.SESSION if arguments.session else Gio.BusType.SYSTEM
    bus = Gio.bus_get_sync(kind, None)
    agent = ConsentAgent(bus, set(arguments.allowed))
    # each time that mdoc-agent starts it has forgotten us
    Gio.bus_watch_name_on_connection(bus, AGENT, Gio.BusNameWatcherFlags.AUTO_START,
                                     lambda *_: agent.register(), None)
    try:
        GLib.MainLoop().run()
    except KeyboardInterrupt:
        sys.exit(0)


if __name__ == "__main__":
    main()

# bus.py - clients of mdoc-agent that tests are made of, a bus and a polkit
#
# SPDX-FileCopyrightText: 2026 The mdoc agent authors
# SPDX-License-Identifier: Apache-2.0

"""What tests of the D-Bus face share. Needs PyGObject: where python3 is not
Debian's, that one takes over."""

import os
import pathlib
import pwd
import re
import sys
import threading
import xml.etree.ElementTree as ElementTree

try:
    from gi.repository import Gio, GLib
except ImportError:
    if sys.executable == "/usr/bin/python3":
        raise
    os.execv("/usr/bin/python3", ["/usr/bin/python3", *sys.argv])

from agents import World
from programs import SOURCE

NAME = "org.mdocagent.Agent1"
ROOT = "/org/mdocagent/Agent1"
MANAGER = f"{NAME}.Manager"
ERRORS = f"{NAME}.Error."
XML = SOURCE / "data" / "dbus"
INTERFACES = sorted(XML.glob("org.mdocagent.Agent1.*.xml"))

# a system bus as a distribution sets one up: nothing is allowed but what our own
# file allows, and a polkit; with room for a flood of calls
BUS_CONFIG = """<!DOCTYPE busconfig PUBLIC "-//freedesktop//DTD D-BUS Bus Configuration 1.0//EN"
 "http://www.freedesktop.org/standards/dbus/1.0/busconfig.dtd">
<busconfig>
  <type>custom</type>
  <listen>unix:path={socket}</listen>
  <auth>EXTERNAL</auth>
  <limit name="max_replies_per_connection">50000</limit>
  <policy context="default">
    <allow user="*"/>
    <deny own="*"/>
    <deny send_type="method_call"/>
    <allow send_type="signal"/>
    <allow send_requested_reply="true" send_type="method_return"/>
    <allow send_requested_reply="true" send_type="error"/>
    <allow receive_type="method_call"/>
    <allow receive_type="method_return"/>
    <allow receive_type="error"/>
    <allow receive_type="signal"/>
    <allow send_destination="org.freedesktop.DBus"/>
    <allow send_destination="org.freedesktop.PolicyKit1"/>
  </policy>
  <policy user="{user}">
    <allow own="org.freedesktop.PolicyKit1"/>
  </policy>
  <include>{agent}</include>
</busconfig>
"""


def write_bus_config(bench):
    user = pwd.getpwuid(os.getuid()).pw_name
    own = bench.write("agent.conf", (XML / "org.mdocagent.Agent1.conf").read_text()
                      .replace('<policy user="mdoc">', f'<policy user="{user}">'))
    return bench.write("bus.conf", BUS_CONFIG.format(socket=bench.path("bus"), user=user,
                                                     agent=own))


class SystemWorld(World):
    """A world whose agent is on a system bus, where polkit decides."""

    def __init__(self, bench, *agent_options):
        super().__init__(bench, starts=False, bus_config=write_bus_config(bench))
        self.env["MDOC_BUS"] = "system"
        self.env["DBUS_SYSTEM_BUS_ADDRESS"] = self.env.pop("DBUS_SESSION_BUS_ADDRESS")
        self.polkit = FakePolkit(self)
        self.start_agent(*agent_options)

    def agent_command(self, *options, state=None):
        return [part for part in super().agent_command(*options, state=state)
                if part != "--session"]


class Loop:
    """A main loop of its own, for objects that are called while the test waits."""

    def __init__(self):
        self.loop = GLib.MainLoop()
        self.thread = threading.Thread(target=self.loop.run, daemon=True)
        self.thread.start()


LOOP = Loop()


class Client:
    """Somebody on the bus."""

    def __init__(self, world):
        address = world.env.get("DBUS_SYSTEM_BUS_ADDRESS") \
            or world.env["DBUS_SESSION_BUS_ADDRESS"]
        self.bus = Gio.DBusConnection.new_for_address_sync(
            address, Gio.DBusConnectionFlags.AUTHENTICATION_CLIENT
            | Gio.DBusConnectionFlags.MESSAGE_BUS_CONNECTION, None, None)

    def call(self, method, arguments=None, path=ROOT, interface=MANAGER, timeout_ms=20000):
        """Returns: the reply, unpacked, and the name of the error."""
        files = Gio.UnixFDList.new()
        if arguments is not None and "h" in arguments.get_type_string():
            with open(os.devnull, "r+b") as file:
                files.append(file.fileno())
        try:
            reply, _ = self.bus.call_with_unix_fd_list_sync(
                NAME, path, interface, method, arguments, None, Gio.DBusCallFlags.NONE,
                timeout_ms, files, None)
        except GLib.Error as error:
            name = Gio.DBusError.get_remote_error(error)
            return None, (name or str(error)).replace(ERRORS, "")
        return reply.unpack(), None

    def close(self):
        self.bus.close_sync(None)


class FakePolkit(Client):
    """Says what the test wants, and notes what it was asked."""

    INFO = """<node><interface name="org.freedesktop.PolicyKit1.Authority">
      <method name="CheckAuthorization">
        <arg type="(sa{sv})" direction="in"/><arg type="s" direction="in"/>
        <arg type="a{ss}" direction="in"/><arg type="u" direction="in"/>
        <arg type="s" direction="in"/><arg type="(bba{ss})" direction="out"/>
      </method></interface></node>"""

    def __init__(self, world):
        super().__init__(world)
        # or False, "error", "nonsense", "nothing"; "password": waits for one if it may
        self.answer = True
        self.asked = []
        self.waiting = []
        self.changed = threading.Condition()
        info = Gio.DBusNodeInfo.new_for_xml(self.INFO).interfaces[0]
        self.bus.register_object("/org/freedesktop/PolicyKit1/Authority", info, self.on_call,
                                 None, None)
        self.bus.call_sync("org.freedesktop.DBus", "/org/freedesktop/DBus",
                           "org.freedesktop.DBus", "RequestName",
                           GLib.Variant("(su)", ("org.freedesktop.PolicyKit1", 0)), None,
                           Gio.DBusCallFlags.NONE, -1, None)

    def on_call(self, _bus, _sender, _path, _interface, _method, parameters, invocation):
        subject, action, _details, flags, _id = parameters.unpack()
        answer = self.answer
        if answer == "password":
            answer = "nothing" if flags & 1 else True
        with self.changed:
            self.asked.append((subject[1]["name"], action))
            if answer == "nothing":
                self.waiting.append(invocation)
            self.changed.notify_all()
        if answer == "error":
            invocation.return_dbus_error("org.freedesktop.PolicyKit1.Error.Failed", "no")
        elif answer == "nonsense":
            invocation.get_connection().send_message(
                reply_with(invocation, GLib.Variant("(s)", ("yes",))),
                Gio.DBusSendMessageFlags.NONE)
        elif answer != "nothing":
            invocation.return_value(GLib.Variant("((bba{ss}))", ((answer, False, {}),)))

    def wait_for_waiting(self, number):
        with self.changed:
            assert self.changed.wait_for(lambda: len(self.waiting) >= number, timeout=20)

    def release(self, answer):
        with self.changed:
            waiting, self.waiting = self.waiting, []
        for invocation in waiting:
            invocation.return_value(GLib.Variant("((bba{ss}))", ((answer, False, {}),)))


def reply_with(invocation, body):
    message = Gio.DBusMessage.new_method_reply(invocation.get_message())
    if body is not None:
        message.set_body(body)
    return message


def methods_of(path):
    """(interface, method, signature of what goes in, action) of a file of the
    interface, as its documentation says."""
    text = path.read_text()
    interface = ElementTree.fromstring(text).find("interface")
    for method in interface.findall("method"):
        name = method.get("name")
        signature = "".join(arg.get("type") for arg in method.findall("arg")
                            if arg.get("direction") == "in")
        comment = re.search(rf"<!--\s+{name}:(.*?)-->\s*<method name=\"{name}\">", text, re.S)
        action = re.search(r"Action:\s+(\w+)\.", comment.group(1))
        yield interface.get("name"), name, signature, action and action.group(1)


def least(signature):
    """A tuple of these types with nothing in it."""
    values = {"s": "''", "o": "'/'", "u": "0", "b": "false", "x": "0", "h": "0"}
    texts = []
    for one in split(signature):
        if one == "v":
            texts.append("<''>")
        elif one[0] == "a":
            texts.append(f"@{one} {'{}' if one[1] == '{' else '[]'}")
        else:
            texts.append(f"@{one} {values[one]}")
    text = f"({', '.join(texts)}{',' if len(texts) == 1 else ''})"
    return GLib.Variant.parse(GLib.VariantType.new(f"({signature})"), text, None, None)


def split(signature):
    """The types that a signature is made of."""
    start = at = depth = 0
    while at < len(signature):
        letter = signature[at]
        depth += letter in "({"
        depth -= letter in ")}"
        at += 1
        if depth == 0 and letter != "a":
            yield signature[start:at]
            start = at


def memory_of(pid):
    """Resident bytes."""
    status = pathlib.Path(f"/proc/{pid}/status").read_text()
    return int(re.search(r"VmRSS:\s+(\d+) kB", status).group(1)) * 1024

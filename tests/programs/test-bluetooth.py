#!/usr/bin/env python3
#
# test-bluetooth.py - presenting and asking over Bluetooth, and without it
#
# SPDX-FileCopyrightText: 2026 The mdoc agent authors
# SPDX-License-Identifier: Apache-2.0

import base64
import os
import re
import shlex
import shutil

from agents import CTL, SPACE, Process, World, elements_of, error_name
from programs import BUILD, DONE, FAILED, NOTHING, READER, expect, main

BLUEZD = BUILD / "tests" / "fake-bluez" / "fake-bluezd"
NAME = f"{SPACE}/family_name"

BUS = """<!DOCTYPE busconfig PUBLIC "-//freedesktop//DTD D-Bus Bus Configuration 1.0//EN"
 "http://www.freedesktop.org/standards/dbus/1.0/busconfig.dtd">
<busconfig>
  <type>system</type>
  <listen>unix:dir=/tmp</listen>
  <auth>EXTERNAL</auth>
  <policy context="default">
    <allow own="*"/>
    <allow eavesdrop="true"/>
    <allow send_destination="*"/>
    %s
  </policy>
</busconfig>
"""


class AirWorld(World):
    """A World with a system bus, where bluetoothd may be, and no loopback."""

    def __init__(self, bench, *options, has_bus=True, policy=""):
        super().__init__(bench, starts=False)
        del self.env["MDOC_RUNTIME_DIR"]
        self.env["XDG_RUNTIME_DIR"] = str(bench.path("run"))
        self.env["DBUS_SYSTEM_BUS_ADDRESS"] = "unix:path=/nonexistent"
        if has_bus:
            config = bench.write("bus.conf", BUS % policy)
            bus = Process(self, shutil.which("dbus-daemon"), "--config-file", config,
                          "--nofork", "--print-address", name="system-bus")
            self.env["DBUS_SYSTEM_BUS_ADDRESS"] = bus.read_line()
        if options:
            self.bluez = Process(self, BLUEZD, self.env["DBUS_SYSTEM_BUS_ADDRESS"], *options,
                                 name="bluetoothd")
            assert self.bluez.read_line() == "ready", self.bluez.err
        self.start_agent()


# what is missing; how the world is made; exit code; the reader's name of the
# error; what is said
MISSING = [
    ("no system bus", (), {"has_bus": False}, FAILED, "ble-no-bluez",
     "there is no system bus, over which BlueZ is reached; start \"dbus\""),
    ("no bluetoothd", (), {}, FAILED, "ble-no-bluez",
     "bluetoothd does not run; install \"bluez\" and start it with "
     "\"systemctl start bluetooth\""),
    ("no adapter", ("0",), {}, NOTHING, "ble-no-adapter",
     "there is no Bluetooth adapter; plug one in, or see with \"bluetoothctl list\" whether "
     "the kernel knows it"),
    ("switched off", ("1", "off"), {}, FAILED, "ble-powered-off",
     "the Bluetooth adapter hci0 is switched off; switch it on with "
     "\"bluetoothctl power on\""),
    ("blocked", ("1", "blocked"), {}, FAILED, "ble-blocked",
     "the Bluetooth adapter hci0 is blocked; free it with \"rfkill unblock bluetooth\""),
    ("no role", ("1", "no-central"), {}, FAILED, "ble-role",
     "the Bluetooth adapter hci0 cannot be central of Bluetooth Low Energy; use another "
     "adapter or the other BLE mode"),
    ("no permission", ("1",), {"policy": '<deny send_destination="org.bluez"/>'}, FAILED,
     "ble-permission",
     "BlueZ does not allow us to list its adapters (AccessDenied); put this user into the "
     "group \"bluetooth\" or allow it in the bus policy"),
]
HINT = " (or choose --transport=loopback, for a {} on this machine)"


def last_line(result):
    """What is said at last, without the name of the error behind it."""
    return re.sub(r" \[[\w-]+\]$", "", result.err.rstrip("\n").splitlines()[-1])


def check_holder(world, code, text):
    result = world.ctl(code, "present", "--yes")
    assert last_line(result) == f"mdocctl present: {text}{HINT.format('reader')}", result
    # no QR code that nobody could follow
    assert result.out == "" and "█" not in result.err, result
    result = world.ctl(code, "present", "--yes", "--transport", "ble", "--json")
    assert error_name(result) == ("NotFound" if code == NOTHING else "Failed"), result
    assert last_line(result) == f"mdocctl present: {text}", result
    assert world.ctl_json("status")["presentation"] == "none"


def check_reader(world, engagement, code, name, text):
    # in the part that the adapter without a role cannot take
    mode = ("--ble-mode", "peripheral")
    command = world.reader_command(engagement, NAME, more=mode)
    result = expect(code, *command, env=world.env)
    assert error_name(result) == name, result
    assert last_line(result).endswith(f": {text}{HINT.format('holder')}"), result
    result = expect(code, *command, "--transport", "ble", env=world.env)
    assert last_line(result).endswith(f": {text}"), result
    # said once, and not by every case
    result = expect(code, world.reader_command("")[0], "selftest", "--trust",
                    world.pki / "iaca.pem", "--way", "peripheral", env=world.env)
    assert text in last_line(result) and result.out == "", result


def make_engagement():
    """Both modes, from nobody in particular: the key is the point G of P-256."""
    key = bytes.fromhex(
        "a401022001"
        "2158206b17d1f2e12c4247f8bce6e563a440f277037d812deb33a0f4a13945d898c296"
        "2258204fe342e2fe1a7f9b8ee7eb4a7c0f9e162bce33576b315ececbb6406837bf51f5")
    methods = b"\x81\x83\x02\x01\xa4\0\xf5\1\xf5\x0a\x50" + b"p" * 16 + b"\x0b\x50" + b"c" * 16
    encoded = (b"\xa3\0\x631.0\1\x82\1\xd8\x18\x58" + bytes([len(key)]) + key + b"\2" + methods)
    return "mdoc:" + base64.urlsafe_b64encode(encoded).decode().rstrip("=")


def missing(options, how, code, name, text):
    def test(bench):
        with AirWorld(bench, *options, **how) as world:
            check_holder(world, code, text)
            check_reader(world, make_engagement(), code, name, text)

    return test


for what, *rest in MISSING:
    globals()["test_" + what.replace(" ", "_")] = missing(*rest)


def test_no_such_adapter(bench):
    with AirWorld(bench, "1") as world:
        result = world.ctl(NOTHING, "present", "--yes", "--adapter", "hci9")
        assert "there is no Bluetooth adapter hci9; \"bluetoothctl list\"" in result.err, result


def test_bluetooth_is_the_default(bench):
    """With adapters there, nobody has to ask for it, in either mode."""
    with AirWorld(bench, "2") as world:
        world.trust()
        world.import_licence()
        for mode in ("central", "peripheral"):
            holder, engagement = world.present("--yes", "--adapter", "hci0", "--ble-mode", mode)
            response, = world.ask(DONE, engagement, NAME,
                                  more=("--adapter", "hci1"))["responses"]
            assert response["verified"] and elements_of(response) == {"family_name"}
            holder.finish(DONE)
        assert [entry["transport"] for entry in world.history()] == ["ble", "ble"]


def test_plan_against_readers(bench):
    """What a wallet does to a reader, as GATT has it: mdocctl selftest."""
    with AirWorld(bench, "2") as world:
        world.trust()
        world.import_licence()
        words = [READER, "request", "--trust", world.pki / "iaca.pem", "--timeout", "20",
                 "--adapter", "hci1", "--doctype", "mdl", "--element", NAME]
        command = (shlex.join(map(os.fspath, words)) + " --ble-mode $MDOC_SELFTEST_BLE_MODE"
                   " --engagement $MDOC_SELFTEST_ENGAGEMENT 2>/dev/null")
        cases = ("ends/reader", "ends/holder-transport", "answers/tampered",
                 "transport/cut-middle", "transport/prefix")
        options = [word for case in cases for word in ("--case", case)]
        report = expect(DONE, CTL, "selftest", "--json", "--adapter", "hci0", "--reader-command",
                        command, *options, env=world.env, timeout=200).json()
        assert [(c["way"], c["case"], c["outcome"]) for c in report["cases"]] \
            == [(way, case, "passed") for way in ("central", "peripheral") for case in cases]


def test_loopback_by_choice(bench):
    with AirWorld(bench, has_bus=False) as world:
        world.trust()
        world.import_licence()
        holder, engagement = world.present("--yes", "--transport", "loopback")
        response, = world.ask(DONE, engagement, NAME,
                              more=("--transport", "loopback"))["responses"]
        assert response["verified"]
        holder.finish(DONE)


if __name__ == "__main__":
    main(dict(globals()))

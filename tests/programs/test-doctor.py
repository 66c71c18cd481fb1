#!/usr/bin/env python3
#
# test-doctor.py - what mdocctl and mdoc-reader say is in the way of Bluetooth
#
# SPDX-FileCopyrightText: 2026 The mdoc agent authors
# SPDX-License-Identifier: Apache-2.0

from agents import World
from programs import NOTHING, READER, USAGE, expect, main

NO_BUS = {"DBUS_SYSTEM_BUS_ADDRESS": "unix:path=/nonexistent"}
NAMES = ["central", "peripheral", "l2cap", "restart", "config", "bluez-version",
         "exchange-mtu", "gatt-channels", "supervision-timeout", "privacy", "gatt-cache", "controller-mode",
         "device-id", "reverse-discovery", "repairing"]


def verdicts(report):
    assert [finding["name"] for finding in report["findings"]] == NAMES, report
    assert all(finding["text"] for finding in report["findings"]), report
    return {finding["name"]: finding["verdict"] for finding in report["findings"]}


def test_reader_without_bluetooth(bench):
    config = bench.write("main.conf", "[General]\nPrivacy = device\n[GATT]\nCache = no\n"
                         "ExchangeMTU = 100\n")
    result = expect(NOTHING, READER, "doctor", "--bluez-config", config, "--json", env=NO_BUS)
    found = verdicts(result.json())
    assert not result.json()["hasAdapter"]
    assert found["central"] == found["peripheral"] == "wrong", found
    assert found["privacy"] == found["gatt-cache"] == found["exchange-mtu"] == "good", found
    assert found["controller-mode"] == "advice", found

    text = expect(NOTHING, READER, "doctor", "--bluez-config", config, env=NO_BUS).out
    assert len(text.splitlines()) == len(NAMES), text
    assert text.startswith("wrong   central: "), text


def test_broken_settings(bench):
    config = bench.write("main.conf", "no section\n")
    result = expect(NOTHING, READER, "doctor", "--bluez-config", config, "--json", env=NO_BUS)
    assert verdicts(result.json())["config"] == "wrong", result
    result = expect(NOTHING, READER, "doctor", "--bluez-config", bench.path("none"), "--json",
                    env=NO_BUS)
    assert verdicts(result.json())["config"] == "advice", result


def test_usage(bench):
    assert bench
    expect(USAGE, READER, "doctor", "hci0")
    expect(USAGE, READER, "doctor", "--colour")


def test_agent(bench):
    with World(bench) as world:
        report = world.ctl_json("doctor", code=NOTHING)
        assert verdicts(report)["central"] == "wrong", report
        text = world.ctl(NOTHING, "doctor", "--adapter", "hci9").out
        assert len(text.splitlines()) == len(NAMES), text
        # the agent goes on meanwhile and afterwards
        assert world.ctl_json("status")["presentation"] == "none"


if __name__ == "__main__":
    main(dict(globals()))

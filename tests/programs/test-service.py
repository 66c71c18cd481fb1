#!/usr/bin/env python3
#
# test-service.py - mdoc-agent as systemd sees it
#
# SPDX-FileCopyrightText: 2026 The mdoc agent authors
# SPDX-License-Identifier: Apache-2.0

import re
import shutil
import signal
import socket

from agents import World
from programs import BUILD, DONE, FAILED, SOURCE, expect, main, run

UNIT = BUILD / "data" / "systemd" / "mdoc-agent.service"
CATALOG = SOURCE / "data" / "systemd" / "mdoc.catalog"


class Manager:
    """The end of the service manager: a socket that is told how the service is."""

    def __init__(self, world):
        path = world.bench.path("notify")
        self.socket = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
        self.socket.bind(str(path))
        self.socket.settimeout(20)
        world.env["NOTIFY_SOCKET"] = str(path)

    def hear(self):
        return self.socket.recv(4096).decode().split("\n")

    def close(self):
        self.socket.close()


def test_ready_and_stopping(bench):
    with World(bench, starts=False) as world:
        manager = Manager(world)
        world.start_agent()
        assert manager.hear() == ["READY=1"]
        # ready means that it can be called
        world.ctl(DONE, "status")
        world.agent.send_signal(signal.SIGTERM)
        assert manager.hear() == ["STOPPING=1"]
        world.agent.finish(DONE)
        manager.close()


def test_watchdog(bench):
    """It is heard of as long as its main loop runs, and only if that is wanted."""
    with World(bench, starts=False) as world:
        manager = Manager(world)
        world.env["WATCHDOG_USEC"] = "100000"
        world.start_agent()
        assert manager.hear() == ["READY=1"]
        for _ in range(3):
            assert manager.hear() == ["WATCHDOG=1"]
        world.ctl(DONE, "status")
        assert manager.hear() == ["WATCHDOG=1"]

        # for another process, it keeps quiet
        world.stop_agent()
        while manager.hear() != ["STOPPING=1"]:
            pass
        world.env["WATCHDOG_PID"] = "1"
        world.start_agent()
        assert manager.hear() == ["READY=1"]
        world.ctl(DONE, "status")
        world.stop_agent()
        assert manager.hear() == ["STOPPING=1"]
        manager.close()


def test_no_start(bench):
    """What does not start is never ready."""
    with World(bench, starts=False) as world:
        manager = Manager(world)
        result = run(*world.agent_command("--policy-file=/nonexistent"), env=world.env)
        assert result.code == FAILED
        manager.socket.setblocking(False)
        try:
            raise AssertionError(f"it says {manager.hear()}")
        except BlockingIOError:
            pass
        manager.close()


def test_nobody_listens(bench):
    with World(bench, starts=False) as world:
        world.env["NOTIFY_SOCKET"] = "/nonexistent/socket"
        world.env["WATCHDOG_USEC"] = "nonsense"
        world.start_agent()
        world.ctl(DONE, "status")
        world.stop_agent()


def test_unit(bench):
    """The lint on the unit finds what it is there for."""
    unit = UNIT.read_text()
    assert "Type=notify\n" in unit and re.search(r"^WatchdogSec=", unit, re.M)
    weak = bench.write("mdoc-agent.service",
                       re.sub(r"^(CapabilityBoundingSet|SystemCallFilter|Protect\w+|Private\w+)="
                              r".*\n", "", unit, flags=re.M))
    for path, is_good in ((UNIT, True), (weak, False)):
        result = run("systemd-analyze", "security", "--offline=true", "--threshold=15", path)
        assert (result.code == 0) == is_good, str(result)


def test_catalog(bench):
    """Each message with an id is explained, and nothing else is."""
    entries = re.findall(r"^-- ([0-9a-f]{32})$", CATALOG.read_text(), re.M)
    used = [text for path in sorted((SOURCE / "agent").glob("*.c"))
            for text in re.findall(r'#define MESSAGE_ID_\w+\s+(?:\\\n\s*)?"([0-9a-f]{32})"',
                                   path.read_text())]
    assert len(entries) == len(set(entries)) and len(used) > 6
    assert set(entries) == set(used), set(entries) ^ set(used)
    folder = bench.path("root") / "usr" / "lib" / "systemd" / "catalog"
    folder.mkdir(parents=True)
    shutil.copy(CATALOG, folder)
    expect(DONE, "journalctl", f"--root={bench.path('root')}", "--update-catalog")
    listed = expect(DONE, "journalctl", f"--root={bench.path('root')}", "--list-catalog").out
    assert all(entry in listed for entry in entries), listed


if __name__ == "__main__":
    main(globals())

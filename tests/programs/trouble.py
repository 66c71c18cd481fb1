# trouble.py - an agent that dies, or whose disk and clock do, on demand
#
# SPDX-FileCopyrightText: 2026 The mdoc agent authors
# SPDX-License-Identifier: Apache-2.0

"""A World whose agent is preloaded with mdoc-test-trouble: it can be killed at
any of the calls that change what is on its disk, counted from now."""

import mmap
import os
import pathlib
import shutil
import signal
import sqlite3
import struct
import time

from agents import World
from programs import BUILD, DONE

LIBRARY = BUILD / "tests" / "programs" / "libmdoc-test-trouble.so"
IS_SLOW = "MDOC_TEST_SLOW" in os.environ
FIELDS = ("kill_at", "n_steps", "tears", "fails_with", "clock_offset_s", "n_scans",
          "passed_s")
MAX_PATTERNS, PATTERN_LEN = 32, 64


def stride_of(usual):
    """Of how many steps a sweep tries one. With MDOC_TEST_SLOW it tries more of them
    than usual; all of them, which takes an hour, with MDOC_TEST_STRIDE=1."""
    if "MDOC_TEST_STRIDE" in os.environ:
        return int(os.environ["MDOC_TEST_STRIDE"])
    return max(1, usual // 4) if IS_SLOW else usual


class Trouble:
    """What a program that is started with its environment finds in its way."""

    def __init__(self, path):
        path.write_bytes(bytes(4096))
        with path.open("r+b") as file:
            self._memory = mmap.mmap(file.fileno(), 4096)
        self.env = {"LD_PRELOAD": str(LIBRARY), "MDOC_TEST_TROUBLE": str(path),
                    "ASAN_OPTIONS": os.environ.get("ASAN_OPTIONS", "")
                    + ":verify_asan_link_order=0"}

    def get(self, field):
        return struct.unpack_from("q", self._memory, 8 * FIELDS.index(field))[0]

    def set(self, **fields):
        for field, value in fields.items():
            struct.pack_into("q", self._memory, 8 * FIELDS.index(field), value)


class TroubledWorld(Trouble, World):

    def __init__(self, bench, *agent_options, starts=True):
        Trouble.__init__(self, bench.path("trouble"))
        trouble = self.env
        World.__init__(self, bench, *agent_options, starts=False)
        self._agent_env = {**self.env, **trouble}
        if starts:
            self.start_agent(*agent_options)

    def scan_memory(self, patterns, timeout=60):
        """Returns: the names of the patterns that are in the agent's memory,
        with how often."""
        found_at = 8 * len(FIELDS)
        patterns_at = found_at + 8 * MAX_PATTERNS
        assert len(patterns) <= MAX_PATTERNS
        self._memory[found_at:found_at + 8 * MAX_PATTERNS] = bytes(8 * MAX_PATTERNS)
        for number, pattern in enumerate(patterns.values()):
            pattern = pattern[:PATTERN_LEN]
            turned = bytes(byte ^ 0xff for byte in pattern)
            struct.pack_into(f"q{PATTERN_LEN}s", self._memory,
                             patterns_at + number * (8 + PATTERN_LEN), len(pattern), turned)
        before = self.get("n_scans")
        self.agent.send_signal(signal.SIGUSR2)
        deadline = time.monotonic() + timeout
        while self.get("n_scans") == before:
            assert time.monotonic() < deadline and not self.is_dead(), self.agent.err
            time.sleep(0.01)
        counts = struct.unpack_from(f"{MAX_PATTERNS}q", self._memory, found_at)
        return {name: count for name, count in zip(patterns, counts) if count}

    def start_agent(self, *options):
        plain, self.env = self.env, self._agent_env
        self.env["DBUS_SESSION_BUS_ADDRESS"] = plain["DBUS_SESSION_BUS_ADDRESS"]
        try:
            super().start_agent(*options)
        finally:
            self.env = plain
        self.processes = [p for p in self.processes if p is self.agent
                          or p.process.poll() is None]

    def restart(self, *options):
        """After it has died, as it has to have done by itself."""
        if self.agent.process.poll() is None:
            self.agent.send_signal(signal.SIGKILL)
        self.agent.finish(-signal.SIGKILL)
        self.agent.close()
        self.set(kill_at=0)
        self.start_agent(*options)

    def unset(self, variable):
        """Of what the agent will be started with."""
        self._agent_env.pop(variable, None)

    @property
    def proc(self):
        return pathlib.Path("/proc") / str(self.agent.process.pid)

    def is_dead(self, timeout=0):
        if timeout:
            try:
                self.agent.process.wait(timeout)
            except Exception:
                return False
        return self.agent.process.poll() is not None

    def query(self, sql):
        """Of a copy of the store, as the agent has the real one for itself."""
        folder = self.bench.path("copy")
        shutil.rmtree(folder, ignore_errors=True)
        folder.mkdir()
        for path in self.state.glob("store.db*"):
            shutil.copy(path, folder / path.name)
        db = sqlite3.connect(folder / "store.db")
        try:
            return db.execute(sql).fetchall()
        finally:
            db.close()

    def check_rows(self):
        """What has to be so after every start, whatever happened before."""
        assert self.query("PRAGMA integrity_check") == [("ok",)]
        assert self.query("PRAGMA foreign_key_check") == []
        for table, where in (
                ("documents", "id NOT IN (SELECT document_id FROM generations "
                              "WHERE state = 'current')"),
                ("generations", "(document_id, n) NOT IN "
                                "(SELECT document_id, generation FROM copies)"),
                ("copies", "key_id NOT IN (SELECT id FROM keys)"),
                ("copies", "id NOT IN (SELECT copy_id FROM contents)"),
                # a removal that was begun is done before anybody is served
                ("tombstones", "stage != 'told'"),
                ("documents", "id IN (SELECT document_id FROM tombstones)"),
                ("jobs", "state != 'done'"),
                # a job has done its work once
                ("jobs", "document_id NOT IN (SELECT document_id FROM tombstones)"),
                ("(SELECT count(*) AS n FROM jobs GROUP BY document_id)", "n > 1")):
            rows = self.query(f"SELECT * FROM {table} WHERE {where}")
            assert rows == [], (table, where, rows)

    def free_keys(self):
        return {key["id"] for key in self.ctl_json("list", "--keys") if not key["credential"]}

    def listed(self):
        return {info["label"]: info for info in self.ctl_json("list")}

    def assert_opens(self, label):
        assert self.ctl_json("show", label, "--show-values", code=DONE)["elements"]

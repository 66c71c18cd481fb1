# passing.py - programs for which time passes as a test wants it to
#
# SPDX-FileCopyrightText: 2026 The mdoc agent authors
# SPDX-License-Identifier: Apache-2.0

"""A Time moves the clocks of programs that mdoc-test-trouble is preloaded into,
all at once, and only while none of them has anything to do: what takes a second of
ours takes a second of theirs, and between two things that happen a month passes in
no time. Whoever sleeps until some time is woken, and looks at the clock."""

import ctypes
import http.client
import os
import pathlib
import secrets
import shutil
import signal
import threading
import time

from agents import CTL, Process
from lifecycle import Holder, Operated
from programs import DONE, ISSUER, run
from trouble import Trouble, TroubledWorld

HOUR, DAY = 3600, 86400
WAKE = signal.SIGRTMIN
N_LOOKS, LOOK_S = 3, 0.002
LIBC = ctypes.CDLL(None, use_errno=True)
SYS_TGKILL = {"x86_64": 234, "aarch64": 131}.get(os.uname().machine, 268)


class Threads:
    """Of a process: how often each was given a processor, and whether it sleeps."""

    def __init__(self, pid, has_one):
        """@has_one: whether all that it does is done by its first."""
        self.pid, self.has_one, self.files = pid, has_one, {}

    def tids(self):
        if self.has_one:
            return [self.pid]
        try:
            return [int(name) for name in os.listdir(f"/proc/{self.pid}/task")]
        except OSError:
            return []

    def read(self, tid, name):
        if (tid, name) not in self.files:
            self.files[tid, name] = open(f"/proc/{self.pid}/task/{tid}/{name}", "rb",
                                         buffering=0)
        return os.pread(self.files[tid, name].fileno(), 512, 0)

    def look(self):
        """Returns: what changes when a thread runs; None if one may be running."""
        seen = []
        for tid in self.tids():
            try:
                seen.append((tid, self.read(tid, "schedstat")))
                state = self.read(tid, "stat").rpartition(b") ")[2][:1]
            except OSError:
                self.forget(tid)
                return None
            # of a process that is stopped nothing will come
            if state not in (b"S", b"T", b"Z"):
                return None
        return seen

    def wake(self):
        for tid in self.tids():
            LIBC.syscall(SYS_TGKILL, self.pid, tid, WAKE)

    def forget(self, *tids):
        for key in [key for key in self.files if not tids or key[0] in tids]:
            self.files.pop(key).close()


class Time:
    """Of all that take part in it, which are there or not."""

    def __init__(self):
        self.start_s = time.time()
        self.passed_s = 0
        self.members = []
        self.threads = {}

    def now(self):
        return time.time() + self.passed_s

    def day(self):
        return (self.now() - self.start_s) / DAY

    def join(self, member):
        """@member has trouble, pid() and, of its monotonic clock, slept_s."""
        self.members.append(member)
        self.tell(member)

    def tell(self, member):
        member.trouble.set(clock_offset_s=self.passed_s,
                           passed_s=self.passed_s - member.slept_s)

    def living(self):
        pids = {member.pid(): member.has_one_thread for member in self.members}
        pids.pop(None, None)
        for pid in set(self.threads) - set(pids):
            self.threads.pop(pid).forget()
        for pid in set(pids) - set(self.threads):
            self.threads[pid] = Threads(pid, pids[pid])
        return self.threads.values()

    def settle(self, timeout=300):
        """Until none of the programs has anything to do but wait for a time."""
        deadline = time.monotonic() + timeout
        before, n_same = None, 0
        while n_same < N_LOOKS:
            assert time.monotonic() < deadline, f"they do not come to rest: {self.busy()}"
            seen = [threads.look() for threads in self.living()]
            n_same = n_same + 1 if seen == before and None not in seen else 0
            before = seen
            time.sleep(LOOK_S)

    def busy(self):
        return [threads.pid for threads in self.living() if threads.look() is None]

    def pass_by(self, seconds):
        """Now it is later, for everybody; what is due then begins."""
        self.passed_s += int(seconds)
        for member in self.members:
            self.tell(member)
        for threads in self.living():
            threads.wake()

    def pass_hours(self, hours, step=1):
        """As hours do, one after another, with all that is to be done in each."""
        while hours > 0:
            self.settle()
            self.pass_by(min(step, hours) * HOUR)
            hours -= step
        self.settle()


class Room:
    """A folder for one of many."""

    def __init__(self, bench, name):
        self.bench, self.folder = bench, bench.path(name)
        self.folder.mkdir()
        self.path("pki").symlink_to(bench.path("pki"))

    def path(self, name):
        shared = self.bench.path(name)
        return shared if name in ("tls.pem", "tls-key.pem") else self.folder / name

    def write(self, name, content):
        path = self.path(name)
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
        return path


class PassingPlatform(Operated):
    """mdoc-issuer serve, in that time."""

    has_one_thread = False

    def __init__(self, time_, bench, *options, **more):
        super().__init__(bench, *options, **more)
        self.trouble, self.slept_s = Trouble(bench.path("serve-trouble")), 0
        self.env = {**os.environ, **self.trouble.env}
        time_.join(self)

    def pid(self):
        return self.process.pid if self.process and self.process.poll() is None else None

    def begin_again(self):
        """After it was killed, by whomever."""
        if self.process:
            self.kill()
        self.trouble.set(kill_at=0)
        self.start()

    def admin(self, method, path, status, body=None):
        """Once in effect, also where the platform dies over it."""
        self.idempotency_key = secrets.token_urlsafe(12)
        while True:
            try:
                return super().admin(method, path, status, body)
            except (OSError, http.client.HTTPException):
                if self.pid():
                    # a moment later it is gone
                    self.process.wait(20)
                self.begin_again()


class PassingHolder(Holder, TroubledWorld):
    """mdoc-agent, in that time; in a room of its own where there are several."""

    has_one_thread = True

    def __init__(self, time_, platform, room):
        self.time, self.slept_s = time_, 0
        self.platform, self.is_asleep, self.fell_asleep_s = platform, False, 0
        TroubledWorld.__init__(self, room, starts=False)
        time_.join(self)
        self.start()
        self.trust()

    @property
    def trouble(self):
        return self

    def pid(self):
        alive = self.agent and self.agent.process.poll() is None
        return self.agent.process.pid if alive else None

    def start(self):
        self.set(kill_at=0)
        self.start_agent("--tls-anchors", self.platform.bench.path("tls.pem"))

    def attempt(self, *arguments):
        """Returns: whether it was said to be done."""
        return run(CTL, *arguments, env=self.env, timeout=120).code == DONE

    def begin_again(self):
        if self.pid():
            self.agent.send_signal(signal.SIGKILL)
        self.agent.process.wait()
        self.agent.close()
        self.start()

    def fall_asleep(self):
        """As a host does: the clock that nobody sets stands still with it."""
        self.time.settle()
        self.agent.send_signal(signal.SIGSTOP)
        self.is_asleep, self.fell_asleep_s = True, self.time.passed_s

    def wake_up(self):
        self.slept_s += self.time.passed_s - self.fell_asleep_s
        self.time.tell(self)
        self.is_asleep = False
        self.agent.send_signal(signal.SIGCONT)


class PassingConsumer:
    """mdoc-issuer consume, in that time."""

    has_one_thread = False

    def __init__(self, time_, bench, secret):
        self.trouble, self.slept_s = Trouble(bench.path("consume-trouble")), 0
        self.database, self.processes, self.bench = bench.path("events.db"), [], bench
        self.env = {**os.environ, **self.trouble.env}
        path = bench.write("events.secret", secret + "\n")
        self.process = Process(self, ISSUER, "consume", "--database", self.database,
                               "--secret-file", path, "--tls-cert", bench.path("tls.pem"),
                               "--tls-key", bench.path("tls-key.pem"), name="consume")
        # what it prints is of no use here, and who does not read it stops it
        threading.Thread(target=self.process.process.stdout.read, daemon=True).start()
        self.process.wait_for("listening on")
        self.url = self.process.err.split("listening on ")[1].split()[0]
        time_.join(self)

    def pid(self):
        return self.process.process.pid

    def close(self):
        self.process.close()


def copy_of(database, folder):
    """A database as it is now, whoever has it open."""
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir()
    for path in pathlib.Path(database).parent.glob(pathlib.Path(database).name + "*"):
        shutil.copy(path, folder / path.name)
    return folder / pathlib.Path(database).name

#!/usr/bin/env python3
#
# test-master-key.py - an agent whose master key a TPM or a person keeps
#
# SPDX-FileCopyrightText: 2026 The mdoc agent authors
# SPDX-License-Identifier: Apache-2.0

import os
import pty
import select
import signal
import subprocess
import termios
import time

from agents import World
from programs import DONE, FAILED, USAGE, main, run

PASSPHRASE = "correct horse"


class Terminal:
    """An agent with a terminal of its own, on which somebody types."""

    def __init__(self, world, *options):
        pid, self.fd = pty.fork()
        if pid == 0:
            command = [os.fspath(a) for a in world.agent_command(*options)]
            os.execvpe(command[0], command, world.env)
        self.pid = pid
        self.seen = ""

    def wait_for(self, text, timeout=60):
        deadline = time.monotonic() + timeout
        while text not in self.seen:
            left = deadline - time.monotonic()
            assert left > 0, f"no {text!r} in: {self.seen}"
            if select.select([self.fd], [], [], left)[0]:
                try:
                    got = os.read(self.fd, 4096)
                except OSError:  # the other end is closed
                    got = b""
                assert got, f"no {text!r} in: {self.seen}"
                self.seen += got.decode("utf-8", "replace")
        before, self.seen = self.seen.split(text, 1)
        return before

    def answer(self, question, typed):
        """A person types when nothing shows it any more."""
        self.wait_for(question)
        deadline = time.monotonic() + 60
        while termios.tcgetattr(self.fd)[3] & termios.ECHO:
            assert time.monotonic() < deadline, "the terminal still shows what is typed"
            time.sleep(0.01)
        os.write(self.fd, typed.encode() + b"\n")

    def stop(self):
        os.kill(self.pid, signal.SIGTERM)

    def finish(self, code):
        rest = self.seen
        while True:
            try:
                got = os.read(self.fd, 4096)
            except OSError:
                got = b""
            if not got:
                break
            rest += got.decode("utf-8", "replace")
        _, status = os.waitpid(self.pid, 0)
        os.close(self.fd)
        assert os.waitstatus_to_exitcode(status) == code, f"{status}: {rest}"
        return rest


def check_terminal(bench, option, new, same, old):
    """One agent after the other, asked by these questions."""
    with World(bench, starts=False) as world:
        terminal = Terminal(world, option)
        terminal.answer(new, PASSPHRASE)
        terminal.answer(same, "another one")
        assert "not the same" in terminal.finish(FAILED)
        terminal = Terminal(world, option)
        terminal.answer(new, PASSPHRASE)
        terminal.answer(same, PASSPHRASE)
        said = terminal.wait_for("serves")
        assert PASSPHRASE not in said, said
        assert world.ctl_json("status")["masterKey"] == "passphrase"
        world.ctl(DONE, "new-key")
        terminal.stop()
        terminal.finish(DONE)

        terminal = Terminal(world, option)
        terminal.answer(old, PASSPHRASE.upper())
        assert "is not the one" in terminal.finish(FAILED)
        terminal = Terminal(world, option)
        terminal.answer(old, PASSPHRASE)
        terminal.wait_for("serves")
        terminal.stop()
        terminal.finish(DONE)


def test_passphrase_terminal(bench):
    check_terminal(bench, "--master-key=passphrase",
                   "New passphrase for the store of mdoc-agent: ",
                   "The same passphrase again: ",
                   "Passphrase of the store of mdoc-agent: ")


def test_passphrase_ask(bench):
    """systemd's own program asks, which takes the terminal if there is one."""
    check_terminal(bench, "--master-key=passphrase:ask",
                   "New passphrase for the store of mdoc-agent", "The same passphrase again",
                   "Passphrase of the store of mdoc-agent")


def test_passphrase_cancelled(bench):
    """^C is an answer too, and leaves the terminal as it was."""
    with World(bench, starts=False) as world:
        terminal = Terminal(world, "--master-key=passphrase")
        terminal.wait_for("New passphrase")
        terminal.wait_for(": ")
        os.write(terminal.fd, b"corr\x03\n")
        assert "was not given" in terminal.finish(FAILED)
        assert not (world.state / "master.argon2").exists()


def test_passphrase_fd(bench):
    with World(bench, starts=False) as world:

        def start(typed):
            return subprocess.run(
                [os.fspath(a) for a in world.agent_command("--master-key=passphrase:fd=0")],
                input=typed.encode(), env=world.env, capture_output=True, timeout=60)

        result = start("short")
        assert result.returncode == FAILED and b"too short" in result.stderr, result
        # nobody is there who could type
        result = subprocess.run(
            [os.fspath(a) for a in world.agent_command("--master-key=passphrase")],
            stdin=subprocess.DEVNULL, start_new_session=True, env=world.env,
            capture_output=True, timeout=60)
        assert result.returncode == FAILED and b"no terminal" in result.stderr, result
        # the value is never an argument
        for bad in ("passphrase:" + PASSPHRASE, "passphrase:fd=x", "tpm:x", "tpm:pcrs=24"):
            result = run(*world.agent_command(f"--master-key={bad}"), env=world.env)
            assert result.code == USAGE and PASSPHRASE not in result.err, str(result)


def start_swtpm(world, bench):
    """The TPM, which is not ready before it listens."""
    state = bench.path("tpm")
    state.mkdir(exist_ok=True)
    process = subprocess.Popen(
        ["swtpm", "socket", "--tpm2", "--tpmstate", f"dir={state}",
         "--server", f"type=unixio,path={state}/socket",
         "--ctrl", f"type=unixio,path={state}/socket.ctrl",
         "--flags", "not-need-init", "--daemon", "--pid", f"file={state / 'pid'}"],
        env=world.env)
    assert process.wait(20) == 0, "swtpm does not start: is it installed (tools/setup)?"
    deadline = time.monotonic() + 20
    while not (state / "pid").exists() or not (state / "pid").read_text().strip():
        assert time.monotonic() < deadline, "swtpm does not say its process ID"
        time.sleep(0.01)
    return int((state / "pid").read_text()), f"tcti=swtpm:path={state}/socket"


def test_tpm(bench):
    with World(bench, starts=False) as world:
        pid, tcti = start_swtpm(world, bench)
        try:
            option = f"--master-key=tpm:pcrs=7:{tcti}"
            world.start_agent(option)
            assert world.ctl_json("status")["masterKey"] == "tpm"
            world.trust()
            world.import_licence()
            listed = world.ctl_json("list")
            world.stop_agent()
            assert not (world.state / "master.key").exists()
            result = run(*world.agent_command(f"--master-key=tpm:pcrs=0:{tcti}"), env=world.env)
            assert result.code == FAILED and "other PCRs" in result.err, str(result)
            world.start_agent(option)
            assert len(listed) == 1 and world.ctl_json("list") == listed
            world.stop_agent()
        finally:
            os.kill(pid, signal.SIGKILL)
        result = run(*world.agent_command(option), env=world.env)
        assert result.code == FAILED and "no TPM" in result.err, str(result)


if __name__ == "__main__":
    main(globals())

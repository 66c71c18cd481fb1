# agents.py - a bus of its own, an agent on it, and its command line
#
# SPDX-FileCopyrightText: 2026 The mdoc agent authors
# SPDX-License-Identifier: Apache-2.0

"""What the tests of mdoc-agent and mdocctl share: a World is a private bus, an
agent with a store, and certificates of an issuer and a reader."""

import json
import os
import shutil
import signal
import subprocess
import time

from programs import BUILD, DONE, EXAMPLES, READER, expect

AGENT = BUILD / "agent" / "mdoc-agent"
CTL = BUILD / "ctl" / "mdocctl"
SPACE = "org.iso.18013.5.1"


class Process:
    """A program that runs beside the test and is ended with it."""

    def __init__(self, world, *arguments, stdin=subprocess.DEVNULL, name="process"):
        self.err_path = world.bench.path(f"{name}-{len(world.processes)}.err")
        with self.err_path.open("wb") as err:
            self.process = subprocess.Popen(
                [os.fspath(a) for a in arguments], env=world.env, stdin=stdin,
                stdout=subprocess.PIPE, stderr=err, text=True)
        # communicate() would close it, which is an answer too
        self.stdin, self.process.stdin = self.process.stdin, None
        world.processes.append(self)

    @property
    def err(self):
        return self.err_path.read_text(encoding="utf-8", errors="replace")

    def read_line(self):
        return self.process.stdout.readline().strip()

    def wait_for(self, text, timeout=20):
        """Until the program has said it on standard error."""
        deadline = time.monotonic() + timeout
        while text not in self.err:
            assert time.monotonic() < deadline, f"no {text!r} in: {self.err}"
            assert self.process.poll() is None or text in self.err, \
                f"ended with {self.process.returncode}: {self.err}"
            time.sleep(0.01)

    def say(self, text):
        self.stdin.write(text)
        self.stdin.flush()

    def say_no_more(self):
        self.stdin.close()

    def send_signal(self, number):
        self.process.send_signal(number)

    def finish(self, code, timeout=20):
        """Returns: what it wrote since the last read_line()."""
        out, _ = self.process.communicate(timeout=timeout)
        assert self.process.returncode == code, \
            f"wanted exit {code}, got {self.process.returncode}: {out}\n{self.err}"
        return out

    def close(self):
        if self.process.poll() is None:
            self.process.kill()
            self.process.wait()
        for stream in (self.stdin, self.process.stdout):
            if stream:
                stream.close()


class World:
    """A bus, an agent on it, an issuer and a reader."""

    def __init__(self, bench, *agent_options, starts=True, bus_config=None):
        self.bench = bench
        self.processes = []
        runtime = bench.path("run")
        runtime.mkdir(mode=0o700)
        self.state = bench.path("state")
        self.env = {**os.environ, "MDOC_RUNTIME_DIR": str(runtime), "MDOC_BUS": "session",
                    "LC_ALL": "C.UTF-8"}
        self.env.pop("DBUS_SYSTEM_BUS_ADDRESS", None)
        kind = f"--config-file={bus_config}" if bus_config else "--session"
        bus = Process(self, shutil.which("dbus-daemon"), kind, "--nofork", "--print-address",
                      name="bus")
        self.env["DBUS_SESSION_BUS_ADDRESS"] = bus.read_line()
        self.pki = bench.path("pki") if bench.path("pki").exists() else bench.make_pki()
        self.agent = None
        if starts:
            self.start_agent(*agent_options)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        for process in reversed(self.processes):
            process.close()

    # the agent

    def agent_command(self, *options, state=None):
        return (AGENT, "--session", "--state-dir", state or self.state, "--verbose",
                "--log-format=fields", *options)

    def start_agent(self, *options):
        self.agent = Process(self, *self.agent_command(*options), name="agent")
        self.agent.wait_for("serves")

    def stop_agent(self):
        self.agent.send_signal(signal.SIGTERM)
        self.agent.finish(DONE)

    # the holder

    def ctl(self, code, *arguments, **options):
        return expect(code, CTL, *arguments, env=self.env, **options)

    def ctl_json(self, *arguments, code=DONE):
        return self.ctl(code, *arguments, "--json").json()

    def trust(self, issuer=True, reader=True):
        if issuer:
            self.ctl(DONE, "trust", "add", "issuer", self.pki / "iaca.pem")
        if reader:
            self.ctl(DONE, "trust", "add", "reader", self.pki / "reader-ca.pem")

    def new_key(self, *options, name="device"):
        path = self.bench.path(f"{name}.pem")
        self.ctl(DONE, "new-key", "--out", path, *options)
        return path

    def import_licence(self, *key_options, label="licence", sign_options=()):
        key = self.new_key(*key_options, name=label)
        licence = self.bench.sign(self.pki, key, f"{label}.mdoc", "--age-over", "18,21",
                                  *sign_options)
        return self.ctl_json("import", licence, "--label", label)

    def present(self, *options, stdin=subprocess.DEVNULL):
        """Returns: mdocctl present, and the engagement it printed."""
        process = Process(self, CTL, "present", "--print-engagement", *options, stdin=stdin,
                          name="present")
        line = process.read_line()
        if line.startswith("{"):
            line = json.loads(line)["uri"]
        assert line.startswith("mdoc:"), f"{line}\n{process.err}"
        return process, line

    def history(self):
        return self.ctl_json("history")

    # the reader

    def reader_command(self, engagement, *elements, signs=True, doctype="mdl", more=()):
        command = [READER, "request", "--engagement", engagement, "--trust",
                   self.pki / "iaca.pem", "--timeout", "20", "--json", "--doctype", doctype]
        for element in elements:
            command += ["--element", element]
        command += more
        if signs:
            command += ["--reader-cert", self.pki / "reader.pem", "--reader-key",
                        self.pki / "reader-key.pem"]
        return command

    def ask(self, code, engagement, *elements, **options):
        return expect(code, *self.reader_command(engagement, *elements, **options),
                      env=self.env).json()

    def start_reader(self, engagement, *elements, **options):
        return Process(self, *self.reader_command(engagement, *elements, **options),
                       name="reader")


def elements_of(response):
    return {element["element"] for document in response["documents"]
            for element in document["elements"]}


def error_name(result):
    return result.json()["error"]["name"]


def texts_of(data):
    """All that somebody could be told by in a person's data, longer than a few
    characters, so that it does not occur by chance."""
    if isinstance(data, dict):
        for value in data.values():
            yield from texts_of(value)
    elif isinstance(data, list):
        for value in data:
            yield from texts_of(value)
    elif isinstance(data, str) and len(data) >= 4:
        yield data


def values_of(world):
    """All texts that the credentials say of their person."""
    values = set(texts_of(json.loads((EXAMPLES / "mdl.json").read_text())))
    for info in world.ctl_json("list"):
        shown = world.ctl_json("show", info["id"], "--show-values")
        values |= {text for element in shown["elements"] for text in texts_of(element["value"])}
    assert len(values) > 12 and "Lindqvist" in values
    return values


def assert_no_values(world):
    """That the agent, which has logged all that it can, has not logged any."""
    log = world.agent.err
    assert "LEVEL=\"debug\"" in log
    for value in values_of(world):
        assert value not in log, value

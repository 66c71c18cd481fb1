#!/usr/bin/env python3
#
# test-port.py - a holder made of libmdoc alone meets mdoc-reader
#
# SPDX-FileCopyrightText: 2026 The mdoc agent authors
# SPDX-License-Identifier: Apache-2.0

import datetime
import os
import shlex
import socket
import subprocess

from programs import (BUILD, DENIED, DONE, IS_SANITIZED, READER, SOURCE, expect, main,
                      run)

# another build of it, such as one for another processor with what runs it
HOLDER = shlex.split(os.environ.get("MDOC_TEST_PORT_HOLDER",
                                    str(BUILD / "examples" / "port" / "port-holder")))
# what a port is to do without
SURROUNDINGS = ("gio", "gobject", "dbus", "bluetooth", "sqlite", "curl", "systemd")


class World:
    def __init__(self, bench, *sign_options):
        self.pki = bench.make_pki()
        self.key, public = bench.make_key()
        self.licence = bench.sign(self.pki, public, "licence", "--age-over", "21", *sign_options)
        self.runtime = bench.path("run")
        self.runtime.mkdir(mode=0o700)
        self.env = {**os.environ, "MDOC_RUNTIME_DIR": str(self.runtime)}

    def start(self, *command, answer="y"):
        holder = subprocess.Popen([*(command or HOLDER), self.licence, self.key],
                                  stdin=subprocess.PIPE, stdout=subprocess.PIPE,
                                  stderr=subprocess.PIPE, env=self.env, text=True)
        holder.engagement = holder.stdout.readline().strip()
        assert holder.engagement.startswith("mdoc:"), holder.communicate()
        holder.stdin.write(answer + "\n")
        holder.stdin.flush()
        return holder

    def request(self, code, holder, *options):
        return expect(code, READER, "request", "--engagement", holder.engagement, "--trust",
                      self.pki / "iaca.pem", "--timeout", "60", "--json", "--preset",
                      "age-over-21", *options, env=self.env, timeout=90)

    def connect(self):
        """As a reader that does not keep to the standard."""
        path, = self.runtime.iterdir()
        line = socket.socket(socket.AF_UNIX)
        line.connect(str(path))
        return line

    def finish(self, holder, code):
        out, err = holder.communicate(timeout=60)
        assert holder.returncode == code, (holder.returncode, out, err)
        assert not list(self.runtime.iterdir()), "a socket stays behind"
        return out, err


def shared(report):
    response, = report["responses"]
    assert response["verified"], report
    return {e["element"] for d in response["documents"] for e in d["elements"]}


def test_yes(bench):
    world = World(bench)
    holder = world.start()
    report = world.request(DONE, holder).json()
    assert shared(report) == {"portrait", "age_over_21"}
    out, _ = world.finish(holder, 0)
    assert "age_over_21" in out and "Share these?" in out


def test_no(bench):
    world = World(bench)
    holder = world.start(answer="n")
    report = world.request(DENIED, holder).json()
    assert report["responses"][0]["documents"] == []
    world.finish(holder, 0)


def test_not_in_date(bench):
    """Nobody is asked about what may not be shown."""
    tomorrow = datetime.datetime.utcnow() + datetime.timedelta(days=1)
    world = World(bench, "--valid-from", f"{tomorrow:%Y-%m-%dT%H:%M:%SZ}", "--valid-days", "3")
    holder = world.start()
    world.request(DENIED, holder)
    out, _ = world.finish(holder, 0)
    assert "Share these?" not in out


def test_reader_vanishes(bench):
    world = World(bench)
    for some in (b"", b"\x00\x00", b"\x00\x00\x01\x00half"):
        holder = world.start()
        with world.connect() as line:
            line.sendall(some)
        _, err = world.finish(holder, 1)
        assert "the reader has vanished" in err, err


def test_message_too_long(bench):
    world = World(bench)
    holder = world.start()
    with world.connect() as line:
        line.sendall(b"\x7f\xff\xff\xff")
        _, err = world.finish(holder, 1)
    assert "the message is too long" in err, err


def test_not_a_session(bench):
    world = World(bench)
    holder = world.start()
    with world.connect() as line:
        line.sendall(b"\x00\x00\x00\x01\xff")
        _, err = world.finish(holder, 1)
    assert err.startswith("holder: "), err


def test_bad_arguments(bench):
    result = run(*HOLDER)
    assert result.code == 1 and "usage: holder" in result.err, result
    result = run(*HOLDER, bench.write("junk", b"junk"), "/nonexistent")
    assert result.code == 1 and result.err.startswith("holder: "), result


def test_size(_):
    source = SOURCE / "examples" / "port" / "holder.c"
    assert len(source.read_text().splitlines()) < 400


# a library with a sanitizer in it does not link as an integrator's does
if not IS_SANITIZED:
    def test_installed(bench):
        """As an integrator: what was installed is enough to build it, and it needs
        no more than it says."""
        root = bench.path("root")
        expect(0, "meson", "install", "-C", BUILD, "--no-rebuild", "--destdir", root)
        pkg_config = next(root.rglob("libmdoc.pc"))
        prefix = pkg_config.read_text().splitlines()[0].partition("=")[2]
        pkg_config.write_text(pkg_config.read_text().replace(prefix, f"{root}{prefix}", 1))
        flags = expect(0, "pkg-config", "--cflags", "--libs", "libmdoc", env={
            **os.environ, "PKG_CONFIG_PATH": str(pkg_config.parent)}).out.split()
        library, = {flag[2:] for flag in flags if flag.startswith(f"-L{root}")}
        holder = bench.path("holder")
        expect(0, "cc", SOURCE / "examples" / "port" / "holder.c", "-o", holder, *flags,
               f"-Wl,-rpath,{library}")
        needed = expect(0, "ldd", holder).out
        assert f"{library}/libmdoc.so" in needed, needed
        assert not [name for name in SURROUNDINGS if f"lib{name}" in needed], needed

        world = World(bench)
        started = world.start(holder)
        assert shared(world.request(DONE, started).json()) == {"portrait", "age_over_21"}
        world.finish(started, 0)


if __name__ == "__main__":
    main(globals())

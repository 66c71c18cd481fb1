#!/usr/bin/env python3
#
# test-scan-qr.py - mdoc-reader takes the engagement from a picture
#
# SPDX-FileCopyrightText: 2026 The mdoc agent authors
# SPDX-License-Identifier: Apache-2.0

import os
import struct
import time
import zlib

from agents import SPACE, World, error_name
from programs import DONE, FAILED, NOTHING, PEER, READER, SOURCE, USAGE, expect, main

HAS_ZBAR = "MDOC_TEST_HAS_ZBAR" in os.environ
PICTURES = SOURCE / "tests" / "programs" / "pictures"


def png(width, height, rows=None):
    """A white picture, or the head of one."""

    def chunk(kind, content):
        return (struct.pack(">I", len(content)) + kind + content
                + struct.pack(">I", zlib.crc32(kind + content)))

    content = zlib.compress(b"\0" + b"\xff" * width) if rows is None else \
        zlib.compress((b"\0" + b"\xff" * width) * rows)
    return (b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, 8, 0,
                                                            0, 0, 0))
            + chunk(b"IDAT", content) + chunk(b"IEND", b""))


def scan(code, path, *options, stdin=b""):
    return expect(code, READER, "scan-qr", path, *options, stdin=stdin)


def show(world, bench):
    """Returns: a wallet, its engagement, and the picture that it draws of it."""
    path = bench.path("code.png")
    holder, engagement = world.present("--yes", "--qr", f"png:{path}")
    deadline = time.monotonic() + 20
    while not path.exists():
        assert time.monotonic() < deadline, holder.err
        time.sleep(0.01)
    return holder, engagement, path


def test_what_the_wallet_draws(bench):
    with World(bench) as world:
        world.trust()
        world.import_licence()
        holder, engagement, path = show(world, bench)
        if not HAS_ZBAR:
            result = scan(FAILED, path)
            assert "install ZBar" in result.err and "-Dzbar=enabled" in result.err
            assert error_name(scan(FAILED, path, "--json")) == "scan-unsupported"
            return
        assert scan(DONE, path).out == engagement + "\n"
        assert scan(DONE, "-", stdin=path.read_bytes()).out == engagement + "\n"
        report = scan(DONE, path, "--json").json()
        assert report["uri"] == engagement
        assert report["engagement"]["version"] == "1.0"
        assert report["engagement"]["methods"][0]["type"]

        # and all the way: from the picture to a document that verifies
        words = world.reader_command("", f"{SPACE}/family_name")
        words[2:4] = ["--engagement-image", path]
        response, = expect(DONE, *words, env=world.env).json()["responses"]
        assert response["verified"]
        holder.finish(DONE)


def test_what_is_wrong(bench):
    wrong = [
        (NOTHING, "scan-no-code", bench.write("white.png", png(100, 100, rows=100))),
        (NOTHING, "scan-other-code", PICTURES / "menu.png"),
        (FAILED, "scan-several", PICTURES / "several.png"),
        (PEER, "cbor-truncated", PICTURES / "broken-engagement.jpg"),
        (FAILED, "scan-limit", bench.write("wide.png", png(20000, 20000))),
        (FAILED, "scan-picture", bench.write("cut.png", png(100, 100))),
        (FAILED, "scan-picture", bench.write("code.txt", "mdoc:owBjMS4w")),
        (FAILED, "scan-camera", "/dev/null"),
    ]
    for code, name, path in wrong:
        if HAS_ZBAR:
            assert error_name(scan(code, path, "--json")) == name, path
    with bench.path("huge.png").open("wb") as huge:
        huge.truncate(32 * 1024 * 1024 + 1)
    assert error_name(scan(FAILED, bench.path("huge.png"), "--json")) == "file-limit"
    assert error_name(scan(NOTHING, bench.path("none.png"), "--json")) == "file-not-found"


def test_usage(bench):
    expect(USAGE, READER, "scan-qr")
    scan(USAGE, "code.png", "--timeout", "0")
    result = expect(USAGE, READER, "request", "--engagement", "mdoc:", "--engagement-image", "x",
                    "--preset", "age-over-18", "--trust", "x")
    assert "exclude" in result.err
    result = expect(USAGE, READER, "request", "--preset", "age-over-18", "--trust", "x")
    assert "--engagement-image" in result.err


if __name__ == "__main__":
    main(dict(globals()))

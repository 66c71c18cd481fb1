# programs.py - what the tests of whole programs share
#
# SPDX-FileCopyrightText: 2026 The mdoc agent authors
# SPDX-License-Identifier: Apache-2.0

"""A test is a function whose name begins with test_, run by main(), which
prints TAP. Each gets a Bench: a folder of its own and the programs."""

import json
import os
import pathlib
import resource
import subprocess
import sys
import tempfile
import time
import traceback

SOURCE = pathlib.Path(os.environ["MDOC_TEST_SOURCE_ROOT"])
BUILD = pathlib.Path(os.environ["MDOC_TEST_BUILD_ROOT"])
VECTORS = pathlib.Path(os.environ["MDOC_TEST_VECTORS"])
EXAMPLES = SOURCE / "data" / "examples"

# a sanitizer takes memory and time of its own
IS_SANITIZED = "MDOC_TEST_SANITIZED" in os.environ

ISSUER = BUILD / "issuer" / "mdoc-issuer"
READER = BUILD / "reader" / "mdoc-reader"
HOLDER = BUILD / "tests" / "programs" / "mdoc-test-holder"

DONE, FAILED, USAGE, NOTHING, DENIED, PEER, TIMEOUT = range(7)


class Result:
    """How a program ended, and what it took: CPU seconds, memory at its peak."""

    def __init__(self, arguments, process, out, err, seconds, max_rss_bytes):
        self.arguments = arguments
        self.code = process
        self.raw = out
        self.out = out.decode("utf-8", "replace")
        self.err = err.decode("utf-8", "replace")
        self.seconds = seconds
        self.max_rss_bytes = max_rss_bytes

    def json(self):
        return json.loads(self.out)

    def __str__(self):
        return (f"{' '.join(map(str, self.arguments))}\nexit {self.code}\n"
                f"stdout: {self.out[:2000]}\nstderr: {self.err[:2000]}")


def run(*arguments, stdin=b"", env=None, timeout=60, max_address_bytes=None):
    """Runs a program to its end; a crash or a hang fails the test."""

    def limit():
        resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
        if max_address_bytes and not IS_SANITIZED:
            resource.setrlimit(resource.RLIMIT_AS,
                               (max_address_bytes, max_address_bytes))

    arguments = [os.fspath(a) for a in arguments]
    with tempfile.TemporaryFile() as out, tempfile.TemporaryFile() as err, \
            tempfile.TemporaryFile() as feed:
        feed.write(stdin)
        feed.seek(0)
        start = time.monotonic()
        process = subprocess.Popen(arguments, stdin=feed, stdout=out, stderr=err,
                                   preexec_fn=limit, env={**os.environ, **(env or {})})
        deadline = start + timeout
        while True:
            pid, status, usage = os.wait4(process.pid, os.WNOHANG)
            if pid:
                break
            if time.monotonic() > deadline:
                process.kill()
                os.wait4(process.pid, 0)
                raise AssertionError(f"hangs: {' '.join(arguments)}")
            time.sleep(0.002)
        process.returncode = os.waitstatus_to_exitcode(status)
        # of the processor, which is the program's own doing
        seconds = usage.ru_utime + usage.ru_stime
        out.seek(0)
        err.seek(0)
        result = Result(arguments, process.returncode, out.read(), err.read(),
                        seconds, usage.ru_maxrss * 1024)
    if result.code < 0 or result.code > 6:
        raise AssertionError(f"crashed: {result}")
    for complaint in ("CRITICAL", "WARNING **", "Sanitizer", "runtime error:"):
        if complaint in result.err:
            raise AssertionError(f"a complaint: {result}")
    return result


def expect(code, *arguments, **options):
    """Runs a program that has to end with that code."""
    result = run(*arguments, **options)
    assert result.code == code, f"wanted exit {code}: {result}"
    return result


class Bench:
    """A folder that removes itself, with what several tests start from."""

    def __init__(self):
        self._folder = tempfile.TemporaryDirectory(prefix="mdoc-programs-")
        self.folder = pathlib.Path(self._folder.name)

    def close(self):
        self._folder.cleanup()

    def path(self, name):
        return self.folder / name

    def write(self, name, content):
        path = self.path(name)
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
        return path

    def make_pki(self, name="pki", *options):
        expect(DONE, ISSUER, "make-pki", "--country", "UT", "--out", self.path(name),
               *options)
        return self.path(name)

    def make_key(self, name="device", curve="prime256v1"):
        key, public = self.path(f"{name}-key.pem"), self.path(f"{name}.pem")
        openssl("genpkey", "-algorithm", "EC", "-pkeyopt", f"ec_paramgen_curve:{curve}",
                "-out", key)
        openssl("pkey", "-in", key, "-pubout", "-out", public)
        return key, public

    def sign(self, pki, public, name="licence.mdoc", *options, doctype="mdl", data=None):
        out = self.path(name)
        expect(DONE, ISSUER, "sign", "--doctype", doctype,
               "--data", data or EXAMPLES / f"{doctype}.json", "--ds", pki,
               "--device-key", public, "--out", out, *options)
        return out


def openssl(*arguments, stdin=b""):
    result = run("openssl", *arguments, stdin=stdin)
    assert result.code == 0, str(result)
    return result


def main(namespace):
    tests = [(name[5:].replace("_", "-"), function)
             for name, function in namespace.items() if name.startswith("test_")]
    print(f"1..{len(tests)}")
    failed = 0
    for number, (name, function) in enumerate(tests, 1):
        bench = Bench()
        try:
            function(bench)
            print(f"ok {number} {name}", flush=True)
        except Exception:
            failed += 1
            for line in traceback.format_exc().splitlines():
                print(f"# {line}")
            print(f"not ok {number} {name}", flush=True)
        finally:
            bench.close()
    sys.exit(1 if failed else 0)

#!/usr/bin/env python3
#
# test-request.py - mdoc-reader request against a holder, well and ill behaved
#
# SPDX-FileCopyrightText: 2026 The mdoc agent authors
# SPDX-License-Identifier: Apache-2.0

import json
import os
import stat
import subprocess

from programs import (DENIED, DONE, EXAMPLES, FAILED, HOLDER, NOTHING, PEER, READER,
                      TIMEOUT, USAGE, expect, main, run)

SPACE = "org.iso.18013.5.1"


class Holder:
    """The other side: a process that holds one session."""

    def __init__(self, world, *options, licence=None, key=None):
        self.process = subprocess.Popen(
            [HOLDER, "serve", "--issued", licence or world.licence, "--device-key",
             key or world.device_key, *options], stdout=subprocess.PIPE,
            stderr=subprocess.PIPE, env=world.env, text=True)
        self.engagement = self.process.stdout.readline().strip()
        assert self.engagement.startswith("mdoc:"), self.process.stderr.read()

    def finish(self):
        """Returns: what the holder said; it has to have come to its end."""
        _, err = self.process.communicate(timeout=60)
        return err

    def __enter__(self):
        return self

    def __exit__(self, *_):
        if self.process.poll() is None:
            self.process.kill()
        self.process.stdout.close()
        self.process.stderr.close()
        self.process.wait()


class World:
    """A licence in a holder's hands, and a folder to meet in."""

    def __init__(self, bench, *sign_options):
        self.bench = bench
        self.pki = bench.make_pki()
        self.device_key, self.public = bench.make_key()
        self.licence = bench.sign(self.pki, self.public, "licence", "--age-over", "21",
                                  *sign_options)
        runtime = bench.path("run")
        runtime.mkdir(mode=0o700)
        self.env = {**os.environ, "MDOC_RUNTIME_DIR": str(runtime)}

    def request(self, code, holder, *options, asked=("--preset", "age-over-21"), trust="iaca"):
        engagement = holder if isinstance(holder, str) else holder.engagement
        return expect(code, READER, "request", "--engagement", engagement, "--trust",
                      self.pki / f"{trust}.pem", "--timeout", "60", "--json", *asked, *options,
                      env=self.env, timeout=90)


def elements(response):
    return {e["element"] for d in response["documents"] for e in d["elements"]}


def test_answer(bench):
    world = World(bench)
    for mac in ((), ("--mac",)):
        with Holder(world, *mac) as holder:
            report = world.request(DONE, holder).json()
            assert "closed in order" in holder.finish()
        response, = report["responses"]
        assert report["verified"] and response["verified"]
        assert elements(response) == {"portrait", "age_over_21"}
        assert response["notReturned"] == [] and response["notAskedFor"] == []
        assert response["documents"][0]["deviceAuth"] == ("mac" if mac else "signature")


def test_curves(bench):
    world = World(bench)
    for curve in ("P-256", "P-384", "P-521", "brainpoolP256r1", "X25519", "X448"):
        with Holder(world, "--curve", curve) as holder:
            world.request(DONE, holder, "--curve", curve)
    with Holder(world, "--curve", "P-384") as holder:
        result = world.request(FAILED, holder, "--curve", "P-256")
        assert "P-384" in result.err, result
    # a MAC takes a device key on the curve of the session
    with Holder(world, "--mac") as holder:
        world.request(DONE, holder)


def test_values(bench):
    world = World(bench)
    asked = ("--doctype", "mdl", "--element", "family_name", "--element",
             f"{SPACE}/birth_date:retain")
    with Holder(world, "--save-request", bench.path("asked")) as holder:
        out = expect(DONE, READER, "request", "-e", holder.engagement, "--trust",
                     world.pki / "iaca.pem", *asked, env=world.env).out
    assert "Lindqvist" not in out and "family_name = ***" in out and out.endswith("verified\n")
    summary = expect(DONE, READER, "inspect", bench.path("asked"), "--json").json()["summary"]
    assert [(e["element"], e["intentToRetain"]) for e in summary["docRequests"][0]["elements"]] \
        == [("family_name", False), ("birth_date", True)]
    assert not summary["docRequests"][0]["readerAuth"]
    with Holder(world) as holder:
        report = world.request(DONE, holder, "--show-values", asked=asked).json()
    values = {e["element"]: e["value"] for e in report["responses"][0]["documents"][0]["elements"]}
    assert values == {"family_name": "Lindqvist", "birth_date": "1989-02-28"}


def test_saved_files(bench):
    world = World(bench)
    paths = {name: bench.path(name) for name in ("response", "transcript", "key", "portrait")}
    with Holder(world, "--mac") as holder:
        world.request(DONE, holder, "--save-response", paths["response"], "--save-transcript",
                      paths["transcript"], "--save-key", paths["key"], "--out",
                      paths["portrait"])
    assert paths["portrait"].read_bytes() == (EXAMPLES / "portrait.jpg").read_bytes()
    for name in ("response", "key", "portrait"):
        assert stat.S_IMODE(paths[name].stat().st_mode) == 0o600, name
    report = expect(DONE, READER, "verify", paths["response"], "--transcript",
                    paths["transcript"], "--reader-key", paths["key"], "--trust",
                    world.pki / "iaca.pem", "--json").json()
    assert elements(report) == {"portrait", "age_over_21"}

    # nothing is saved as a portrait that does not verify
    with Holder(world) as holder:
        result = world.request(PEER, holder, "--out", bench.path("none"), trust="reader-ca")
    assert not bench.path("none").exists() and "portrait" in result.err


def test_reader_auth(bench):
    world = World(bench)
    identity = ("--reader-cert", world.pki / "reader.pem", "--reader-key",
                world.pki / "reader-key.pem")
    for options, alone, together in ((identity, True, 0),
                                     ((*identity, "--reader-auth-all"), False, 1)):
        with Holder(world, "--save-request", bench.path("asked")) as holder:
            world.request(DONE, holder, *options)
        summary = expect(DONE, READER, "inspect", bench.path("asked"), "--json").json()["summary"]
        assert summary["docRequests"][0]["readerAuth"] == alone, summary
        assert summary["readerAuthAll"] == together, summary
    for options in (("--reader-cert", world.pki / "ds.pem", "--reader-key",
                     world.pki / "reader-key.pem"),):
        assert "belong" in world.request(FAILED, "mdoc:x", *options).err
    world.request(USAGE, "mdoc:x", "--reader-cert", world.pki / "reader.pem")
    world.request(USAGE, "mdoc:x", "--reader-auth-all")


def test_several_requests(bench):
    world = World(bench)
    asked = ("--preset", "age-over-21", "--then", "--doctype", "mdl", "--element",
             "family_name", "--then", "--doctype", "pid", "--preset", "identity")
    path = bench.path("response")
    with Holder(world) as holder:
        report = world.request(DENIED, holder, "--save-response", path, asked=asked).json()
        assert "closed in order" in holder.finish()
    first, second, third = report["responses"]
    assert first["verified"] and second["verified"] and not third["verified"]
    assert elements(second) == {"family_name"}
    assert third["documentErrors"][0]["docType"] == "eu.europa.ec.eudi.pid.1"
    assert len(third["notReturned"]) == 7 and not report["verified"]
    for name in ("response", "response.2", "response.3"):
        assert bench.path(name).exists()
    with Holder(world) as holder:
        out = expect(DENIED, READER, "request", "-e", holder.engagement, "--trust",
                     world.pki / "iaca.pem", *asked, env=world.env).out
    assert [line for line in out.splitlines() if line.startswith("---")] == [
        f"--- request {n} ---" for n in (1, 2, 3)]


def test_several_documents(bench):
    world = World(bench)
    asked = ("--doctype", "mdl", "--element", "family_name", "--doctype", "pid", "--element",
             "family_name")
    with Holder(world) as holder:
        report = world.request(DONE, holder, asked=asked).json()
    response, = report["responses"]
    assert response["verified"] and elements(response) == {"family_name"}
    assert response["notReturned"] == ["eu.europa.ec.eudi.pid.1 eu.europa.ec.eudi.pid.1/family_name"]


def test_ill_behaved(bench):
    world = World(bench)
    for behaviour, code, name in (("deny", DENIED, None), ("status-10", DENIED, None),
                                  ("status-11", PEER, None), ("status-12", PEER, None),
                                  ("flip", PEER, None), ("broken", PEER, None),
                                  ("overshare", DONE, None),
                                  ("terminate", DENIED, "denied"),
                                  ("cannot-decrypt", PEER, "holder-error"),
                                  ("garbage", PEER, "session-cbor"),
                                  ("vanish", PEER, "loopback-vanished"),
                                  ("close", PEER, "closed"),
                                  ("answer-and-end", DONE, None)):
        with Holder(world, "--behave", behaviour) as holder:
            report = world.request(code, holder).json()
            assert report["verified"] == (code == DONE), (behaviour, report)
            assert report.get("error", {}).get("name") == name, (behaviour, report)
            holder.finish()
        if code == PEER and not name:
            assert not elements(report["responses"][0]), behaviour
        if behaviour == "overshare":
            unasked = report["responses"][0]["notAskedFor"]
            assert f"org.iso.18013.5.1.mDL {SPACE}/family_name" in unasked


def test_first_good_then_bad(bench):
    world = World(bench)
    asked = ("--preset", "age-over-21", "--then", "-p", "identity")
    for behaviour, code in (("answer,terminate", DENIED), ("answer,vanish", PEER),
                            ("answer,flip", PEER), ("answer-and-end", PEER),
                            ("deny,flip", PEER), ("flip,deny", PEER), ("deny,answer", DENIED)):
        with Holder(world, "--behave", behaviour) as holder:
            report = world.request(code, holder, asked=asked).json()
        assert report["responses"][0]["verified"] == behaviour.startswith("answer"), behaviour
        assert not report["verified"]


def test_timeout(bench):
    world = World(bench)
    with Holder(world, "--behave", "hang") as holder:
        result = expect(TIMEOUT, READER, "request", "-e", holder.engagement, "--preset",
                        "identity", "--trust", world.pki / "iaca.pem", "--timeout", "1",
                        env=world.env, timeout=60)
        assert "[timeout]" in result.err, result
        # the holder is told that it is over
        assert "ended: peer-terminated" in holder.finish()


def test_nobody_there(bench):
    world = World(bench)
    with Holder(world) as holder:
        engagement = holder.engagement
    for path in bench.path("run").iterdir():
        path.unlink()
    result = world.request(NOTHING, engagement)
    assert result.json()["error"]["name"] == "loopback-not-found"
    with Holder(world, "--nfc") as holder:
        result = world.request(FAILED, holder)
        assert result.json()["error"]["name"] == "no-transport"
    world.env["MDOC_RUNTIME_DIR"] = str(bench.path("nowhere"))
    assert "no runtime directory" in world.request(NOTHING, engagement).err
    bench.path("nowhere").mkdir()
    bench.path("nowhere").chmod(0o755)
    result = world.request(FAILED, engagement)
    assert result.json()["error"]["name"] == "loopback-directory", result


def test_expired(bench):
    world = World(bench)
    with Holder(world) as holder:
        report = world.request(PEER, holder, "--at", "2099-01-01").json()
    failed = {c["name"] for c in report["responses"][0]["documents"][0]["checks"]
              if c["outcome"] == "failed"}
    assert "validity" in failed and not elements(report["responses"][0])


def test_engagement_sources(bench):
    world = World(bench)
    with Holder(world) as holder:
        world.request(DONE, f"@{bench.write('qr.txt', holder.engagement + chr(10))}")
    with Holder(world) as holder:
        result = run(READER, "request", "-e", "-", "--preset", "age-over-21", "--trust",
                     world.pki / "iaca.pem", env=world.env, stdin=holder.engagement.encode())
        assert result.code == DONE, result


def test_engagement_texts(bench):
    world = World(bench)
    for text, name in (("mdoc:", "cbor-truncated"), ("http://x", "engagement-scheme"),
                       ("mdoc://x", "engagement-of-reader"), ("mdoc:@", "engagement-encoding"),
                       ("mdoc:oA", "cbor-schema"), ("", "engagement-scheme")):
        result = world.request(PEER, text)
        assert result.json()["error"]["name"] == name, result
    world.request(NOTHING, f"@{bench.path('none')}")


def test_asking(bench):
    world = World(bench)
    for asked in ((), ("--then",), ("--doctype", "mdl"), ("--doctype", "nosuch"),
                  ("--element", "family_name"), ("--doctype", "mdl", "--element", "nosuch"),
                  ("--doctype", "mdl", "--element", "/x"), ("--doctype", "mdl", "--element", "x/"),
                  ("--preset", "nosuch"), ("--doctype", "org.example.1", "--preset", "identity"),
                  ("--preset", "identity", "--then"),
                  ("--doctype", "mdl", "--doctype", "pid", "--element", "family_name"),
                  ("--preset", "identity") + ("--then", "--preset", "identity") * 16):
        result = world.request(FAILED, "mdoc:x", asked=asked)
        assert result.json()["error"]["name"] == "input", result
    for options in (("--timeout", "0"), ("--timeout", "3601"), ("--transport", "pigeon"),
                    ("--curve", "P-1"), ("--at", "noon"), ("--nosuch",), ("--preset",)):
        expect(USAGE, READER, "request", "-e", "mdoc:x", "--trust", world.pki / "iaca.pem",
               "--preset", "identity", *options)
    expect(USAGE, READER, "request", "--preset", "identity")
    expect(USAGE, READER, "request", "-e", "mdoc:x", "--preset", "identity")
    # a type nobody has told us of can be asked for by its whole names
    with Holder(world) as holder:
        report = world.request(DENIED, holder, asked=("--doctype", "org.example.1", "--element",
                                                      "org.example/x")).json()
    assert report["responses"][0]["notReturned"] == ["org.example.1 org.example/x"]


def test_own_doc_types(bench):
    world = World(bench)
    folder = bench.path("types")
    folder.mkdir()
    expect(FAILED, READER, "request", "-e", "mdoc:x", "--preset", "identity", "--trust",
           world.pki / "iaca.pem", "--doctypes", folder)
    expect(NOTHING, READER, "request", "-e", "mdoc:x", "--preset", "identity", "--trust",
           world.pki / "iaca.pem", "--doctypes", bench.path("none"))
    (folder / "bad.ini").write_text("[what]\n")
    result = expect(FAILED, READER, "request", "-e", "mdoc:x", "--preset", "identity", "--trust",
                    world.pki / "iaca.pem", "--doctypes", folder, "--json")
    assert json.loads(result.out)["error"]["name"].startswith("doctype-") and "bad.ini" in result.err


if __name__ == "__main__":
    main(dict(globals()))

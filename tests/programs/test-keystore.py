#!/usr/bin/env python3
#
# test-keystore.py - presenting with keys that never leave a TPM or a token
#
# SPDX-FileCopyrightText: 2026 The mdoc agent authors
# SPDX-License-Identifier: Apache-2.0

import os
import signal

from agents import SPACE, World, elements_of
from programs import DENIED, DONE, FAILED, USAGE, expect, main, run

NAME = f"{SPACE}/family_name"
MODULE = "/usr/lib/softhsm/libsofthsm2.so"
PIN = "258036"


class Tpm:
    """A swtpm that listens where it is ready before its command ends."""

    def __init__(self, bench):
        self.folder = bench.path("tpm")
        self.folder.mkdir()
        self.start()

    def start(self):
        expect(0, "swtpm", "socket", "--tpm2", "--tpmstate", f"dir={self.folder}",
               "--server", f"type=unixio,path={self.folder / 'sock'}",
               "--ctrl", f"type=unixio,path={self.folder / 'sock.ctrl'}",
               "--flags", "not-need-init", "--daemon", "--pid", f"file={self.folder / 'pid'}")
        self.pid = int((self.folder / "pid").read_text())

    def kill(self):
        if self.pid:
            os.kill(self.pid, signal.SIGKILL)
        self.pid = 0

    def __enter__(self):
        return f"tpm:swtpm:path={self.folder / 'sock'}"

    def __exit__(self, *_):
        self.kill()


class Token:
    """A token of SoftHSM; the agent finds its folder by the environment."""

    def __init__(self, bench):
        self.folder = bench.path("token")
        (self.folder / "tokens").mkdir(parents=True)
        self.pin = bench.write("pin", PIN)
        self.pin.chmod(0o600)
        self.conf = bench.write("softhsm2.conf",
                                f"directories.tokendir = {self.folder / 'tokens'}\n")
        os.environ["SOFTHSM2_CONF"] = str(self.conf)
        expect(0, "softhsm2-util", "--init-token", "--free", "--label", "wallet",
               "--pin", PIN, "--so-pin", PIN)

    def count_objects(self):
        return sum(1 for path in self.folder.rglob("*.object") if path.name != "token.object")

    def __enter__(self):
        return f"pkcs11:token=wallet?module-path={MODULE}&pin-source=file:{self.pin}"

    def __exit__(self, *_):
        del os.environ["SOFTHSM2_CONF"]


def present(world, code=DONE):
    holder, engagement = world.present("--yes")
    report = world.ask(code, engagement, NAME)
    holder.process.communicate(timeout=20)
    return report


def presents_both_ways(world):
    for auth in ("signature", "mac"):
        credential = world.import_licence("--auth", auth, label=auth)["id"]
        response, = present(world)["responses"]
        assert response["verified"] and elements_of(response) == {"family_name"}
        assert response["documents"][0]["deviceAuth"] == auth
        world.ctl(DONE, "remove", credential, "--yes")


def problems(world):
    return {store["kind"]: store["problem"] for store in world.ctl_json("status")["keyStores"]}


def test_tpm(bench):
    tpm = Tpm(bench)
    with tpm as spec, World(bench, f"--key-store={spec}") as world:
        world.trust()
        assert world.ctl_json("new-key")["kind"] == "tpm"
        assert world.ctl_json("new-key", "--store=software")["kind"] == "software"
        presents_both_ways(world)

        # taken away, and given back
        world.import_licence()
        tpm.kill()
        assert problems(world)["software"] == "" and "no TPM" in problems(world)["tpm"]
        result = world.ctl(FAILED, "new-key")
        assert "no TPM" in result.err, result
        report = present(world, DENIED)
        assert report["responses"][0]["documents"] == []
        tpm.start()
        assert present(world)["verified"]
        assert problems(world) == {"software": "", "tpm": ""}


def test_token(bench):
    token = Token(bench)
    with token as spec, World(bench, f"--key-store={spec}") as world:
        world.trust()
        presents_both_ways(world)
        # what was removed is not in the token either
        assert token.count_objects() == 0
        key = world.ctl_json("new-key")
        assert key["kind"] == "pkcs11" and token.count_objects() == 2
        assert problems(world) == {"software": "", "pkcs11": ""}


def test_started_without(bench):
    """The key is not lost, but of no use; nor is it thought to be removed."""
    token = Token(bench)
    with token as spec, World(bench, f"--key-store={spec}") as world:
        world.trust()
        world.import_licence()
        world.stop_agent()
        world.start_agent()
        assert present(world, DENIED)["responses"][0]["documents"] == []
        result = world.ctl(USAGE, "new-key", "--store=pkcs11")
        assert "--key-store" in result.err, result
        assert token.count_objects() == 2
        world.stop_agent()
        world.start_agent(f"--key-store={spec}")
        assert present(world)["verified"]


def test_wrong_pin(bench):
    token = Token(bench)
    with token as spec, World(bench, starts=False) as world:
        token.pin.write_text("000000")
        world.start_agent(f"--key-store={spec}")
        assert "PIN" in problems(world)["pkcs11"]
        result = world.ctl(FAILED, "new-key")
        assert "does not accept the PIN" in result.err and "000000" not in world.agent.err, result


def test_usage(bench):
    with World(bench, starts=False) as world:
        for spec, said in (("cupboard", "software"), ("tpm:", "device:/dev/tpmrm0"),
                           ("pkcs11:token=wallet?pin-value=12345678", "pin-source")):
            result = run(*world.agent_command(f"--key-store={spec}"), env=world.env)
            assert result.code == USAGE and said in result.err, result
            assert "12345678" not in result.err


if __name__ == "__main__":
    main(globals())

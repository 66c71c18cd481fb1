#!/usr/bin/env python3
#
# test-issuer.py - mdoc-agent claims from an issuer that is not ours
#
# SPDX-FileCopyrightText: 2026 The mdoc agent authors
# SPDX-License-Identifier: Apache-2.0

"""The issuer is issuer.mjs, made of @openid4vc/openid4vci and
@openid4vc/oauth2, which verifies what our agent sends; what it hands out,
mdoc-issuer signs. Prints TAP. MDOC_PEERS is the folder into which npm fetched
the peers."""

import json
import os
import pathlib
import re
import ssl
import subprocess
import sys
import urllib.request

HERE = pathlib.Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parent / "programs"))

# pylint: disable=wrong-import-position
from agents import CTL, Process, World  # noqa: E402
from programs import DENIED, DONE, EXAMPLES, ISSUER, main  # noqa: E402
from vci import Key, make_certificate, to_pem  # noqa: E402


class Elsewhere(World):
    """An agent, and the issuer that it trusts."""

    def __init__(self, bench, **wanted):
        super().__init__(bench, starts=False)
        key = Key()
        tls_key = bench.write("tls-key.pem", key.pem())
        self.anchors = bench.write("tls.pem", to_pem(make_certificate(
            key, "127.0.0.1", address="127.0.0.1")))
        wanted.update(key=str(tls_key), cert=str(self.anchors), folder=str(bench.folder),
                      sign=[str(ISSUER), "sign", "--doctype", "mdl", "--data",
                            str(EXAMPLES / "mdl.json"), "--ds", str(self.pki)])
        self.log = open(bench.path("issuer.log"), "w+", encoding="utf-8")
        self.issuer = subprocess.Popen(
            ["node", HERE / "issuer.mjs", json.dumps(wanted)], stdout=subprocess.PIPE,
            stderr=self.log, text=True,
            env={**os.environ, "NODE_EXTRA_CA_CERTS": str(self.anchors)})
        self.offer = json.loads(self.issuer.stdout.readline())["offer"]
        self.start_agent("--tls-anchors", self.anchors)
        self.trust()

    def __exit__(self, kind, *rest):
        super().__exit__(kind, *rest)
        self.issuer.kill()
        self.issuer.wait()
        self.issuer.stdout.close()
        self.log.seek(0)
        said = self.log.read()
        self.log.close()
        if kind is not None:
            print("# " + said.replace("\n", "\n# "))

    def claim(self, *options, code=DONE):
        return self.ctl(code, "claim", self.offer, "--json", *options)

    def check(self, n_copies=1):
        """Accepted, valid, and the issuer was told so."""
        [info] = self.ctl_json("list")
        assert info["state"] == "valid", info
        shown = self.ctl_json("show", info["id"])
        assert len(shown["generations"][0]["uses"]) == n_copies, shown
        told = json.loads(self.issuer.stdout.readline())
        assert told["notification_id"] == "n-1" and told["event"] == "credential_accepted"


def test_pre_authorized_with_transaction_code(bench):
    with Elsewhere(bench, txCode="123456") as world:
        refused = world.claim("--accept", code=DENIED)
        assert refused.code == DENIED
        offer, = world.ctl_json("offers")
        world.ctl(DONE, "claim", offer["id"], "--tx-code", "123456", "--accept", "--json")
        world.check()


def test_pre_authorized_without_transaction_code(bench):
    with Elsewhere(bench) as world:
        claimed = world.claim("--accept").json()
        assert claimed["issuerName"] == "An issuer from elsewhere", claimed
        world.check()


def test_batch_of_ten(bench):
    with Elsewhere(bench) as world:
        world.claim("--accept", "--copies", "10")
        world.check(10)


def test_deferred_over_a_restart(bench):
    with Elsewhere(bench, deferrals=2) as world:
        offer = world.claim().json()
        assert offer["state"] == "deferred_wait" and offer["next"], offer
        world.stop_agent()
        world.start_agent("--tls-anchors", world.anchors)
        claimed = world.ctl_json("claim", offer["id"], "--wait")
        assert claimed["state"] == "received", claimed
        accepted = world.ctl_json("accept", offer["id"])
        assert accepted["state"] == "accepted", accepted


def test_authorization_code(bench):
    with Elsewhere(bench, code=True) as world:
        process = Process(world, CTL, "claim", world.offer, "--accept", "--json", name="claim")
        process.wait_for("/authorize?")
        [url] = re.findall(r"https://\S+/authorize\?\S+", process.err)
        # a browser of one line, which trusts the issuer
        context = ssl.create_default_context(cafile=str(world.anchors))
        opener = urllib.request.build_opener(urllib.request.HTTPSHandler(context=context))
        assert opener.open(url, timeout=60).status == 200
        process.finish(DONE)
        world.check()


def test_refresh(bench):
    """A new generation with a refreshed token, by the standard alone."""
    with Elsewhere(bench) as world:
        world.claim("--accept")
        world.check()
        [info] = world.ctl_json("list")
        [outcome] = world.ctl_json("renew", info["id"])
        assert outcome["outcome"] == "done", outcome
        shown = world.ctl_json("show", info["id"])
        assert [generation["state"] for generation in shown["generations"]] == [
            "current", "superseded"], shown


if __name__ == "__main__":
    main(globals())

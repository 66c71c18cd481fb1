# pair.py - an issuing platform that runs, and a holder who trusts it
#
# SPDX-FileCopyrightText: 2026 The mdoc agent authors
# SPDX-License-Identifier: Apache-2.0

"""The world of the tests in which mdoc-agent and mdoc-issuer serve meet: over TLS
and the command lines that people use; nothing of either is replaced."""

import base64
import json
import shutil
import time

from agents import CTL
from programs import DONE, EXAMPLES, ISSUER, SOURCE, expect, openssl, run
from trouble import TroubledWorld
from vci import Platform

SPACE = "org.iso.23220.1"
DAY_S = 24 * 3600


def claims(**more):
    portrait = (EXAMPLES / "portrait.jpg").read_bytes()
    return {"family_name": "Lindqvist", "given_name": "Mara Elin", "birth_date": "1989-02-28",
            "portrait": base64.urlsafe_b64encode(portrait).rstrip(b"=").decode(),
            "issue_date": "2025-03-14", "expiry_date": "2035-03-13",
            "issuing_authority": "Utopia Civil Registry", "issuing_country": "UT",
            "age_over_18": True, **more}


class Pair(TroubledWorld):
    """An issuing platform that runs, and a holder who trusts it."""

    def __init__(self, bench, *serve_options, agent_options=(), profile=None, **issuance):
        super().__init__(bench, starts=False)
        self.agent_options = agent_options
        profiles = bench.path("profiles")
        shutil.copytree(SOURCE / "data" / "profiles", profiles)
        if issuance or profile:
            photo_id = json.loads((profiles / "photoid.json").read_text())
            photo_id["issuance"].update(issuance)
            (profiles / "photoid.json").write_text(json.dumps({**photo_id, **(profile or {})}))
        # for longer than the clocks are moved
        openssl("req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1",
                "-nodes", "-keyout", bench.path("tls-key.pem"), "-out", bench.path("tls.pem"),
                "-days", "800", "-subj", "/CN=127.0.0.1",
                "-addext", "subjectAltName=IP:127.0.0.1")
        self.key = bench.path("admin.key")
        expect(DONE, ISSUER, "make-admin-key", "--name", "alice", "--role", "configure",
               "--keys", bench.path("admin.keys"), "--out", self.key)
        self.serve_options = ["--admin-key-file", bench.path("admin.keys"),
                              "--profiles", profiles, *serve_options]
        self.issuer = Platform(bench, *self.serve_options)
        self.issuer.start()
        self.start()
        self.trust()

    def start(self):
        self.start_agent("--tls-anchors", self.bench.path("tls.pem"), *self.agent_options)

    def __exit__(self, *arguments):
        super().__exit__(*arguments)
        self.issuer.__exit__(*arguments)

    # the operator

    def operate(self, verb, *arguments, code=DONE):
        return expect(code, ISSUER, verb, "--server", self.issuer.url, "--key-file", self.key,
                      "--ca", self.bench.path("tls.pem"), *arguments)

    def offer(self, *options, **more):
        path = self.bench.write("claims.json", json.dumps(claims(**more)))
        return self.operate("offer", "--profile", "photoid", "--claims", path, "--json",
                            *options).json()

    def events(self):
        return [json.loads(line) for line in
                self.operate("events", "--json").out.splitlines()]

    def types(self):
        return [event["type"].removeprefix("openid.credential.") for event in self.events()]

    def wait_for_types(self, *wanted):
        """Until all of these have happened. Returns: all types."""
        for _ in range(600):
            types = self.types()
            if all(types.count(name) >= wanted.count(name) for name in wanted):
                return types
            self.ctl(DONE, "status")
        raise AssertionError((wanted, types))

    # the holder

    def claim(self, offer, *options, code=DONE):
        if offer.get("txCode"):
            options = ("--tx-code", offer["txCode"], *options)
        return self.ctl(code, "claim", offer["uri"], "--json", *options)

    def have(self, *options, **more):
        """A credential, accepted, and its midUid."""
        self.claim(self.offer(*options, **more), "--label", "photo", "--accept")
        self.wait_for_types("credential_accepted", "mIDClaimed")
        return self.device()["midUid"]

    def device(self):
        return self.get("/admin/v1/device-credentials")["deviceCredentials"][0]

    def get(self, path):
        return self.administer("GET", path, None).json()

    def put(self, path, content):
        return self.administer("PUT", path, json.dumps(content))

    def administer(self, method, path, body):
        secret = self.key.read_text().strip()
        answer = self.issuer.ask(method, path, body, {"Authorization": f"Bearer {secret}",
                                                      "Content-Type": "application/json"})
        assert answer.status in (200, 201, 202, 204), str(answer)
        return answer

    def standing(self):
        info, = self.ctl_json("list")
        return info["state"]

    def show(self, code, *elements):
        """To a reader. Returns: what it was told."""
        process, engagement = self.present("--consent", "all")
        answer = self.ask(code, engagement, *[f"{SPACE}/{name}" for name in elements],
                          doctype="photoid")
        process.process.communicate(timeout=30)
        return answer["responses"][0]

    def values(self):
        shown = self.ctl_json("show", "photo", "--show-values")
        return {element["element"]: element["value"] for element in shown["elements"]}

    def settle(self):
        """Until nothing goes on by itself, but for what waits for its day."""
        for offer in self.ctl_json("offers"):
            run(CTL, "claim", offer["id"], env=self.env)
        run(CTL, "sync", env=self.env)
        deadline = time.monotonic() + 150  # a notice is tried again after up to a minute
        while time.monotonic() < deadline:
            busy = [job for job in self.ctl_json("jobs")
                    if job["kind"] != "sync" and (job["kind"], job["step"]) != ("renew", "wait")]
            if not busy and self.ctl_json("status")["notices"] == 0:
                return
            self.ctl(DONE, "show", "--help")
            if busy and busy[0]["kind"] == "renew":
                run(CTL, "renew", busy[0]["credential"], env=self.env)
        raise AssertionError(busy)

    def agree(self):
        """What both sides have, and what was told of it."""
        listed = self.ctl_json("list")
        devices = self.get("/admin/v1/device-credentials?limit=100")["deviceCredentials"]
        alive = [device for device in devices if device["state"] == "active"]
        assert len(alive) == len(listed), (
            [(device["midUid"], device["state"], device["generation"]) for device in devices],
            [(info["label"], info["state"]) for info in listed],
            [(offer["label"], offer["state"], offer["problemName"])
             for offer in self.ctl_json("offers", "--all")])
        for info in listed:
            assert info["state"] == "valid", info
        types = self.types()
        claimed = [device for device in devices if device["state"] in ("active", "removed")]
        assert types.count("mIDClaimed") == len(claimed), (types, devices)
        assert types.count("deviceCredentialRemoved") == len(claimed) - len(alive)
        keys = self.ctl_json("list", "--keys")
        assert all(key["credential"] for key in keys), keys
        assert self.ctl_json("store", "check") == {"findings": []}

    def move_clocks(self, seconds):
        self.issuer.stop()
        self.issuer.options = [*self.serve_options, "--clock-offset", str(seconds)]
        self.issuer.start()
        self.stop_agent()
        self.set(clock_offset_s=seconds)
        self.start()

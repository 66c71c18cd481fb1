# lifecycle.py - an agent and an issuing platform, both ours, both real
#
# SPDX-FileCopyrightText: 2026 The mdoc agent authors
# SPDX-License-Identifier: Apache-2.0

import datetime
import html
import ipaddress
import json
import re
import subprocess
import time
import urllib.parse
import urllib.request

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.x509.oid import NameOID

from administered import BY_ITSELF
from agents import World
from programs import BUILD, DONE, ISSUER, SOURCE, expect
from serving import claims
from trouble import TroubledWorld
from vci import JSON, Key, Platform, to_pem

PHOTO_ID = "org.iso.23220.photoid.1"
NAMES = "org.iso.23220.1"
WALLET = BUILD / "tests" / "net" / "mdoc-test-wallet"


class Instance:
    """mdoc-test-wallet, asked line by line: no more than the client of platforms."""

    def __init__(self, platform, link):
        self.process = subprocess.Popen([WALLET, platform.bench.path("tls.pem"), link],
                                        stdin=subprocess.PIPE, stdout=subprocess.PIPE,
                                        text=True)

    def __enter__(self):
        return self

    def __exit__(self, kind, *rest):
        self.process.stdin.close()
        code = self.process.wait(60)
        self.process.stdout.close()
        assert kind is not None or code == 0, code

    def ask(self, *words):
        self.process.stdin.write(" ".join(map(str, words)) + "\n")
        self.process.stdin.flush()
        return json.loads(self.process.stdout.readline())

    def do(self, *words):
        answer = self.ask(*words)
        assert "error" not in answer, f"{words}: {answer}"
        return answer


def own_profiles(bench, section, **settings):
    """Returns: a folder with Photo ID as it is, but for some settings of a section."""
    folder = bench.path("profiles")
    folder.mkdir()
    profile = json.loads((SOURCE / "data" / "profiles" / "photoid.json").read_text())
    profile[section] = {**profile.get(section, {}), **settings}
    (folder / "photoid.json").write_text(json.dumps(profile))
    return folder


class Operated(Platform):
    """A platform, and the key of somebody who may do everything."""

    def __init__(self, bench, *options, **more):
        path = bench.path("operator.key")
        if not path.exists():
            expect(DONE, ISSUER, "make-admin-key", "--name", "operator", "--role", "configure",
                   "--keys", bench.path("admin.keys"), "--out", path)
        self.key = path.read_text().strip()
        self.idempotency_key = None
        super().__init__(bench, "--admin-key-file", bench.path("admin.keys"), *options, **more)

    def admin(self, method, path, status, body=None):
        answer = self.ask(method, "/admin/v1" + path,
                          None if body is None else json.dumps(body),
                          {"Authorization": f"Bearer {self.key}",
                           **({"Idempotency-Key": self.idempotency_key}
                              if self.idempotency_key and method == "POST" else {}),
                           **({"Content-Type": JSON} if body is not None else {})})
        assert answer.status == status, f"{method} {path}: {answer}"
        return answer.json() if answer.body else None

    def fetch_bytes(self, path):
        connection = self.connect()
        connection.request("GET", "/admin/v1" + path,
                           headers={"Authorization": f"Bearer {self.key}"})
        reply = connection.getresponse()
        assert reply.status == 200, reply.status
        content = reply.read()
        connection.close()
        return content

    def look(self, path):
        return self.admin("GET", path, 200)

    def new_offer(self, profile="photoid", data=None, **more):
        return self.admin("POST", "/offers", 201, {"profileId": profile,
                                                   "claims": data or claims(), **more})

    def exchange(self, offer):
        return self.look(f"/exchanges/{offer['exchangeIds'][0]}")

    def events(self, **filters):
        found, since = [], 0
        while True:
            page = self.look("/events?" + urllib.parse.urlencode(
                {"since": since, "limit": 200, **filters}))
            if not page["events"]:
                return found
            found += page["events"]
            since = page["next"]

    def types(self):
        return [event["type"] for event in self.events()
                if event["type"] not in BY_ITSELF]

    def until(self, question, timeout=60):
        """Asks until the answer is one. Returns: it."""
        deadline = time.monotonic() + timeout
        while not (answer := question()):
            assert time.monotonic() < deadline, "nothing happens"
            time.sleep(0.05)
        return answer

    def until_status(self, offer, status):
        return self.until(lambda: self.exchange(offer)["status"] == status
                          and self.exchange(offer))

    def done(self, accepted):
        """Waits for the end of what a 202 has promised."""
        path = f"/requests/{accepted['requestId']}"
        return self.until(lambda: self.look(path)["state"] in ("completed", "failed")
                          and self.look(path))

    def set_state(self, state, **item):
        return self.done(self.admin("POST", "/state-updates", 202,
                                    {"items": [{"newState": state, **item}]}))


class Browser:
    """What a person does with the address that a program printed."""

    def __init__(self, platform, address):
        self.platform = platform
        self.page = platform.get(address)
        self.cookie = self.page.headers["Set-Cookie"].split(";")[0]

    def submit(self, **fields):
        session, = re.findall(r'name="session" value="([^"]*)"', self.page.body)
        self.page = self.platform.post("/openid4vci/authorize",
                                       {"session": html.unescape(session), "answer": "yes",
                                        **fields},
                                       {"Cookie": self.cookie, "Origin": self.platform.url})

    def log_in(self, name, password):
        """Until the page sends us back to the program."""
        self.submit(name=name, password=password)
        while self.page.status == 200:
            self.submit()
        assert self.page.status == 303, str(self.page)
        with urllib.request.urlopen(self.page.headers["Location"], timeout=60) as answer:
            assert answer.status == 200


class Holder(World):
    """An agent that trusts the platform's TLS and its signer."""

    def __init__(self, platform):
        super().__init__(platform.bench, starts=False)
        self.platform = platform
        self.start()
        self.trust()

    def start(self):
        self.start_agent("--tls-anchors", self.platform.bench.path("tls.pem"))

    def claim(self, offer, *options, code=DONE):
        more = ("--tx-code", offer["txCode"]) if "txCode" in offer else ()
        return self.ctl(code, "claim", offer["uri"], "--json", *more, *options)

    def take(self, offer, label="card"):
        """Claimed and accepted, as the platform knows. Returns: the midUid."""
        self.claim(offer, "--accept", "--label", label)
        return self.platform.until_status(offer, "credential_accepted")["midUid"]

    def info(self, label="card"):
        found, = (info for info in self.ctl_json("list") if info["label"] == label)
        return found

    def show_to_reader(self, code, *options, element="family_name"):
        """Returns: the documents that a reader of Photo IDs got."""
        process, engagement = self.present("--yes", *options)
        answer = self.ask(code, engagement, f"{NAMES}/{element}", doctype="photoid")
        process.process.communicate(timeout=20)
        return answer["responses"][0]["documents"]


class Ageing(Holder, TroubledWorld):
    """The same, whose clock can be set."""


def make_lasting_tls(bench):
    """The platform's certificate, good for longer than a clock is moved."""
    key = Key()
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "127.0.0.1")])
    now = datetime.datetime.now(datetime.timezone.utc)
    certificate = (x509.CertificateBuilder().subject_name(name).issuer_name(name)
                   .public_key(key.private.public_key())
                   .serial_number(x509.random_serial_number())
                   .not_valid_before(now - datetime.timedelta(hours=1))
                   .not_valid_after(now + datetime.timedelta(days=500))
                   .add_extension(x509.BasicConstraints(ca=False, path_length=None), True)
                   .add_extension(x509.SubjectAlternativeName(
                       [x509.IPAddress(ipaddress.ip_address("127.0.0.1"))]), False)
                   .sign(key.private, hashes.SHA256()))
    bench.write("tls-key.pem", key.pem())
    bench.write("tls.pem", to_pem(certificate))

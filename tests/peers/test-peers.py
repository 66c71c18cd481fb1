#!/usr/bin/env python3
#
# test-peers.py - our programs and each peer, in all roles against each other
#
# SPDX-FileCopyrightText: 2026 The mdoc agent authors
# SPDX-License-Identifier: Apache-2.0

"""usage: test-peers.py PEER

PEER is animo or auth0. Prints TAP. MDOC_ISSUER, MDOC_READER and MDOC_PEER_TOOL
are our programs, MDOC_PEERS is the folder into which npm fetched the peers.
"""

import json
import os
import pathlib
import shutil
import subprocess
import sys
import tempfile

HERE = pathlib.Path(__file__).resolve().parent
NAMESPACE = "org.iso.18013.5.1"
ASKED = ("family_name", "birth_date", "portrait", "age_over_18")
LICENCE = {
    NAMESPACE: {
        "family_name": "Mustermann",
        "given_name": "Erika",
        "birth_date": "1984-01-26",
        "issue_date": "2024-10-20",
        "expiry_date": "2034-10-20",
        "issuing_country": "UT",
        "issuing_authority": "Utopia Driver Licensing",
        "document_number": "UT-0042",
        "portrait": "@portrait.jpg",
        "un_distinguishing_sign": "UT",
        "age_over_18": True,
        "age_over_65": False,
        "driving_privileges": [{"vehicle_category_code": "B"}],
    }
}


class Failed(Exception):
    """Something is not as it should be."""


class Bench:
    """A folder with keys and certificates, and the programs around it."""

    def __init__(self, peer, folder):
        self.peer = peer
        self.folder = folder
        self.ours("issuer", "make-pki", "--country", "UT", "--out", folder / "pki")
        for name in ("device", "reader", "other"):
            self.run("openssl", "genpkey", "-algorithm", "EC", "-pkeyopt",
                     "ec_paramgen_curve:P-256", "-out", folder / f"{name}.pem")
            self.run("openssl", "pkey", "-in", folder / f"{name}.pem", "-pubout",
                     "-out", folder / f"{name}.pub")
        for key, name in (("reader", "transcript"), ("other", "other")):
            self.tool("transcript", "--reader-key", folder / f"{key}.pub",
                      "--out", folder / f"{name}.cbor")
        self.tool("request", *self.asking(), "--key", folder / "pki/reader-key.pem",
                  "--certificate", folder / "pki/reader.pem", *self.heard(),
                  "--out", folder / "request.cbor")

    def run(self, *command, status=0):
        """Runs a program. Returns: what it printed."""
        done = subprocess.run([str(part) for part in command], text=True,
                              stdin=subprocess.DEVNULL, capture_output=True,
                              check=False, timeout=60)
        if done.returncode != status:
            raise Failed(f"{' '.join(map(str, command))}\nended with "
                         f"{done.returncode}, not {status}:\n{done.stdout}{done.stderr}")
        return done.stdout

    def ours(self, program, *args, status=0):
        return self.run(os.environ[f"MDOC_{program.upper()}"], *args, status=status)

    def tool(self, *args, status=0):
        return self.run(os.environ["MDOC_PEER_TOOL"], *args, status=status)

    def theirs(self, *args, status=0):
        return self.run("node", pathlib.Path(os.environ["MDOC_PEERS"],
                                             f"{self.peer}.js"), *args, status=status)

    @staticmethod
    def asking():
        return [word for name in ASKED for word in ("--element", name)]

    def heard(self, name="transcript"):
        return ["--transcript", self.folder / f"{name}.cbor"]

    def issue(self, by):
        """Returns: the file of a credential for the device's key."""
        path = self.folder / f"{by}.issued"
        if path.exists():
            return path
        pki = self.folder / "pki"
        if by == "us":
            data = self.folder / "licence.json"
            shutil.copy(pathlib.Path(os.environ["MDOC_DATA_DIR"],
                                     "examples/portrait.jpg"), self.folder)
            data.write_text(json.dumps(LICENCE))
            self.ours("issuer", "sign", "--doctype", "mdl", "--data", data,
                      "--ds", pki, "--device-key", self.folder / "device.pub",
                      "--out", path)
        else:
            self.theirs("issue", "--device-key", self.folder / "device.pub",
                        "--ds-key", pki / "ds-key.pem", "--ds-cert", pki / "ds.pem",
                        "--out", path)
        return path

    def respond(self, by, issuer, with_mac, *extra):
        """Returns: the file of a response."""
        path = self.folder / f"{by}-{issuer}-{with_mac}{'-'.join(extra)}.response"
        command = ["respond", "--issuer-signed", self.issue(issuer), "--key",
                   self.folder / "device.pem", *self.heard(), "--out", path, *extra]
        if with_mac:
            command += ["--reader-key", self.folder / "reader.pub"]
        if by == "us":
            self.tool(*command, *self.asking())
        else:
            self.theirs(*command, "--request", self.folder / "request.cbor")
        return path

    def we_verify(self, response, with_mac, status=0):
        """Returns: what our reader says of it."""
        command = ["verify", response, *self.heard(), "--json", "--show-values",
                   "--trust", self.folder / "pki/iaca.pem"]
        if with_mac:
            command += ["--reader-key", self.folder / "reader.pem"]
        return json.loads(self.ours("reader", *command, status=status))

    def they_verify(self, response, with_mac, status=0, transcript="transcript"):
        command = ["verify", "--response", response, *self.heard(transcript),
                   "--trust", self.folder / "pki/iaca.pem"]
        if with_mac:
            command += ["--reader-key", self.folder / "reader.pem"]
        return json.loads(self.theirs(*command, status=status))


def require(is_so, what):
    if not is_so:
        raise Failed(what)


def they_accept(bench, issuer, holder, with_mac):
    found = bench.they_verify(bench.respond(holder, issuer, with_mac), with_mac)
    elements = found["elements"]
    require(elements.get(f"{NAMESPACE}/family_name") == "Mustermann", str(elements))
    require(set(elements) == {f"{NAMESPACE}/{name}" for name in ASKED}, str(elements))


def they_refuse_another_session(bench, with_mac):
    """Their verification is worth something: it minds another transcript."""
    response = bench.respond("us", "us", with_mac)
    bench.they_verify(response, with_mac, status=5, transcript="other")


def elements_we_found(report):
    return {(element["nameSpace"], element["element"]): element.get("value")
            for document in report["documents"]
            for element in document["elements"]}


def we_accept(bench, issuer, holder, with_mac):
    report = bench.we_verify(bench.respond(holder, issuer, with_mac), with_mac)
    found = elements_we_found(report)
    require(report["verified"] is True, json.dumps(report))
    require(found.get((NAMESPACE, "family_name")) == "Mustermann", json.dumps(report))
    require(set(found) == {(NAMESPACE, name) for name in ASKED}, str(found))


def we_refuse(bench, *extra):
    """What both peers accept, we must not: a higher major version, a status."""
    response = bench.respond(bench.peer, "us", False, *extra)
    require(bench.they_verify(response, False)["failed"] == [], "they refuse it too")
    report = bench.we_verify(response, False, status=5)
    require(report["verified"] is False, json.dumps(report))
    require(not elements_we_found(report), json.dumps(report))


def they_read_our_request(bench):
    found = json.loads(bench.theirs("request", "--request",
                                    bench.folder / "request.cbor"))
    document = found["documents"][0]
    require(found["version"] == "1.0", str(found))
    require(document["docType"] == "org.iso.18013.5.1.mDL", str(found))
    require(document["isSigned"] is True, str(found))
    require([tuple(element) for element in document["elements"]]
            == [(NAMESPACE, name, False) for name in ASKED], str(found))


def we_read_their_request(bench):
    path = bench.folder / "their-request.cbor"
    bench.theirs("ask", "--out", path)
    require(path.read_bytes().startswith(b"\xb9"), "no long map head: not theirs")
    require(b"readerAuth\xf7" in path.read_bytes(), "no undefined: not theirs")
    require(bench.tool("read-request", path).splitlines()
            == ["org.iso.18013.5.1.mDL, unsigned", f"{NAMESPACE}/family_name",
                f"{NAMESPACE}/age_over_18"], "read otherwise")


def cases(peer):
    """Returns: (name, function of the bench) of each case."""
    found = [("they read our request", they_read_our_request)]
    if peer == "animo":
        found.append(("we read their request", we_read_their_request))
    for with_mac in (False, True):
        how = "MAC" if with_mac else "signature"
        found += [
            (f"we issue and respond by {how}, they verify",
             lambda b, m=with_mac: they_accept(b, "us", "us", m)),
            (f"they issue, we respond by {how}, they verify",
             lambda b, m=with_mac: they_accept(b, peer, "us", m)),
            (f"we responded by {how} in another session, they refuse",
             lambda b, m=with_mac: they_refuse_another_session(b, m)),
            (f"we issue, they respond by {how}, we verify",
             lambda b, m=with_mac: we_accept(b, "us", peer, m)),
            (f"they issue and respond by {how}, we verify",
             lambda b, m=with_mac: we_accept(b, peer, peer, m)),
        ]
    found += [
        ("version 9.9, which they accept, we refuse",
         lambda b: we_refuse(b, "--version", "9.9")),
        ("status 10 with documents, which they accept, we refuse",
         lambda b: we_refuse(b, "--status", "10")),
    ]
    return found


def main():
    peer = sys.argv[1]
    # node looks for packages beside the program
    for name in ("common.js", f"{peer}.js"):
        shutil.copy(HERE / name, os.environ["MDOC_PEERS"])
    with tempfile.TemporaryDirectory() as folder:
        bench = Bench(peer, pathlib.Path(folder))
        found = cases(peer)
        print(f"1..{len(found)}")
        is_good = True
        for number, (name, run) in enumerate(found, 1):
            try:
                run(bench)
                print(f"ok {number} - {name}", flush=True)
            except (Failed, KeyError, ValueError,
                    subprocess.TimeoutExpired) as failure:
                is_good = False
                print(f"not ok {number} - {name}")
                print("# " + f"{type(failure).__name__}: {failure}"
                      .replace("\n", "\n# "), flush=True)
    return 0 if is_good else 1


if __name__ == "__main__":
    sys.exit(main())

#!/usr/bin/env python3
#
# test-attest.py - an agent for which somebody vouches, and an issuer that asks
#
# SPDX-FileCopyrightText: 2026 The mdoc agent authors
# SPDX-License-Identifier: Apache-2.0

import json
import socket
import sys
import threading
import time

from pair import Pair
from programs import DONE, FAILED, USAGE, main
from vci import Key, make_certificate, to_pem, to_x5c

PROGRAM = """#!{python}
import socket, sys
peer = socket.socket(socket.AF_UNIX)
peer.connect({path!r})
peer.sendall(sys.stdin.buffer.read())
peer.shutdown(socket.SHUT_WR)
answer = b"".join(iter(lambda: peer.recv(65536), b""))
sys.stdout.buffer.write(answer)
sys.exit(0 if answer else 1)
"""


class Voucher:
    """Who vouches for wallets and keys; and a program by which an agent asks."""

    def __init__(self, bench):
        self.root, self.key = Key(), Key()
        self.leaf = make_certificate(self.key, "Voucher", self.root, "Root of vouchers")
        self.anchors = bench.write("vouchers.pem", to_pem(make_certificate(
            self.root, "Root of vouchers", ca=True)))
        self.asked, self.says_no, self.more = [], False, {}
        self.listener = socket.socket(socket.AF_UNIX)
        self.listener.bind(str(bench.path("voucher.sock")))
        self.listener.listen()
        self.program = bench.write("voucher", PROGRAM.format(
            python=sys.executable, path=str(bench.path("voucher.sock"))))
        self.program.chmod(0o755)
        threading.Thread(target=self.serve, daemon=True).start()

    def serve(self):
        while True:
            peer, _ = self.listener.accept()
            with peer:
                question = json.loads(b"".join(iter(lambda: peer.recv(65536), b"")))
                self.asked.append(question)
                if not self.says_no:
                    peer.sendall(self.answer(question).encode())

    def answer(self, question):
        if question["type"] == "wallet":
            return self.attest(question["keys"][0])
        now = int(time.time())
        return self.sign("key-attestation+jwt", {
            "iat": now, "exp": now + 300, "nonce": question["nonce"],
            "attested_keys": question["keys"],
            "key_storage": question.get("key_storage", [])})

    def attest(self, jwk, **more):
        now = int(time.time())
        return self.sign("oauth-client-attestation+jwt", {
            "iss": "voucher", "sub": "a-wallet", "iat": now, "exp": now + 3600,
            "cnf": {"jwk": jwk}, **more, **self.more})

    def sign(self, kind, claims):
        return self.key.sign({"typ": kind, "x5c": [to_x5c(self.leaf)]}, claims)

    def kinds(self):
        return [question["type"] for question in self.asked]


def attesting(bench, voucher, *agent_options, **more):
    return Pair(bench, "--attestation", "required", "--wallet-anchors", voucher.anchors,
                agent_options=agent_options, txCode="none", **more)


def problem(world):
    return world.ctl_json("offers", "--all")[-1]["problemName"]


def test_wallet_by_file(bench):
    """What is wrong with the file has a name, uses up nothing, and can be mended."""
    voucher = Voucher(bench)
    file = bench.path("wallet.jwt")
    with attesting(bench, voucher, "--wallet-attestation", file) as world:
        offer = world.offer()
        world.claim(offer, code=FAILED)
        assert problem(world) == "attestation-missing"
        jwk = json.loads(world.ctl(DONE, "instance-key", world.issuer.issuer).out)
        world.ctl(USAGE, "instance-key", "ftp://issuer.example")
        other = voucher.attest(Key().jwk)
        file.write_text(other)
        world.claim(offer, code=FAILED)
        assert problem(world) == "attestation-key"
        file.write_text(f"{other}\n{voucher.attest(jwk, exp=int(time.time()) - 1)}\n")
        world.claim(offer, code=FAILED)
        assert problem(world) == "attestation-expired"
        # no start is needed for the one that holds
        file.write_text(f"\n{other}\n{voucher.attest(jwk)}\n")
        world.claim(offer, "--label", "photo", "--accept")
        world.wait_for_types("mIDClaimed")
        # the name that it gave us goes on, and so does the asking
        assert world.ctl_json("renew", "photo")[0]["outcome"] == "done"


def test_wallet_of_another_name(bench):
    voucher = Voucher(bench)
    with attesting(bench, voucher, "--attester", voucher.program, "--client-id",
                   "another") as world:
        world.claim(world.offer(), code=FAILED)
        assert problem(world) == "attestation-client"


def test_wallet_by_program(bench):
    """Asked once while its answer holds; and what it says no to fails by name."""
    voucher = Voucher(bench)
    with attesting(bench, voucher, "--attester", voucher.program) as world:
        voucher.says_no = True
        offer = world.offer()
        world.claim(offer, code=FAILED)
        assert problem(world) == "attestation-refused"
        voucher.says_no = False
        world.claim(offer)
        world.claim(world.offer())
        assert voucher.kinds() == ["wallet"] * 2, voucher.kinds()
        question = voucher.asked[0]
        jwk = json.loads(world.ctl(DONE, "instance-key", world.issuer.issuer).out)
        assert question["keys"] == [jwk] and question["audience"] == world.issuer.issuer
        assert "nonce" not in question and question["client_id"] == "mdoc-agent"


def test_program_that_cannot_be(bench):
    voucher = Voucher(bench)
    with attesting(bench, voucher, "--attester", bench.path("nothing")) as world:
        world.claim(world.offer(), code=FAILED)
        assert problem(world) == "attestation-missing"


def keys_attested(bench, voucher, *agent_options, proof="jwt"):
    asked = {"keyStorage": ["iso_18045_high"], "proofTypes": [proof]}
    return Pair(bench, "--key-attesters", voucher.anchors, agent_options=agent_options,
                profile={"keyAttestation": asked}, txCode="none")


def check_keys(bench, proof):
    """Attested for each request, as the issuer takes it."""
    voucher = Voucher(bench)
    with keys_attested(bench, voucher, "--attester", voucher.program, proof=proof) as world:
        world.claim(world.offer(), "--label", "photo", "--accept", "--copies", "3")
        world.wait_for_types("mIDClaimed")
        assert world.ctl_json("renew", "photo")[0]["outcome"] == "done"
        shown = world.ctl_json("show", "photo")
        assert len(shown["generations"][0]["uses"]) == 3
        assert voucher.kinds() == ["keys"] * 2
        first, second = voucher.asked
        assert len(first["keys"]) == 3 and first["key_storage"] == ["iso_18045_high"]
        assert first["nonce"] != second["nonce"] and first["keys"] != second["keys"]


def test_keys_in_a_proof(bench):
    check_keys(bench, "jwt")


def test_keys_alone(bench):
    check_keys(bench, "attestation")


def test_keys_of_nobody(bench):
    voucher = Voucher(bench)
    with keys_attested(bench, voucher) as world:
        world.claim(world.offer(), code=FAILED)
        assert world.ctl_json("list", "--keys") == []


if __name__ == "__main__":
    main(globals())

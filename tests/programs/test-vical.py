#!/usr/bin/env python3
#
# test-vical.py - mdoc-reader with signed lists of issuers' roots
#
# SPDX-FileCopyrightText: 2026 The mdoc agent authors
# SPDX-License-Identifier: Apache-2.0

import json

from programs import (DONE, FAILED, HOLDER, PEER, READER, USAGE, VECTORS, expect, main,
                      openssl)

MDL = "org.iso.18013.5.1.mDL"
AAMVA_TIME = "2025-11-18T20:00:00Z"

CONFIG = """
[req]
distinguished_name = dn
[dn]
[root]
basicConstraints = critical,CA:TRUE,pathlen:0
keyUsage = critical,keyCertSign,cRLSign
[signer]
keyUsage = critical,digitalSignature
extendedKeyUsage = critical,1.0.18013.5.1.8
"""


def head(major, argument):
    for code, size in ((24, 1), (25, 2), (26, 4)):
        if argument < 24:
            return bytes([major << 5 | argument])
        if argument < 1 << 8 * size:
            return bytes([major << 5 | code]) + argument.to_bytes(size, "big")
    raise ValueError(argument)


def cbor(value):
    """Encodes what a list is made of; a time is a tuple of its text."""
    if isinstance(value, tuple):
        return b"\xc0" + cbor(value[0])
    if isinstance(value, int):
        return head(0, value) if value >= 0 else head(1, -1 - value)
    if isinstance(value, bytes):
        return head(2, len(value)) + value
    if isinstance(value, str):
        return head(3, len(value.encode())) + value.encode()
    if isinstance(value, list):
        return head(4, len(value)) + b"".join(map(cbor, value))
    return head(5, len(value)) + b"".join(cbor(k) + cbor(v) for k, v in value.items())


def raw_signature(der):
    """r || s of P-256, out of the SEQUENCE of two INTEGERs that openssl writes."""
    r_len = der[3]
    r, s = der[4:4 + r_len], der[6 + r_len:]
    return b"".join(part.lstrip(b"\0").rjust(32, b"\0") for part in (r, s))


class Provider:
    """Somebody who publishes lists."""

    def __init__(self, bench):
        self.bench = bench
        config = bench.write("provider.cnf", CONFIG)
        root_key, _ = bench.make_key("provider-root")
        self.root = bench.path("provider-root-cert.pem")
        openssl("req", "-new", "-x509", "-key", root_key, "-out", self.root, "-subj",
                "/C=UT/CN=Lists", "-days", "400", "-config", config, "-extensions", "root")
        self.key, _ = bench.make_key("provider-signer")
        request, pem = bench.path("provider.csr"), bench.path("provider-signer-cert.pem")
        openssl("req", "-new", "-key", self.key, "-out", request, "-subj",
                "/C=UT/CN=List Signer", "-config", config)
        openssl("x509", "-req", "-in", request, "-CA", self.root, "-CAkey", root_key,
                "-days", "300", "-out", pem, "-extfile", config, "-extensions", "signer")
        self.certificate = self.der(pem)

    def der(self, pem):
        out = self.bench.path("der")
        openssl("x509", "-in", pem, "-outform", "DER", "-out", out)
        return out.read_bytes()

    def publish(self, issuer, doc_type, next_update="2099-01-01T00:00:00Z"):
        payload = cbor({
            "version": "1.0", "vicalProvider": "Test", "date": ("2026-01-01T00:00:00Z",),
            "nextUpdate": (next_update,),
            "certificateInfos": [{"certificate": self.der(issuer), "docType": [doc_type]}]})
        protected = cbor({1: -7})
        to_sign = self.bench.write("tbs", cbor(["Signature1", protected, b"", payload]))
        signature = self.bench.path("signature")
        openssl("dgst", "-sha256", "-sign", self.key, "-out", signature, to_sign)
        return self.bench.write("vical", cbor([protected, {33: self.certificate}, payload,
                                               raw_signature(signature.read_bytes())]))


def verify_command(bench):
    """A response of our own. Returns: the command that verifies it, but for whom
    to trust, and the root of its issuer."""
    pki = bench.make_pki()
    key, public = bench.make_key()
    licence = bench.sign(pki, public)
    transcript, reader_key = bench.path("transcript"), bench.path("e-reader.pem")
    expect(DONE, HOLDER, "transcript", transcript, reader_key)
    response = bench.path("response")
    expect(DONE, HOLDER, "respond", "--issued", licence, "--device-key", key, "--transcript",
           transcript, "--out", response, "--element", "org.iso.18013.5.1/family_name")
    return [READER, "verify", response, "--transcript", transcript, "--reader-key", reader_key,
            "--json"], pki / "iaca.pem"


def test_listed_issuer(bench):
    command, issuer = verify_command(bench)
    provider = Provider(bench)
    vical = provider.publish(issuer, MDL)
    result = expect(DONE, *command, "--vical", vical, "--vical-root", provider.root)
    assert result.json()["verified"] and not result.err, result

    # a list past its time counts, but not in silence
    vical = provider.publish(issuer, MDL, "2026-01-02T00:00:00Z")
    result = expect(DONE, *command, "--vical", vical, "--vical-root", provider.root)
    assert "2026-01-02" in result.err, result


def test_listed_for_another_type(bench):
    command, issuer = verify_command(bench)
    provider = Provider(bench)
    vical = provider.publish(issuer, "org.iso.23220.photoid.1")
    means = ("--vical", vical, "--vical-root", provider.root)
    report = expect(PEER, *command, *means).json()
    assert {c["name"] for c in report["documents"][0]["checks"]
            if c["outcome"] == "failed"} == {"issuer-chain"}, report
    assert not report["documents"][0]["elements"], report
    # whoever is named besides is trusted for all types
    expect(DONE, *command, *means, "--trust", issuer)


def test_list_that_is_not_trusted(bench):
    command, issuer = verify_command(bench)
    provider = Provider(bench)
    vical = provider.publish(issuer, MDL)
    # its provider is nobody we know: the issuer's root is not the list's
    result = expect(FAILED, *command, "--vical", vical, "--vical-root", issuer)
    assert "no-anchor" in result.out, result

    content = bytearray(vical.read_bytes())
    content[-1] ^= 1
    forged = bench.write("forged", bytes(content))
    result = expect(FAILED, *command, "--vical", forged, "--vical-root", provider.root)
    assert "signature does not hold" in result.out, result
    cut = bench.write("cut", bytes(content[:-1]))
    result = expect(FAILED, *command, "--vical", cut, "--vical-root", provider.root)
    assert result.json()["error"]["name"] == "cbor-truncated", result

    expect(USAGE, *command, "--vical", vical)
    expect(USAGE, *command, "--trust", issuer, "--vical-root", provider.root)


def test_real_list(bench):
    entry = json.loads((VECTORS / "vical.json").read_text())["vectors"]["aamva_vical"]
    vical = bench.write("aamva", bytes.fromhex(entry["hex"]))
    root = bench.write("aamva.der", bytes.fromhex(entry["root_der"]))
    report = expect(DONE, READER, "inspect", vical, "--json").json()
    assert report["structure"] == "VICAL", report
    summary = report["summary"]
    assert summary["vicalProvider"] == "AAMVA" and summary["vicalIssueID"] == 227602
    assert len(summary["certificateInfos"]) == entry["certificate_count"]
    assert all(info["docTypes"] == [MDL] for info in summary["certificateInfos"])

    # its signer is of 2025: by then the list holds, and our issuer is not on it
    command, _ = verify_command(bench)
    means = ("--vical", vical, "--vical-root", root)
    report = expect(PEER, *command, *means, "--at", AAMVA_TIME).json()
    assert not report["verified"]
    result = expect(FAILED, *command, *means, "--at", "2040-01-01T00:00:00Z")
    assert "expired" in result.out, result


if __name__ == "__main__":
    main(dict(globals()))

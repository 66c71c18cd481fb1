#!/usr/bin/env python3
#
# test-verify.py - mdoc-reader verify as a whole
#
# SPDX-FileCopyrightText: 2026 The mdoc agent authors
# SPDX-License-Identifier: Apache-2.0

import base64
import concurrent.futures
import json
import os
import subprocess

from programs import (DONE, EXAMPLES, FAILED, HOLDER, ISSUER, NOTHING, PEER, READER,
                      USAGE, VECTORS, expect, main, openssl, run)

SPACE = "org.iso.18013.5.1"
ANNEX_D_TIME = "2021-01-01T00:00:00Z"


def failed_checks(report):
    """The names of the checks that failed, those of documents included."""
    checks = list(report["checks"])
    for document in report["documents"]:
        checks += document["checks"]
    return {check["name"] for check in checks if check["outcome"] == "failed"}


def verified_elements(report):
    return {f"{e['nameSpace']}/{e['element']}" for d in report["documents"]
            for e in d["elements"]}


class Session:
    """A licence, a transcript, and what it takes to verify a response."""

    def __init__(self, bench, *sign_options, data=None, curve="prime256v1", **pki_options):
        self.bench = bench
        self.pki = bench.make_pki("pki", *pki_options.get("pki", ()))
        self.device_key, self.public = bench.make_key("device", curve)
        self.licence = bench.sign(self.pki, self.public, "licence", *sign_options, data=data)
        self.transcript = bench.path("transcript")
        self.reader_key = bench.path("e-reader.pem")
        expect(DONE, HOLDER, "transcript", self.transcript, self.reader_key)

    def respond(self, *options, name="response", licence=None, elements=("family_name",)):
        out = self.bench.path(name)
        chosen = [word for e in elements for word in ("--element", f"{SPACE}/{e}")]
        expect(DONE, HOLDER, "respond", "--issued", licence or self.licence, "--device-key",
               self.device_key, "--transcript", self.transcript, "--out", out, *chosen,
               *options)
        return out

    def verify(self, code, response, *options, trust=None, key=True):
        arguments = [READER, "verify", response, "--transcript", self.transcript,
                     "--trust", trust or self.pki / "iaca.pem", "--json", *options]
        if key:
            arguments += ["--reader-key", self.reader_key]
        report = expect(code, *arguments).json()
        assert report["verified"] == (code == DONE), report
        if code != DONE:
            assert failed_checks(report), report
            assert not [d for d in report["documents"] if d["verified"] and
                        failed_checks({"checks": [], "documents": [d]})]
        return report


def small_data(bench):
    """A document without a picture, so that every byte of it can be tried."""
    return bench.write("small.json", json.dumps({SPACE: {
        "family_name": "Lindqvist", "birth_date": "1989-02-28", "issuing_country": "UT"}}))


def annex_d(bench):
    vectors = json.loads((VECTORS / "iso18013-5-annex-d.json").read_text())["vectors"]

    def entry(name):
        return bytes.fromhex(vectors[name]["hex"])

    der = (bytes.fromhex("30770201010420") + entry("ephemeral_reader_key_d")
           + bytes.fromhex("a00a06082a8648ce3d030107a14403420004")
           + entry("ephemeral_reader_key_x") + entry("ephemeral_reader_key_y"))
    pem = (b"-----BEGIN EC PRIVATE KEY-----\n" + base64.encodebytes(der)
           + b"-----END EC PRIVATE KEY-----\n")
    bench.write("key.pem", pem)
    for name in ("device_response", "session_transcript_bytes", "iaca_cert_der",
                 "reader_root_cert_der"):
        bench.write(name, entry(name))
    return [READER, "verify", bench.path("device_response"), "--transcript",
            bench.path("session_transcript_bytes"), "--reader-key", bench.path("key.pem"),
            "--json", "--trust"]


def test_annex_d(bench):
    arguments = annex_d(bench)
    root = bench.path("iaca_cert_der")
    report = expect(DONE, *arguments, root, "--at", ANNEX_D_TIME).json()
    assert report["verified"] and report["status"] == 0
    document, = report["documents"]
    assert document["deviceAuth"] == "mac" and document["verified"]
    assert verified_elements(report) == {
        f"{SPACE}/{e}" for e in ("family_name", "issue_date", "expiry_date",
                                 "document_number", "portrait", "driving_privileges")}
    assert all("value" not in e for e in document["elements"])
    outcomes = {c["name"]: c["outcome"] for c in document["checks"]}
    for name in ("issuer-chain", "issuer-signature", "doc-type", "digests", "validity",
                 "device-auth"):
        assert outcomes[name] == "passed", outcomes
    assert outcomes["ds-validity"] == "warning", outcomes

    values = {e["element"]: e["value"] for d in
              expect(DONE, *arguments, root, "--at", ANNEX_D_TIME,
                     "--show-values").json()["documents"] for e in d["elements"]}
    assert values["family_name"] == "Doe" and values["issue_date"] == "2019-10-20"
    assert values["driving_privileges"][0]["vehicle_category_code"] == "A"
    assert "base64url" in values["portrait"]


def test_annex_d_today(bench):
    arguments = annex_d(bench)
    report = expect(PEER, *arguments, bench.path("iaca_cert_der")).json()
    assert {"issuer-chain", "validity"} <= failed_checks(report), report
    assert not verified_elements(report)
    chain, = [c for c in report["documents"][0]["checks"] if c["name"] == "issuer-chain"]
    assert chain["detail"] == "expired", chain
    early = expect(PEER, *arguments, bench.path("iaca_cert_der"), "--at", "2020-09-30").json()
    assert "validity" in failed_checks(early)


def test_annex_d_wrong_means(bench):
    arguments = annex_d(bench)
    at = ["--at", ANNEX_D_TIME]
    report = expect(PEER, *arguments, bench.path("reader_root_cert_der"), *at).json()
    assert failed_checks(report) == {"issuer-chain"}, report
    no_key = arguments[:arguments.index("--reader-key")] + ["--json", "--trust"]
    report = expect(PEER, *no_key, bench.path("iaca_cert_der"), *at).json()
    assert failed_checks(report) == {"device-auth"}, report
    other, _ = bench.make_key("other")
    arguments[arguments.index("--reader-key") + 1] = other
    report = expect(PEER, *arguments, bench.path("iaca_cert_der"), *at).json()
    assert failed_checks(report) == {"device-auth"}, report
    assert not verified_elements(report)


def test_own_response(bench):
    session = Session(bench, "--age-over", "21")
    for elements in (["family_name"], ["family_name", "portrait", "age_over_21"]):
        for options, auth in (((), "signature"), (("--mac", session.reader_key), "mac")):
            response = session.respond(*options, elements=elements)
            report = session.verify(DONE, response)
            assert report["documents"][0]["deviceAuth"] == auth
            assert verified_elements(report) == {f"{SPACE}/{e}" for e in elements}


def test_text_report(bench):
    session = Session(bench)
    response = session.respond()
    arguments = [READER, "verify", response, "--transcript", session.transcript, "--trust"]
    out = expect(DONE, *arguments, session.pki / "iaca.pem").out
    assert out.splitlines()[-1] == "verified" and "family_name = ***" in out
    assert "Lindqvist" not in out and "passed      digests" in out
    out = expect(DONE, *arguments, session.pki / "iaca.pem", "--show-values").out
    assert 'family_name = "Lindqvist"' in out
    out = expect(PEER, *arguments, session.pki / "reader-ca.pem", "--show-values").out
    assert out.splitlines()[-1] == "NOT VERIFIED" and "Lindqvist" not in out
    assert "failed      issuer-chain: no-anchor" in out


def test_encodings(bench):
    session = Session(bench)
    raw = session.respond().read_bytes()
    for name, content in (("hex", raw.hex()), ("upper", raw.hex().upper() + "\n"),
                          ("spaced", " ".join(raw.hex()[i:i + 2] for i in range(0, len(raw) * 2, 2))),
                          ("base64url", base64.urlsafe_b64encode(raw).rstrip(b"=").decode() + "\n")):
        session.verify(DONE, bench.write(name, content))
    session.transcript = bench.write("transcript.hex", session.transcript.read_bytes().hex())
    session.verify(DONE, bench.path("hex"))
    result = run(READER, "verify", "-", "--transcript", session.transcript, "--trust",
                 session.pki / "iaca.pem", stdin=raw)
    assert result.code == DONE, result


def test_wrong_transcript(bench):
    session = Session(bench)
    response = session.respond()
    expect(DONE, HOLDER, "transcript", session.transcript, session.reader_key)
    report = session.verify(PEER, response)
    assert failed_checks(report) == {"device-auth"} and not verified_elements(report)


def test_key_authorization(bench):
    session = Session(bench, "--authorize", "org.example.device", "--authorize",
                      f"{SPACE}.UT/seen")
    for item, code in (("org.example.device/anything", DONE), (f"{SPACE}.UT/seen", DONE),
                       ):
        response = session.respond("--device-item", item)
        report = session.verify(code, response)
        element, = [e for e in report["documents"][0]["elements"] if e["deviceSigned"]]
        assert f"{element['nameSpace']}/{element['element']}" == item

    # a holder that signs what its key may not: by a document that allows it, in
    # the place of one that does not, every other check holds
    plain = bench.sign(session.pki, session.public, "plain")
    allowed = session.respond("--device-item", "org.example.device/x").read_bytes()
    report = session.verify(DONE, bench.write("allowed", allowed))
    head, tail = issuer_signed_bounds(allowed)
    p_raw = session.respond(licence=plain, name="plain-response").read_bytes()
    p_head, p_tail = issuer_signed_bounds(p_raw)
    mixed = allowed[:head] + p_raw[p_head:p_tail] + allowed[tail:]
    report = session.verify(PEER, bench.write("mixed", mixed))
    assert failed_checks(report) == {"key-authorization"}, report
    assert not verified_elements(report)


def issuer_signed_bounds(response):
    """Where IssuerSigned lies between its key and the next."""
    start = response.index(b"lissuerSigned") + len(b"lissuerSigned")
    return start, response.index(b"ldeviceSigned")


def test_swapped_parts(bench):
    session = Session(bench)
    response = session.respond().read_bytes()
    start, end = issuer_signed_bounds(response)

    # the same person's document with another key
    other_key, other_public = bench.make_key("second")
    other = bench.sign(session.pki, other_public, "second-licence")
    first_key, session.device_key = session.device_key, other_key
    foreign = session.respond(licence=other, name="foreign").read_bytes()
    f_start, f_end = issuer_signed_bounds(foreign)
    mixed = bench.write("mixed", response[:start] + foreign[f_start:f_end] + response[end:])
    assert failed_checks(session.verify(PEER, mixed)) == {"device-auth"}

    # another document type in the unsigned part
    session.device_key = first_key
    renamed = response.replace(b"gdocTypeuorg.iso.18013.5.1.mDL", b"gdocTypeuorg.iso.18013.5.1.mDX", 1)
    assert renamed != response
    report = session.verify(PEER, bench.write("renamed", renamed))
    assert "doc-type" in failed_checks(report) and not verified_elements(report)

    # an element under another name space
    moved = response.replace(b"qorg.iso.18013.5.1\x81", b"qorg.iso.18013.5.2\x81", 1)
    assert moved != response
    report = session.verify(PEER, bench.write("moved", moved))
    assert "digests" in failed_checks(report) and not verified_elements(report)


def test_s0_74_validity(bench):
    session = Session(bench, "--valid-from", "2025-06-01T00:00:00Z", "--valid-days", "10",
                      pki=["--valid-from", "2025-05-01T00:00:00Z"])
    response = session.respond()
    for at, code in (("2025-05-31T23:59:59Z", PEER), ("2025-06-01T00:00:00Z", DONE),
                     ("2025-06-11T00:00:00Z", DONE), ("2025-06-11T00:00:01Z", PEER)):
        report = session.verify(code, response, "--at", at)
        assert failed_checks(report) == (set() if code == DONE else {"validity"}), (at, report)
    session.verify(PEER, response)


def test_forged_key_identifier(bench):
    """A root that bears the anchor's name and key identifier, and another key."""
    session = Session(bench)
    ski = openssl("x509", "-in", session.pki / "iaca.pem", "-noout", "-ext",
                  "subjectKeyIdentifier").out.split("\n")[1].strip()
    subject = "/C=UT/CN=UT IACA Root"
    config = bench.write("forge.cnf", f"""
[req]
distinguished_name = dn
[dn]
[root]
basicConstraints = critical,CA:TRUE,pathlen:0
keyUsage = critical,keyCertSign,cRLSign
subjectKeyIdentifier = {ski.replace(':', '')}
[leaf]
keyUsage = critical,digitalSignature
extendedKeyUsage = critical,1.0.18013.5.1.2
subjectKeyIdentifier = hash
authorityKeyIdentifier = keyid:always
issuerAltName = URI:https://pki.example.org
crlDistributionPoints = URI:https://pki.example.org/iaca.crl
""")
    root_key, _ = bench.make_key("forged-root")
    openssl("req", "-new", "-x509", "-key", root_key, "-out", bench.path("forged-root-cert.pem"),
            "-subj", subject, "-days", "400", "-config", config, "-extensions", "root")
    # the same, below a root of the forger's, so that it may stand in the chain
    top_key, _ = bench.make_key("forged-top")
    openssl("req", "-new", "-x509", "-key", top_key, "-out", bench.path("forged-top-cert.pem"),
            "-subj", "/C=UT/CN=Forger", "-days", "400", "-config", config, "-extensions",
            "root")
    openssl("req", "-new", "-key", root_key, "-out", bench.path("root.csr"), "-subj", subject,
            "-config", config)
    openssl("x509", "-req", "-in", bench.path("root.csr"), "-CA",
            bench.path("forged-top-cert.pem"), "-CAkey", top_key, "-days", "300", "-out",
            bench.path("forged-middle-cert.pem"), "-extfile", config, "-extensions", "root")
    ds_key, _ = bench.make_key("forged-ds")
    openssl("req", "-new", "-key", ds_key, "-out", bench.path("ds.csr"), "-subj",
            "/C=UT/CN=UT Document Signer", "-config", config)
    openssl("x509", "-req", "-in", bench.path("ds.csr"), "-CA",
            bench.path("forged-root-cert.pem"), "-CAkey", root_key, "-days", "300", "-out",
            bench.path("forged-ds-cert.pem"), "-extfile", config, "-extensions", "leaf")
    text = openssl("x509", "-in", bench.path("forged-ds-cert.pem"), "-noout", "-text").out
    assert ski in text, "the forged signer names the anchor's key identifier"

    for name, chain in (("leaf", ["forged-ds-cert.pem"]),
                        ("middle", ["forged-ds-cert.pem", "forged-middle-cert.pem"])):
        pem = bench.write(f"{name}-chain.pem", b"".join(bench.path(c).read_bytes() for c in chain))
        licence = bench.path(f"forged-{name}")
        expect(DONE, ISSUER, "sign", "--doctype", "mdl", "--data", EXAMPLES / "mdl.json",
               "--ds-cert", pem, "--ds-key", ds_key, "--device-key", session.public,
               "--out", licence)
        response = session.respond(licence=licence, name=f"forged-{name}-response")
        report = session.verify(PEER, response)
        assert failed_checks(report) == {"issuer-chain"}, report
        assert not verified_elements(report)
    # what was forged is sound as such: under the forger's root it verifies
    session.verify(DONE, bench.path("forged-leaf-response"),
                   trust=bench.path("forged-root-cert.pem"))


def test_crl(bench):
    session = Session(bench)
    response = session.respond()
    session.verify(DONE, response, "--crl", session.pki / "iaca.crl")
    crl = bench.path("revoked.crl")
    expect(DONE, ISSUER, "make-crl", "--ca", session.pki / "iaca.pem", "--ca-key",
           session.pki / "iaca-key.pem", "--revoke", session.pki / "ds.pem", "--out", crl)
    report = session.verify(PEER, response, "--crl", crl)
    assert failed_checks(report) == {"issuer-chain"}
    assert "revoked" in json.dumps(report), report
    # a list that somebody else signed counts for nothing
    other = bench.make_pki("other")
    expect(FAILED, READER, "verify", response, "--transcript", session.transcript, "--trust",
           session.pki / "iaca.pem", "--crl", session.pki / "iaca.pem")
    forged = bytearray(crl.read_bytes())
    forged[-1] ^= 1
    session.verify(PEER, response, "--crl", bench.write("forged.crl", bytes(forged)))
    assert other


def test_every_byte(bench):
    """Not one byte of a response can change without a named check failing.

    All bytes if MDOC_TEST_SLOW is set; else the ends, which nothing signs, and
    some of the rest: tests/unit/test-flipped-bytes.c tries each of them."""
    session = Session(bench, "--allow-incomplete", data=small_data(bench))
    masks = [0x01, 0x02, 0x04, 0x08, 0x10, 0x20, 0x40, 0x80, 0xff]
    for kind, options in (("signature", ()), ("mac", ("--mac", session.reader_key))):
        sound = session.respond(*options, name=kind, elements=("family_name", "birth_date"))
        session.verify(DONE, sound)
        raw = sound.read_bytes()
        assert len(raw) < 2500, len(raw)
        arguments = [READER, "verify", "-", "--transcript", session.transcript, "--trust",
                     session.pki / "iaca.pem", "--reader-key", session.reader_key, "--json"]

        def attempt(position):
            spoilt = bytearray(raw)
            spoilt[position] ^= masks[position % len(masks)]
            done = subprocess.run(arguments, input=bytes(spoilt), capture_output=True,
                                  check=False, timeout=60)
            if done.returncode != PEER:
                return f"{kind} {position}: exit {done.returncode} {done.stderr}"
            report = json.loads(done.stdout)
            if report["verified"] or not failed_checks(report) or verified_elements(report):
                return f"{kind} {position}: {report}"
            return None

        positions = [p for p in range(len(raw))
                     if p < 120 or p > len(raw) - 120 or p % 11 == 0
                     or "MDOC_TEST_SLOW" in os.environ]
        with concurrent.futures.ThreadPoolExecutor(2) as pool:
            wrong = [w for w in pool.map(attempt, positions) if w]
        assert not wrong, "\n".join(wrong)


def test_no_response(bench):
    session = Session(bench)
    response = session.respond().read_bytes()
    for name, content, error in (
            ("empty", b"", "cbor-truncated"), ("prefix", response[:-1], "cbor-truncated"),
            ("trailing", response + b"\0", "cbor-trailing"),
            ("twice", response[:1] + response[1:13] + response[1:], None),
            ("map", b"\xa0", "cbor-schema"), ("version", b"\xa2gversionc9.9fstatus\0", "cbor-version"),
            ("text", b"hello, world", None), ("odd-hex", b"abc", "text-malformed"),
            ("vast", bytes.fromhex("829b00000000200000009b0000000020000000"), "cbor-truncated"),
            ("deep", b"\x81" * 100000, "cbor-limit")):
        report = session.verify(PEER, bench.write(name, content))
        check, = report["checks"]
        assert check["name"] == "structure" and (not error or check["error"] == error), report
    report = session.verify(PEER, bench.write("none", b"\xa2gversionc1.0fstatus\0"))
    assert failed_checks(report) == {"documents"}, report
    report = session.verify(PEER, bench.write("ten", b"\xa2gversionc1.0fstatus\x0a"))
    assert failed_checks(report) == {"documents"}, report


def test_usage(bench):
    session = Session(bench)
    response = session.respond()
    trust = session.pki / "iaca.pem"
    expect(USAGE, READER, "verify", response, "--transcript", session.transcript)
    expect(USAGE, READER, "verify", response, "--trust", trust)
    expect(USAGE, READER, "verify", "--transcript", session.transcript, "--trust", trust)
    expect(USAGE, READER, "verify", response, "--transcript", session.transcript, "--trust",
           trust, "--at", "noon")
    base = [READER, "verify", response, "--transcript", session.transcript]
    expect(NOTHING, *base, "--trust", bench.path("none.pem"))
    expect(FAILED, *base, "--trust", response)
    expect(FAILED, *base, "--trust", trust, "--reader-key", trust)
    expect(FAILED, *base, "--trust", bench.folder)
    result = expect(PEER, READER, "verify", response, "--transcript", response, "--trust", trust)
    assert "[cbor-" in result.err, result
    error = expect(NOTHING, READER, "verify", bench.path("none"), "--transcript",
                   session.transcript, "--trust", trust, "--json").json()["error"]
    assert error["name"] == "file-not-found" and error["exit"] == NOTHING
    os.mkfifo(bench.path("pipe"))
    for odd in (bench.folder, bench.path("pipe"), "/dev/zero"):
        result = expect(FAILED, READER, "verify", odd, "--transcript", session.transcript,
                        "--trust", trust, timeout=30)
        assert "[file-kind]" in result.err, result
    large = bench.write("large", bytes(4 * 1024 * 1024 + 64 * 1024 + 1))
    result = expect(FAILED, READER, "verify", large, "--transcript", session.transcript,
                    "--trust", trust)
    assert "[file-limit]" in result.err, result


if __name__ == "__main__":
    main(dict(globals()))

#!/usr/bin/env python3
#
# test-inspect.py - mdoc-reader on whatever it is given
#
# SPDX-FileCopyrightText: 2026 The mdoc agent authors
# SPDX-License-Identifier: Apache-2.0

import base64
import json
import os
import random
import re
import subprocess

import hostile
from programs import (DONE, FAILED, IS_SANITIZED, NOTHING, PEER, READER, USAGE, VECTORS,
                      expect, main, run)

# what "any input" may cost: seconds of the processor, bytes of memory by the
# system's account; the address space is capped as well, so that an allocation
# that is never touched counts
MAX_SECONDS = 1.0
MAX_RSS = 64 << 20
MAX_ADDRESS = 512 << 20

ANNEX_D = {
    "device_engagement_qr": "DeviceEngagement", "e_device_key_bytes": "COSE_Key",
    "session_establishment": "SessionEstablishment", "session_data": "SessionData",
    "session_termination": "SessionData", "session_transcript_bytes": "SessionTranscript",
    "device_request": "DeviceRequest", "device_request_extended_2nd_edition": "DeviceRequest",
    "items_request_bytes": "ItemsRequest", "device_response": "DeviceResponse",
    "issuer_auth": "IssuerAuth", "mso_bytes": "MobileSecurityObject",
    "item_portrait": "IssuerSignedItem", "item_family_name": "IssuerSignedItem",
    "reader_auth": "COSE_Sign1", "iaca_cert_der": "Certificate", "ds_cert_der": "Certificate",
    "reader_cert_der": "Certificate", "reader_root_cert_der": "Certificate"}


def annex_d():
    document = json.loads((VECTORS / "iso18013-5-annex-d.json").read_text())
    return {name: bytes.fromhex(v["hex"]) for name, v in document["vectors"].items()}, \
        document["qr_text"]


def cheap(bench, content, *options, codes=(PEER,), verb=("inspect",)):
    """Runs a verb on content within the limits."""
    result = run(READER, *verb, bench.write("input", content), *options, timeout=60,
                 max_address_bytes=MAX_ADDRESS)
    assert result.code in codes, result
    if not IS_SANITIZED:
        assert result.max_rss_bytes <= MAX_RSS, (result.max_rss_bytes, result)
        assert result.seconds <= MAX_SECONDS, (result.seconds, result)
    return result


def named(result):
    """The name of the error that a result tells, on standard error or in JSON."""
    if result.out.startswith("{"):
        return result.json()["error"]["name"]
    found = re.search(r"\[([a-z-]+)\]$", result.err.strip())
    assert found and found.group(1) != "other", result
    return found.group(1)


def test_annex_d(bench):
    entries, uri = annex_d()
    for name, structure in ANNEX_D.items():
        report = expect(DONE, READER, "inspect", bench.write(name, entries[name]),
                        "--json").json()
        assert report["structure"] == structure, (name, report["structure"])
        assert report["bytes"] == len(entries[name]) and "error" not in report
        out = expect(DONE, READER, "inspect", bench.path(name)).out
        assert out.startswith(structure), out
    for text in (uri, uri.replace("mdoc:", "MDOC:"), uri + "\n"):
        report = expect(DONE, READER, "inspect", bench.write("uri", text), "--json").json()
        assert report["structure"] == "DeviceEngagement"
        assert report["summary"]["bleIdent"] == entries["derived_ble_ident"].hex()


def test_summaries(bench):
    entries, _ = annex_d()

    def summary(name):
        return expect(DONE, READER, "inspect", bench.write(name, entries[name]),
                      "--json").json()["summary"]

    response = summary("device_response")
    document, = response["documents"]
    assert document["deviceAuth"] == "mac"
    assert document["issuerSigned"]["issuerAuth"]["signedByItsCertificate"]
    assert all(e["digestMatches"] for e in document["issuerSigned"]["elements"])
    assert summary("device_request")["docRequests"][0]["readerAuth"]
    assert summary("device_request_extended_2nd_edition")["useCases"] == 2
    transcript = summary("session_transcript_bytes")
    assert transcript["handover"] == "nfc"
    assert transcript["sha256"] == entries["session_transcript_sha256"].hex()
    assert summary("session_termination") == {"status": 20}
    assert summary("ds_cert_der")["extendedKeyUsages"] == ["1.0.18013.5.1.2"]
    engagement, = summary("device_engagement_qr")["methods"]
    assert engagement["centralClient"] == "45efef74-2b2c-4837-a9a3-b0e1d05a6917"


def test_real_world(bench):
    document = json.loads((VECTORS / "real-world-mdoc.json").read_text())

    def hexes(value):
        if isinstance(value, dict):
            for inner in value.values():
                yield from hexes(inner)
        elif isinstance(value, list):
            for inner in value:
                yield from hexes(inner)
        elif isinstance(value, str) and len(value) > 400 and re.fullmatch("[0-9a-fA-F]+", value):
            yield bytes.fromhex(value)

    found = list(hexes(document))
    assert len(found) >= 6
    seen = set()
    for content in found:
        report = cheap(bench, content, "--json", codes=(DONE, PEER)).json()
        seen.add(report["structure"])
        if "error" in report:
            assert report["error"]["name"].startswith(("cbor-", "crypto-")), report["error"]
    assert {"DeviceResponse", "IssuerSigned", "DeviceRequest"} <= seen, seen


def test_masks(bench):
    entries, _ = annex_d()
    path = bench.write("r", entries["device_response"])
    for options in ([], ["--full"], ["--json"], ["--full", "--json"]):
        out = expect(DONE, READER, "inspect", path, *options).out
        assert "family_name" in out and "Doe" not in out, options
        # the salt of family_name would let one try names
        assert "8798645b20ea" not in out
    out = expect(DONE, READER, "inspect", path, "--show-values").out
    assert '"Doe"' in out and "8798645b20ea" in out


def test_elides(bench):
    entries, _ = annex_d()
    path = bench.write("r", entries["device_response"])
    brief = expect(DONE, READER, "inspect", path, "--show-values").out
    full = expect(DONE, READER, "inspect", path, "--show-values", "--full").out
    assert "the first of" in brief and "the first of" not in full
    assert len(brief) < len(full)


def test_terminal(bench):
    """No escape sequence of a stranger reaches the terminal."""
    for text in (b"\x1b[2J", b"\xc2\x9b2J", b"\xe2\x80\xaex", b"\r", b"\x07", b"\xff\xfe"):
        item = b"\xa1" + bytes([0x60 + len(text)]) + text + bytes([0x60 + len(text)]) + text
        request = (b"\xa2gversionc1.0kdocRequests\x81\xa1litemsRequest\xd8\x18" + (lambda i: bytes([0x58, len(i)]) + i)(
            b"\xa2gdocType" + bytes([0x60 + len(text)]) + text + b"jnameSpaces\xa1"
            + bytes([0x60 + len(text)]) + text + b"\xa1" + bytes([0x60 + len(text)]) + text + b"\xf4"))
        for content in (item, request):
            out = cheap(bench, content, codes=(DONE, PEER)).raw
            assert text not in out, out
            assert not re.search(rb"[\x00-\x09\x0b-\x1f\x7f]|\xc2[\x80-\x9f]", out), out


def test_prefixes(bench):
    """Truncated at any place: what is there is shown, then the error by name."""
    entries, _ = annex_d()
    for name in ("device_engagement_qr", "session_termination", "device_request",
                 "device_response"):
        content = entries[name]
        step = max(1, len(content) // 60)
        for length in range(0, len(content), step):
            result = cheap(bench, content[:length])
            assert named(result) == "cbor-truncated", result
            assert length == 0 or "/" in result.out, result
    result = cheap(bench, entries["device_response"][:1500])
    assert result.out.startswith("DeviceResponse") and '"docType": "org.iso' in result.out
    assert "Doe" not in result.out
    # a value that is masked is not to be had in hexadecimal either
    item = entries["item_family_name"]
    for length in range(10, len(item)):
        result = cheap(bench, item[:length], "--full")
        assert named(result) == "cbor-truncated", result
        assert b"Doe".hex() not in result.out and "8798645b20ea" not in result.out, result
    for length in (2, 100, 465):
        assert named(cheap(bench, entries["iaca_cert_der"][:length])) == "crypto-certificate"


def test_hostile(bench):
    vast = bytes.fromhex("829b00000000200000009b0000000020000000")
    for content, name in (
            (vast, "cbor-truncated"),
            (b"\xbb" + b"\xff" * 8, "cbor-truncated"),
            (b"\x5b" + b"\x7f" + b"\xff" * 7, "cbor-truncated"),
            (b"\x9f\xff", "cbor-unsupported"), (b"\xbf\xff", "cbor-unsupported"),
            (b"\x5f\x41\x00\xff", "cbor-unsupported"),
            (b"\x81" * 16, "cbor-truncated"), (b"\x81" * 17 + b"\0", "cbor-limit"),
            (b"\x81" * 3000000 + b"\0", "cbor-limit"),
            (b"\xa1\x00" * 1000000 + b"\0", "cbor-limit"),
            (b"\xc0" * 3000000 + b"\0", "cbor-limit"),
            (b"\xa2\x01\x02\x01\x03", "cbor-duplicate"),
            (b"\xa2gversionc1.0gversionc1.0", "cbor-duplicate"),
            (b"\x9a\x00\x10\x00\x00" + bytes(0x100000), "cbor-limit"),
            (b"\xb9\xff\xff" + b"".join(b"\x19" + i.to_bytes(2, "big") + b"\0"
                                        for i in range(0xffff)), "cbor-limit"),
            (b"\xb9\x7f\xff" + b"".join(b"\x19" + (i // 2).to_bytes(2, "big") + b"\0"
                                        for i in range(0x7fff)), "cbor-duplicate"),
            (b"\x1c", "cbor-malformed"), (b"\xf8\x01", "cbor-malformed"),
            (b"\xff", "cbor-unsupported"),
            (b"\xa0\x00", "cbor-trailing"), (b"\xa0", "unknown-structure"),
            (b"\x80", "unknown-structure"), (b"\xf6", "unknown-structure"),
            (b"\x83\xf6\xf6\x9b" + b"\xff" * 8, "cbor-truncated"),
            (b"\x84\x43\xa1\x01\x26\xa0\x5a\x00\x20\x00\x00", "cbor-truncated"),
            (b"\x30\x84\xff\xff\xff\xff", "crypto-certificate"),
            (b"\x30\x80" + b"\x30\x80" * 100000, "crypto-certificate"),
            (b"\x30\x82\xff\xff" + bytes(0xffff), "crypto-certificate"),
            (b"mdoc:", "cbor-truncated"), (b"mdoc:@@@", "text-malformed"),
            (b"mdoc:" + b"A" * 4000000, "text-limit"), (b"mdoc://x", "text-malformed"),
            (b"\x00" * 4000000, "cbor-trailing"), (b"a" * 4000001, "text-malformed"),
            (b"z" * 4000001, "text-malformed"),
            (b"-----BEGIN CERTIFICATE-----\n", "crypto-certificate"),
            (b"-----BEGIN CERTIFICATE-----\n" + b"A" * 4000000, "crypto-certificate"),
            (b"-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----\n",
             "unknown-structure")):
        for options in ((), ("--json",), ("--full", "--show-values", "--json")):
            assert named(cheap(bench, content, *options)) == name, content[:30]


def embed(content, levels):
    for _ in range(levels):
        content = b"\xd8\x18\x5a" + len(content).to_bytes(4, "big") + content
    return content


def test_embedded(bench):
    """Messages within messages, each of which is sound."""
    for levels in (1, 15, 31, 32, 33, 2000):
        result = cheap(bench, embed(b"\xa0", levels), codes=(PEER,))
        assert named(result) in ("unknown-structure", "cbor-limit"), result
    # wide and deep at once
    wide = b"\x99\x10\x00" + embed(b"\xa0", 8) * 0x1000
    cheap(bench, wide)
    cheap(bench, embed(b"\x5a" + (3000000).to_bytes(4, "big") + bytes(3000000), 6), "--full")


def test_large_and_sound(bench):
    """The largest that is read stays within the limits, one byte more is refused."""
    limit = 4 * 1024 * 1024 + 64 * 1024
    body = limit - 5
    content = b"\x5a" + body.to_bytes(4, "big") + bytes(body)
    for options in ((), ("--json",), ("--full",), ("--full", "--json")):
        assert named(cheap(bench, content, *options)) == "unknown-structure"
    result = cheap(bench, content + b"\0", codes=(FAILED,))
    assert named(result) == "file-limit"
    # a response with a picture as large as that
    picture = limit - 200
    response = (b"\xa3gversionc1.0idocuments\x81\xa1gdocType\x5a" + picture.to_bytes(4, "big")
                + bytes(picture) + b"fstatus\0")
    assert named(cheap(bench, response)).startswith("cbor-")


def test_many_documents(bench):
    """As much cryptography as a message can ask for."""
    entries, _ = annex_d()
    response = entries["device_response"]
    start = response.index(b"idocuments\x81") + len(b"idocuments\x81")
    document = response[start:response.index(b"fstatus\x00")]
    many = response[:start - 1] + b"\x90" + document * 16 + response[-8:]
    assert many.endswith(b"fstatus\0")
    cheap(bench, many, codes=(DONE,))
    more = response[:start - 1] + b"\x91" + document * 17 + response[-8:]
    assert named(cheap(bench, more)) == "cbor-limit"

    key = bench.write("transcript", entries["session_transcript_bytes"])
    root = bench.write("root", entries["iaca_cert_der"])
    result = cheap(bench, many, "--transcript", key, "--trust", root, "--json", verb=("verify",))
    assert len(result.json()["documents"]) == 16


def test_verify_is_cheap_too(bench):
    entries, _ = annex_d()
    options = ["--transcript", bench.write("transcript", entries["session_transcript_bytes"]),
               "--trust", bench.write("root", entries["iaca_cert_der"])]
    vast = bytes.fromhex("829b00000000200000009b0000000020000000")
    for content in (b"", vast, b"\x81" * 3000000, b"\xa1\x00" * 1000000, bytes(4000000),
                    b"\xa2gversionc1.0gversionc1.0", b"a" * 4000000, b"\xa3" * 100,
                    b"\x5a\x00\x40\x00\x00" + bytes(0x400000),
                    entries["device_response"][:-1], entries["device_response"] * 2):
        result = cheap(bench, content, *options, verb=("verify",))
        assert result.out.rstrip().endswith("NOT VERIFIED"), result
    # the same where the transcript should be
    response = bench.write("response", entries["device_response"])
    for content in (b"", vast, b"\x81" * 60000, b"\x83\xf6\xf6", bytes(4000000), b"a" * 999):
        result = run(READER, "verify", response, "--trust", options[3], "--transcript",
                     bench.write("odd", content), max_address_bytes=MAX_ADDRESS)
        assert result.code == PEER and named(result) and not result.out, result
        assert IS_SANITIZED or result.max_rss_bytes <= MAX_RSS


def vical_entry():
    return json.loads((VECTORS / "vical.json").read_text())["vectors"]["aamva_vical"]


def vical():
    return bytes.fromhex(vical_entry()["hex"])


def test_planted(bench):
    """Something hostile in any place of any structure, with sound CBOR around."""
    chooser = random.Random(9)
    entries, _ = annex_d()
    sound = [(name, entries[name], False) for name, structure in ANNEX_D.items()
             if structure != "Certificate"] + [("vical", vical(), True)]
    for name, content, payload in sound:
        # a transcript is made of what both sides saw, whatever that was
        codes = (DONE, PEER) if name == "session_transcript_bytes" else (PEER,)
        for what, message, error in hostile.plant(chooser, content, 3, payload):
            result = cheap(bench, message, codes=codes)
            # what is broken within tag 24 can't be told from something unknown
            assert result.code == DONE or named(result) in (error, "unknown-structure"), (
                name, what, message.hex(), result)


def test_planted_for_verify(bench):
    chooser = random.Random(10)
    entries, _ = annex_d()
    options = ["--transcript", bench.write("transcript", entries["session_transcript_bytes"]),
               "--trust", bench.write("root", entries["iaca_cert_der"]), "--json"]
    for what, message, error in hostile.plant(chooser, entries["device_response"], 8):
        report = cheap(bench, message, *options, verb=("verify",)).json()
        check, = report["checks"]
        assert check["name"] == "structure" and check["error"] == error, (what, report)
        assert not report["verified"] and not report["documents"], report

    # as the list of those to trust: then there is nobody who could be
    response = bench.write("response", entries["device_response"])
    root = bench.write("provider", bytes.fromhex(vical_entry()["root_der"]))
    for what, message, error in hostile.plant(chooser, vical(), 4, True):
        result = run(READER, "verify", response, *options[:2], "--vical",
                     bench.write("list", message), "--vical-root", root,
                     max_address_bytes=MAX_ADDRESS)
        assert result.code == FAILED and named(result) == error, (what, result)
        assert IS_SANITIZED or (result.max_rss_bytes <= MAX_RSS
                                and result.seconds <= MAX_SECONDS), result


def test_vical_cut(bench):
    content = vical()
    for length in range(0, len(content), 500):
        assert named(cheap(bench, content[:length])) == "cbor-truncated"
    for options in (("--json",), ("--full",)):
        cheap(bench, content, *options, codes=(DONE,))


def mutate(chooser, content):
    data = bytearray(content)
    for _ in range(chooser.choice((1, 1, 2, 4, 16))):
        kind = chooser.randrange(6)
        at = chooser.randrange(len(data)) if data else 0
        if kind == 0 and data:
            data[at] ^= 1 << chooser.randrange(8)
        elif kind == 1 and data:
            data[at] = chooser.choice((0, 0x18, 0x5f, 0x7f, 0x9b, 0xbb, 0xd8, 0xf6, 0xff))
        elif kind == 2:
            data[at:at] = bytes(chooser.choices(range(256), k=chooser.randrange(1, 9)))
        elif kind == 3:
            del data[at:at + chooser.randrange(1, 50)]
        elif kind == 4:
            end = chooser.randrange(at, len(data)) if at < len(data) else at
            data[at:at] = data[at:end][:2000]
        else:
            data[at:] = b""
    return bytes(data)


def test_random(bench):
    """A corpus that is the same each time: noise, and every structure mangled."""
    chooser = random.Random(18013)
    entries, uri = annex_d()
    sound = [entries[name] for name in ANNEX_D] + [uri.encode(), vical()]
    for number in range(240):
        if number % 4 == 0:
            content = bytes(chooser.choices(range(256), k=chooser.choice((1, 9, 100, 5000))))
        else:
            content = mutate(chooser, chooser.choice(sound))
        result = cheap(bench, content, codes=(DONE, PEER))
        if result.code == PEER:
            named(result)
        else:
            assert not result.err, result


def test_files(bench):
    os.mkfifo(bench.path("pipe"))
    for path, name, code in ((bench.folder, "file-kind", FAILED),
                             (bench.path("pipe"), "file-kind", FAILED),
                             ("/dev/zero", "file-kind", FAILED),
                             ("/dev/tty", None, FAILED),
                             (bench.path("none"), "file-not-found", NOTHING),
                             (bench.path("none") / "x", "file-not-found", NOTHING),
                             ("/proc/self/mem", "file-io", FAILED)):
        result = expect(code, READER, "inspect", path, timeout=30)
        assert name in (None, named(result)), result
    expect(USAGE, READER, "inspect")
    expect(USAGE, READER, "inspect", "a", "b")
    entries, uri = annex_d()
    for content in (entries["device_response"], uri.encode()):
        assert run(READER, "inspect", "-", stdin=content).code == DONE
    # standard input has a cap as well
    with open("/dev/zero", "rb") as endless:
        done = subprocess.run([READER, "inspect", "-"], stdin=endless, capture_output=True,
                              timeout=60, check=False)
        assert done.returncode == FAILED and b"[file-limit]" in done.stderr, done
    name = bench.folder / os.fsdecode(b"odd\xff\x1bname")
    name.write_bytes(b"\xa0")
    result = run(READER, "inspect", name)
    assert result.code == PEER and "\x1b" not in result.err, result
    result = run(READER, "inspect", str(name) + "x")
    assert result.code == NOTHING and "\x1b" not in result.err, result


def test_pem(bench):
    entries, _ = annex_d()
    pem = b"".join(b"-----BEGIN CERTIFICATE-----\n" + base64.encodebytes(entries[name])
                   + b"-----END CERTIFICATE-----\n" for name in ("iaca_cert_der", "ds_cert_der"))
    out = expect(DONE, READER, "inspect", bench.write("two.pem", pem)).out
    assert out.count("Certificate, ") == 2 and "utopia iaca" in out


def test_help(bench):
    assert bench
    out = expect(DONE, READER, "--help").out
    for verb in expect(DONE, READER, "verbs").out.split():
        assert verb in out, verb
        text = expect(DONE, READER, verb, "--help").out
        assert "Example" in text and "--json" in text, text
    for verb in ("request", "verify", "inspect"):
        assert "--show-values" in expect(DONE, READER, verb, "--help").out, verb
    assert "OpenSSL" in expect(DONE, READER, "--version").out


if __name__ == "__main__":
    main(dict(globals()))

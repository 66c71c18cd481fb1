#!/usr/bin/env python3
#
# test-sign.py - what mdoc-issuer sign writes, as mdoc-reader sees it
#
# SPDX-FileCopyrightText: 2026 The mdoc agent authors
# SPDX-License-Identifier: Apache-2.0

import base64
import json
import re

from programs import DONE, EXAMPLES, FAILED, ISSUER, READER, expect, main, openssl

SPACE = "org.iso.18013.5.1"


class Bureau:
    """A PKI and a device key, and documents signed with them."""

    def __init__(self, bench, *pki_options):
        self.bench = bench
        self.pki = bench.make_pki("pki", *pki_options)
        self.key, self.public = bench.make_key()

    def sign(self, data, *options, doctype="mdl", code=DONE):
        path = self.bench.write("data.json", json.dumps(data))
        out = self.bench.path("out")
        result = expect(code, ISSUER, "sign", "--doctype", doctype, "--data", path, "--ds",
                        self.pki, "--device-key", self.public, "--out", out, "--force",
                        "--allow-incomplete", *options)
        return out if code == DONE else result

    def values(self, data, *options, doctype="mdl"):
        """Returns: each element's value in diagnostic notation."""
        report = self.inspect(data, *options, doctype=doctype)
        found = re.findall(r'"elementIdentifier": "([^"]+)",\s*"elementValue": (.*?)\s*\}>>\)',
                           report["tree"], re.S)
        return {name: re.sub(r"\s+", " ", value) for name, value in found}

    def inspect(self, data, *options, doctype="mdl"):
        report = expect(DONE, READER, "inspect", self.sign(data, *options, doctype=doctype),
                        "--json", "--show-values", "--full").json()
        assert report["structure"] == "IssuerSigned"
        assert all(e["digestMatches"] for e in report["summary"]["elements"])
        assert report["summary"]["issuerAuth"]["signedByItsCertificate"]
        return report


def test_types_of_mdl(bench):
    picture = (EXAMPLES / "portrait.jpg").read_bytes()
    values = Bureau(bench).values({SPACE: {
        "family_name": "Müller-Ås", "birth_date": "1989-02-28", "issue_date": "2025-03-14",
        "expiry_date": "2035-03-13T12:00:00Z", "portrait": f"@{EXAMPLES / 'portrait.jpg'}",
        "sex": 2, "age_over_18": True, "portrait_capture_date": "2025-03-01T10:30:00+01:00",
        "driving_privileges": [{"vehicle_category_code": "B", "issue_date": "2007-08-20",
                                "codes": [{"code": "01"}]}],
        "signature_usual_mark": {"hex": "00FF"},
        "family_name_national_character": "王"}})
    assert values == {
        "family_name": '"Müller-Ås"', "birth_date": '1004("1989-02-28")',
        "issue_date": '1004("2025-03-14")', "expiry_date": '0("2035-03-13T12:00:00Z")',
        "portrait": f"h'{picture.hex()}'", "sex": "2", "age_over_18": "true",
        "portrait_capture_date": '0("2025-03-01T09:30:00Z")',
        "driving_privileges": '[ { "vehicle_category_code": "B", "issue_date": '
                              '1004("2007-08-20"), "codes": [{"code": "01"}] } ]',
        "signature_usual_mark": "h'00ff'", "family_name_national_character": '"王"'}, values


def test_types_that_are_unknown(bench):
    values = Bureau(bench).values({"org.example.1": {
        "text": "x", "int": -5, "big": 9007199254740993, "float": 1.5, "yes": True,
        "list": [1, "a", [False]], "map": {"b": 1, "a": {"full-date": "2020-02-29"}},
        "date": {"full-date": "2020-02-29"}, "time": {"tdate": "2020-02-29T00:00:00Z"},
        "bytes": {"base64url": "_-8"}, "at": "@no-file", "two": {"hex": "00", "x": 1}}})
    assert values == {
        "text": '"x"', "int": "-5", "big": "9007199254740993", "float": "1.5", "yes": "true",
        "list": '[1, "a", [false]]', "map": '{"b": 1, "a": 1004("2020-02-29")}',
        "date": '1004("2020-02-29")', "time": '0("2020-02-29T00:00:00Z")', "bytes": "h'ffef'",
        "at": '"@no-file"', "two": '{"hex": "00", "x": 1}'}, values


def test_elements_without_name_space(bench):
    bureau = Bureau(bench)
    report = bureau.inspect({"family_name": "A", "org.example.1": {"x": 1},
                             "given_name": "B"})
    assert [(e["nameSpace"], e["element"]) for e in report["summary"]["elements"]] == [
        (SPACE, "family_name"), (SPACE, "given_name"), ("org.example.1", "x")]
    result = bureau.sign({"family_name": "A", SPACE: {"family_name": "B"}}, code=FAILED)
    assert "twice" in result.err


def test_types_of_photo_id_and_pid(bench):
    bureau = Bureau(bench)
    values = bureau.values({"org.iso.23220.1": {
        "birth_date": {"birth_date": "1989-02-28", "approximate_mask": "00000000"}}},
        doctype="photoid")
    assert values["birth_date"].replace("{ ", "{").replace(" }", "}") == (
        '{"birth_date": 1004("1989-02-28"), "approximate_mask": "00000000"}'), values
    values = bureau.values({"eu.europa.ec.eudi.pid.1": {
        "birth_date": "1989-02-28", "nationality": ["UT", "QU"],
        "place_of_birth": {"country": "UT"}}}, doctype="pid")
    assert values == {"birth_date": '1004("1989-02-28")', "nationality": '["UT", "QU"]',
                      "place_of_birth": '{"country": "UT"}'}, values


def test_age_over(bench):
    """The age counts on the day of signing; a leap day's child turns in March."""
    bureau = Bureau(bench, "--valid-from", "2025-01-01T00:00:00Z", "--days", "457")
    for born, signed, ages in (
            ("2007-06-15", "2025-06-14T23:00:00Z", {18: False, 17: True, 99: False, 0: True}),
            ("2007-06-15", "2025-06-15T00:00:00Z", {18: True, 19: False}),
            ("2007-06-15", "2025-05-31T00:00:00Z", {18: False}),
            ("2007-06-15", "2025-07-01T00:00:00Z", {18: True}),
            ("2004-02-29", "2025-02-28T12:00:00Z", {21: False, 20: True}),
            ("2004-02-29", "2025-03-01T00:00:00Z", {21: True}),
            ("1926-01-01", "2025-01-02T00:00:00Z", {99: True})):
        values = bureau.values({SPACE: {"birth_date": born}}, "--valid-from", signed,
                               "--age-over", ",".join(map(str, ages)))
        for age, over in ages.items():
            assert values[f"age_over_{age:02}"] == str(over).lower(), (born, signed, age)
    values = bureau.values({"org.iso.23220.1": {"birth_date": {"birth_date": "2000-01-01"}}},
                           "--age-over", "18", "--valid-from", "2025-06-01", doctype="photoid")
    assert values["age_over_18"] == "true"


def test_mso(bench):
    bureau = Bureau(bench)
    uri = "https://status.example.org:8443/lists/1"
    data = {SPACE: {"family_name": "A"}}
    report = bureau.inspect(data, "--digest", "sha384", "--status-list", f"{uri}:412",
                            "--authorize", "org.example.1", "--authorize", f"{SPACE}.UT/seen")
    assert report["summary"]["digestAlgorithm"] == "SHA-384"
    assert report["summary"]["statusList"] == {"uri": uri, "index": 412}
    tree = re.sub(r"\s+", " ", report["tree"])
    assert '"keyAuthorizations": { "nameSpaces": ["org.example.1"], "dataElements": ' \
           '{"org.iso.18013.5.1.UT": ["seen"]} }' in tree, tree
    report = bureau.inspect(data, "--identifier-list", f"{uri}:00ff", "--digest", "sha512")
    assert report["summary"]["identifierList"] == {"uri": uri, "id": "00ff"}
    assert report["summary"]["digestAlgorithm"] == "SHA-512"
    report = bureau.inspect(data)
    assert report["summary"]["digestAlgorithm"] == "SHA-256"
    assert "statusList" not in report["summary"] and "keyAuthorizations" not in report["tree"]


def test_validity(bench):
    bureau = Bureau(bench, "--valid-from", "2025-01-01T00:00:00Z")
    summary = bureau.inspect({SPACE: {"family_name": "A"}}, "--valid-from",
                             "2025-03-01T00:00:00Z", "--valid-days", "14",
                             "--expected-update", "2025-03-10T00:00:00Z")["summary"]
    assert (summary["signed"], summary["validFrom"], summary["validUntil"],
            summary["expectedUpdate"]) == ("2025-03-01T00:00:00Z", "2025-03-01T00:00:00Z",
                                           "2025-03-15T00:00:00Z", "2025-03-10T00:00:00Z")
    summary = Bureau(bench_of(bench)).inspect({SPACE: {"family_name": "A"}})["summary"]
    assert summary["signed"].endswith(":00:00Z") and "expectedUpdate" not in summary


def bench_of(bench):
    """The same folder, in which another PKI may be made."""
    for path in bench.path("pki").iterdir():
        path.unlink()
    return bench


def test_device_key(bench):
    """The very key goes into the document, whichever curve it is on."""
    bureau = Bureau(bench)
    for curve, length in (("prime256v1", 32), ("secp384r1", 48), ("secp521r1", 66),
                          ("brainpoolP256r1", 32)):
        _, bureau.public = bench.make_key(f"key-{curve}", curve)
        text = openssl("pkey", "-pubin", "-in", bureau.public, "-noout", "-text").out
        point = bytes.fromhex("".join(re.findall(r"(?:[0-9a-f]{2}:)+(?:[0-9a-f]{2})?|\b[0-9a-f]{2}\b(?=\n)",
                                                 text.split("pub:")[1].split("ASN1")[0])
                                      ).replace(":", ""))
        assert point[0] == 4 and len(point) == 1 + 2 * length, point
        tree = bureau.inspect({SPACE: {"family_name": "A"}})["tree"]
        assert f"-2: h'{point[1:1 + length].hex()}'" in tree
        assert f"-3: h'{point[1 + length:].hex()}'" in tree


def test_signer(bench):
    """The chain is the document signer alone; the root stays outside."""
    bureau = Bureau(bench)
    chain = bureau.inspect({SPACE: {"family_name": "A"}})["summary"]["issuerAuth"]["certificates"]
    assert len(chain) == 1
    pem = (bureau.pki / "ds.pem").read_text()
    der = base64.b64decode("".join(pem.split("-----")[2].split()))
    fingerprint = openssl("dgst", "-sha256", "-r", stdin=der).out.split()[0]
    assert chain[0]["sha256"] == fingerprint


if __name__ == "__main__":
    main(dict(globals()))

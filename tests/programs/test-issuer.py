#!/usr/bin/env python3
#
# test-issuer.py - mdoc-issuer as a whole
#
# SPDX-FileCopyrightText: 2026 The mdoc agent authors
# SPDX-License-Identifier: Apache-2.0

import json
import os
import stat

from programs import (DONE, EXAMPLES, FAILED, ISSUER, NOTHING, SOURCE, USAGE,
                      expect, main, openssl, run)

PROFILES = {"iaca": ("iaca", "iaca"), "ds": ("ds", "iaca"),
            "reader-ca": ("iaca", "reader-ca"), "reader": ("reader", "reader-ca")}


def test_help(bench):
    out = expect(DONE, ISSUER, "--help").out
    for verb in expect(DONE, ISSUER, "verbs").out.split():
        assert verb in out, verb
        help_text = expect(DONE, ISSUER, verb, "--help").out
        assert "Example" in help_text and "--json" in help_text, help_text
    assert "OpenSSL" in expect(DONE, ISSUER, "--version").out
    assert expect(DONE, ISSUER, "verbs", "--json").json() == \
        expect(DONE, ISSUER, "verbs").out.split()


def test_usage(bench):
    for arguments in ([], ["burn"], ["make-pki"], ["make-pki", "--country", "UT"],
                      ["make-pki", "--country", "utopia", "--out", "x"],
                      ["make-pki", "--country", "ut", "--out", "x"],
                      ["make-pki", "--country", "UT", "--out", "x", "--days", "458"],
                      ["make-pki", "--country", "UT", "--out", "x", "--days", "0"],
                      ["make-pki", "--country", "UT", "--out", "x", "--root-days", "7301"],
                      ["make-pki", "--country", "UT", "--out", "x", "--curve", "P-257"],
                      ["make-pki", "--country", "UT", "--out", "x", "--curve", "X25519"],
                      ["make-pki", "--country", "UT", "--out", "x", "--curve", "Ed25519"],
                      ["lint", "x"], ["lint", "x", "--profile", "root"],
                      ["lint", "--profile", "ds"], ["sign"], ["make-crl"]):
        result = expect(USAGE, ISSUER, *arguments)
        assert len(result.err.strip().splitlines()) == 1, result
        assert not result.out, result
    assert not (bench.folder / "x").exists()


def test_pki_lints_clean(bench):
    for curve in ("P-256", "P-384", "P-521", "brainpoolP256r1", "brainpoolP320r1",
                  "brainpoolP384r1", "brainpoolP512r1"):
        for state in ([], ["--state", "UT-01"]):
            pki = bench.make_pki(f"{curve}{len(state)}", "--curve", curve,
                                 "--organization", "Utopia Roads", *state)
            for name, (profile, issuer) in PROFILES.items():
                result = expect(DONE, ISSUER, "lint", pki / f"{name}.pem",
                                "--profile", profile, "--issuer", pki / f"{issuer}.pem")
                assert result.out == "clean\n", result


def test_pki_by_openssl(bench):
    pki = bench.make_pki("pki", "--state", "UT-01")
    for leaf, root in (("ds", "iaca"), ("reader", "reader-ca")):
        out = openssl("verify", "-x509_strict", "-check_ss_sig", "-CAfile",
                      pki / f"{root}.pem", "-crl_check", "-CRLfile",
                      pki / f"{root}.crl", pki / f"{leaf}.pem").out
        assert out.strip().endswith(": OK"), out
        key = openssl("pkey", "-in", pki / f"{leaf}-key.pem", "-pubout").out
        assert key == openssl("x509", "-in", pki / f"{leaf}.pem", "-noout", "-pubkey").out
    text = openssl("x509", "-in", pki / "ds.pem", "-noout", "-text").out
    for wanted in ("Version: 3", "Subject: C = UT, ST = UT-01", "ecdsa-with-SHA256",
                   "Key Usage: critical", "1.0.18013.5.1.2", "iaca.crl"):
        assert wanted in text, wanted
    text = openssl("x509", "-in", pki / "iaca.pem", "-noout", "-text").out
    for wanted in ("CA:TRUE, pathlen:0", "Certificate Sign, CRL Sign"):
        assert wanted in text, wanted
    assert "1.0.18013.5.1.6" in openssl("x509", "-in", pki / "reader.pem", "-noout",
                                        "-text").out


def test_pki_files(bench):
    pki = bench.make_pki()
    assert stat.S_IMODE(pki.stat().st_mode) == 0o700
    for path in pki.iterdir():
        wanted = 0o600 if path.name.endswith("-key.pem") else 0o644
        assert stat.S_IMODE(path.stat().st_mode) == wanted, path
    before = {path.name: path.read_bytes() for path in pki.iterdir()}
    assert len(before) == 10, before.keys()

    # not a byte is replaced unless asked for, though only one file is in the way
    for name in before:
        if name != "ds.pem":
            (pki / name).unlink()
    result = expect(FAILED, ISSUER, "make-pki", "--country", "UT", "--out", pki)
    assert "--force" in result.err, result
    assert [path.name for path in pki.iterdir()] == ["ds.pem"]
    assert (pki / "ds.pem").read_bytes() == before["ds.pem"]
    expect(DONE, ISSUER, "make-pki", "--country", "UT", "--out", pki, "--force")
    assert (pki / "ds.pem").read_bytes() != before["ds.pem"]
    assert len(list(pki.iterdir())) == 10

    bench.write("file", b"")
    expect(FAILED, ISSUER, "make-pki", "--country", "UT", "--out", bench.path("file"))


def test_pki_json(bench):
    result = expect(DONE, ISSUER, "make-pki", "--country", "UT", "--out",
                    bench.path("pki"), "--days", "100", "--root-days", "100",
                    "--valid-from", "2025-01-01T00:00:00Z", "--json").json()
    assert set(result) == {"iaca", "ds", "reader-ca", "reader"}
    assert result["ds"]["notAfter"].startswith("2025-04-11T"), result


def test_lint_names_broken_rules(bench):
    pki = bench.make_pki()
    result = expect(FAILED, ISSUER, "lint", pki / "ds.pem", "--profile", "iaca", "--json")
    report = result.json()
    rules = {f["rule"] for f in report["findings"] if not f["warning"]}
    assert report["broken"] == len(rules) and {"key-usage", "basic-constraints"} <= rules
    assert rules <= set(expect(DONE, ISSUER, "lint", "--profile", "iaca",
                               "--list-rules").out.split())

    other = bench.make_pki("other")
    result = expect(FAILED, ISSUER, "lint", pki / "ds.pem", "--profile", "ds",
                    "--issuer", other / "iaca.pem")
    assert "broken signature" in result.out, result

    # a certificate that openssl made for the web
    key = bench.path("web-key.pem")
    openssl("req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1",
            "-nodes", "-keyout", key, "-out", bench.path("web.pem"), "-subj",
            "/C=UT/CN=web", "-days", "1000")
    for profile in ("iaca", "ds", "reader"):
        result = expect(FAILED, ISSUER, "lint", bench.path("web.pem"), "--profile", profile)
        assert "broken" in result.out, result


def test_lint_lists_rules(bench):
    for profile in ("iaca", "ds", "reader"):
        rules = expect(DONE, ISSUER, "lint", "--profile", profile, "--list-rules").out.split()
        assert len(rules) > 20 and len(set(rules)) == len(rules)
        assert rules == expect(DONE, ISSUER, "lint", "--profile", profile,
                               "--list-rules", "--json").json()


def test_lint_input(bench):
    pki = bench.make_pki()
    der = bench.path("ds.der")
    openssl("x509", "-in", pki / "ds.pem", "-outform", "DER", "-out", der)
    expect(DONE, ISSUER, "lint", der, "--profile", "ds")
    two = bench.write("two.pem", (pki / "ds.pem").read_bytes() * 2)
    expect(FAILED, ISSUER, "lint", two, "--profile", "ds")
    expect(NOTHING, ISSUER, "lint", bench.path("no.pem"), "--profile", "ds")
    for name, content in (("empty", b""), ("noise", os.urandom(500)), ("text", b"hello\n"),
                          ("key", (pki / "ds-key.pem").read_bytes()),
                          ("cut", der.read_bytes()[:-1]), ("more", der.read_bytes() + b"\0"),
                          ("large", b"\x30" + bytes(300000))):
        result = expect(FAILED, ISSUER, "lint", bench.write(name, content), "--profile", "ds")
        assert name in result.err, result
    expect(FAILED, ISSUER, "lint", bench.folder, "--profile", "ds")
    os.mkfifo(bench.path("pipe"))
    expect(FAILED, ISSUER, "lint", bench.path("pipe"), "--profile", "ds", timeout=30)
    expect(FAILED, ISSUER, "lint", "/dev/zero", "--profile", "ds", timeout=30)


def test_check_profile(bench):
    shipped = SOURCE / "data" / "profiles"
    result = expect(DONE, ISSUER, "check-profile", shipped)
    assert result.out == "clean\n", result
    report = expect(DONE, ISSUER, "check-profile", shipped, "--json").json()
    assert report == {"files": len(list(shipped.glob("*.json"))), "broken": 0,
                      "findings": []}, report

    profile = json.loads((shipped / "mdl.json").read_text())
    profile["validity"]["ttl"] = "30 days"
    profile["colour"] = "\x1b[31mred"
    profile["elements"][2]["presence"] = "must"
    broken = bench.write("broken.json", json.dumps(profile))
    report = expect(FAILED, ISSUER, "check-profile", broken, shipped / "pid.json",
                    "--json").json()
    assert (report["files"], report["broken"]) == (2, 3), report
    assert {(one["file"], one["path"], one["warning"]) for one in report["findings"]} == {
        (str(broken), path, False)
        for path in ("/colour", "/elements/2/presence", "/validity/ttl")}, report
    result = expect(FAILED, ISSUER, "check-profile", broken)
    assert f"{broken}: /validity/ttl: ttl has to be" in result.out, result
    assert result.out.endswith("3 broken, 0 warnings\n"), result
    # the platform says no to the first of them
    assert "/colour: " in result.out.splitlines()[0], result


def test_check_profile_type(bench):
    """What the document type has to say is a warning, as a platform may know better."""
    shipped = SOURCE / "data" / "profiles"
    profile = json.loads((shipped / "mdl.json").read_text())
    names = [one["element"] for one in profile["elements"]]
    place = names.index("family_name")
    profile["elements"][place]["element"] = "familyname"
    profile["elements"][names.index("birth_date")]["presence"] = "optional"
    path = bench.write("mdl.json", json.dumps(profile))
    report = expect(DONE, ISSUER, "check-profile", path, "--json").json()
    assert report["broken"] == 0 and all(one["warning"] for one in report["findings"])
    assert [(one["path"], one["detail"].split()[0]) for one in report["findings"]] == [
        (f"/elements/{place}/element", "org.iso.18013.5.1"),
        ("/elements", "org.iso.18013.5.1/family_name"),
        ("/elements", "org.iso.18013.5.1/birth_date")], report
    result = expect(DONE, ISSUER, "check-profile", path)
    assert f"{path}: warning: /elements/{place}/element: " in result.out, result
    # a type that nobody has described can be anything
    folder = bench.path("types")
    folder.mkdir()
    result = expect(DONE, ISSUER, "check-profile", path, "--doctypes", folder)
    assert result.out == "clean\n", result
    expect(NOTHING, ISSUER, "check-profile", path, "--doctypes", bench.path("none"))


def test_check_profile_input(bench):
    shipped = SOURCE / "data" / "profiles"
    expect(USAGE, ISSUER, "check-profile")
    expect(NOTHING, ISSUER, "check-profile", bench.path("no.json"))
    twice = bench.write("again.json", (shipped / "mdl.json").read_bytes())
    report = expect(FAILED, ISSUER, "check-profile", shipped, twice, "--json").json()
    [one] = report["findings"]
    assert (one["file"], one["path"]) == (str(twice), "/id"), one
    assert str(shipped / "mdl.json") in one["detail"], one
    for name, content in (("empty", b""), ("noise", os.urandom(500)), ("list", b"[]"),
                          ("cut", (shipped / "mdl.json").read_bytes()[:-3]),
                          ("twice", b'{"id":"a","id":"b"}'),
                          ("deep", b"[" * 100 + b"]" * 100)):
        report = expect(FAILED, ISSUER, "check-profile", bench.write(name, content),
                        "--json").json()
        assert [one["path"] for one in report["findings"]] == [""], report
    large = bench.write("large", b" " * 300000)
    assert "large" in expect(FAILED, ISSUER, "check-profile", large).err


def test_sign_all_types(bench):
    pki = bench.make_pki()
    _, public = bench.make_key()
    for doctype, docname in (("mdl", "org.iso.18013.5.1.mDL"),
                             ("photoid", "org.iso.23220.photoid.1"),
                             ("pid", "eu.europa.ec.eudi.pid.1")):
        for name in (doctype, docname):
            result = expect(DONE, ISSUER, "sign", "--doctype", name, "--data",
                            EXAMPLES / f"{doctype}.json", "--ds", pki, "--device-key",
                            public, "--out", bench.path(name), "--json").json()
            assert result["docType"] == docname
        assert stat.S_IMODE(bench.path(doctype).stat().st_mode) == 0o600


def test_sign_is_random(bench):
    pki = bench.make_pki()
    _, public = bench.make_key()
    first = bench.sign(pki, public, "a").read_bytes()
    second = bench.sign(pki, public, "b").read_bytes()
    assert first != second
    ids = [first[i + 8:i + 10] for i in range(len(first)) if first[i:i + 8] == b"digestID"]
    assert len(ids) > 10 and ids != sorted(ids), ids


def test_sign_refuses(bench):
    pki = bench.make_pki()
    other = bench.make_pki("other")
    _, public = bench.make_key()
    data = json.loads((EXAMPLES / "mdl.json").read_text())
    space = data["org.iso.18013.5.1"]
    space["portrait"] = f"@{EXAMPLES / 'portrait.jpg'}"

    def attempt(code, *options, element=None, value=None, drop=None, whole=None,
                says="", ds=pki):
        changed = dict(space)
        if element:
            changed[element] = value
        if drop:
            del changed[drop]
        path = bench.write("data.json",
                           whole if whole is not None
                           else json.dumps({"org.iso.18013.5.1": changed}))
        result = expect(code, ISSUER, "sign", "--doctype", "mdl", "--data", path, "--ds", ds,
                        "--device-key", public, "--out", bench.path("out"), "--force", *options)
        assert says in result.err, result
        if code != DONE:
            assert not bench.path("out").exists()
            # no value is told, only its name
            if isinstance(value, str) and len(value) > 2:
                assert value not in result.err, result
        else:
            bench.path("out").unlink()

    attempt(DONE)
    for element, value in (("birth_date", "28.02.1989"), ("birth_date", "1989-02-30"),
                           ("birth_date", 19890228), ("birth_date", {"tdate": "1989-02-28"}),
                           ("sex", "female"), ("sex", -1), ("sex", 1.5), ("sex", True),
                           ("height", None), ("family_name", 7), ("family_name", "x" * 151),
                           ("family_name", "Łukasz"), ("issuing_country", "UTO"),
                           ("portrait", "portrait.jpg"), ("portrait", {"hex": "00ff"}),
                           ("portrait", {"hex": "0"}), ("portrait", {"base64url": "****"}),
                           ("portrait", "@" + str(EXAMPLES / "mdl.json")),
                           ("portrait_capture_date", "yesterday"),
                           ("driving_privileges", "all"),
                           ("driving_privileges", [{"issue_date": "never"}])):
        attempt(FAILED, element=element, value=value, says=element)
    attempt(NOTHING, element="portrait", value="@none.jpg", says="portrait")
    attempt(FAILED, element="portrait", value={"file": "/dev/zero"}, says="portrait")
    attempt(FAILED, element="famly_name", value="x", says="famly_name")
    attempt(DONE, "--allow-unknown", element="famly_name", value="x")
    for name in ("family_name", "portrait", "un_distinguishing_sign"):
        attempt(FAILED, drop=name, says=name)
        attempt(DONE, "--allow-incomplete", drop=name, says=name)
    attempt(FAILED, element="issuing_country", value="AT", says="issuing_country")
    for whole in ("", "[]", "7", "{", '{"a":1} x', "null", "[" * 100000, '{"x.y":7}',
                  '{"x.y":{}}', "{\"x\": \"\\ud800\"}"):
        attempt(FAILED, whole=whole)
    attempt(FAILED, "--valid-days", "400", says="--valid-days")
    attempt(FAILED, "--valid-from", "2020-01-01T00:00:00Z", says="validity")
    attempt(USAGE, "--valid-from", "soon")
    attempt(USAGE, "--valid-days", "0")
    attempt(USAGE, "--digest", "md5")
    attempt(USAGE, "--status-list", "https://example.org/1")
    attempt(USAGE, "--identifier-list", "https://example.org/1:xyz")
    attempt(USAGE, "--expected-update", "2020-01-01")
    attempt(USAGE, "--age-over", "100")
    attempt(FAILED, "--age-over", "18,18", says="twice")
    attempt(FAILED, "--age-over", "18", "--allow-incomplete", drop="birth_date",
            says="birth_date")
    attempt(FAILED, "--ds-cert", other / "ds.pem", says="belong")
    attempt(FAILED, "--ds-cert", pki / "iaca.pem", "--ds-key", pki / "iaca-key.pem",
            says="document signer")
    attempt(NOTHING, ds=bench.path("nowhere"))


def test_sign_output(bench):
    pki = bench.make_pki()
    _, public = bench.make_key()
    out = bench.sign(pki, public)
    before = out.read_bytes()
    arguments = [ISSUER, "sign", "--doctype", "mdl", "--data", EXAMPLES / "mdl.json", "--ds",
                 pki, "--device-key", public, "--out"]
    assert "exists" in expect(FAILED, *arguments, out).err
    assert out.read_bytes() == before
    result = expect(DONE, *arguments, "-")
    assert result.raw[:1] == b"\xa2" and b"issuerAuth" in result.raw
    expect(FAILED, *arguments, "/dev/full")
    expect(NOTHING, ISSUER, "sign", "--doctype", "nosuch", "--data", EXAMPLES / "mdl.json",
           "--ds", pki, "--device-key", public, "--out", bench.path("x"))
    for key in (pki / "ds-key.pem", pki / "ds.pem", EXAMPLES / "mdl.json"):
        expect(FAILED, ISSUER, "sign", "--doctype", "mdl", "--data", EXAMPLES / "mdl.json",
               "--ds", pki, "--device-key", key, "--out", bench.path("x"))


def test_make_crl(bench):
    pki = bench.make_pki()
    crl = bench.path("out.crl")
    arguments = [ISSUER, "make-crl", "--ca", pki / "iaca.pem", "--ca-key",
                 pki / "iaca-key.pem", "--out", crl]
    expect(DONE, *arguments)
    expect(FAILED, *arguments)
    assert expect(DONE, *arguments, "--force", "--revoke", pki / "ds.pem",
                  "--json").json() == {"revoked": 1}
    text = openssl("crl", "-in", crl, "-inform", "DER", "-noout", "-text", "-CAfile",
                   pki / "iaca.pem")
    serial = openssl("x509", "-in", pki / "ds.pem", "-noout", "-serial").out.split("=")[1].strip()
    assert f"Serial Number: {serial}" in text.out and "verify OK" in text.err
    result = run("openssl", "verify", "-CAfile", pki / "iaca.pem", "-crl_check", "-CRLfile",
                 crl, pki / "ds.pem")
    assert "certificate revoked" in result.err, result
    assert "not issued" in expect(FAILED, *arguments, "--force", "--revoke",
                                  pki / "reader.pem").err
    expect(FAILED, ISSUER, "make-crl", "--ca", pki / "iaca.pem", "--ca-key",
           pki / "ds-key.pem", "--out", bench.path("x"))
    expect(USAGE, *arguments, "--days", "91")


if __name__ == "__main__":
    main(dict(globals()))

#!/usr/bin/env python3
#
# test-report.py - what a platform has issued, whole, to take away
#
# SPDX-FileCopyrightText: 2026 The mdoc agent authors
# SPDX-License-Identifier: Apache-2.0

import contextlib
import csv
import io
import json
import sqlite3

from cryptography import x509
from cryptography.hazmat.primitives import hashes

from administered import Administered, Holder
from programs import DENIED, DONE, ISSUER, expect, main
from serving import claims

PASS = {"number": "M-1", "person": {"lastName": "Lindqvist", "firstName": "Mara"}}
LISTS = (("exchanges", "exchanges", "exchangeId"),
         ("credentials", "credentials", "credentialId"),
         ("device-credentials", "deviceCredentials", "midUid"))


def read_csv(text):
    assert text.endswith("\r\n"), text
    return list(csv.DictReader(io.StringIO(text, newline="")))


def get_csv(platform, path):
    answer = platform.admin("GET", f"/reports/{path}format=csv", role="read")
    assert answer.status == 200, str(answer)
    assert answer.headers["Content-Type"] == "text/csv; charset=utf-8"
    return read_csv(answer.body)


def as_cell(value):
    if isinstance(value, list):
        value = " ".join(value)
    if isinstance(value, bool):
        value = str(value).lower()
    return ("'" if str(value).startswith("=") else "") + str(value)


def expect_refused(platform, path, status, error, role="read"):
    answer = platform.admin("GET", f"/reports/{path}", role=role)
    assert (answer.status, answer.json()["error"]) == (status, error), str(answer)


def test_rows(bench):
    with Administered(bench) as platform:
        ids = [Holder(platform).take(platform.new_offer()) for _ in range(3)]
        # text with all that means something in CSV, and to spreadsheets
        platform.new_offer(externalRef='=1+"1",\n2')
        platform.set_state("suspended", midUid=ids[1])
        for name, listed, key in LISTS:
            rows = platform.get_admin(f"/{name}")[listed]
            assert platform.get_admin(f"/reports/{name}", role="read")["rows"] == rows
            table = get_csv(platform, f"{name}?")
            assert len(table) == len(rows) >= 3, table
            for row, cells in zip(rows, table):
                assert {column: as_cell(row.get(column, "")) for column in cells} == cells
            # behind a row are the older ones, whatever is added in front
            after = rows[0][key]
            assert platform.get_admin(f"/reports/{name}?after={after}")["rows"] == rows[1:]
            # without a head, as it goes on behind what had one
            answer = platform.admin("GET", f"/reports/{name}?after={after}&format=csv")
            assert answer.body.split(",")[0] == rows[1][key], str(answer)
            expect_refused(platform, f"{name}?after=nobody", 404, "not_found")
        assert "'=1+\"1\",\n2" in {row["externalRef"] for row in get_csv(platform, "exchanges?")}
        [suspended] = get_csv(platform, "device-credentials?state=suspended&")
        assert suspended["midUid"] == ids[1], suspended
        assert platform.get_admin("/reports/exchanges?status=nothing")["rows"] == []
        audit = platform.get_admin("/audit?action=report.exported&limit=1000")["records"]
        assert len(audit) >= 10, audit


def test_by_category(bench):
    with Administered(bench) as platform:
        assert platform.get_admin("/reports/by-category")["rows"] == []
        ids = [Holder(platform).take(platform.new_offer()) for _ in range(3)]
        platform.set_state("suspended", midUid=ids[0])
        rows = platform.get_admin("/reports/by-category", role="read")["rows"]
        assert sum(row["count"] for row in rows) == 3, rows
        assert {"profileId": "photoid", "state": "suspended", "count": 1} in rows, rows
        assert get_csv(platform, "by-category?") == [
            {name: str(value) for name, value in row.items()} for row in rows]


def test_signers(bench):
    with Administered(bench) as platform:
        [row] = platform.get_admin("/reports/signers", role="read")["rows"]
        leaf = x509.load_pem_x509_certificate(bench.path("pki/ds.pem").read_bytes())
        assert row == {"signer": "default", "fingerprint": leaf.fingerprint(hashes.SHA256()).hex(),
                       "notBefore": f"{leaf.not_valid_before.isoformat()}Z",
                       "notAfter": f"{leaf.not_valid_after.isoformat()}Z"}, row
        assert get_csv(platform, "signers?") == [row]


def test_retention(bench):
    """What there is, and that it goes; what is in it is not told."""
    platform = Administered(bench)

    def count():
        rows = platform.get_admin("/reports/retention", role="read")["rows"]
        assert claims()["family_name"] not in json.dumps(rows)
        assert [row["kind"] for row in get_csv(platform, "retention?")] == [
            row["kind"] for row in rows]
        assert all(("oldest" in row) == (row["count"] > 0) for row in rows), rows
        return {row["kind"]: row["count"] for row in rows}

    with platform:
        counts = count()
        assert not any(counts[kind] for kind in ("persons", "exchanges", "credentials",
                                                 "batches", "messages", "events")), counts
        mid_uid = Holder(platform).take(platform.new_offer())
        platform.admin("POST", "/persons", {"claims": claims()}, status=201)
        platform.admin("POST", "/messages", {"target": mid_uid, "title": "a", "body": "b"},
                       status=202)
        platform.admin("POST", "/batches", {"kind": "message", "items": [{"target": mid_uid}]},
                       status=201)
        counts = count()
        assert [counts[kind] for kind in ("persons", "exchanges", "credentials", "batches",
                                          "messages", "generations")] == [1] * 6, counts
        assert counts["events"] > 5 and counts["audit"] > 5, counts
    platform.options = (*platform.options, "--clock-offset", "90000")
    with platform:
        platform.admin("POST", "/retention/run", {"exchangeAgeSeconds": 80000}, status=200)
        counts = count()
        # nobody has read the message
        assert [counts[kind] for kind in ("persons", "exchanges", "credentials", "batches",
                                          "messages")] == [1, 0, 1, 0, 1], counts


def test_many(bench):
    """More than is read at once: each is there once, in order."""
    with Administered(bench) as platform:
        for number in range(5):
            platform.new_offer("member-pass", PASS, externalRef=str(number), consentRef="c")
    with contextlib.closing(sqlite3.connect(platform.database)) as database:
        [columns] = zip(*((one[1],) for one in database.execute("PRAGMA table_info(exchange)")
                          if one[1] not in ("id", "uid", "mid_uid", "external_ref")))
        same = ", ".join(columns)
        for number in range(5, 2003):
            database.execute(
                f"INSERT INTO exchange (uid, mid_uid, external_ref, {same}) SELECT ?, ?, ?, "
                f"{same} FROM exchange WHERE id = 1", (f"u{number}", f"m{number}", str(number)))
        database.commit()
    with platform:
        wanted = [str(number) for number in reversed(range(2003))]
        rows = platform.get_admin("/reports/exchanges")["rows"]
        assert [row["externalRef"] for row in rows] == wanted
        assert [row["externalRef"] for row in get_csv(platform, "exchanges?")] == wanted
        rows = platform.get_admin("/reports/exchanges?externalRef=7")["rows"]
        assert [row["externalRef"] for row in rows] == ["7"], rows


def test_refused(bench):
    with Administered(bench) as platform:
        expect_refused(platform, "by-category?after=x", 400, "invalid_request")
        expect_refused(platform, "exchanges?format=xml", 400, "invalid_request")
        expect_refused(platform, "people", 404, "not_found")
        expect_refused(platform, "exchanges", 403, "forbidden", role="check")


def test_verb(bench):
    with Administered(bench) as platform:
        for _ in range(2):
            Holder(platform).take(platform.new_offer())
        where = ("--server", platform.url, "--key-file", bench.path("read.key"))
        for name, listed, key in LISTS:
            rows = platform.get_admin(f"/{name}")[listed]
            assert expect(DONE, ISSUER, "report", name, "--json", *where).json() == rows
            result = expect(DONE, ISSUER, "report", name, *where)
            table = read_csv(result.raw.decode())
            assert [row[key] for row in table] == [row[key] for row in rows], result
        result = expect(DONE, ISSUER, "report", "credentials", "--profile", "mdl", *where)
        assert read_csv(result.raw.decode()) == [] and result.out.startswith("credentialId,")
        where = ("--server", platform.url, "--key-file", bench.path("check.key"))
        expect(DENIED, ISSUER, "report", "credentials", *where)


if __name__ == "__main__":
    main(globals())

#!/usr/bin/env python3
#
# test-status-lists.py - status lists as the platform publishes them
#
# SPDX-FileCopyrightText: 2026 The mdoc agent authors
# SPDX-License-Identifier: Apache-2.0

import base64
import gzip
import json
import time
import zlib

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, utils

from administered import Administered, Holder, Stream
from issued import Issued
from programs import main
from serving import signer
from vci import unb64

CWT, JWT = "application/statuslist+cwt", "application/statuslist+jwt"
IDL = "application/identifierlist+cwt"


def fetch(platform, uri, accept=None, **headers):
    connection = platform.connect()
    sent = {name.replace("_", "-"): value for name, value in headers.items()}
    if accept:
        sent["Accept"] = accept
    connection.request("GET", uri.removeprefix(platform.url), headers=sent)
    reply = connection.getresponse()
    reply.content = reply.read()
    connection.close()
    return reply


def verify(certificate, message, signature):
    half = len(signature) // 2
    certificate.public_key().verify(
        utils.encode_dss_signature(int.from_bytes(signature[:half], "big"),
                                   int.from_bytes(signature[half:], "big")),
        message, ec.ECDSA(hashes.SHA256()))


def read_jwt(bench, content):
    head, body, signature = content.decode().split(".")
    header, claims = json.loads(unb64(head)), json.loads(unb64(body))
    assert header["typ"] == "statuslist+jwt" and header["alg"] == "ES256"
    leaf = x509.load_der_x509_certificate(base64.b64decode(header["x5c"][0]))
    assert leaf == x509.load_pem_x509_certificate(signer(bench))
    verify(leaf, f"{head}.{body}".encode(), unb64(signature))
    return claims


def value(claims, idx):
    bits = claims["status_list"]["bits"]
    raw = zlib.decompress(unb64(claims["status_list"]["lst"]))
    assert idx < len(raw) * 8 // bits
    return raw[idx * bits // 8] >> idx * bits % 8 & (1 << bits) - 1


def place(bench, holder, i=0):
    issued = Issued(holder.issued["credentials"][i]["credential"], signer(bench))
    return issued.status["status_list"]


def until(platform, bench, uri, wanted):
    """The list, once it says what is wanted: published within a minute."""
    deadline = time.monotonic() + 60
    etag = None
    while time.monotonic() < deadline:
        reply = fetch(platform, uri, JWT, **({"If_None_Match": etag} if etag else {}))
        if reply.status == 304:
            platform.listen_for("nothing")
            continue
        assert reply.status == 200
        etag = reply.headers["ETag"]
        claims = read_jwt(bench, reply.content)
        if wanted(claims):
            return claims
    raise AssertionError("not published within a minute")


def test_published(bench):
    with Administered(bench) as platform:
        holder = Holder(platform)
        mid_uid = holder.take(platform.new_offer())
        status = place(bench, holder)
        uri, idx = status["uri"], status["idx"]
        assert uri.startswith(platform.url + "/status/tsl/")
        reply = fetch(platform, uri, JWT)
        assert reply.status == 200 and reply.headers["Content-Type"] == JWT
        assert "max-age=60" in reply.headers["Cache-Control"]
        assert reply.headers["Access-Control-Allow-Origin"] == "*"
        assert reply.headers["Vary"] == "Accept, Accept-Encoding"
        claims = read_jwt(bench, reply.content)
        assert claims["sub"] == uri and value(claims, idx) == 0
        assert claims["exp"] - claims["iat"] == 86400 and claims["ttl"] == 300
        # nobody can tell from its size how many there are
        assert len(zlib.decompress(unb64(claims["status_list"]["lst"]))) * 4 == 1 << 20
        # C7: suspended is 2, which is lifted again
        for state, wanted in (("suspended", 2), ("active", 0), ("revoked", 1)):
            platform.set_state(state, midUid=mid_uid)
            until(platform, bench, uri, lambda c: value(c, idx) == wanted)
        listed = platform.get_admin("/status-lists")["statusLists"]
        assert [entry["uri"] for entry in listed] == [uri] and listed[0]["used"] == 1


def test_packed(bench):
    """A JWT is base64 of base64, which gzip takes out; nobody else gains by it."""
    with Administered(bench) as platform:
        holder = Holder(platform)
        holder.take(platform.new_offer())
        uri = place(bench, holder)["uri"]
        plain = fetch(platform, uri, JWT, Accept_Encoding="identity")
        packed = fetch(platform, uri, JWT, Accept_Encoding="br, gzip")
        assert "Content-Encoding" not in plain.headers
        assert packed.headers["Content-Encoding"] == "gzip"
        assert packed.headers["Content-Type"] == JWT
        assert gzip.decompress(packed.content) == plain.content
        assert len(packed.content) < 0.8 * len(plain.content), len(packed.content)
        # RFC 9110, 8.8.3: another form is another thing
        tags = [reply.headers["ETag"] for reply in (plain, packed)]
        assert tags[0] != tags[1] and all(
            reply.headers["Vary"] == "Accept, Accept-Encoding" for reply in (plain, packed))
        for tag, status in ((tags[0], 200), (tags[1], 304)):
            assert fetch(platform, uri, JWT, Accept_Encoding="gzip",
                         If_None_Match=tag).status == status
        for kind, coding in ((CWT, "gzip"), (JWT, "br"), (JWT, "gzip;q=0")):
            reply = fetch(platform, uri, kind, Accept_Encoding=coding)
            assert reply.status == 200 and "Content-Encoding" not in reply.headers


def test_forms(bench):
    with Administered(bench) as platform:
        holder = Holder(platform)
        holder.take(platform.new_offer())
        uri = place(bench, holder)["uri"]
        for accept, kind in ((None, CWT), ("*/*", CWT), (CWT, CWT), (JWT, JWT),
                             (f"{JWT}, {CWT};q=0.1", JWT)):
            reply = fetch(platform, uri, accept)
            assert reply.status == 200 and reply.headers["Content-Type"] == kind
            assert (reply.content[0] == 0xd2) == (kind == CWT)
            etag = reply.headers["ETag"]
            again = fetch(platform, uri, accept, If_None_Match=f'"x", W/{etag}')
            assert again.status == 304 and not again.content
            assert again.headers["ETag"] == etag
            assert fetch(platform, uri, accept, If_None_Match='"x"').status == 200
        assert fetch(platform, uri, "text/html").status == 406
        assert fetch(platform, uri + "?time=1").status == 501
        assert fetch(platform, "/status/tsl/nothing").status == 404
        assert fetch(platform, uri.replace("/tsl/", "/idl/")).status in (404, 406)


def test_indices_are_random_and_never_reused(bench):
    with Administered(bench) as platform:
        seen = []
        for _ in range(4):
            holder = Holder(platform)
            holder.take(platform.new_offer(), n_keys=5)
            seen += [place(bench, holder, i)["idx"] for i in range(5)]
            platform.set_state("revoked", midUid=holder.mid_uid)
        assert len(set(seen)) == 20
        assert seen != sorted(seen) and max(seen) > 1000


def test_after_a_crash(bench):
    """Lists are derived: who comes back publishes what is committed."""
    platform = Administered(bench).start()
    holder = Holder(platform)
    mid_uid = holder.take(platform.new_offer())
    status = place(bench, holder)
    platform.set_state("revoked", midUid=mid_uid)
    platform.kill()
    with platform:
        claims = read_jwt(bench, fetch(platform, status["uri"], JWT).content)
        assert value(claims, status["idx"]) == 1


def test_made_anew_before_it_ends(bench):
    with Administered(bench) as platform:
        holder = Holder(platform)
        holder.take(platform.new_offer())
        uri = place(bench, holder)["uri"]
        first = read_jwt(bench, fetch(platform, uri, JWT).content)
        port = platform.port
    later = Administered(bench, "--clock-offset", str(13 * 3600))
    later.port = port
    with later:
        claims = read_jwt(bench, fetch(later, uri, JWT).content)
        assert claims["iat"] >= first["iat"] + 12 * 3600


def test_s0_89_identifier_list(bench):
    with Administered(bench) as platform:
        profile = platform.get_admin("/profiles/photoid")
        profile.update(version=2, status={"mechanism": "idlist"})
        platform.admin("PUT", "/profiles/photoid", profile, status=201)
        holder, other = Holder(platform), Holder(platform)
        mid_uid = holder.take(platform.new_offer())
        other.take(platform.new_offer())
        issued = Issued(holder.issued["credentials"][0]["credential"], signer(bench))
        status = issued.status["identifier_list"]
        uri = status["uri"]
        assert uri.startswith(platform.url + "/status/idl/")
        reply = fetch(platform, uri)
        assert reply.status == 200 and reply.headers["Content-Type"] == IDL
        assert status["id"] not in reply.content
        second = Issued(other.issued["credentials"][0]["credential"],
                        signer(bench)).status["identifier_list"]["id"]
        platform.set_state("revoked", midUid=mid_uid)
        deadline = time.monotonic() + 60
        while status["id"] not in fetch(platform, uri).content:
            assert time.monotonic() < deadline
            platform.listen_for("nothing")
        # absent is valid
        assert second not in fetch(platform, uri).content
        assert platform.admin("POST", "/status/v1/check", {"msoId": status["id"].hex()},
                              role="check", status=200) == {"status": "revoked"}
        assert fetch(platform, uri, JWT).status == 406


def test_s0_89_published_is_told(bench):
    """Each change once, together with others, and over a restart."""
    platform = Administered(bench)

    def told_until(n_changes):
        """Returns: what was told, once so many changes were."""
        told = []
        with Stream(platform, "/events/stream?since=0&type=statuslist.published") as stream:
            while not told or sum(one["changes"] for one in told) < n_changes:
                event = stream.next(timeout=120)["event_data"]["data"]
                assert event["actor"] == "system" and event["subject"] == {}, event
                told.append(event["data"])
        assert sum(one["changes"] for one in told) == n_changes, told
        assert all(one["lists"] == 1 for one in told), told
        return told

    with platform:
        holder = Holder(platform)
        mid_uid = holder.take(platform.new_offer())
        began = time.monotonic()
        assert told_until(0) == [{"lists": 1, "changes": 0}]
        uri, idx = (place(bench, holder)[name] for name in ("uri", "idx"))
        for state, wanted in (("suspended", 2), ("active", 0)):
            platform.set_state(state, midUid=mid_uid)
            until(platform, bench, uri, lambda c, wanted=wanted: value(c, idx) == wanted)
        told = platform.events(type="statuslist.published")
        # each was published, and what comes soon after another is told with more
        assert len(told) == 1 or time.monotonic() - began > 60, told
    with platform:
        told_until(2)
    with platform:
        # all lists are signed anew at the start, which is no news; a change is
        platform.set_state("revoked", midUid=mid_uid)
        told = told_until(3)
        audit = platform.get_admin("/audit?action=statuslist.published")["records"]
        assert [json.loads(one["detail"]) for one in audit] == told, audit


if __name__ == "__main__":
    main(globals())

# lists.py - status lists as a publisher of ours, or of nobody's, would make them
#
# SPDX-FileCopyrightText: 2026 The mdoc agent authors
# SPDX-License-Identifier: Apache-2.0

"""Written here and not by the programs under test, so that both have to agree:
Token Status List as JWT and CWT, and the identifier list of ISO/IEC 18013-5,
second edition."""

import base64
import contextlib
import json
import re
import subprocess
import zlib

from served import Handler, served


def b64url(data):
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


def sign(key, message):
    """ES256: r and s, 32 bytes each."""
    der = subprocess.run(["openssl", "dgst", "-sha256", "-sign", key], input=message,
                         check=True, capture_output=True).stdout
    out, at = b"", 2
    for _ in range(2):
        length = der[at + 1]
        out += der[at + 2:at + 2 + length].lstrip(b"\0").rjust(32, b"\0")
        at += 2 + length
    return out


def der_of(pem):
    body = re.search(r"-----BEGIN CERTIFICATE-----(.*?)-----END", pem.read_text(), re.S)
    return base64.b64decode(body.group(1))


def head(major, n):
    if n < 24:
        return bytes([major << 5 | n])
    for size, code in ((1, 24), (2, 25), (4, 26), (8, 27)):
        if n < 1 << 8 * size:
            return bytes([major << 5 | code]) + n.to_bytes(size, "big")
    raise ValueError(n)


def cbor(value):
    if isinstance(value, bool):
        return b"\xf5" if value else b"\xf4"
    if isinstance(value, int):
        return head(0, value) if value >= 0 else head(1, -1 - value)
    if isinstance(value, bytes):
        return head(2, len(value)) + value
    if isinstance(value, str):
        return head(3, len(value.encode())) + value.encode()
    if isinstance(value, list):
        return head(4, len(value)) + b"".join(map(cbor, value))
    return head(5, len(value)) + b"".join(cbor(k) + cbor(v) for k, v in value.items())


def packed(values, bits, size=1024):
    raw = bytearray(size * bits // 8)
    for index, value in values.items():
        raw[index * bits // 8] |= value << index * bits % 8
    return zlib.compress(bytes(raw), 9)


def jwt(uri, key, chain, now, values, bits=1, ttl=300, life=3600, kind="statuslist+jwt"):
    header = {"alg": "ES256", "typ": kind,
              "x5c": [base64.b64encode(der_of(pem)).decode() for pem in chain]}
    claims = {"sub": uri, "iat": now, "exp": now + life, "ttl": ttl,
              "status_list": {"bits": bits, "lst": b64url(packed(values, bits))}}
    message = ".".join(b64url(json.dumps(part).encode()) for part in (header, claims))
    return f"{message}.{b64url(sign(key, message.encode()))}".encode()


def cwt(uri, key, chain, now, values=None, identifiers=None, bits=1, ttl=300, life=3600):
    kind = "statuslist" if identifiers is None else "identifierlist"
    ders = [der_of(pem) for pem in chain]
    protected = cbor({1: -7, 16: f"application/{kind}+cwt",
                      33: ders[0] if len(ders) == 1 else ders})
    claims = {2: uri, 6: now, 4: now + life, 65534: ttl}
    if identifiers is None:
        claims[65533] = {"bits": bits, "lst": packed(values, bits)}
    else:
        claims[65530] = {"identifiers": {one: {} for one in sorted(identifiers)}}
    payload = cbor(claims)
    signature = sign(key, cbor(["Signature1", protected, b"", payload]))
    return b"\xd2" + cbor([protected, {}, payload, signature])


@contextlib.contextmanager
def publisher():
    """Answers GET with what is in the dictionary: bytes, or a status."""
    content, asked = {}, []

    class Publisher(Handler):
        def do_GET(self):
            asked.append((self.path, self.headers.get("Accept")))
            found = content.get(self.path, 404)
            self.send_response(200 if isinstance(found, bytes) else found)
            body = found if isinstance(found, bytes) else b""
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

    with served(Publisher) as url:
        yield url, content, asked

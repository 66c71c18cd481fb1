# issued.py - opens an issued mdoc and verifies it, by a hand of its own
#
# SPDX-FileCopyrightText: 2026 The mdoc agent authors
# SPDX-License-Identifier: Apache-2.0

"""Of ISO/IEC 18013-5, 9.1.2: issuer's signature, digests, device key."""

import datetime
import struct

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, utils

from vci import b64, sha256, unb64


class Tag:
    def __init__(self, number, value):
        self.number, self.value = number, value


def decode(data, at=0):
    """Returns: a value and where the next begins."""
    major, short = data[at] >> 5, data[at] & 31
    at += 1
    argument = short
    if 24 <= short <= 27:
        size = 1 << (short - 24)
        argument = int.from_bytes(data[at:at + size], "big")
        at += size
    if major == 0:
        return argument, at
    if major == 1:
        return -1 - argument, at
    if major in (2, 3):
        raw = bytes(data[at:at + argument])
        assert len(raw) == argument
        return (raw if major == 2 else raw.decode()), at + argument
    if major == 4:
        items = []
        for _ in range(argument):
            item, at = decode(data, at)
            items.append(item)
        return items, at
    if major == 5:
        pairs = {}
        for _ in range(argument):
            name, at = decode(data, at)
            pairs[name], at = decode(data, at)
        return pairs, at
    if major == 6:
        value, at = decode(data, at)
        return Tag(argument, value), at
    if short == 27:
        return struct.unpack(">d", data[at - 8:at])[0], at
    return {20: False, 21: True, 22: None}[short], at


def load(data):
    value, end = decode(data)
    assert end == len(data), "trailing bytes"
    return value


def head(major, argument):
    for code, size in ((24, 1), (25, 2), (26, 4)):
        if argument < 24:
            return bytes([major << 5 | argument])
        if argument < 1 << 8 * size:
            return bytes([major << 5 | code]) + argument.to_bytes(size, "big")
    raise ValueError(argument)


def to_bstr(data):
    return head(2, len(data)) + data


def to_time(tag):
    assert tag.number == 0
    return int(datetime.datetime.fromisoformat(tag.value.replace("Z", "+00:00"))
               .timestamp())


class Issued:
    """What a credential of the format mso_mdoc says, once all of it holds."""

    def __init__(self, credential, signer_pem):
        self.raw = unb64(credential)
        signed = load(self.raw)
        protected, unprotected, payload, signature = signed["issuerAuth"]
        assert load(protected) == {1: -7}
        certificate = x509.load_der_x509_certificate(unprotected[33])
        assert certificate == x509.load_pem_x509_certificate(signer_pem)
        # Sig_structure (RFC 9052, 4.4)
        message = (head(4, 4) + head(3, 10) + b"Signature1" + to_bstr(protected)
                   + to_bstr(b"") + to_bstr(payload))
        r, s = signature[:32], signature[32:]
        certificate.public_key().verify(
            utils.encode_dss_signature(int.from_bytes(r, "big"), int.from_bytes(s, "big")),
            message, ec.ECDSA(hashes.SHA256()))

        self.mso = load(load(payload).value)
        self.doc_type = self.mso["docType"]
        key = self.mso["deviceKeyInfo"]["deviceKey"]
        self.device_key = {"kty": "EC", "crv": "P-256", "x": b64(key[-2]), "y": b64(key[-3])}
        validity = self.mso["validityInfo"]
        self.signed, self.valid_from, self.valid_until = (
            to_time(validity[name]) for name in ("signed", "validFrom", "validUntil"))
        self.expected_update = ("expectedUpdate" in validity
                                and to_time(validity["expectedUpdate"]))
        self.status = self.mso.get("status")
        self.elements = {}
        for space, items in signed["nameSpaces"].items():
            for item in items:
                assert item.number == 24
                fields = load(item.value)
                assert len(fields["random"]) >= 16
                digest = sha256(head(6, 24) + to_bstr(item.value))
                assert self.mso["valueDigests"][space][fields["digestID"]] == digest
                self.elements[space, fields["elementIdentifier"]] = fields["elementValue"]

    @property
    def digest(self):
        """As a receipt tells it."""
        return b64(sha256(self.raw))

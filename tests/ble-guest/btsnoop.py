#!/usr/bin/env python3
#
# btsnoop.py - what went over the air, from a trace of btmon
#
# SPDX-FileCopyrightText: 2026 The mdoc agent authors
# SPDX-License-Identifier: Apache-2.0

"""usage: btsnoop.py FILE            prints each PDU of ATT
       btsnoop.py --check FILE    asserts what must never be there
       btsnoop.py --start FILE    counts the requests of ATT before State 0x01
       btsnoop.py --private FILE  asserts that both adapters hide their addresses

The checks: nothing of the Security Manager (nobody pairs), no name in
advertising data or scan responses, no attribute value over 512 bytes, and that
the trace holds a connection at all. To hide: whatever an adapter advertises with,
scans with or connects from, as the other one hears it, is a resolvable private
address that was made with the key of its own; this needs AF_ALG of the kernel.
"""

import socket
import struct
import sys

COMMAND, EVENT, ACL_TX, ACL_RX, MGMT_COMMAND = 2, 3, 4, 5, 16
CID_ATT, CID_SMP = 4, 6
# opcode: (name, bytes before the value)
WITH_VALUE = {
    0x0B: ("read response", 1),
    0x12: ("write request", 3),
    0x1B: ("notification", 3),
    0x1D: ("indication", 3),
    0x52: ("write command", 3),
}
MULTIPLE = 0x23
NAMES = {
    0x01: "error", 0x02: "mtu request", 0x03: "mtu response",
    0x04: "find information", 0x06: "find by type", 0x08: "read by type",
    0x0A: "read request", 0x0C: "read blob", 0x10: "read by group type",
    0x13: "write response", 0x1E: "confirmation", MULTIPLE: "notifications",
}
# they are answered before the next
REQUESTS = (0x02, 0x04, 0x06, 0x08, 0x0A, 0x0C, 0x10, 0x12, 0x1D)
AD_SHORT_NAME, AD_NAME = 0x08, 0x09
HCI_SET_ADV_DATA, HCI_SET_SCAN_RESPONSE = 0x2008, 0x2009
HCI_SET_EXT_ADV_DATA, HCI_SET_EXT_SCAN_RESPONSE = 0x2037, 0x2038
EVENT_LE_META = 0x3E
LE_CONNECTED, LE_REPORT, LE_CONNECTED_ENHANCED, LE_EXT_REPORT = 1, 2, 0x0A, 0x0D
MGMT_SET_PRIVACY = 0x002F
ADDRESS_RANDOM = 1


def records(path):
    """Yields (time in s, adapter, opcode, bytes)."""
    data = open(path, "rb").read()
    if data[:8] != b"btsnoop\0":
        sys.exit(f"btsnoop: {path} is no trace")
    pos = 16
    while pos + 24 <= len(data):
        _, size, flags, _, when = struct.unpack_from(">IIIIQ", data, pos)
        yield when / 1e6, flags >> 16, flags & 0xFFFF, data[pos + 24:pos + 24 + size]
        pos += 24 + size


def frames(path):
    """Yields (time, adapter, is_sent, channel, payload) of whole L2CAP frames."""
    open_frames = {}
    for when, adapter, opcode, data in records(path):
        if opcode not in (ACL_TX, ACL_RX) or len(data) < 4:
            continue
        handle, _ = struct.unpack_from("<HH", data)
        key = adapter, opcode, handle & 0x0FFF
        if (handle >> 12) & 3 == 1:
            if key not in open_frames:
                continue
            frame = open_frames.pop(key) + data[4:]
        else:
            frame = data[4:]
        if len(frame) < 4:
            continue
        size, channel = struct.unpack_from("<HH", frame)
        if len(frame) < 4 + size:
            open_frames[key] = frame
        else:
            yield when, adapter, opcode == ACL_TX, channel, frame[4:4 + size]


def values(pdu):
    """Yields (handle, value) of what a PDU of ATT carries."""
    if pdu[0] in WITH_VALUE:
        start = WITH_VALUE[pdu[0]][1]
        handle = struct.unpack_from("<H", pdu, 1)[0] if start == 3 else 0
        yield handle, pdu[start:]
    elif pdu[0] == MULTIPLE:
        pos = 1
        while pos + 4 <= len(pdu):
            handle, size = struct.unpack_from("<HH", pdu, pos)
            yield handle, pdu[pos + 4:pos + 4 + size]
            pos += 4 + size


def advertised(opcode, data):
    """The advertising data that a command sets, or None."""
    if opcode != COMMAND or len(data) < 3:
        return None
    command = struct.unpack_from("<H", data)[0]
    if command in (HCI_SET_ADV_DATA, HCI_SET_SCAN_RESPONSE):
        return data[4:4 + data[3]]
    if command in (HCI_SET_EXT_ADV_DATA, HCI_SET_EXT_SCAN_RESPONSE):
        return data[7:]
    return None


def has_name(data):
    pos = 0
    while pos + 1 < len(data) and data[pos] != 0:
        if data[pos + 1] in (AD_SHORT_NAME, AD_NAME):
            return True
        pos += 1 + data[pos]
    return False


def dump(path):
    for when, adapter, is_sent, channel, payload in frames(path):
        if not is_sent or channel != CID_ATT or not payload:
            continue
        name = WITH_VALUE.get(payload[0], (NAMES.get(payload[0], hex(payload[0])),))[0]
        carried = " ".join(f"{handle:04x}:{len(value)}:{value[:4].hex()}"
                           for handle, value in values(payload))
        print(f"{when % 1000:.4f} hci{adapter} {name} {len(payload)} {carried}")


def count_start(path):
    """Returns: the PDUs of ATT that wait for an answer, up to the first write of
    State 0x01, by who sent them and what they are."""
    counts = {"client": {}, "server": {}}
    client = None
    sent = []
    for _, adapter, is_sent, channel, payload in frames(path):
        if not is_sent or channel != CID_ATT or not payload:
            continue
        if payload[0] == 0x52 and payload[3:] == b"\x01":
            client = adapter
            break
        if payload[0] in REQUESTS:
            name = WITH_VALUE.get(payload[0], (NAMES.get(payload[0]),))[0]
            sent.append((adapter, name))
    for adapter, name in sent:
        mine = counts["client" if adapter == client else "server"]
        mine[name] = mine.get(name, 0) + 1
    return counts


def check(path):
    found = []
    n_att = n_adverts = 0
    for _, _, is_sent, channel, payload in frames(path):
        if channel == CID_SMP:
            found.append("a PDU of the Security Manager")
        if channel == CID_ATT and is_sent and payload:
            n_att += 1
            found += [f"a value of {len(value)} bytes"
                      for _, value in values(payload) if len(value) > 512]
    for _, _, opcode, data in records(path):
        advert = advertised(opcode, data)
        if advert is not None:
            n_adverts += 1
            if has_name(advert):
                found.append("a name in an advertisement")
    if n_att == 0 or n_adverts == 0:
        found.append(f"too little: {n_att} PDUs, {n_adverts} advertisements")
    for line in sorted(set(found)):
        print(f"btsnoop: {line} ({found.count(line)} times)")
    if not found:
        print(f"btsnoop: {n_att} PDUs of ATT, {n_adverts} advertisements, all fine")
    return 1 if found else 0


def heard(opcode, data):
    """What an event tells of a peer: (what, type of address, address, its bytes in
    the order of the air), or None."""
    if opcode != EVENT or len(data) < 14 or data[0] != EVENT_LE_META:
        return None
    if data[2] in (LE_CONNECTED, LE_CONNECTED_ENHANCED) and data[3] == 0:
        return "connection", data[7], data[8:14]
    if data[2] == LE_EXT_REPORT:
        return "advertisement", data[6], data[7:13]
    if data[2] == LE_REPORT:
        return "advertisement", data[5], data[6:12]
    return None


def encrypt(key, block):
    """AES of one block, as the security functions of Bluetooth write it: the least
    significant byte first."""
    with socket.socket(socket.AF_ALG, socket.SOCK_SEQPACKET) as cipher:
        cipher.bind(("skcipher", "ecb(aes)"))
        cipher.setsockopt(socket.SOL_ALG, socket.ALG_SET_KEY, key[::-1])
        with cipher.accept()[0] as operation:
            operation.sendmsg_afalg([block[::-1]], op=socket.ALG_OP_ENCRYPT)
            return operation.recv(16)[::-1]


def is_private(address_type, address, key):
    """Whether it is resolvable, and by this key (Vol 3, Part H, 2.2.2)."""
    return (address_type == ADDRESS_RANDOM and address[5] >> 6 == 1
            and encrypt(key, address[3:] + bytes(13))[:3] == address[:3])


def check_private(path):
    keys = {}
    found = []
    counts = {}
    for _, adapter, opcode, data in records(path):
        if opcode == MGMT_COMMAND and struct.unpack_from("<H", data, 4)[0] == MGMT_SET_PRIVACY:
            keys[adapter] = data[7:23] if data[6] else None
        peer = heard(opcode, data)
        if peer is None or keys.get(1 - adapter) is None:
            continue
        what, address_type, address = peer
        counts[what] = counts.get(what, 0) + 1
        if not is_private(address_type, address, keys[1 - adapter]):
            found.append(f"hci{1 - adapter} shows its address: {what}")
    if len(counts) < 2:
        found.append(f"too little: {counts}")
    for line in sorted(set(found)):
        print(f"btsnoop: {line} ({found.count(line)} times)")
    if not found:
        print(f"btsnoop: {counts}, all from resolvable private addresses")
    return 1 if found else 0


def main():
    if len(sys.argv) == 3 and sys.argv[1] == "--private":
        return check_private(sys.argv[2])
    if len(sys.argv) == 3 and sys.argv[1] == "--check":
        return check(sys.argv[2])
    if len(sys.argv) == 3 and sys.argv[1] == "--start":
        print(count_start(sys.argv[2]))
        return 0
    if len(sys.argv) != 2:
        sys.exit(__doc__.strip())
    dump(sys.argv[1])
    return 0


if __name__ == "__main__":
    sys.exit(main())

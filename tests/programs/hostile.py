# hostile.py - what strangers might make of a sound message
#
# SPDX-FileCopyrightText: 2026 The mdoc agent authors
# SPDX-License-Identifier: Apache-2.0

"""Takes CBOR apart, CBOR in byte strings included, and puts something hostile
into any one place of it, with all lengths around right, so that whoever looks at
that place has to refuse it."""

import dataclasses

BYTES, TEXT, ARRAY, MAP, TAG = 2, 3, 4, 5, 6
EMBEDDED = 24

# what takes a place, and the name of the error that it has to end in
VAST = bytes.fromhex("829b00000000200000009b0000000020000000")
DEEP = b"\x81" * 17 + b"\0"
PLANTS = (("vast", VAST, "cbor-truncated"), ("deep", DEEP, "cbor-limit"),
          ("indefinite", b"\x9f\xff", "cbor-unsupported"),
          ("reserved", b"\x1c", "cbor-malformed"))


@dataclasses.dataclass(eq=False)
class Node:
    """One data item. Of a byte string that holds CBOR, inner is that."""

    major: int
    argument: int
    raw: bytes = b""
    children: list = dataclasses.field(default_factory=list)
    inner: "Node" = None

    def encode(self, spoilt=None, instead=None):
        """Encodes, and where spoilt would stand, puts what instead(it) gives."""
        if self is spoilt:
            return instead(self)
        if self.inner:
            content = self.inner.encode(spoilt, instead)
            return head(BYTES, len(content)) + content
        return self.raw + b"".join(child.encode(spoilt, instead) for child in self.children)

    def walk(self):
        yield self
        for child in self.children + ([self.inner] if self.inner else []):
            yield from child.walk()


def head(major, argument):
    for code, size in ((24, 1), (25, 2), (26, 4)):
        if argument < 24:
            return bytes([major << 5 | argument])
        if argument < 1 << 8 * size:
            return bytes([major << 5 | code]) + argument.to_bytes(size, "big")
    return bytes([major << 5 | 27]) + argument.to_bytes(8, "big")


def decode(data, at=0, is_embedded=False):
    """Returns: the item at some place of sound CBOR, and where it ends."""
    start = at
    major, info = data[at] >> 5, data[at] & 31
    at += 1
    argument = info
    if info > 23:
        size = 1 << info - 24
        argument = int.from_bytes(data[at:at + size], "big")
        at += size
    node = Node(major, argument, data[start:at])
    if major in (BYTES, TEXT):
        content = data[at:at + argument]
        at += argument
        node.raw = data[start:at]
        # tag 24, or a payload that is itself one, or a protected header
        if major == BYTES and (is_embedded or content[:2] == b"\xd8\x18"):
            node.inner = decode(content)[0]
        return node, at
    for index in range({ARRAY: argument, MAP: 2 * argument, TAG: 1}.get(major, 0)):
        child, at = decode(data, at, major == TAG and argument == EMBEDDED)
        node.children.append(child)
    return node, at


def twice(node):
    """The map with its first pair once more at the end."""
    pairs = [child.encode() for child in node.children]
    return head(MAP, node.argument + 1) + b"".join(pairs + pairs[:2])


def plant(chooser, content, places, payload=False):
    """Yields (what, message, name of the error), so many places of each kind.

    payload: the third member of the outermost array holds CBOR as well."""
    root, end = decode(content)
    assert end == len(content)
    if payload:
        root.children[2].inner = decode(root.children[2].raw[len(head(
            BYTES, root.children[2].argument)):])[0]
    assert root.encode() == content
    nodes = list(root.walk())
    maps = [node for node in nodes if node.major == MAP and node.children]
    for what, instead, name in PLANTS:
        for node in chooser.sample(nodes, min(places, len(nodes))):
            yield what, root.encode(node, lambda _, i=instead: i), name
    for node in chooser.sample(maps, min(places, len(maps))):
        yield "twice", root.encode(node, twice), "cbor-duplicate"

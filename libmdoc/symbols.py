#!/usr/bin/env python3
#
# symbols.py - what leaves libmdoc is what its headers declare
#
# SPDX-FileCopyrightText: 2026 The mdoc agent authors
# SPDX-License-Identifier: Apache-2.0

"""usage: symbols.py [--write] MAP HEADER…

Compares the version script with the functions that the headers declare, or
writes it anew."""

import pathlib
import re
import sys

DECLARED = re.compile(r"\b(mdoc_[a-z0-9_]+)\s*\(")
COMMENT = re.compile(r"/\*.*?\*/", re.DOTALL)
DIRECTIVE = re.compile(r"^[ \t]*#(?:.*\\\n)*.*$", re.MULTILINE)
INLINE = re.compile(r"static inline\b.*?^}", re.DOTALL | re.MULTILINE)
MACRO_CALL = re.compile(r"\bG_DEFINE_AUTO\w*\s*\([^)]*\)")


def declared(headers):
    found = set()
    for header in headers:
        text = pathlib.Path(header).read_text(encoding="utf-8")
        for pattern in (COMMENT, DIRECTIVE, INLINE, MACRO_CALL):
            text = pattern.sub("", text)
        found |= set(DECLARED.findall(text))
    return found


def render(symbols):
    lines = [f"    {name};" for name in sorted(symbols)]
    return "\n".join(["LIBMDOC_0 {", "  global:", *lines, "  local:", "    *;",
                      "};", ""])


def main():
    arguments = sys.argv[1:]
    is_writing = arguments[:1] == ["--write"]
    path, *headers = arguments[1:] if is_writing else arguments
    path = pathlib.Path(path)
    wanted = render(declared(headers))
    if is_writing:
        path.write_text(wanted, encoding="utf-8")
        return 0

    there = path.read_text(encoding="utf-8") if path.exists() else ""
    if there == wanted:
        return 0
    for line in sorted(set(there.splitlines()) ^ set(wanted.splitlines())):
        where = "declared, not listed" if line in wanted else "listed, not declared"
        print(f"{path.name}: {where}: {line.strip()}")
    print("symbols: a symbol that goes makes a new soversion; "
          "then run libmdoc/symbols.py --write")
    return 1


if __name__ == "__main__":
    sys.exit(main())

#!/usr/bin/env python3
#
# house.py - licence lines, sizes, READMEs: what the house asks of every file
#
# SPDX-FileCopyrightText: 2026 The mdoc agent authors
# SPDX-License-Identifier: Apache-2.0

"""usage: house.py SOURCE_ROOT

Each source file names its licence. A file past 800 lines or a function past 80
has "long because: ..." in it or before it. Each folder of code has a README.md
of at most 25 lines. A source file of C ends in a newline, includes config.h
first, and its own header second. What json-glib writes is mended.
"""

import pathlib
import re
import sys

FOLDERS = ("base", "crypto", "mdoc", "engagement", "loopback", "ble", "net",
           "openid", "storage", "platform", "scan", "report", "agent", "ctl", "reader",
           "issuer", "libmdoc", "data", "tests", "bench", "tools", "docs", ".ci")
MAX_FILE_LINES = 800
MAX_FUNCTION_LINES = 80
MAX_README_LINES = 25
EXCUSE = "long because:"
# json-glib writes numbers that are no JSON, see mdoc_text_mend_json()
MENDED = re.compile(r"mdoc_text_mend_json \(\s*json_to_string \(")
SPDX = "SPDX-License-Identifier: Apache-2.0"


def is_source(path):
    if path.suffix in (".c", ".h", ".py", ".js", ".mjs", ".sh"):
        return True
    if path.suffix or path.is_symlink():
        return False
    with path.open("rb") as file:
        return file.read(2) == b"#!"


def long_functions(lines):
    """Yields (line, length) of the functions, which start and end at column 1."""
    start = None
    for number, line in enumerate(lines, 1):
        if line == "{":
            start = number
        elif line == "}" and start is not None:
            if number - start + 1 > MAX_FUNCTION_LINES:
                # a comment above the function's name, or inside it
                if EXCUSE not in "\n".join(lines[max(start - 30, 0):number]):
                    yield start, number - start + 1
            start = None


def complaints_about(path, shown):
    text = path.read_text(encoding="utf-8")
    lines = text.split("\n")
    if SPDX not in "\n".join(lines[:12]):
        yield f"{shown}: does not name its licence"
    if len(lines) > MAX_FILE_LINES + 1 and EXCUSE not in text:
        yield f"{shown}: {len(lines) - 1} lines"
    if not text.endswith("\n"):
        yield f"{shown}: does not end in a newline"
    if path.suffix == ".c":
        if "tests" not in path.parts and "json_to_string (" in MENDED.sub("", text):
            yield f"{shown}: json_to_string() without mdoc_text_mend_json()"
        for number, length in long_functions(lines):
            yield f"{shown}:{number}: a function of {length} lines"
        includes = re.findall(r'^#include ([<"][^>"]+[>"])', text, re.M)
        if includes and includes[0] != '"config.h"':
            yield f"{shown}: includes {includes[0]} before config.h"
        own = path.with_suffix(".h")
        if own.exists() and len(includes) > 1 and not includes[1].endswith(f'{own.name}"'):
            yield f"{shown}: includes {includes[1]} before its own header"


def complaints(root):
    for folder in FOLDERS:
        if not (root / folder).is_dir():
            continue
        for path in sorted((root / folder).rglob("*")):
            if path.is_file() and "corpus" not in path.parts and is_source(path):
                yield from complaints_about(path, path.relative_to(root))
    for folder in FOLDERS[:-1]:
        if not (root / folder).is_dir():
            continue
        readme = root / folder / "README.md"
        if not readme.exists():
            yield f"{folder}: has no README.md"
        elif len(readme.read_text(encoding="utf-8").splitlines()) > MAX_README_LINES:
            yield f"{folder}/README.md: more than {MAX_README_LINES} lines"


def main():
    found = list(complaints(pathlib.Path(sys.argv[1])))
    print("\n".join(found) or "house: nothing to complain about")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())

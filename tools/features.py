#!/usr/bin/env python3
#
# features.py - which features have a test, by the numbers in names of tests
#
# SPDX-FileCopyrightText: 2026 The mdoc agent authors
# SPDX-License-Identifier: Apache-2.0

"""usage: features.py [--check]

Writes docs/features.md from docs/features.txt, which names the features, and
from the tests, whose names carry the numbers of those they prove: in C in the
path of a case, "/register/S0-61/replay", in Python in the name of a function,
test_s0_78_79_and_81_removal. With --check nothing is written: it says what is
out of date, and which numbers of tests nobody knows.
"""

import collections
import pathlib
import re
import sys

TREE = pathlib.Path(__file__).resolve().parent.parent
LIST = TREE / "docs" / "features.txt"
PAGE = TREE / "docs" / "features.md"

HEAD = """# Features, and the tests that prove them

Written by `tools/features.py` from `docs/features.txt` and the names of the tests,
which carry these numbers. A feature without a test is one that nobody has proved,
whether or not it is there.

"""

FEATURE = re.compile(r"(S\d-\d\d) (\S.*)")
C_PATH = re.compile(r'"(/[^"\s]*S\d-\d\d[^"\s]*)"')
PYTHON_NAME = re.compile(r"^def test_(\w*s\d_\d\d\w*)\(", re.MULTILINE)
# a number, and in Python those that follow it
NUMBERS = re.compile(r"(?<![A-Za-z0-9])[sS](\d)[-_](\d\d)((?:_(?:and_)?\d\d(?![A-Za-z0-9]))*)"
                     r"(?![0-9])")


def load_features():
    """Returns: the headings and features in order, as pairs"""
    lines = []
    for line in LIST.read_text(encoding="utf-8").splitlines():
        if line.startswith("## "):
            lines.append((None, line[3:]))
        elif line and not line.startswith("# "):
            match = FEATURE.fullmatch(line)
            if not match:
                sys.exit(f"features: {LIST.name}: what is this: {line}")
            lines.append(match.groups())
    numbers = [number for number, _ in lines if number]
    if sorted(set(numbers)) != sorted(numbers):
        sys.exit(f"features: {LIST.name}: a number stands there twice")
    return lines


def numbers_of(name):
    for match in NUMBERS.finditer(name):
        family, first, more = match.groups()
        for number in [first, *re.findall(r"\d\d", more)]:
            yield f"S{family}-{number}"


def find_tests():
    """Returns: by number, the tests, as pairs of file and name"""
    found = collections.defaultdict(set)
    for pattern, suffix in ((C_PATH, "c"), (PYTHON_NAME, "py")):
        for path in sorted((TREE / "tests").rglob(f"test-*.{suffix}")):
            for name in pattern.findall(path.read_text(encoding="utf-8")):
                for number in numbers_of(name):
                    where = path.relative_to(TREE / "tests")
                    found[number].add((str(where), name.replace("_", "-")))
    return found


def make_page(lines, tests):
    proved = sum(1 for number, _ in lines if number and tests.get(number))
    n_features = sum(1 for number, _ in lines if number)
    text = [HEAD, f"{proved} of {n_features} have a test.\n"]
    for number, words in lines:
        if number is None:
            text.append(f"\n## {words}\n\n| number | what | tests | state |\n|---|---|---|---|\n")
            continue
        cases = "<br>".join(f"`{where}` {name}" for where, name in sorted(tests.get(number, ())))
        state = "tested" if cases else "no test"
        text.append(f"| {number} | {words} | {cases} | {state} |\n")
    return "".join(text)


def main():
    if sys.argv[1:] not in ([], ["--check"]):
        sys.exit(__doc__)
    lines, tests = load_features(), find_tests()
    known = {number for number, _ in lines}
    unknown = sorted(number for number in tests if number not in known)
    for number in unknown:
        for where, name in sorted(tests[number]):
            print(f"tests/{where}: {name}: {LIST.name} has no {number}")
    page = make_page(lines, tests)
    is_old = not PAGE.exists() or PAGE.read_text(encoding="utf-8") != page
    if "--check" not in sys.argv:
        PAGE.write_text(page, encoding="utf-8")
    elif is_old:
        print("docs/features.md is out of date: run tools/features.py")
    print(next(line for line in page.splitlines() if "have a test" in line))
    return 1 if unknown or (is_old and "--check" in sys.argv) else 0


if __name__ == "__main__":
    sys.exit(main())

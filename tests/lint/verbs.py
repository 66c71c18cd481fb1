#!/usr/bin/env python3
#
# verbs.py - each verb and option of a program is in its man page and completion
#
# SPDX-FileCopyrightText: 2026 The mdoc agent authors
# SPDX-License-Identifier: Apache-2.0

"""usage: verbs.py PROGRAM MAN_PAGE.rst COMPLETION"""

import pathlib
import re
import subprocess
import sys


def ask(program, *arguments):
    return subprocess.run([program, *arguments], check=True, capture_output=True,
                          text=True, timeout=20, env={"LC_ALL": "C.UTF-8"}).stdout


def options_of(program, verb):
    """The long options that the verb's help lists, in lines that begin so."""
    found = set()
    for line in ask(program, verb, "--help").splitlines():
        match = re.match(r"  (?:-\w, )?--([a-z0-9-]+)", line)
        if match and not line.startswith(f"  {pathlib.Path(program).name}"):
            found.add(match.group(1))
    return found


def section_of(page, verb):
    """The part of a page that tells of a verb: from its title to the next."""
    match = re.search(rf"^{re.escape(verb)}\n-+\n(.*?)(?=^[^\n]+\n[-=]+\n|\Z)", page,
                      re.M | re.S)
    return match.group(1) if match else None


def complaints(program, page, completion):
    verbs = ask(program, "verbs").split()
    if not verbs:
        yield "has no verbs"
        return
    # what every verb has may be told once for all
    common = set.intersection(*(options_of(program, verb) for verb in verbs))
    for verb in verbs:
        section = section_of(page, verb)
        if section is None:
            yield f"{verb}: the man page has no section of that name"
            continue
        if not re.search(rf"(?<![\w-]){re.escape(verb)}(?![\w-])", completion):
            yield f"{verb}: not completed"
        for option in sorted(options_of(program, verb)):
            mentioned = re.compile(rf"--{option}(?![\w-])")
            if not mentioned.search(page if option in common else section):
                yield f"{verb}: --{option} is not in its section of the man page"
            if not mentioned.search(completion):
                yield f"{verb}: --{option} is not completed"
        for option in set(re.findall(r"^--([a-z0-9-]+)", section, re.M)) - \
                options_of(program, verb):
            yield f"{verb}: the man page tells of --{option}, which is not there"


def main():
    program, page, completion = sys.argv[1:4]
    subprocess.run(["bash", "-n", completion], check=True)
    name = pathlib.Path(program).name
    found = [f"{name} {text}" for text in
             complaints(program, pathlib.Path(page).read_text(encoding="utf-8"),
                        pathlib.Path(completion).read_text(encoding="utf-8"))]
    print("\n".join(found) or f"verbs: {name} is documented and completed")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())

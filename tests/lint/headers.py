#!/usr/bin/env python3
#
# headers.py - every header compiles alone
#
# SPDX-FileCopyrightText: 2026 The mdoc agent authors
# SPDX-License-Identifier: Apache-2.0

"""usage: headers.py SOURCE_ROOT BUILD_ROOT"""

import concurrent.futures
import json
import os
import pathlib
import shlex
import subprocess
import sys

FOLDERS = ("base", "crypto", "mdoc", "engagement", "loopback", "ble", "net",
           "openid", "storage", "platform", "agent", "ctl", "reader", "issuer",
           "tests", "bench")
# what a header sees: where includes are looked for, and what is defined
WANTED = ("-I", "-isystem", "-D", "-std")


def flags(build):
    """Returns: the compiler, and such options of all files together."""
    compiler, found = None, {}
    for entry in json.loads((build / "compile_commands.json").read_text()):
        words = shlex.split(entry["command"])
        if words[0] == "ccache":
            words = words[1:]
        compiler = compiler or words[0]
        found.update(dict.fromkeys(word for word in words[1:]
                                   if word.startswith(WANTED)))
    return [compiler, *found, "-Wall", "-Wextra", "-Werror", "-Wno-unused-function",
            "-fsyntax-only", "-x", "c"]


def main():
    root, build = map(pathlib.Path, sys.argv[1:3])
    command = flags(build)
    headers = sorted(path for folder in FOLDERS
                     for path in (root / folder).rglob("*.h"))

    def complaint(header):
        # through a file that includes it, as #pragma once minds being the main one
        return subprocess.run([*command, "-"], cwd=build, check=False, text=True,
                              capture_output=True,
                              input=f'#include "{header}"\n').stderr

    with concurrent.futures.ThreadPoolExecutor(os.cpu_count()) as pool:
        complaints = [text for text in pool.map(complaint, headers) if text]
    print("".join(complaints), end="")
    print(f"headers: {len(headers)} looked at, {len(complaints)} do not compile alone")
    return 1 if complaints or not headers else 0


if __name__ == "__main__":
    sys.exit(main())

#!/usr/bin/env python3
#
# count-tests.py - how many tests of a meson build passed, case by case
#
# SPDX-FileCopyrightText: 2026 The mdoc agent authors
# SPDX-License-Identifier: Apache-2.0

"""usage: count-tests.py BUILD_FOLDER [LOG_NAME]

Prints `PASSED FAILED SKIPPED`, and on standard error what failed or was skipped.
Counts the cases inside each TAP program. A program that crashed, timed out or
promised more cases than it ran counts as a failure of its own, although meson's
JUnit file shows only the cases that went well.
"""

import json
import pathlib
import sys
import xml.etree.ElementTree


def main():
    logs = pathlib.Path(sys.argv[1], "meson-logs")
    name = sys.argv[2] if len(sys.argv) > 2 else "testlog"
    passed, failed, skipped = 0, [], []
    cases = {}

    for suite in xml.etree.ElementTree.parse(logs / f"{name}.junit.xml").getroot():
        for case in suite:
            if case.tag != "testcase":
                continue
            # a TAP program is a suite "PROJECT.TEST", any other a case "TEST"
            test = (case.get("name") if suite.get("name") == case.get("classname")
                    and "." not in suite.get("name")
                    else suite.get("name").split(".", 1)[1])
            outcome = {child.tag for child in case} & {"failure", "error", "skipped"}
            cases.setdefault(test, []).append((case.get("name"), outcome))

    for line in (logs / f"{name}.json").read_text(encoding="utf-8").splitlines():
        test = json.loads(line)
        own = cases.get(test["name"], [])
        n_bad = 0
        for case, outcome in own:
            label = case if case == test["name"] else f"{test['name']}: {case}"
            if outcome & {"failure", "error"}:
                failed.append(label)
                n_bad += 1
            elif "skipped" in outcome:
                skipped.append(label)
            elif test["result"] == "OK" or case != test["name"]:
                passed += 1
        if test["result"] == "SKIP" and not any(outcome for _, outcome in own):
            skipped.append(test["name"])
        if test["result"] not in ("OK", "SKIP", "EXPECTEDFAIL") and n_bad == 0:
            failed.append(f"{test['name']} ({test['result'].lower()})")

    for label in failed:
        print(f"  failed: {label}", file=sys.stderr)
    for label in skipped:
        print(f"  skipped: {label}", file=sys.stderr)
    print(passed, len(failed), len(skipped))


if __name__ == "__main__":
    main()

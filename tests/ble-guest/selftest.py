#!/usr/bin/env python3
#
# selftest.py - mdoc-reader selftest against the agent, over the real bluetoothd
#
# SPDX-FileCopyrightText: 2026 The mdoc agent authors
# SPDX-License-Identifier: Apache-2.0

"""usage: selftest.py BUILD [OPTION...], in the guest

Starts an agent on one adapter and runs the plan from the other, with these
options of mdoc-reader selftest. Its exit status is that of the plan, but 1 where
the plan could not run a case."""

import json
import os
import pathlib
import subprocess
import sys

TREE = pathlib.Path(__file__).resolve().parents[2]
os.environ.setdefault("MDOC_TEST_SOURCE_ROOT", str(TREE))
os.environ.setdefault("MDOC_TEST_BUILD_ROOT", str(pathlib.Path(sys.argv[1]).resolve()))
os.environ.setdefault("MDOC_TEST_VECTORS", "/nonexistent")
os.environ["MDOC_DATA_DIR"] = str(TREE / "data")
sys.path.insert(0, str(TREE / "tests" / "programs"))

from agents import CTL, World  # noqa: E402
from programs import READER, Bench  # noqa: E402

PRESENT = f"""exec {CTL} present --yes --print-engagement --adapter hci0 \
  --transport "$MDOC_SELFTEST_TRANSPORT" --ble-mode "$MDOC_SELFTEST_BLE_MODE" \
  --end "$MDOC_SELFTEST_END" $MDOC_SELFTEST_L2CAP 2>>"$MDOC_GUEST_OUT/selftest-holder.log" """


def main():
    bench = Bench()
    with World(bench) as world:
        world.trust()
        world.import_licence()
        out = os.environ["MDOC_GUEST_OUT"]
        report = pathlib.Path(out) / "selftest.json"
        with report.open("w", encoding="utf-8") as stream:
            status = subprocess.call(
                [READER, "selftest", "--transport", "ble", "--adapter", "hci1", "--json",
                 "--trust", world.pki / "iaca.pem", "--reader-cert", world.pki / "reader.pem",
                 "--reader-key", world.pki / "reader-key.pem", "--engagement-command", PRESENT,
                 "--html", f"{out}/selftest.html",
                 "--junit", f"{out}/selftest.xml", *sys.argv[2:]],
                env=world.env, stdout=stream)
    bench.close()

    result = json.loads(report.read_text(encoding="utf-8"))
    for case in result["cases"]:
        if case["outcome"] != "passed":
            run = next(run for run in case["runs"] if run["outcome"] != "passed")
            print(f"{case['outcome']} {case['way']}/{case['case']}: {run['error']['message']}")
    for way, times in result["ways"].items():
        print(f"{way}: " + ", ".join(
            f"{name} {t['min']:.0f}/{t['median']:.0f}/{t['max']:.0f}"
            for name, t in times.items()))
    print(f"{result['passed']} passed, {result['failed']} failed, {result['notRun']} not run, "
          f"{result['tookMs'] / 1000:.0f} s")
    return status or (1 if result["notRun"] else 0)


if __name__ == "__main__":
    sys.exit(main())

#!/usr/bin/env python3
#
# reader-selftest.py - mdocctl selftest against our reader, over the real bluetoothd
#
# SPDX-FileCopyrightText: 2026 The mdoc agent authors
# SPDX-License-Identifier: Apache-2.0

"""usage: reader-selftest.py BUILD [OPTION...], in the guest

Starts an agent on one adapter and has it run its plan, with these options of
mdocctl selftest, against our reader on the other. Its exit status is that of the
plan."""

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

ASK = f"""exec {READER} request --adapter hci1 --timeout 25 --doctype mdl \
  --element family_name --element portrait --trust "$MDOC_GUEST_PKI/iaca.pem" \
  --engagement "$MDOC_SELFTEST_ENGAGEMENT" --transport "$MDOC_SELFTEST_TRANSPORT" \
  --ble-mode "$MDOC_SELFTEST_BLE_MODE" $MDOC_SELFTEST_L2CAP \
  2>>"$MDOC_GUEST_OUT/selftest-reader.log" """


def main():
    bench = Bench()
    out = pathlib.Path(os.environ["MDOC_GUEST_OUT"])
    report = out / "reader-selftest.json"
    with World(bench) as world:
        world.trust()
        world.import_licence()
        with report.open("w", encoding="utf-8") as stream:
            status = subprocess.call(
                [CTL, "selftest", "--adapter", "hci0", "--reader-command", ASK, "--json",
                 "--html", out / "reader-selftest.html", "--junit", out / "reader-selftest.xml",
                 *sys.argv[2:]],
                env={**world.env, "MDOC_GUEST_PKI": str(world.pki)}, stdout=stream)
    bench.close()

    result = json.loads(report.read_text(encoding="utf-8"))
    for case in result.get("cases", []):
        print(f"{case['outcome']} {case['way']}/{case['case']}")
        for run in case["runs"]:
            if "error" in run:
                print(f"  {run['error']['message']}")
    print(result.get("error") or
          f"{result['passed']} passed, {result['failed']} failed, {result['tookMs'] / 1000:.0f} s")
    return status


if __name__ == "__main__":
    sys.exit(main())

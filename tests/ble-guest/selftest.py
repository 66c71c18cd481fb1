#!/usr/bin/env python3
#
# selftest.py - mdoc-reader selftest against the agent, over the real bluetoothd
#
# SPDX-FileCopyrightText: 2026 The mdoc agent authors
# SPDX-License-Identifier: Apache-2.0

"""usage: selftest.py BUILD [--warm-up TIMES] [OPTION...], in the guest

Starts an agent on one adapter and runs the plan from the other, with these
options of mdoc-reader selftest. Its exit status is that of the plan, but 1 where
the plan could not run a case, or where something is left in BlueZ.

With --warm-up the plan runs so many times before it is measured: from then on
neither agent nor bluetoothd may grow, nor the agent keep files open."""

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


# what the allocator may round up to; a leak of a whole presentation's data a
# time would be far more over a hundred of them
MAX_GROWTH_KB = 512


def get_memory_kb(pid):
    lines = pathlib.Path(f"/proc/{pid}/status").read_text(encoding="ascii").splitlines()
    return int(next(line for line in lines if line.startswith("VmRSS")).split()[1])


def count_files(pid):
    return len(os.listdir(f"/proc/{pid}/fd"))


def find_leftovers():
    """What BlueZ still has of a presentation: devices, advertisements, objects of
    ours that it would not have let go."""
    tree = subprocess.run(["busctl", "--list", "tree", "org.bluez"], check=True,
                          capture_output=True, text=True).stdout.split()
    left = [path for path in tree if "/dev_" in path]
    for adapter in ("hci0", "hci1"):
        active = subprocess.run(
            ["busctl", "get-property", "org.bluez", f"/org/bluez/{adapter}",
             "org.bluez.LEAdvertisingManager1", "ActiveInstances"],
            check=True, capture_output=True, text=True).stdout.split()[-1]
        discovering = subprocess.run(
            ["busctl", "get-property", "org.bluez", f"/org/bluez/{adapter}",
             "org.bluez.Adapter1", "Discovering"],
            check=True, capture_output=True, text=True).stdout.split()[-1]
        if active != "0":
            left.append(f"{adapter} advertises")
        if discovering != "false":
            left.append(f"{adapter} scans")
    return left


def run_plan(world, out, options):
    report = pathlib.Path(out) / "selftest.json"
    transport = [] if "--way" in options else ["--transport", "ble"]
    with report.open("w", encoding="utf-8") as stream:
        status = subprocess.call(
            [READER, "selftest", *transport, "--adapter", "hci1", "--json",
             "--trust", world.pki / "iaca.pem", "--reader-cert", world.pki / "reader.pem",
             "--reader-key", world.pki / "reader-key.pem", "--engagement-command", PRESENT,
             "--html", f"{out}/selftest.html", "--junit", f"{out}/selftest.xml", *options],
            env=world.env, stdout=stream)
    return status, json.loads(report.read_text(encoding="utf-8"))


def print_result(result):
    for case in result["cases"]:
        if case["outcome"] != "passed":
            run = next(run for run in case["runs"] if run["outcome"] != "passed")
            print(f"{case['outcome']} {case['way']}/{case['case']}: {run['error']['message']}")
    for way, times in result["ways"].items():
        print(f"{way}: " + ", ".join(
            f"{name} {t['min']:.0f}/{t['median']:.0f}/{t['max']:.0f}"
            for name, t in times.items()))
    print(f"{result['passed']} passed, {result['failed']} failed, {result['notRun']} not run, "
          f"{result['tookMs'] / 1000:.0f} s", flush=True)


def main():
    options = sys.argv[2:]
    warm_up = options[1] if options[:1] == ["--warm-up"] else None
    options = options[2:] if warm_up else options
    out = os.environ["MDOC_GUEST_OUT"]
    bluetoothd = int(os.environ["MDOC_GUEST_BLUETOOTHD"])
    grown = more_files = 0
    bench = Bench()
    with World(bench) as world:
        world.trust()
        world.import_licence()
        agent = world.agent.process.pid
        if warm_up:
            status, result = run_plan(world, out, [*options, "--repeat", warm_up])
            before = get_memory_kb(agent), get_memory_kb(bluetoothd)
            files = count_files(agent)
        status, result = run_plan(world, out, options)
        print_result(result)
        if warm_up:
            after = get_memory_kb(agent), get_memory_kb(bluetoothd)
            more_files = count_files(agent) - files
            grown = max(now - then for now, then in zip(after, before))
            print(f"agent {before[0]} kB, then {after[0]} kB; "
                  f"bluetoothd {before[1]} kB, then {after[1]} kB")
        left = find_leftovers()
    bench.close()

    if left:
        print("left in BlueZ: " + ", ".join(left))
    if grown > MAX_GROWTH_KB:
        print(f"grew by {grown} kB")
    if more_files > 0:
        print(f"{more_files} more open files in the agent")
    is_bad = left or more_files > 0 or result["notRun"] or grown > MAX_GROWTH_KB
    return status or (1 if is_bad else 0)


if __name__ == "__main__":
    sys.exit(main())

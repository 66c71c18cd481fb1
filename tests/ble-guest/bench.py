#!/usr/bin/env python3
#
# bench.py - how fast our transports are, beside the least that does the same
#
# SPDX-FileCopyrightText: 2026 The mdoc agent authors
# SPDX-License-Identifier: Apache-2.0

"""usage: bench.py BUILD OUT [ROUNDS [OVER]], in the guest with an MTU of 513, or outside

In the guest, in turn over the same controllers and bluetoothd: messages of ours,
and a bare loop of notifications, write commands (guest-bare) or frames of L2CAP
(l2test of BlueZ); and the requests of ATT before State 0x01. Outside, beside the
fake BlueZ, where the processor is the real one: what our programs themselves take
for a presentation, until BlueZ is asked to advertise or scan, and for the bytes of
a response. Leaves OUT/bench.json. With OVER only the speed over GATT, or over L2CAP, is
measured. A figure never makes it fail."""

import json
import os
import pathlib
import re
import resource
import signal
import statistics
import subprocess
import sys
import time

import btsnoop
from selftest import Bench, World  # also finds the other modules
from agents import Process
from programs import DONE, EXAMPLES, expect

BUILD = pathlib.Path(sys.argv[1]).resolve()
OUT = pathlib.Path(sys.argv[2]).resolve()
IS_GUEST = "MDOC_GUEST" in os.environ
TRANSPORT = BUILD / "tests" / "ble-guest" / "guest-transport"
BARE = BUILD / "tests" / "ble-guest" / "guest-bare"
N_BYTES = 200_000
# what our transports send at the MTU that docs/ble.md advises, 513
PART = {"notify": 508, "write": 510}
ADDRESS = {"hci0": "00:AA:01:00:00:00", "hci1": "00:AA:01:01:00:01"}
PSM = 128
FRAME_BYTES = 16384
# of L2CAP, which is faster: else the way there and back of the last byte would count
N_CHANNEL_BYTES = 60 * FRAME_BYTES
TIMEOUT_S = 120


def bluetoothd():
    return subprocess.run(["pidof", "bluetoothd"], check=True, capture_output=True,
                          text=True).stdout.split()[0]


def run_together(*commands):
    """Returns: the lines of JSON of all of them, by who printed them."""
    running = [subprocess.Popen([str(word) for word in command], stdout=subprocess.PIPE,
                                stderr=subprocess.STDOUT, text=True)
               for command in commands]
    deadline = time.monotonic() + TIMEOUT_S
    while (any(process.poll() is None for process in running)
           and not any(process.poll() for process in running)
           and time.monotonic() < deadline):
        time.sleep(0.02)
    is_bad = any(process.poll() != 0 for process in running)
    for process in running:
        process.kill()
    outs = [process.communicate()[0] for process in running]
    if is_bad:
        sys.exit(f"bench: {commands} failed: {outs}")
    lines = [json.loads(line) for out in outs for line in out.splitlines() if line[:1] == "{"]
    return {line["who"]: line for line in lines}


class Seeds:
    last = int(time.time()) % 100000


def run_ours(mode, direction, n_bytes, *options):
    Seeds.last += 1
    common = [TRANSPORT, "--mode", mode, "--seed", Seeds.last, "--measure", direction,
              "--bytes", n_bytes, "--timeout", TIMEOUT_S, *options]
    return run_together([*common, "--only", "holder"],
                        [*common, "--only", "reader", "--daemon", bluetoothd()])


def run_bare(kind, server):
    client = "hci0" if server == "hci1" else "hci1"
    common = ["--bytes", N_BYTES, "--part", PART[kind]]
    return run_together([BARE, "serve", "--adapter", server, *common],
                        [BARE, kind, "--adapter", client, "--daemon", bluetoothd(), *common])


def btmgmt(adapter, *words):
    subprocess.run(["btmgmt", "--index", adapter[3:], *words], stdin=subprocess.DEVNULL,
                   stdout=subprocess.DEVNULL, check=False, timeout=20)


def end_link():
    """bluetoothd keeps the one that l2test has made, and what connects next would
    share it, and lose it."""
    for adapter, other in (("hci0", "hci1"), ("hci1", "hci0")):
        path = f"/org/bluez/{adapter}"
        device = f"{path}/dev_{ADDRESS[other].replace(':', '_')}"
        subprocess.run(["busctl", "call", "org.bluez", path, "org.bluez.Adapter1",
                        "RemoveDevice", "o", device], check=False, timeout=20,
                       stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    deadline = time.monotonic() + TIMEOUT_S
    while "LE" in subprocess.run(["hcitool", "con"], check=True, capture_output=True,
                                 text=True).stdout:
        if time.monotonic() > deadline:
            sys.exit("bench: a connection does not end")
        time.sleep(0.1)


def run_l2test(sender):
    """Returns: kB/s, of as many bytes in frames as long as those of ours."""
    receiver = "hci0" if sender == "hci1" else "hci1"
    common = ["-V", "le_public", "-P", str(PSM), "-I", str(FRAME_BYTES),
              "-b", str(FRAME_BYTES)]
    btmgmt(receiver, "connectable", "on")
    btmgmt(receiver, "advertising", "on")
    with subprocess.Popen(["l2test", "-r", "-i", ADDRESS[receiver], *common],
                          stdout=subprocess.PIPE, stderr=subprocess.STDOUT) as listening:
        time.sleep(1)
        sent = subprocess.run(["l2test", "-s", "-i", ADDRESS[sender], *common,
                               "-N", str(N_CHANNEL_BYTES // FRAME_BYTES),
                               ADDRESS[receiver]], stdin=subprocess.DEVNULL, check=False,
                              stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
                              timeout=TIMEOUT_S)
        time.sleep(1)
        listening.terminate()
        got = listening.stdout.read().decode()
    btmgmt(receiver, "advertising", "off")
    btmgmt(receiver, "connectable", "off")
    end_link()
    # of each frame; the first one was waited for
    speeds = [speed for speed in map(float, re.findall(r" ([0-9.]+) kB/s", got)[1:])
              if speed > 0]
    if not speeds:
        sys.exit(f"bench: l2test: {sent.stdout.decode()}{got}")
    return 1.024 * statistics.harmonic_mean(speeds)


def get_speed(line, n_bytes=N_BYTES):
    return n_bytes / 1000 / (line["us"] / 1e6)


def per_100_kb(us, n_bytes=N_BYTES):
    return us / 1000 / (n_bytes / 100_000)


def measure_speed(mode, direction, over):
    """Returns: kB/s of ours and of the floor, ms of processors for 100 kB."""
    n_bytes = N_CHANNEL_BYTES if over == "L2CAP" else N_BYTES
    ours = run_ours(mode, direction, n_bytes, *(["--l2cap"] if over == "L2CAP" else []))
    row = {"mode": mode, "direction": direction, "over": over,
           "kBs": get_speed(ours["reader"], n_bytes),
           "holder_ms": per_100_kb(ours["holder"]["cpu_us"], n_bytes),
           "reader_ms": per_100_kb(ours["reader"]["cpu_us"], n_bytes),
           "bluetoothd_ms": per_100_kb(ours["reader"]["daemon_us"], n_bytes)}
    if over == "L2CAP":
        row["floor_kBs"] = run_l2test("hci1" if direction == "up" else "hci0")
    else:
        kind = "notify" if (mode == "central") == (direction == "up") else "write"
        bare = run_bare(kind, "hci1" if mode == "central" else "hci0")
        row["floor_kBs"] = get_speed(bare["client"])
        row["floor_ms"] = per_100_kb(bare["client"]["cpu_us"] + bare["server"]["cpu_us"])
        row["floor_bluetoothd_ms"] = per_100_kb(bare["client"]["daemon_us"])
    row["ratio"] = row["kBs"] / row["floor_kBs"]
    return row


def measure_speeds(rounds, overs):
    found = []
    for _ in range(rounds):
        for over in overs:
            for mode in ("central", "peripheral"):
                for direction in ("up", "down"):
                    found.append(measure_speed(mode, direction, over))
                    print(f"# {found[-1]}", flush=True)
    return take_medians(found, ("mode", "direction", "over"))


# --- until State 0x01 ---------------------------------------------------------

def count_att(mode, *options):
    """Returns: the requests of ATT before State 0x01, by what they are."""
    path = OUT / f"start-{mode}.btsnoop"
    with subprocess.Popen(["btmon", "-w", path], stdout=subprocess.DEVNULL) as monitor:
        time.sleep(1)
        subprocess.run([TRANSPORT, "--mode", mode, "--sizes", "1", *options], check=True)
        time.sleep(1)
        monitor.terminate()
    return btsnoop.count_start(path)


class Monitor:
    """What goes over a bus, with times."""

    def __init__(self, kind, env=None):
        self.path = OUT / f"{kind}.calls"
        with self.path.open("wb") as stream:
            self.process = subprocess.Popen(["dbus-monitor", f"--{kind}", "--profile"],
                                            stdout=stream, env=env)
        deadline = time.monotonic() + 20
        while b"NameAcquired" not in self.path.read_bytes():
            if time.monotonic() > deadline:
                sys.exit("bench: dbus-monitor does not start")
            time.sleep(0.05)

    def finish(self):
        """Returns: (time, kind, serial, sender, destination, rest) of each."""
        time.sleep(1)
        self.process.terminate()
        self.process.wait()
        for line in self.path.read_text().splitlines():
            words = line.split("\t")
            if words[0] in ("mc", "mr", "err", "sig"):
                yield float(words[1]), words[0], words[2], words[3], words[4], words[5:]


def get_owner():
    """Returns: the name that bluetoothd's connection to the bus has."""
    return subprocess.run(
        ["busctl", "call", "org.freedesktop.DBus", "/", "org.freedesktop.DBus",
         "GetNameOwner", "s", "org.bluez"], check=True, capture_output=True,
        text=True).stdout.split('"')[1]


def find_answer(calls, call):
    """Returns: when a call was answered, or None."""
    when, _, serial, sender, _, _ = call
    return next((then for then, kind, _, _, to, more in calls
                 if kind in ("mr", "err") and to == sender and more[0] == serial
                 and then >= when), None)


def get_bluez_time(calls, start, end):
    """Returns: how much of that time a call to bluetoothd was under way."""
    owner = get_owner()
    spans = sorted((call[0], find_answer(calls, call) or end) for call in calls
                   if call[1] == "mc" and call[4] in ("org.bluez", owner)
                   and start <= call[0] <= end)
    total, at = 0.0, start
    for begin, finish in spans:
        total += max(min(finish, end) - max(begin, at), 0)
        at = max(at, finish)
    return total


def measure_present(world, mode):
    """Returns: for what BlueZ was asked, ms: of processors of mdocctl and the agent
    for all that they did; from the agent's being asked to the answer; of that
    those with bluetoothd."""
    system, session = Monitor("system"), Monitor("session", env=world.env)
    agent_before = get_cpu(world.agent.process.pid)
    ctl_before = resource.getrusage(resource.RUSAGE_CHILDREN)
    holder, _ = world.present("--yes", "--transport", "ble", "--adapter", "hci0",
                              "--ble-mode", mode)
    time.sleep(3)
    agent_s = get_cpu(world.agent.process.pid) - agent_before
    holder.send_signal(signal.SIGINT)
    holder.process.wait()
    ctl_after = resource.getrusage(resource.RUSAGE_CHILDREN)
    ctl_s = (ctl_after.ru_utime - ctl_before.ru_utime
             + ctl_after.ru_stime - ctl_before.ru_stime)

    calls = list(system.finish())
    start = next(when for when, kind, _, _, _, rest in session.finish()
                 if kind == "mc" and rest[-1] == "StartPresentation")
    rows = []
    wanted = {"RegisterAdvertisement", "StartDiscovery"}
    for call in calls:
        if (call[1] == "mc" and call[0] >= start and call[5]
                and call[5][-1] in wanted):
            wanted.remove(call[5][-1])  # a scan is begun anew, which is not asked here
            answer = find_answer(calls, call)
            rows.append({"mode": mode, "until": call[5][-1], "agent_ms": agent_s * 1000,
                         "mdocctl_ms": ctl_s * 1000, "all_ms": (answer - start) * 1000,
                         "bluetoothd_ms": get_bluez_time(calls, start, answer) * 1000})
    return rows


def take_medians(rows, keys):
    """Returns: one of those rows that have the same keys, with the medians of the
    rest."""
    groups = {}
    for row in rows:
        groups.setdefault(tuple(row[key] for key in keys), []).append(row)
    return [{name: value if name in keys else statistics.median(row[name] for row in group)
             for name, value in group[0].items()} for group in groups.values()]


def measure_presents(world, rounds):
    found = []
    for _ in range(rounds):
        for mode in ("central", "peripheral", "both"):
            found += measure_present(world, mode)
    return take_medians(found, ("mode", "until"))


def get_cpu(pid):
    """Returns: s of processors that another process took; see clock_getcpuclockid()."""
    return time.clock_gettime((~pid << 3) | 2)


def measure_session(world, mode, element):
    """Returns: bytes of the response, and the ms of processors of agent and reader."""
    saved = world.bench.path("response.cbor")
    before = get_cpu(world.agent.process.pid)
    holder, engagement = world.present("--yes", "--transport", "ble", "--adapter", "hci0",
                                       "--ble-mode", mode)
    command = world.reader_command(
        engagement, element, more=["--timeout", TIMEOUT_S, "--transport", "ble",
                                   "--adapter", "hci1", "--save-response", saved])
    read = expect(DONE, *map(str, command), env=world.env, timeout=TIMEOUT_S)
    holder.finish(DONE, timeout=TIMEOUT_S)
    return (saved.stat().st_size, (get_cpu(world.agent.process.pid) - before) * 1000,
            read.seconds * 1000)


def measure_programs(world, rounds):
    """Returns: ms of processors for 100 KB more of a response, all included: what a
    session with a long portrait took less what one without it took."""
    found = []
    for _ in range(rounds):
        for mode in ("central", "peripheral"):
            short = measure_session(world, mode, "family_name")
            long = measure_session(world, mode, "portrait")
            per = (long[0] - short[0]) / 100_000
            found.append({"mode": mode, "bytes": long[0],
                          "agent_ms": (long[1] - short[1]) / per,
                          "reader_ms": (long[2] - short[2]) / per,
                          "session_agent_ms": short[1], "session_reader_ms": short[2]})
    return take_medians(found, ("mode",))


def import_portrait(world, n_bytes):
    """A licence with a portrait that is long."""
    data = json.loads((EXAMPLES / "mdl.json").read_text(encoding="utf-8"))
    start = (EXAMPLES / "portrait.jpg").read_bytes()
    world.bench.write("portrait.jpg", start + bytes(n_bytes - len(start)))
    data["org.iso.18013.5.1"]["portrait"] = "@portrait.jpg"
    key = world.new_key(name="long")
    licence = world.bench.sign(world.pki, key, "long.mdoc",
                               data=world.bench.write("long.json", json.dumps(data)))
    world.ctl(DONE, "import", licence)


BUS = """<busconfig><type>session</type><listen>unix:dir={folder}</listen>
<policy context="default"><allow send_destination="*" eavesdrop="true"/>
<allow eavesdrop="true"/><allow own="*"/></policy></busconfig>"""


def start_fake(world):
    """A system bus with the fake BlueZ on it, for all that is started from now on."""
    conf = world.bench.write("system.conf", BUS.format(folder=world.bench.folder))
    bus = Process(world, "dbus-daemon", f"--config-file={conf}", "--nofork",
                  "--print-address", name="system-bus")
    address = bus.read_line()
    os.environ["DBUS_SYSTEM_BUS_ADDRESS"] = address
    world.env["DBUS_SYSTEM_BUS_ADDRESS"] = address
    Process(world, BUILD / "tests" / "fake-bluez" / "fake-bluezd", address, "2",
            name="fake-bluez").read_line()


def measure_agent(measure, rounds):
    bench = Bench()
    with World(bench, starts=False) as world:
        start_fake(world)
        world.start_agent()
        world.trust()
        import_portrait(world, 200_000)
        found = measure(world, rounds)
    bench.close()
    return found


def main():
    rounds = int(sys.argv[3]) if len(sys.argv) > 3 else 3
    result = {"bytes": N_BYTES, "rounds": rounds}
    if len(sys.argv) > 4:
        steps = (("speeds", lambda: measure_speeds(rounds, sys.argv[4:])),)
    elif IS_GUEST:
        steps = (("starts", lambda: {mode: count_att(mode)
                                     for mode in ("central", "peripheral")}),
                 ("speeds", lambda: measure_speeds(rounds, ("GATT", "L2CAP"))))
    else:
        steps = (("presents", lambda: measure_agent(measure_presents, rounds)),
                 ("programs", lambda: measure_agent(measure_programs, rounds)))
    for name, measure in steps:
        result[name] = measure()
        print(f"# {name}: {result[name]}", flush=True)
        # what there is already, should the guest be lost
        (OUT / "bench.json").write_text(json.dumps(result, indent=2))
    return 0


if __name__ == "__main__":
    sys.exit(main())

# soaking.py - a year in the life of many agents and their platform
#
# SPDX-FileCopyrightText: 2026 The mdoc agent authors
# SPDX-License-Identifier: Apache-2.0

"""Many mdoc-agents, each with a store and a bus of its own, one mdoc-issuer serve
and one consumer of its events live through days, weeks or a year, in which all
happens that can happen to them; and in the end is looked at whether everything is
as it should be. Each run can be had again by its seed."""

import collections
import datetime
import json
import os
import pathlib
import random
import re
import secrets
import sqlite3
import sys
import time

from lifecycle import make_lasting_tls
from passing import (DAY, HOUR, PassingConsumer, PassingHolder, PassingPlatform, Room, Time,
                     copy_of)
from programs import DONE, IS_SANITIZED, ISSUER, expect
from serving import claims

# how much time passes at once, at most: a slow machine makes larger steps
MAX_STEP_S = 12 * HOUR
# what anybody may be late without a reason: two steps, and that an agent looks at
# its clock once an hour
SLACK_S = 2 * MAX_STEP_S + 2 * HOUR
# what it may take after a reason has gone: the longest back-off, and a sync a day
AFTER_OUTAGE_S, AFTER_STATE_S = 7 * HOUR + MAX_STEP_S, 26 * HOUR + MAX_STEP_S
# of memory since the first month; what grows with the year is the platform's
# database, of which it keeps pages in caches that have a limit
MAX_GROWTH = 1.25
ENDED = ("accepted", "declined", "failed")
NEEDS_ACTIVE = ("suspend", "update", "message", "revoke")


def memory_of(pid):
    """Resident kB, and how many files are open; connections come and go."""
    with open(f"/proc/{pid}/status", encoding="ascii") as file:
        kb = int(re.search(r"VmRSS:\s+(\d+) kB", file.read()).group(1))
    links = [os.readlink(entry) for entry in pathlib.Path(f"/proc/{pid}/fd").iterdir()]
    return kb, sum(not link.startswith("socket:") for link in links)


def to_unix(text):
    return datetime.datetime.fromisoformat(text.replace("Z", "+00:00")).timestamp()


class Excuses:
    """Times in which somebody could not do what they should."""

    def __init__(self):
        self.spans = []  # [from, until or None, how long it takes them to catch up]

    def begin(self, at_s, after_s):
        self.spans.append([at_s, None, after_s])

    def end(self, at_s):
        self.spans[-1][1] = at_s

    def latest(self, at_s, *others):
        """Until when what was due at that time may take."""
        spans = sorted(self.spans + [span for other in others for span in other.spans])
        for begin, end, after_s in spans:
            if begin <= at_s:
                if end is None:
                    return float("inf")
                at_s = max(at_s, end + after_s) if end + after_s >= at_s or \
                    end >= at_s - after_s else at_s
        return at_s


class Life:
    """An agent and the credential that it has, if any."""

    def __init__(self, soak, number):
        self.soak, self.number = soak, number
        self.chance = random.Random(f"{soak.seed}-{number}")
        # some live in peace, so that what grows in them can be told
        self.is_steady = number % 4 == 0
        self.holder = PassingHolder(soak.time, soak.platform,
                                    Room(soak.bench, f"agent-{number}"))
        self.offer = self.mid_uid = self.since = None
        self.accepted_s = 0
        self.excuses = Excuses()       # of the agent
        self.withheld = {}             # midUid: Excuses of the credential
        self.is_off = False
        self.label = self.n_failed = 0
        self.plan = []
        self.at(self.chance.uniform(0, min(25, soak.days / 4)), "claim")

    def at(self, day, what, *arguments):
        self.plan.append((day, what, arguments))
        self.plan.sort(key=lambda entry: entry[0])

    def after(self, days, what, *arguments):
        self.at(self.soak.time.day() + days, what, *arguments)

    @property
    def is_there(self):
        return not self.is_off and not self.holder.is_asleep

    def say(self, text):
        self.soak.say(f"agent {self.number}: {text}")

    def revive(self):
        """Returns: whether it had lost its power."""
        if not self.is_there or self.holder.pid() is not None:
            return False
        self.soak.counts["power cut"] += 1
        self.holder.begin_again()
        return True

    def do_what_is_due(self, day):
        while self.plan and self.plan[0][0] <= day:
            _, what, arguments = self.plan.pop(0)
            if not self.soak.is_up or not (self.is_there or what in ("wake_up", "switch_on")):
                self.after(0.5, what, *arguments)
                return
            if what in NEEDS_ACTIVE and not self.is_active():
                self.after(0.5, what, *arguments)
                return
            try:
                is_done = getattr(self, what)(*arguments) is not False
            except Exception as error:  # pylint: disable=broad-except
                # the others live on
                self.soak.find(False, f"agent {self.number}, {what}: {error!r}")
                is_done = False
                self.n_failed += 1
                if self.n_failed < 4:
                    self.after(2, what, *arguments)
            if is_done:
                self.soak.counts[what] += 1
                self.soak.settle()
                continue
            return

    def is_active(self):
        """Whether the platform knows that it was accepted, as it soon has to."""
        device = self.soak.platform.look(f"/device-credentials/{self.mid_uid}")
        is_active = device["state"] == "active"
        if not is_active:
            waited = self.soak.time.now() - self.accepted_s
            if waited > 4 * DAY:
                self.soak.find(self.mid_uid in self.soak.inactive,
                               f"agent {self.number}: not active: {device}")
                self.soak.inactive.add(self.mid_uid)
            self.soak.counts["not active yet"] += 1
        return is_active

    def go_on(self):
        """What comes next, some weeks later."""
        if self.soak.is_ending:
            return
        what = self.chance.choice(("suspend", "update", "update", "message", "revoke", "remove",
                                   "decline", "power_cut", "power_cut", "switch_off",
                                   "fall_asleep", "offer_lapses"))
        if self.is_steady and what in ("power_cut", "switch_off", "fall_asleep"):
            what = "message"
        self.after(self.chance.expovariate(1 / 25), what)

    # what happens

    def claim(self):
        kind = self.chance.choice(("plain", "plain", "batch", "deferred"))
        self.label += 1
        if kind == "deferred":
            self.offer = self.soak.platform.admin(
                "POST", "/offers", 201, {"profileId": "photoid", "deferred": True})
            self.after(self.chance.uniform(0.1, 3), "supply", self.offer)
        else:
            self.offer = self.soak.platform.new_offer(data=self.soak.claims)
        options = ("--copies", "3") if kind == "batch" else ()
        if self.chance.random() < 0.2 and not self.is_steady:
            self.holder.set(kill_at=self.chance.randint(1, 60))
        self.ask_for(self.offer, "--label", f"card-{self.label}", *options)
        self.since = self.soak.time.now()
        self.after(0.1, "accept")

    def ask_for(self, offer, *options):
        """While nobody waits for it: no time passes meanwhile, so whoever has to
        try again later would never do so."""
        self.holder.attempt("claim", offer["uri"], "--tx-code", offer["txCode"],
                            "--timeout", "3", *options)

    def supply(self, offer):
        if offer == self.offer:
            self.soak.platform.admin("PUT", f"/exchanges/{offer['exchangeIds'][0]}/claims", 200,
                                     {"claims": self.soak.claims})

    def accept(self):
        """As soon as there is something to accept."""
        offers = self.holder.ctl_json("offers", "--all")
        last = offers[-1] if offers else None
        if last and last["needs"]:
            # what was lost with the power looks like a wrong transaction code
            self.holder.ctl(DONE, "decline", last["id"])
        if not last or last["needs"] or last["state"] in ENDED:
            # the answer was lost with the power, and the code spent: another one
            self.soak.counts["claim lost"] += 1
            self.soak.give_up(self.offer)
            self.offer = None
            self.after(0.1, "claim")
            return False
        if last["state"] != "received":
            assert self.soak.time.now() - self.since < 12 * DAY, f"is stuck: {last}"
            self.after(0.3, "accept")
            return False
        self.holder.ctl(DONE, "accept", last["id"])
        exchange = self.soak.platform.look(f"/exchanges/{self.offer['exchangeIds'][0]}")
        self.mid_uid = exchange["midUid"]
        self.withheld[self.mid_uid] = Excuses()
        self.accepted_s = self.soak.time.now()
        self.go_on()
        return True

    def suspend(self):
        self.soak.set_state("suspended", self.mid_uid)
        self.withheld[self.mid_uid].begin(self.soak.time.now(), AFTER_STATE_S)
        self.after(self.chance.choice((1, 5, 12, 40)), "reinstate")

    def reinstate(self):
        self.soak.set_state("active", self.mid_uid)
        self.withheld[self.mid_uid].end(self.soak.time.now())
        self.go_on()

    def update(self):
        found = self.soak.platform.look(f"/device-credentials/{self.mid_uid}")
        self.soak.platform.admin(
            "POST", f"/credentials/{found['credentialId']}/attributes", 202,
            {"attributes": {"given_name": f"Mara {self.chance.randint(1, 10 ** 6)}"}})
        self.go_on()

    def message(self):
        self.soak.platform.admin("POST", "/messages", 202, {
            "target": self.mid_uid, "title": "From the registry", "body": "It will be closed."})
        self.go_on()

    def let_go(self):
        """The plan of the next one."""
        self.mid_uid = None
        if not self.soak.is_ending:
            self.after(self.chance.uniform(2, 10), "claim")

    def revoke(self):
        self.soak.set_state("revoked", self.mid_uid)
        # it is not renewed any more, and ends when it is cleared away
        self.withheld[self.mid_uid].begin(self.soak.time.now(), 0)
        self.after(2, "clear_away")

    def clear_away(self):
        self.holder.ctl(DONE, "remove", "--yes", self.holder.ctl_json("list")[0]["id"])
        self.let_go()

    def remove(self):
        self.holder.ctl(DONE, "remove", "--yes", self.holder.ctl_json("list")[0]["id"])
        self.let_go()

    def decline(self):
        self.ask_for(self.soak.platform.new_offer(data=self.soak.claims))
        self.after(0.1, "decline_it")

    def decline_it(self):
        for offer in self.holder.ctl_json("offers"):
            if offer["state"] != "received" and not offer["needs"]:
                self.after(0.3, "decline_it")
                return False
            self.holder.attempt("decline", offer["id"])
        self.go_on()
        return True

    def offer_lapses(self):
        self.soak.platform.new_offer(data=self.soak.claims)
        self.go_on()

    def power_cut(self):
        """At one of the next things that it writes."""
        self.holder.set(kill_at=self.chance.randint(1, 80), tears=self.chance.randint(0, 1))
        self.go_on()

    def switch_off(self):
        self.holder.set(kill_at=0)
        if self.chance.random() < 0.5:
            self.holder.stop_agent()
        else:
            self.holder.agent.process.kill()
            self.holder.agent.process.wait()
            self.holder.agent.close()
        self.is_off = True
        self.excuses.begin(self.soak.time.now(), AFTER_OUTAGE_S)
        self.after(self.chance.choice((0.2, 2, 9, 35)), "switch_on")

    def switch_on(self):
        self.holder.start()
        self.is_off = False
        self.excuses.end(self.soak.time.now())
        self.go_on()

    def fall_asleep(self):
        self.holder.set(kill_at=0)
        self.holder.fall_asleep()
        self.excuses.begin(self.soak.time.now(), AFTER_OUTAGE_S)
        self.after(30, "wake_up")

    def wake_up(self):
        self.holder.wake_up()
        self.excuses.end(self.soak.time.now())
        self.go_on()

    def end(self):
        """Whatever was begun is brought to its end."""
        self.holder.set(kill_at=0)
        if self.is_off:
            self.switch_on()
        elif self.holder.is_asleep:
            self.wake_up()
        self.plan = [entry for entry in self.plan
                     if entry[1] in ("reinstate", "clear_away", "accept", "supply",
                                      "decline_it")]


class Soak:
    """@days: how much time passes; @seconds: and how much of ours it takes, at least"""

    def __init__(self, bench, n_agents, days, seconds=0, seed=None):
        self.bench, self.n_agents, self.days, self.seconds = bench, n_agents, days, seconds
        self.seed = seed if seed is not None else random.randrange(1 << 32)
        self.chance = random.Random(self.seed)
        self.counts = collections.Counter()
        self.findings, self.inactive = [], set()
        self.time = Time()
        self.platform_excuses = Excuses()
        self.is_up, self.is_ending = True, False
        self.memory = {}
        make_lasting_tls(bench)
        # what is begun in the last days of a year ends after 397, the default
        bench.make_pki("pki", "--days", "457")
        self.claims = claims()
        self.platform = PassingPlatform(self.time, bench, "--event-anchors",
                                        bench.path("tls.pem")).start()
        secret = secrets.token_urlsafe(24)
        self.consumer = PassingConsumer(self.time, bench, secret)
        self.platform.admin("POST", "/subscriptions", 201,
                            {"url": self.consumer.url, "secret": secret})
        self.lives = [Life(self, number) for number in range(n_agents)]
        self.plan = self.make_plan()

    def close(self):
        for life in self.lives:
            life.holder.__exit__()
        self.consumer.close()
        if self.platform.pid():
            self.platform.kill()

    def say(self, text):
        print(f"# day {self.time.day():.1f}: {text}", flush=True)

    def make_plan(self):
        """Of the platform: down for three days, twice, and its power cut; the last
        third of the time it is left alone."""
        plan = [(self.days * 0.28, "stop"), (self.days * 0.28 + 3, "rise"),
                (self.days * 0.45, "kill"), (self.days * 0.45 + 3, "rise")]
        plan += [(self.chance.uniform(0, self.days * 0.6), "power_cut") for _ in range(10)]
        return sorted(plan)

    def set_state(self, state, mid_uid):
        self.platform.admin("POST", "/state-updates", 202,
                            {"items": [{"newState": state, "midUid": mid_uid}]})

    def give_up(self, offer):
        """A claim that came to nothing: what the operator does then."""
        exchange = self.platform.look(f"/exchanges/{offer['exchangeIds'][0]}")
        if exchange["status"] in ("token_issued", "offer_sent", "offer_received"):
            self.platform.admin("POST", f"/exchanges/{exchange['exchangeId']}/deny", 200,
                                {"code": "operator", "reason": "Lost"})
        elif exchange["status"] in ("credential_issued", "credential_acked"):
            self.platform.admin("POST", f"/device-credentials/{exchange['midUid']}/abandon", 200,
                                {"reason": "lost"})

    def go(self):
        """All of the time, step by step."""
        began = time.monotonic()
        while (day := self.time.day()) < self.days:
            self.step(day)
            # at the pace that was asked for
            due_s = (time.monotonic() - began) / self.seconds * self.days * DAY \
                if self.seconds else day * DAY + HOUR
            self.settle()
            self.time.pass_by(max(HOUR // 2, min(MAX_STEP_S, due_s - day * DAY)))
        self.is_ending = True
        for life in self.lives:
            life.end()
        until = last = self.time.day() + 14
        # what was done last has its time to arrive, too
        while (day := self.time.day()) < until:
            assert day < last + 60, [life.plan for life in self.lives if life.plan]
            if any(life.plan for life in self.lives):
                until = max(until, day + 4)
            self.step(day)
            self.settle()
            self.time.pass_by(4 * HOUR)

    def settle(self):
        """Who loses power is started by somebody, before any time passes."""
        self.time.settle()
        while self.revive():
            self.time.settle()

    def revive(self):
        """Returns: how many had to be started."""
        n = sum(life.revive() for life in self.lives)
        if self.is_up and self.platform.pid() is None:
            self.counts["platform power cut"] += 1
            self.platform.begin_again()
            n += 1
        return n

    def step(self, day):
        self.settle()
        while self.plan and self.plan[0][0] <= day:
            self.happens(self.plan.pop(0)[1])
        if self.is_up:
            for life in self.lives:
                life.do_what_is_due(day)
        for name, at in (("before", min(31, self.days / 2)), ("after", self.days)):
            if self.is_up and day >= at - 0.05 and name not in self.memory:
                self.measure(name)
        if int(day) % 10 == 0 and int(day) not in self.memory:
            self.memory[int(day)] = True
            self.say(f"{self.passed()}; {dict(self.counts)}")

    def passed(self):
        if not self.platform.pid():
            return "the platform is down"
        return f"platform {memory_of(self.platform.pid())}"

    def happens(self, what):
        self.counts[f"platform {what}"] += 1
        if what == "power_cut":
            if self.is_up:
                self.platform.trouble.set(kill_at=self.chance.randint(1, 300),
                                          tears=self.chance.randint(0, 1))
            return
        if what == "rise":
            self.platform.begin_again() if self.platform.process else self.platform.start()
            self.platform_excuses.end(self.time.now())
            self.is_up = True
            self.time.settle()
            return
        self.platform_excuses.begin(self.time.now(), AFTER_OUTAGE_S)
        self.is_up = False
        if what == "stop":
            self.platform.trouble.set(kill_at=0)
            self.platform.stop()
        else:
            self.platform.kill()

    def measure(self, name):
        self.memory[name] = {"platform": memory_of(self.platform.pid())
                             if self.platform.pid() else None,
                             "database": self.platform.database.stat().st_size}
        for life in self.lives:
            if life.is_steady and life.holder.pid():
                self.memory[name][life.number] = memory_of(life.holder.pid())

    # in the end

    def find(self, condition, what):
        if not condition:
            self.findings.append(what)
            if len(self.findings) < 100:
                print(f"# FINDING {what}", file=sys.stderr, flush=True)

    def check(self):
        self.settle()
        self.check_platform()
        for life in self.lives:
            self.check_agent(life)
        self.check_events()
        self.check_memory()
        expect(DONE, ISSUER, "audit", "verify", "--server", self.platform.url, "--key-file",
               self.bench.path("operator.key"), "--ca", self.bench.path("tls.pem"))

    def query(self, sql):
        with sqlite3.connect(copy_of(self.platform.database, self.bench.path("copy"))) as db:
            db.row_factory = sqlite3.Row
            return [dict(row) for row in db.execute(sql)]

    def check_platform(self):
        now = self.time.now()
        places = self.query("SELECT list, idx, count(*) AS n FROM copy WHERE list IS NOT NULL"
                            " GROUP BY list, idx HAVING n > 1")
        self.find(not places, f"places in status lists twice: {places}")
        for one in self.query("SELECT uid, status, updated_at, is_deferred FROM exchange"):
            self.find(one["status"] in ("credential_accepted", "credential_deleted",
                                        "offer_expired", "issuance_denied",
                                        "issuance_failed", "offer_withdrawn"),
                      f"an exchange has not ended: {one}, {now - one['updated_at']:.0f} s")
        for table, where in (("delivery", "state = 0"), ("batch", "state <> 'completed'"),
                             ("attribute_update", "n_left > 0"), ("message", "state = 'queued'"),
                             ("subscription", "state <> 'live'"), ("action", "acked_at = 0"),
                             ("token", f"expires_at < {now - 2 * DAY}"),
                             ("answer", f"expires_at < {now - 2 * DAY}"),
                             ("deferred", f"expires_at < {now - 2 * DAY}"),
                             ("device_credential", "causes <> 0 AND state = 'active'")):
            rows = self.query(f"SELECT * FROM {table} WHERE {where}")
            self.find(not rows, f"left in {table}: {len(rows)}: {rows[:2]}")
        self.generations = collections.defaultdict(list)
        for row in self.query("SELECT h.mid_uid, h.state, h.updated_at AS ended, g.n, g.cause,"
                              " g.phase, g.signed_at, g.valid_until, g.expected_update FROM"
                              " generation g JOIN device_credential h ON h.id ="
                              " g.device_credential ORDER BY h.mid_uid, g.n"):
            self.generations[row["mid_uid"]].append(row)
        owners = {mid_uid: life for life in self.lives for mid_uid in life.withheld}
        for mid_uid, generations in self.generations.items():
            if mid_uid in owners:
                self.check_times(owners[mid_uid], mid_uid, generations)

    def check_times(self, life, mid_uid, generations):
        """No renewal before its window, none after the first half of it unless
        there was a reason, and none left out."""
        excuses = (self.platform_excuses, life.withheld[mid_uid])
        for number, row in enumerate(generations):
            start, until = row["expected_update"], row["valid_until"]
            latest = life.excuses.latest(start + (until - start) / 2 + SLACK_S, *excuses)
            following = generations[number + 1] if number + 1 < len(generations) else None
            if following is None:
                is_over = row["state"] not in ("active", "suspended")
                self.find(latest >= (row["ended"] if is_over else self.time.now()),
                          f"never renewed: {row} by {latest}")
                continue
            self.counts[following["cause"]] += 1
            if following["cause"] != "mso_renewal":
                continue
            self.find(following["signed_at"] >= start, f"early: {row} {following}")
            self.find(following["signed_at"] <= latest,
                      f"late: {row} {following}, {(following['signed_at'] - latest) / HOUR:.1f} h"
                      f" {life.excuses.spans} {[e.spans for e in excuses]}")
            if latest == start + (until - start) / 2 + SLACK_S:
                self.counts["renewed in time"] += 1
            else:
                self.counts["renewed after an outage"] += 1

    def check_agent(self, life):
        holder, now = life.holder, self.time.now()
        name = f"agent {life.number}"
        self.find(holder.query("PRAGMA integrity_check") == [("ok",)], f"{name}: store broken")
        checked = holder.ctl_json("store", "check")
        self.find(checked == {"findings": []}, f"{name}: {checked}")
        jobs = holder.query("SELECT kind, step, state, attempts, created_unix_s, changed_unix_s,"
                            " next_unix_s FROM jobs WHERE state NOT IN ('done', 'failed',"
                            " 'cancelled')")
        for job in jobs:
            self.find(job[0] in ("sync", "renew", "tell") and job[2] != "running"
                      and job[6] < now + 2 * DAY and job[5] > now - 2 * DAY,
                      f"{name}: a job is stuck: {job}")
        outbox = holder.query("SELECT kind, created_unix_s, attempts FROM outbox")
        self.find(not outbox, f"{name}: owed: {outbox}")
        keys = [key for key in holder.ctl_json("list", "--keys") if not key["credential"]]
        self.find(not keys, f"{name}: keys left over: {len(keys)}")
        for offer in holder.ctl_json("offers", "--all"):
            self.find(offer["state"] in ENDED,
                      f"{name}: an offer is stuck: {offer}")
        listed = holder.ctl_json("list")
        self.find(len(listed) == (1 if life.mid_uid else 0), f"{name}: has {len(listed)}")
        if not life.mid_uid:
            return
        device = self.platform.look(f"/device-credentials/{life.mid_uid}")
        for info in listed:
            shown = holder.ctl_json("show", info["id"])
            self.find(info["state"] == "valid" and device["effective"] == "active",
                      f"{name}: {info['state']} {device}")
            self.find(shown["validUntil"] == device["validUntil"]
                      and to_unix(shown["validUntil"]) > now, f"{name}: {shown} {device}")
            self.find(device["generation"] == device["preparedGeneration"],
                      f"{name}: {device}")
            self.find(not shown["renewalStopped"], f"{name}: {shown['renewalStopped']}")

    def check_events(self):
        events = self.platform.events()
        ids = [event["id"] for event in events]
        self.find(len(ids) == len(set(ids)), "an event has two numbers")
        told = collections.Counter()
        for event in events:
            data = event["data"]
            told[data["type"], data["subject"].get("midUid"),
                 data["data"].get("generation") if data["type"] == "mIDIssued" else None] += 1
        for mid_uid, generations in self.generations.items():
            for row in generations:
                self.find(told["mIDIssued", mid_uid, row["n"]] == 1, f"told: {row}")
            for kind in ("mIDClaimed", "deviceCredentialRemoved"):
                self.find(told[kind, mid_uid, None] <= 1, f"twice: {kind} {mid_uid}")
        with sqlite3.connect(copy_of(self.consumer.database, self.bench.path("copy2"))) as db:
            taken = [row[0] for row in db.execute("SELECT id FROM event")]
            newest = dict(db.execute("SELECT mid_uid, generation FROM device_credential"))
        self.find(sorted(taken) == sorted(ids),
                  f"events: {len(ids)} told, {len(taken)} taken once")
        for mid_uid, generations in self.generations.items():
            self.find(newest.get(mid_uid) == generations[-1]["n"],
                      f"the consumer believes {mid_uid} {newest.get(mid_uid)}")
        self.counts["events"] = len(ids)

    def check_memory(self):
        before, after = self.memory.get("before", {}), self.memory.get("after", {})
        for who, was in before.items():
            now = after.get(who)
            if who == "database" or not was or not now:
                continue
            allowed = was[0] * MAX_GROWTH
            if who == "platform":
                allowed += (after["database"] - before["database"]) / 1024
            # a sanitizer keeps what was freed
            self.find(IS_SANITIZED or now[0] <= allowed, f"memory of {who}: {was[0]} to {now[0]} kB")
            # a reader of the database has two, and each call at once has one
            self.find(now[1] <= was[1] + (40 if who == "platform" else 2), f"files of {who}: {was[1]} to {now[1]}")
        both = [(was, after[who]) for who, was in before.items()
                if who not in ("platform", "database") and who in after]
        for name, at in (("kB", 0), ("files", 1)):
            if both:
                self.say(f"agents that were left alone, {name}: "
                         f"{max(was[at] for was, _ in both)} to {max(now[at] for _, now in both)}")
        self.say(f"platform, kB and files: {before.get('platform')} to {after.get('platform')}")


def soak(bench, n_agents, days, seconds=0, seed=None):
    """Returns: what was found to be wrong."""
    made = Soak(bench, n_agents, days, seconds, seed)
    print(f"# {n_agents} agents, {days} days, seed {made.seed}", flush=True)
    try:
        made.go()
        made.check()
        made.say(json.dumps(made.counts, indent=None))
    finally:
        made.close()
    return made.findings

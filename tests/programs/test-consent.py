#!/usr/bin/env python3
#
# test-consent.py - consent agents that hang, lie, die or answer twice
#
# SPDX-FileCopyrightText: 2026 The mdoc agent authors
# SPDX-License-Identifier: Apache-2.0

import threading

from bus import Client, GLib, Gio, ROOT, reply_with
from agents import SPACE, World, assert_no_values, elements_of
from programs import DENIED, DONE, main

NAME = f"{SPACE}/family_name"
SEX = f"{SPACE}/sex"
PORTRAIT = f"{SPACE}/portrait"
PATH = "/org/example/consent"
INFO = """<node><interface name="org.mdocagent.ConsentAgent1">
  <method name="RequestConsent"><arg type="o" direction="in"/>
    <arg type="a{sv}" direction="in"/><arg type="a(usss)" direction="out"/></method>
  <method name="Cancel"><arg type="o" direction="in"/></method>
</interface></node>"""


class ConsentAgent(Client):
    """Answers by a function of the test, which is given the request."""

    def __init__(self, world, answer):
        super().__init__(world)
        self.answer = answer
        self.requests = []
        self.n_cancelled = 0
        self.changed = threading.Condition()
        info = Gio.DBusNodeInfo.new_for_xml(INFO).interfaces[0]
        self.bus.register_object(PATH, info, self.on_call, None, None)
        _, error = self.call("RegisterConsentAgent", GLib.Variant("(oa{sv})", (PATH, {})))
        assert error is None, error

    def on_call(self, _bus, _sender, _path, _interface, method, parameters, invocation):
        with self.changed:
            if method == "Cancel":
                self.n_cancelled += 1
                invocation.return_value(None)
            else:
                self.requests.append((parameters.unpack()[1], invocation))
            self.changed.notify_all()
        if method != "Cancel":
            granted = self.answer(self, *self.requests[-1])
            if granted is not None:
                invocation.return_value(GLib.Variant("(a(usss))", (granted,)))

    def wait_for(self, condition):
        with self.changed:
            assert self.changed.wait_for(condition, timeout=20)


def ready(bench, *agent_options, n_licences=1):
    world = World(bench, *agent_options)
    world.trust()
    for number in range(n_licences):
        world.import_licence(label=f"licence{number}")
    return world


def meet(world, *elements, wanted, code=None):
    holder, engagement = world.present("--consent=policy")
    code = (DONE if wanted else DENIED) if code is None else code
    response, = world.ask(code, engagement, *elements)["responses"]
    assert elements_of(response) == wanted, response
    # each element of the answer once, of one document
    assert len(response["documents"]) == (1 if wanted else 0)
    holder.finish(DONE if wanted else DENIED)
    entry = world.history()[0]
    assert {e["element"] for d in entry["documents"] for e in d["elements"]
            if e["released"]} == wanted
    return entry


def all_of(request, candidate=0):
    for one in request["requests"]:
        chosen = one["candidates"][candidate]
        for element in chosen["elements"]:
            yield (one["index"], chosen["credential"], element["name_space"],
                   element["element"])


# what it answers to a request for name and sex, and what may leave then
LIES = {
    "everything there is": (lambda good: good + [
        (0, good[0][1], SPACE, name) for name in ("birth_date", "portrait", "document_number")],
        {"family_name", "sex"}),
    "only what was not asked for": (lambda good: [(0, good[0][1], SPACE, "birth_date")], set()),
    "nothing": (lambda good: [], set()),
    "one of the two": (lambda good: good[:1], {"family_name"}),
    "all of it a hundred times": (lambda good: good * 100, {"family_name", "sex"}),
    "another request": (lambda good: [(n, *good[0][1:]) for n in (1, 2**32 - 1)], set()),
    "another credential": (lambda good: [(0, "f" * 16, *good[0][2:])], set()),
    "no credential": (lambda good: [(0, "", *good[0][2:])], set()),
    "another name space": (lambda good: [(0, good[0][1], "org.iso.18013.5.1.aa",
                                          "family_name")], set()),
    "a prefix": (lambda good: [(0, good[0][1], SPACE, "family_nam"),
                               (0, good[0][1], SPACE, "family_name2"),
                               (0, good[0][1], SPACE, "FAMILY_NAME")], set()),
    "signs": (lambda good: [(0, good[0][1], SPACE, name) for name in ("*", "", "%s", "\n")],
              set()),
    "too much": (lambda good: [(0, good[0][1], SPACE, f"x{n}") for n in range(9000)] + good,
                 set()),
    "a long name": (lambda good: [(0, good[0][1], SPACE, "x" * 1000000)] + good[:1],
                    {"family_name"}),
}


def test_lies(bench):
    """Nothing leaves but what was asked for, offered and granted."""
    with ready(bench) as world:
        consent = ConsentAgent(world, None)
        for lie, (make, wanted) in LIES.items():
            consent.answer = lambda self, request, _, make=make: make(list(all_of(request)))
            try:
                meet(world, NAME, SEX, wanted=wanted)
            except AssertionError as error:
                raise AssertionError(lie) from error
        # without the portrait that was asked for, nothing
        consent.answer = lambda self, request, _: [g for g in all_of(request)
                                                   if g[3] != "portrait"]
        meet(world, NAME, PORTRAIT, wanted=set())
        assert_no_values(world)
        consent.close()


def test_two_credentials(bench):
    """Of two that fit, one: either of them, never both."""
    with ready(bench, n_licences=2) as world:
        consent = ConsentAgent(world, lambda self, request, _: [*all_of(request, 0),
                                                                *all_of(request, 1)])
        meet(world, NAME, wanted=set())
        consent.answer = lambda self, request, _: list(all_of(request, 1))
        entry = meet(world, NAME, wanted={"family_name"})
        request, _ = consent.requests[-1]
        assert entry["documents"][0]["credential"] \
            == request["requests"][0]["candidates"][1]["credential"]
        consent.close()


def test_wrong_types(bench):
    with ready(bench) as world:
        consent = ConsentAgent(world, None)
        bodies = [GLib.Variant("(s)", ("yes",)), GLib.Variant("(as)", ([NAME],)),
                  GLib.Variant("(a(ssss))", ([("0", "x", SPACE, "family_name")],)),
                  GLib.Variant("(b)", (True,)),
                  GLib.Variant("(v)", (GLib.Variant("a(usss)", []),)), None]
        for body in bodies:
            def send(self, _request, invocation, body=body):
                self.bus.send_message(reply_with(invocation, body),
                                      Gio.DBusSendMessageFlags.NONE)
            consent.answer = send
            assert meet(world, NAME, wanted=set())["outcome"] == "refused", str(body)

        def fail(self, _request, invocation):
            invocation.return_dbus_error("org.example.Whatever", "Lindqvist")
        consent.answer = fail
        assert meet(world, NAME, wanted=set())["outcome"] == "refused"
        # what it says is not for the log
        assert_no_values(world)
        consent.close()


def test_hangs(bench):
    """The question lapses; an answer that comes later counts for nothing."""
    with ready(bench, "--consent-timeout=1") as world:
        consent = ConsentAgent(world, lambda self, request, invocation: None)
        assert meet(world, NAME, wanted=set())["outcome"] == "consent-timed-out"
        consent.wait_for(lambda: consent.n_cancelled == 1)
        request, invocation = consent.requests[0]
        invocation.return_value(GLib.Variant("(a(usss))", (list(all_of(request)),)))
        # in order behind the late answer
        assert consent.call("GetStatus", GLib.Variant("(a{sv})", ({},)))[1] is None
        assert len(world.history()) == 1
        consent.answer = lambda self, request, _: list(all_of(request))
        meet(world, NAME, wanted={"family_name"})
        consent.close()


def test_late_answer_is_not_the_next_one(bench):
    """What was granted to one reader is not given to the next that asks."""
    with ready(bench, "--consent-timeout=1") as world:
        consent = ConsentAgent(world, lambda self, request, invocation: None)
        meet(world, NAME, SEX, wanted=set())
        old_request, old = consent.requests[0]

        def answer_old(self, _request, _invocation):
            old.return_value(GLib.Variant("(a(usss))", (list(all_of(old_request)),)))
        consent.answer = answer_old
        assert meet(world, NAME, SEX, wanted=set())["outcome"] == "consent-timed-out"
        consent.close()


def test_answers_twice(bench):
    """The first answer counts."""
    with ready(bench) as world:
        def answer(self, request, invocation):
            good = list(all_of(request))
            for granted in (good[:1], good):
                self.bus.send_message(
                    reply_with(invocation, GLib.Variant("(a(usss))", (granted,))),
                    Gio.DBusSendMessageFlags.NONE)
        consent = ConsentAgent(world, answer)
        meet(world, NAME, SEX, wanted={"family_name"})
        meet(world, NAME, SEX, wanted={"family_name"})
        consent.close()


def test_dies(bench):
    """With its connection, or after unregistering: refused at once."""
    with ready(bench) as world:
        consent = ConsentAgent(world, lambda self, request, invocation: self.close())
        assert meet(world, NAME, wanted=set())["outcome"] == "refused"

        def leave(self, _request, _invocation):
            self.bus.call(
                "org.mdocagent.Agent1", ROOT, "org.mdocagent.Agent1.Manager",
                "UnregisterConsentAgent", GLib.Variant("(oa{sv})", (PATH, {})), None,
                Gio.DBusCallFlags.NONE, -1, None, None)
        consent = ConsentAgent(world, leave)
        assert meet(world, NAME, wanted=set())["outcome"] == "refused"
        assert meet(world, NAME, wanted=set())["outcome"] == "no-consent-agent"
        consent.close()


def test_somebody_else_answers(bench):
    """A reply by another client to the question is not the answer to it."""
    with ready(bench, "--consent-timeout=1") as world:
        other = Client(world)

        def answer(self, request, invocation):
            message = reply_with(invocation, GLib.Variant("(a(usss))",
                                                          (list(all_of(request)),)))
            other.bus.send_message(message, Gio.DBusSendMessageFlags.NONE)
        consent = ConsentAgent(world, answer)
        assert meet(world, NAME, wanted=set())["outcome"] == "refused"
        other.close()
        consent.close()


def test_reader_leaves(bench):
    """It is told, and what it answers then goes nowhere."""
    with ready(bench) as world:
        consent = ConsentAgent(world, lambda self, request, invocation: None)
        holder, engagement = world.present("--consent=policy")
        reader = world.start_reader(engagement, NAME)
        consent.wait_for(lambda: consent.requests)
        reader.process.kill()
        consent.wait_for(lambda: consent.n_cancelled == 1)
        request, invocation = consent.requests[0]
        invocation.return_value(GLib.Variant("(a(usss))", (list(all_of(request)),)))
        holder.process.wait(timeout=20)
        entry, = world.history()
        assert entry["outcome"] == "refused"
        assert not any(e["released"] for d in entry["documents"] for e in d["elements"])
        consent.close()


if __name__ == "__main__":
    main(globals())

#!/usr/bin/env python3
#
# test-platforms.py - what the agent makes of an issuing platform, good or bad
#
# SPDX-FileCopyrightText: 2026 The mdoc agent authors
# SPDX-License-Identifier: Apache-2.0

import base64
import datetime
import json
import threading
import urllib.error
import urllib.parse
import urllib.request

from agents import CTL, SPACE, Process, World, elements_of, error_name
from platforms import CODE, PRE_AUTHORIZED, TX_CODE, Fault, Platform, refuse
from programs import DENIED, DONE, EXAMPLES, FAILED, NOTHING, PEER, USAGE, main


class Holder(World):
    """An agent that trusts the TLS of a platform, and the issuer's root."""

    def __init__(self, bench, platform_options=None, **options):
        super().__init__(bench, starts=False, **options)
        self.platform = Platform(bench, self.pki, **(platform_options or {}))
        self.start()
        self.trust()

    def listed(self):
        return {info["label"]: info for info in self.ctl_json("list")}

    def start(self, *options):
        self.start_agent("--tls-anchors", self.platform.anchors, *options)

    def __exit__(self, *arguments):
        super().__exit__(*arguments)
        self.platform.__exit__()

    def claim(self, *options, code=DONE, offer=None):
        return self.ctl(code, "claim", offer or self.platform.offer(), "--json", *options)

    def claim_and_accept(self, *options):
        return self.claim("--accept", "--label", "licence", *options).json()

    def offers(self):
        return self.ctl_json("offers", "--all")

    def info(self, name="licence"):
        listed, = (info for info in self.ctl_json("list") if info["label"] == name)
        return listed

    def jobs(self, kind=None):
        return [job for job in self.ctl_json("jobs") if kind in (None, job["kind"])]


def test_claim_review_accept_present(bench):
    with Holder(bench) as world:
        offer = world.claim("--label", "licence").json()
        assert offer["state"] == "received" and offer["issuerName"] == "Ministry of Tests"
        assert offer["displayName"] == "Licence of tests" and offer["needs"] == ""
        assert world.info()["state"] == "received"
        # not shown to anybody before
        process, engagement = world.present("--consent", "all")
        answer = world.ask(DENIED, engagement, f"{SPACE}/family_name")
        assert answer["responses"][0]["documents"] == []
        process.finish(NOTHING)

        review = world.ctl_json("review", offer["id"], "--show-values")
        values = {element["element"]: element["value"] for element in review["elements"]}
        assert values["family_name"] == "Lindqvist"
        accepted = world.ctl_json("accept", offer["id"][:6])
        assert accepted["state"] == "accepted" and world.info()["state"] == "valid"
        world.platform.wait_for_told("receipts", "accept")
        assert [offer["state"] for offer in world.offers()] == ["accepted"]
        process, engagement = world.present("--consent", "all")
        answer = world.ask(DONE, engagement, f"{SPACE}/family_name")
        assert elements_of(answer["responses"][0]) == {"family_name"}
        process.finish(DONE)
        # nothing of the offer is left but what it was
        assert world.ctl_json("store", "check") == {"findings": []}
        assert world.ctl_json("list", "--keys")[0]["credential"]


def test_s0_18_when_it_happened(bench):
    """From the first start to the credential that can be shown, kept over later ones."""
    with Holder(bench) as world:
        since = world.ctl_json("status")["since"]
        for hours in (1, 2, 3):
            world.stop_agent()
            world.start("--clock-offset", str(hours * 3600))
            if hours == 1:
                offer = world.claim().json()
                assert "active" not in offer
            elif hours == 2:
                world.ctl(DONE, "accept", offer["id"])
        told, = world.offers()
        times = [datetime.datetime.fromisoformat(text.replace("Z", "+00:00"))
                 for text in (since, told["created"], told["active"])]
        hour = datetime.timedelta(hours=1)
        assert world.ctl_json("status")["since"] == since
        assert hour <= times[1] - times[0] < 2 * hour <= times[2] - times[0] < 3 * hour, times


def test_tx_code(bench):
    with Holder(bench) as world:
        link = world.platform.offer(tx_code=True)
        refused = world.claim(code=DENIED, offer=link)
        assert error_name(refused) == "Denied"
        offer, = world.offers()
        assert offer["needs"] == "tx-code" and offer["txCodeLength"] == 4
        assert offer["txCodeDescription"] == "It came by post"
        # one that cannot be meant never leaves
        world.ctl(USAGE, "claim", offer["id"], "--tx-code", "12")
        assert world.platform.count("/token") == 0
        world.ctl(DENIED, "claim", offer["id"], "--tx-code", "1234")
        offer, = world.offers()
        assert offer["txCodeAttempts"] == 1 and offer["problemName"] == "invalid_grant"
        claimed = world.ctl_json("claim", offer["id"], "--tx-code", TX_CODE)
        assert claimed["state"] == "received"
        # and at once
        world.platform.spent.clear()
        assert world.claim("--tx-code", TX_CODE, offer=link).json()["state"] == "received"


def test_tx_code_guessed(bench):
    with Holder(bench) as world:
        world.claim(code=DENIED, offer=world.platform.offer(tx_code=True))
        offer, = world.offers()
        for _ in range(5):
            world.ctl(DENIED, "claim", offer["id"], "--tx-code", "0000")
        offer, = world.offers()
        assert offer["state"] == "failed" and world.ctl_json("list", "--keys") == []


def test_offer_that_is_gone(bench):
    """As the manual has it: denied, and not broken; only a stranger is that."""
    with Holder(bench) as world:
        host = world.platform.url
        for number, (fault, code) in enumerate((
                (Fault(404, {"error": "not_found"}), DENIED), (Fault(410), DENIED),
                (Fault(403, {"error": "access_denied"}), DENIED), (Fault(418), PEER))):
            world.platform.fail(f"/offer/{number}", fault)
            link = urllib.parse.quote(f"{host}/offer/{number}", safe="")
            world.claim(code=code,
                        offer=f"openid-credential-offer://?credential_offer_uri={link}")
            if code == DENIED and fault.status != 403:
                assert world.offers()[-1]["problemName"] == "offer-gone"


def test_copies(bench):
    with Holder(bench) as world:
        world.claim_and_accept("--copies", "7")  # the platform has five
        path = world.info()["id"]
        shown = world.ctl_json("show", path)
        assert len(shown["generations"][0]["uses"]) == 5
        keys = world.ctl_json("list", "--keys")
        assert len(keys) == 5 and all(key["credential"] == path for key in keys)


def test_several_share_a_token(bench):
    """Which is good for one use: whoever turns it tells the others."""
    with Holder(bench) as world:
        world.platform.identifiers = ["mid-1", "mid-2"]
        world.claim("--accept", "--label", "licence")
        for hours, label in enumerate(("licence", "licence 2", "licence"), 1):
            world.stop_agent()
            world.start("--clock-offset", str(hours * 3600))
            assert world.ctl_json("renew", label)[0]["outcome"] == "done"
        assert world.platform.refresh == 4
        assert not [path for path, _ in world.platform.calls if path.endswith("/recover")]


def test_one_of_several_refused(bench):
    """The other stays; who claimed is told that not all has come."""
    def refuse_second(_platform, body):
        return json.loads(body).get("credential_identifier") == "mid-2" \
            and refuse("credential_request_denied")

    with Holder(bench) as world:
        world.platform.identifiers = ["mid-1", "mid-2", "mid-3"]
        world.platform.fail("/credential", *[refuse_second] * 3)
        first = world.claim("--accept", "--label", "licence", code=FAILED).json()
        states = {other["label"]: other["state"] for other in first["siblings"]}
        assert states == {"licence 2": "failed", "licence 3": "accepted"}, states
        assert sorted(world.listed()) == ["licence", "licence 3"]
        told = [subject for kind, subject, _ in world.platform.told if kind == "accept"]
        assert len(world.ctl_json("list", "--keys")) == 2, told


def test_decline(bench):
    with Holder(bench) as world:
        offer = world.claim().json()
        assert world.ctl_json("decline", offer["id"])["state"] == "declined"
        world.platform.wait_for_told("receipts", "decline")
        assert world.listed() == {} and world.ctl_json("list", "--keys") == []
        world.ctl(FAILED, "accept", offer["id"])
        world.ctl(FAILED, "decline", offer["id"])
        # it was declined, and not removed
        assert "removal" not in [kind for kind, _, _ in world.platform.told]


def test_others(bench):
    """A platform that has no more than OpenID4VCI."""
    with Holder(bench, {"wallet_api": False}) as world:
        world.claim_and_accept()
        world.platform.wait_for_told("credential_accepted")
        offer = world.claim(offer=world.platform.offer(code="recovered")).json()
        world.ctl(DONE, "decline", offer["id"])
        world.platform.wait_for_told("credential_accepted", "credential_deleted")
        assert world.ctl_json("sync", code=FAILED)[0]["outcome"] == "unsupported"
        assert world.ctl_json("renew", "licence")[0]["outcome"] == "done"


def test_deferred(bench):
    with Holder(bench) as world:
        world.platform.deferred = 2
        offer = world.claim().json()
        assert offer["state"] == "deferred_wait" and offer["next"]
        world.agent.send_signal(9)
        world.agent.process.wait()
        world.start()
        assert world.ctl_json("claim", offer["id"], "--wait")["state"] == "received"
        assert world.platform.count("/deferred") == 2 and world.platform.count("/credential") == 1


def test_deferred_for_longer_than_a_token(bench):
    """An answer to a refresh need not say what for; the name stays."""
    with Holder(bench) as world:
        world.platform.deferred, world.platform.expires_in = 2, 1
        offer = world.claim("--wait").json()
        assert offer["state"] == "received" and world.platform.refresh > 1
        world.ctl(DONE, "accept", offer["id"])
        world.platform.wait_for_told("receipts", "accept")
        assert {subject for _, subject, _ in world.platform.told} == {"mid-1"}


def test_s2_61_not_too_early(bench):
    """Whatever hurries the agent: the holder, a kill, a start."""
    with Holder(bench) as world:
        world.platform.deferred, world.platform.interval = 3, 4
        offer = world.claim().json()
        world.ctl(DONE, "claim", offer["id"])
        world.agent.send_signal(9)
        world.agent.process.wait()
        world.start()
        world.ctl(DONE, "claim", offer["id"])
        assert world.ctl_json("claim", offer["id"], "--wait")["state"] == "received"
        asked = [at for path, at in world.platform.times if path in ("/credential", "/deferred")]
        assert len(asked) == 4
        assert all(later - earlier >= 4 for earlier, later in zip(asked, asked[1:])), asked


def test_login(bench):
    with Holder(bench) as world:
        link = world.platform.offer(grant={"authorization_code": {"issuer_state": "s"}})
        process = Process(world, CTL, "claim", link, "--json", name="claim")
        process.wait_for("/authorize?")
        pushed = world.platform.pushed
        assert pushed["code_challenge_method"] == "S256" and pushed["issuer_state"] == "s"
        visit(pushed["redirect_uri"].rsplit("/", 1)[0] + "/elsewhere", 404)
        visit(f"{pushed['redirect_uri']}?code=login&state={pushed['state']}", 200)
        assert '"received"' in process.finish(DONE)


def test_login_forged(bench):
    """What the browser brings is of no use without what the agent sent."""
    with Holder(bench) as world:
        link = world.platform.offer(grant={"authorization_code": {}})
        process = Process(world, CTL, "claim", link, "--json", name="claim")
        process.wait_for("/authorize?")
        visit(f"{world.platform.pushed['redirect_uri']}?code=login&state=other", 200)
        process.finish(PEER)
        assert world.platform.count("/token") == 0
        assert world.offers()[0]["state"] == "failed"


def visit(url, status):
    try:
        with urllib.request.urlopen(url, timeout=20) as answer:
            assert answer.status == status
    except urllib.error.HTTPError as error:
        assert error.code == status


def test_wrong_credentials(bench):
    """What does not hold is not kept, and its keys go."""
    with Holder(bench) as world:
        other = bench.make_pki("other")
        # one of ours, but not for this
        pem = world.new_key(name="own").read_text().splitlines()[1:-1]
        own = base64.b64decode("".join(pem))[-65:]
        cases = {
            "stranger": lambda platform, _: setattr(platform, "pki", other),
            "other-key": lambda platform, body: Fault(200, platform.issue((strange_key(),))),
            "own-key": lambda platform, body: Fault(200, platform.issue((own,))),
            "other-type": lambda platform, _: setattr(platform, "doc_type", "pid"),
            "garbage": lambda *_: Fault(200, {"credentials": [{"credential": "AAAA"}]}),
            "none": lambda *_: Fault(200, {"credentials": []}),
            "denied": lambda *_: refuse("credential_request_denied"),
        }
        for name, fault in cases.items():
            world.platform.spent = set()
            world.platform.pki, world.platform.doc_type = world.pki, "mdl"
            world.platform.fail("/credential", fault)
            code = DENIED if name == "denied" else PEER
            world.claim(code=code)
            offer = world.offers()[-1]
            assert offer["state"] == "failed" and offer["problem"], (name, offer)
            assert world.listed() == {} and len(world.ctl_json("list", "--keys")) == 1, name
        assert world.ctl_json("store", "check") == {"findings": []}


def test_incomplete_credentials(bench):
    """What holds, but lacks what it has to have, is not kept either: the issuer is
    told, and the holder has it by name."""
    def lacks(*names):
        given = json.loads((EXAMPLES / "mdl.json").read_text())
        for name in names:
            del given[SPACE][name]
        return bench.write("given.json", json.dumps(given))

    bench.path("portrait.jpg").write_bytes((EXAMPLES / "portrait.jpg").read_bytes())

    def always(name):
        return [{"path": [SPACE, name], "mandatory": True}]

    with Holder(bench) as world:
        platform = world.platform
        cases = (
            (["portrait"], [], [-7], "incomplete"),
            (["family_name"], [], None, "incomplete"),
            (["height"], always("height"), None, "not-as-promised"),
            ([], [], [-35], "not-as-promised"),
        )
        for number, (missing, promised, algs, name) in enumerate(cases, 1):
            platform.spent = set()
            platform.data, platform.claims, platform.algs = lacks(*missing), promised, algs
            world.claim(code=PEER)
            assert world.offers()[-1]["problemName"] == name, world.offers()[-1]
            assert world.ctl_json("list", "--keys") == [] and world.listed() == {}
            platform.wait_for_told(*["credential_failure"] * number)
        # what need not be there may be missing, and what is promised be there
        platform.spent, platform.algs = set(), [-7]
        platform.data, platform.claims = lacks("height"), always("portrait")
        world.claim_and_accept()
        # and no renewal takes the place of what is whole
        platform.data = lacks("portrait")
        outcome, = world.ctl_json("renew", "licence", code=FAILED)
        assert outcome["outcome"] == "incomplete"
        assert world.info()["state"] == "valid"


def strange_key():
    """The generator of P-256."""
    return bytes.fromhex("046b17d1f2e12c4247f8bce6e563a440f277037d812deb33a0f4a13945d898c296"
                         "4fe342e2fe1a7f9b8ee7eb4a7c0f9e162bce33576b315ececbb6406837bf51f5")


def test_lost_answers(bench):
    """The same request again, and the same bytes."""
    with Holder(bench) as world:
        world.platform.fail("/credential", Fault(0), Fault(503, None, [("Retry-After", "1")]))
        assert world.claim("--timeout", "90").json()["state"] == "received"
        assert world.platform.count("/credential") == 3 and world.platform.generation == 1
        assert world.platform.count("/token") == 1


def test_lost_token(bench):
    """The code is used up then, and the holder is told."""
    with Holder(bench) as world:
        world.platform.fail("/token", Fault(0))
        result = world.claim("--timeout", "90", code=DENIED)
        assert "invalid_grant" in result.err
        assert world.ctl_json("list", "--keys") == []


def test_strangers(bench):
    """Nothing is sent to who is not the platform."""
    with Holder(bench) as world:
        with Platform(bench, world.pki, name="stranger") as stranger:
            assert "certificate" in world.claim(code=PEER, offer=stranger.offer()).err
            assert stranger.calls == []
        world.platform.fail("/.well-known/openid-credential-issuer",
                            Fault(302, None, [("Location", "https://localhost:1/")]))
        world.claim(code=PEER)
        assert world.platform.count("/token") == 0


def test_another_server(bench):
    """The issuer says whose tokens it takes: they are asked for there, by code and by
    login, and renewed there; and nobody is asked whom the issuer does not name."""
    with Holder(bench) as world, Platform(bench, world.pki, name="server") as server, \
            Platform(bench, world.pki, name="stranger") as stranger:
        issuer = world.platform
        anchors = bench.write("all.pem", "".join(
            one.anchors.read_text() for one in (issuer, server, stranger)))
        issuer.anchors = anchors
        world.stop_agent()
        world.start()
        issuer.servers, server.expires_in = [server.url], 1

        def code(who):
            return issuer.offer(grant={PRE_AUTHORIZED: {
                "pre-authorized_code": CODE, "authorization_server": who.url}})

        world.claim(code=PEER, offer=code(stranger))
        assert server.calls == [] and stranger.calls == []
        world.claim("--accept", "--label", "licence", offer=code(server))
        assert world.ctl_json("renew", "licence")[0]["outcome"] == "done"
        process = Process(world, CTL, "claim",
                          issuer.offer(grant={"authorization_code": {}}), name="claim")
        process.wait_for("/authorize?")
        pushed = server.pushed
        visit(f"{pushed['redirect_uri']}?code=login&state={pushed['state']}", 200)
        process.finish(DONE)
        assert server.refresh >= 4 and issuer.refresh == 0 and stranger.calls == []
        told = {path for path, _ in server.calls}
        assert told == {"/.well-known/oauth-authorization-server", "/par", "/token"}, told
        told = {path for path, _ in issuer.calls}
        assert not told & {"/.well-known/oauth-authorization-server", "/par", "/token"}, told


def test_suspend_reinstate_revoke(bench):
    with Holder(bench) as world:
        world.claim_and_accept()
        platform = world.platform
        platform.status["mid-1"] = "suspended"
        assert world.ctl_json("sync")[0]["outcome"] == "done"
        assert platform.synced["docs"][0]["generation"] == 1
        assert world.info()["state"] == "suspended"
        # the holder cannot open the issuer's lock, and the issuer not his
        world.ctl(FAILED, "set", "licence", "--state", "active")
        world.ctl(DONE, "set", "licence", "--state", "suspended")
        platform.status["mid-1"] = "active"
        world.ctl(DONE, "sync")
        assert world.info()["state"] == "suspended"
        world.ctl(DONE, "set", "licence", "--state", "active")
        assert world.info()["state"] == "valid"
        platform.status["mid-1"] = "revoked"
        world.ctl(DONE, "sync")
        assert world.info()["state"] == "revoked"
        platform.status["mid-1"] = "active"
        world.ctl(DONE, "sync")
        assert world.info()["state"] == "revoked"
        world.ctl(FAILED, "renew", "licence")


def test_actions_and_messages(bench):
    with Holder(bench) as world:
        world.claim_and_accept()
        platform = world.platform
        platform.actions = [{"id": "a1", "kind": "renew_now", "midUid": "mid-1"},
                            {"id": "a2", "kind": "dance"}]
        platform.messages = [{"id": "m/1", "title": "Hello", "body": "A word"}]
        world.ctl(DONE, "sync")
        platform.wait_for_told("ack", "ack", "receipts")
        results = {subject: body["result"] for kind, subject, body in platform.told
                   if kind == "ack"}
        assert results == {"a1": "done", "a2": "unsupported"}
        assert platform.generation == 2
        message, = world.ctl_json("messages")
        assert (message["title"], message["body"], message["state"]) == \
            ("Hello", "A word", "unread")
        # one that comes again is the same
        platform.messages = [{"id": "m/1", "title": "Hello", "body": "A word"}]
        world.ctl(DONE, "sync")
        world.ctl(DONE, "messages", "--read", message["id"])
        platform.wait_for_told("read")
        assert world.ctl_json("messages") == []
        assert len(world.ctl_json("messages", "--all")) == 1
        world.ctl(NOTHING, "messages", "--read", "nothing")


def test_renew(bench):
    with Holder(bench) as world:
        world.claim_and_accept("--copies", "2")
        for number in range(2, 5):
            assert world.ctl_json("renew", "licence")[0]["outcome"] == "done"
            world.platform.wait_for_told(*["receipts"] * number)
            shown = world.ctl_json("show", "licence")
            states = [generation["state"] for generation in shown["generations"]]
            assert states == ["current", "superseded"], states
            assert shown["generations"][0]["generation"] == number
            assert len(shown["generations"][0]["uses"]) == 2
        assert len(world.ctl_json("list", "--keys")) == 4
        receipts = [body["generation"] for kind, _, body in world.platform.told
                    if kind == "receipts"]
        assert receipts == [1, 2, 3, 4]
        job, = world.jobs("renew")
        assert job["state"] == "waiting" and job["step"] == "wait"


def test_renewed_as_whom_it_was_given_to(bench):
    """Tokens are bound to the client_id, which an operator may change."""
    with Holder(bench) as world:
        world.stop_agent()
        world.platform.expires_in = 1
        world.start("--client-id", "first")
        world.claim_and_accept()
        world.stop_agent()
        world.start("--client-id", "second")
        assert world.ctl_json("renew", "licence")[0]["outcome"] == "done"
        told = world.platform.clients()
        assert len(told) == 5 and set(told) == {"first"}, told
        # what is new is asked for by the new name
        world.claim("--label", "other", offer=world.platform.offer(code="recovered"))
        assert world.platform.clients()[5:] == ["second"] * 3


def test_renewal_refused(bench):
    with Holder(bench) as world:
        world.claim_and_accept()
        world.platform.fail("/credential", refuse("credential_request_denied"))
        outcome, = world.ctl_json("renew", "licence", code=FAILED)
        assert outcome["outcome"] == "credential_request_denied"
        shown = world.ctl_json("show", "licence")
        assert shown["renewalStopped"] == "credential_request_denied"
        assert shown["state"] == "valid" and world.jobs("renew") == []
        assert len(world.ctl_json("list", "--keys")) == 1
        # until the holder, or the issuer, thinks better of it
        assert world.ctl_json("renew", "licence")[0]["outcome"] == "done"
        assert world.ctl_json("show", "licence")["renewalStopped"] == ""


def test_renewal_with_token_refused(bench):
    """Another token is asked for at once, and used at once; what that does not open
    is tried later, and not again and again."""
    with Holder(bench) as world:
        world.claim_and_accept()
        asked, tokens = world.platform.count("/credential"), world.platform.count("/token")
        old = refuse("invalid_token", 401)
        world.platform.fail("/credential", old)
        assert world.ctl_json("renew", "licence")[0]["outcome"] == "done"
        assert world.platform.count("/credential") == asked + 2
        assert world.platform.count("/token") == tokens + 1

        world.platform.fail("/credential", old, old)
        outcome, = world.ctl_json("renew", "licence", code=FAILED)
        assert outcome["outcome"] == "invalid_token", outcome
        job, = world.jobs("renew")
        assert (job["state"], job["step"], job["attempts"]) == ("waiting", "request", 1)
        assert world.platform.count("/token") == tokens + 2
        assert world.ctl_json("show", "licence")["renewalStopped"] == ""


def test_recover(bench):
    """The refresh token is lost, the keys are not."""
    with Holder(bench) as world:
        world.platform.expires_in = 1
        world.claim_and_accept()
        world.platform.refresh += 7
        assert world.ctl_json("renew", "licence")[0]["outcome"] == "done"
        assert world.platform.count("/wallet/v1/device-credentials/mid-1/recover") == 1


def test_remove(bench):
    """Told whenever that can be, and once."""
    with Holder(bench) as world:
        world.claim_and_accept()
        world.platform.wait_for_told("receipts", "accept")
        path = "/wallet/v1/device-credentials/mid-1/removal"
        world.platform.fail(path, Fault(503, None, [("Retry-After", "1")]))
        world.ctl(DONE, "remove", "licence", "--yes")
        assert world.listed() == {} and world.ctl_json("list", "--keys") == []
        world.platform.wait_for_told("removal", timeout=60)
        assert world.platform.count(path) == 2
        assert world.ctl_json("store", "check") == {"findings": []}
        world.ctl(NOTHING, "sync")


def test_stopped_in_a_call(bench):
    """What waits for an answer is no reason to stay, and goes on afterwards."""
    with Holder(bench) as world:
        has_come, may_go = threading.Event(), threading.Event()

        def hold(*_):
            has_come.set()
            may_go.wait(60)
            return Fault(503)

        world.platform.fail("/.well-known/openid-credential-issuer", hold)
        process = Process(world, CTL, "claim", world.platform.offer(), name="claim")
        assert has_come.wait(20)
        world.stop_agent()
        assert "Sanitizer" not in world.agent.err
        may_go.set()
        process.process.wait(20)
        world.start()
        offer, = world.ctl_json("offers")
        assert world.ctl_json("claim", offer["id"])["state"] == "received"


def test_restored(bench):
    """A store that is put back while there is much to do with it."""
    with Holder(bench) as world:
        world.claim_and_accept()
        world.platform.deferred = 99
        offer = world.claim(offer=world.platform.offer(code="recovered")).json()
        assert offer["state"] == "deferred_wait"
        backup = bench.path("backup")
        world.ctl(DONE, "store", "backup", backup)
        world.ctl(DONE, "store", "restore", backup)
        assert [offer["state"] for offer in world.offers()] == ["accepted", "deferred_wait"]
        world.ctl(DONE, "sync")
        world.platform.deferred = 1
        assert world.ctl_json("claim", offer["id"], "--wait")["state"] == "received"
        world.stop_agent()
        assert "Sanitizer" not in world.agent.err


def test_nothing_said(bench):
    """No value and no secret is in the log."""
    with Holder(bench) as world:
        world.claim_and_accept()
        world.platform.wait_for_told("receipts", "accept")
        world.ctl(DONE, "sync")
        for secret in ("Lindqvist", "pre-authorized", "access-1", "refresh-1", "mid-1"):
            assert secret not in world.agent.err, secret


if __name__ == "__main__":
    main(globals())

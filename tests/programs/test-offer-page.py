#!/usr/bin/env python3
#
# test-offer-page.py - the page of an offer, in a browser
#
# SPDX-FileCopyrightText: 2026 The mdoc agent authors
# SPDX-License-Identifier: Apache-2.0

import subprocess

from administered import Administered, Holder, Stream
from browser import Browser
from programs import main


def scan(bench, picture):
    return subprocess.run(["zbarimg", "-q", "--raw", bench.write("shot.png", picture)],
                          check=True, capture_output=True, text=True).stdout.strip()


def test_scanned_and_followed(bench):
    with Administered(bench, "--name", "Utopia <b>Roads</b>") as platform, \
            Browser() as browser:
        offer = platform.new_offer()
        browser.go(offer["pageUrl"])
        assert browser.ask("document.title") == "Photo ID – Utopia <b>Roads</b>"
        assert browser.ask("document.querySelector('b')") is None
        assert browser.ask("document.querySelector('a.open').href") == offer["uri"]
        assert browser.ask("document.body.dataset.stage") == "open"
        # the style is there, and the code as whoever looks at it sees it
        assert browser.ask("getComputedStyle(document.querySelector('a.open'))"
                           ".backgroundColor") == "rgb(11, 87, 208)"
        assert browser.ask("document.querySelector('.qr img').naturalWidth") > 0
        assert scan(bench, browser.screenshot()) == offer["uri"]
        # the code is told another way
        assert offer["txCode"] not in browser.ask("document.documentElement.innerHTML")
        assert "separately" in browser.ask("document.body.innerText")

        # what happens elsewhere is seen here, without a step of ours
        holder = Holder(platform)
        holder.claim(offer)
        browser.until("document.body.dataset.status === 'credential_issued'")
        assert browser.ask("getComputedStyle(document.querySelector('.qr')).display") == "none"
        holder.receive()
        browser.until("document.body.dataset.status === 'credential_acked'")
        holder.accept()
        browser.until("document.body.dataset.stage === 'done'")
        assert browser.ask("document.getElementById('state').innerText") == \
            "Accepted by the holder"
        assert not browser.complaints, browser.complaints
        # whoever comes now sees neither code nor link
        browser.go(offer["pageUrl"])
        assert "credential-offer" not in browser.ask("document.documentElement.innerHTML")


def test_withdrawn(bench):
    with Administered(bench) as platform, Browser() as browser:
        offer = platform.new_offer()
        browser.go(offer["pageUrl"])
        platform.admin("DELETE", f"/offers/{offer['offerId']}", status=204)
        browser.until("document.body.dataset.stage === 'over'")
        assert not browser.complaints, browser.complaints


def test_without_script(bench):
    with Administered(bench) as platform, Browser() as browser:
        offer = platform.new_offer()
        browser.call("Emulation.setScriptExecutionDisabled", value=True)
        browser.go(offer["pageUrl"])
        assert scan(bench, browser.screenshot()) == offer["uri"]
        Holder(platform).take(offer)
        # it loads itself anew
        browser.wait_for("Page.loadEventFired")
        assert "Accepted by the holder" in browser.ask("document.body.innerText")


def test_policy(bench):
    """What somebody smuggled in would not run, nor ask elsewhere."""
    with Administered(bench) as platform, Browser() as browser:
        offer = platform.new_offer()
        answer = platform.get(offer["pageUrl"])
        policy = answer.headers["Content-Security-Policy"]
        assert "default-src 'none'" in policy and "unsafe" not in policy
        assert "frame-ancestors 'none'" in policy
        assert answer.headers["Referrer-Policy"] == "no-referrer"
        assert answer.headers["Cache-Control"] == "no-store"
        browser.go(offer["pageUrl"])
        assert not browser.complaints, browser.complaints
        assert browser.ask(
            "(() => { const s = document.createElement('script'); s.textContent ="
            " 'window.smuggled = 1'; document.body.append(s); return window.smuggled; })()") \
            is None
        assert browser.ask("fetch('http://127.0.0.1:1/').then(() => 'asked', () => 'refused')") \
            == "refused"
        assert any("Content Security Policy" in text for text in browser.complaints), \
            browser.complaints


def test_whose_page_it_is(bench):
    """An id is no secret, so it is not enough."""
    with Administered(bench) as platform:
        offer, other = platform.new_offer(), platform.new_offer()
        reference = offer["pageUrl"].rsplit("/", 1)[1]
        for path in (f"/offer/{offer['offerId']}/x", f"/offer/{other['offerId']}/{reference}",
                     f"/offer/nothing/{reference}"):
            for part in ("", "/qr.svg", "/events"):
                answer = platform.get(path + part)
                assert answer.status == 404 and "no such offer" in answer.body, str(answer)
        with Stream(platform, offer["pageUrl"].removeprefix(platform.url) + "/events") as stream:
            assert stream.next()["event_data"]["status"] == "offer_sent"


if __name__ == "__main__":
    main(globals())

# browser.py - a headless Chromium, spoken to over a pipe
#
# SPDX-FileCopyrightText: 2026 The mdoc agent authors
# SPDX-License-Identifier: Apache-2.0

"""The DevTools protocol, as far as the tests need it: messages of JSON that end
with a NUL, on descriptors 3 and 4. No port is opened."""

import base64
import json
import os
import subprocess
import tempfile

CHROMIUM = os.environ["MDOC_TEST_CHROMIUM"]


class Browser:
    def __init__(self):
        self.folder = tempfile.TemporaryDirectory(prefix="mdoc-browser-",
                                                  ignore_cleanup_errors=True)
        read_theirs, write_ours = os.pipe()
        read_ours, write_theirs = os.pipe()

        def place():
            # above what they go to, lest one overwrites the other
            source = os.dup(read_theirs), os.dup(write_theirs)
            os.dup2(source[0], 3)
            os.dup2(source[1], 4)

        self.process = subprocess.Popen(
            [CHROMIUM, "--headless", "--no-sandbox", "--disable-gpu",
             "--disable-dev-shm-usage", "--no-first-run", "--remote-debugging-pipe",
             f"--user-data-dir={self.folder.name}", "about:blank"],
            stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
            pass_fds=(3, 4, read_theirs, write_theirs), preexec_fn=place)
        os.close(read_theirs)
        os.close(write_theirs)
        self.out, self.incoming = write_ours, os.fdopen(read_ours, "rb")
        self.buffer, self.number, self.session = b"", 0, None
        self.events, self.complaints = [], []
        target = self.call("Target.createTarget", url="about:blank")["targetId"]
        self.session = self.call("Target.attachToTarget", targetId=target,
                                 flatten=True)["sessionId"]
        for domain in ("Page", "Runtime", "Log"):
            self.call(f"{domain}.enable")

    def receive(self):
        while b"\0" not in self.buffer:
            chunk = os.read(self.incoming.fileno(), 65536)
            assert chunk, "the browser has gone"
            self.buffer += chunk
        message, self.buffer = self.buffer.split(b"\0", 1)
        message = json.loads(message)
        if "method" in message:
            self.events.append(message["method"])
            if message["method"] == "Log.entryAdded" and \
                    message["params"]["entry"]["level"] == "error":
                self.complaints.append(message["params"]["entry"]["text"])
            if message["method"] == "Runtime.exceptionThrown":
                self.complaints.append(json.dumps(message["params"]))
        return message

    def call(self, method, **params):
        self.number += 1
        message = {"id": self.number, "method": method, "params": params}
        if self.session:
            message["sessionId"] = self.session
        os.write(self.out, json.dumps(message).encode() + b"\0")
        while True:
            answer = self.receive()
            if answer.get("id") == self.number:
                assert "error" not in answer, answer
                return answer["result"]

    def wait_for(self, event):
        while event not in self.events:
            self.receive()
        self.events.remove(event)

    def go(self, url):
        self.events = [e for e in self.events if e != "Page.loadEventFired"]
        self.call("Page.navigate", url=url)
        self.wait_for("Page.loadEventFired")

    def ask(self, expression):
        answer = self.call("Runtime.evaluate", expression=expression, awaitPromise=True,
                           returnByValue=True)
        assert "exceptionDetails" not in answer, answer
        return answer["result"].get("value")

    def until(self, condition):
        """Waits in the page until it holds."""
        return self.ask(f"new Promise(done => {{ const look = () => ({condition}) ?"
                        f" done(true) : setTimeout(look, 20); look(); }})")

    def screenshot(self):
        return base64.b64decode(self.call("Page.captureScreenshot", format="png")["data"])

    def close(self):
        # which ends its other processes as well, before their folder goes
        self.session = None
        try:
            self.call("Browser.close")
            self.process.wait(30)
        except (AssertionError, OSError, subprocess.TimeoutExpired):
            self.process.kill()
            self.process.wait()
        os.close(self.out)
        self.incoming.close()
        self.folder.cleanup()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.close()

# served.py - a web server that does what a test tells it
#
# SPDX-FileCopyrightText: 2026 The mdoc agent authors
# SPDX-License-Identifier: Apache-2.0

"""For tests of who asks; net/ has its own, which can do far more wrong."""

import contextlib
import http.server
import threading


class Handler(http.server.BaseHTTPRequestHandler):

    def log_message(self, *_):
        pass


@contextlib.contextmanager
def served(handler):
    """@handler: a class of Handler. Yields: the address, without a path."""
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        try:
            yield f"http://127.0.0.1:{server.server_port}"
        finally:
            server.shutdown()
            thread.join()

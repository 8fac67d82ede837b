"""Receivers of webhooks: real HTTP servers on this machine."""

import json
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread

NEW, OLD = "n" * 32, "o" * 32


class Receiver:
    """What came in, and how it is answered: ``answers`` one after the other, then 204."""

    def __init__(self, url):
        self.url, self.calls, self.answers, self.location = url, [], [], None

    @property
    def ids(self):
        """The ids of the deliveries that came in, once for each time."""
        return [json.loads(body)["id"] for _, _, body in self.calls]

    def entry(self, *events, secrets=(NEW,)):
        """The entry of this receiver in the settings."""
        return {"url": self.url, "secrets": list(secrets), "events": list(events) or ["*"]}


@contextmanager
def receiving():
    """Run a receiver."""

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self):
            body = self.rfile.read(int(self.headers["Content-Length"]))
            receiver.calls.append((self.path, self.headers, body))
            self.send_response(receiver.answers.pop(0) if receiver.answers else 204)
            if receiver.location:
                self.send_header("Location", receiver.location)
            self.end_headers()

        do_GET = do_POST  # noqa: N815 - the name that http.server looks for

        def log_message(self, *args):
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        receiver = Receiver(f"http://127.0.0.1:{server.server_port}/hook")
        thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
        thread.start()
        try:
            yield receiver
        finally:
            server.shutdown()
            thread.join()

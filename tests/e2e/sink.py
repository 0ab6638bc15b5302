"""Receivers of our own: the ledger of what Vigil has told, and how often."""

import base64
import collections
import hashlib
import hmac
import http.server
import json
import threading

from stack import ROOT

SECRET = "whsec_" + base64.b64encode(bytes(range(32))).decode()


class Listener:
    """An HTTP server of our own, to which `take` is what is posted to it; `take_from` tells from which port, too."""

    status = 204

    def take(self, headers, body):
        pass

    def take_from(self, port, headers, body):
        self.take(headers, body)

    def __init__(self):
        listener = self

        class Handler(http.server.BaseHTTPRequestHandler):
            def do_POST(self):
                body = self.rfile.read(int(self.headers["Content-Length"]))
                listener.take_from(self.client_address[1], self.headers, body)
                self.send_response(listener.status)
                if listener.status != 204:
                    self.send_header("Content-Length", "0")
                self.end_headers()

            do_PUT = do_POST

            def log_message(self, *_):
                pass

        self.server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.server.handle_error = lambda *_: None  # who asked is gone
        self.url = f"http://127.0.0.1:{self.server.server_port}/vigil"
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    def close(self):
        self.server.shutdown()
        self.server.server_close()


class Gone(Listener):
    """A webhook whose owner wants nothing more."""

    status = 410


class Watchdog(Listener):
    """Counts the beats that reach it."""

    def __init__(self):
        self.beats = 0
        super().__init__()

    def take(self, headers, body):
        self.beats += 1


class Sink(Listener):
    """A webhook receiver that checks each signature and keeps each event."""

    def __init__(self):
        self.events, self.bad = [], []
        super().__init__()

    def take(self, headers, body):
        signed = f"{headers['webhook-id']}.{headers['webhook-timestamp']}.".encode() + body
        mac = hmac.new(base64.b64decode(SECRET[6:]), signed, hashlib.sha256).digest()
        event = json.loads(body)
        good = f"v1,{base64.b64encode(mac).decode()}" in headers["webhook-signature"].split()
        if not good or event["id"] != headers["webhook-id"]:
            self.bad.append(event)
        self.events.append(event)

    def doubles(self):
        """The ids that came more than once."""
        return [i for i, n in collections.Counter(e["id"] for e in self.events).items() if n > 1]


def seeds(sink, secret_file):
    """The seeds every instance starts with, and a private mail receiver and a webhook beside."""
    text = (ROOT / "data/alerts.yaml").read_text()
    receivers = f"""receivers:
  - name: receivers/private-mail
    display_name: A lawyer
    private: true
    email: {{address: lawyer@vigil.example}}
  - name: receivers/machine
    display_name: A machine
    webhook: {{url: "{sink.url}", secret_file: {secret_file}, allow_private_addresses: true}}
"""
    subscriptions = """subscriptions:
  - {name: subscriptions/private-mail, receiver: receivers/private-mail, time_zone: Asia/Almaty}
  - {name: subscriptions/machine, receiver: receivers/machine, time_zone: Asia/Almaty, no_digest: true}
"""
    return text.replace("receivers:\n", receivers, 1).replace("subscriptions:\n", subscriptions, 1)

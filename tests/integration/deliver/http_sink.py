"""An HTTP server on a free port of loopback: `http_sink.py FOLDER [PEM]`. Prints its port; each POST or PUT becomes a JSON file of
the folder. With a PEM file (key and certificate) it speaks TLS.

The path says how it answers: `/200` to `/599` that status, `/429/30` with `Retry-After: 30`, `/redirect` a redirect to
`/200`, `/drop` reads all and closes without an answer, `/endless` a 200 whose body does not end, `/silent` never answers,
`/dated` 429 with a Retry-After two hours ahead as a date, `/matrix` 429 as a Matrix server says it, for ten minutes, `/reset` resets after the request, `/gigabyte` a 200 that announces and
sends a gigabyte, `/inside/301` a redirect with that status to 127.0.0.1, `/slow` a 200 after a third of a second, `/trickle` a
200 whose header comes byte by byte and whose body does not end, `/hints` a 103 and then a reset, `/headers` a 200 whose headers
do not end, `/babble` what is no HTTP. How many megabytes of the gigabyte were taken stands in
`.gigabyte` of the folder once that is over."""

import email.utils
import http.server
import json
import pathlib
import socket
import ssl
import struct
import sys
import threading
import time


class Handler(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    folder = pathlib.Path(sys.argv[1])
    lock = threading.Lock()
    count = 0

    def do_PUT(self):
        self.do_POST()

    def do_POST(self):
        body = self.rfile.read(int(self.headers["Content-Length"]))
        with Handler.lock:
            Handler.count += 1
            name = f"{Handler.count:04}"
        seen = {"method": self.command, "path": self.path, "headers": {k.lower(): v for k, v in self.headers.items()}, "body": body.decode()}
        draft = self.folder / ("." + name)
        draft.write_text(json.dumps(seen))
        draft.rename(self.folder / name)
        self.answer(self.path.strip("/").split("/"))

    def answer(self, words):
        if words[0] == "drop":
            self.close_connection = True
            self.connection.close()
        elif words[0] == "silent":
            threading.Event().wait()
        elif words[0] == "reset":
            self.reset()
        elif words[0] == "dated":
            self.send_response(429)
            self.send_header("Retry-After", email.utils.formatdate(time.time() + 7200, usegmt=True))
            self.send_header("Content-Length", "0")
            self.end_headers()
        elif words[0] == "matrix":
            body = b'{"errcode": "M_LIMIT_EXCEEDED", "error": "slow down", "retry_after_ms": 600000}'
            self.send_response(429)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)
        elif words[0] == "gigabyte":
            self.send_response(200)
            self.send_header("Content-Length", str(1 << 30))
            self.end_headers()
            megabytes = 0
            try:
                while megabytes < 1 << 10:
                    self.wfile.write(b"x" * (1 << 20))
                    megabytes += 1
            finally:
                (self.folder / ".gigabyte").write_text(f"{megabytes}\n")
        elif words[0] == "trickle":
            for byte in b"HTTP/1.1 200 OK\r\nContent-Length: 100000\r\n\r\n":
                self.wfile.write(bytes([byte]))
                self.wfile.flush()
                time.sleep(0.002)
            threading.Event().wait()
        elif words[0] == "hints":
            self.wfile.write(b"HTTP/1.1 103 Early Hints\r\n\r\n")
            self.reset()
        elif words[0] == "headers":
            self.wfile.write(b"HTTP/1.1 200 OK\r\n")
            while True:
                self.wfile.write(b"x-more: " + b"x" * 1000 + b"\r\n")
        elif words[0] == "babble":
            self.close_connection = True
            self.wfile.write(b"what would you like to know?\r\n")
        elif words[0] == "inside":
            self.send_response(int(words[1]))
            self.send_header("Location", f"http://127.0.0.1:{self.server.server_port}/200")
            self.send_header("Content-Length", "0")
            self.end_headers()
        elif words[0] == "slow":
            time.sleep(0.3)
            self.send_response(200)
            self.send_header("Content-Length", "0")
            self.end_headers()
        elif words[0] == "endless":
            self.send_response(200)
            self.end_headers()
            while True:
                self.wfile.write(b"x" * 65536)
        else:
            self.send_response(302 if words[0] == "redirect" else int(words[0]))
            if words[0] == "redirect":
                self.send_header("Location", "/200")
            if len(words) > 1:
                self.send_header("Retry-After", words[1])
            self.send_header("Content-Length", "0")
            self.end_headers()

    def reset(self):
        self.close_connection = True
        self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        self.connection.close()

    def log_message(self, *_):
        pass

    def handle(self):
        try:
            super().handle()
        except OSError:
            pass  # the peer has had enough, or we hung up ourselves


server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
server.daemon_threads = True
if len(sys.argv) > 2:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(sys.argv[2])
    server.socket = context.wrap_socket(server.socket, server_side=True)
print(server.server_port, flush=True)
server.serve_forever()

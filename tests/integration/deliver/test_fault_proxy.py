"""The fault proxy itself: each toxic does what it says, and `clear` heals."""

import contextlib
import pathlib
import socket
import socketserver
import sys
import threading
import time
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[2] / "testing"))
from fault_proxy import TOXICS, FaultProxy  # noqa: E402


class Echo(socketserver.BaseRequestHandler):
    def handle(self):
        try:
            while data := self.request.recv(65536):
                self.request.sendall(data)
        except OSError:
            pass


class FaultProxyTest(unittest.TestCase):
    def setUp(self):
        self.server = socketserver.ThreadingTCPServer(("127.0.0.1", 0), Echo)
        self.server.daemon_threads = True
        threading.Thread(target=self.server.serve_forever, daemon=True).start()
        self.addCleanup(self.server.server_close)
        self.addCleanup(self.server.shutdown)
        self.proxy = FaultProxy(f"127.0.0.1:{self.server.server_address[1]}")
        self.addCleanup(self.proxy.__exit__)

    def connect(self):
        client = socket.create_connection(("127.0.0.1", self.proxy.port), timeout=10)
        self.addCleanup(client.close)
        return client

    def echo(self, client, data):
        client.sendall(data)
        back = b""
        while len(back) < len(data):
            piece = client.recv(65536)
            if not piece:
                break
            back += piece
        return back

    def test_healthy_passes_everything(self):
        data = bytes(range(256)) * 4096
        client = self.connect()
        threading.Thread(target=client.sendall, args=(data,), daemon=True).start()
        back = b""
        while len(back) < len(data):
            back += client.recv(65536)
        self.assertEqual(back, data)
        self.assertEqual(self.proxy("count"), [1, len(data), len(data)])

    def test_latency_is_waited_each_way(self):
        self.proxy("latency", "both", 60)
        client, start = self.connect(), time.monotonic()
        self.assertEqual(self.echo(client, b"x"), b"x")
        self.assertGreaterEqual(time.monotonic() - start, 0.12)

    def test_down_cuts_and_refuses_until_cleared(self):
        client = self.connect()
        self.assertEqual(self.echo(client, b"x"), b"x")
        self.proxy("down")
        with self.assertRaises(OSError):
            while client.recv(1):
                pass
            raise OSError("closed")
        with self.assertRaises(OSError):
            other = self.connect()
            other.sendall(b"x")
            if not other.recv(1):
                raise OSError("closed")
        self.proxy("clear")
        self.assertEqual(self.echo(self.connect(), b"x"), b"x")

    def test_bandwidth_bounds_the_bytes_a_second(self):
        self.proxy("bandwidth", "up", 10000)
        start = time.monotonic()
        self.assertEqual(len(self.echo(self.connect(), b"x" * 3000)), 3000)
        self.assertGreaterEqual(time.monotonic() - start, 0.25)

    def test_slicer_passes_all_in_small_pieces(self):
        self.proxy("slicer", "down", 7, 1)
        self.assertEqual(self.echo(self.connect(), b"abc" * 30), b"abc" * 30)

    def test_limit_data_ends_the_connection_after_so_many_bytes(self):
        self.proxy("limit_data", "down", 10)
        client = self.connect()
        self.assertEqual(self.echo(client, b"x" * 50), b"x" * 10)

    def test_reset_peer_resets(self):
        client = self.connect()
        self.assertEqual(self.echo(client, b"x"), b"x")
        self.proxy("reset_peer")
        with self.assertRaises(ConnectionResetError):
            client.recv(1)

    def test_timeout_passes_nothing_and_closes(self):
        self.proxy("timeout", "up", 50)
        client = self.connect()
        self.assertEqual(self.echo(client, b"x"), b"")

    def test_slow_close_passes_the_data_at_once_and_the_end_later(self):
        self.proxy("slow_close", "up", 100)
        client, start = self.connect(), time.monotonic()
        self.assertEqual(self.echo(client, b"x"), b"x")
        client.shutdown(socket.SHUT_WR)
        self.assertEqual(client.recv(1), b"")
        self.assertGreaterEqual(time.monotonic() - start, 0.1)

    def meet(self, *toxic):
        """Has one connection that is open and one that is new meet a toxic; how often the proxy says that it acted."""
        before, old = self.proxy.met(toxic[0]), self.connect()
        self.assertEqual(self.echo(old, b"x"), b"x")
        self.proxy(*toxic)
        for client in (old, None):
            with contextlib.suppress(OSError):
                client = client or self.connect()
                self.echo(client, b"x" * 60)
                client.shutdown(socket.SHUT_WR)
                client.recv(1)
        self.proxy("clear")
        return self.proxy.met(toxic[0]) - before

    def test_what_a_toxic_acted_on_is_counted(self):
        """The piece and the end, each way, of each of two connections; or the connections."""
        for toxic, most in ((("latency", "both", 1), 4), (("bandwidth", "both", 100000), 4), (("slow_close", "both", 1), 4),
                            (("slicer", "up", 59, 1), 2), (("down",), 2), (("timeout", "both", 10), 2), (("reset_peer",), 2),
                            (("limit_data", "both", 20), 2)):
            with self.subTest(toxic[0]):
                self.assertEqual(self.meet(*toxic), most)

    def test_a_toxic_that_nothing_met_is_not_counted(self):
        client = self.connect()
        for toxic in (("latency", "both", 1), ("bandwidth", "both", 100000), ("slow_close", "both", 1), ("slicer", "both", 60, 1),
                      ("timeout", "both"), ("limit_data", "both", 61)):
            with self.subTest(toxic[0]):
                self.proxy(*toxic)
                self.assertEqual(self.proxy.met(toxic[0]), 0)
        self.proxy("clear")
        self.assertEqual(self.echo(client, b"x" * 60), b"x" * 60)
        self.assertEqual(sum(self.proxy.met(toxic) for toxic in TOXICS), 0)

    def test_wrong_commands_are_answered_and_change_nothing(self):
        for command in (("latency",), ("latency", "sideways", 1), ("bandwidth", "up", 0), ("nonsense",), ("slicer", "up", 1), ("met",),
                        ("met", "nonsense")):
            with self.assertRaises(ValueError):
                self.proxy(*command)
        self.assertEqual(self.echo(self.connect(), b"x"), b"x")


if __name__ == "__main__":
    unittest.main()

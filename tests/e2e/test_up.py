"""scripts/up and what it starts: what an operator set stays, one instance a folder, ports that are ports, a terminal that closes."""

import os
import pathlib
import signal
import socket
import subprocess
import tempfile
import threading
import unittest

from stack import ROOT, Stack, free_port_base, wait_until

BIN = ROOT / "build/release/bin"
SERVICES = ("registry-svc", "alert-svc", "gateway")
DEFAULT_PORTS = {"registry-svc": {"grpc": 8082, "metrics": 9082}, "alert-svc": {"grpc": 8083, "metrics": 9083},
                 "gateway": {"grpc": 8081, "http": 8080, "metrics": 9080}}


def up(stack, *options):
    """scripts/up for the folder of a stack, which one waits for oneself."""
    return subprocess.Popen([ROOT / "scripts/up", "--data", stack.data, *options], env=os.environ | {"VIGIL_NO_BUILD": "1"},
                            stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)


def until_ready(process):
    """What it says until it stays in the foreground."""
    said = []
    for line in process.stdout:
        said.append(line)
        if "Ctrl-C" in line:
            break
    return "".join(said)


def supervisors(stack):
    """The processes that supervise the folder of a stack."""
    found = []
    for folder in pathlib.Path("/proc").glob("[0-9]*"):
        try:
            command = (folder / "cmdline").read_bytes().split(b"\0")
        except OSError:
            continue
        if any(word.endswith(b"/supervise") for word in command) and str(stack.data).encode() in command:
            found.append(int(folder.name))
    return found


class OwnSettings(unittest.TestCase):
    def add(self, stack, service, old, new):
        path = stack.data / f"config/{service}.yaml"
        self.assertIn(old, path.read_text())
        path.write_text(path.read_text().replace(old, new))

    def test_tokens_and_a_mail_server_stay_over_another_start_elsewhere(self):
        with Stack() as stack, socket.socket() as mail_server:
            mail_server.bind(("127.0.0.1", 0))
            mail_server.listen()
            mail_server.settimeout(60)
            (stack.data / "tokens/jane").write_text("a-token-of-jane-and-long-enough")
            for service in SERVICES:
                self.add(stack, service, "  tokens:\n", "  tokens:\n    - {file: tokens/jane, name: jane, role: staff}\n")
            self.add(stack, "alert-svc", "mail:\n", f"mail:\n  smtp_url: smtp://127.0.0.1:{mail_server.getsockname()[1]}\n")
            mine = {service: (stack.data / f"config/{service}.yaml").read_text() for service in SERVICES}
            stack.down()
            moved = stack.data.with_name(stack.data.name + "-moved")
            stack.data.rename(moved)
            stack.data, stack.base, stack.clock = moved, free_port_base(), None
            stack.up()
            self.assertEqual(mine, {service: (moved / f"config/{service}.yaml").read_text() for service in SERVICES})
            jane = "a-token-of-jane-and-long-enough"
            for path in ("/v1/cases?page_size=1", "/v1/alerts?page_size=1"):
                self.assertEqual(stack.get(path, token=jane)[0], 200)
            self.assertEqual(stack.request("POST", "/v1/receivers?receiver_id=x", {}, token=jane)[0], 403)
            came = []
            taker = threading.Thread(target=lambda: came.append(mail_server.accept()[0].close()))
            taker.start()
            stack.request("POST", "/v1/receivers/advocacy:test", {}, timeout=120)
            taker.join()
            self.assertEqual(len(came), 1, "no mail went to the server")

    def test_a_whole_configuration_of_an_earlier_version_is_put_aside(self):
        with Stack() as stack:
            stack.down()
            path = stack.data / "config/gateway.yaml"
            old = f"common:\n  grpc_listen: 127.0.0.1:1\n  clock_file: '{stack.data}/clock'\nhttp_listen: 127.0.0.1:1\n"
            path.write_text(old)
            stack.up()
            self.assertEqual(path.with_suffix(".yaml.before").read_text(), old)
            self.assertEqual(stack.ok("/v1/cases")["totalSize"], 49)


class OneInstance(unittest.TestCase):
    def test_of_two_that_start_at_one_time_one_does_and_both_wait_until_it_is_ready(self):
        with tempfile.TemporaryDirectory() as folder:
            stack = Stack()
            stack.data, stack.base = pathlib.Path(folder) / "data", free_port_base()
            both = [up(stack, "--detach", "--port-base", str(stack.base)) for _ in range(2)]
            try:
                for process in both:
                    said, _ = process.communicate()
                    self.assertEqual(process.returncode, 0, said)
                    self.assertIn(f"http://127.0.0.1:{stack.base}\nSign in with the token in {stack.data}/admin-token", said)
                    self.assertEqual(stack.get("/readyz", token=False)[0], 200)
                self.assertEqual(supervisors(stack), [stack.pid("supervisor")])
            finally:
                stack.down()

    def test_who_comes_later_stays_in_the_foreground_until_ctrl_c_and_cannot_move_it(self):
        with Stack() as stack:
            other = up(stack, "--detach", "--port-base", str(stack.base + 10))
            said, _ = other.communicate()
            self.assertEqual(other.returncode, 1)
            self.assertIn(f"scripts/down --data {stack.data}", said)
            with up(stack) as later:
                self.assertIn("Sign in with the token in", until_ready(later))
                self.assertIsNone(later.poll())
                later.send_signal(signal.SIGINT)
                self.assertEqual(later.wait(timeout=120), 130)
            self.assertEqual(supervisors(stack), [])

    def test_a_terminal_that_closes_ends_what_runs_in_it(self):
        with tempfile.TemporaryDirectory() as folder:
            stack = Stack()
            stack.data, stack.base = pathlib.Path(folder), free_port_base()
            try:
                with up(stack, "--port-base", str(stack.base)) as process:
                    self.assertIn("Ctrl-C", until_ready(process))
                    process.send_signal(signal.SIGHUP)
                    process.wait(timeout=120)
                self.assertEqual(supervisors(stack), [])
            finally:
                stack.down()


class Folder(unittest.TestCase):
    def test_a_folder_that_was_there_keeps_its_mode_and_what_is_kept_in_it_is_private(self):
        with tempfile.TemporaryDirectory() as folder:
            stack = Stack()
            stack.data, stack.base = pathlib.Path(folder), free_port_base()
            stack.data.chmod(0o755)
            try:
                stack.up()
                self.assertEqual(stack.data.stat().st_mode & 0o777, 0o755)
                wait_until("mail lands", stack.mails)
                for name in ("registry.db", "admin-token", "clock", "alerts.yaml", "config", "logs", "outbox", "redis", "run", "tokens"):
                    self.assertEqual((stack.data / name).stat().st_mode & 0o077, 0, name)
            finally:
                stack.down()


class Ports(unittest.TestCase):
    def test_a_base_that_leaves_no_room_or_is_no_number_is_refused(self):
        with tempfile.TemporaryDirectory() as folder:
            stack = Stack()
            stack.data = pathlib.Path(folder) / "data"
            for base in ("0", "64533", "70000", "08080", "-1", "x"):
                with self.subTest(base):
                    process = up(stack, "--detach", "--port-base", base)
                    said, _ = process.communicate()
                    self.assertEqual(process.returncode, 2, said)
                    self.assertIn("1 to 64532", said)
            self.assertFalse(stack.data.exists())

    def test_the_ports_of_a_start_that_failed_are_not_those_of_the_next(self):
        with Stack() as stack:
            stack.down()
            kept = (stack.data / "run/port-base").read_text()
            process = up(stack, "--detach", "--port-base", str(free_port_base()))
            wait_until("it starts", lambda: supervisors(stack))
            os.kill(supervisors(stack)[0], signal.SIGTERM)
            process.communicate()
            self.assertEqual(process.returncode, 1)
            self.assertEqual((stack.data / "run/port-base").read_text(), kept)

    def test_each_service_has_ports_of_its_own_where_nothing_else_is_said(self):
        with tempfile.TemporaryDirectory() as folder:
            key = pathlib.Path(folder) / "key"
            key.write_text("0" * 64)
            parts = {"registry-svc": [f"--database={folder}/r.db", f"--rules-dir={ROOT}/data/rules", f"--calendars-dir={ROOT}/data/calendars"],
                     "alert-svc": ["--registry=127.0.0.1:1", f"--redis=unix:{folder}/none", f"--calendars-dir={ROOT}/data/calendars",
                                   "--mail-from=vigil@vigil.example", f"--mail-outbox={folder}/outbox"],
                     "gateway": ["--registry=127.0.0.1:1", "--alert=127.0.0.1:1", f"--cookie-key-file={key}"]}
            for service, ports in DEFAULT_PORTS.items():
                for kind, port in ports.items():
                    with self.subTest(f"{service} {kind}"), socket.socket() as holder:
                        try:
                            holder.bind(("127.0.0.1", port))
                            holder.listen()
                        except OSError:
                            pass  # held already
                        others = [f"--{other}-listen=127.0.0.1:0" for other in ports if other != kind]
                        done = subprocess.run([BIN / service, *parts[service], *others], capture_output=True, text=True, timeout=120)
                        self.assertEqual(done.returncode, 1, done.stderr)
                        self.assertIn(f"{kind}_listen: cannot listen on 127.0.0.1:{port}", done.stderr)


if __name__ == "__main__":
    unittest.main()

"""One instance of Vigil for a test, started and stopped by the scripts a user has."""

import contextlib
import email
import email.policy
import json
import os
import pathlib
import random
import shutil
import socket
import subprocess
import tempfile
import time
import urllib.error
import urllib.request

ROOT = pathlib.Path(__file__).resolve().parents[2]
REPORT_DAY = "2018-04-28"
REPORT_CLOCK = "2018-04-28T09:00:00+06:00"
OFFSETS = (0, 1, 2, 3, 1000, 1002, 1003)
# The secrets of the tests' receivers are files of theirs, there before an instance has its folder.
os.environ["VIGIL_RECEIVER_SECRETS_DIR"] = tempfile.gettempdir()


def free_port_base():
    """A base whose seven ports are free."""
    for _ in range(200):
        base = random.randrange(20000, 30000, 10)
        with contextlib.ExitStack() as stack:
            try:
                for offset in OFFSETS:
                    probe = stack.enter_context(socket.socket())
                    probe.bind(("127.0.0.1", base + offset))
                return base
            except OSError:
                continue
    raise RuntimeError("no seven free ports")


class Stack:
    """Use with `with`. Paths begin with a slash; answers are (status, decoded JSON)."""

    def __init__(self, clock=REPORT_CLOCK, rate=None, seeds=None, prefix="vigil-"):
        self.clock, self.rate, self.seeds, self.prefix = clock, rate, seeds, prefix

    def __enter__(self):
        self.data = pathlib.Path(tempfile.mkdtemp(prefix=self.prefix))
        self.base = free_port_base()
        if self.seeds:
            (self.data / "alerts.yaml").write_text(self.seeds)
        try:
            self.up()
        except BaseException:
            self.__exit__(None, None, None)
            raise
        return self

    def up(self):
        done = self.try_up()
        if done.returncode:
            raise RuntimeError(f"scripts/up failed:\n{done.stdout[-4000:]}\n{self.logs()}")
        self.token = (self.data / "admin-token").read_text().strip()

    def try_up(self):
        """What scripts/up says and how it ends."""
        command = [ROOT / "scripts/up", "--detach", "--data", self.data, "--port-base", str(self.base)]
        command += ["--clock", self.clock] if self.clock else []
        command += ["--clock-rate", str(self.rate)] if self.rate else []
        return subprocess.run(command, env=os.environ | {"VIGIL_NO_BUILD": "1"}, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)

    def down(self):
        subprocess.run([ROOT / "scripts/down", "--data", self.data], check=True, stdout=subprocess.DEVNULL)

    def __exit__(self, kind, value, trace):
        if kind is not None:
            print(self.logs())
        self.down()
        if os.environ.get("VIGIL_KEEP_DATA"):
            print(f"kept {self.data}")
        else:
            shutil.rmtree(self.data, ignore_errors=True)

    def logs(self):
        out = []
        for log in sorted((self.data / "logs").glob("*.log")):
            lines = [l for l in log.read_text(errors="replace").splitlines() if '"info"' not in l]
            out.append(f"--- {log.name}\n" + "\n".join(lines[-15:]))
        return "\n".join(out)

    def pid(self, service):
        return int((self.data / "run" / f"{service}.pid").read_text())

    def url(self, path):
        return f"http://127.0.0.1:{self.base}{path}"

    def request(self, method, path, body=None, headers=None, token=True, timeout=30):
        data = body if isinstance(body, (bytes, type(None))) else json.dumps(body).encode()
        request = urllib.request.Request(self.url(path), data=data, method=method)
        if data is not None:
            request.add_header("Content-Type", "application/json")
        if token:
            request.add_header("Authorization", f"Bearer {self.token if token is True else token}")
        for key, value in (headers or {}).items():
            request.add_header(key, value)
        try:
            with urllib.request.urlopen(request, timeout=timeout) as answer:
                return answer.status, json.loads(answer.read() or b"null")
        except urllib.error.HTTPError as error:
            text = error.read()
            return error.code, json.loads(text) if text[:1] == b"{" else text

    def get(self, path, **options):
        return self.request("GET", path, **options)

    def ok(self, path):
        status, body = self.get(path)
        if status != 200:
            raise AssertionError(f"GET {path}: {status} {body}")
        return body

    def all(self, path, field):
        """Every item of a list, over all its pages."""
        items, token = [], ""
        glue = "&" if "?" in path else "?"
        while True:
            page = self.ok(f"{path}{glue}page_size=1000&page_token={token}")
            items += page[field]
            token = page["nextPageToken"]
            if not token:
                return items

    def cases_by_person(self):
        return {case["displayName"]: case for case in self.all(f"/v1/cases?as_of={REPORT_DAY}", "cases")}

    def metric(self, port_offset, name, having=""):
        """Sum of a metric's samples, of those whose labels have some text."""
        with urllib.request.urlopen(f"http://127.0.0.1:{self.base + port_offset}/metrics", timeout=10) as answer:
            lines = answer.read().decode().splitlines()
        return sum(float(l.rsplit(" ", 1)[1]) for l in lines if l.split("{")[0].split(" ")[0] == name and having in l)

    def mails(self):
        """Every mail of the outbox, parsed, in the order of their dates."""
        paths = [p for folder in ("new", "cur") for p in (self.data / "outbox" / folder).glob("*")]
        mails = [email.message_from_bytes(p.read_bytes(), policy=email.policy.default) for p in paths]
        return sorted(mails, key=lambda mail: mail["Date"].datetime)

    def calendar_day(self):
        return self.ok("/v1/overview")["asOf"]


def wait_until(what, condition, seconds=60, found=lambda: ""):
    """Polls until the condition holds; generous, since it bounds a failure and not a success. `found` says what stands instead."""
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        result = condition()
        if result:
            return result
        time.sleep(0.1)
    raise AssertionError(f"waited {seconds} s in vain: {what} {found()}".rstrip())

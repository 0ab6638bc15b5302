#!/usr/bin/python3
"""A TCP proxy that breaks what passes through it, to be put between any two parts.

    fault_proxy.py UPSTREAM [--listen HOST:PORT]     UPSTREAM is HOST:PORT or unix:PATH

prints the port it listens on, then takes commands on standard input, one a line, and answers each with one line, `ok` or
`error …`. From Python, use `FaultProxy` in a `with`. A command names a toxic, the way it works on (`up` from the client to
the upstream, `down` back, `both`) and its numbers; it holds for what passes from then on, also on connections that are open.

    latency WAY MS [JITTER]   each piece waits so long
    down                      connections are refused, open ones cut
    bandwidth WAY BYTES       at most so many bytes a second
    slow_close WAY MS         the end of the stream is passed on so much later
    timeout WAY [MS]          nothing passes; after MS (0: never) the connection is closed
    reset_peer [MS]           connections are reset, so long after they began; at once where they are open
    slicer WAY BYTES MS       pieces of at most so many bytes, so long apart
    limit_data WAY BYTES      after so many bytes of a connection it is closed
    clear                     heals everything
    count                     answers `ok CONNECTIONS BYTES_UP BYTES_DOWN`
    met TOXIC                 answers `ok N`: so often a toxic of this kind has acted, since the proxy began

What `met` counts: of latency, bandwidth and slicer the pieces that came later, or in parts; of slow_close the ends that came later;
of down, timeout, reset_peer and limit_data the connections that were refused, starved, reset or cut off.
"""

import argparse
import asyncio
import collections
import contextlib
import random
import socket
import struct
import subprocess
import sys
import threading

WAYS = {"up": ("up",), "down": ("down",), "both": ("up", "down")}
# toxic: how many numbers it needs, and how many more it may have
NUMBERS = {"latency": (1, 1), "bandwidth": (1, 0), "slow_close": (1, 0), "timeout": (0, 1), "slicer": (2, 0), "limit_data": (1, 0)}
TOXICS = (*NUMBERS, "down", "reset_peer")


class Toxics:
    """What is wrong now: a dict of numbers by toxic for each way."""

    def __init__(self):
        self.clear()

    def clear(self):
        self.by_way = {"up": {}, "down": {}}
        self.refuses = False
        self.reset_after = None

    def of(self, way, toxic):
        return self.by_way[way].get(toxic)


def reset(writer):
    """Closes so that the other side gets RST and not FIN."""
    sock = writer.get_extra_info("socket")
    if sock is not None and sock.family != socket.AF_UNIX:
        with contextlib.suppress(OSError):  # closed already
            sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    writer.transport.abort()


class Link:
    """One connection through the proxy."""

    def __init__(self, proxy, client, upstream):
        self.proxy, self.client, self.upstream = proxy, client, upstream
        self.passed = {"up": 0, "down": 0}
        self.ended_by = set()

    def met(self, toxic):
        """A toxic that ends connections acted on this one, whichever way it was met first."""
        if toxic not in self.ended_by:
            self.ended_by.add(toxic)
            self.proxy.met[toxic] += 1

    async def run(self):
        pumps = [asyncio.create_task(self.pump("up", self.client[0], self.upstream[1])),
                 asyncio.create_task(self.pump("down", self.upstream[0], self.client[1]))]
        timer = None
        if self.proxy.toxics.reset_after is not None:
            timer = asyncio.get_running_loop().call_later(self.proxy.toxics.reset_after / 1000, self.reset, "reset_peer")
        try:
            await asyncio.gather(*pumps)
        except (OSError, asyncio.IncompleteReadError, ConnectionError):
            pass
        finally:
            for pump in pumps:
                pump.cancel()
            if timer:
                timer.cancel()
            self.close()

    def reset(self, toxic):
        self.met(toxic)
        reset(self.client[1])
        reset(self.upstream[1])

    def close(self):
        for _, writer in (self.client, self.upstream):
            with contextlib.suppress(OSError, RuntimeError):
                writer.close()

    async def pump(self, way, reader, writer):
        toxics = self.proxy.toxics
        while piece := await reader.read(65536):
            if toxics.of(way, "timeout") is not None:
                self.met("timeout")
                return await self.time_out(way)
            if latency := toxics.of(way, "latency"):
                self.proxy.met["latency"] += 1
                jitter = random.uniform(0, latency[1]) if len(latency) > 1 else 0
                await asyncio.sleep((latency[0] + jitter) / 1000)
            for slice_, pause in self.slices(way, piece):
                room = self.room(way)
                if room is not None and room < len(slice_):
                    self.met("limit_data")
                    await self.write(way, writer, slice_[:room])
                    return self.close()
                await self.write(way, writer, slice_)
                if pause:
                    await asyncio.sleep(pause)
        if slow := toxics.of(way, "slow_close"):
            self.proxy.met["slow_close"] += 1
            await asyncio.sleep(slow[0] / 1000)
        with contextlib.suppress(OSError, NotImplementedError):
            writer.write_eof()

    def slices(self, way, piece):
        """The piece cut up, each with the seconds to wait after it."""
        slicer, bandwidth = self.proxy.toxics.of(way, "slicer"), self.proxy.toxics.of(way, "bandwidth")
        size = int(slicer[0]) if slicer else max(1, int(bandwidth[0] / 20)) if bandwidth else len(piece)
        self.proxy.met["slicer"] += bool(slicer) and len(piece) > size
        self.proxy.met["bandwidth"] += bool(bandwidth)
        for start in range(0, len(piece), size):
            part = piece[start:start + size]
            pause = slicer[1] / 1000 if slicer else 0
            if bandwidth:
                pause += len(part) / bandwidth[0]
            yield part, pause

    def room(self, way):
        limit = self.proxy.toxics.of(way, "limit_data")
        return None if limit is None else max(0, int(limit[0]) - self.passed[way])

    async def write(self, way, writer, data):
        if not data:
            return
        self.passed[way] += len(data)
        self.proxy.bytes[way] += len(data)
        writer.write(data)
        await writer.drain()

    async def time_out(self, way):
        after = self.proxy.toxics.of(way, "timeout")
        if after and after[0]:
            await asyncio.sleep(after[0] / 1000)
            return self.close()
        # Nothing passes until somebody gives up, or the toxic is taken away and the connection with it.
        while self.proxy.toxics.of(way, "timeout") is not None and not self.client[1].is_closing():
            await asyncio.sleep(0.02)
        self.close()


class Proxy:
    def __init__(self, upstream):
        self.upstream = upstream
        self.toxics = Toxics()
        self.links = set()
        self.connections = 0
        self.met = collections.Counter()
        self.bytes = {"up": 0, "down": 0}

    async def serve(self, host, port):
        self.server = await asyncio.start_server(self.accept, host, port)
        return self.server.sockets[0].getsockname()[1]

    async def accept(self, reader, writer):
        self.connections += 1
        if self.toxics.refuses:
            self.met["down"] += 1
            return reset(writer)
        try:
            if self.upstream.startswith("unix:"):
                upstream = await asyncio.open_unix_connection(self.upstream[5:])
            else:
                host, port = self.upstream.rsplit(":", 1)
                upstream = await asyncio.open_connection(host, int(port))
        except OSError:
            return reset(writer)
        link = Link(self, (reader, writer), upstream)
        self.links.add(link)
        try:
            await link.run()
        finally:
            self.links.discard(link)

    def command(self, line):
        """Obeys one command; returns the answer."""
        words = line.split()
        name = words.pop(0) if words else ""
        try:
            if name == "clear":
                self.toxics.clear()
            elif name == "count":
                return f"ok {self.connections} {self.bytes['up']} {self.bytes['down']}"
            elif name == "met":
                if words not in [[toxic] for toxic in TOXICS]:
                    raise ValueError
                return f"ok {self.met[words[0]]}"
            elif name == "down":
                self.toxics.refuses = True
                self.reset_all(name)
            elif name == "reset_peer":
                self.toxics.reset_after = float(words[0]) if words else 0.0
                self.reset_all(name)
            elif name in NUMBERS:
                self.poison(name, words)
            else:
                return f"error no such toxic: {name}"
        except (ValueError, IndexError, KeyError):
            return f"error {name}: wrong way or numbers"
        return "ok"

    def poison(self, name, words):
        ways, numbers = WAYS[words[0]], [float(word) for word in words[1:]]
        needed, more = NUMBERS[name]
        if not needed <= len(numbers) <= needed + more or any(number < 0 for number in numbers):
            raise ValueError
        if name in ("bandwidth", "slicer") and numbers[0] < 1:
            raise ValueError
        for way in ways:
            self.toxics.by_way[way][name] = numbers

    def reset_all(self, toxic):
        for link in list(self.links):
            link.reset(toxic)


class FaultProxy:
    """The proxy as a process of its own, for tests in Python: `with FaultProxy("127.0.0.1:25") as proxy: proxy("latency", "up", 50)`."""

    def __init__(self, upstream):
        self.process = subprocess.Popen([sys.executable, __file__, upstream], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        self.port = int(self.process.stdout.readline())

    def __call__(self, *words):
        self.process.stdin.write(" ".join(str(word) for word in words) + "\n")
        self.process.stdin.flush()
        answer = self.process.stdout.readline().strip()
        if not answer.startswith("ok"):
            raise ValueError(answer)
        return [int(word) for word in answer.split()[1:]]

    def met(self, toxic):
        """How often a toxic of this kind has acted."""
        return self("met", toxic)[0]

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.process.stdin.close()
        self.process.wait()
        self.process.stdout.close()


async def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("upstream")
    parser.add_argument("--listen", default="127.0.0.1:0")
    options = parser.parse_args()
    proxy = Proxy(options.upstream)
    host, port = options.listen.rsplit(":", 1)
    print(await proxy.serve(host, int(port)), flush=True)
    loop, ended = asyncio.get_running_loop(), asyncio.Event()

    async def obey(line):
        try:
            return proxy.command(line)
        except Exception as error:  # without an answer who asked would wait for ever
            return f"error {line.strip()}: {error!r}"

    def read():
        for line in sys.stdin:
            print(asyncio.run_coroutine_threadsafe(obey(line), loop).result(), flush=True)
        loop.call_soon_threadsafe(ended.set)

    threading.Thread(target=read, daemon=True).start()
    await ended.wait()


if __name__ == "__main__":
    asyncio.run(main())

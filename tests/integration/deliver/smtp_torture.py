"""An SMTP server that misbehaves as told: `smtp_torture.py FOLDER MODE`. Prints its port; each message taken becomes a file of the
folder, its envelope and the number of its connection in its first line, what else was said of the sender in its second.

    well             takes everything
    hangup           takes a message and closes, without a farewell
    slow             each reply byte by byte
    busy             greets with 421 and closes
    leaving          421 to the sender, and closes
    greylist         450 to a recipient the first time, takes it the second
    later            451 4.3.0 to DATA, before the message
    full             552 5.2.2 to the recipient
    policy           550 5.7.1 after the message
    mailbox          550 5.1.1 to the recipient
    starttls-broken  offers STARTTLS and answers with no TLS
    starttls-refused offers STARTTLS and answers 454
    starttls-554     likewise 554 5.7.1
    greet-554        greets with 554 5.7.1 and closes
    ehlo-554         554 5.7.1 to EHLO and HELO
    sender-554       554 5.7.1 to the sender
    starttls:PEM     offers STARTTLS, with the key and certificate of that file
    chatter          a greeting that does not end
    reset            resets once the message began
    drop             takes the message and resets before it says so
    mute             takes the message and never answers
    utf8             offers 8BITMIME and SMTPUTF8
    dsn              offers DSN, and takes what is asked of it
    dsn-no           offers DSN, and refuses what is asked of it with 555 5.5.4
    one-bad          550 5.1.1 to recipients whose name begins with `gone`
    ahead            answers RCPT before it is asked, in one piece with the answer to MAIL"""

import asyncio
import pathlib
import socket
import ssl
import struct
import sys


class Server:
    def __init__(self, folder, mode):
        self.folder, self.mode = pathlib.Path(folder), mode
        self.connections, self.taken, self.seen = 0, 0, set()

    async def serve(self, reader, writer):
        self.connections += 1
        number = self.connections
        try:
            await self.talk(reader, writer, number)
        except (OSError, UnicodeDecodeError, asyncio.IncompleteReadError):
            pass
        finally:
            writer.close()

    async def say(self, writer, line):
        data = (line + "\r\n").encode()
        if self.mode != "slow":
            writer.write(data)
        else:
            for byte in data:
                writer.write(bytes([byte]))
                await writer.drain()
                await asyncio.sleep(0.001)
        await writer.drain()

    async def greet(self, writer):
        if self.mode == "busy":
            await self.say(writer, "421 4.3.2 closing down")
            return False
        if self.mode == "greet-554":
            await self.say(writer, "554 5.7.1 client host blocked")
            return False
        while self.mode == "chatter":
            await self.say(writer, "220-" + "x" * 400)
        await self.say(writer, "220 torture.example")
        return True

    def features(self):
        if self.mode.startswith("starttls"):
            return ["STARTTLS"]
        if self.mode == "utf8":
            return ["8BITMIME", "SMTPUTF8"]
        if self.mode.startswith("dsn"):
            return ["DSN", "PIPELINING"]
        return ["PIPELINING", "ENHANCEDSTATUSCODES"]

    def answer_recipient(self, to):
        if self.mode == "full":
            return "552 5.2.2 mailbox full"
        if self.mode == "mailbox" or self.mode == "one-bad" and to.startswith("<gone"):
            return "550 5.1.1 no such user"
        if self.mode == "greylist" and to not in self.seen:
            self.seen.add(to)
            return "450 4.7.1 come back later"
        return "250 2.1.5 OK"

    async def talk(self, reader, writer, number):
        if not await self.greet(writer):
            return
        sender = to = parameters = ""
        while line := (await reader.readline()).decode().strip():
            verb = line.split(":")[0].upper()
            if self.mode == "ehlo-554" and verb[:4] in ("EHLO", "HELO"):
                await self.say(writer, "554 5.7.1 not with us")
            elif verb.startswith("EHLO"):
                await self.say(writer, "\r\n".join(["250-torture.example"] + [f"250-{f}" for f in self.features()] + ["250 SIZE 10000000"]))
            elif verb == "STARTTLS":
                refusals = {"starttls-refused": "454 4.7.0 not now", "starttls-554": "554 5.7.1 not with you"}
                await self.say(writer, refusals.get(self.mode, "220 go ahead"))
                if self.mode == "starttls-broken":
                    writer.write(b"this is no TLS at all\r\n" * 20)
                    return await writer.drain()
                if self.mode.startswith("starttls:"):
                    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
                    context.load_cert_chain(self.mode.removeprefix("starttls:"))
                    await writer.start_tls(context)
            elif verb == "MAIL FROM" and self.mode == "sender-554":
                await self.say(writer, "554 5.7.1 sender refused")
            elif verb == "MAIL FROM" and self.mode == "leaving":
                return await self.say(writer, "421 4.3.2 closing down")
            elif verb == "MAIL FROM":
                sender, _, parameters = line[10:].partition(" ")
                if self.mode == "dsn-no" and "ENVID" in parameters:
                    await self.say(writer, "555 5.5.4 unsupported parameter")
                    continue
                await self.say(writer, "250 2.1.0 OK" + ("\r\n250 2.1.5 OK" if self.mode == "ahead" else ""))
            elif verb == "RCPT TO":
                to = line[8:]
                if self.mode != "ahead":
                    await self.say(writer, self.answer_recipient(to))
            elif verb == "DATA" and self.mode == "later":
                await self.say(writer, "451 4.3.0 not now")
            elif verb == "DATA":
                if not await self.data(reader, writer, f"{sender} {to} {number}\r\nX-Parameters: {parameters}"):
                    return
            elif verb == "QUIT":
                return await self.say(writer, "221 2.0.0 bye")
            else:
                await self.say(writer, "250 2.0.0 OK")

    async def data(self, reader, writer, envelope):
        await self.say(writer, "354 go ahead")
        if self.mode == "reset":
            await reader.readline()
            return self.reset(writer)
        lines = []
        while (line := await reader.readline()) != b".\r\n":
            if not line:
                return False
            lines.append(line)
        self.taken += 1
        (self.folder / f"{self.taken:04}").write_bytes(f"X-Envelope: {envelope}\r\n".encode() + b"".join(lines))
        if self.mode == "mute":
            await asyncio.sleep(3600)
        if self.mode == "drop":
            return self.reset(writer)
        await self.say(writer, "550 5.7.1 not from you" if self.mode == "policy" else "250 2.0.0 taken")
        return self.mode != "hangup"

    def reset(self, writer):
        sock = writer.get_extra_info("socket")
        sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        writer.transport.abort()
        return False


async def main():
    handler = Server(sys.argv[1], sys.argv[2])
    server = await asyncio.start_server(handler.serve, "127.0.0.1", 0)
    print(server.sockets[0].getsockname()[1], flush=True)
    await server.serve_forever()


asyncio.run(main())

"""An SMTP server on a free port of loopback. Prints its port; each message taken becomes a file of the folder given.

The recipient's local part says how it behaves: `450` to `554` refuse the recipient with that code, `data-451` and
`data-554` the message after its final dot, `drop` takes the whole message and closes without an answer,
`twice` drops the first time and takes it the second; anything else is taken."""

import asyncio
import pathlib
import sys

from aiosmtpd.smtp import SMTP


class Handler:
    def __init__(self, folder):
        self.folder = pathlib.Path(folder)
        self.count = 0
        self.dropped = set()

    async def handle_RCPT(self, server, session, envelope, address, options):
        name = address.split("@")[0]
        if name.isdigit():
            return f"{name} told to refuse"
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server, session, envelope):
        name = envelope.rcpt_tos[0].split("@")[0]
        if name.startswith("data-"):
            return f"{name[5:]} told to refuse"
        if name == "drop" or (name == "twice" and name not in self.dropped):
            self.dropped.add(name)
            server.transport.abort()
            return "250 never heard"
        self.count += 1
        head = f"X-Envelope: {envelope.mail_from} {','.join(envelope.rcpt_tos)}\r\n".encode()
        (self.folder / f"{self.count:04}").write_bytes(head + envelope.original_content)
        return "250 OK"


async def main():
    handler = Handler(sys.argv[1])
    server = await asyncio.get_running_loop().create_server(lambda: SMTP(handler), "127.0.0.1", 0)
    print(server.sockets[0].getsockname()[1], flush=True)
    await server.serve_forever()


asyncio.run(main())

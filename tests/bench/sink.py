"""A mail server that takes everything and looks at nothing: what a sender can be measured against.

Run as ``python -m tests.bench.sink PORT``.
"""

import asyncio
import sys

_END = b"\r\n.\r\n"


class Sink(asyncio.Protocol):
    """One connection."""

    def __init__(self) -> None:
        self._left = b""
        self._in_text = False

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self._transport = transport
        transport.write(b"220 sink\r\n")

    def data_received(self, data: bytes) -> None:
        self._left += data
        answers = []
        while True:
            end = _END if self._in_text else b"\r\n"
            part, found, left = self._left.partition(end)
            if not found:
                break
            self._left = left
            answers.append(self._taken() if self._in_text else self._answer(part[:4].upper()))
        if answers:
            self._transport.write(b"".join(answers))

    def _taken(self) -> bytes:
        self._in_text = False
        return b"250 taken\r\n"

    def _answer(self, verb: bytes) -> bytes:
        if verb == b"DATA":
            self._in_text = True
            return b"354 go on\r\n"
        if verb == b"EHLO":
            return b"250-sink\r\n250 PIPELINING\r\n"
        return b"221 bye\r\n" if verb == b"QUIT" else b"250 OK\r\n"


async def serve(port: int) -> None:
    """Take mails until the process ends."""
    server = await asyncio.get_running_loop().create_server(Sink, "127.0.0.1", port)
    await server.serve_forever()


if __name__ == "__main__":
    asyncio.run(serve(int(sys.argv[1])))

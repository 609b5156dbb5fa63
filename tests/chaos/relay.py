"""A mail server that behaves as a file tells it to, and whose own log is the truth.

Run as ``python -m tests.chaos.relay PORT FOLDER``. It writes a mail down before it answers; killing it loses
nothing of that, for the kernel has it. Behaviour is read anew with every connection and every mail.
"""

import asyncio
import json
import os
import signal
import sys
import time
from dataclasses import asdict, dataclass
from email.parser import BytesHeaderParser
from email.policy import default
from enum import StrEnum
from pathlib import Path

LOG, MOOD = "mails.jsonl", "mood"
DRIP_S = 1.0


class Mood(StrEnum):
    """How the server treats those who connect."""

    HONEST = "honest"
    SILENT = "silent"  # takes the connection and says nothing
    DRIPPING = "dripping"  # greets with a byte a second
    BUSY = "busy"  # 451 to every recipient
    UNWILLING = "unwilling"  # 550 to every recipient
    REJECTING = "rejecting"  # 554 to every text
    DROPPING = "dropping"  # takes the text and hangs up
    MUTE = "mute"  # takes the text and never answers


@dataclass(frozen=True, kw_only=True)
class Mail:
    """A text that the server took.

    Attributes:
        at: When, s since 1970.
        thread: What all mails of one alert answer to.
        repeat: Whether it says that it may have arrived before.
    """

    at: float
    message_id: str
    to: str
    thread: str
    date: str
    subject: str
    repeat: bool


def told(folder: Path) -> list[Mail]:
    """Return what the server took, in order; a line that a kill cut short was never answered."""
    path = folder / LOG
    lines = path.read_text().splitlines(keepends=True) if path.exists() else []
    return [Mail(**json.loads(line)) for line in lines if line.endswith("\n")]


def behave(folder: Path, mood: Mood) -> None:
    """Let the server behave so from now on."""
    draft = folder / f"{MOOD}.new"
    draft.write_text(mood)
    draft.replace(folder / MOOD)


class _Conversation:
    """One connection."""

    def __init__(
        self, folder: Path, log: int, reader: asyncio.StreamReader, writer: asyncio.StreamWriter
    ) -> None:
        self._folder, self._log = folder, log
        self._reader, self._writer = reader, writer
        self._to = ""

    async def go(self) -> None:
        """Converse until somebody hangs up."""
        mood = self._mood()
        if mood == Mood.SILENT:
            await self._reader.read()
            return
        while mood == Mood.DRIPPING:
            self._writer.write(b"2")
            await self._writer.drain()
            await asyncio.sleep(DRIP_S)
        self._say("220 chaos")
        while line := await self._reader.readline():
            verb = line[:4].upper().strip()
            if verb == b"QUIT":
                self._say("221 bye")
                return
            if not await self._answer(verb, line):
                return

    async def _answer(self, verb: bytes, line: bytes) -> bool:
        if verb == b"EHLO":
            self._say("250-chaos\r\n250 PIPELINING")
        elif verb == b"RCPT":
            answers = {Mood.BUSY: "451 later", Mood.UNWILLING: "550 nobody"}
            answer = answers.get(self._mood(), "250 OK")
            self._to = "" if answer != "250 OK" else line.partition(b":")[2].strip(b" <>\r\n").decode()
            self._say(answer)
        elif verb == b"DATA" and not self._to:
            self._say("503 nobody to send it to")
        elif verb == b"DATA":
            self._say("354 go on")
            text = await self._reader.readuntil(b"\r\n.\r\n")
            return await self._take(text)
        else:
            self._say("250 OK")
        return True

    async def _take(self, text: bytes) -> bool:
        mood = self._mood()
        if mood == Mood.REJECTING:
            self._say("554 rejected")
            return True
        self._keep(text)
        if mood == Mood.DROPPING:
            return False
        if mood == Mood.MUTE:
            await self._reader.read()
            return False
        self._say("250 taken")
        return True

    def _keep(self, text: bytes) -> None:
        head = BytesHeaderParser(policy=default).parsebytes(text)
        mail = Mail(
            at=time.time(),
            message_id=str(head["Message-ID"]),
            to=self._to,
            thread=str(head["In-Reply-To"]),
            date=str(head["Date"]),
            subject=str(head["Subject"]),
            repeat=head["X-Ice-Repeat"] is not None,
        )
        os.write(self._log, f"{json.dumps(asdict(mail))}\n".encode())

    def _mood(self) -> Mood:
        try:
            return Mood((self._folder / MOOD).read_text())
        except FileNotFoundError:
            return Mood.HONEST

    def _say(self, words: str) -> None:
        self._writer.write(f"{words}\r\n".encode())


async def serve(port: int, folder: Path) -> None:
    """Take mails until the process ends."""
    log = os.open(folder / LOG, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)

    async def converse(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            await _Conversation(folder, log, reader, writer).go()
        except (OSError, asyncio.IncompleteReadError):
            pass
        finally:
            writer.close()

    server = await asyncio.start_server(converse, "127.0.0.1", port, limit=2**20)
    await server.serve_forever()


if __name__ == "__main__":
    signal.signal(signal.SIGTERM, lambda *_: os._exit(0))
    asyncio.run(serve(int(sys.argv[1]), Path(sys.argv[2])))

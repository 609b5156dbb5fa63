"""A mail receiver: takes every mail on the loopback address and keeps it as a file.

Run as `python -m config.embedded.mail DESCRIPTOR FOLDER`; the open socket comes from the
supervisor, so the port stays the same when the receiver is started again.
"""

import asyncio
import os
import secrets
import signal
import socket
import sys
from datetime import UTC, datetime
from pathlib import Path

from config.embedded.child import Service
from config.embedded.state import PROJECT

LARGEST = 25_000_000  # bytes of one mail


def mail_socket() -> socket.socket:
    """Return a listening socket on a free port of the loopback address."""
    listening = socket.create_server(("127.0.0.1", 0), backlog=64)
    listening.setblocking(False)
    return listening


def mail_url(listening: socket.socket) -> str:
    """Return the address of the receiver behind a socket."""
    return f"smtp://127.0.0.1:{listening.getsockname()[1]}"


def mail_service(listening: socket.socket, folder: Path) -> Service:
    """Return the receiver as a service."""
    descriptor = listening.fileno()
    module = ("-m", "config.embedded.mail", str(descriptor), str(folder))
    return Service(
        name="mail",
        command=(sys.executable, *module),
        env=dict(os.environ),
        folder=PROJECT,
        descriptors=(descriptor,),
        ready=lambda: _greets(listening.getsockname()[1]),
    )


def keep(content: bytes, folder: Path) -> Path:
    """Keep a mail as one file and return it.

    It appears whole or not at all, and it is on the disk when this returns.
    """
    at = datetime.now(UTC).strftime("%Y%m%dT%H%M%S.%fZ")
    path = folder / f"{at}-{secrets.token_hex(4)}.eml"
    unfinished = path.with_suffix(".part")
    descriptor = os.open(unfinished, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
    unfinished.rename(path)
    directory = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(directory)
    finally:
        os.close(directory)
    return path


async def receive(descriptor: int, folder: Path) -> None:
    """Receive mails until the process is asked to end."""
    from aiosmtpd.smtp import SMTP, Envelope, Session  # noqa: PLC0415 - only installed for this

    class Keeper:
        """Answers 250 after the mail is on the disk, 451 when it could not be kept."""

        async def handle_DATA(  # noqa: N802 - aiosmtpd's name
            self, _server: SMTP, _session: Session, envelope: Envelope
        ) -> str:
            """Keep a mail, with the envelope that the network does not show."""
            recipients = ", ".join(envelope.rcpt_tos)
            head = f"X-MailFrom: {envelope.mail_from}\r\nX-RcptTo: {recipients}\r\n"
            content = envelope.content if isinstance(envelope.content, bytes) else b""
            try:
                path = keep(head.encode() + content, folder)
            except OSError as error:
                return f"451 {error.strerror}"
            return f"250 kept as {path.name}"

    ended = asyncio.Event()
    asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, ended.set)
    server = await asyncio.get_running_loop().create_server(
        lambda: SMTP(Keeper(), data_size_limit=LARGEST, enable_SMTPUTF8=True, hostname="localhost"),
        sock=socket.socket(fileno=descriptor),
    )
    await ended.wait()
    server.close()


def _greets(port: int) -> bool:
    try:
        with socket.create_connection(("127.0.0.1", port), timeout=1) as connection:
            return connection.recv(64).startswith(b"220")
    except OSError:
        return False


def main(descriptor: int, folder: Path) -> None:
    """Receive, after taking away what a crash left unfinished; nobody was told it was kept."""
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    for unfinished in folder.glob("*.part"):
        unfinished.unlink(missing_ok=True)
    asyncio.run(receive(descriptor, folder))


if __name__ == "__main__":
    main(int(sys.argv[1]), Path(sys.argv[2]))

"""The bytes of a mail: headers of one line each, text in base64, which every relay passes on unchanged."""

from base64 import encodebytes
from dataclasses import dataclass
from datetime import datetime
from email.header import Header
from email.utils import format_datetime, formataddr, parseaddr
from uuid import UUID

from django.conf import settings
from django.core.mail.message import BadHeaderError

from tracker.mail.letters import Letter


@dataclass(frozen=True, kw_only=True)
class Envelope:
    """Who a mail goes to and how it is recognised again.

    Attributes:
        message_id: The same for every attempt.
        thread: Alert that all its mails are shown together under.
        composed_at: Date of the mail; the same for a repeat.
        is_repeat: Whether an earlier attempt may have arrived.
    """

    address: str
    message_id: str
    thread: UUID
    composed_at: datetime
    is_repeat: bool


def sender() -> str:
    """Return the bare address that mails come from."""
    return parseaddr(settings.DEFAULT_FROM_EMAIL)[1]


def to_bytes(letter: Letter, envelope: Envelope) -> bytes:
    """Return the whole mail, lines ended by CRLF.

    Raises:
        django.core.mail.BadHeaderError: If a header would be more than one.
    """
    root = f"<{envelope.thread}@{settings.MAIL_DOMAIN}>"
    name, address = parseaddr(settings.DEFAULT_FROM_EMAIL)
    headers = {
        "From": formataddr((name, address)),
        "To": envelope.address,
        "Date": format_datetime(envelope.composed_at),
        "Message-ID": envelope.message_id,
        "In-Reply-To": root,
        "References": root,
        "Auto-Submitted": "auto-generated",
        "MIME-Version": "1.0",
        "Content-Type": 'text/plain; charset="utf-8"',
        "Content-Transfer-Encoding": "base64",
    }
    if envelope.is_repeat:
        headers["X-Ice-Repeat"] = "1"
    for key, value in [*headers.items(), ("Subject", letter.subject)]:
        if "\r" in value or "\n" in value:
            raise BadHeaderError(f"{key} has more than one line")
    headers["Subject"] = Header(letter.subject, "utf-8", header_name="Subject").encode(linesep="\r\n")
    head = "".join(f"{key}: {value}\r\n" for key, value in headers.items())
    text = encodebytes(letter.text.replace("\n", "\r\n").encode()).replace(b"\n", b"\r\n")
    return head.encode("ascii") + b"\r\n" + text

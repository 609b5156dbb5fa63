"""Reading a mail that tells of one of ours that came back: RFC 3464, as mail servers send it."""

import email
from collections.abc import Iterator
from dataclasses import dataclass
from email.message import Message
from email.policy import compat32

LONGEST_MAIL = 2_000_000  # bytes that are read; the report stands at the beginning
_LONGEST_WORDS = 300
_LONGEST_STATUS = 20


@dataclass(frozen=True, kw_only=True)
class Returned:
    """A mail that a server gave back for good.

    Attributes:
        message_id: Of the mail that came back, with its angle brackets.
        recipient: Whom it was for, as the server says.
        status: The server's code, as ``5.1.1``.
        words: What the server says, in a line.
    """

    message_id: str
    recipient: str
    status: str
    words: str


def read(mail: bytes) -> Returned | None:
    """Return what a report says of a mail that came back; None if it says no such thing.

    Delays, confirmations and answers of people on leave say no such thing.

    Args:
        mail: The whole report, as the mail server hands it over.
    """
    try:
        report = email.message_from_bytes(mail[:LONGEST_MAIL], policy=compat32)
        return _read(report)
    except (RecursionError, ValueError, LookupError):  # what only looks like a mail
        return None


def _read(report: Message) -> Returned | None:
    if report.get_content_type() != "multipart/report":
        return None
    parts = [part for part in report.walk() if part is not report]
    message_id = next(_original_ids(parts), "")
    failed = next((block for block in _blocks(parts) if _is_failure(block)), None)
    if failed is None or not message_id:
        return None
    return Returned(
        message_id=message_id,
        recipient=_after_type(failed.get("Final-Recipient", ""))[:_LONGEST_WORDS],
        status=_line(failed.get("Status", ""))[:_LONGEST_STATUS],
        words=_words(failed),
    )


def _blocks(parts: list[Message]) -> Iterator[Message]:
    """Yield the groups of fields of each recipient."""
    for part in parts:
        if part.get_content_type() == "message/delivery-status" and part.is_multipart():
            for block in part.get_payload():
                if isinstance(block, Message) and block.get("Action"):
                    yield block


def _original_ids(parts: list[Message]) -> Iterator[str]:
    """Yield the Message-IDs of what came back, whole or only its head."""
    for part in parts:
        kind = part.get_content_type()
        if kind == "message/rfc822" and part.is_multipart():
            original = part.get_payload(0)
        elif kind in {"text/rfc822-headers", "message/rfc822-headers"}:
            text = part.get_payload(decode=True)
            original = email.message_from_bytes(text if isinstance(text, bytes) else b"", policy=compat32)
        else:
            continue
        if isinstance(original, Message) and (found := _line(original.get("Message-ID", ""))):
            yield found


def _is_failure(block: Message) -> bool:
    return _line(block.get("Action", "")).lower() == "failed"


def _words(block: Message) -> str:
    status = _line(block.get("Status", ""))
    told = _after_type(block.get("Diagnostic-Code", ""))
    return " ".join(filter(None, (status, told)))[:_LONGEST_WORDS] or "failed"


def _after_type(value: object) -> str:
    """Return what follows the type in ``rfc822; a@example.com``."""
    kind, semicolon, rest = _line(value).partition(";")
    return (rest if semicolon else kind).strip()


def _line(value: object) -> str:
    """Return a header as one line of harmless signs."""
    return " ".join("".join(sign if sign.isprintable() else " " for sign in str(value)).split())

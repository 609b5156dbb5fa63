"""Handing a message to a gateway, with an honest outcome."""

import json
from dataclasses import dataclass
from http import HTTPStatus
from typing import Any
from uuid import NAMESPACE_URL, UUID, uuid5

from django.conf import settings

from tracker.hooks import signing, wire
from tracker.mail.smtp import Outcome

# The gateway understood and never takes this message; whatever else it says is about itself, and may pass.
_NEVER = {HTTPStatus.BAD_REQUEST, HTTPStatus.GONE, HTTPStatus.UNPROCESSABLE_ENTITY}
_YES = 2  # first digit of a status


@dataclass(frozen=True, kw_only=True)
class Heard:
    """What became of a message, with the gateway's words or the error.

    Attributes:
        wait_s: After how long the gateway wants to be asked again; None where it does not say.
    """

    outcome: Outcome
    words: str
    wait_s: float | None = None


@dataclass(frozen=True, kw_only=True)
class Message:
    """A message as it is sent.

    Attributes:
        delivery: The same for every attempt, and for a message that is sent again by hand.
        said: What it says, as JSON.
        attempt: 1 for the first.
        is_repeat: Whether an earlier attempt may have arrived.
        is_replay: Whether a person has it sent again.
    """

    delivery: UUID
    said: dict[str, Any]
    attempt: int
    is_repeat: bool = False
    is_replay: bool = False


def delivery_of(message_id: str) -> UUID:
    """Return the delivery id of a notification, by which a gateway knows a repeat."""
    return uuid5(NAMESPACE_URL, message_id)


def post(url: str, message: Message, *, secret: str, timestamp: int) -> Heard:
    """Hand over one message within ``HOOK_DEADLINE_S`` and say what became of it; never raises for it.

    Args:
        url: The gateway.
        message: What is sent.
        secret: What signs it.
        timestamp: When it is sent, s since 1970.
    """
    body = json.dumps(message.said, ensure_ascii=False, separators=(",", ":")).encode()
    headers = {
        "Content-Type": "application/json; charset=utf-8",
        "X-Ice-Delivery": str(message.delivery),
        "X-Ice-Attempt": str(message.attempt),
        "X-Ice-Timestamp": str(timestamp),
        "X-Ice-Signature": signing.signature(secret, timestamp=timestamp, body=body),
    }
    headers |= {"X-Ice-Repeat": "1"} if message.is_repeat else {}
    headers |= {"X-Ice-Replay": "1"} if message.is_replay else {}
    try:
        answer = wire.ask(
            wire.Target(url), method="POST", headers=headers, body=body, within_s=settings.HOOK_DEADLINE_S
        )
    except (wire.NotSentError, ValueError) as error:
        return Heard(outcome=Outcome.BROKEN, words=str(error))
    except wire.NoAnswerError as error:
        return Heard(outcome=Outcome.UNCERTAIN, words=str(error))
    return Heard(outcome=_outcome(answer.status), words=answer.words, wait_s=answer.wait_s)


def _outcome(status: int) -> Outcome:
    if status // 100 == _YES:
        return Outcome.ACCEPTED
    return Outcome.REFUSED if status in _NEVER else Outcome.DEFERRED

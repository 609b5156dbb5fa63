"""Asking the mail server and Redis for an answer; what they say is a sign of life or the reason for none."""

import smtplib
import time
from collections.abc import Callable

from kombu.exceptions import KombuError
from redis import RedisError

from tracker.choices import Part
from tracker.mail.relays import Relays
from tracker.mail.servers import Server
from tracker.services import broker, heartbeats


def probe_broker() -> bool:
    """Note whether Redis answers."""
    return _probe(Part.BROKER, _ask_broker)


def probe_mail() -> bool:
    """Note whether a mail server answers, and which where it is not the first; nothing is sent."""
    return _probe(Part.MAIL, _ask_relays)


def _ask_relays() -> dict[str, str]:
    with Relays() as relays:
        answered = relays.noop()
    return {} if answered == Server.first().name else {"relay": answered}


def _ask_broker() -> dict[str, str]:
    broker.ping()
    return {}


def _probe(part: Part, ask: Callable[[], dict[str, str]]) -> bool:
    began = time.monotonic()
    try:
        found = ask()
    except (OSError, smtplib.SMTPException, KombuError, RedisError) as error:
        heartbeats.fail([part], error=f"{type(error).__name__}: {error}"[:300])
        return False
    heartbeats.beat([part], detail={"ms": round((time.monotonic() - began) * 1000), **found})
    return True

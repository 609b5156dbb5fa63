"""Asking the mail server and Redis for an answer; what they say is a sign of life or the reason for none."""

import smtplib
import time
from collections.abc import Callable

from kombu.exceptions import KombuError
from redis import RedisError

from tracker.choices import Part
from tracker.mail.smtp import Relay
from tracker.services import broker, heartbeats


def probe_broker() -> bool:
    """Note whether Redis answers."""
    return _probe(Part.BROKER, broker.ping)


def probe_mail() -> bool:
    """Note whether the mail server answers; nothing is sent."""
    return _probe(Part.MAIL, _ask_relay)


def _ask_relay() -> None:
    with Relay() as relay:
        relay.noop()


def _probe(part: Part, ask: Callable[[], None]) -> bool:
    began = time.monotonic()
    try:
        ask()
    except (OSError, smtplib.SMTPException, KombuError, RedisError) as error:
        heartbeats.fail([part], error=f"{type(error).__name__}: {error}"[:300])
        return False
    heartbeats.beat([part], detail={"ms": round((time.monotonic() - began) * 1000)})
    return True

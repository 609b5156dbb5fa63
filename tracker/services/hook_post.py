"""Handing what is owed to a gateway, one gateway at a time: as for mails, recorded before each attempt.

A gateway knows a repeat by its delivery id, so that a message without an answer is tried again for as long
as its alert wants it, with growing, scattered pauses.
"""

import logging
import random
import time
import traceback
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import uuid4

from django.db import DatabaseError

from tracker.choices import NotificationState
from tracker.hooks import signing
from tracker.hooks.gateways import Heard, Message, post
from tracker.mail.smtp import Outcome
from tracker.models import Hook
from tracker.selectors.told import Told, told
from tracker.services import hook_circuit, hook_words, outbox
from tracker.services.letters import written
from tracker.services.outbox import Claimed, Settlement

logger = logging.getLogger(__name__)

BATCH = 20
LONGEST_S = 30.0  # of one delivery; what is left then is for the next one
FIRST_S, LONGEST_WAIT_S = 15.0, 300.0  # before a message is tried again, doubled with each attempt
LONGEST_ASKED_S = 3600.0  # however long a gateway asks us to wait
GIVE_UP = timedelta(hours=24)  # of one that a person has sent again; the others end with their alert
NO_SECRET = "the key that made its secret is gone: give it a new secret"  # noqa: S105 - words


@dataclass(kw_only=True)
class Posted:
    """What a delivery to one gateway did, by outcome."""

    accepted: int = 0
    failed: int = 0
    retried: int = 0
    uncertain: int = 0
    dropped: int = 0


def deliver(hook_id: int, *, now: datetime) -> Posted:
    """Post every message that is due to a gateway, until none is left, it does not answer or time is up.

    After failures one message is tried first.

    Args:
        hook_id: The gateway.
        now: Time of the sweep, aware.
    """
    hook = Hook.objects.get(pk=hook_id)
    secret = signing.secret_of(hook.uuid, hook.secret_number, digest=hook.secret_digest)
    if secret is None:
        hook_circuit.failed(hook_id, error=NO_SECRET, now=now)
        logger.error("gateway has no secret any more", extra={"hook": hook_id})
        return Posted()
    run = _Run(hook, secret, now)
    while run.goes_on and (rows := outbox.claim(now=now, limit=run.limit, token=run.token, hook=hook_id)):
        run.send(rows)
    outbox.let_go()
    return run.done


class _Run:
    """One delivery: its lease, its gateway, and the message whose outcome is still to be recorded."""

    def __init__(self, hook: Hook, secret: str, now: datetime) -> None:
        self.token, self.done = uuid4(), Posted()
        self._hook, self._secret, self._now = hook, secret, now
        self._began = time.monotonic()
        self._pending = outbox.NOTHING
        self._failed = hook.failures > 0
        self._stopped = False

    @property
    def goes_on(self) -> bool:
        """Whether the next message may be begun."""
        return not self._stopped and time.monotonic() - self._began < LONGEST_S

    @property
    def limit(self) -> int:
        """How many messages are taken at once: one, while nobody knows whether it answers again."""
        return 1 if self._failed else BATCH

    def send(self, rows: list[Claimed]) -> None:
        """Post claimed messages one after the other; give back those that are not begun."""
        left, about = list(rows), told([row.id for row in rows])
        people = hook_words.people_of(rows)
        failure = ""
        try:
            while left and self.goes_on:
                row = left.pop(0)
                failure = self._send_one(row, about.get(row.id, []), people) or failure
        finally:
            outbox.settle(self._pending, token=self.token)
            self._pending = outbox.NOTHING
            outbox.release(left, now=self._at(), token=self.token)
            if failure:
                hook_circuit.failed(self._hook.pk, error=failure, now=self._at())

    def _send_one(self, row: Claimed, about: list[Told], people: hook_words.People) -> str:
        """Post one message; return what keeps the gateway from taking any, if something does."""
        try:
            text = written(row, about, now=self._at())
            said = hook_words.said(row, text, about, people[row.recipient_id])
            begun = outbox.begin(row, text, token=self.token, after=self._pending)
        except DatabaseError:
            raise
        except Exception as error:  # noqa: BLE001 - a rule's words that cannot be written
            self._set_aside(row, error)
            return ""
        self._pending = outbox.NOTHING
        if not begun:
            self.done.dropped += 1
            return ""
        message = Message(
            delivery=said.delivery,
            said=hook_words.body(self._hook, said),
            attempt=row.attempts + 1,
            is_repeat=row.doubts > 0,
            is_replay=row.replayed_at is not None,
        )
        heard = post(self._hook.url, message, secret=self._secret, timestamp=int(self._at().timestamp()))
        self._pending = self._settlement(row, heard)
        return self._judge(heard)

    def _judge(self, heard: Heard) -> str:
        """Note whether the gateway answers; what it says about one message says nothing about others."""
        if heard.outcome in (Outcome.ACCEPTED, Outcome.REFUSED):
            if self._failed or (heard.outcome is Outcome.ACCEPTED and self.done.accepted == 1):
                hook_circuit.answered(self._hook.pk, now=self._at())
            self._failed = False
            return ""
        self._stopped = True
        return heard.words

    def _settlement(self, row: Claimed, heard: Heard) -> Settlement:
        match heard.outcome:
            case Outcome.ACCEPTED:
                self.done.accepted += 1
                return Settlement(id=row.id, state=NotificationState.ACCEPTED, reply=heard.words)
            case Outcome.REFUSED:
                return self._given_up(row, heard)
            case Outcome.UNCERTAIN:
                self.done.uncertain += 1
                return self._again(row, heard, NotificationState.UNCERTAIN)
            case _:  # broken or deferred
                state = NotificationState.UNCERTAIN if row.doubts else NotificationState.QUEUED
                return self._again(row, heard, state)

    def _again(self, row: Claimed, heard: Heard, state: NotificationState) -> Settlement:
        if row.replayed_at is not None and self._at() - row.replayed_at > GIVE_UP:
            return self._given_up(row, heard)
        self.done.retried += 1
        wait = min(FIRST_S * 2 ** min(row.attempts, 10), LONGEST_WAIT_S)
        wait = max(wait, min(heard.wait_s or 0.0, LONGEST_ASKED_S))
        return Settlement(
            id=row.id,
            state=state,
            next_try_at=self._at() + timedelta(seconds=wait * random.uniform(1.0, 1.3)),  # noqa: S311
            doubt=heard.outcome is Outcome.UNCERTAIN,
            error=heard.words,
        )

    def _given_up(self, row: Claimed, heard: Heard) -> Settlement:
        self.done.failed += 1
        logger.error("message refused", extra={"notification": row.id, "told": heard.words})
        doubtful = row.doubts > 0 and heard.outcome is not Outcome.REFUSED
        state = NotificationState.UNCERTAIN if doubtful else NotificationState.FAILED
        return Settlement(id=row.id, state=state, reply=heard.words, error=heard.words)

    def _set_aside(self, row: Claimed, error: Exception) -> None:
        logger.error("message set aside", extra={"notification": row.id}, exc_info=error)
        self.done.failed += 1
        words = "".join(traceback.format_exception(error))
        outbox.settle(Settlement(id=row.id, state=NotificationState.FAILED, error=words), token=self.token)

    def _at(self) -> datetime:
        """Return the time: that of the sweep and how long it has lasted."""
        return self._now + timedelta(seconds=time.monotonic() - self._began)

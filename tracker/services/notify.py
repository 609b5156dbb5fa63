"""Sending what is owed: the record before the attempt, one connection, three honest outcomes.

Nothing is lost: a mail is owed until a row says otherwise. Nothing is doubled but what nobody can know: a
mail whose text was sent and whose answer never came is sent once more, with the same Message-ID and Date.
"""

import logging
import random
import time
import traceback
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID, uuid4

from django.db import DatabaseError

from tracker.choices import NoticeKind, NotificationState
from tracker.mail.envelopes import sender
from tracker.mail.relays import Relays
from tracker.mail.smtp import Outcome, Result
from tracker.selectors.told import Told, told
from tracker.services import outbox
from tracker.services.letters import mail_of, written
from tracker.services.outbox import Claimed, Settlement

logger = logging.getLogger(__name__)

BATCH = 100
LONGEST_S = 40.0  # of one delivery; what is left then is for the next turn
FRESH_S = 12.0  # a claimed mail is begun within that, half of its lease, or given back
TROUBLES = 3  # mails in a row that broke the connection after their text
ENDS_WITH_ITS_ALERT = {NoticeKind.STEP, NoticeKind.DIGEST}  # is tried for as long as one of them is open
GIVE_UP = timedelta(hours=24)  # of the others, which nothing ends
REPEAT_S = 8.0  # before a mail without an answer is sent again
# Doubled with each attempt. A server that is away is asked once a turn, whatever waits for it, so that a
# short pause costs it nothing; one that says "not now" means the mail and is left alone for longer.
FIRST_S = {Outcome.BROKEN: 2.0, Outcome.DEFERRED: 15.0}
LONGEST_WAIT_S = {Outcome.BROKEN: 20.0, Outcome.DEFERRED: 300.0}


@dataclass(kw_only=True)
class Delivered:
    """What a delivery did, by outcome, and over how many connections."""

    accepted: int = 0
    failed: int = 0
    retried: int = 0
    uncertain: int = 0
    dropped: int = 0
    superseded: int = 0
    recovered: int = 0
    connections: int = 0


def deliver(*, now: datetime) -> Delivered:
    """Send every mail that is due, until none is left, the server does not answer or the time is up.

    Args:
        now: Time of the sweep, aware.
    """
    done = Delivered()
    done.superseded, done.recovered = outbox.tidy(now=now)
    with Relays() as relay:
        run = _Run(now, relay, done)
        while run.goes_on and (rows := outbox.claim(now=now, limit=BATCH, token=run.token)):
            run.send(rows)
        done.connections = relay.connections
    outbox.let_go()
    return done


class _Run:
    """One delivery: its lease, its connection, and the mail whose outcome is still to be recorded."""

    def __init__(self, now: datetime, relay: Relays, done: Delivered) -> None:
        self.token: UUID = uuid4()
        self._now, self._relay, self._done = now, relay, done
        self._began = time.monotonic()
        self._pending = outbox.NOTHING
        self._troubles = 0
        self._stopped = False

    @property
    def goes_on(self) -> bool:
        """Whether the next mail may be begun."""
        late = time.monotonic() - self._began > LONGEST_S
        return not self._stopped and not late and self._troubles < TROUBLES

    def send(self, rows: list[Claimed]) -> None:
        """Send claimed mails one after the other; give back those that are not begun."""
        left, about = list(rows), told([row.id for row in rows])
        stale = time.monotonic() + FRESH_S
        try:
            while left and self.goes_on and time.monotonic() < stale:
                row = left.pop(0)
                self._send_one(row, about.get(row.id, []))
        finally:
            outbox.settle(self._pending, token=self.token)
            self._pending = outbox.NOTHING
            if left:
                outbox.release(left, now=self._at(), token=self.token)

    def _send_one(self, row: Claimed, about: list[Told]) -> None:
        try:
            self._attempt(row, about)
        except DatabaseError:
            raise
        except Exception as error:  # noqa: BLE001 - a rule's words or an address that cannot be carried
            self._relay.hang_up()
            self._set_aside(row, error)

    def _attempt(self, row: Claimed, about: list[Told]) -> None:
        text = written(row, about, now=self._at())
        mail = mail_of(row, text, about)
        begun = outbox.begin(row, text, token=self.token, after=self._pending)
        self._pending = outbox.NOTHING
        if begun:
            result = self._relay.send(mail, sender=sender(), recipient=row.address)
            self._pending = self._settlement(row, result)
        else:
            self._done.dropped += 1

    def _set_aside(self, row: Claimed, error: Exception) -> None:
        """Fail a mail that cannot be written or addressed; the others go on."""
        logger.error("mail set aside", extra={"notification": row.id}, exc_info=error)
        self._done.failed += 1
        words = "".join(traceback.format_exception(error))
        settlement = Settlement(id=row.id, state=NotificationState.FAILED, error=words)
        outbox.settle(settlement, token=self.token)

    def _settlement(self, row: Claimed, result: Result) -> Settlement:
        self._troubles = self._troubles + 1 if result.outcome is Outcome.UNCERTAIN else 0
        self._stopped = result.outcome is Outcome.BROKEN
        match result.outcome:
            case Outcome.ACCEPTED:
                self._done.accepted += 1
                return Settlement(
                    id=row.id, state=NotificationState.ACCEPTED, reply=result.told, relay=result.relay
                )
            case Outcome.UNCERTAIN:
                return self._doubtful(row, result)
            case Outcome.REFUSED:
                return self._failed(row, result)
            case _:  # broken or deferred
                return self._again(row, result)

    def _doubtful(self, row: Claimed, result: Result) -> Settlement:
        self._done.uncertain += 1
        last = row.at_most_once or row.doubts + 1 >= outbox.DOUBTS
        logger.warning("mail without an answer", extra={"notification": row.id, "last": last})
        return Settlement(
            id=row.id,
            state=NotificationState.UNCERTAIN,
            next_try_at=None if last else self._in(REPEAT_S),
            doubt=True,
            error=result.told,
        )

    def _failed(self, row: Claimed, result: Result) -> Settlement:
        self._done.failed += 1
        logger.error("mail refused", extra={"notification": row.id, "told": result.told})
        return Settlement(id=row.id, state=_given_up(row), reply=result.told, error=result.told)

    def _again(self, row: Claimed, result: Result) -> Settlement:
        if row.kind not in ENDS_WITH_ITS_ALERT and self._at() - row.created_at > GIVE_UP:
            return self._failed(row, result)
        self._done.retried += 1
        first, longest = FIRST_S[result.outcome], LONGEST_WAIT_S[result.outcome]
        return Settlement(
            id=row.id,
            state=NotificationState.UNCERTAIN if row.doubts else NotificationState.QUEUED,
            next_try_at=self._in(min(first * 2 ** min(row.attempts, 10), longest)),
            error=result.told,
        )

    def _at(self) -> datetime:
        """Return the time: that of the sweep and how long it has lasted."""
        return self._now + timedelta(seconds=time.monotonic() - self._began)

    def _in(self, seconds: float) -> datetime:
        """Return a moment about that far off, scattered so that not all come back together."""
        return self._at() + timedelta(seconds=seconds * random.uniform(0.8, 1.2))  # noqa: S311 - no secret


def _given_up(row: Claimed) -> NotificationState:
    """Return how a mail ends that is given up: one that may have arrived did not simply fail."""
    return NotificationState.UNCERTAIN if row.doubts else NotificationState.FAILED

"""What a watchdog does about the watch's own illness (rule E37): sees it, tells it by a second channel."""

import logging
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

from django.db import DatabaseError, connection

from tracker.choices import WatchTrouble
from tracker.mail.alarms import Alarm
from tracker.selectors import watch_state
from tracker.selectors.clock import database_now
from tracker.services import failures, second_channel
from tracker.services.second_channel import Contact

logger = logging.getLogger(__name__)

REFRESH_S = 60.0
AWAY_S = 180.0  # a database that does not answer for that long is told
DATABASE = "database"


class Lookout:
    """The lookout of one watchdog.

    Attributes:
        contacts: Whom it would tell, as the database last said.
    """

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self.contacts: list[Contact] = []
        self._clock = clock
        self._refreshed: float | None = None
        self._away_since: float | None = None
        self._told: float | None = None

    def look(self) -> None:
        """Look once; whatever is wrong is told at once and every quarter of an hour, and when it is over."""
        try:
            now = database_now()
            self._refresh(now)
            self._watch(now)
        except DatabaseError as error:
            logger.warning("lookout does not see the database", extra={"error": str(error)})
            connection.close()
            self._without_database()
        else:
            self._database_is_back()

    def _refresh(self, now: datetime) -> None:
        if self._refreshed is None or self._clock() - self._refreshed > REFRESH_S:
            self.contacts = second_channel.contacts(now=now)
            self._refreshed = self._clock()

    def _watch(self, now: datetime) -> None:
        state = watch_state.look()
        trouble = failures.trouble_of(state)
        ago = state.turned_ago_s if trouble is WatchTrouble.DEAD else state.oldest_due_s
        failure = failures.note(trouble, since=now - timedelta(seconds=ago or 0.0), now=now)
        if failure is None:
            return
        alarm = Alarm(why=failure.why, since=failure.began_at, now=now, is_over=failure.ended_at is not None)
        logger.error("watch is ill", extra={"why": alarm.why, "since": alarm.since, "over": alarm.is_over})
        failures.record(failure, second_channel.tell(self.contacts, alarm))

    def _without_database(self) -> None:
        """Tell of a database that is away; there is no row to share, so each watchdog tells it."""
        now = self._clock()
        self._away_since = now if self._away_since is None else self._away_since
        if now - self._away_since < AWAY_S:
            return
        is_due = self._told is None or now - self._told >= failures.AGAIN.total_seconds()
        if is_due and second_channel.tell(self.contacts, self._alarm()):
            self._told = now

    def _database_is_back(self) -> None:
        if self._away_since is not None and self._told is not None:
            second_channel.tell(self.contacts, self._alarm(is_over=True))
        self._away_since = self._told = None

    def _alarm(self, *, is_over: bool = False) -> Alarm:
        """Return what is told of the database, by the clock of this machine: there is no other."""
        now = datetime.fromtimestamp(time.time(), UTC)
        away = timedelta(seconds=self._clock() - (self._away_since or 0.0))
        return Alarm(why=DATABASE, since=now - away, now=now, is_over=is_over)

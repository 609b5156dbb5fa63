"""A short storm of which everything is known: what an engine that dies somewhere in it must have told."""

import random
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.db import connection

from incidents.choices import Grade
from incidents.models import SectionIcing
from tests.factories import make_actor, make_line, make_organization, make_section
from tests.tracker.mailservers import Mailbox
from tests.tracker.watchers import load_rules, make_icing, make_post, minutes
from tracker.models import Alert, Notification
from tracker.services import alerts, watch

GRADES = (Grade.RED, Grade.RED, Grade.ORANGE, Grade.YELLOW, Grade.BLUE)
TURNS = (0, 3, 10)  # minutes
CLEAR = (
    "TRUNCATE tracker_notification, tracker_alertevent, tracker_alert, tracker_holding, tracker_heartbeat"
    " RESTART IDENTITY CASCADE"
)

Key = tuple[Any, ...]


@dataclass(frozen=True, kw_only=True)
class Told:
    """What the mail server's log says, in terms that are the same in every run.

    Attributes:
        copies: What was told → how often.
        strange: Message-IDs that no row knows.
    """

    copies: Counter[Key]
    strange: int

    @property
    def repeats(self) -> int:
        """Texts beyond the first."""
        return self.copies.total() - len(self.copies)


class Story:
    """Some icy sections and people on duty; the watch turns a few times while things change.

    The same number tells the same story.
    """

    def __init__(self, seed: int, mailbox: Mailbox) -> None:
        self._mailbox = mailbox
        chance = random.Random(seed)  # noqa: S311 - no secret
        load_rules()
        self._by = make_actor()
        where = make_organization()
        line = make_line(organization=where)
        for role in [*chance.sample("DSOE", 2), "G"]:
            make_post(role, organization=where)
        self._icing = [
            make_icing(chance.choice(GRADES), section=make_section(line=line))
            for _ in range(chance.randint(2, 3))
        ]
        self._icing.append(make_icing(Grade.RED, section=make_section(line=line)))
        self._grades = [one.grade for one in self._icing]
        self._later = {minute: chance.choice(["answered", "worse", "gone", ""]) for minute in TURNS[1:]}

    def run(self, turn: Callable[[Callable[[], object]], None]) -> Told:
        """Tell the story from the beginning; every turn of the watch goes through ``turn``."""
        with connection.cursor() as cursor:
            cursor.execute(CLEAR)
        self._mailbox.mails.clear()
        for icing, grade in zip(self._icing, self._grades, strict=True):
            SectionIcing.objects.filter(pk=icing.pk).update(grade=grade)
        for minute in TURNS:
            self._happens(self._later.get(minute, ""), minute)
            turn(lambda minute=minute: watch.turn(now=minutes(minute)))  # type: ignore[misc]
        return self._told()

    def _happens(self, what: str, minute: int) -> None:
        first = SectionIcing.objects.filter(pk=self._icing[0].pk)
        if what == "worse":
            first.update(grade=Grade.RED)
        elif what == "gone":
            first.update(grade=Grade.NONE)
        elif what == "answered":
            for alert in Alert.objects.filter(state="firing").order_by("id")[:1]:
                alerts.acknowledge(alert, at=minutes(minute), by=self._by)

    def _told(self) -> Told:
        rows = {row.message_id: row for row in Notification.objects.select_related("alert")}
        copies: Counter[Key] = Counter()
        strange = 0
        for mail in self._mailbox.mails:
            row = rows.get(str(mail["Message-ID"]))
            strange += row is None
            if row is not None:
                copies[self._key(row)] += 1
        return Told(copies=copies, strange=strange)

    def _key(self, row: Notification) -> Key:
        if row.kind != "digest":
            about = row.alert.subject_id if row.alert else row.post_id
            return (row.kind, about, row.generation, row.level, row.repeat, row.recipient_id)
        parts = [self._key(one) for one in row.told_together.select_related("alert")]
        return ("digest", row.recipient_id, *sorted(parts))

"""The engine in plain Python, one alert and one person after the other: what the SQL is held against.

It knows steps, acknowledgements, snoozes, folding, every limit and digests; time is an argument.
"""

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from tests.tracker.services.reference import Ladder

WEIGHTS = ("info", "notice", "warning", "critical")
HOUR, QUARTER, BUNDLE = timedelta(hours=1), timedelta(minutes=15), timedelta(minutes=2)
LOOK_AGAIN = STOPPED = timedelta(minutes=5)
CAP = 12
TOLD = ("queued", "accepted")


@dataclass(frozen=True)
class Rungs:
    """A ladder with who is told at each rung."""

    ladder: Ladder
    people: tuple[frozenset[int], ...]


@dataclass
class Alert:
    """What the engine keeps of an alert."""

    key: int
    band: str
    severity: str
    opened_at: datetime
    climb_at: datetime
    next_due_at: datetime | None
    parent: int | None = None
    state: str = "firing"
    generation: int = 1
    next_step: int = 1
    under: int | None = None
    acknowledged_at: datetime | None = None
    snoozed_until: datetime | None = None

    @property
    def weight(self) -> int:
        """Rank of the severity."""
        return WEIGHTS.index(self.severity)

    @property
    def is_open(self) -> bool:
        """Whether it is not over."""
        return self.state != "resolved"


@dataclass
class Notice:
    """A person told of a step, at once or later."""

    alert: int
    generation: int
    level: int
    repeat: int
    person: int
    weight: int
    created_at: datetime
    due_at: datetime
    state: str = "queued"
    held_by: str = ""
    held_until: datetime | None = None
    digest: int | None = None


@dataclass
class Digest:
    """Several of them in one mail."""

    person: int
    weight: int
    created_at: datetime
    state: str = "queued"


@dataclass
class Reference:
    """The whole engine.

    Attributes:
        storm: Until when storm mode is on.
        closed: Parent outages that are over.
    """

    ladders: dict[str, Rungs]
    ack_min: int = 60
    alerts: dict[int, Alert] = field(default_factory=dict)
    notices: list[Notice] = field(default_factory=list)
    digests: list[Digest] = field(default_factory=list)
    storm: datetime | None = None
    closed: set[int] = field(default_factory=set)

    def sweep(self, now: datetime) -> None:
        """Fold, climb and let go."""
        for alert in self.alerts.values():
            if alert.under is not None and alert.is_open and self._explains(alert) is None:
                self._unfold(alert, now)
        due = [one for one in self.alerts.values() if one.next_due_at is not None and one.next_due_at <= now]
        climbing = []
        for alert in due:
            above = self._explains(alert)
            if above is None:
                climbing.append(alert)
            else:
                alert.under, alert.next_due_at = above, None
        owed = [told for alert in climbing for told in self._step(alert, now)]
        self._limit(owed, now)
        self.release(now)

    def acknowledge(self, alert: Alert, now: datetime, until: datetime | None = None) -> None:
        """Quieten an alert, for as long as the rule says or until a moment."""
        rule_says = now + timedelta(minutes=self.ack_min) if alert.next_due_at else None
        alert.state, alert.acknowledged_at = "acknowledged", now
        alert.snoozed_until, alert.next_due_at = until, until or rule_says

    def release(self, now: datetime) -> None:
        """Tell what is no longer held, one digest a person."""
        ready = [
            one for one in self.notices if one.state == "held" and one.held_until and one.held_until <= now
        ]
        for one in list(ready):
            if not self._wanted(one):
                one.state = "superseded"
                ready.remove(one)
        for person in sorted({one.person for one in ready}):
            mine = [one for one in ready if one.person == person]
            self.digests.append(Digest(person, max(one.weight for one in mine), now))
            for one in mine:
                one.state, one.digest = "digested", len(self.digests) - 1

    def _wanted(self, one: Notice) -> bool:
        alert = self.alerts[one.alert]
        return alert.state == "firing" and alert.generation == one.generation and alert.under is None

    def _explains(self, alert: Alert) -> int | None:
        if alert.parent is None or alert.parent in self.closed:
            return None
        above = self.alerts.get(alert.parent)
        if above is None or not above.is_open:
            return None
        return above.key if alert.severity != "critical" or above.severity == "critical" else None

    def _unfold(self, alert: Alert, now: datetime) -> None:
        first = self.ladders[alert.band].ladder.due(1)
        assert first is not None
        due = now + timedelta(minutes=first)
        if alert.state == "acknowledged" and alert.acknowledged_at:
            ends = alert.acknowledged_at + timedelta(minutes=self.ack_min)
            due = max(alert.snoozed_until or ends, ends)
        alert.under, alert.climb_at, alert.next_step, alert.next_due_at = None, now, 1, due
        alert.generation += 1

    def _step(self, alert: Alert, now: datetime) -> list[tuple[Notice, bool]]:
        """Move an alert; return who is owed what, and whether the watch had stopped."""
        rungs = self.ladders[alert.band]
        ladder, top = rungs.ladder, len(rungs.people)
        assert alert.next_due_at is not None
        stopped = alert.next_due_at < now - STOPPED
        reached = ladder.reached(alert.climb_at, now)
        alert.state, alert.acknowledged_at, alert.snoozed_until = "firing", None, None
        if reached < alert.next_step:
            alert.next_due_at = self._due(alert, alert.next_step)
            return []
        manned = [place for place, people in enumerate(rungs.people, start=1) if people]
        step = reached
        if reached <= top:
            step = min((max(place, reached) for place in manned if place >= alert.next_step), default=top)
        level, repeat = min(step, top), max(step - top, 0)
        since = 1 if step > top else alert.next_step
        people = frozenset[int]().union(*rungs.people[since - 1 : level])
        due_at = self._due(alert, reached)
        assert due_at is not None
        if not people:
            alert.next_due_at = now + LOOK_AGAIN
            return []
        alert.next_step, alert.next_due_at = step + 1, self._due(alert, step + 1)
        return [
            (Notice(alert.key, alert.generation, level, repeat, one, alert.weight, now, due_at), stopped)
            for one in sorted(people)
        ]

    def _due(self, alert: Alert, step: int) -> datetime | None:
        minute = self.ladders[alert.band].ladder.due(step)
        return None if minute is None else alert.climb_at + timedelta(minutes=minute)

    def _limit(self, owed: list[tuple[Notice, bool]], now: datetime) -> None:
        for person in {one.person for one, _ in owed}:
            mine = [(one, stopped) for one, stopped in owed if one.person == person]
            self._limit_one(mine, person, now)
        self.notices += [one for one, _ in owed]

    def _limit_one(self, mine: list[tuple[Notice, bool]], person: int, now: datetime) -> None:
        sent = [
            (one.created_at, one.weight)
            for one in self.notices
            if one.person == person and one.state in TOLD and one.created_at > now - HOUR
        ]
        told = [
            one
            for one in self.digests
            if one.person == person and one.state in TOLD and one.created_at > now - HOUR
        ]
        sent += [(one.created_at, one.weight) for one in told]
        last = max((at for at, _ in sent), default=None)
        digest = max((one.created_at for one in told), default=None)
        full = sum(weight < 3 for _, weight in sent) >= CAP
        quarter = max(now, digest + QUARTER) if digest else now
        free = []
        for one, stopped in mine:
            if limits := self._limits(one, quarter, now, full=full, stopped=stopped):
                one.held_until, _rank, one.held_by = max(limits)
                one.state = "held"
            else:
                free.append(one)
        recent = last if last and last > now - BUNDLE else None
        free.sort(key=lambda one: (-one.weight, one.due_at, one.alert))
        for place, one in enumerate(free):
            if one.weight < 3 and (recent or place > 0):
                one.state, one.held_by, one.held_until = "held", "bundle", (recent or now) + BUNDLE

    def _limits(
        self, one: Notice, quarter: datetime, now: datetime, *, full: bool, stopped: bool
    ) -> list[tuple[datetime, int, str]]:
        limits = []
        if one.weight < 2 and (morning := quiet_until(now)):
            limits.append((morning, -1, "quiet"))
        if one.weight < 3 and self.storm is not None and now < self.storm:
            limits.append((quarter, -2, "storm"))
        if one.weight < 3 and full:
            limits.append((quarter, -3, "cap"))
        if stopped:
            limits.append((now, -4, "stop"))
        return limits


def quiet_until(now: datetime) -> datetime | None:
    """Six in the morning in China, from ten in the evening on."""
    local = now.astimezone(ZoneInfo("Asia/Shanghai"))
    if 6 <= local.hour < 22:
        return None
    morning = local.replace(hour=6, minute=0, second=0, microsecond=0)
    return morning if local.hour < 6 else morning + timedelta(days=1)

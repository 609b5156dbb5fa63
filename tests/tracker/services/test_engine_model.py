"""The engine against its reference, over random storms: every row the same after every sweep.

The engine may die at any point of a turn, and another one goes on. ``make model`` takes more storms.
"""

import os
from collections import Counter
from datetime import datetime, timedelta
from functools import partial
from typing import Any

import pytest
from django.db import transaction
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    precondition,
    rule,
    run_state_machine_as_test,
)

from incidents.models import Outage
from tests.chaos.failpoints import Boundary, died
from tests.factories import STORM_NIGHT, make_actor, make_organization, make_outage, make_user
from tests.tracker.mailservers import Mailbox
from tests.tracker.services import reference_engine, reference_post
from tests.tracker.services.reference import Ladder
from tests.tracker.services.reference_engine import Reference, Rungs
from tests.tracker.watchers import load_rules, make_alert, make_post
from tracker.models import Alert, Notification
from tracker.services import alerts, digests, storms
from tracker.services.catalogue import ICING_GRADE
from tracker.services.escalate import escalate
from tracker.services.notify import deliver

BANDS = tuple(ICING_GRADE.ladders)
PICK = st.integers(0, 10_000)
PAUSES = st.sampled_from([0, 0.5, 1, 2, 3, 5, 9, 15, 29, 31, 61, 130, 400])  # minutes


class Storm(RuleBasedStateMachine):
    """Alerts open, are answered, are explained by others; time goes on; both engines sweep."""

    def __init__(self, mailbox: Mailbox) -> None:
        super().__init__()
        self.mailbox = mailbox
        self.mailbox.mails.clear()
        self.deaths = 0
        self.undone = transaction.atomic()
        self.undone.__enter__()
        self.now: datetime = STORM_NIGHT
        self.rule = load_rules()
        self.ours = make_organization()
        self.by = make_actor()
        self.sql: dict[int, Alert] = {}
        self.outages: dict[int, Outage] = {}

    def teardown(self) -> None:
        """Leave nothing in the database."""
        transaction.set_rollback(True)
        self.undone.__exit__(None, None, None)

    @initialize(roles=st.lists(st.sampled_from(["D", "S", "DS", "V", "GU", "E"]), min_size=1, max_size=4))
    def people(self, roles: list[str]) -> None:
        """Some roles are held, one person may hold several, and some are held by nobody."""
        held: dict[str, set[int]] = {role: set() for role in "DSOEVGU"}
        for together in roles:
            user = make_user()
            for role in together:
                make_post(role, organization=self.ours, user=user, since_at=STORM_NIGHT - timedelta(days=1))
                held[role].add(user.pk)
        self.plain = Reference(
            {
                band: Rungs(
                    Ladder(
                        tuple(rung.after_min for rung in rungs), rungs[-1].repeat_min, rungs[-1].max_repeats
                    ),
                    tuple(frozenset().union(*(held[role] for role in rung.roles)) for rung in rungs),
                )
                for band, rungs in ICING_GRADE.ladders.items()
            }
        )

    @rule(band=st.sampled_from(BANDS), number=st.integers(1, 4), parent=st.none() | PICK)
    def open(self, band: str, number: int, parent: int | None) -> None:
        """Some alerts are opened, perhaps about outages that another outage explains."""
        for _ in range(number):
            above = self._pick(parent) if parent is not None and self.sql else None
            outage = make_outage(
                organization=self.ours, parent=self.outages[above] if above is not None else None
            )
            severity = str(ICING_GRADE.severities[band])
            alert = make_alert(
                rule=self.rule,
                organization=self.ours,
                subject_type="outage",
                subject_id=outage.pk,
                band=band,
                severity=severity,
                opened_at=self.now,
                climb_at=self.now,
                next_due_at=self.now,
            )
            self.sql[alert.pk], self.outages[alert.pk] = alert, outage
            self.plain.alerts[alert.pk] = reference_engine.Alert(
                alert.pk, band, severity, self.now, self.now, self.now, parent=above
            )

    @rule(minutes=PAUSES)
    def time_goes_on(self, minutes: float) -> None:
        """Both sweep later; nothing is sent yet."""
        self.now += timedelta(minutes=minutes)
        self._sweep()
        self.plain.sweep(self.now)
        self._compare()

    @rule(minutes=PAUSES, point=st.none() | st.integers(1, 150))
    def mails_go_out(self, minutes: float, point: int | None) -> None:
        """Both sweep later and send; the engine may die meanwhile, and another one goes on."""
        self.now += timedelta(minutes=minutes)
        if point is not None:
            self.deaths += died(Boundary(at=point, is_gentle=True), self._turn)
        self._turn(later=timedelta(seconds=10))
        self.plain.sweep(self.now)
        reference_post.deliver(self.plain)
        self._compare()
        self._compare_mails()

    def _sweep(self) -> None:
        escalate(now=self.now, batch=1000)
        digests.release(now=self.now)

    def _turn(self, *, later: timedelta = timedelta(0)) -> None:
        """Turn the watch; what a dying one gave back is due a moment after it had begun."""
        self._sweep()
        deliver(now=self.now + later)

    @precondition(lambda self: self.sql)
    @rule(which=PICK, until=st.none() | st.integers(1, 300))
    def answered(self, which: int, until: int | None) -> None:
        """Somebody has one, or snoozes it."""
        alert = self.plain.alerts[self._pick(which)]
        end = None if until is None else self.now + timedelta(minutes=until)
        if end is not None and alert.is_open:
            alerts.snooze(self.sql[alert.key], until=end, reason="夜间", at=self.now, by=self.by)
        elif alert.state == "firing":
            alerts.acknowledge(self.sql[alert.key], at=self.now, by=self.by)
        else:
            return
        self.plain.acknowledge(alert, self.now, end)

    @precondition(lambda self: self.sql)
    @rule(which=PICK)
    def ended(self, which: int) -> None:
        """Somebody ends one."""
        alert = self.plain.alerts[self._pick(which)]
        if alert.is_open:
            alerts.resolve(self.sql[alert.key], reason="已处理", at=self.now, by=self.by)
            alert.state, alert.next_due_at = "resolved", None

    @precondition(lambda self: self.sql)
    @rule(which=PICK)
    def power_is_back(self, which: int) -> None:
        """An outage ends; what it explained is on its own."""
        key = self._pick(which)
        Outage.objects.filter(pk=self.outages[key].pk).update(
            status="cancelled", ended_at=self.now, ended_by=self.by.user, end_reason="误报"
        )
        self.plain.closed.add(key)

    @precondition(lambda self: self.plain.storm is None or self.plain.storm <= self.now)
    @rule(minutes=st.integers(5, 200))
    def storm(self, minutes: int) -> None:
        """A person switches storm mode on."""
        until = self.now + timedelta(minutes=minutes)
        storms.switch(self.ours, on=True, until=until, reason="冰灾", at=self.now, by=self.by)
        self.plain.storm = until

    def _pick(self, number: int) -> int:
        keys = list(self.sql)
        return keys[number % len(keys)]

    def _compare(self) -> None:
        rows = Alert.objects.values_list(
            "pk", "state", "generation", "next_step", "next_due_at", "climb_at", "folded_under"
        )
        plain: list[Any] = [
            (a.key, a.state, a.generation, a.next_step, a.next_due_at, a.climb_at, a.under)
            for a in self.plain.alerts.values()
        ]
        assert sorted(rows, key=lambda row: row[0]) == sorted(plain, key=lambda row: row[0])
        told = Notification.objects.filter(kind="step").values_list(
            *(
                "alert",
                "generation",
                "level",
                "repeat",
                "recipient",
                "state",
                "held_by",
                "held_until",
                "due_at",
            ),
            "digest__created_at",
        )
        mine = [self._row(one) for one in self.plain.notices]
        assert sorted(told, key=lambda row: row[:5]) == sorted(mine, key=lambda row: row[:5])
        together = Notification.objects.filter(kind="digest").values_list(
            "recipient", "urgency", "created_at", "state"
        )
        assert sorted(together) == sorted(
            (d.person, d.weight, d.created_at, d.state) for d in self.plain.digests
        )

    def _compare_mails(self) -> None:
        """Everybody has got his mails, none of them more often than the engine died."""
        taken = Notification.objects.filter(state="accepted").values_list("message_id", flat=True)
        copies = Counter(str(mail["Message-ID"]) for mail in self.mailbox.mails)
        assert copies.keys() == set(taken)
        assert copies.total() - len(copies) <= self.deaths

    def _row(self, one: reference_engine.Notice) -> tuple[Any, ...]:
        step = (one.alert, one.generation, one.level, one.repeat, one.person)
        digest = None if one.digest is None else self.plain.digests[one.digest].created_at
        return (*step, one.state, one.held_by, one.held_until, one.due_at, digest)


@pytest.mark.django_db
def test_the_engine_does_what_its_reference_does(mailbox: Mailbox) -> None:
    run_state_machine_as_test(
        partial(Storm, mailbox),  # type: ignore[arg-type]  # anything that makes one does
        settings=settings(
            max_examples=int(os.environ.get("EXAMPLES") or 8),
            stateful_step_count=20,
            deadline=None,
            suppress_health_check=list(HealthCheck),
        ),
    )

"""Random storms against a plain reference: bands with two edges, a *for*, a silent wait before the end."""

from dataclasses import dataclass
from datetime import timedelta

import pytest
from django.db import connection, transaction
from hypothesis import given, settings
from hypothesis import strategies as st
from psycopg.sql import SQL

from tests.factories import STORM_NIGHT, make_organization, make_user
from tests.tracker.watchers import minutes
from tracker.checks import Check
from tracker.models import Alert, Holding, Rule, RuleLevel
from tracker.services.evaluate import evaluate

pytestmark = pytest.mark.django_db

SET, CLEAR = (10, 20, 30), (8, 16, 24)
CHECK = Check(
    code="E88",
    subject_type="probe",
    bands=("1", "2", "3"),
    query=SQL("""
        SELECT p.id AS subject_id, p.organization_id, false AS is_exercise,
               (%(bands)s::text[])[nullif(p.set_rank, 0)] AS band, nullif(p.set_rank, 0) AS band_rank,
               p.keep_rank, '{{}}'::jsonb AS facts
        FROM (
            SELECT probe.*,
                   (value >= 10)::int + (value >= 20)::int + (value >= 30)::int AS set_rank,
                   (value >= 8)::int + (value >= 16)::int + (value >= 24)::int AS keep_rank
            FROM probe
        ) p
        WHERE p.keep_rank > 0
    """).format(),
    keeps=True,
)


@dataclass
class Reference:
    """What an alert of one subject does, in plain words."""

    for_s: int
    clear_s: int
    rank: int = 0
    since: int | None = None
    gone: int | None = None

    def see(self, value: int, now: int) -> None:
        set_rank = sum(value >= edge for edge in SET)
        keep_rank = sum(value >= edge for edge in CLEAR)
        if self.rank:
            self._hold(max(set_rank, min(self.rank, keep_rank)), now)
        elif set_rank == 0:
            self.since = None
        elif self.for_s == 0 or (self.since is not None and now - self.since >= self.for_s):
            self.rank, self.since = set_rank, None
        elif self.since is None:
            self.since = now

    def _hold(self, rank: int, now: int) -> None:
        if rank:
            self.rank, self.gone = rank, None
        elif self.clear_s == 0 or (self.gone is not None and now - self.gone >= self.clear_s):
            self.rank, self.gone = 0, None
        elif self.gone is None:
            self.gone = now


def make_rule(for_s: int, clear_s: int) -> Rule:
    rule = Rule.objects.create(
        code="E88",
        version=Rule.objects.filter(code="E88").count() + 1,
        name="试",
        subject_type="probe",
        severities={"1": "notice", "2": "warning", "3": "critical"},
        source="test",
        stop_condition="test",
        origin="company",
        since_at=STORM_NIGHT,
        made_by=make_user(),
        for_s=for_s,
        clear_s=clear_s,
    )
    for band in "123":
        RuleLevel.objects.create(rule=rule, band=band, position=1, after_min=0, roles=["D"], repeat_min=10)
    return rule


values = st.integers(0, 40)
steps = st.lists(st.tuples(st.integers(0, 50), values, values), min_size=1, max_size=25)


@settings(deadline=None, max_examples=60)
@given(for_s=st.sampled_from([0, 30, 60]), clear_s=st.sampled_from([0, 45]), storm=steps)
def test_alerts_do_what_the_reference_does(
    for_s: int, clear_s: int, storm: list[tuple[int, int, int]]
) -> None:
    with transaction.atomic():
        _live_through(for_s, clear_s, storm)
        transaction.set_rollback(True)


def _live_through(for_s: int, clear_s: int, storm: list[tuple[int, int, int]]) -> None:
    organization = make_organization()
    make_rule(for_s, clear_s)
    references = [Reference(for_s, clear_s) for _ in range(2)]
    now = 0
    with connection.cursor() as cursor:
        cursor.execute("CREATE TEMPORARY TABLE probe (id bigint, organization_id bigint, value int)")
        for wait, *told in storm:
            now += wait
            cursor.execute("TRUNCATE probe")
            for number, value in enumerate(told):
                cursor.execute("INSERT INTO probe VALUES (%s, %s, %s)", [number, organization.pk, value])
                references[number].see(value, now)

            found = evaluate(now=minutes(0) + timedelta(seconds=now), checks=[CHECK])

            assert found.broken == []
            _compare(references)


def _compare(references: list[Reference]) -> None:
    open_ones = {alert.subject_id: alert for alert in Alert.objects.filter(rule_code="E88", resolved_at=None)}
    waiting = set(
        Holding.objects.filter(rule_code="E88", since_at__isnull=False).values_list("subject_id", flat=True)
    )
    for number, reference in enumerate(references):
        alert = open_ones.get(number)
        assert (alert.band_rank if alert else 0) == reference.rank
        assert (number in waiting) is (reference.since is not None)
        if alert is not None:
            assert alert.band == str(alert.band_rank)
            assert (alert.gone_at is not None) is (reference.gone is not None)
            assert (alert.next_due_at is None) is (reference.gone is not None)

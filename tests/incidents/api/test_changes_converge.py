"""Whoever only applies the changes ends with exactly what the lists show, whatever happened in between.

Several writers do random deeds, some of them in slow transactions that commit late and out of order; roles
begin and end, some by the clock alone; organisations move; crews come and go. Phones ask at random moments
for pages of random sizes. Whenever nothing is under way, what a phone holds is compared with all lists, and
at every page that nothing is told with content that its reader could not see at that moment.
"""

import os
from datetime import UTC, datetime, timedelta
from random import Random
from types import SimpleNamespace
from typing import Any
from unittest.mock import patch

import pytest
from django.db import connection
from django.db.models import Max, QuerySet

from incidents.access import visible_to
from incidents.api.feed import KINDS
from incidents.choices import OrganizationLevel, Role
from incidents.models import JournalEntry
from incidents.selectors.commit_order import horizon
from incidents.services import organizations
from tests import waiting
from tests.factories import make_actor, make_crew, make_line, make_organization, make_section, make_user
from tests.incidents.api.conftest import Phone, enrolled
from tests.incidents.api.storm_deeds import Night
from tests.incidents.api.syncing import Slow, Synced, attempt, listed
from tracker.models import Rule

pytestmark = pytest.mark.alone

PARTS = 2
STEPS = 60  # between two moments in which nothing is under way
SEEDS = [int(seed) for seed in os.environ.get("ICE_SEEDS", "1").split()]
SLOW_AT_ONCE = 3


@pytest.fixture
def clock() -> Any:
    """The clock of the interfaces; it moves when the test says so."""
    held = SimpleNamespace(now=datetime.now(UTC))
    with patch("incidents.api.authentication.timezone", SimpleNamespace(now=lambda: held.now)):
        yield held


def make_night(seed: int, now: datetime) -> tuple[Night, list[Synced]]:
    province = make_organization(level=OrganizationLevel.PROVINCE)
    cities = [make_organization(level=OrganizationLevel.CITY, parent=province) for _ in range(2)]
    counties = [make_organization(parent=city) for city in (*cities, cities[0])]
    tree = [province, *cities, *counties]
    for organization in tree[1:]:
        make_section(line=make_line(organization=organization), design_ice_mm=15)
        make_crew(organization=organization)
    people = [make_user() for _ in range(4)]
    by = make_actor(now=now)
    watching = ((counties[0], Role.CREW_MEMBER), (cities[0], Role.DISPATCHER), (counties[1], Role.VIEWER))
    for person, (organization, role) in zip(people, watching, strict=False):
        organizations.join(user=person, organization=organization, role=role, at=now, by=by)
    make_rule(people[3], now)
    phones = [
        Phone(client=enrolled(person), user=person, organization=province, section=None)  # type: ignore[arg-type]
        for person in people[:3]
    ]
    night = Night(random=Random(seed), tree=tree, people=people, now=now)  # noqa: S311 - chances to be repeated
    for deed in (*[night.report] * 4, *[night.form_crew] * 3, night.mobilise, night.road, night.storm):
        attempt(deed)
    return night, [Synced(each) for each in phones]


def make_rule(user: Any, now: datetime) -> Rule:
    return Rule.objects.create(
        code="E01",
        version=1,
        name="覆冰",
        subject_type="outage",
        source="test",
        stop_condition="消除",
        origin="company",
        since_at=now,
        made_by=user,
    )


def checked(synced: Synced, size: int, now: datetime) -> bool:
    """Get a page, and say whether there is more; whatever it shows could be seen by its reader just then."""
    page = synced.turn(size)
    for name, kind in KINDS.items():
        told = {item["uuid"] for item in page["results"] if item["kind"] == name and not item["removed"]}
        rows: QuerySet[Any] = visible_to(QuerySet(kind.model), synced.phone.user, now=now)
        seen = {str(uuid) for uuid in rows.filter(uuid__in=told).values_list("uuid", flat=True)}
        assert told == seen, name
    return bool(page["more"])


def everything_is_over() -> bool:
    newest = JournalEntry.objects.aggregate(newest=Max("transaction_id"))["newest"] or 0
    with connection.cursor() as cursor:
        cursor.execute("SELECT coalesce(max(changed_in), 0) FROM tracker_alert")
        stamped = cursor.fetchone()[0]
    return bool(horizon().oldest > max(newest, stamped))


def agree(phones: list[Synced], now: datetime, random: Random) -> None:
    waiting.until(everything_is_over)
    for synced in phones:
        for _round in ("the one that is under way", "all that happened since it began"):
            while checked(synced, random.choice([1, 7, 200]), now):
                pass
        expected = listed(synced.phone)
        assert synced.things.keys() == expected.keys()
        assert {key: thing for key, thing in synced.things.items() if thing != expected[key]} == {}


def step(night: Night, phones: list[Synced], slow: list[Slow], clock: Any) -> None:
    """Do one thing: a deed, the beginning or the end of a slow one, a page, or let time pass."""
    random = night.random
    chance = random.random()
    if chance < 0.66:
        attempt(night.deed())
    elif chance < 0.78 and len(slow) < SLOW_AT_ONCE:
        slow.append(Slow(night.deed()))
    elif chance < 0.90 and slow:
        slow.pop(random.randrange(len(slow))).end(keeps=random.random() < 0.8)
    elif chance < 0.97:
        checked(random.choice(phones), random.choice([1, 2, 5, 50]), clock.now)
    else:
        clock.now += timedelta(minutes=random.choice([5, 45, 100]))
        night.now = clock.now


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("seed", SEEDS)
def test_phones_that_apply_the_changes_hold_what_the_lists_show(clock: Any, seed: int) -> None:
    night, phones = make_night(seed, clock.now)
    slow: list[Slow] = []
    for _part in range(PARTS):
        for _step in range(STEPS):
            step(night, phones, slow, clock)
        while slow:
            slow.pop().end()
        agree(phones, clock.now, night.random)
    clock.now += timedelta(hours=4)  # what ends by the clock alone
    agree(phones, clock.now, night.random)

    assert JournalEntry.objects.count() > PARTS * STEPS // 4

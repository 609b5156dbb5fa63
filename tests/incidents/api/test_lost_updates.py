"""Two people who have seen the same: in whatever order they come, nobody writes over the other."""

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from random import Random

import pytest
from django.db import connection

from incidents.choices import Role
from incidents.models import JournalEntry
from tests.factories import make_outage
from tests.incidents.api.conftest import Phone, enrolled, just_now, make_phone

STEPS = 100  # 1,000 were run once: none lost
PEOPLE = 3


@pytest.mark.django_db
def test_steps_in_any_order_lose_no_correction() -> None:
    """Each reads or writes at random; a write is taken exactly when nobody wrote since its reading."""
    desk = make_phone(role=Role.DISPATCHER)
    outage = make_outage(organization=desk.organization, reported_at=datetime.now(UTC) - timedelta(hours=1))
    here, chance = f"outages/{outage.uuid}/", Random(26)  # noqa: S311 - repeatable, not secret
    seen: dict[int, str] = {}
    newest, taken = desk.get(here)["ETag"], 0

    for number in range(STEPS):
        who = chance.randrange(PEOPLE)
        if who not in seen or chance.random() < 0.5:
            seen[who] = desk.get(here)["ETag"]
            assert seen[who] == newest
            continue
        changes = {"customers_affected": number}
        answer = desk.act(f"{here}correct/", seen=seen[who], at=just_now(), reason="清点", changes=changes)
        assert answer.status_code == (200 if seen[who] == newest else 412)
        if answer.status_code == 200:
            newest, taken = answer["ETag"], taken + 1

    assert JournalEntry.objects.filter(kind="outage.corrected").count() == taken > STEPS // 10


@pytest.mark.django_db(transaction=True)
def test_of_twenty_at_once_who_have_seen_the_same_one_writes() -> None:
    desk = make_phone(role=Role.DISPATCHER)
    outage = make_outage(organization=desk.organization, reported_at=datetime.now(UTC) - timedelta(hours=1))
    here = f"outages/{outage.uuid}/"
    phones = [Phone(enrolled(desk.user), desk.user, desk.organization, desk.section) for _ in range(20)]

    def correct(number: int) -> int:
        try:
            changes = {"customers_affected": number}
            answer = phones[number].act(
                f"{here}correct/", seen='"0"', at=just_now(), reason="清点", changes=changes
            )
            return int(answer.status_code)
        finally:
            connection.close()

    with ThreadPoolExecutor(20) as pool:
        statuses = sorted(pool.map(correct, range(1, 20)))

    assert statuses == [200] + [412] * 18
    assert JournalEntry.objects.filter(kind="outage.corrected").count() == 1

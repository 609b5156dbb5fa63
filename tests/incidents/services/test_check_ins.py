from datetime import datetime, timedelta

import pytest

from incidents.errors import NaiveTime, OutOfRange
from incidents.journal import Actor
from incidents.models import CheckIn, JournalEntry
from incidents.services import check_ins
from tests.factories import STORM_NIGHT, make_assignment, make_crew

MINUTE = timedelta(minutes=1)


def test_records_a_sign_of_life_with_the_job_at_hand(by: Actor) -> None:
    crew = make_crew()
    job = make_assignment(crew=crew)
    make_assignment(crew=crew, status="queued")

    sign, again = (check_ins.record(crew, at=by.now, by=by, note="平安") for _ in range(2))

    assert sign == again
    assert (sign.assignment, sign.at, sign.received_at, sign.reported_by) == (job, by.now, by.now, by.user)
    entry = JournalEntry.objects.get()
    assert (entry.kind, entry.organization) == ("check_in.recorded", crew.organization)


def test_a_late_sign_belongs_to_the_job_of_that_time(by: Actor) -> None:
    crew = make_crew()
    earlier = make_assignment(
        crew=crew, status="finished", assigned_at=STORM_NIGHT - 9 * MINUTE, ended_at=STORM_NIGHT - MINUTE
    )
    make_assignment(crew=crew)

    assert check_ins.record(crew, at=STORM_NIGHT - 2 * MINUTE, by=by).assignment == earlier


def test_a_crew_without_a_job_checks_in_too(by: Actor) -> None:
    assert check_ins.record(make_crew(), at=by.now, by=by).assignment is None


@pytest.mark.parametrize(
    ("at", "refusal"),
    [
        (STORM_NIGHT + 6 * MINUTE, OutOfRange),
        (datetime(2024, 2, 26, 20, 0), NaiveTime),  # noqa: DTZ001 - the very thing refused
    ],
)
def test_refuses_a_time_that_cannot_be(by: Actor, at: datetime, refusal: type[Exception]) -> None:
    with pytest.raises(refusal):
        check_ins.record(make_crew(), at=at, by=by)

    assert not CheckIn.objects.exists()
    assert not JournalEntry.objects.exists()

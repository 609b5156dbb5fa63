from datetime import timedelta
from typing import Any

import pytest

from incidents.models import CheckIn
from tests.constraints import breaks
from tests.factories import STORM_NIGHT, make_assignment, make_crew

pytestmark = pytest.mark.django_db
EARLIER = STORM_NIGHT - timedelta(minutes=1)


@pytest.mark.parametrize("status", ["planned", "accepted", "en_route"])
def test_a_crew_has_one_job_under_way(status: str) -> None:
    crew = make_crew()
    make_assignment(crew=crew)
    make_assignment(crew=crew, status="queued")

    with breaks("assignment_one_under_way_a_crew"):
        make_assignment(crew=crew, status=status)


def test_a_crew_is_on_one_site_at_a_time() -> None:
    crew = make_crew()
    make_assignment(crew=crew, status="finished", on_site_at=EARLIER, ended_at=STORM_NIGHT)

    with breaks("assignment_one_site_at_a_time"):
        make_assignment(crew=crew, status="on_site", on_site_at=EARLIER)
    make_assignment(crew=crew, status="on_site", on_site_at=STORM_NIGHT)

    assert crew.assignments.count() == 2


@pytest.mark.parametrize(
    ("rule", "over"),
    [
        (
            "assignment_accepted_departed_on_site_ended_in_order",
            {"accepted_at": STORM_NIGHT, "departed_at": EARLIER},
        ),
        (
            "assignment_accepted_departed_on_site_ended_in_order",
            {"accepted_at": STORM_NIGHT, "on_site_at": EARLIER},
        ),
        ("assignment_end_is_whole", {"status": "finished"}),
        ("assignment_end_is_whole", {"status": "accepted", "ended_at": STORM_NIGHT}),
        ("assignment_on_site_has_a_moment", {"status": "on_site"}),
        ("assignment_given_back_with_a_reason", {"status": "aborted", "ended_at": STORM_NIGHT}),
        ("assignment_given_back_with_a_reason", {"status": "refused", "ended_at": STORM_NIGHT}),
    ],
)
def test_the_database_holds(rule: str, over: dict[str, Any]) -> None:
    with breaks(rule):
        make_assignment(**over)


def test_a_sign_of_life_stays_as_it_was_given() -> None:
    job = make_assignment()
    sign = CheckIn.objects.create(
        crew=job.crew, at=STORM_NIGHT, received_at=STORM_NIGHT, reported_by=job.reported_by
    )

    with breaks("checkin_is_append_only"):
        CheckIn.objects.update(note="改写")
    with breaks("checkin_is_append_only"):
        sign.delete()

    assert CheckIn.objects.get().note == ""


def test_say_who_does_what() -> None:
    job = make_assignment(crew=make_crew(name="一班"))

    assert str(job) == f"一班: {job.get_task_display()}"
    assert str(CheckIn(crew=job.crew)) == "一班"

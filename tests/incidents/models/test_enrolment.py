from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.db import connection
from django.utils import timezone

from incidents.models import Device, EnrolmentCode, Submission, User
from tests.constraints import breaks
from tests.factories import (
    STORM_NIGHT,
    make_assignment,
    make_crew,
    make_organization,
    make_outage,
    make_road_block,
    make_user,
)

pytestmark = pytest.mark.django_db
LATER = STORM_NIGHT + timedelta(minutes=15)


def make_code(**over: Any) -> EnrolmentCode:
    values: dict[str, Any] = {
        "user": over.pop("user", None) or make_user(),
        "issued_by": make_user(),
        "code_digest": uuid4().hex * 2,
        "lasting": timedelta(days=90),
        "issued_at": STORM_NIGHT,
        "expires_at": LATER,
    }
    return EnrolmentCode.objects.create(**(values | over))


def make_device(user: User, **over: Any) -> Device:
    moments = {"enrolled_at": STORM_NIGHT, "expires_at": LATER}
    return Device.objects.create(
        user=user, name="手机", **({"token_digest": "0" * 64, "token_prefix": "a"} | moments | over)
    )


def test_a_person_has_one_open_code() -> None:
    code = make_code()
    make_code(user=code.user, withdrawn_at=LATER)

    with breaks("enrolment_one_open_a_person"):
        make_code(user=code.user)


@pytest.mark.parametrize("digest", ["MFRGGZDFMZTWQ2LK", "0" * 63, "G" * 64])
def test_a_code_is_kept_as_a_digest_only(digest: str) -> None:
    with breaks("enrolment_keeps_a_digest_only"):
        make_code(code_digest=digest)


def test_a_used_code_names_the_phone() -> None:
    with breaks("enrolment_use_is_whole"):
        make_code(used_at=STORM_NIGHT)

    user = make_user()
    made = make_code(user=user, used_at=STORM_NIGHT, device=make_device(user), client_id=uuid4())
    assert str(made) == str(user)


def test_a_code_is_used_before_it_expires() -> None:
    user = make_user()
    used = {"device": make_device(user), "client_id": uuid4()}

    with breaks("enrolment_issued_used_expires_in_order"):
        make_code(user=user, used_at=LATER + timedelta(seconds=1), **used)


@pytest.mark.parametrize(
    "half",
    [
        {"next_digest": "0" * 64},
        {"next_expires_at": LATER},
        {"next_digest": "token", "next_expires_at": LATER},
        {"next_digest": "0" * 64, "next_expires_at": LATER, "revoked_at": LATER},
    ],
)
def test_a_next_token_is_whole_and_none_of_a_phone_that_was_shut_out(half: dict[str, Any]) -> None:
    with breaks("device_next_token_is_whole"):
        make_device(make_user(), **half)


def test_no_answer_younger_than_seven_days_is_deleted_by_anybody() -> None:
    user, now = make_user(), timezone.now()
    kept = {"route": "POST /", "digest": "0" * 64, "status": 201}
    old, young = (
        Submission.objects.create(user=user, key=str(hours), created_at=now - timedelta(hours=hours), **kept)
        for hours in (7 * 24 + 1, 7 * 24 - 1)
    )

    with breaks("submission_kept_seven_days"):
        Submission.objects.all().delete()
    old.delete()

    assert Submission.objects.get() == young


@pytest.mark.parametrize("what", ["outage", "road_block"])
def test_s15_no_code_can_send_a_crew_to_a_stranger_company(what: str) -> None:
    """S15: tried in raw SQL, past all code of ours; a job would open the outage to the crew's company."""
    station = make_organization(parent=make_organization(level="city"))
    crew = make_crew(organization=station)
    make = {"outage": make_outage, "road_block": make_road_block}[what]
    job = make_assignment(crew=crew, **{what: make(organization=make_organization(parent=station.parent))})
    foreign = make(organization=make_organization())

    with breaks("assignment_within_one_company"), connection.cursor() as cursor:
        statement = f"UPDATE incidents_assignment SET {what}_id = %s WHERE id = %s"  # noqa: S608 - of the table above
        cursor.execute(statement, [foreign.pk, job.pk])
    with breaks("assignment_within_one_company"):
        make_assignment(crew=make_crew(organization=station), **{what: foreign})

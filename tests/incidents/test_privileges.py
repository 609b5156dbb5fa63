"""What the application's role may delete: answers and codes that were kept long enough, and nothing else."""

from collections.abc import Iterator
from datetime import timedelta

import pytest
from django.db import ProgrammingError, connection, transaction

from config import privileges
from incidents.models import Outage, Submission
from incidents.services import purging
from tests.factories import STORM_NIGHT, make_outage, make_user

pytestmark = pytest.mark.django_db


@pytest.fixture
def as_application() -> Iterator[None]:
    """Rows of the owner, then the rights of the application; all of it is undone with the test."""
    make_outage()
    Submission.objects.create(
        user=make_user(), key="k", route="POST /", digest="0" * 64, status=201, created_at=STORM_NIGHT
    )
    with connection.cursor() as cursor:
        cursor.execute("CREATE ROLE ice_of_a_test")
        privileges.grant("ice_of_a_test", owner="default")
        cursor.execute("SET LOCAL ROLE ice_of_a_test")
    yield
    with connection.cursor() as cursor:
        cursor.execute("RESET ROLE")


@pytest.mark.usefixtures("as_application")
def test_the_application_purges_answers_and_deletes_no_record() -> None:
    with pytest.raises(ProgrammingError, match="permission denied"), transaction.atomic():
        Outage.objects.all()._raw_delete("default")

    purged = purging.purge(now=STORM_NIGHT + timedelta(days=8))

    assert (purged.answers, Submission.objects.count(), Outage.objects.count()) == (1, 0, 1)


def test_what_may_be_deleted_is_on_a_list() -> None:
    purged = {
        "incidents_submission",
        "incidents_enrolmentcode",
        "incidents_syncscope",
        "incidents_uploadchunk",
        "incidents_filepiece",
        "incidents_filerow",
        "incidents_browsersession",
        "incidents_signin",
    }
    assert purged == privileges.DELETABLE
    assert not purged & set(privileges._records())

from datetime import datetime, timedelta
from typing import Any

import pytest
from django.db import connection

from incidents.errors import OutOfRange
from incidents.models import BrowserSession, EnrolmentCode, SignIn, Submission, SyncScope
from incidents.services import purging, sync_scopes
from incidents.services.purging import Purged
from tests.factories import STORM_NIGHT, make_session, make_user
from tests.incidents.models.test_enrolment import make_code
from tests.incidents.models.test_sign_in import make_sign_in

pytestmark = pytest.mark.django_db
DAY, SECOND = timedelta(days=1), timedelta(seconds=1)
NOW = STORM_NIGHT + 30 * DAY


def keep(*moments: datetime) -> None:
    user = make_user()
    row: dict[str, Any] = {"user": user, "route": "POST /", "digest": "0" * 64, "status": 201}
    for moment in moments:
        Submission.objects.create(**row, key=str(Submission.objects.count()), created_at=moment)


def test_deletes_what_is_older_than_seven_days_and_never_anything_younger() -> None:
    keep(NOW - 7 * DAY - SECOND, NOW - 7 * DAY, NOW - 7 * DAY + SECOND, NOW, NOW - 20 * DAY)
    make_code(expires_at=NOW - 7 * DAY - SECOND)
    make_code(expires_at=NOW - 7 * DAY)

    purged = purging.purge(now=NOW)

    assert purged == Purged(answers=2, codes=1, scopes=0)
    assert min(Submission.objects.values_list("created_at", flat=True)) == NOW - 7 * DAY
    assert EnrolmentCode.objects.get().expires_at == NOW - 7 * DAY
    assert purging.purge(now=NOW) == Purged(answers=0, codes=0, scopes=0)


def test_sessions_go_a_week_after_they_were_last_seen_and_the_sign_in_log_after_a_year() -> None:
    old, young = NOW - 7 * DAY - SECOND, NOW - 7 * DAY
    make_session(started_at=old, last_seen_at=old)
    kept = make_session(started_at=old, last_seen_at=young)
    make_sign_in(at=NOW - 365 * DAY - SECOND)
    make_sign_in(at=NOW - 365 * DAY)

    purged = purging.purge(now=NOW)

    assert purged == Purged(answers=0, codes=0, sessions=1, sign_ins=1)
    assert BrowserSession.objects.get() == kept
    assert SignIn.objects.get().at == NOW - 365 * DAY


def test_keeps_longer_where_that_is_wanted() -> None:
    keep(NOW - 20 * DAY, NOW - 31 * DAY)

    assert purging.purge(now=NOW, keep=30 * DAY).answers == 1


def test_refuses_to_keep_shorter_and_deletes_nothing() -> None:
    keep(NOW - 20 * DAY)

    with pytest.raises(OutOfRange):
        purging.purge(now=NOW, keep=7 * DAY - SECOND)

    assert Submission.objects.count() == 1


def test_works_in_batches_oldest_first_and_leaves_the_rest_for_the_next_sweep() -> None:
    keep(*(NOW - (10 + number) * DAY for number in range(7)))

    first = purging.purge(now=NOW, batches=2, size=2)

    assert first.answers == 4
    assert max(NOW - moment for moment in Submission.objects.values_list("created_at", flat=True)) == 12 * DAY
    assert purging.purge(now=NOW, batches=2, size=2).answers == 3


def test_the_oldest_are_found_by_an_index() -> None:
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL enable_seqscan = off")
        cursor.execute(f"EXPLAIN {purging._OLDEST_ANSWERS}", [NOW, 5000])
        plan = "\n".join(row[0] for row in cursor.fetchall())

    assert "submission_by_age" in plan


def test_a_scope_goes_once_no_cursor_can_name_it() -> None:
    sync_scopes.keep({"a" * 32: "{}", "b" * 32: "{}"}, at=NOW)
    sync_scopes.keep({"b" * 32: "{}"}, at=NOW + 20 * DAY)  # a phone came back

    assert purging.purge(now=NOW + 32 * DAY).scopes == 0
    assert purging.purge(now=NOW + 32 * DAY + SECOND).scopes == 1
    assert list(sync_scopes.find(["a" * 32, "b" * 32])) == ["b" * 32]


def test_that_a_scope_is_used_is_noted_once_a_day() -> None:
    digest = "a" * 32
    for moment in (NOW, NOW + DAY - SECOND, NOW + DAY):
        sync_scopes.keep({digest: '{"everything": false}'}, at=moment)
        assert sync_scopes.find([digest])[digest].touched_at == (NOW if moment < NOW + DAY else moment)

    [scope] = SyncScope.objects.all()
    assert (scope.made_at, scope.body) == (NOW, {"everything": False})

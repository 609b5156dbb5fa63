"""Reports fall due by the clock, are drafted as of their cut-off, and are made once."""

from datetime import UTC, datetime, timedelta

import pytest
from pytest_django import DjangoAssertNumQueries

from tests.factories import STORM_NIGHT, make_outage, make_user
from tests.tracker.reporters import (
    HOUR,
    at,
    load_schedules,
    make_company_in_a_storm,
    make_response,
    make_step,
)
from tests.tracker.watchers import make_post
from tracker.choices import ReportKind, ReportState
from tracker.models import Notification, SituationReport
from tracker.services.reports import compile_due

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _schedules() -> None:
    load_schedules()


def made(kind: ReportKind) -> list[SituationReport]:
    return list(SituationReport.objects.filter(kind=kind).order_by("as_of"))


def test_the_flash_report_is_due_within_an_hour_of_the_first_outage() -> None:
    make_company_in_a_storm()

    compile_due(now=at(0.05))

    [flash] = made(ReportKind.FLASH)
    assert flash.due_at == STORM_NIGHT + HOUR
    assert flash.state == ReportState.DUE
    compile_due(now=flash.as_of)
    [flash] = made(ReportKind.FLASH)
    assert flash.state == ReportState.DRAFTED
    assert flash.numbers is not None
    assert flash.numbers["customers"]["affected"] == 100


def test_one_flash_report_a_storm_even_if_the_first_outage_turns_out_earlier() -> None:
    company, storm = make_company_in_a_storm()
    compile_due(now=at(0.05))
    make_outage(organization=company, storm=storm, reported_at=at(-0.5), received_at=at(0.1))

    compile_due(now=at(0.2))

    assert len(made(ReportKind.FLASH)) == 1


def test_the_next_follow_up_is_that_of_the_morning_with_numbers_of_six() -> None:
    make_company_in_a_storm()

    compile_due(now=datetime(2024, 2, 26, 21, 59, tzinfo=UTC))
    assert made(ReportKind.FOLLOW_UP) == []
    compile_due(now=datetime(2024, 2, 26, 22, 0, tzinfo=UTC))

    [follow_up] = made(ReportKind.FOLLOW_UP)
    assert follow_up.as_of == datetime(2024, 2, 26, 22, 0, tzinfo=UTC)
    assert follow_up.due_at == datetime(2024, 2, 27, 0, 0, tzinfo=UTC)
    assert follow_up.next_due_at == datetime(2024, 2, 27, 9, 0, tzinfo=UTC)
    assert follow_up.state == ReportState.DRAFTED


def test_a_response_that_ended_makes_the_verified_report_due_in_two_days_of_a_leap_year() -> None:
    company, storm = make_company_in_a_storm()
    ended = datetime(2024, 2, 28, 4, 0, tzinfo=UTC)  # 12:00 in China
    make_response(company, storm=storm, state="ended", ended_at=ended, ended_by=make_user())

    compile_due(now=ended + timedelta(minutes=1))

    [verified] = made(ReportKind.VERIFIED)
    assert verified.as_of == ended
    assert verified.due_at == datetime(2024, 3, 1, 4, 0, tzinfo=UTC)


@pytest.mark.parametrize(("level", "reports"), [("I", 13), ("II", 7), ("III", 2), ("IV", 1)])
def test_the_level_sets_the_rhythm(level: str, reports: int) -> None:
    company, storm = make_company_in_a_storm()
    make_response(company, level, storm=storm)
    first = datetime(2024, 2, 26, 16, 0, tzinfo=UTC)  # midnight in China

    for quarter in range(1, 24 * 4 - 1):
        compile_due(now=first + timedelta(minutes=15 * quarter))

    assert len(made(ReportKind.FOLLOW_UP)) == reports
    hourly = level in ("I", "II")
    assert len(made(ReportKind.DIGEST)) == (24 if hourly else 1)


def test_sweeps_again_make_nothing_again() -> None:
    make_company_in_a_storm()
    make_post("D")
    now = datetime(2024, 2, 27, 0, 0, 30, tzinfo=UTC)
    compile_due(now=now)
    before = list(SituationReport.objects.order_by("pk").values())

    for shift in (timedelta(0), HOUR, -HOUR, timedelta(seconds=1)):
        compile_due(now=now + shift)

    kinds = {row["kind"] for row in before}
    assert kinds == {"follow_up", "digest", "long_tail", "flash"}
    assert list(SituationReport.objects.order_by("pk").values()) == before


def test_a_digest_goes_to_whoever_is_on_duty_once() -> None:
    company, _storm = make_company_in_a_storm()
    officer = make_post("D", organization=company).user
    make_post("S", organization=company)

    for second in (0, 1, 2):
        compile_due(now=datetime(2024, 2, 27, 0, 0, second, tzinfo=UTC))

    [digest] = made(ReportKind.DIGEST)
    [mail] = Notification.objects.all()
    assert digest.state == ReportState.SENT
    assert (mail.recipient, mail.report, mail.at_most_once) == (officer, digest, True)
    assert mail.message_id.startswith(f"<{digest.uuid}.{officer.uuid}@")


def test_a_digest_missed_by_a_stop_is_sent_until_noon() -> None:
    company, _storm = make_company_in_a_storm()
    make_post("D", organization=company)

    compile_due(now=datetime(2024, 2, 27, 3, 59, tzinfo=UTC))

    [digest] = made(ReportKind.DIGEST)
    assert digest.state == ReportState.SENT


def test_a_digest_missed_beyond_noon_is_skipped_and_says_so() -> None:
    company, _storm = make_company_in_a_storm()
    make_post("D", organization=company)

    compile_due(now=datetime(2024, 2, 27, 4, 1, tzinfo=UTC))

    [digest] = made(ReportKind.DIGEST)
    assert digest.state == ReportState.SKIPPED
    assert digest.end_reason
    assert not Notification.objects.exists()


def test_a_drill_is_reported_apart() -> None:
    company, _storm = make_company_in_a_storm(is_exercise=True)
    make_outage(organization=company, customers_affected=7)

    compile_due(now=datetime(2024, 2, 26, 22, 0, tzinfo=UTC))

    [follow_up] = made(ReportKind.FOLLOW_UP)
    assert follow_up.is_exercise
    assert follow_up.numbers is not None
    assert follow_up.numbers["customers"]["affected"] == 100
    assert str(follow_up).startswith("【演练】")


def test_nothing_is_on_and_nothing_is_made() -> None:
    make_outage()

    compile_due(now=at(20))

    assert not SituationReport.objects.exists()


def test_a_report_that_breaks_does_not_keep_back_the_others(monkeypatch: pytest.MonkeyPatch) -> None:
    make_company_in_a_storm()
    broken, _storm = make_company_in_a_storm()
    real = compile_due.__globals__["numbers"]

    def numbers(scope: object) -> object:
        if getattr(scope, "organization_id", None) == broken.pk:
            raise ValueError("poison")
        return real(scope)

    monkeypatch.setitem(compile_due.__globals__, "numbers", numbers)

    done = compile_due(now=datetime(2024, 2, 26, 22, 0, tzinfo=UTC))

    assert (done.drafted, done.broken) == (2, 2)
    waiting = SituationReport.objects.filter(organization=broken)
    assert {row.state for row in waiting} == {ReportState.DUE}
    assert all("poison" in row.last_error for row in waiting)
    assert compile_due(now=datetime(2024, 2, 26, 22, 1, tzinfo=UTC)).broken == 0


def test_a_sweep_is_a_fixed_number_of_statements(
    django_assert_max_num_queries: DjangoAssertNumQueries,
) -> None:
    company, storm = make_company_in_a_storm()
    for number in range(20):
        make_step(make_outage(organization=company, storm=storm, customers_affected=50), customers=number + 1)

    with django_assert_max_num_queries(34):
        compile_due(now=datetime(2024, 2, 26, 22, 0, tzinfo=UTC))
    with django_assert_max_num_queries(12):
        compile_due(now=datetime(2024, 2, 26, 22, 0, 5, tzinfo=UTC))

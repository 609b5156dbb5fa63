"""E25 to E27 from the order of a response to the report that is out; its row says when it is due."""

import pytest

from incidents.models import Organization, Storm
from tests.factories import make_actor
from tests.tracker.checks.cases import follow_up
from tests.tracker.reporters import at, load_schedules, make_company_in_a_storm, make_response
from tests.tracker.watchers import load_rule, make_post, minutes
from tracker.checks import CHECKS
from tracker.choices import AlertState, ReportKind
from tracker.models import Alert, SituationReport
from tracker.services import report_life, reports
from tracker.services.evaluate import evaluate

pytestmark = pytest.mark.django_db

DUTIES = ("E25", "E26", "E27")


@pytest.fixture
def company() -> Organization:
    load_schedules()
    for code in DUTIES:
        load_rule(code)
    made = make_company_in_a_storm()[0]
    make_post("D", organization=made)
    return made


def turn(hours: float) -> list[tuple[str, str]]:
    """Plan, draft and look, as the watch does; what is open then."""
    reports.compile_due(now=at(hours))
    evaluate(now=at(hours), checks=[CHECKS[code] for code in DUTIES])
    rows = Alert.objects.exclude(state=AlertState.RESOLVED).order_by("rule_code", "pk")
    return list(rows.values_list("rule_code", "band"))


def send(kind: ReportKind, hours: float) -> None:
    by = make_actor(now=at(hours))
    report = SituationReport.objects.exclude(state="sent").get(kind=kind)
    report_life.sign(report, at=at(hours), by=by)
    report_life.send(report, at=at(hours), by=by)


def test_the_rules_come_switched_on() -> None:
    assert all(load_rule(code).enabled for code in DUTIES)


def test_a_flash_report_is_asked_for_until_it_is_out(company: Organization) -> None:
    make_response(company)

    assert turn(0.25) == []
    assert turn(0.5) == [("E25", "1")]
    assert turn(1) == [("E25", "3")]
    send(ReportKind.FLASH, 1.1)
    assert turn(1.1) == []


def test_follow_ups_keep_the_hours_of_the_notice(company: Organization) -> None:
    """Cut-off 06:00 to be out at 08:00, ten and twelve hours after the night began at 20:00."""
    make_response(company)
    turn(0.5)
    send(ReportKind.FLASH, 0.6)

    assert turn(9.99) == []
    assert turn(10) == [("E26", "1")]
    assert turn(11.5) == [("E26", "2")]
    assert turn(12) == [("E26", "4")]
    send(ReportKind.FOLLOW_UP, 12.1)
    assert turn(12.1) == []


def test_level_four_has_one_report_a_day(company: Organization) -> None:
    make_response(company, level="IV")
    turn(0.5)
    send(ReportKind.FLASH, 0.6)

    assert turn(12) == []
    assert turn(19) == [("E26", "1")]


def test_the_rhythm_of_the_company_itself_calls_nobody(company: Organization) -> None:
    """At level II a report each four hours besides, with a cut-off of a quarter of an hour."""
    make_response(company, level="II")
    turn(0.5)
    send(ReportKind.FLASH, 0.6)

    assert turn(4.5) == []
    assert SituationReport.objects.filter(kind="follow_up").count() == 1


def test_the_verified_report_after_the_end(company: Organization) -> None:
    make_response(company, state="ended", ended_at=at(1), ended_by=make_actor().user)
    Storm.objects.update(ended_at=at(1))

    assert turn(24.9) == []
    assert turn(25) == [("E27", "1")]
    assert turn(49) == [("E27", "3")]
    send(ReportKind.VERIFIED, 49.5)
    assert turn(49.5) == []


def test_what_is_signed_in_time_is_asked_for_again_only_when_it_is_late() -> None:
    load_rule("E26")
    report = follow_up()
    reports.draft(report, now=minutes(600))
    report.save()
    report_life.sign(report, at=minutes(680), by=make_actor(now=minutes(680)))
    check = [CHECKS["E26"]]

    for clock, band in ((690, "1"), (711, "1"), (720, "4")):
        evaluate(now=minutes(clock), checks=check)
        assert Alert.objects.get().band == band, clock


def test_a_correction_has_no_hour_of_its_own(company: Organization) -> None:
    make_response(company)
    turn(0.5)
    send(ReportKind.FLASH, 0.6)
    sent = SituationReport.objects.get(kind="flash")
    by = make_actor(now=at(0.7))
    report_life.correct(sent, reason="户数有误", at=at(0.7), by=by)

    assert turn(2) == []

"""The figures of the board: what is counted, once, whose, and what is not known."""

from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from incidents.choices import AssignmentStatus, EntryMode, Grade, OutageStatus, RestorationMethod
from incidents.models import (
    CheckIn,
    Deployment,
    Estimate,
    Organization,
    Outage,
    RestorationStep,
    WeatherWarning,
)
from tests.factories import (
    STORM_NIGHT,
    make_assignment,
    make_crew,
    make_line,
    make_organization,
    make_outage,
    make_section,
    make_storm,
    make_user,
)
from tests.tracker.reporters import make_response
from tests.tracker.watchers import make_alert, make_icing, make_reading, minutes
from tracker.choices import AlertState, ResponseLevel, ResponseState, Severity
from tracker.models import SituationReport
from tracker.selectors.board import Board, board, pulse, sides
from tracker.selectors.board_scope import Scope

pytestmark = pytest.mark.django_db
NOW = minutes(180)


@pytest.fixture
def ours() -> Organization:
    return make_organization()


def look(*whose: Organization, now: datetime = NOW, **over: Any) -> Board:
    values: dict[str, Any] = {"is_exercise": False, "since_at": minutes(-60)} | over
    scope = Scope(organizations=tuple(each.pk for each in whose), **values)
    return board(scope, storms=[], warnings=WeatherWarning.objects.none(), now=now)


def step(outage: Outage, number: int, customers: int | None, **over: Any) -> RestorationStep:
    values: dict[str, Any] = {"at": minutes(60 + number), "method": RestorationMethod.REPAIR} | over
    return RestorationStep.objects.create(
        outage=outage, seq=number, customers=customers, recorded_by=outage.reported_by, **values
    )


def back(outage: Outage, at: datetime) -> None:
    Outage.objects.filter(pk=outage.pk).update(status=OutageStatus.RESTORED, restored_at=at)


def promise(outage: Outage, at: datetime) -> None:
    Estimate.objects.create(
        outage=outage,
        kind="manual",
        value_at=at,
        published_at=minutes(1),
        published_by=outage.reported_by,
    )


# --- outages


def test_customers_out_are_those_that_no_step_gave_back(ours: Organization) -> None:
    outage = make_outage(organization=ours, customers_affected=100)
    step(outage, 1, 30)
    step(outage, 2, 20, method=RestorationMethod.GENERATOR)
    over = make_outage(organization=ours, customers_affected=100)
    back(over, minutes(90))

    found = look(ours).outages

    assert (found.customers, found.customers_out, found.powered) == (200, 70, 20)
    assert found.share_back == pytest.approx(0.65)
    assert (found.open, found.affected) == (1, 2)


def test_what_nobody_counted_is_unknown_and_no_nought(ours: Organization) -> None:
    make_outage(organization=ours)

    found = look(ours).outages

    assert (found.customers_out, found.uncounted, found.share_back) == (0, 1, None)
    assert found.rows[0].customers_left is None


def test_outages_that_another_one_explains_are_counted_once(ours: Organization) -> None:
    feeder = make_outage(organization=ours, customers_affected=100)
    make_outage(organization=ours, customers_affected=40, parent=feeder)

    found = look(ours).outages

    assert (found.open, found.explained, found.customers_out) == (1, 1, 100)
    assert len(found.rows) == 2


def test_a_line_that_went_out_twice_is_one_line(ours: Organization) -> None:
    line = make_line(organization=ours)
    for section in ("S1", "S2"):
        make_outage(organization=ours, line=line, section=make_section(line=line, code=section))
    make_outage(organization=ours, voltage_kv=35)
    make_outage(organization=ours, voltage_kv=Decimal("0.4"), kind="lv")
    done = make_outage(organization=ours, lines_tripped=3)
    back(done, minutes(30))

    found = look(ours).outages

    assert [(int(each.kv), each.out, each.affected) for each in found.lines] == [(35, 1, 1), (10, 1, 4)]
    assert found.lines_out == 2


def test_the_curve_ends_with_what_is_out_now(ours: Organization) -> None:
    outage = make_outage(organization=ours, reported_at=minutes(0), customers_affected=100)
    step(outage, 1, 30, at=minutes(60))
    over = make_outage(organization=ours, reported_at=minutes(0), customers_affected=50)
    back(over, minutes(120))
    make_outage(organization=ours)  # nobody counted its customers

    curve = look(ours).outages.curve
    at = {(point.at - STORM_NIGHT) // timedelta(minutes=1): point for point in curve}

    assert (at[-60].customers, at[-60].outages) == (0, 0)
    assert at[50].customers == 150
    assert at[110].customers == 120
    assert (curve[-1].customers, curve[-1].outages) == (70, 2)


def test_what_was_over_before_the_storm_is_not_counted(ours: Organization) -> None:
    before = make_outage(organization=ours, reported_at=minutes(-300), customers_affected=10)
    back(before, minutes(-120))

    assert look(ours).outages.affected == 0


@pytest.mark.parametrize(
    "over",
    [
        {"kind": "planned"},
        {"entry_mode": EntryMode.HISTORICAL},
        {"status": OutageStatus.MOMENTARY},
    ],
)
def test_what_no_officer_waits_for_is_not_on_the_board(ours: Organization, over: dict[str, Any]) -> None:
    make_outage(organization=ours, **over)

    found = look(ours).outages

    assert (found.open, found.affected, list(found.rows)) == (0, 0, [])


def test_figures_are_of_the_organisations_alone(ours: Organization) -> None:
    make_outage(organization=make_organization(), customers_affected=10)

    assert look(ours).outages.open == 0


def test_what_is_real_and_the_drill_are_never_added(ours: Organization) -> None:
    drill = make_storm(is_exercise=True)
    make_outage(organization=ours, storm=drill, customers_affected=7)
    make_outage(organization=ours, customers_affected=5)
    make_alert(organization=ours, is_exercise=True)

    real, exercise = look(ours), look(ours, is_exercise=True)

    assert (real.outages.customers_out, exercise.outages.customers_out) == (5, 7)
    assert (real.alerts.unacknowledged, exercise.alerts.unacknowledged) == (0, 1)
    assert [(side.outages, side.alerts, side.is_quiet) for side in sides([ours.pk])] == [
        (1, 0, False),
        (1, 1, False),
    ]


def test_the_worst_outages_come_first_with_who_has_them(ours: Organization) -> None:
    small = make_outage(organization=ours, customers_affected=3)
    large = make_outage(organization=ours, customers_affected=900)
    grave = make_outage(organization=ours, customers_affected=1)
    make_alert(organization=ours, subject_type="outage", subject_id=grave.pk, severity="critical")
    make_alert(
        organization=ours, subject_type="outage", subject_id=grave.pk, severity="notice", rule_code="E06"
    )
    crew = make_crew(organization=ours, name="抢修一班")
    make_assignment(crew=crew, outage=large, status=AssignmentStatus.ACCEPTED, accepted_at=minutes(5))
    promise(large, minutes(170))
    promise(small, minutes(200))

    found = look(ours).outages

    assert [row.pk for row in found.rows] == [grave.pk, large.pk, small.pk]
    assert [row.severity for row in found.rows] == [Severity.CRITICAL, None, None]
    assert (found.rows[1].crew, found.rows[1].crew_status) == ("抢修一班", AssignmentStatus.ACCEPTED)
    assert found.severities == {
        Severity.CRITICAL: 1,
        Severity.WARNING: 0,
        Severity.NOTICE: 0,
        Severity.INFO: 0,
    }
    assert (found.passed, found.unpromised, found.unsent) == (1, 1, 2)


# --- alerts


def test_alerts_that_another_one_explains_tell_nobody_here_either(ours: Organization) -> None:
    first = make_alert(organization=ours, severity="warning")
    make_alert(organization=ours, folded_under=first, next_due_at=None)
    worst = make_alert(organization=ours, severity="critical")
    make_alert(
        organization=ours,
        state=AlertState.ACKNOWLEDGED,
        acknowledged_at=minutes(1),
        acknowledged_by=make_user(),
    )

    found = look(ours).alerts

    assert [alert.pk for alert in found.firing] == [worst.pk, first.pk]
    assert (found.unacknowledged, found.acknowledged, found.not_named) == (2, 1, 0)


# --- ice


def test_sections_are_shown_by_what_they_bear_of_their_design(ours: Organization) -> None:
    line = make_line(organization=ours)
    for code, ratio, grade in (("S1", "0.4000", "blue"), ("S2", "1.2000", "red"), ("S3", "0.1000", "none")):
        make_icing(Grade(grade), section=make_section(line=line, code=code), ratio=Decimal(ratio))
    make_icing(Grade.RED, section=make_section(line=line, code="S4"), is_exercise=True)

    found = look(ours, now=minutes(90)).ice

    assert [section.icing.section.code for section in found.sections] == ["S2", "S1"]
    assert [section.is_old for section in found.sections] == [True, False]
    assert found.grades == {Grade.RED: 1, Grade.ORANGE: 0, Grade.YELLOW: 0, Grade.BLUE: 1}


def test_a_grade_that_a_person_set_counts_while_it_holds(ours: Organization) -> None:
    section = make_section(line=make_line(organization=ours))
    make_icing(
        Grade.NONE,
        section=section,
        override_grade="red",
        override_by=make_user(),
        override_reason="目视",
        override_until_at=minutes(100),
    )

    assert look(ours, now=minutes(90)).ice.grades[Grade.RED] == 1
    assert look(ours, now=minutes(110)).ice.graded == 0


def test_a_spark_has_the_readings_of_a_day_in_order(ours: Organization) -> None:
    section = make_section(line=make_line(organization=ours))
    known = {
        "standard_mm": Decimal(3),
        "thickness_basis": "measured",
        "grade": "blue",
        "grade_basis": "measured",
    }
    for at in (minutes(20), minutes(10), minutes(-24 * 60)):
        make_reading(section=section, observed_at=at, observed_precision="minute", **known)
    make_icing(Grade.BLUE, section=section)

    [shown] = look(ours).ice.sections

    assert [at for at, _thickness in shown.readings] == [minutes(10), minutes(20)]


# --- forces


def test_crews_are_counted_by_what_they_do_and_the_silent_come_first(ours: Organization) -> None:
    for name, sent, heard in (("甲", 10, 100), ("乙", 20, None), ("丙", 110, None)):
        crew = make_crew(organization=ours, name=name)
        make_assignment(crew=crew, status=AssignmentStatus.ON_SITE, on_site_at=minutes(sent))
        if heard:
            CheckIn.objects.create(
                crew=crew, at=minutes(heard), received_at=minutes(heard), reported_by=make_user()
            )
    make_crew(organization=ours, name="丁")
    make_crew(organization=ours, name="戊", disbanded_at=minutes(1))

    found = look(ours).crews

    assert (found.together, found.on_site, found.free) == (4, 3, 1)
    assert [(crew.name, crew.is_silent) for crew in found.named] == [("乙", True), ("甲", True), ("丙", True)]
    assert found.named[1].heard_at == minutes(100)


def test_without_crews_there_is_nobody_to_name(ours: Organization) -> None:
    found = look(ours).crews

    assert (found.together, list(found.named)) == (0, [])


def test_support_is_followed_from_call_to_return(ours: Organization) -> None:
    told = {"received_at": STORM_NIGHT, "reported_by": make_user(), "host_organization": ours}
    for status, people in (("en_route", 12), ("en_route", None), ("mobilised", 5)):
        Deployment.objects.create(organization=make_organization(), status=status, headcount=people, **told)
    Deployment.objects.create(
        organization=make_organization(), status="returned", returned_at=minutes(-3000), **told
    )

    found = look(ours).aid

    stages = {stage.status: (stage.deployments, stage.people) for stage in found.stages if stage.deployments}
    assert stages == {"mobilised": (1, 5), "en_route": (2, 12)}
    assert [team.status for team in found.named] == ["mobilised", "en_route", "en_route"]


# --- duties


def test_the_highest_level_in_force_and_the_highest_proposal_are_shown(ours: Organization) -> None:
    station = make_organization(parent=ours)
    make_response(ours, ResponseLevel.FOUR)
    make_response(station, ResponseLevel.TWO)
    make_response(
        ours, ResponseLevel.ONE, state=ResponseState.ENDED, ended_at=minutes(9), ended_by=make_user()
    )

    found = look(ours, station).duties

    assert found.response is not None
    assert (found.response.level, found.proposal) == (ResponseLevel.TWO, None)


def test_reports_that_are_owed_come_by_when_they_are_due(ours: Organization) -> None:
    common: dict[str, Any] = {"organization": ours, "created_at": minutes(0), "as_of": minutes(0)}
    late = SituationReport.objects.create(kind="follow_up", due_at=minutes(60), **common)
    SituationReport.objects.create(kind="digest", due_at=minutes(50), **common)
    soon = SituationReport.objects.create(
        kind="ad_hoc", due_at=minutes(240), next_due_at=minutes(900), **common
    )

    found = look(ours).duties

    assert [report.pk for report in found.reports] == [late.pk, soon.pk]
    assert (found.owed, found.next_at) == (2, minutes(900))


# --- the pulse, and what it costs


@pytest.mark.django_db(transaction=True)  # a change is told by its transaction
def test_the_pulse_moves_with_an_alert_and_is_still_without(ours: Organization) -> None:
    alert = make_alert(organization=ours)
    before = pulse().mark
    assert pulse().mark == before

    alert.severity = "warning"
    alert.save(update_fields=["severity"])

    assert pulse().mark != before


def test_a_fuller_board_takes_no_more_statements(ours: Organization) -> None:
    def statements() -> int:
        with CaptureQueriesContext(connection) as captured:
            look(ours)
        return len(captured)

    make_outage(organization=ours)
    make_alert(organization=ours)
    make_icing(Grade.RED, section=make_section(line=make_line(organization=ours)))
    few = statements()
    for _ in range(5):
        outage = make_outage(organization=ours)
        make_assignment(crew=make_crew(organization=ours), outage=outage)
        make_alert(organization=ours)
        make_icing(Grade.RED, section=make_section(line=make_line(organization=ours)))

    assert statements() == few == 17

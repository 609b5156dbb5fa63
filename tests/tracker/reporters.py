"""Typed functions that make what reports are about: companies in a storm, responses, schedules."""

from datetime import datetime, timedelta
from typing import Any

from incidents.choices import RestorationMethod
from incidents.models import Organization, Outage, RestorationStep, Storm
from tests.factories import STORM_NIGHT, make_actor, make_organization, make_outage, make_storm, make_user
from tracker.choices import ReportKind
from tracker.models import EmergencyResponse, SituationReport
from tracker.services import report_schedules, reports

HOUR = timedelta(hours=1)


def at(hours: float) -> datetime:
    """A moment of the storm night, that many hours after 20:00 Chinese time of 26 February 2024."""
    return STORM_NIGHT + timedelta(hours=hours)


def load_schedules() -> None:
    """The schedules and recipients that the product comes with."""
    report_schedules.load_defaults(at=STORM_NIGHT, by=make_actor())


def make_company_in_a_storm(**over: Any) -> tuple[Organization, Storm]:
    """A company with one outage of 100 customers, reported at the beginning of the storm night."""
    company, storm = make_organization(), make_storm(started_at=STORM_NIGHT, **over)
    make_outage(organization=company, storm=storm, customers_affected=100)
    return company, storm


def make_response(company: Organization, level: str = "III", **over: Any) -> EmergencyResponse:
    """A response that was ordered at the beginning of the storm night."""
    values: dict[str, Any] = {
        "state": "started",
        "basis": "test",
        "decided_at": STORM_NIGHT,
        "decided_by": make_user(),
    } | over
    return EmergencyResponse.objects.create(organization=company, level=level, **values)


def make_step(outage: Outage, *, seq: int = 1, **over: Any) -> RestorationStep:
    """Twenty customers got supply by load transfer, an hour after the beginning."""
    values: dict[str, Any] = {
        "at": at(1),
        "customers": 20,
        "method": RestorationMethod.TRANSFER,
        "recorded_by": outage.reported_by,
    } | over
    return RestorationStep.objects.create(outage=outage, seq=seq, **values)


def make_draft(company: Organization | None = None, **over: Any) -> SituationReport:
    """A follow-up report of four hours after the beginning, drafted."""
    values: dict[str, Any] = {
        "kind": ReportKind.FOLLOW_UP,
        "as_of": at(4),
        "due_at": at(6),
        "created_at": at(4),
    } | over
    report = SituationReport(organization=company or make_organization(), **values)
    reports.draft(report, now=at(4))
    report.save()
    return report

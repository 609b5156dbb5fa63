"""Every rule that a report, a schedule or a recipient can break is broken here."""

from datetime import time, timedelta
from typing import Any

import pytest

from incidents.models import Organization
from tests.constraints import breaks
from tests.factories import STORM_NIGHT, make_organization, make_storm, make_user
from tracker.models import Notification, ReportRecipient, ReportSchedule, SituationReport
from tracker.rules.report_numbers import Numbers, as_json

pytestmark = pytest.mark.django_db
HOUR = timedelta(hours=1)
DRAFTED: dict[str, Any] = {"state": "drafted", "numbers": as_json(Numbers()), "drafted_at": STORM_NIGHT}


@pytest.fixture
def company() -> Organization:
    return make_organization()


def make_report(company: Organization, **over: Any) -> SituationReport:
    values: dict[str, Any] = {
        "kind": "follow_up",
        "as_of": STORM_NIGHT,
        "due_at": STORM_NIGHT + HOUR,
        "created_at": STORM_NIGHT,
    } | over
    return SituationReport.objects.create(organization=company, **values)


def test_a_report_is_there_once(company: Organization) -> None:
    make_report(company)
    make_report(company, is_exercise=True)
    make_report(company, kind="digest")
    with breaks("report_once"):
        make_report(company)


def test_a_storm_has_one_flash_report_a_company(company: Organization) -> None:
    storm = make_storm()
    make_report(company, kind="flash", storm=storm)
    with breaks("report_one_flash_a_storm"):
        make_report(company, kind="flash", storm=storm, as_of=STORM_NIGHT + HOUR)


def test_a_report_is_corrected_once_with_a_reason(company: Organization) -> None:
    first = make_report(company)
    make_report(company, corrects=first, correction_reason="漏报")
    with breaks("report_corrected_once"):
        make_report(company, corrects=first, correction_reason="漏报")
    with breaks("report_correction_has_a_reason"):
        make_report(company, corrects=first, state="waived", ended_at=STORM_NIGHT, end_reason="x")


@pytest.mark.parametrize(
    ("rule", "over"),
    [
        ("report_kind_and_state_are_known", {"kind": "rumour"}),
        ("report_cut_off_before_due", {"due_at": STORM_NIGHT - HOUR}),
        ("report_numbers_when_drafted", {"state": "drafted"}),
        ("report_numbers_when_drafted", {"numbers": {}, "drafted_at": STORM_NIGHT}),
        ("report_signed_by_a_person", DRAFTED | {"state": "signed"}),
        ("report_signed_by_a_person", DRAFTED | {"signed_at": STORM_NIGHT}),
        ("report_sent_is_whole", DRAFTED | {"sent_at": STORM_NIGHT}),
        ("report_sent_is_whole", DRAFTED | {"kind": "digest", "state": "sent"}),
        ("report_ended_with_a_reason", {"state": "waived", "ended_at": STORM_NIGHT}),
        ("report_ended_with_a_reason", {"end_reason": "x"}),
        ("report_correction_has_a_reason", {"correction_reason": "x"}),
    ],
)
def test_a_report_that_contradicts_itself(company: Organization, rule: str, over: dict[str, Any]) -> None:
    with breaks(rule):
        make_report(company, **over)


def make_schedule(**over: Any) -> ReportSchedule:
    values: dict[str, Any] = {"kind": "follow_up", "times": [time(8)], "source": "test"} | over
    return ReportSchedule.objects.create(**values)


@pytest.mark.parametrize(
    ("rule", "over"),
    [
        ("report_schedule_has_a_clock", {"times": []}),
        ("report_schedule_has_a_clock", {"kind": "flash"}),
        ("report_schedule_has_a_clock", {"kind": "detailed"}),
        ("report_schedule_names_its_source", {"source": ""}),
        ("report_schedule_after_min_in_range", {"kind": "flash", "times": [], "after_min": 0}),
        ("report_schedule_cutoff_min_in_range", {"cutoff_min": 2881}),
        ("report_schedule_keep_min_in_range", {"keep_min": 0}),
    ],
)
def test_a_schedule_that_cannot_be(rule: str, over: dict[str, Any]) -> None:
    with breaks(rule):
        make_schedule(**over)


def test_a_schedule_is_there_once() -> None:
    make_schedule()
    with breaks("report_schedule_once"):
        make_schedule(times=[time(9)])


@pytest.mark.parametrize(
    ("rule", "over"),
    [
        ("report_recipient_is_a_role_or_a_person", {"role": ""}),
        ("report_recipient_names_known_kinds", {"kinds": []}),
        ("report_recipient_names_known_kinds", {"kinds": ["rumour"]}),
    ],
)
def test_a_recipient_that_cannot_be(rule: str, over: dict[str, Any]) -> None:
    with breaks(rule):
        ReportRecipient.objects.create(**{"kinds": ["flash"], "role": "D"} | over)


def test_a_recipient_is_listed_once() -> None:
    ReportRecipient.objects.create(kinds=["flash"], role="D")
    with breaks("report_recipient_once"):
        ReportRecipient.objects.create(kinds=["digest"], role="D")


def test_a_report_is_mailed_to_a_person_once_and_its_mail_is_about_nothing_else(
    company: Organization,
) -> None:
    report, user = make_report(company), make_user()

    def mail(number: int, **over: Any) -> Notification:
        values: dict[str, Any] = {
            "kind": "report",
            "report": report,
            "recipient": user,
            "channel": "mail",
            "address": user.email,
            "language": "en",
            "due_at": STORM_NIGHT,
            "created_at": STORM_NIGHT,
            "next_try_at": STORM_NIGHT,
            "message_id": f"<{number}@test>",
        } | over
        return Notification.objects.create(**values)

    mail(1)
    with breaks("notification_of_a_report_once"):
        mail(2)
    with breaks("notification_is_about_one_thing"):
        mail(3, kind="digest")
    with breaks("notification_is_about_one_thing"):
        mail(4, report=None)

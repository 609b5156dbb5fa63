"""Reports at the desk: seen with their checks, signed, sent, corrected; schedules and recipients edited."""

from datetime import time, timedelta

import pytest
from django.test import Client
from django.utils import timezone

from incidents.choices import Role
from incidents.models import Organization
from tests.desk import address, give_role, sign_in, verb_address
from tests.factories import make_organization, make_outage, make_user
from tests.tracker.reporters import load_schedules, make_draft
from tests.tracker.watchers import make_post
from tracker.choices import ReportKind, ReportState
from tracker.models import Notification, ReportRecipient, ReportSchedule, SituationReport

pytestmark = pytest.mark.django_db
# The verbs that are tested here: on a row, and those that make one.
OF_REPORTS = {"sign", "send", "redraft", "correct", "waive", "reschedule", "relist"}
MAKING = {"compose", "schedule", "enlist"}


@pytest.fixture
def ours() -> Organization:
    return make_organization()


@pytest.fixture
def now() -> str:
    return timezone.localtime(timezone.now() - timedelta(minutes=1)).strftime("%Y-%m-%dT%H:%M:%S")


def test_a_report_is_seen_signed_sent_and_corrected(client: Client, ours: Organization, now: str) -> None:
    load_schedules()
    make_post("D", organization=ours)
    make_outage(organization=ours, customers_affected=100)
    user = sign_in(client, ours, Role.DISPATCHER)
    report = make_draft(ours)

    page = client.get(address(SituationReport, "change", report.pk)).content.decode()
    assert "data:image/png;base64," in page
    assert "<td>100</td>" in page
    assert all(f"do/{verb}/" in page for verb in ("sign", "redraft", "waive"))
    assert "do/send/" not in page

    client.post(verb_address(report, "sign"), {"at": now, "remark": "需防滑链"})
    client.post(verb_address(report, "send"), {"at": now})
    report.refresh_from_db()
    assert (report.state, report.signed_by, report.remark) == (ReportState.SENT, user, "需防滑链")
    assert Notification.objects.filter(report=report).count() == 1

    client.post(verb_address(report, "correct"), {"at": now, "reason": "漏报"})
    assert SituationReport.objects.get(corrects=report).state == ReportState.DRAFTED


@pytest.mark.parametrize("role", [Role.VIEWER, Role.CREW_LEADER])
def test_who_only_looks_does_not_sign(client: Client, ours: Organization, now: str, role: Role) -> None:
    report = make_draft(ours)
    sign_in(client, ours, role)

    assert client.get(address(SituationReport, "change", report.pk)).status_code == 200
    assert client.post(verb_address(report, "sign"), {"at": now}).status_code == 403
    report.refresh_from_db()
    assert report.state == ReportState.DRAFTED


def test_another_company_sees_nothing(client: Client, ours: Organization) -> None:
    report = make_draft()
    sign_in(client, ours, Role.DISPATCHER)

    assert client.get(address(SituationReport, "change", report.pk)).status_code == 404


def test_a_report_as_needed_is_drafted_at_the_desk(client: Client, ours: Organization, now: str) -> None:
    sign_in(client, ours, Role.DISPATCHER)

    client.post(address(SituationReport, "add"), {"organization": ours.pk, "kind": "ad_hoc", "at": now})

    assert SituationReport.objects.get().kind == ReportKind.AD_HOC


def test_hours_and_recipients_are_rows_that_the_desk_edits(
    client: Client, ours: Organization, now: str
) -> None:
    sign_in(client, ours, Role.ADMIN)
    officer = give_role(make_user(), ours, Role.VIEWER)
    wanted = {"organization": ours.pk, "kind": "follow_up", "level": "II", "times": "09:30,06:00"}
    wanted |= {"cutoff_min": 30, "enabled": "on", "source": "本公司应急预案", "at": now}

    client.post(address(ReportSchedule, "add"), wanted)
    row = ReportSchedule.objects.get()
    assert row.times == [time(9, 30), time(6)]
    client.post(
        verb_address(row, "reschedule"),
        {"times": "07:00", "cutoff_min": 10, "enabled": "on", "source": "预案", "at": now},
    )
    row.refresh_from_db()
    assert (row.times, row.cutoff_min) == ([time(7)], 10)

    listed = {"organization": ours.pk, "user": officer.pk, "kinds": ["flash"], "enabled": "on", "at": now}
    client.post(address(ReportRecipient, "add"), listed)
    who = ReportRecipient.objects.get()
    client.post(verb_address(who, "relist"), {"kinds": ["digest"], "language": "en", "at": now})
    who.refresh_from_db()
    assert (who.kinds, who.language, who.enabled) == (["digest"], "en", False)


def test_the_api_shows_reports_to_read(client: Client, ours: Organization) -> None:
    make_outage(organization=ours, customers_affected=100)
    report = make_draft(ours)
    sign_in(client, ours, Role.VIEWER)

    answer = client.get("/api/v1/reports/", {"kind": "follow_up"}).json()

    [shown] = answer["results"]
    assert shown["uuid"] == str(report.uuid)
    assert shown["numbers"]["customers"] == {"affected": 100, "restored": 0, "remaining": 100, "unknown": 0}
    assert "停电100户" in shown["brief"]
    assert client.post("/api/v1/reports/", {}).status_code in (403, 405)


def test_a_draft_is_drafted_anew_or_not_needed(client: Client, ours: Organization, now: str) -> None:
    report = make_draft(ours)
    make_outage(organization=ours, customers_affected=11)
    sign_in(client, ours, Role.DISPATCHER)

    client.post(verb_address(report, "redraft"), {"at": now})
    report.refresh_from_db()
    assert report.numbers is not None
    assert report.numbers["customers"]["affected"] == 11

    client.post(verb_address(report, "waive"), {"at": now, "reason": "不在报送范围"})
    report.refresh_from_db()
    assert (report.state, report.end_reason) == (ReportState.WAIVED, "不在报送范围")
    assert "不在报送范围" in client.get(address(SituationReport, "change", report.pk)).content.decode()

"""Signing, sending, waiving and correcting reports; what was signed or sent never changes."""

import threading
from datetime import UTC, datetime
from email.message import EmailMessage

import pytest
from django.db import connection

from incidents.errors import BadTransition, BrokenRule, Conflict, DoesNotAddUp, Inconsistent, Missing
from incidents.journal import Actor
from incidents.models import JournalEntry, Organization
from tests.constraints import breaks
from tests.factories import make_actor, make_organization, make_outage, make_user
from tests.tracker.mailservers import Mailbox
from tests.tracker.reporters import at, load_schedules, make_company_in_a_storm, make_draft, make_step
from tests.tracker.watchers import make_member, make_post, refresh
from tracker.choices import NotificationState, ReportKind, ReportState
from tracker.models import Notification, ReportRecipient, SituationReport
from tracker.services import report_life, report_schedules
from tracker.services.notify import deliver
from tracker.services.reports import compile_due

pytestmark = pytest.mark.django_db


@pytest.fixture
def company() -> Organization:
    load_schedules()
    company = make_organization()
    make_post("D", organization=company)
    make_outage(organization=company, customers_affected=100)
    return company


@pytest.fixture
def head() -> Actor:
    return make_actor(now=at(5))


def test_a_draft_is_signed_sent_and_arrives(company: Organization, head: Actor, mailbox: Mailbox) -> None:
    draft = make_draft(company)

    signed = report_life.sign(draft, at=at(5), by=head, remark="山区道路结冰，需防滑链")
    sent = report_life.send(signed, at=at(5), by=head)
    deliver(now=at(5))

    assert (sent.state, sent.signed_by, sent.sent_by) == (ReportState.SENT, head.user, head.user)
    [row] = Notification.objects.filter(report=sent)
    assert row.state == NotificationState.ACCEPTED
    [mail] = mailbox.mails
    assert mail["Message-ID"] == row.message_id
    assert row.message_id.startswith(f"<{sent.uuid}.{row.recipient.uuid}@")
    assert "续报" in mail["Subject"]
    assert kinds(mail) == [
        "multipart/mixed",
        "multipart/alternative",
        "text/plain",
        "multipart/related",
        "text/html",
        "image/png",
        "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    ]
    assert "停电100户" in mail.get_body(("plain",)).get_content()  # type: ignore[union-attr]
    assert "山区道路结冰" in mail.get_body(("html",)).get_content()  # type: ignore[union-attr]
    deeds = list(JournalEntry.objects.filter(subject_type="situationreport").values_list("kind", flat=True))
    assert deeds == ["situation_report.signed", "situation_report.sent"]


def kinds(mail: EmailMessage) -> list[str]:
    return [part.get_content_type() for part in mail.walk()]


def test_what_was_signed_is_frozen(company: Organization, head: Actor) -> None:
    signed = report_life.sign(make_draft(company), at=at(5), by=head)

    with breaks("report_is_frozen"):
        SituationReport.objects.filter(pk=signed.pk).update(remark="anders")
    with breaks("report_is_frozen"):
        SituationReport.objects.filter(pk=signed.pk).update(
            state="sent", sent_at=at(5), sent_by=head.user, adds_up=False
        )


def test_what_was_sent_never_changes(company: Organization, head: Actor) -> None:
    sent = report_life.send(report_life.sign(make_draft(company), at=at(5), by=head), at=at(5), by=head)

    with breaks("report_is_frozen"):
        SituationReport.objects.filter(pk=sent.pk).update(numbers={})
    with breaks("report_is_frozen"):
        SituationReport.objects.filter(pk=sent.pk).update(state="drafted", sent_at=None, sent_by=None)
    with breaks("report_is_frozen"):
        SituationReport.objects.filter(pk=sent.pk)._raw_delete("default")


def test_a_correction_is_a_new_report_and_the_old_one_stays(company: Organization, head: Actor) -> None:
    sent = report_life.send(report_life.sign(make_draft(company), at=at(5), by=head), at=at(5), by=head)
    make_outage(organization=company, customers_affected=11, received_at=at(5))

    new = report_life.correct(sent, reason="漏报一条线路", at=at(5), by=head)

    sent.refresh_from_db()
    assert sent.numbers is not None
    assert new.numbers is not None
    assert sent.numbers["customers"]["affected"] == 100
    assert new.numbers["customers"]["affected"] == 111
    assert (new.corrects, new.as_of, new.state) == (sent, sent.as_of, ReportState.DRAFTED)
    with pytest.raises(BrokenRule):
        report_life.correct(sent, reason="再来", at=at(5), by=head)
    assert SituationReport.objects.count() == 2


def test_a_draft_waits_for_what_the_record_learns_only_if_it_is_drafted_anew(
    company: Organization, head: Actor
) -> None:
    draft = make_draft(company, known_at=at(4))
    make_outage(organization=company, customers_affected=11, received_at=at(5))

    draft.refresh_from_db()
    assert draft.numbers is not None
    assert draft.numbers["customers"]["affected"] == 100
    again = report_life.redraft(draft, at=at(5), by=head)

    assert again.numbers is not None
    assert again.numbers["customers"]["affected"] == 111


def test_numbers_that_do_not_add_up_are_signed_only_with_words(company: Organization, head: Actor) -> None:
    outage = make_outage(organization=company, customers_affected=100, status="restored", restored_at=at(2))
    make_step(outage, customers=50, at=at(2))
    draft = make_draft(company)
    assert draft.adds_up is False

    for said in ({}, {"despite": True}, {"remark": "有差额"}):
        with pytest.raises(DoesNotAddUp, match=f"steps: {outage.pk}"):
            report_life.sign(draft, at=at(5), by=head, **said)
    draft.refresh_from_db()
    assert draft.state == ReportState.DRAFTED
    assert not JournalEntry.objects.filter(subject_type="situationreport").exists()

    signed = report_life.sign(draft, at=at(5), by=head, despite=True, remark="末端用户数待核")
    assert signed.state == ReportState.SIGNED


def test_only_what_the_state_allows(company: Organization, head: Actor) -> None:
    draft = make_draft(company)
    with pytest.raises(BadTransition):
        report_life.send(draft, at=at(5), by=head)
    with pytest.raises(BadTransition):
        report_life.correct(draft, reason="x", at=at(5), by=head)
    sent = report_life.send(report_life.sign(draft, at=at(5), by=head), at=at(5), by=head)
    for verb in (report_life.sign, report_life.send, report_life.redraft):
        with pytest.raises(BadTransition):
            verb(sent, at=at(5), by=head)
    assert Notification.objects.count() == 1


def test_a_report_that_nobody_gets_is_not_sent(company: Organization, head: Actor) -> None:
    ReportRecipient.objects.update(enabled=False)
    signed = report_life.sign(make_draft(company), at=at(5), by=head)

    with pytest.raises(Conflict):
        report_life.send(signed, at=at(5), by=head)

    signed.refresh_from_db()
    assert signed.state == ReportState.SIGNED


def test_a_report_is_waived_with_a_reason(company: Organization, head: Actor) -> None:
    draft = make_draft(company, kind=ReportKind.FLASH)
    with pytest.raises(Missing):
        report_life.waive(draft, reason=" ", at=at(5), by=head)

    waived = report_life.waive(draft, reason="影响小，不在报送范围", at=at(5), by=head)

    assert (waived.state, waived.ended_at) == (ReportState.WAIVED, at(5))


def test_a_report_as_needed_is_composed(company: Organization, head: Actor) -> None:
    report = report_life.compose(company, kind=ReportKind.AD_HOC, at=at(4.5), by=head, remark="医院停电")

    assert report.state == ReportState.DRAFTED
    assert report.numbers is not None
    assert report.numbers["outages"]["remaining"] == 1
    with pytest.raises(BrokenRule):
        report_life.compose(company, kind=ReportKind.AD_HOC, at=at(4.5), by=head)
    with pytest.raises(Inconsistent):
        report_life.compose(company, kind=ReportKind.DIGEST, at=at(4), by=head)
    assert SituationReport.objects.count() == 1


def test_own_recipients_go_before_those_for_all_and_each_gets_one_mail_in_a_language(
    company: Organization, head: Actor, mailbox: Mailbox
) -> None:
    officer = make_member(make_user(), company)
    post = make_post("E", organization=company, user=officer)
    for who in ({"user": officer, "language": "en"}, {"role": post.role}):
        report_schedules.enlist(
            organization=company,
            kinds=[ReportKind.FOLLOW_UP],
            at=at(0),
            by=head,
            **who,
        )

    report_life.send(report_life.sign(make_draft(company), at=at(5), by=head), at=at(5), by=head)
    deliver(now=at(5))

    assert mailbox.recipients == [officer.email]
    assert "Follow-up report" in mailbox.mails[0]["Subject"]


@pytest.mark.parametrize(("formal", "times"), [(True, 2), (False, 1)])
def test_a_mail_without_an_answer_is_repeated_only_for_a_duty(
    company: Organization,
    head: Actor,
    mailbox: Mailbox,
    formal: bool,  # noqa: FBT001 - a case
    times: int,
) -> None:
    report = make_draft(company)
    report_life.send(report_life.sign(report, at=at(5), by=head), at=at(5), by=head)
    row = Notification.objects.get()
    Notification.objects.update(
        state="leased",
        next_try_at=None,
        at_most_once=not formal,
        lease_token="00000000-0000-0000-0000-000000000001",
        lease_until=datetime(2024, 1, 1, tzinfo=UTC),
        data_started_at=datetime(2024, 1, 1, tzinfo=UTC),
        composed_at=at(5),
        subject="s",
        body_text="t",
    )

    deliver(now=at(5.1))

    refresh(row)
    assert len(mailbox.mails) == times - 1
    assert (row.state == NotificationState.ACCEPTED) is formal
    assert (row.state == NotificationState.UNCERTAIN) is not formal


@pytest.mark.django_db(transaction=True)
def test_two_engines_at_once_make_every_report_once() -> None:
    load_schedules()
    company, _storm = make_company_in_a_storm()
    make_post("D", organization=company)
    now = datetime(2024, 2, 27, 0, 0, tzinfo=UTC)
    errors: list[BaseException] = []

    def engine() -> None:
        try:
            for _ in range(3):
                compile_due(now=now)
        except BaseException as error:  # noqa: BLE001 - told to the test
            errors.append(error)
        finally:
            connection.close()

    engines = [threading.Thread(target=engine) for _ in range(4)]
    for each in engines:
        each.start()
    for each in engines:
        each.join()

    assert errors == []
    keys = list(SituationReport.objects.values_list("organization", "kind", "as_of"))
    assert len(keys) == len(set(keys)) == 4
    assert Notification.objects.count() == 1

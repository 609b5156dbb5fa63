"""What is held back, until when and why, and how it is told in the end."""

from datetime import datetime, timedelta

import pytest

from incidents.choices import OrganizationLevel
from incidents.models import Organization, User
from tests.factories import make_actor, make_organization, make_user
from tests.tracker.mailservers import Mailbox
from tests.tracker.watchers import load_rule, load_rules, make_alert, make_notification, make_post, minutes
from tracker.choices import HeldBy, NoticeKind, NotificationState, QuietPolicy, StormPolicy, StormSwitch
from tracker.models import Alert, AlertEvent, Notification, StormMode
from tracker.services import alerts, digests, storms
from tracker.services.digests import Released
from tracker.services.escalate import escalate
from tracker.services.notify import deliver

pytestmark = pytest.mark.django_db
MIDNIGHT = minutes(4 * 60)  # the storm night begins at 20:00 in China
MORNING = minutes(10 * 60)


@pytest.fixture
def ours(db: None) -> Organization:
    load_rules()
    return make_organization()


@pytest.fixture
def officer(ours: Organization) -> User:
    return make_post("D", organization=ours).user


def warn(ours: Organization, at: datetime, **over: object) -> Alert:
    """An alert of yellow, due at a moment."""
    values = {"band": "yellow", "severity": "warning", "opened_at": at, "climb_at": at, "next_due_at": at}
    return make_alert(organization=ours, **(values | over))


def notice(ours: Organization, at: datetime, **over: object) -> Alert:
    return warn(ours, at, band="blue", severity="notice", **over)


def row_of(alert: Alert) -> Notification:
    return Notification.objects.get(alert=alert, kind=NoticeKind.STEP)


def held(alert: Alert) -> tuple[str, datetime | None]:
    row = row_of(alert)
    return row.held_by, row.held_until


def mails(count: int, to: User, at: datetime, **over: object) -> None:
    alert = Alert.objects.first() or make_alert(next_due_at=None)
    for number in range(count):
        make_notification(alert=alert, recipient=to, created_at=at, repeat=number + 1, **over)


def test_the_first_is_told_at_once_and_those_within_two_minutes_together(
    ours: Organization, officer: User, mailbox: Mailbox
) -> None:
    first, second = warn(ours, minutes(0)), warn(ours, minutes(0))
    escalate(now=minutes(0))
    third = warn(ours, minutes(1))
    escalate(now=minutes(1))

    assert held(first) == ("", None)
    assert held(second) == held(third) == (HeldBy.BUNDLE, minutes(2))
    assert digests.release(now=minutes(1.9)) == Released()
    assert digests.release(now=minutes(2)) == Released(digests=1, told=2)
    deliver(now=minutes(2))

    assert [mail["To"] for mail in mailbox.mails] == [officer.email] * 2
    digest = Notification.objects.get(kind=NoticeKind.DIGEST)
    assert {row_of(second).digest, row_of(third).digest} == {digest}
    assert row_of(second).state == NotificationState.DIGESTED
    told = mailbox.mails[1].get_content()
    assert mailbox.mails[1]["Subject"].startswith("【汇总】2条告警：【黄色】")
    assert told.count("http://testserver/a/") == 2
    assert "两分钟内的告警合并发送" in told


def test_the_last_mail_begins_two_minutes_whatever_it_was(ours: Organization, officer: User) -> None:
    mails(1, officer, minutes(0), urgency=3)
    inside, outside = warn(ours, minutes(1)), warn(ours, minutes(2))

    escalate(now=minutes(1))
    assert held(inside) == (HeldBy.BUNDLE, minutes(2))
    digests.release(now=minutes(2))
    escalate(now=minutes(4))
    assert held(outside) == ("", None)


@pytest.mark.parametrize("at", [minutes(0), MIDNIGHT])
def test_critical_is_never_held(ours: Organization, officer: User, at: datetime) -> None:
    mails(30, officer, at - timedelta(minutes=1))
    storms.switch(ours, on=True, until=at + timedelta(hours=9), reason="冰灾", at=at, by=make_actor())
    red = [warn(ours, at, band="red", severity="critical") for _ in range(3)]

    escalate(now=at)

    assert [held(alert) for alert in red] == [("", None)] * 3


@pytest.mark.parametrize(
    ("at", "until"),
    [
        (minutes(119), None),
        (minutes(120), MORNING),
        (MIDNIGHT, MORNING),
        (minutes(599), MORNING),
        (MORNING, None),
    ],
)
def test_little_waits_for_the_morning_and_a_warning_does_not(
    ours: Organization, officer: User, at: datetime, until: datetime | None
) -> None:
    blue = notice(ours, at)
    escalate(now=at)
    yellow = warn(ours, at + timedelta(minutes=3))
    escalate(now=at + timedelta(minutes=3))

    assert held(blue) == ((HeldBy.QUIET if until else ""), until)
    assert held(yellow) == ("", None)


def test_from_the_thirteenth_mail_of_an_hour_on_a_digest_each_quarter(
    ours: Organization, officer: User
) -> None:
    mails(12, officer, minutes(-10))
    mails(5, officer, minutes(-10), urgency=3, level=2)  # critical ones do not count
    first = warn(ours, minutes(0))
    escalate(now=minutes(0))
    digests.release(now=minutes(0))
    second = warn(ours, minutes(5))
    escalate(now=minutes(5))
    third = warn(ours, minutes(51))
    digests.release(now=minutes(15))
    escalate(now=minutes(51))

    assert held(first) == (HeldBy.CAP, minutes(0))
    assert held(second) == (HeldBy.CAP, minutes(15))
    assert held(third) == ("", None)


def test_ten_alerts_of_one_county_within_the_half_hour_are_a_storm(ours: Organization, officer: User) -> None:
    station = make_organization(parent=ours, level=OrganizationLevel.STATION)
    for _ in range(9):
        warn(ours, minutes(0), next_due_at=None)
    assert storms.count(now=minutes(0)) == 0
    tenth = warn(station, minutes(1))
    assert storms.count(now=minutes(1)) == 1
    escalate(now=minutes(1))

    mode = StormMode.objects.get()
    assert (mode.organization, mode.switch, mode.alerts) == (ours, StormSwitch.COUNTED, 10)
    assert (mode.since_at, mode.until_at) == (minutes(1), minutes(31))
    assert held(tenth) == (HeldBy.STORM, minutes(1))


def test_a_storm_is_prolonged_while_it_lasts_and_ends_half_an_hour_later(ours: Organization) -> None:
    for _ in range(10):
        warn(ours, minutes(0), next_due_at=None)
    storms.count(now=minutes(0))
    storms.count(now=minutes(4))
    assert StormMode.objects.get().until_at == minutes(30)
    storms.count(now=minutes(20))
    assert StormMode.objects.get().until_at == minutes(50)
    storms.count(now=minutes(45))

    assert StormMode.objects.get().until_at == minutes(50)


def test_a_drill_is_a_storm_of_its_own(ours: Organization, officer: User) -> None:
    for _ in range(10):
        warn(ours, minutes(0), next_due_at=None, is_exercise=True)
    storms.count(now=minutes(0))
    real = warn(ours, minutes(0))
    escalate(now=minutes(0))

    assert StormMode.objects.get().is_exercise
    assert held(real) == ("", None)


def test_in_a_storm_there_is_a_digest_at_once_and_then_each_quarter(
    ours: Organization, officer: User, mailbox: Mailbox
) -> None:
    storms.switch(ours, on=True, until=minutes(300), reason="冰灾", at=minutes(0), by=make_actor())
    for _ in range(3):
        warn(ours, minutes(0))
    escalate(now=minutes(0))
    digests.release(now=minutes(0))
    late = warn(ours, minutes(7))
    escalate(now=minutes(7))
    digests.release(now=minutes(14))
    deliver(now=minutes(14))
    assert len(mailbox.mails) == 1
    assert held(late) == (HeldBy.STORM, minutes(15))
    digests.release(now=minutes(15))
    deliver(now=minutes(15))

    assert ["3条" in str(mailbox.mails[0]["Subject"]), "1条" in str(mailbox.mails[1]["Subject"])] == [
        True
    ] * 2
    assert "风暴模式，每15分钟汇总一次" in mailbox.mails[0].get_content()


@pytest.mark.parametrize(("on", "expected"), [(True, HeldBy.STORM), (False, "")])
def test_a_person_goes_before_the_count_and_below_counts_too(
    ours: Organization, officer: User, *, on: bool, expected: str
) -> None:
    city = make_organization(level=OrganizationLevel.CITY)
    Organization.objects.filter(pk=ours.pk).update(parent=city)
    StormMode.objects.create(
        organization=ours, switch="counted", since_at=minutes(0), until_at=minutes(30), alerts=10
    )
    storms.switch(city, on=on, until=minutes(60), reason="试", at=minutes(0), by=make_actor())
    alert = warn(ours, minutes(1))
    escalate(now=minutes(1))

    assert held(alert)[0] == expected


@pytest.mark.parametrize(
    ("policy", "storm_min", "expected"),
    [
        (StormPolicy.SEVERITY, 60, HeldBy.STORM),
        (StormPolicy.SINGLE, 60, ""),
        (StormPolicy.DIGEST, 60, HeldBy.STORM),
        (StormPolicy.SEVERITY, None, ""),
        (StormPolicy.DIGEST, None, HeldBy.STORM),
    ],
)
def test_a_rule_says_whether_its_mails_go_singly_but_for_critical(
    ours: Organization, officer: User, policy: StormPolicy, storm_min: int | None, expected: str
) -> None:
    rule = load_rule("E01", storm_policy=policy)
    if storm_min:
        storms.switch(ours, on=True, until=minutes(storm_min), reason="冰灾", at=minutes(0), by=make_actor())
    red = warn(ours, minutes(0), rule=rule, band="red", severity="critical")
    escalate(now=minutes(0))
    yellow = warn(ours, minutes(5), rule=rule)
    escalate(now=minutes(5))

    assert (held(red)[0], held(yellow)[0]) == ("", expected)


def test_a_rule_whose_little_waits_for_no_morning(ours: Organization, officer: User) -> None:
    blue = notice(ours, MIDNIGHT, rule=load_rule("E01", quiet=QuietPolicy.NEVER))
    escalate(now=MIDNIGHT)

    assert held(blue) == ("", None)


def test_what_nobody_needs_any_more_is_not_in_the_digest(
    ours: Organization, officer: User, mailbox: Mailbox
) -> None:
    first, gone, kept = (warn(ours, minutes(0)) for _ in range(3))
    escalate(now=minutes(0))
    alerts.acknowledge(gone, at=minutes(1), by=make_actor())

    assert digests.release(now=minutes(2)) == Released(digests=1, told=1, superseded=1)
    alerts.acknowledge(kept, at=minutes(2), by=make_actor())
    done = deliver(now=minutes(2))

    assert row_of(gone).state == NotificationState.SUPERSEDED
    assert (done.accepted, done.superseded) == (1, 1)
    assert Notification.objects.get(kind=NoticeKind.DIGEST).state == NotificationState.SUPERSEDED
    assert row_of(first).state == NotificationState.ACCEPTED


def test_after_a_stop_one_mail_a_person_tells_how_things_stand(
    ours: Organization, officer: User, mailbox: Mailbox
) -> None:
    red = warn(ours, minutes(0), band="red", severity="critical")
    yellow = warn(ours, minutes(0))
    over = warn(ours, minutes(0))
    alerts.acknowledge(over, at=minutes(1), by=make_actor())

    escalate(now=minutes(50))
    digests.release(now=minutes(50))
    deliver(now=minutes(50))

    assert held(red) == held(yellow) == (HeldBy.STOP, minutes(50))
    assert len(mailbox.mails) == 1
    assert str(mailbox.mails[0]["Subject"]).startswith("【汇总】2条告警：【红色】")
    assert "系统曾停止运行" in mailbox.mails[0].get_content()
    event = AlertEvent.objects.get(alert=red, kind="told")
    assert event.detail["skipped"] == [1, 2, 3]


def test_a_closed_account_gets_no_digest(ours: Organization, officer: User) -> None:
    warn(ours, minutes(0))
    warn(ours, minutes(0))
    escalate(now=minutes(0))
    User.objects.filter(pk=officer.pk).update(is_active=False)

    assert digests.release(now=minutes(2)) == Released(superseded=1)


def test_a_digest_names_thirty_and_counts_the_others(
    ours: Organization, officer: User, mailbox: Mailbox
) -> None:
    for _ in range(33):
        warn(ours, minutes(0))
    storms.switch(ours, on=True, until=minutes(300), reason="冰灾", at=minutes(0), by=make_actor())
    escalate(now=minutes(0))
    digests.release(now=minutes(0))
    deliver(now=minutes(0))

    text = mailbox.mails[0].get_content()
    assert "以下33条" in text
    assert text.count("/a/") == 30
    assert "另有3条" in text


def test_a_rule_without_words_does_not_keep_a_digest_back(
    ours: Organization, officer: User, mailbox: Mailbox
) -> None:
    storms.switch(ours, on=True, until=minutes(300), reason="冰灾", at=minutes(0), by=make_actor())
    warn(ours, minutes(0), rule_code="E99")
    warn(ours, minutes(0))
    escalate(now=minutes(0))
    digests.release(now=minutes(0))

    assert deliver(now=minutes(0)).accepted == 1
    assert "E99 yellow" in mailbox.mails[0].get_content()


def test_somebody_without_an_address_any_more_stays_owed(ours: Organization, officer: User) -> None:
    first, second = warn(ours, minutes(0)), warn(ours, minutes(0))
    escalate(now=minutes(0))
    User.objects.filter(pk=officer.pk).update(email="")

    assert digests.release(now=minutes(2)) == Released()
    assert row_of(second).state == NotificationState.HELD
    assert row_of(first).state == NotificationState.QUEUED


def test_others_are_not_bundled_with_one(ours: Organization, officer: User) -> None:
    other = make_post("D", organization=ours, user=make_user(language="en")).user
    warn(ours, minutes(0))
    warn(ours, minutes(0))
    escalate(now=minutes(0))

    rows = Notification.objects.values_list("recipient", "state").order_by("recipient", "state")
    assert list(rows) == [
        (officer.pk, "held"),
        (officer.pk, "queued"),
        (other.pk, "held"),
        (other.pk, "queued"),
    ]

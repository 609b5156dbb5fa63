"""Rotations, standing in, exchanging, gaps, and who counts as nobody."""

from datetime import datetime, timedelta
from itertools import pairwise

import pytest

from incidents.errors import (
    BadTransition,
    BrokenRule,
    Inconsistent,
    Missing,
    NotTheirs,
    OutOfRange,
    WithoutRole,
)
from incidents.journal import Actor
from incidents.models import JournalEntry, Membership, Organization, User
from tests.factories import STORM_NIGHT, make_actor, make_organization, make_user
from tests.tracker.mailservers import Mailbox
from tests.tracker.watchers import load_rules, make_alert, make_member, make_post, minutes, told
from tracker.checks.duty import DUTY_GAP
from tracker.choices import DutyRole, RotationPattern, SwapState
from tracker.models import Alert, DutyNeed, DutyPost, DutyWish, Notification, Rotation, RuleLevel
from tracker.selectors.duty import OnDuty, on_duty, shifts_of
from tracker.services import calendars, duty, rotations, shifts, swaps
from tracker.services.escalate import escalate
from tracker.services.evaluate import Evaluated, evaluate
from tracker.services.notify import deliver

pytestmark = pytest.mark.django_db
DUTY = DutyRole.DUTY_OFFICER
HOUR, DAY = timedelta(hours=1), timedelta(days=1)
MORNING = datetime.fromisoformat("2024-02-26T08:30:00+08:00")


@pytest.fixture
def ours(db: None) -> Organization:
    return make_organization()


@pytest.fixture
def people(ours: Organization) -> list[User]:
    return [make_member(make_user(), ours) for _ in range(4)]


def rotate(
    ours: Organization,
    people: list[User],
    by: Actor,
    pattern: RotationPattern = RotationPattern.DAILY,
    starts_at: datetime = MORNING,
) -> Rotation:
    return rotations.make(
        organization=ours,
        role=DUTY,
        name="配调值班",
        pattern=pattern,
        starts_at=starts_at,
        people=people,
        at=STORM_NIGHT,
        by=by,
    )


def who(ours: Organization, at: datetime) -> list[int]:
    return [each.user_id for each in on_duty(ours, roles=[DUTY], now=at)]


def test_one_follows_the_other_day_after_day(ours: Organization, people: list[User], by: Actor) -> None:
    rotation = rotate(ours, people, by)

    assert [who(ours, MORNING + number * DAY) for number in range(5)] == [
        [people[number % 4].pk] for number in range(5)
    ]
    assert who(ours, MORNING + DAY - timedelta(seconds=1)) == [people[0].pk]
    assert rotation.planned_until == STORM_NIGHT + rotations.AHEAD
    assert DutyNeed.objects.get().role == DUTY
    assert JournalEntry.objects.filter(kind="rotation.made").exists()


def test_whoever_has_the_day_has_the_next_night_and_then_is_off(
    ours: Organization, people: list[User], by: Actor
) -> None:
    rotate(ours, people, by, RotationPattern.DAY_NIGHT)

    halves = [who(ours, MORNING + number * 12 * HOUR) for number in range(8)]
    places = [[user.pk for user in people].index(one) for (one,) in halves]
    assert places == [0, 3, 1, 0, 2, 1, 3, 2]


def test_a_week_each(ours: Organization, people: list[User], by: Actor) -> None:
    rotate(ours, people[:2], by, RotationPattern.WEEKLY)

    assert who(ours, MORNING + 6 * DAY) == [people[0].pk]
    assert who(ours, MORNING + 7 * DAY) == [people[1].pk]


def test_a_rotation_is_planned_on_and_on_without_a_seam(
    ours: Organization, people: list[User], by: Actor
) -> None:
    rotate(ours, people, by, RotationPattern.DAY_NIGHT)
    assert rotations.plan(now=STORM_NIGHT) == 0
    for day in range(1, 40):
        rotations.plan(now=STORM_NIGHT + day * DAY)
        rotations.plan(now=STORM_NIGHT + day * DAY)

    posts = list(DutyPost.objects.order_by("since_at").values_list("since_at", "until_at"))
    assert len(posts) == 2 * (60 + 39) + 1
    assert all(before[1] == after[0] for before, after in pairwise(posts))


def test_ending_a_rotation_takes_back_what_has_not_begun(
    ours: Organization, people: list[User], by: Actor
) -> None:
    rotation = rotate(ours, people, by)

    rotations.end(rotation, at=STORM_NIGHT, by=by, reason="改班制")

    assert who(ours, STORM_NIGHT) == [people[0].pk]
    assert who(ours, MORNING + DAY) == []
    assert rotations.plan(now=STORM_NIGHT + 9 * DAY) == 0
    with pytest.raises(BadTransition):
        rotations.end(rotation, at=STORM_NIGHT, by=by, reason="再次")


def test_refuses_too_few_a_stranger_and_somebody_twice(
    ours: Organization, people: list[User], by: Actor
) -> None:
    with pytest.raises(OutOfRange):
        rotate(ours, people[:2], by, RotationPattern.DAY_NIGHT)
    with pytest.raises(WithoutRole):
        rotate(ours, [*people, make_user()], by)
    with pytest.raises(BrokenRule, match="rotation_person_once"):
        rotate(ours, [people[0], people[0]], by)

    assert not Rotation.objects.exists()
    assert not DutyPost.objects.exists()


def test_somebody_stands_in_and_before_and_after_it_stays(
    ours: Organization, people: list[User], by: Actor
) -> None:
    rotate(ours, people[:1], by)
    post = DutyPost.objects.get(since_at=MORNING + DAY)
    since, until = MORNING + DAY + 2 * HOUR, MORNING + DAY + 4 * HOUR

    taken = duty.override(
        post, user=people[1], since=since, until=until, reason="生病", at=STORM_NIGHT, by=by
    )

    asked = [since - HOUR, since, until - HOUR, until]
    assert [who(ours, at) for at in asked] == [
        [people[0].pk],
        [people[1].pk],
        [people[1].pk],
        [people[0].pk],
    ]
    assert (taken.instead_of, taken.rotation) == (post, post.rotation)
    kinds = list(JournalEntry.objects.filter(reason="生病").values_list("kind", flat=True))
    assert kinds == ["duty_post.handed_over"]


def test_what_lies_behind_is_not_rewritten(ours: Organization, people: list[User], by: Actor) -> None:
    post = make_post("D", organization=ours, user=people[0])
    duty.override(
        post,
        user=people[1],
        since=minutes(-50),
        until=minutes(60),
        reason="换人",
        at=minutes(10),
        by=by,
    )

    assert (who(ours, minutes(9)), who(ours, minutes(10))) == ([people[0].pk], [people[1].pk])
    assert who(ours, minutes(60)) == [people[0].pk]
    with pytest.raises(Inconsistent):
        duty.override(
            post, user=people[1], since=minutes(0), until=minutes(5), reason="晚了", at=minutes(20), by=by
        )
    with pytest.raises(Missing):
        duty.override(
            post, user=people[1], since=minutes(0), until=minutes(5), reason=" ", at=minutes(0), by=by
        )


def test_two_exchange_shifts_when_both_have_said_so(
    ours: Organization, people: list[User], by: Actor
) -> None:
    rotate(ours, people[:2], by)
    first = DutyPost.objects.get(since_at=MORNING + 2 * DAY)
    second = DutyPost.objects.get(since_at=MORNING + 3 * DAY)
    one, other = make_actor(user=people[0]), make_actor(user=people[1])

    swap = swaps.offer(first, wanted=second, at=STORM_NIGHT, by=one)
    assert who(ours, first.since_at) == [people[0].pk]
    for actor in (one, by):
        with pytest.raises(NotTheirs):
            swaps.agree(swap, at=STORM_NIGHT, by=actor)
    agreed = swaps.agree(swap, at=STORM_NIGHT, by=other)

    assert (agreed.state, agreed.answered_by) == (SwapState.AGREED, people[1])
    assert who(ours, first.since_at) == [people[1].pk]
    assert who(ours, second.since_at) == [people[0].pk]
    with pytest.raises(BadTransition):
        swaps.decline(swap, at=STORM_NIGHT, by=other)


def test_an_exchange_is_offered_by_its_owner_declined_and_taken_back(
    ours: Organization, people: list[User], by: Actor
) -> None:
    rotate(ours, people[:2], by)
    mine = DutyPost.objects.get(since_at=MORNING + 2 * DAY)
    theirs = DutyPost.objects.get(since_at=MORNING + 3 * DAY)
    begun = DutyPost.objects.get(since_at=MORNING)
    me = make_actor(user=people[0])

    with pytest.raises(NotTheirs):
        swaps.offer(mine, wanted=theirs, at=STORM_NIGHT, by=by)
    with pytest.raises(Inconsistent):
        swaps.offer(mine, wanted=begun, at=STORM_NIGHT, by=me)
    swap = swaps.offer(mine, wanted=theirs, at=STORM_NIGHT, by=me)
    with pytest.raises(NotTheirs):
        swaps.decline(swap, at=STORM_NIGHT, by=by)
    assert swaps.decline(swap, at=STORM_NIGHT, by=me).state == SwapState.DECLINED
    assert who(ours, mine.since_at) == [people[0].pk]


def test_a_role_that_was_taken_away_is_nobody(ours: Organization, people: list[User], by: Actor) -> None:
    post = make_post("D", organization=ours, user=people[0])
    assert on_duty(ours, roles=[DUTY], now=minutes(0)) == [OnDuty(role=DUTY, user_id=post.user_id)]
    Membership.objects.update(until_at=minutes(1))

    assert who(ours, minutes(1)) == []
    with pytest.raises(WithoutRole):
        duty.take(user=people[0], organization=ours, role=DutyRole.CONTROL, at=minutes(2), by=_at(by, 2))


def _at(by: Actor, minute: float) -> Actor:
    return make_actor(user=by.user, now=minutes(minute))


def test_a_gap_is_told_seven_days_ahead_and_gets_graver(
    ours: Organization, people: list[User], by: Actor
) -> None:
    load_rules("E39")
    rotations.need(organization=ours, role=DUTY, at=STORM_NIGHT, by=by)
    ends = STORM_NIGHT + 10 * DAY
    make_post("D", organization=ours, user=people[0], until_at=ends)
    looked = {}
    for at in (ends - 7 * DAY, ends - 7 * DAY + HOUR, ends - DAY, ends):
        evaluate(now=at, checks=[DUTY_GAP])
        looked[at] = list(Alert.objects.values_list("band", "severity", "state"))

    assert list(looked.values()) == [
        [],
        [("ahead", "notice", "firing")],
        [("soon", "warning", "firing")],
        [("now", "critical", "firing")],
    ]
    alert = Alert.objects.get()
    assert alert.facts == {"post": ours.name, "role": "D", "gap_from_at": alert.facts["gap_from_at"]}
    assert datetime.fromisoformat(alert.facts["gap_from_at"]) == ends
    make_post("D", organization=ours, user=people[1], since_at=ends)
    assert evaluate(now=ends + HOUR, checks=[DUTY_GAP]) == Evaluated(resolved=1)


def test_the_mail_about_a_gap_says_where_and_when(
    ours: Organization, people: list[User], by: Actor, mailbox: Mailbox
) -> None:
    load_rules("E39")
    rotations.need(organization=ours, role=DUTY, at=STORM_NIGHT, by=by)
    make_post("D", organization=ours, user=people[0], until_at=minutes(300))
    make_post("D", organization=ours, user=people[0], since_at=minutes(360))
    make_post("O", organization=ours)
    evaluate(now=minutes(0), checks=[DUTY_GAP])
    escalate(now=minutes(0))
    deliver(now=minutes(0))

    mail = mailbox.mails[0]
    assert str(mail["Subject"]).startswith(f"【值班空缺】{ours.name} ")
    assert "02-27 01:00起无人值班" in str(mail["Subject"])
    assert "空缺：02-27 01:00起，至02-27 02:00" in mail.get_content()


def test_off_duty_nobody_is_told_unless_the_level_says_so_and_he_wished_it(ours: Organization) -> None:
    rule = load_rules()
    off = make_post("D", organization=ours, until_at=minutes(-30)).user
    on = make_post("D", organization=ours).user
    RuleLevel.objects.create(
        rule=rule, band="violet", position=1, after_min=0, roles=["D"], regardless_of_duty=True
    )
    RuleLevel.objects.create(rule=rule, band="white", position=1, after_min=0, roles=["D"])
    before, plain, wished = (
        make_alert(organization=ours, rule=rule, band=band) for band in ("violet", "white", "violet")
    )
    Alert.objects.exclude(pk=before.pk).update(next_due_at=minutes(1))
    escalate(now=minutes(0))
    DutyWish.objects.create(user=off, off_duty_mails=True)
    escalate(now=minutes(1))

    assert told(before) == told(plain) == [(1, 0, on.pk)]
    assert told(wished) == [(1, 0, pk) for pk in sorted((on.pk, off.pk))]


def test_a_mail_before_the_shift_for_who_wishes_it_once(
    ours: Organization, people: list[User], mailbox: Mailbox
) -> None:
    calendars.wish(shift_mails=True, off_duty_mails=False, at=STORM_NIGHT, by=make_actor(user=people[0]))
    for user in people[:2]:
        make_post("D", organization=ours, user=user, since_at=minutes(60), until_at=minutes(120))

    counts = [shifts.tell(now=minutes(at)) for at in (29, 30, 31, 59, 60)]
    deliver(now=minutes(31))

    assert counts == [0, 1, 0, 0, 0]
    assert [mail["To"] for mail in mailbox.mails] == [people[0].email]
    assert str(mailbox.mails[0]["Subject"]).startswith("【值班】02-26 21:00 ")
    assert Notification.objects.get().due_at == minutes(30)


def test_a_shift_without_an_end_is_announced_too(
    ours: Organization, people: list[User], mailbox: Mailbox
) -> None:
    calendars.wish(shift_mails=True, off_duty_mails=False, at=STORM_NIGHT, by=make_actor(user=people[0]))
    make_post("D", organization=ours, user=people[0], since_at=minutes(20))
    shifts.tell(now=minutes(0))

    assert deliver(now=minutes(1)).accepted == 1
    assert [mail["To"] for mail in mailbox.mails] == [people[0].email]


def test_a_shift_that_was_handed_over_is_not_announced(
    ours: Organization, people: list[User], by: Actor, mailbox: Mailbox
) -> None:
    calendars.wish(shift_mails=True, off_duty_mails=False, at=STORM_NIGHT, by=make_actor(user=people[0]))
    post = make_post("D", organization=ours, user=people[0], since_at=minutes(20), until_at=minutes(90))
    shifts.tell(now=minutes(0))
    duty.override(
        post, user=people[1], since=minutes(0), until=minutes(90), reason="生病", at=minutes(1), by=by
    )

    assert deliver(now=minutes(1)).superseded == 1
    assert mailbox.mails == []
    assert shifts_of(people[0], now=minutes(1)) == []
    assert len(shifts_of(people[1], now=minutes(1))) == 1

import pytest

from incidents.errors import BrokenRule
from incidents.journal import Actor
from incidents.models import JournalEntry
from tests.factories import make_organization, make_user
from tests.tracker.watchers import make_member, make_post, minutes
from tracker.choices import DutyRole
from tracker.models import DutyPost
from tracker.selectors.duty import OnDuty, on_duty
from tracker.services import duty

pytestmark = pytest.mark.django_db
DUTY = DutyRole.DUTY_OFFICER


def test_takes_and_leaves_a_post_with_entries_in_the_journal(by: Actor) -> None:
    organization = make_organization()
    user = make_member(make_user(), organization)

    post = duty.take(user=user, organization=organization, role=DUTY, at=minutes(0), by=by)
    before = on_duty(organization, roles=[DUTY], now=minutes(9))
    duty.leave(post, at=minutes(10), by=by, reason="交班")

    assert before == [OnDuty(role=DUTY, user_id=user.pk)]
    assert on_duty(organization, roles=[DUTY], now=minutes(10)) == []
    assert [(e.kind, e.organization, e.reason) for e in JournalEntry.objects.order_by("id")] == [
        ("duty_post.taken", organization, ""),
        ("duty_post.left", organization, "交班"),
    ]


def test_refuses_to_take_a_post_that_is_held_already(by: Actor) -> None:
    post = make_post(DUTY)

    with pytest.raises(BrokenRule, match="duty_held_once_at_a_time"):
        duty.take(user=post.user, organization=post.organization, role=DUTY, at=minutes(0), by=by)

    assert DutyPost.objects.count() == 1
    assert not JournalEntry.objects.exists()


def test_refuses_to_leave_before_it_began(by: Actor) -> None:
    post = make_post(DUTY)

    with pytest.raises(BrokenRule, match="duty_since_until_in_order"):
        duty.leave(post, at=minutes(-61), by=by)

    assert DutyPost.objects.get().until_at is None

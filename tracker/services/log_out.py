"""A phone is put down for good: it is shut out, and its person is no longer told, where somebody else is."""

from contextlib import suppress
from dataclasses import dataclass

from django.db import transaction
from django.db.models import Q

from incidents.journal import Actor
from incidents.models import Device
from incidents.services import devices
from tracker.choices import DutyRole
from tracker.models import DutyPost
from tracker.selectors.duty import on_duty
from tracker.services import duty

REASON = "log-out"


@dataclass(frozen=True, kw_only=True)
class PutDown:
    """What became of the duty posts that the person held.

    Attributes:
        left: Posts that ended: no more mails of these.
        kept: Posts that go on, because another phone of the person does, the person wanted it so, or nobody
            else would be told.
    """

    left: list[DutyPost]
    kept: list[DutyPost]


@transaction.atomic
def log_out(device: Device, *, by: Actor, stay_on_duty: bool = False) -> PutDown:
    """Shut a phone out at once, and end what its person is told through it.

    Alerts go by mail to people on duty, to no phone. So logging out of the last phone leaves the person's
    posts of now, except one in which nobody else up to the top would be told: an alert that reaches nobody
    is worse than a mail too many. Shifts that are still to come stay.

    Args:
        device: The phone.
        by: Its person.
        stay_on_duty: Keep the posts in any case.
    """
    devices.log_out(device, by=by)
    others = Device.objects.filter(user=by.user, revoked_at=None, expires_at__gt=by.now)
    stays = stay_on_duty or others.exists()
    put_down = PutDown(left=[], kept=[])
    for post in _held(by):
        left = None if stays else _left(post, by)
        (put_down.kept if left is None else put_down.left).append(left or post)
    return put_down


def _held(by: Actor) -> list[DutyPost]:
    """Return the person's posts of now; all posts of these roles are locked: not everybody leaves at once."""
    now = Q(since_at__lte=by.now) & (Q(until_at=None) | Q(until_at__gt=by.now))
    roles = list(DutyPost.objects.filter(now, user=by.user).values_list("role", flat=True))
    locked = DutyPost.objects.select_for_update(of=["self"]).filter(now, role__in=roles)
    all_of_them = list(locked.select_related("organization", "user").order_by("pk"))
    return [post for post in all_of_them if post.user_id == by.user.pk]


def _left(post: DutyPost, by: Actor) -> DutyPost | None:
    """Leave a post; None where nobody else would be told then, and nothing is written."""
    with suppress(_NobodyElseError), transaction.atomic():
        left = duty.leave(post, at=by.now, by=by, reason=REASON)
        if not on_duty(post.organization, roles=[DutyRole(post.role)], now=by.now):
            raise _NobodyElseError
        return left
    return None


class _NobodyElseError(Exception):
    """Undoes the leaving."""

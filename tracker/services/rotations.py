"""Rotations: made, ended, and planned some weeks ahead; each shift is a duty post."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from django.db import transaction

from incidents import journal
from incidents.errors import BadTransition, OutOfRange
from incidents.journal import Actor
from incidents.models import Organization, User
from incidents.services import facts
from incidents.services.storing import store
from tracker.choices import DutyRole, RotationPattern
from tracker.models import DutyNeed, DutyPost, Rotation, RotationMember
from tracker.rules.rotations import FEWEST, WEEK, turns
from tracker.services import duty

AHEAD = timedelta(days=60)  # shifts are there for that long ahead
AGAIN = timedelta(days=1)  # and are planned further once a day
MOST = 30  # people


@transaction.atomic
def make(
    *,
    organization: Organization,
    role: DutyRole,
    name: str,
    pattern: RotationPattern,
    starts_at: datetime,
    people: Sequence[User],
    at: datetime,
    by: Actor,
) -> Rotation:
    """Let people take turns in a role, and say that it has to be manned; shifts that are over are not made.

    Args:
        organization: Where.
        role: In which role.
        name: What the rotation is called.
        pattern: How they follow each other.
        starts_at: Beginning of the first shift; its local time (Asia/Shanghai) is that of every handover.
        people: Who, in order.
        at: When it was decided.
        by: Who decided.

    Raises:
        OutOfRange: If there are too few people for the pattern, or too many.
        WithoutRole: If one of them has no role there or no open account.
        BrokenRule: If one of them is named twice, or holds the post already at the time of a shift.
    """
    if not FEWEST[pattern] <= len(people) <= MOST:
        raise OutOfRange(field="people", value=len(people), low=FEWEST[pattern], high=MOST)
    for user in people:
        duty.require_role(user, organization, now=by.now)
    rotation = Rotation(
        organization=organization,
        role=role,
        name=name,
        pattern=pattern,
        starts_at=starts_at,
        planned_until=max(starts_at, at - WEEK),
        next_due_at=at + AGAIN,
    )
    store(rotation)
    for position, user in enumerate(people):
        store(RotationMember(rotation=rotation, position=position, user=user))
    for post in _shifts_ahead(rotation, people, until=at + AHEAD):
        if post.until_at is not None and post.until_at > at:
            store(post)
    rotation.planned_until = at + AHEAD
    store(rotation, fields=["planned_until"])
    need(organization=organization, role=role, at=at, by=by)
    journal.write("rotation.made", subject=rotation, at=at, by=by, organization=organization)
    return rotation


@transaction.atomic
def end(rotation: Rotation, *, at: datetime, by: Actor, reason: str) -> Rotation:
    """End a rotation: shifts that have not begun are taken back, the running one ends in time.

    Raises:
        Missing: If no reason is given.
        BadTransition: If it has ended already.
    """
    facts.require_words(purpose="end", reason=reason)
    locked = (
        Rotation.objects.select_for_update(of=["self"]).select_related("organization").get(pk=rotation.pk)
    )
    if locked.ends_at is not None:
        raise BadTransition(subject="rotation", state="ended", verb="end", allowed=[])
    before = journal.snapshot(locked)
    locked.ends_at, locked.next_due_at = at, None
    store(locked, fields=["ends_at", "next_due_at"])
    for post in DutyPost.objects.select_for_update().filter(rotation=locked, since_at__gt=at).order_by("pk"):
        post.until_at = post.since_at
        store(post, fields=["until_at"])
    journal.write(
        "rotation.ended",
        subject=locked,
        at=at,
        by=by,
        organization=locked.organization,
        before=before,
        reason=reason,
    )
    return locked


def plan(*, now: datetime) -> int:
    """Plan the shifts of rotations that are due for it; a shift that somebody holds by hand is left to him.

    Returns:
        How many rotations were planned.
    """
    with transaction.atomic():
        due = list(
            Rotation.objects.select_for_update(skip_locked=True)
            .filter(next_due_at__lte=now)
            .order_by("next_due_at", "pk")[:100]
        )
        for rotation in due:
            people = [member.user for member in _members(rotation)]
            shifts = _shifts_ahead(rotation, people, until=now + AHEAD)
            DutyPost.objects.bulk_create(shifts, ignore_conflicts=True)
            rotation.planned_until = max(rotation.planned_until, now + AHEAD)
            rotation.next_due_at = now + AGAIN
            rotation.save(update_fields=["planned_until", "next_due_at"])
    return len(due)


@transaction.atomic
def need(*, organization: Organization, role: DutyRole, at: datetime, by: Actor) -> DutyNeed:
    """Say that a role has to be manned at all hours, so that a gap is told a week ahead; once is enough."""
    Organization.objects.select_for_update(no_key=True).get(pk=organization.pk)
    found = DutyNeed.objects.filter(organization=organization, role=role, until_at=None).first()
    if found is not None:
        return found
    made = DutyNeed(organization=organization, role=role, since_at=at)
    store(made)
    journal.write("duty_need.said", subject=made, at=at, by=by, organization=organization)
    return made


@transaction.atomic
def need_no_more(wanted: DutyNeed, *, at: datetime, by: Actor, reason: str) -> DutyNeed:
    """Say that a role need not be manned any more.

    Raises:
        Missing: If no reason is given.
        BadTransition: If that was said already.
    """
    facts.require_words(purpose="need_no_more", reason=reason)
    locked = DutyNeed.objects.select_for_update(of=["self"]).select_related("organization").get(pk=wanted.pk)
    if locked.until_at is not None:
        raise BadTransition(subject="duty_need", state="ended", verb="need_no_more", allowed=[])
    before = journal.snapshot(locked)
    locked.until_at = at
    store(locked, fields=["until_at"])
    journal.write(
        "duty_need.withdrawn",
        subject=locked,
        at=at,
        by=by,
        organization=locked.organization,
        before=before,
        reason=reason,
    )
    return locked


def _members(rotation: Rotation) -> list[RotationMember]:
    return list(rotation.members.select_related("user").order_by("position"))


def _shifts_ahead(rotation: Rotation, people: Sequence[User], *, until: datetime) -> list[DutyPost]:
    ahead = turns(
        rotation.pattern,
        people=len(people),
        first=rotation.starts_at,
        since=rotation.planned_until,
        until=until,
    )
    return [
        DutyPost(
            organization_id=rotation.organization_id,
            role=rotation.role,
            user=people[turn.person],
            since_at=turn.since,
            until_at=turn.until,
            rotation=rotation,
        )
        for turn in ahead
    ]

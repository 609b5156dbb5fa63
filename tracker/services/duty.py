"""Duty posts: who takes a role, and who leaves it."""

from datetime import datetime

from django.db import transaction

from incidents import journal
from incidents.journal import Actor
from incidents.models import Organization, User
from incidents.services.storing import store
from tracker.choices import DutyRole
from tracker.models import DutyPost


@transaction.atomic
def take(
    *,
    user: User,
    organization: Organization,
    role: DutyRole,
    at: datetime,
    by: Actor,
    until: datetime | None = None,
) -> DutyPost:
    """Put a person on duty.

    Args:
        user: Who is told from now on.
        organization: For which organisation, and all below it that have nobody in this role.
        role: In which role.
        at: From when.
        by: Who says so.
        until: End of the shift; None until further notice.

    Raises:
        BrokenRule: If the person holds this post already then, or it would end before it begins.
    """
    post = DutyPost(user=user, organization=organization, role=role, since_at=at, until_at=until)
    store(post)
    journal.write("duty_post.taken", subject=post, at=at, by=by, organization=organization)
    return post


@transaction.atomic
def leave(post: DutyPost, *, at: datetime, by: Actor, reason: str = "") -> DutyPost:
    """End a person's duty.

    Raises:
        BrokenRule: If it would end before it began.
    """
    locked = DutyPost.objects.select_for_update(of=["self"]).select_related("organization").get(pk=post.pk)
    before = journal.snapshot(locked)
    locked.until_at = at
    store(locked, fields=["until_at"])
    journal.write(
        "duty_post.left",
        subject=locked,
        at=at,
        by=by,
        organization=locked.organization,
        before=before,
        reason=reason,
    )
    return locked

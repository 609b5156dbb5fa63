"""Duty posts: who takes a role, who leaves it, and who stands in for whom."""

from datetime import datetime

from django.db import transaction
from django.db.models import Q

from incidents import journal
from incidents.errors import Inconsistent, WithoutRole
from incidents.journal import Actor
from incidents.models import Membership, Organization, User
from incidents.services import facts
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
        WithoutRole: If the person has no role there or no open account: mails would tell a stranger.
        BrokenRule: If the person holds this post already then, or it would end before it begins.
    """
    require_role(user, organization, now=by.now)
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
    locked = locked_post(post)
    return _end(locked, "duty_post.left", until=at, at=at, by=by, reason=reason)


@transaction.atomic
def override(
    post: DutyPost,
    *,
    user: User,
    since: datetime,
    until: datetime,
    reason: str,
    at: datetime,
    by: Actor,
) -> DutyPost:
    """Let somebody stand in for the person of a post, from … to; before and after it stays as it was.

    What lies behind is not rewritten: a beginning before ``at`` counts from ``at``.

    Args:
        post: The post.
        user: Who stands in.
        since: From when.
        until: To when.
        reason: Why.
        at: When it was decided.
        by: Who decided.

    Raises:
        Missing: If no reason is given.
        WithoutRole: If who stands in has no role there or no open account.
        Inconsistent: If nothing of the post lies in that time.
        BrokenRule: If who stands in holds the same post then already.
    """
    facts.require_words(purpose="override", reason=reason)
    locked = locked_post(post)
    require_role(user, locked.organization, now=by.now)
    begins = max(since, locked.since_at, at)
    ends = until if locked.until_at is None else min(until, locked.until_at)
    if begins >= ends:
        raise Inconsistent(field="since", value=begins, relation="<", other="until", other_value=ends)
    return hand_over(locked, user=user, since=begins, until=ends, at=at, by=by, reason=reason)


def hand_over(
    locked: DutyPost, *, user: User, since: datetime, until: datetime, at: datetime, by: Actor, reason: str
) -> DutyPost:
    """Cut ``[since, until)`` out of a locked post and give it to somebody else; inside its own time.

    Raises:
        BrokenRule: If that person holds the same post then already.
    """
    ended = locked.until_at
    _end(locked, "duty_post.handed_over", until=since, at=at, by=by, reason=reason)
    taken = _part(locked, user=user, since=since, until=until, at=at, by=by)
    if ended is None or until < ended:
        _part(locked, user=locked.user, since=until, until=ended, at=at, by=by)
    return taken


def locked_post(post: DutyPost) -> DutyPost:
    """Return a post, locked, with its organisation and person."""
    return (
        DutyPost.objects.select_for_update(of=["self"]).select_related("organization", "user").get(pk=post.pk)
    )


def require_role(user: User, organization: Organization, *, now: datetime) -> None:
    """Refuse somebody whom ``selectors/duty.py`` would count as nobody there.

    Raises:
        WithoutRole: If the person has no role in the organisation or above it, or no open account.
    """
    holds = Q(since_at__lte=now) & (Q(until_at=None) | Q(until_at__gt=now))
    held = set(Membership.objects.filter(holds, user=user).values_list("organization_id", flat=True))
    above: Organization | None = organization
    while above is not None and above.pk not in held:
        above = above.parent
    if not user.is_active or (above is None and not user.is_superuser):
        raise WithoutRole(person=user, organization=organization)


def _end(locked: DutyPost, kind: str, *, until: datetime, at: datetime, by: Actor, reason: str) -> DutyPost:
    before = journal.snapshot(locked)
    locked.until_at = until
    store(locked, fields=["until_at"])
    journal.write(
        kind, subject=locked, at=at, by=by, organization=locked.organization, before=before, reason=reason
    )
    return locked


def _part(
    of: DutyPost, *, user: User, since: datetime, until: datetime | None, at: datetime, by: Actor
) -> DutyPost:
    post = DutyPost(
        organization=of.organization,
        role=of.role,
        user=user,
        since_at=since,
        until_at=until,
        rotation_id=of.rotation_id,
        instead_of=of,
    )
    store(post)
    journal.write("duty_post.taken", subject=post, at=at, by=by, organization=of.organization)
    return post

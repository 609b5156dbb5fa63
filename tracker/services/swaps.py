"""Exchanging shifts: one person offers, the other agrees, and both posts change hands together."""

from datetime import datetime

from django.db import transaction

from incidents import journal
from incidents.errors import BadTransition, Inconsistent, NotTheirs
from incidents.journal import Actor
from incidents.services.storing import store
from tracker.choices import SwapState
from tracker.models import DutyPost, DutySwap
from tracker.services import duty


@transaction.atomic
def offer(offered: DutyPost, *, wanted: DutyPost, at: datetime, by: Actor) -> DutySwap:
    """Offer one's own shift for somebody else's; nothing changes until he agrees.

    Raises:
        NotTheirs: If the shift offered is not the person's own.
        Inconsistent: If a shift has begun, was taken over or has no end, or both are of one person.
        WithoutRole: If one of the two has no role where the other's shift is.
        BrokenRule: If this is offered already.
    """
    if by.user != offered.user:
        raise NotTheirs(person=offered.user)
    _check(offered, wanted, at)
    swap = DutySwap(offered=offered, wanted=wanted, offered_at=at, offered_by=by.user)
    store(swap)
    journal.write("duty_swap.offered", subject=swap, at=at, by=by, organization=offered.organization)
    return swap


@transaction.atomic
def agree(swap: DutySwap, *, at: datetime, by: Actor) -> DutySwap:
    """Agree to an exchange: from now on each has the other's shift.

    Raises:
        BadTransition: If it was answered already.
        NotTheirs: If it is not this person's to agree.
        Inconsistent, WithoutRole: If it is no longer possible, see :func:`offer`.
        BrokenRule: If one of the two holds the other's post at that time already.
    """
    locked = _locked(swap, "agree")
    posts = {
        post.pk: duty.locked_post(post)
        for post in sorted((locked.offered, locked.wanted), key=lambda post: post.pk)
    }
    offered, wanted = posts[locked.offered_id], posts[locked.wanted_id]
    if by.user != wanted.user:
        raise NotTheirs(person=wanted.user)
    _check(offered, wanted, at)
    for post, user in ((offered, wanted.user), (wanted, offered.user)):
        until = post.until_at or post.since_at  # never without an end: _check has seen to it
        duty.hand_over(post, user=user, since=post.since_at, until=until, at=at, by=by, reason="")
    return _answer(locked, SwapState.AGREED, "duty_swap.agreed", at, by)


@transaction.atomic
def decline(swap: DutySwap, *, at: datetime, by: Actor) -> DutySwap:
    """Decline an exchange, or take one's own offer back.

    Raises:
        BadTransition: If it was answered already.
        NotTheirs: If the person is neither of the two.
    """
    locked = _locked(swap, "decline")
    if by.user not in {locked.offered.user, locked.wanted.user}:
        raise NotTheirs(person=locked.wanted.user)
    return _answer(locked, SwapState.DECLINED, "duty_swap.declined", at, by)


def _locked(swap: DutySwap, verb: str) -> DutySwap:
    locked = (
        DutySwap.objects.select_for_update(of=["self"])
        .select_related("offered__user", "wanted__user", "offered__organization")
        .get(pk=swap.pk)
    )
    if locked.state != SwapState.OFFERED:
        raise BadTransition(subject="duty_swap", state=locked.state, verb=verb, allowed=[])
    return locked


def _check(offered: DutyPost, wanted: DutyPost, at: datetime) -> None:
    for post in (offered, wanted):
        if post.until_at is None or post.until_at == post.since_at:
            raise Inconsistent(
                field="until", value=post.until_at, relation=">", other="since", other_value=post.since_at
            )
        if post.since_at <= at:
            raise Inconsistent(field="since", value=post.since_at, relation=">", other="at", other_value=at)
    if offered.user == wanted.user:
        raise Inconsistent(
            field="wanted", value=wanted.user, relation="≠", other="offered", other_value=offered.user
        )
    duty.require_role(offered.user, wanted.organization, now=at)
    duty.require_role(wanted.user, offered.organization, now=at)


def _answer(locked: DutySwap, state: SwapState, kind: str, at: datetime, by: Actor) -> DutySwap:
    before = journal.snapshot(locked)
    locked.state, locked.answered_at, locked.answered_by = state, at, by.user
    store(locked, fields=["state", "answered_at", "answered_by"])
    journal.write(kind, subject=locked, at=at, by=by, organization=locked.offered.organization, before=before)
    return locked

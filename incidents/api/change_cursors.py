"""Cursors of the changes: how far a phone has come, signed, for one person and one phone."""

from dataclasses import astuple, dataclass
from typing import Any, Final

from django.core import signing
from django.utils.translation import gettext_lazy as _
from rest_framework import status
from rest_framework.exceptions import APIException, ErrorDetail, ValidationError

from incidents.journal import Actor
from incidents.selectors.commit_order import Horizon
from incidents.services.sync_scopes import CURSOR_LASTS

KEPT_DAYS: Final = CURSOR_LASTS.days
_SALT = "incidents.api.changes"
_FORM = 1  # the form of what is inside; another one is read as outdated


class Resync(APIException):
    """A cursor from which nobody can go on; the phone forgets what it has and begins without one."""

    status_code = status.HTTP_410_GONE
    default_code = "resync"
    default_detail = _("Nothing can be told from this cursor on. Begin anew without one.")


@dataclass(frozen=True, kw_only=True)
class Round:
    """A round of changes under way; what it is to tell was settled when it began.

    Attributes:
        goal: Digest of the scope in which the phone is to be at its end.
        floor: Digest of what of it was in sight at each of its pages.
        until: Transactions below this number are told of.
        stage: What is being told.
        after: How far within the stage.
    """

    goal: str
    floor: str
    until: int
    stage: str
    after: tuple[int, ...] = ()


@dataclass(frozen=True, kw_only=True)
class Cursor:
    """How far a phone has come.

    Attributes:
        has: Digest of the scope of which the phone has everything.
        may: Digest of the scope outside of which the phone has nothing.
        since: All transactions below this number were told of.
        round: What is being told; None where nothing is.
    """

    cluster: int
    timeline: int
    has: str
    may: str
    since: int
    round: Round | None = None

    def sign(self, by: Actor) -> str:
        """Return it as a phone gets it."""
        told: list[Any] = [_FORM, *_reader(by), self.cluster, self.timeline, self.has, self.may, self.since]
        if self.round is not None:
            told += astuple(self.round)
        return signing.dumps(told, salt=_SALT, compress=True)


def read(text: str, *, by: Actor, now: Horizon) -> Cursor:
    """Return the cursor that a phone sends back.

    Raises:
        ValidationError: If it was not made here, or for somebody else.
        Resync: If it is too old, or of a database that is not this one any more.
    """
    try:
        form, person, device, *told = signing.loads(text, salt=_SALT, max_age=KEPT_DAYS * 86_400)
    except signing.SignatureExpired as expired:
        raise Resync from expired
    except (signing.BadSignature, ValueError) as forged:
        raise _refusal(_("This cursor was not made here."), "cursor-malformed") from forged
    if [person, device] != _reader(by):
        raise _refusal(_("This cursor belongs to another person or phone."), "cursor-foreign")
    if form != _FORM:
        raise Resync
    cursor = _unpacked(told)
    reached = cursor.round.until if cursor.round else cursor.since
    if (cursor.cluster, cursor.timeline) != (now.cluster, now.timeline) or reached > now.oldest:
        raise Resync
    return cursor


def _unpacked(told: list[Any]) -> Cursor:
    cluster, timeline, has, may, since, *rest = told
    under_way = None
    if rest:
        goal, floor, until, stage, after = rest
        under_way = Round(goal=goal, floor=floor, until=until, stage=stage, after=tuple(after))
    return Cursor(cluster=cluster, timeline=timeline, has=has, may=may, since=since, round=under_way)


def _reader(by: Actor) -> list[int]:
    return [by.user.pk, by.device.pk if by.device else 0]


def _refusal(told: Any, code: str) -> ValidationError:
    return ValidationError({"cursor": [ErrorDetail(str(told), code=code)]})

"""Who is there and what they watch over: the figures of people and grid."""

from dataclasses import dataclass
from datetime import datetime

from django.db.models import Q

from incidents.models import Device, Line
from tracker.models import DutyPost
from tracker.selectors.board_scope import Scope


@dataclass(frozen=True, kw_only=True)
class People:
    """People on duty, phones that may report, lines in use."""

    on_duty: int
    phones: int
    lines: int


def people(scope: Scope, *, now: datetime) -> People:
    """Return the figures: three statements. Who holds two posts is one person."""
    holds = Q(until_at=None) | Q(until_at__gt=now)
    posts = DutyPost.objects.filter(holds, organization__in=scope.organizations, since_at__lte=now)
    roles = Q(user__memberships__until_at=None) | Q(user__memberships__until_at__gt=now)
    phones = Device.objects.filter(
        roles, user__memberships__organization__in=scope.organizations, revoked_at=None, expires_at__gt=now
    )
    lines = Line.objects.filter(
        organization__in=scope.organizations, is_exercise=scope.is_exercise, retired_at=None
    )
    return People(
        on_duty=posts.values("user").distinct().count(),
        phones=phones.distinct().count(),
        lines=lines.count(),
    )

"""Who is there and what they watch over: the figures of people and grid."""

from dataclasses import dataclass
from datetime import datetime

from django.db.models import Q

from incidents.models import Line
from tracker.models import DutyPost
from tracker.selectors.board_scope import Scope


@dataclass(frozen=True, kw_only=True)
class People:
    """People on duty, and lines in use."""

    on_duty: int
    lines: int


def people(scope: Scope, *, now: datetime) -> People:
    """Return the figures: two statements. Who holds two posts is one person."""
    holds = Q(until_at=None) | Q(until_at__gt=now)
    posts = DutyPost.objects.filter(holds, organization__in=scope.organizations, since_at__lte=now)
    lines = Line.objects.filter(
        organization__in=scope.organizations, is_exercise=scope.is_exercise, retired_at=None
    )
    return People(
        on_duty=posts.values("user").distinct().count(),
        lines=lines.count(),
    )

"""The board's forces: crews by what they do, silent ones first, and support from request to return."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import connection
from django.db.models import Case, Count, IntegerField, Q, Sum, Value, When

from incidents.choices import AssignmentStatus, DeploymentStatus, EntryMode, SupportRequestStatus
from incidents.models import Deployment, SupportRequest
from tracker.selectors.board_scope import Scope
from tracker.selectors.board_sql import CREWS

LONGEST = 6  # crews and deployments that are named
SILENT = timedelta(minutes=60)  # a crew on site that was not heard of for so long; rule E19's own default
_OVER = (DeploymentStatus.RETURNED, DeploymentStatus.CANCELLED)


@dataclass(frozen=True, kw_only=True)
class Crew:
    """A crew with a job, and when it was heard of last."""

    pk: int
    name: str
    organization: str
    status: AssignmentStatus
    where: str
    heard_at: datetime
    is_silent: bool


@dataclass(frozen=True, kw_only=True)
class Crews:
    """Crews by what they do; ``named`` are those that were not heard of for longest."""

    together: int
    on_site: int
    en_route: int
    assigned: int
    free: int
    named: Sequence[Crew]

    @property
    def silent(self) -> int:
        """How many of the named ones are silent for too long."""
        return sum(crew.is_silent for crew in self.named)


@dataclass(frozen=True, kw_only=True)
class Stage:
    """How many deployments, and people with them, stand at one stage."""

    status: DeploymentStatus
    deployments: int
    people: int | None


@dataclass(frozen=True, kw_only=True)
class Aid:
    """Support across regions.

    Attributes:
        waiting: Requests that nobody has decided.
        approved: Requests that were granted.
        stages: From call to return, in order.
        named: Deployments that are not over, the earliest stage first.
    """

    waiting: int
    approved: int
    stages: Sequence[Stage]
    named: Sequence[Deployment]


def crews(scope: Scope, *, now: datetime) -> Crews:
    """Return the crews of a board: one statement."""
    with connection.cursor() as cursor:
        cursor.execute(CREWS, scope.given(now=now, longest=LONGEST))
        rows = cursor.fetchall()
    together, on_site, en_route, assigned, free = rows[0][7:]
    return Crews(
        together=together,
        on_site=on_site,
        en_route=en_route,
        assigned=assigned,
        free=free,
        named=[_crew(*row[:7], now=now) for row in rows if row[0] is not None],
    )


def _crew(
    pk: int,
    name: str,
    organization: str,
    status: str,
    heard_at: datetime,
    line: str | None,
    place: str | None,
    *,
    now: datetime,
) -> Crew:
    return Crew(
        pk=pk,
        name=name.replace("【演练】", ""),
        organization=organization.replace("【演练】", ""),
        status=AssignmentStatus(status),
        where=(line or place or "").replace("【演练】", ""),
        heard_at=heard_at,
        is_silent=status == AssignmentStatus.ON_SITE and now - heard_at > SILENT,
    )


def aid(scope: Scope, *, now: datetime) -> Aid:
    """Return the support of a board: three statements. What ended a day ago is no longer shown."""
    drill = Q(storm__is_exercise=True)
    same = (drill if scope.is_exercise else ~drill | Q(storm=None)) & Q(entry_mode=EntryMode.LIVE)
    ours = Q(organization__in=scope.organizations)
    asked = SupportRequest.objects.filter(same, ours | Q(asked_organization__in=scope.organizations))
    requests = dict(asked.values_list("status").annotate(Count("pk")))
    teams = Deployment.objects.filter(same, ours | Q(host_organization__in=scope.organizations))
    recent = teams.filter(Q(returned_at=None) | Q(returned_at__gt=now - timedelta(days=1)))
    counted = {
        status: (number, people)
        for status, number, people in recent.values_list("status").annotate(Count("pk"), Sum("headcount"))
    }
    order = Case(
        *(When(status=each, then=Value(place)) for place, each in enumerate(DeploymentStatus)),
        output_field=IntegerField(),
    )
    named = teams.exclude(status__in=_OVER).select_related("organization", "host_organization")
    return Aid(
        waiting=requests.get(SupportRequestStatus.REQUESTED, 0),
        approved=requests.get(SupportRequestStatus.APPROVED, 0),
        stages=[
            Stage(status=each, deployments=counted.get(each, (0, 0))[0], people=counted.get(each, (0, 0))[1])
            for each in DeploymentStatus
            if each != DeploymentStatus.CANCELLED
        ],
        named=list(named.annotate(order=order).order_by("order", "mobilised_at", "pk")[:LONGEST]),
    )

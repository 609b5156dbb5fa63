"""What a crew needs for a shift: its jobs, what is out around it, and what stands in its way."""

from collections.abc import Iterable, Sequence
from typing import Any, Final

from django.db.models import Case, Q, QuerySet, Value, When

from incidents.access import Right, Sight, within
from incidents.api.feed import KINDS, view_of
from incidents.api.support import DeploymentOut
from incidents.choices import DeploymentStatus
from incidents.journal import Actor
from incidents.models import Assignment, Deployment, Organization, Outage
from incidents.models.outages import OVER
from incidents.rules.times import SHANGHAI, start_of_day
from incidents.selectors.versions import versions_of

MOST_OUTAGES: Final = 60
MOST_AROUND: Final = 50
"""Blocked roads, and hidden dangers."""
_COUNTY: Final = 6  # digits of a division's code that name its county
_AT_HOME: Final = (DeploymentStatus.RETURNED, DeploymentStatus.CANCELLED)


class Shift:
    """The rows of one person's shift, each kind in one read of what he may see.

    Attributes:
        things: Kind → things as its resource shows them, as in the changes.
        more_outages: Whether there are open outages that did not fit.
    """

    def __init__(self, by: Actor) -> None:
        self._by = by
        self.things: dict[str, Sequence[Any]] = {}
        crews = self._show("crews", self._rows("crews", _mine(by)))
        jobs = self._show("assignments", self._rows("assignments", _today(by), Q(crew__in=crews)))
        self._show("briefings", self._rows("briefings", Q(assignment__in=jobs)))
        outages = self._open(jobs)
        self.more_outages = len(outages) > MOST_OUTAGES
        self._outages = self._show("outages", outages[:MOST_OUTAGES])
        self._parts()
        self._grid()
        self._around()
        self._teams(crews)
        self._show("storms", self._rows("storms", Q(ended_at=None)))

    def duty_phones(self) -> QuerySet[Organization]:
        """Return whom to call: the caller's organisations, all above them, and those of the outages."""
        above = Sight(self._by.user, Right.SEE, self._by.now, Organization).superiors
        concerned = {outage.organization_id for outage in self._outages}
        rows = Organization.objects.filter(Q(pk__in=above) | Q(pk__in=concerned)).exclude(duty_phone="")
        return rows.order_by("id")

    def _open(self, jobs: Iterable[Assignment]) -> list[Outage]:
        """Return the outages of the jobs, then the newest in sight; one more than fits, if there is one."""
        given = {job.outage_id for job in jobs if job.ended_at is None and job.outage_id}
        rank = Case(When(pk__in=given, then=Value(0)), default=Value(1))
        rows = self._rows("outages", ~Q(status__in=OVER) | Q(pk__in=given))
        return list(rows.order_by(rank, "-reported_at", "-id")[: MOST_OUTAGES + 1])

    def _parts(self) -> None:
        """Add what hangs on the outages: damage that stands, steps, and the promise that holds."""
        of = Q(outage__in=[outage.pk for outage in self._outages])
        self._show("damages", self._rows("damages", of, Q(repaired_at=None)))
        self._show("restoration-steps", self._rows("restoration-steps", of))
        newest = self._rows("estimates", of).order_by("outage", "-published_at", "-id").distinct("outage")
        self._show("estimates", newest)

    def _grid(self) -> None:
        lines = {outage.line_id for outage in self._outages}
        sections = {outage.section_id for outage in self._outages}
        self._show("lines", self._rows("lines", Q(pk__in=lines - {None})))
        self._show("sections", self._rows("sections", Q(pk__in=sections - {None})))

    def _around(self) -> None:
        """Add blocked roads; dangers on the lines, in the counties of the outages, or nobody knows where."""
        self._show("road-blocks", self._rows("road-blocks", Q(cleared_at=None))[:MOST_AROUND])
        lines = {outage.line_id for outage in self._outages} - {None}
        near = Q(section__line__in=lines) | Q(section=None, place__division=None)
        codes = {outage.place.division_id for outage in self._outages if outage.place.division_id}
        for county in {str(code)[:_COUNTY] for code in codes}:
            near |= Q(place__division__code__startswith=county)
        self._show("hazards", self._rows("hazards", Q(closed_at=None), near)[:MOST_AROUND])

    def _teams(self, crews: Sequence[Any]) -> None:
        """Add the support that the crews are part of; a leader's phone only where the caller needs it."""
        rows = list(self._rows("deployments", Q(crews__in=crews)).exclude(status__in=_AT_HOME).distinct())
        numbers = [row.pk for row in rows]
        reached = within(
            Deployment.objects.filter(pk__in=numbers),
            self._by.user,
            right=Right.SEE_PHONES,
            now=self._by.now,
        )
        needed = set(reached.values_list("pk", flat=True))
        versions = versions_of(Deployment, numbers)
        self.things["deployments"] = [
            DeploymentOut(row, context={"versions": versions, "personal": row.pk in needed}).data
            for row in rows
        ]

    def _rows(self, name: str, *conditions: Q) -> QuerySet[Any]:
        return view_of(KINDS[name], self._by).get_queryset().filter(*conditions).order_by("-id")

    def _show(self, name: str, found: Iterable[Any]) -> Sequence[Any]:
        """Add rows as their resource shows them; return them."""
        kind, rows = KINDS[name], list(found)
        context = {"versions": versions_of(kind.model, [row.pk for row in rows])}
        self.things[name] = kind.resource().serializer_class_of()(rows, many=True, context=context).data
        return rows


def _mine(by: Actor) -> Q:
    """Return the condition of the crews that a person is in."""
    return Q(disbanded_at=None, members__until_at=None, members__person__user=by.user)


def _today(by: Actor) -> Q:
    """Return the condition of jobs that are not over, or were a matter of today."""
    begun = start_of_day(day=by.now.astimezone(SHANGHAI).date())
    return Q(ended_at=None) | Q(ended_at__gte=begun) | Q(assigned_at__gte=begun)

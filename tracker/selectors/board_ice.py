"""The board's ice: the sections that bear most of what they were built for, and how that came."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

from django.db.models import Case, Count, F, Q, When

from incidents.choices import Grade
from incidents.models import GradingPolicy, IceReading, SectionIcing
from tracker.selectors.board_scope import Scope

LONGEST = 7  # sections that are named
LOOKED_BACK = timedelta(hours=24)
_MOST_POINTS = 48  # of a section's curve


@dataclass(frozen=True, kw_only=True)
class Section:
    """A section with ice.

    Attributes:
        ratio: Standard thickness over design thickness; None without a design value.
        is_old: Whether the newest observation is older than its grade allows, by the product's numbers.
        readings: Moment and standard thickness, mm, of the last 24 hours, oldest first.
    """

    icing: SectionIcing
    grade: Grade
    is_old: bool
    readings: Sequence[tuple[datetime, Decimal]]

    @property
    def ratio(self) -> Decimal | None:
        """How much of its design thickness it bears."""
        return self.icing.ratio


@dataclass(frozen=True, kw_only=True)
class Ice:
    """The ice of a board.

    Attributes:
        sections: The sections with the highest ratios.
        grades: Grade → sections, the worst first; without those that are normal.
    """

    sections: Sequence[Section]
    grades: dict[Grade, int]

    @property
    def graded(self) -> int:
        """Sections with any grade but normal."""
        return sum(self.grades.values())


def ice(scope: Scope, *, now: datetime) -> Ice:
    """Return the ice of a board: three statements. A grade that a person set counts while it holds."""
    is_set = ~Q(override_grade="") & Q(override_until_at__gt=now)
    rows = (
        SectionIcing.objects.filter(
            section__line__organization__in=scope.organizations,
            section__line__retired_at=None,
            is_exercise=scope.is_exercise,
        )
        .annotate(holds=Case(When(is_set, then=F("override_grade")), default=F("grade")))
        .exclude(holds=Grade.NONE)
    )
    counted = dict(rows.values_list("holds").annotate(Count("pk")))
    worst = list(
        rows.select_related("section__line").order_by(
            F("ratio").desc(nulls_last=True), F("standard_mm").desc(nulls_last=True), "pk"
        )[:LONGEST]
    )
    readings = _readings([icing.section_id for icing in worst], since=now - LOOKED_BACK, scope=scope)
    return Ice(
        sections=[
            Section(
                icing=icing,
                grade=Grade(icing.holds),
                is_old=now - icing.observed_at > _fresh(Grade(icing.holds)),
                readings=readings[icing.section_id],
            )
            for icing in worst
        ],
        grades={each: counted.get(each, 0) for each in reversed(Grade) if each != Grade.NONE},
    )


def _fresh(grade: Grade) -> timedelta:
    """Return for how long an observation is fresh; a company's own numbers are E04's matter."""
    policy = GradingPolicy()
    minutes = policy.fresh_mild_minutes if grade == Grade.BLUE else policy.fresh_severe_minutes
    return timedelta(minutes=minutes)


def _readings(
    sections: Sequence[int], *, since: datetime, scope: Scope
) -> dict[int, list[tuple[datetime, Decimal]]]:
    drill = Q(storm__is_exercise=True)
    rows = IceReading.objects.filter(
        drill if scope.is_exercise else ~drill | Q(storm=None),
        section__in=sections,
        observed_at__gte=since,
        standard_mm__isnull=False,
        superseded_by=None,
    )
    found: dict[int, list[tuple[datetime, Decimal]]] = defaultdict(list)
    columns: Any = rows.order_by("observed_at", "pk").values_list("section", "observed_at", "standard_mm")
    for section, at, thickness in columns:
        found[section].append((at, thickness))
    return defaultdict(list, {section: _thinned(points) for section, points in found.items()})


def _thinned(points: list[tuple[datetime, Decimal]]) -> list[tuple[datetime, Decimal]]:
    """Return as many points as a small curve can show, the newest always among them."""
    stride = -(-len(points) // _MOST_POINTS)
    return points[::-1][::stride][::-1]

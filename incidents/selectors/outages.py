"""What an outage's rows say together: who is back, and what came before it."""

from datetime import datetime

from django.db.models import Q

from incidents.choices import RestorationMethod
from incidents.models import Line, LineSection, Outage, RestorationStep
from incidents.rules.outages import Step


def step_of(row: RestorationStep) -> Step:
    """Return a step as the rules reckon with it."""
    return Step(
        at=row.at,
        customers=row.customers,
        method=RestorationMethod(row.method),
        final=row.is_final,
    )


def previous_of(
    *, line: Line, section: LineSection | None, began: datetime, besides: Outage
) -> Outage | None:
    """Return the last outage of a line that was over when another began.

    Args:
        line: The line.
        section: The section that is out; outages of other sections do not count, those of no section do.
        began: When the other one began, as far as known.
        besides: The other one.
    """
    same_part = Q() if section is None else Q(section=section) | Q(section__isnull=True)
    return (
        Outage.objects.filter(same_part, line=line, restored_at__lte=began)
        .exclude(pk=besides.pk)
        .order_by("-restored_at", "-id")
        .first()
    )

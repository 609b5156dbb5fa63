"""Visits of leaders. A visit is a fact of its own: it changes no outage, crew or section."""

from collections.abc import Collection
from datetime import date
from typing import Unpack

from django.db import transaction

from incidents import journal
from incidents.choices import VisitPurpose
from incidents.errors import Missing
from incidents.journal import Actor
from incidents.models import Organization, Place, Visit
from incidents.rules.times import start_of_day
from incidents.services import facts


class VisitFacts(facts.Told, total=False):
    """What may be said of a visit besides whose and where; ``visited_on`` is None where no day is known."""

    leaders_text: str
    visited_on: date | None
    purposes: Collection[VisitPurpose]
    instructions: str


@transaction.atomic
def record(
    *, organization: Organization, places: Collection[Place], by: Actor, **told: Unpack[VisitFacts]
) -> Visit:
    """Keep that leaders went to crews at work.

    Args:
        organization: Whose leaders.
        places: Where they went, at least one place.
        by: Who tells it.
        **told: Who, which day, what for, what they said, and the source.

    Raises:
        Missing: If no place is named.
        OutOfRange: If the day lies ahead, or too far back for a live fact.
        Invalid: If a field is not valid; nothing is written.
    """
    if not places:
        raise Missing(field="places", purpose="visit")
    day = told.get("visited_on")
    at = start_of_day(day=day) if day else None
    facts.check_moments(by=by, visited_on=at)
    fields, reasons = facts.split(told)
    visit = Visit(organization=organization, **{**fields, "purposes": list(told.get("purposes", ()))})
    facts.keep(visit, by=by, reasons=reasons)
    visit.places.set(places)
    journal.write(
        "visit.recorded",
        subject=visit,
        at=at or by.now,
        by=by,
        organization=organization,
        after={**journal.snapshot(visit), "places": facts.keys_of(places)},
    )
    return visit

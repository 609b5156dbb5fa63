"""What is brought to the people outside."""

from datetime import datetime
from typing import Unpack

from django.db import transaction

from incidents import journal
from incidents.choices import SupplyKind
from incidents.journal import Actor
from incidents.models import Crew, Deployment, Organization, Supply, Visit
from incidents.services import facts


class SupplyFacts(facts.Told, total=False):
    """What may be said of a supply besides who gives what; ``quantity`` is None where nobody counted."""

    quantity: int | None
    unit: str
    visit: Visit | None
    crew: Crew | None
    deployment: Deployment | None
    delivered_at: datetime | None


@transaction.atomic
def record(*, organization: Organization, kind: SupplyKind, by: Actor, **told: Unpack[SupplyFacts]) -> Supply:
    """Keep what was brought to people outside.

    Args:
        organization: Who gives it.
        kind: What it is.
        by: Who tells it.
        **told: How much and when, to which crew or deployment or on which visit, and the source.

    Raises:
        ExerciseMix: If the crew is one of a drill and the storm is none.
        NaiveTime, OutOfRange: If it was delivered without a zone, in the future or too long ago.
        BrokenRule, Invalid: If the quantity is not positive or a field is not valid; nothing is written.
    """
    facts.check_moments(by=by, delivered_at=told.get("delivered_at"))
    facts.check_exercise(told.get("storm"), told.get("crew"))
    fields, reasons = facts.split(told)
    supply = Supply(organization=organization, kind=kind, **fields)
    facts.keep(supply, by=by, reasons=reasons)
    journal.write(
        "supply.recorded", subject=supply, at=supply.delivered_at or by.now, by=by, organization=organization
    )
    return supply

"""Vehicles that crews use."""

from datetime import datetime

from django.db import transaction

from incidents import journal
from incidents.choices import VehicleKind
from incidents.journal import Actor
from incidents.models import Organization, Vehicle
from incidents.services.storing import store


@transaction.atomic
def add(
    *,
    plate: str,
    kind: VehicleKind,
    organization: Organization,
    at: datetime,
    by: Actor,
    has_chains: bool | None = None,
) -> Vehicle:
    """Add a vehicle.

    Args:
        plate: Its plate, once only.
        kind: What it is for.
        organization: Whose it is.
        at: Since when the record knows it.
        by: Who adds it.
        has_chains: Whether it carries snow chains; None where nobody looked.

    Raises:
        BrokenRule: If the plate is taken.
        Invalid: If a field is not valid; nothing is written.
    """
    vehicle = Vehicle(plate=plate, kind=kind, organization=organization, has_chains=has_chains)
    store(vehicle)
    journal.write("vehicle.added", subject=vehicle, at=at, by=by, organization=organization)
    return vehicle

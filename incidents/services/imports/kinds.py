"""All kinds of rows that can be imported."""

from collections.abc import Mapping
from typing import Final

from django.db.models import Model

from incidents.services.imports.base import Kind
from incidents.services.imports.grid import LINES, SECTIONS
from incidents.services.imports.outages import OUTAGES
from incidents.services.imports.people import CREWS, USERS
from incidents.services.imports.readings import ICE, WEATHER

KINDS: Final[Mapping[str, Kind]] = {
    kind.name: kind for kind in (LINES, SECTIONS, USERS, CREWS, ICE, WEATHER, OUTAGES)
}


def kind_of(model: type[Model]) -> Kind | None:
    """Return the kind whose columns a list of a model exports; None for lists that cannot be imported."""
    return next((kind for kind in KINDS.values() if kind.model is model), None)

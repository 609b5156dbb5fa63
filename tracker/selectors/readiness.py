"""Whether this process may be sent requests: the database answers, and has what this version expects."""

import pkgutil
from dataclasses import dataclass
from functools import cache
from importlib.util import find_spec

from django.apps import apps
from django.db import connection

from tracker.choices import Part
from tracker.selectors.health import LONGEST_SILENCE, silences


@dataclass(frozen=True, kw_only=True)
class Readiness:
    """What the tables say.

    Attributes:
        missing: Migrations of this version that the database has not had, as ``app.name``.
        has_broker: Whether Redis answered lately; nobody needs it to be served.
    """

    missing: tuple[str, ...]
    has_broker: bool


def readiness() -> Readiness:
    """Return whether the database is as this version expects it."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT app, name FROM django_migrations")
        applied = {f"{app}.{name}" for app, name in cursor.fetchall()}
    silent_s = silences().get(Part.BROKER, float("inf"))
    return Readiness(
        missing=tuple(sorted(_expected() - applied)),
        has_broker=silent_s <= LONGEST_SILENCE[Part.BROKER].total_seconds(),
    )


@cache
def _expected() -> frozenset[str]:
    """Return the migrations of this version by the names of their files; none of them is loaded."""
    found: set[str] = set()
    for app in apps.get_app_configs():
        spec = find_spec(f"{app.name}.migrations")
        folders = spec.submodule_search_locations if spec else None
        names = (module.name for module in pkgutil.iter_modules(folders or []))
        found |= {f"{app.label}.{name}" for name in names if name[0] not in "_~"}
    return frozenset(found)

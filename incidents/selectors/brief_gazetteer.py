"""Names of places and lines out of the record, as reading briefs asks for them."""

import re
from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from functools import lru_cache
from typing import Final

from django.db.models import Count, Max, Q

from incidents.choices import DivisionLevel
from incidents.models import Division, JournalEntry, Line, Organization
from incidents.rules.briefs.gazetteer import KnownDivision, KnownLine
from incidents.selectors.organizations import below

_HIGH: Final = (DivisionLevel.PROVINCE, DivisionLevel.CITY, DivisionLevel.COUNTY)
_LOW: Final = (DivisionLevel.TOWN, DivisionLevel.VILLAGE)
_VOLTAGE: Final = re.compile(r"\d+(\.\d+)?\s*(千伏|kV)\s*", re.IGNORECASE)
_COLUMNS: Final = ("code", "name", "stem", "aliases")

Divisions = Mapping[str, Collection[KnownDivision]]


class RecordedNames:
    """The divisions of the record and the lines of a company and all below it: four queries a brief."""

    def __init__(self, organization: Organization | None = None) -> None:
        """Take the lines of an organisation; None for none at all."""
        self._organization = organization

    def high(self) -> Divisions:
        """Return provinces, cities and counties; kept in memory until somebody changes a division."""
        entries = JournalEntry.objects.filter(subject_type="division").aggregate(newest=Max("id"))
        rows = Division.objects.filter(level__in=_HIGH).aggregate(rows=Count("code"))
        return _high(entries["newest"], rows["rows"])

    def low(self, names: Collection[str]) -> Divisions:
        """Return the towns and villages that have one of these names."""
        if not names:
            return {}
        called = Q(stem__in=names) | Q(aliases__overlap=list(names))
        rows = Division.objects.filter(called, level__in=_LOW).values_list(*_COLUMNS)
        return {name: found for name, found in _by_name(rows).items() if name in names}

    def lines(self) -> Mapping[str, Collection[KnownLine]]:
        """Return the lines in use, by name without voltage."""
        found: dict[str, list[KnownLine]] = defaultdict(list)
        if self._organization is not None:
            for line in lines_of(self._organization):
                name = bare_name(line.name)
                found[name].append(KnownLine(line.code, name, f"{line.voltage_kv.normalize():f}"))
        return found


def lines_of(organization: Organization) -> Iterable[Line]:
    """Return the lines in use of an organisation and all below it."""
    return Line.objects.filter(organization__in=below(organization.uuid), retired_at=None).order_by("pk")


def bare_name(name: str) -> str:
    """Return the name of a line without its voltage: ``古西线`` of ``10千伏古西线``."""
    return _VOLTAGE.sub("", name, count=1).strip()


@lru_cache(maxsize=2)
def _high(_newest: int | None, _rows: int) -> Divisions:
    """Return the high divisions of one version: the newest journal entry about any, and their number."""
    return _by_name(Division.objects.filter(level__in=_HIGH).values_list(*_COLUMNS))


def _by_name(rows: Iterable[tuple[str, str, str, list[str]]]) -> dict[str, list[KnownDivision]]:
    found: dict[str, list[KnownDivision]] = defaultdict(list)
    for code, name, stem, aliases in rows:
        for word in dict.fromkeys((stem, name)):
            found[word].append(KnownDivision(code, name))
        for word in aliases:
            if word not in (stem, name):
                found[word].append(KnownDivision(code, name, is_alias=True))
    return found

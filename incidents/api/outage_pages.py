"""A page of outages with what a lineman needs, read in a few statements and shown without rows in between."""

from collections import defaultdict
from collections.abc import Sequence
from typing import Any, TypeAlias

from django.db.models import QuerySet

from incidents.api.shapes import Shape
from incidents.models import Assignment, HeldFact, Outage, SectionIcing
from incidents.models.assignments import ACTIVE
from incidents.selectors.versions import version_of
from incidents.selectors.worded import Wording, among_numbers

_Shown: TypeAlias = dict[str, Any]


class Pages:
    """Reads outages by their numbers, as their serializers describe them.

    Args:
        outage, crew, held, icing: Those serializers.
    """

    def __init__(self, *, outage: Any, crew: Any, held: Any, icing: Any) -> None:
        self._outage = Shape(outage, besides=("version", "icing", "crews", "held_facts", "held_count"))
        self._crew, self._held, self._icing = Shape(crew), Shape(held), Shape(icing)
        outages = QuerySet(Outage).filter(among_numbers("pk")).annotate(version=version_of(Outage))
        at_work = Assignment.objects.filter(among_numbers("outage"), status__in=ACTIVE).order_by("id")
        open_facts = HeldFact.objects.open().filter(among_numbers("outage")).order_by("at", "id")
        icings = SectionIcing.objects.filter(among_numbers("section"))
        self._outages = Wording(
            lambda: outages.values_list("pk", "version", "section", "storm__is_exercise", *self._outage.paths)
        )
        self._at_work = Wording(lambda: at_work.values_list("outage", *self._crew.paths))
        self._open_facts = Wording(lambda: open_facts.values_list("outage", *self._held.paths))
        self._icings = Wording(lambda: icings.values_list("section", "is_exercise", *self._icing.paths))

    def read(self, numbers: Sequence[int]) -> list[_Shown]:
        """Return outages as they are shown, in the order of their numbers."""
        if not numbers:
            return []
        rows = {row[0]: row[1:] for row in self._outages.rows(numbers=numbers)}
        crews = _by_number(self._at_work.rows(numbers=numbers), self._crew)
        held = _by_number(self._open_facts.rows(numbers=numbers), self._held)
        icing = self._newest({row[1] for row in rows.values() if row[1] is not None})
        shown = self._outage.show_all([rows[number][3:] for number in numbers])
        for number, outage in zip(numbers, shown, strict=True):
            version, section, is_drill = rows[number][:3]
            outage["version"] = version
            outage["icing"] = icing.get((section, bool(is_drill)))
            outage["crews"] = crews[number]
            outage["held_count"] = len(held[number])
            outage["held_facts"] = held[number]
        return shown

    def _newest(self, sections: set[int]) -> dict[tuple[int, bool], _Shown]:
        if not sections:
            return {}
        rows = self._icings.rows(numbers=sections)
        shown = self._icing.show_all([row[2:] for row in rows])
        return {row[:2]: icing for row, icing in zip(rows, shown, strict=True)}


def _by_number(rows: Sequence[tuple[Any, ...]], shape: Shape) -> dict[int, list[_Shown]]:
    found: dict[int, list[_Shown]] = defaultdict(list)
    for row, shown in zip(rows, shape.show_all([row[1:] for row in rows]), strict=True):
        found[row[0]].append(shown)
    return found

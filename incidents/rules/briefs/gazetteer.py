"""Where names of places and lines come from: the record, or memory."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from typing import Protocol

from incidents.rules.divisions import aliases_of, stem_of

_COUNTY_CODE = 6


@dataclass(frozen=True, slots=True)
class KnownDivision:
    """A division under one of its names.

    Attributes:
        code: 2, 4, 6, 9 or 12 digits.
        name: Official name.
        is_alias: Whether the name it was found under is neither the official one nor its stem.
    """

    code: str
    name: str
    is_alias: bool = False


@dataclass(frozen=True, slots=True)
class KnownLine:
    """A line of the company."""

    code: str
    name: str
    voltage_kv: str = ""


class Gazetteer(Protocol):
    """What reading asks for. Two questions a brief, so that a database answers both with one query each."""

    def high(self) -> Mapping[str, Collection[KnownDivision]]:
        """Return provinces, cities and counties by every name they have; a few thousand, kept in memory."""
        ...

    def low(self, names: Collection[str]) -> Mapping[str, Collection[KnownDivision]]:
        """Return the towns and villages that have one of these names, stems or aliases."""
        ...

    def lines(self) -> Mapping[str, Collection[KnownLine]]:
        """Return the company's lines by name without voltage: ``古西线``."""
        ...


class InMemory:
    """A gazetteer of plain lists."""

    def __init__(self, divisions: Iterable[tuple[str, str]] = (), lines: Iterable[KnownLine] = ()) -> None:
        """Index divisions as pairs of code and official name, and lines."""
        self._high: dict[str, list[KnownDivision]] = defaultdict(list)
        self._low: dict[str, list[KnownDivision]] = defaultdict(list)
        self._lines: dict[str, list[KnownLine]] = defaultdict(list)
        for code, name in divisions:
            index = self._high if len(code) <= _COUNTY_CODE else self._low
            stem = stem_of(name)
            for word in dict.fromkeys((stem, name)):
                index[word].append(KnownDivision(code, name))
            for word in aliases_of(name, code=code):
                if word not in (name, stem):
                    index[word].append(KnownDivision(code, name, is_alias=True))
        for line in lines:
            self._lines[line.name].append(line)

    def high(self) -> Mapping[str, Collection[KnownDivision]]:
        """Return provinces, cities and counties."""
        return self._high

    def low(self, names: Collection[str]) -> Mapping[str, Collection[KnownDivision]]:
        """Return towns and villages."""
        return {name: self._low[name] for name in names if name in self._low}

    def lines(self) -> Mapping[str, Collection[KnownLine]]:
        """Return lines."""
        return self._lines

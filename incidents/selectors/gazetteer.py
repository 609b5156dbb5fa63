"""What a name of a place can mean: matched against the official divisions, never guessed.

The lists of provinces, cities, counties and towns are complete, so a name that fits one of them inside what
was named before it is that one. The list of villages is not: hamlets and merged villages are missing, and two
dozen villages share a name. A village therefore counts only inside its county or town, and a name that stands
alone gives candidates.
"""

from collections.abc import Collection
from dataclasses import dataclass
from typing import Final

from django.db.models import Q

from incidents.choices import DivisionLevel, PlaceResolution
from incidents.models import Division
from incidents.models.places import CODE_LENGTH

_LONGEST_NAME: Final = 20
_SHORTEST_NAME: Final = 2
_KINDS: Final = tuple("省市县区州旗")
_OF_A_REGION: Final = ("山区", "城区", "地区", "境内", "全境")
_ABOVE_VILLAGES: Final = (
    DivisionLevel.PROVINCE,
    DivisionLevel.CITY,
    DivisionLevel.COUNTY,
    DivisionLevel.TOWN,
)


@dataclass(frozen=True, kw_only=True)
class Resolution:
    """What the words for a place mean.

    Attributes:
        division: The deepest division that is certain; None if none is.
        resolved_by: How its names were matched.
        candidates: Codes of what it might be besides, for a person to choose from.
    """

    division: Division | None = None
    resolved_by: PlaceResolution = PlaceResolution.NONE
    candidates: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True, slots=True)
class _Match:
    division: Division
    word: str

    @property
    def is_alias(self) -> bool:
        return self.word not in (self.division.name, self.division.stem)


def resolve(text: str, *, within: Division | None = None) -> Resolution:
    """Return what a text that begins with names of divisions means.

    ``嵊州市崇仁镇岭头山村`` is that village; ``缙云县壶镇镇南田村`` is the town, for it has no such village;
    ``横岗村山上`` is nothing certain and has three candidates.

    Args:
        text: Names from the highest level down, then any other words.
        within: Where the speaker is; counts where the text names nothing above a town.
    """
    rest = "".join(text.split())
    found: _Match | None = None
    is_alias = False
    for level in _ABOVE_VILLAGES:
        scope = _scope(found, within if level == DivisionLevel.TOWN else None)
        if level == DivisionLevel.TOWN and not scope:
            break
        matches = _matches(rest, level, under=scope)
        if len(matches) > 1:
            return _certain(found, is_alias=is_alias, candidates=matches)
        if matches and _stands(matches[0], rest):
            found = matches[0]
            is_alias |= found.is_alias
            rest = rest.removeprefix(found.word)
    return _with_village(rest, found, within, is_alias=is_alias)


def _with_village(rest: str, found: _Match | None, within: Division | None, *, is_alias: bool) -> Resolution:
    """Go on to the village where the county or town is certain."""
    scope = _scope(found, within)
    villages = _matches(rest, DivisionLevel.VILLAGE, under=scope) if scope else []
    narrow = len(scope) >= CODE_LENGTH[DivisionLevel.COUNTY]
    if narrow and len(villages) == 1 and not _goes_on(villages[0], rest):
        return _certain(villages[0], is_alias=is_alias)
    if found or villages:
        return _certain(found, is_alias=is_alias, candidates=villages)
    return Resolution(candidates=tuple(match.division.code for match in _anywhere(rest)))


def _scope(found: _Match | None, within: Division | None) -> str:
    """Return the code that everything further has to begin with; empty for anywhere."""
    scope = found.division if found else within
    return scope.code if scope else ""


def _certain(found: _Match | None, *, is_alias: bool, candidates: Collection[_Match] = ()) -> Resolution:
    """Return what is certain; of a province alone nothing is, for a place."""
    codes = tuple(match.division.code for match in candidates)
    if found is None or found.division.level == DivisionLevel.PROVINCE:
        return Resolution(candidates=codes)
    by = PlaceResolution.ALIAS if is_alias or found.is_alias else PlaceResolution.EXACT
    return Resolution(division=found.division, resolved_by=by, candidates=codes)


def _anywhere(rest: str) -> list[_Match]:
    """Return what a name that stands alone might be: villages of a town so called, or those so called."""
    towns = _matches(rest, DivisionLevel.TOWN, under="")
    inside = [
        village
        for town in towns
        for village in _matches(rest.removeprefix(town.word), DivisionLevel.VILLAGE, under=town.division.code)
    ]
    return inside or towns or _matches(rest, DivisionLevel.VILLAGE, under="")


def _matches(text: str, level: DivisionLevel, *, under: str) -> list[_Match]:
    """Return the divisions whose name the text begins with; only those of the longest name."""
    beginnings = [text[:length] for length in range(_SHORTEST_NAME, min(len(text), _LONGEST_NAME) + 1)]
    if not beginnings:
        return []
    rows = Division.objects.filter(
        Q(stem__in=beginnings) | Q(aliases__overlap=beginnings),
        level=level,
        code__startswith=under,
    ).order_by("code")
    matches = [_Match(division=row, word=_longest(row, beginnings)) for row in rows]
    longest = max((len(match.word) for match in matches), default=0)
    return [match for match in matches if len(match.word) == longest]


def _longest(division: Division, beginnings: list[str]) -> str:
    names = {division.stem, division.name, *division.aliases}
    return max(names.intersection(beginnings), key=len)


def _stands(match: _Match, text: str) -> bool:
    """Say whether a match is meant: 上虞 in 上虞山区 is the county, 龙泉 in 龙泉村 is not."""
    if match.division.level == DivisionLevel.TOWN or match.word.endswith(_KINDS):
        return True
    rest = text.removeprefix(match.word)
    if not rest or rest.startswith(_OF_A_REGION):
        return True
    below = [level for level in DivisionLevel if CODE_LENGTH[level] > len(match.division.code)]
    return not _matches(text, DivisionLevel.VILLAGE, under="") and any(
        _matches(rest, level, under=match.division.code) for level in below
    )


def _goes_on(match: _Match, text: str) -> bool:
    """Say whether the text may name another village that only begins like this one: 上村 in 上村头村."""
    rest = text.removeprefix(match.word)
    return ("村" in rest or "社区" in rest) and "自然村" not in rest

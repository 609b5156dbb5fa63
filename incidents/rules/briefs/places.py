"""Names of places: found in a text by the lists of divisions and by how such names end."""

from collections.abc import Collection, Iterator, Mapping
from typing import Final

from incidents.choices import PlacePrecision, PlaceResolution
from incidents.rules.briefs.gazetteer import Gazetteer, KnownDivision
from incidents.rules.briefs.names import words
from incidents.rules.briefs.tokens import NO_NAME, Part
from incidents.rules.briefs.values import FoundPlace

_ENDS: Final = frozenset("镇乡村区道")
_LONGEST: Final = 10
_SHORTEST: Final = 2
_SUFFIXES: Final = (
    "自治县",
    "街道",
    "社区",
    "林场",
    "省",
    "市",
    "县",
    "区",
    "镇",
    "乡",
    "村",
    "湾",
    "岗",
    "坪",
)
_SURE: Final = ("自治县", "街道", "社区", "省", "市", "县", "区", "镇", "乡", "村")
_NO_PLACE: Final = words("places", "no_place")
_MORE: Final = ("镇", "乡", "区", "村", "域", "段", "长", "民", "里")
"""What makes a longer word of a name that seems to end: 区域, 区段, 镇长."""
_NOT_INSIDE: Final = frozenset(
    "突袭击波援助帮前后内外线路电网停供恢复抢修组织公司人员户名支辆台冰雪受影响导致造成开展发生出动投入持续低温多少"
)
_BEFORE_BARE: Final = frozenset("赴往援在到至对从抵向驻")
_AFTER_BARE: Final = words("places", "behind")
_REST: Final = ("村委会", "委会", "山上", "境内", "一带", "山区", "全境")
_PRECISION: Final = {
    4: PlacePrecision.CITY, 6: PlacePrecision.COUNTY, 9: PlacePrecision.TOWN, 12: PlacePrecision.VILLAGE,
}  # fmt: skip
_LEVELS: Final = {"province": 2, "city": 4, "county": 6, "town": 9, "village": 12}

Names = Mapping[str, Collection[KnownDivision]]


class Places:
    """The names of places that a text may hold, asked for once."""

    def __init__(self, text: str, gazetteer: Gazetteer) -> None:
        """Ask for the names of provinces to counties, and for towns and villages that the text may mean."""
        self._text = text
        self._high = gazetteer.high()
        self._low = gazetteer.low(set(_candidates(text)))
        self._firsts = {name[0] for name in self._high} | {name[0] for name in self._low}

    def chain_at(self, place: int, *, fresh: bool) -> tuple[tuple[Part, ...], int] | None:
        """Return the names that begin at a place, highest first, and where they end.

        Args:
            place: Where.
            fresh: Whether a name that no list has may begin here: behind a mark, a preposition, another name.
        """
        parts: list[Part] = []
        end = place
        while part := self._known(end, first=not parts) or (self._unknown(end) if parts or fresh else None):
            parts.append(part)
            end += len(part.word)
        if len(parts) == 1 and self._is_bare(parts[0]) and not self._stands(parts[0], place):
            unknown = self._unknown(place) if fresh else None
            parts, end = ([unknown], place + len(unknown.word)) if unknown else ([], place)
        if not parts:
            return None
        if self._text.startswith(("以外", "之外", "地区以外", "地区之外"), end):
            return None
        rest = next((word for word in _REST if self._text.startswith(word, end)), "")
        return tuple(parts), end + len(rest)

    def codes_in(self, words: str) -> str:
        """Return the code of the deepest county or city that a name of an organisation holds."""
        found = ""
        for start in range(len(words)):
            for end in range(min(len(words), start + _LONGEST), start + 1, -1):
                divisions = self._high.get(words[start:end], ())
                for division in divisions:
                    if division.code.startswith(found) or len(division.code) > len(found):
                        found = division.code if len(divisions) == 1 else found
        return found

    def _known(self, place: int, *, first: bool) -> Part | None:
        if place >= len(self._text) or self._text[place] not in self._firsts:
            return None
        for end in range(min(len(self._text), place + _LONGEST), place + 1, -1):
            word = self._text[place:end]
            if (word in self._high or word in self._low) and not (first and word in _NO_PLACE):
                return Part(word, (*self._high.get(word, ()), *self._low.get(word, ())))
        return None

    def _unknown(self, place: int) -> Part | None:
        """Return a name that ends like one of a place and is on no list."""
        text = self._text
        for end in range(place + 1, min(len(text), place + 6)):
            if text[end - 1] in NO_NAME or text[end - 1] in _NOT_INSIDE or not "一" <= text[end - 1] <= "龥":
                return None
            suffix = next((word for word in _SURE if text.startswith(word, end)), "")
            stop = end + len(suffix)
            word = text[place:stop]
            if suffix and word.endswith(_NO_PLACE):
                return None
            if suffix and not text.startswith(_MORE, stop):
                return Part(word)
        return None

    def _is_bare(self, part: Part) -> bool:
        return not part.word.endswith(_SURE)

    def _stands(self, part: Part, place: int) -> bool:
        """Say whether a bare name means the place: 上虞 in 上虞山区 does, 天台 in 天台线 does not."""
        end = place + len(part.word)
        before = self._text[place - 1] if place else "，"
        stands = end == len(self._text) or self._text[end].isdecimal()
        return stands or before in _BEFORE_BARE or self._text.startswith(_AFTER_BARE, end)


def resolve(parts: tuple[Part, ...], *, context: str) -> tuple[FoundPlace, bool]:
    """Return what a chain of names means, and whether earlier sentences were needed for it.

    A name counts only inside what was named before it; one that stands alone gives candidates.

    Args:
        parts: The names.
        context: Code of what earlier sentences were about; empty for nothing.
    """
    text = "".join(part.word for part in parts)
    certain: KnownDivision | None = None
    is_alias = leant = False
    for part in parts:
        scope = certain.code if certain else ""
        found = [each for each in part.divisions if each.code.startswith(scope)]
        if certain is None and (len(found) != 1 or len(found[0].code) > _LEVELS["county"]):
            inside = [each for each in found if _is_near(each, context)]
            if len(inside) != 1:
                codes = tuple(sorted({each.code for each in found}))
                return FoundPlace(text=text, candidates=codes), False
            found, leant = inside, True
        if len(found) != 1:
            codes = tuple(sorted({each.code for each in found}))
            return _certain(text, certain, is_alias=is_alias, candidates=codes), leant
        certain, is_alias = found[0], is_alias or found[0].is_alias
    return _certain(text, certain, is_alias=is_alias), leant


def _is_near(division: KnownDivision, context: str) -> bool:
    """Say whether a division lies in what the text is about, narrowly enough: a village in a county."""
    needed = 4 if len(division.code) < _LEVELS["village"] else 6
    return len(context) >= needed and division.code.startswith(context)


def above(context: str, level: str) -> str:
    """Return the code that 全县 or 该镇 means; empty if nothing of that level is known."""
    length = _LEVELS[level]
    return context[:length] if len(context) >= length else ""


def _certain(
    text: str, division: KnownDivision | None, *, is_alias: bool, candidates: tuple[str, ...] = ()
) -> FoundPlace:
    if division is None:
        return FoundPlace(text=text, candidates=candidates)
    return FoundPlace(
        text=text,
        precision=_PRECISION.get(len(division.code), PlacePrecision.UNKNOWN),
        resolved_by=PlaceResolution.ALIAS if is_alias else PlaceResolution.EXACT,
        code=division.code,
        candidates=candidates,
    )


def _candidates(text: str) -> Iterator[str]:
    """Yield what may be a town or a village: what ends like one, two to ten characters long."""
    for position, character in enumerate(text):
        if character not in _ENDS:
            continue
        for start in range(position - 1, max(-1, position - _LONGEST), -1):
            if text[start] in "，。；：、（）\n":
                break
            yield text[start : position + 1]

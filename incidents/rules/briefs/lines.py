"""Names of lines: ``10千伏古西线``, ``10kV璜武166线狮石支线17号至19号杆``."""

from collections.abc import Collection, Mapping
from typing import Final

from incidents.rules.briefs.gazetteer import KnownLine
from incidents.rules.briefs.names import words
from incidents.rules.briefs.numerals import number_at
from incidents.rules.briefs.tokens import NO_NAME, NamedLine

_LONGEST: Final = 14
_LONGEST_BARE: Final = 8
_IN_NAMES: Final = frozenset("将和与及对向从由经受往到着过至")
"""Function words that names hold behind a voltage: 10千伏小将线."""
_GENERIC: Final = words("lines", "generic")
_NO_LINE: Final = words("lines", "no_line")
_NOT_INSIDE: Final = words("lines", "not_inside")
_AFTER_BARE: Final = words("lines", "behind")
_BRANCHES: Final = ("支线", "分线", "分支线", "分支")
_POLES: Final = ("号杆塔", "号电杆", "号杆", "号塔", "#杆塔", "#杆", "#塔", "号铁塔", "杆", "塔")


def line_at(
    text: str,
    place: int,
    *,
    behind_voltage: bool,
    known: Mapping[str, Collection[KnownLine]],
    seen: Collection[str] = (),
) -> NamedLine | None:
    """Return the line that is named at a place.

    Args:
        text: The uniform text.
        place: Where a name may begin.
        behind_voltage: Whether a voltage stands right before it; without one, only names that what follows
            shows to be a line's, or that the company has, count.
        known: The company's lines by name.
        seen: Lines that the text has named before.
    """
    end = _name_end(text, place, behind_voltage=behind_voltage)
    if end is None:
        return None
    name = text[place:end]
    if name not in known and name not in seen:
        if text[end : end + 1] in ("路", "缆") and text[end : end + 1]:
            return None
        stem = name[:-1].removesuffix("支").removesuffix("主").removesuffix("干")
        if (
            _is_no_line(name, behind_voltage=behind_voltage)
            or not stem
            or stem in _GENERIC
            or name[:-1] in _GENERIC
            or any(w in name for w in _NOT_INSIDE)
        ):
            return None
        if not behind_voltage and not (len(name) > 2 and text.startswith(_AFTER_BARE, end)):  # noqa: PLR2004
            return None
    return _with_branch(text, name, place, end)


def _is_no_line(name: str, *, behind_voltage: bool) -> bool:
    """Say whether 线 is a wire, a front or an act: 导线, 一线, 巡线; 司前线 behind a voltage is a line."""
    if behind_voltage:
        return name in _NO_LINE or name.endswith(("导线", "电线", "裸线"))
    return name.endswith(_NO_LINE)


def pole_at(text: str, place: int) -> tuple[str, int] | None:
    """Return the number of a pole, or of two, and where the words end: ``29号杆``, ``17号至19号杆``."""
    start = place + (text[place : place + 1] == "#")
    first = number_at(text, start) if start < len(text) else None
    if first is None or first.value is None or first.value != int(first.value):
        return None
    end = first.end
    number = text[start:end]
    joint = end + len(text[end : end + 1]) if text[end : end + 1] in ("号", "#") else end
    joint = next((joint + len(w) for w in ("至", "到", "-", "~", "、") if text.startswith(w, joint)), 0)
    second = number_at(text, joint) if joint and joint < len(text) else None
    if second and second.value is not None and text.startswith(_POLES, second.end):
        number, end = f"{number}-{text[joint : second.end]}", second.end
    for word in _POLES:
        if text.startswith(word, end) and (len(word) > 1 or start > place):
            return number, end + len(word)
    return None


def _name_end(text: str, place: int, *, behind_voltage: bool) -> int | None:
    """Return where the first 线 ends, if only characters of names stand before it."""
    longest = _LONGEST if behind_voltage else _LONGEST_BARE
    refused = NO_NAME - _IN_NAMES if behind_voltage else NO_NAME
    for position in range(place, min(place + longest, len(text))):
        character = text[position]
        if character == "线" and position > place:
            return position + 1
        if character in refused:
            return None
    return None


def _with_branch(text: str, name: str, place: int, end: int) -> NamedLine:
    """Return the line with the branch and the pole that follow."""
    branch = pole = ""
    if name.endswith("支线"):
        return NamedLine(name, place, *_pole(text, end, ""))
    for position in range(end, min(end + 9, len(text))):
        if text[position] in NO_NAME:
            break
        word = next((word for word in _BRANCHES if text.startswith(word, position)), "")
        if word and position > end:
            branch, end = text[end : position + len(word)], position + len(word)
            break
    end, branch, pole = _pole(text, end, branch)
    return NamedLine(name, place, end, branch, pole)


def _pole(text: str, end: int, branch: str) -> tuple[int, str, str]:
    found = pole_at(text, end) if end < len(text) else None
    return (found[1], branch, found[0]) if found else (end, branch, "")

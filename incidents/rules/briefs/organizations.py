"""Names of organisations: ``国网新昌县供电公司``, ``章镇供电所``, ``市气象台``."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

from incidents.rules.briefs.names import words
from incidents.rules.briefs.tokens import NO_NAME

_LONGEST: Final = 20
_SHORTEST_START: Final = 6
_NO_OWN_NAME: Final = words("organizations", "nameless")
_VERBS: Final = words("organizations", "before")


@dataclass(frozen=True, slots=True)
class Organization:
    """An organisation that a text names; without a name of its own it is one that was named before."""

    start: int
    end: int
    means: str
    has_name: bool


def organizations_in(
    text: str, suffixes: Iterable[tuple[str, str]], starts: frozenset[str]
) -> list[Organization]:
    """Return the organisations of a text in order, the longest ending of each.

    Args:
        text: The uniform text.
        suffixes: Words that organisations end in, with what kind they are.
        starts: Names of provinces to counties; an organisation begins with one rather than with words before.
    """
    ends: dict[int, tuple[int, str]] = {}
    for word, means in suffixes:
        place = text.find(word)
        while place != -1:
            end = place + len(word)
            if end not in ends or place < ends[end][0]:
                ends[end] = (place, means)
            place = text.find(word, place + 1)
    found: list[Organization] = []
    for end, (suffix, means) in sorted(ends.items()):
        start = _start(text, suffix, found[-1].end if found else 0, starts)
        if means == "place" and not any(text[start:stop] in starts for stop in range(start + 2, suffix + 1)):
            continue
        if found and start < found[-1].end:
            found.pop()
        kind = "grid" if means == "place" else means
        found.append(Organization(start, end, kind, text[start:suffix] not in _NO_OWN_NAME))
    return found


def _start(text: str, suffix: int, after: int, starts: frozenset[str]) -> int:
    """Return where the name before an ending begins."""
    low = suffix
    while (
        low > max(after, suffix - _LONGEST) and text[low - 1] not in NO_NAME and not text[low - 1].isdecimal()
    ):
        low -= 1
    if low and low < suffix and text[low - 1].isdecimal() and text[low] in "日时分月号年":
        low += 1
    grid = text.rfind("国网", low, suffix)
    if grid == -1:
        grid = text.rfind("南方电网", low, suffix)
    if grid != -1:
        return grid
    for word in _VERBS:
        place = text.rfind(word, low, suffix)
        low = max(low, place + len(word)) if place != -1 else low
    for start in range(low, suffix):
        if any(text[start:end] in starts for end in range(min(suffix, start + 9), start + 1, -1)):
            return start
    return max(low, suffix - _SHORTEST_START)

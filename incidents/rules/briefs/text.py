"""A brief made uniform for reading, with the way back to every character of the original.

Widths, traditional characters and punctuation become one; blanks go; what scanners do to digits (``l0千伏``)
and names (``国网网``) is repaired and remembered, so that values from there say so.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from typing import Final, TypeVar

from incidents.rules.briefs.values import Inference, Roughly, Span, Value
from incidents.rules.briefs.vocabulary import FOLDER

T = TypeVar("T")
_MANY: Final = {
    "Ⅰ": "I", "Ⅱ": "II", "Ⅲ": "III", "Ⅳ": "IV", "㎜": "mm", "㎝": "cm", "㎞": "km", "…": "，",
}  # fmt: skip
_MARKS: Final = str.maketrans({
    ",": "，", ";": "；", "(": "（", ")": "）", "!": "。", "?": "。", "！": "。", "？": "。", "｡": "。",
    "﹐": "，", "～": "~", "〜": "~", "∼": "~", "－": "-", "–": "-", "−": "-", "﹣": "-", "‐": "-",
    "【": "（", "】": "）", "[": "（", "]": "）", "〔": "（", "〕": "）", "○": "〇", "◯": "〇", "•": "·",
    "º": "°", "˚": "°", "％": "%", "﹪": "%", "|": "，", "\r": "\n", "\u2028": "\n", "\x0b": "\n",
    "\x0c": "\n",
})  # fmt: skip
_FULL: Final = {code: chr(code - 0xFEE0) for code in range(0xFF01, 0xFF5F)}
_BLANK: Final = frozenset(" \t\u00a0\u3000\u200b\u200c\u200d\ufeff\u2002\u2003\u2009\u00ad")
_DIGITS: Final = frozenset("0123456789")
_OF_NUMBERS: Final = frozenset("0123456789.，")
_ENDS: Final = frozenset("。；：，、")
_ITEM: Final = frozenset("一二三四五六七八九十（①②③④⑤⑥⑦⑧⑨●■★-·")
_WRAPPED_FROM: Final = 14
_LABEL: Final = 9
"""How soon a colon makes the beginning of a line a label: 停运线路：…"""


@dataclass(frozen=True, slots=True)
class Prepared:
    """The uniform text.

    Attributes:
        original: What was pasted.
        text: What is read.
        starts: Where each character of ``text`` begins in the original; ``ends`` where it ends.
        repaired: Which characters were repaired.
    """

    original: str
    text: str
    starts: list[int]
    ends: list[int]
    repaired: frozenset[int]

    def span(self, start: int, end: int) -> Span:
        """Return the stretch of the original that a stretch of the text comes from."""
        return Span(self.starts[start], self.ends[end - 1])

    def quote(self, start: int, end: int) -> str:
        """Return the original words."""
        return self.original[self.starts[start] : self.ends[end - 1]]

    def value(
        self,
        value: T,
        start: int,
        end: int,
        *,
        confidence: float = 0.9,
        inferred: Inference | None = None,
        roughly: Roughly | None = None,
    ) -> Value[T]:
        """Return a value that stands at ``start`` to ``end`` of the text."""
        if self.repaired and not self.repaired.isdisjoint(range(start, end)):
            inferred, confidence = inferred or Inference.REPAIRED_TEXT, confidence - 0.2
        return Value(
            value=value,
            span=self.span(start, end),
            quote=self.quote(start, end),
            confidence=round(confidence, 2),
            inferred=inferred,
            roughly=roughly,
        )


def prepare(original: str) -> Prepared:
    """Return a text made uniform. Takes one pass."""
    pieces = list(_joined_lines(list(_characters(original))))
    text, repaired = _repaired([piece for piece, _, _ in pieces])
    return Prepared(
        original=original,
        text=text,
        starts=[start for _, start, _ in pieces],
        ends=[end for _, _, end in pieces],
        repaired=repaired,
    )


_ASCII_DIGITS: Final = "0123456789"
_COUNTED: Final = "户人个名台条基处棵根"


@cache
def _simplified() -> dict[int, str]:
    pairs = (FOLDER / "traditional.txt").read_text(encoding="utf-8").split()
    return {ord(pair[0]): pair[1] for pair in pairs}


def _characters(original: str) -> Iterator[tuple[str, int, int]]:
    """Yield each uniform character with where it comes from; blanks only between two digits."""
    uniform = _with_commas(original.translate(_FULL | _simplified()).translate(_MARKS))
    last = ""
    blank: tuple[str, int, int] | None = None
    for place, character in enumerate(uniform):
        if character in _BLANK:
            blank = (" ", place, place + 1)
            continue
        if blank and last in _DIGITS and character in _DIGITS and not _is_gap(uniform, blank[1]):
            yield blank
        blank = None
        if character == "网" and last == "网":
            continue
        character = _in_context(uniform, place, last)  # noqa: PLW2901 - the same one, made uniform
        for single in _MANY.get(character, character):
            yield single, place, place + 1
            last = single


def _is_gap(uniform: str, place: int) -> bool:
    """Say whether a blank parts thousands of one count: ``2 310户``."""
    before, behind = uniform[max(0, place - 4) : place], uniform[place + 1 : place + 5]
    digits = len(before) - len(before.rstrip(_ASCII_DIGITS))
    short = 1 <= digits < 4  # noqa: PLR2004 - thousands have up to three digits before them
    return short and behind[:3].isdecimal() and behind[3:] in _COUNTED and behind[3:] != ""


def _with_commas(uniform: str) -> str:
    """Return the text with commas for the blanks of lines that are punctuated by blanks alone."""
    lines = uniform.split("\n")
    for at, line in enumerate(lines):
        inside = line.strip()
        if inside.count(" ") > 1 and not _has_marks(inside):
            lines[at] = "".join(
                "，" if c == " " and not _joins(line, place) else c for place, c in enumerate(line)
            )
    return "\n".join(lines)


def _has_marks(line: str) -> bool:
    """Say whether a line has commas or stops that are no separators of thousands."""
    return any(
        mark in "，。；" and not (line[at - 1 : at] in _DIGITS and line[at + 1 : at + 2] in _DIGITS)
        for at, mark in enumerate(line)
    )


def _joins(line: str, place: int) -> bool:
    """Say whether a blank stands inside of something: a date and its time, a number and its unit."""
    before, after = line[place - 1 : place], line[place + 1 : place + 2]
    if not before or not after or before in _DIGITS:
        return True
    end = place + 1
    while end < len(line) and line[end] in _OF_NUMBERS:
        end += 1
    return end > place + 1 and line[end : end + 1] == " "


def _in_context(uniform: str, place: int, last: str) -> str:
    """Return what a mark means here: separators of thousands go, colons and points stay between digits."""
    character = uniform[place]
    following = uniform[place + 1 : place + 4]
    if character == "，" and last in _DIGITS and len(following) == 3 and following.isdecimal():  # noqa: PLR2004
        after = uniform[place + 4 : place + 5]
        return "" if after not in _DIGITS else character
    if character == ":" and not (last in _DIGITS and following[:1] in _DIGITS):
        return "："
    if character == "：" and last in _DIGITS and following[:1] in _DIGITS:
        return ":"
    if character == "." and not (last in _DIGITS and following[:1] in _DIGITS):
        return "。"
    if character == "—":
        return "-" if last != "—" and following[:1] != "—" else "—"
    return character


def _joined_lines(pieces: list[tuple[str, int, int]]) -> Iterator[tuple[str, int, int]]:
    """Yield the characters without the line ends that only a page's width made."""
    wrapped = _is_wrapped("".join(piece for piece, _, _ in pieces))
    length = 0
    for place, piece in enumerate(pieces):
        if piece[0] != "\n":
            length += 1
            yield piece
            continue
        before = pieces[place - 1][0] if place else "\n"
        after = pieces[place + 1][0] if place + 1 < len(pieces) else "\n"
        soft = before in "，、（" or (wrapped and length >= _WRAPPED_FROM and before not in _ENDS)
        labelled = any(pieces[at][0] == "：" for at in range(place + 1, min(place + _LABEL, len(pieces))))
        begins = labelled or after in _ITEM
        if not soft or after == "\n" or (begins and before not in "，、"):
            yield piece
        length = 0


def _is_wrapped(text: str) -> bool:
    """Say whether most lines end inside a sentence."""
    lines = [line for line in text.split("\n") if line]
    inside = sum(len(line) >= _WRAPPED_FROM and line[-1] not in "。；：）”" for line in lines[:-1])
    return len(lines) > 2 and inside * 2 >= len(lines) - 1  # noqa: PLR2004


def _repaired(characters: list[str]) -> tuple[str, frozenset[int]]:
    """Return the text with letters that are digits turned into them, and where."""
    found = set()
    for place, character in enumerate(characters):
        if character in "lIoO" and _is_digit(characters, place):
            characters[place] = "1" if character in "lI" else "0"
            found.add(place)
    return "".join(characters), frozenset(found)


def _is_digit(characters: list[str], place: int) -> bool:
    before = characters[place - 1] if place else ""
    after = characters[place + 1] if place + 1 < len(characters) else ""
    if before.isascii() and before.isalpha():
        return False
    if characters[place] == "I" and after == "I":
        return False
    return (before in _DIGITS and before != "") or (
        after != "" and after in "0123456789lOo" and characters[place] != "o"
    )

"""A text with numbered marks: which stretch belongs to which values."""

from collections.abc import Iterable
from dataclasses import dataclass
from itertools import pairwise

from incidents.rules.briefs.values import Span


@dataclass(frozen=True, slots=True)
class Piece:
    """A stretch of the text, and the numbers of the marks that it belongs to; none for plain text."""

    text: str
    marks: tuple[int, ...]
    begins: tuple[int, ...] = ()
    """Marks whose first character this is."""


def marked(text: str, spans: Iterable[tuple[int, Span]]) -> list[Piece]:
    """Return a text cut where marks begin or end; together the pieces are the text, unchanged.

    Args:
        text: The text.
        spans: Number and span of each mark; they may overlap, parts outside the text are passed over.
    """
    found = [(number, span) for number, span in spans if 0 <= span.start < span.end <= len(text)]
    cuts = sorted({0, len(text), *(end for _n, span in found for end in (span.start, span.end))})
    starts = sorted(found, key=lambda each: (each[1].start, each[0]))
    pieces: list[Piece] = []
    active: list[tuple[int, Span]] = []
    position = 0
    for start, end in pairwise(cuts):
        while position < len(starts) and starts[position][1].start <= start:
            active.append(starts[position])
            position += 1
        active = [each for each in active if each[1].end > start]
        numbers = tuple(sorted(number for number, _span in active))
        begins = tuple(sorted(number for number, span in active if span.start == start))
        pieces.append(Piece(text[start:end], numbers, begins))
    return pieces

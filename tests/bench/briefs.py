"""``make briefs-bench``: reading a brief of 2,000 characters against looking at every word of it once.

The bare scan asks a dictionary for every stretch of up to twelve characters, which is the least that reading
without a list of word ends can do. Both run in turns, the best of each counts; prints one JSON line and exits
with 1 when the ratio is over 30 or a text ten times as long takes more than twelve times as long.
"""

import json
import sys
import time
from collections.abc import Callable
from datetime import date

from incidents.rules.briefs.reading import read
from incidents.rules.briefs.vocabulary import ours
from tests.incidents.briefs.score import briefs, gazetteer

ROUNDS = 15
RATIO, GROWTH = 30.0, 12.0
LONGEST_WORD = 12


def main() -> int:
    """Measure; return the exit code."""
    short = "".join(brief.text for brief in briefs("building"))[:2_000]
    long = short * 10
    words = ours().meanings
    reading, scanning = _best(lambda: _read(short), lambda: _scan(short, words))
    (whole,) = _best(lambda: _read(long), rounds=3)
    figures = {
        "brief_2000_ms": round(reading * 1000, 1),
        "brief_per_scan": round(reading / scanning, 1),
        "brief_growth_10x": round(whole / reading, 1),
    }
    print(json.dumps(figures))  # noqa: T201 - a figure a line
    return int(reading > RATIO * scanning or whole > GROWTH * reading)


def _read(text: str) -> None:
    read(text, published_on=date(2024, 2, 27), vocabulary=ours(), gazetteer=gazetteer())


def _scan(text: str, words: dict[str, dict[str, str]]) -> int:
    """Return how many stretches are words."""
    return sum(
        text[at : at + length] in words for at in range(len(text)) for length in range(1, LONGEST_WORD + 1)
    )


def _best(*works: Callable[[], object], rounds: int = ROUNDS) -> list[float]:
    """Return the shortest time of each, done in turns so that a busy machine slows all of them."""
    best = [float("inf")] * len(works)
    for _ in range(rounds):
        for at, work in enumerate(works):
            started = time.process_time()
            work()
            best[at] = min(best[at], time.process_time() - started)
    return best


if __name__ == "__main__":
    sys.exit(main())

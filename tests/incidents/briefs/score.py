"""How well briefs are read: precision and recall of every field, over briefs with the records that they hold.

``make briefs-score`` prints both tables. An expected record and a found one of the same kind are a pair
where most fields agree; each field counts by itself, so that a wrong date in a right record is one error.
"""

import gzip
import sys
import tomllib
from collections import Counter, defaultdict
from dataclasses import dataclass, field
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any

from incidents.rules.briefs.draft import Draft
from incidents.rules.briefs.flat import flat
from incidents.rules.briefs.gazetteer import InMemory
from incidents.rules.briefs.reading import read
from incidents.rules.briefs.records import OutageRecord
from incidents.rules.briefs.vocabulary import ours

FOLDER = Path(__file__).parent
DIVISIONS = Path(__file__).parents[3] / "incidents" / "data" / "divisions.csv.gz"
HALVES = ("building", "kept_aside", "second", "third_building", "third_blind")

Fields = dict[str, str]
Fact = tuple[str, Fields]


@dataclass(frozen=True)
class Brief:
    """A brief of the collection and what it says."""

    text: str
    style: str
    published_on: date | None
    records: list[Fact]


@dataclass
class Score:
    """Right, invented and missed values by field."""

    right: Counter[str] = field(default_factory=Counter)
    invented: Counter[str] = field(default_factory=Counter)
    missed: Counter[str] = field(default_factory=Counter)
    told: list[str] = field(default_factory=list)

    def precision(self) -> float:
        right = self.right.total()
        return right / max(1, right + self.invented.total())

    def recall(self) -> float:
        right = self.right.total()
        return right / max(1, right + self.missed.total())


@cache
def gazetteer() -> InMemory:
    """Return the divisions that the product ships, in memory."""
    lines = gzip.decompress(DIVISIONS.read_bytes()).decode().split("\n")[1:]
    rows = [line.split(",", 1) for line in lines if line]
    return InMemory([(code, name) for code, name in rows])


def drafted(brief: Brief) -> Draft:
    return read(brief.text, published_on=brief.published_on, vocabulary=ours(), gazetteer=gazetteer())


def parsed(line: str) -> Fact:
    """Return a record written as ``kind field=value …``."""
    kind, *fields = line.split()
    return kind, dict(word.split("=", 1) for word in fields)


def briefs(half: str) -> list[Brief]:
    told = tomllib.loads((FOLDER / f"{half}.toml").read_text(encoding="utf-8"))
    return [_brief(each) for each in told["brief"]]


def _brief(told: dict[str, Any]) -> Brief:
    records = [parsed(line) for line in told["records"].split("\n") if line.strip()]
    for kind, fields in records:
        if kind == "total" and told.get("as_of"):
            fields.setdefault("as_of", told["as_of"])
        if fields.get("as_of") == "none":
            del fields["as_of"]
    return Brief(told["text"], told["style"], told.get("published_on"), records)


def score(briefs_of_half: list[Brief]) -> Score:
    total = Score()
    for at, brief in enumerate(briefs_of_half, start=1):
        _count(total, brief, drafted(brief), f"{at} {brief.style}")
    return total


def _count(total: Score, brief: Brief, draft: Draft, name: str) -> None:
    keys = [record.key for record in draft.of(OutageRecord)]
    expected, found = defaultdict(list), defaultdict(list)
    for kind, fields in brief.records:
        expected[kind].append(dict(fields))
    for record in draft.records:
        kind, fields = flat(record)
        if fields.get("outage"):
            fields["outage"] = str(keys.index(int(fields["outage"])) + 1)
        found[kind].append(fields)
    for kind in sorted(expected.keys() | found.keys()):
        for wanted, got in _pairs(expected[kind], found[kind]):
            _compare(total, kind, wanted, got, name)


def _pairs(expected: list[Fields], found: list[Fields]) -> list[tuple[Fields, Fields]]:
    """Return expected and found records side by side, the likest first; some stand beside nothing."""
    likeness = sorted(
        (
            (len(wanted.items() & got.items()), -a, -b)
            for a, wanted in enumerate(expected)
            for b, got in enumerate(found)
        ),
        reverse=True,
    )
    pairs, left, right = [], set(range(len(expected))), set(range(len(found)))
    for alike, a, b in likeness:
        if alike and -a in left and -b in right:
            pairs.append((expected[-a], found[-b]))
            left.remove(-a)
            right.remove(-b)
    return pairs + [(expected[a], {}) for a in sorted(left)] + [({}, found[b]) for b in sorted(right)]


def _compare(total: Score, kind: str, wanted: dict[str, str], got: dict[str, str], name: str) -> None:
    for key in sorted(wanted.keys() | got.keys()):
        label = f"{kind}.{key}"
        if wanted.get(key) == got.get(key):
            total.right[label] += 1
            continue
        total.invented[label] += key in got
        total.missed[label] += key in wanted
        total.told.append(f"{name}: {label} wanted {wanted.get(key)} got {got.get(key)}")
    if not wanted and not got:
        return
    if not got or not wanted:
        total.told.append(f"   ^ whole record: wanted {wanted} got {got}")


def table(result: Score) -> str:
    """Return precision and recall of every field as lines of text."""
    rows = [f"{'field':32}{'right':>7}{'wrong':>7}{'missed':>7}{'precision':>11}{'recall':>8}"]
    for label in sorted(result.right.keys() | result.invented.keys() | result.missed.keys()):
        right, wrong, missed = result.right[label], result.invented[label], result.missed[label]
        rows.append(
            f"{label:32}{right:7}{wrong:7}{missed:7}"
            f"{right / max(1, right + wrong):11.3f}{right / max(1, right + missed):8.3f}"
        )
    rows.append(
        f"{'all':32}{result.right.total():7}{result.invented.total():7}{result.missed.total():7}"
        f"{result.precision():11.3f}{result.recall():8.3f}"
    )
    return "\n".join(rows)


def main() -> None:
    loud = "--loud" in sys.argv
    for half in [each for each in HALVES if each in sys.argv] or HALVES:
        result = score(briefs(half))
        print(f"{half}\n{table(result)}\n")  # noqa: T201
        if loud:
            print("\n".join(result.told))  # noqa: T201


if __name__ == "__main__":
    main()

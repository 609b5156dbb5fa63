"""Test lines of the vocabulary: what a person who adds words writes beside them, and what is run.

``停电台区45个 | total subject=areas state=out n=45``: the text left of the bar has to give a record with
these fields; nothing right of it says that no number of the text may become a record.
"""

from datetime import date
from typing import Final

from incidents.rules.briefs.draft import Draft
from incidents.rules.briefs.flat import flat
from incidents.rules.briefs.gazetteer import Gazetteer
from incidents.rules.briefs.reading import read
from incidents.rules.briefs.records import StormRecord
from incidents.rules.briefs.vocabulary import Entry, Vocabulary

LEAD: Final = "国网嵊州市供电公司消息。"
"""Stands before each line, so that a few words are a brief."""
PUBLISHED_ON: Final = date(2024, 2, 27)
"""The day that test lines are read as of."""


def failures(entry: Entry, vocabulary: Vocabulary, gazetteer: Gazetteer) -> list[str]:
    """Return the test lines of an entry that do not hold, each with what was read instead.

    Args:
        entry: The entry.
        vocabulary: All words, the entry among them.
        gazetteer: Divisions and lines.
    """
    found = []
    for line in entry.tests:
        text, _, wanted = line.partition("|")
        draft = read(
            LEAD + text.strip(), published_on=PUBLISHED_ON, vocabulary=vocabulary, gazetteer=gazetteer
        )
        if not _holds(draft, wanted.split()):
            found.append(f"{line} → {_told(draft)}")
    return found


def _holds(draft: Draft, wanted: list[str]) -> bool:
    facts = [flat(record) for record in draft.records if wanted or not isinstance(record, StormRecord)]
    if not wanted:
        return not facts
    fields = dict(word.split("=", 1) for word in wanted[1:])
    return any(kind == wanted[0] and fields.items() <= told.items() for kind, told in facts)


def _told(draft: Draft) -> str:
    facts = [flat(record) for record in draft.records]
    return (
        "; ".join(f"{kind} {' '.join(f'{k}={v}' for k, v in told.items())}" for kind, told in facts)
        or "nothing"
    )

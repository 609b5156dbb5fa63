"""Words that people teach the reading of briefs; each brings lines that prove it."""

from collections.abc import Collection, Iterator, Mapping
from dataclasses import replace
from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from incidents import journal
from incidents.errors import Invalid
from incidents.journal import Actor
from incidents.models import BriefWord
from incidents.rules.briefs.proof import failures
from incidents.rules.briefs.vocabulary import Entry, ours
from incidents.selectors import brief_words
from incidents.selectors.brief_gazetteer import RecordedNames
from incidents.services import deeds, facts
from incidents.services.storing import store

_MOST_TESTS = 10


@transaction.atomic
def teach(
    *, category: str, means: str, word: str, tests: Collection[str], at: datetime, by: Actor
) -> BriefWord:
    """Teach a word: from now on briefs are read with it.

    Args:
        category: What kind of word it is; one that the packed vocabulary has.
        means: What it means; a meaning of that category.
        word: The word, as briefs write it.
        tests: Lines ``text | kind field=value …``; a ``|`` without anything behind it says that the text
            gives no record. At least one has to hold the word.
        at: When it was taught.
        by: Who teaches it.

    Raises:
        Invalid: If category or meaning is unknown, or a test line does not hold; says what was read instead.
            Nothing is written.
        BrokenRule: If the category has the word already; nothing is written.
    """
    facts.check_moments(by=by, at=at)
    word, lines = word.strip(), [line.strip() for line in tests if line.strip()]
    entry = Entry(category=category, means=means, words=(word,), tests=tuple(lines))
    problems = _problems(entry) or _failed(entry)
    if problems:
        raise Invalid(problems=problems)
    row = BriefWord(category=category, means=means, word=word, tests=lines, since_at=at, added_by=by.user)
    store(row)
    journal.write("brief_word.taught", subject=row, at=at, by=by)
    return row


@transaction.atomic
def withdraw(taught: BriefWord, *, reason: str, at: datetime, by: Actor) -> BriefWord:
    """Read briefs without a word again; it stays on record. What is withdrawn already stays so.

    Raises:
        Missing: If no reason is given; nothing is written.
    """
    facts.require_words(purpose="withdraw", reason=reason)
    facts.check_moments(by=by, at=at)
    row = BriefWord.objects.select_for_update().get(pk=taught.pk)
    if row.withdrawn_at is not None:
        return row
    before = journal.snapshot(row)
    row.withdrawn_at, row.withdraw_reason = at, reason
    deeds.record("brief_word.withdrawn", row, before=before, at=at, by=by, reason=reason)
    return row


def _problems(entry: Entry) -> Mapping[str, Collection[Any]]:
    """Say which part of an entry cannot be."""
    known: dict[str, set[str]] = {}
    for each in ours().entries:
        known.setdefault(each.category, set()).add(each.means)
    if entry.category not in known:
        return {"category": [_("Known are: %(known)s.") % {"known": ", ".join(sorted(known))}]}
    if entry.means not in known[entry.category]:
        told = {"known": ", ".join(sorted(known[entry.category]))}
        return {"means": [_("Known are: %(known)s.") % told]}
    if not entry.words[0]:
        return {"word": [_("Holds nothing that can be seen.")]}
    if not any(entry.words[0] in line.partition("|")[0] for line in entry.tests):
        return {"tests": [_("At least one test line has to hold the word.")]}
    if len(entry.tests) > _MOST_TESTS or any("|" not in line for line in entry.tests):
        return {"tests": [_("At most ten lines, each a text, a bar | and the record that follows.")]}
    return {}


def _failed(entry: Entry) -> Mapping[str, Collection[Any]]:
    """Run the test lines of an entry, and those of other words that hold it and held so far."""
    before = brief_words.vocabulary()
    after, names = before.with_more([entry]), RecordedNames()
    wrong = failures(entry, after, names)
    for other in _others(entry.words[0]):
        spoilt = {line.partition(" → ")[0] for line in failures(other, before, names)}
        wrong += [line for line in failures(other, after, names) if line.partition(" → ")[0] not in spoilt]
    return {"tests": wrong} if wrong else {}


def _others(word: str) -> Iterator[Entry]:
    """Yield the entries, packed or taught, with those of their test lines that hold a word."""
    taught = BriefWord.objects.filter(withdrawn_at=None).order_by("pk")
    rows = taught.values_list("category", "means", "word", "tests")
    entries = [Entry(category=c, means=m, words=(w,), tests=tuple(lines)) for c, m, w, lines in rows]
    for each in (*ours().entries, *entries):
        lines = tuple(line for line in each.tests if word in line.partition("|")[0])
        if lines:
            yield replace(each, tests=lines)

"""The words that reading knows. They are data: files of ours, and whatever a person adds to them.

An entry says what some words mean, and brings lines that prove it: ``text | what it reads as``.
"""

import tomllib
from collections.abc import Iterable
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Final

FOLDER: Final = Path(__file__).parent.parent.parent / "data" / "briefs"
_WORDLISTS: Final = "*.words.toml"


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """Words of one meaning.

    Attributes:
        category: What kind of word: ``unit``, ``verb``, ``negation``, ``damage`` and so on.
        means: Code of the meaning inside its category.
        words: The words, in simplified characters without spaces.
        tests: Lines ``text | kind field=value …``; a ``|`` without anything behind it says that no record
            follows from the text.
    """

    category: str
    means: str
    words: tuple[str, ...]
    tests: tuple[str, ...] = ()


@dataclass(frozen=True)
class Vocabulary:
    """All words, by what they begin with.

    Attributes:
        meanings: Word → (category, meaning) pairs.
        lengths: First character → lengths of the words that begin with it, the longest first.
    """

    entries: tuple[Entry, ...]
    meanings: dict[str, dict[str, str]] = field(init=False, compare=False, default_factory=dict)
    lengths: dict[str, tuple[int, ...]] = field(init=False, compare=False, default_factory=dict)

    def __post_init__(self) -> None:
        """Index the words; of two entries of one category the later wins."""
        for entry in self.entries:
            for word in entry.words:
                self.meanings.setdefault(word, {})[entry.category] = entry.means
        found: dict[str, set[int]] = {}
        for word in self.meanings:
            found.setdefault(word[0], set()).add(len(word))
        self.lengths.update({first: tuple(sorted(each, reverse=True)) for first, each in found.items()})

    def with_more(self, entries: Iterable[Entry]) -> "Vocabulary":
        """Return this vocabulary with the entries of a company."""
        return Vocabulary((*self.entries, *entries))


def parse(content: str) -> tuple[Entry, ...]:
    """Return the entries of a file: tables ``[category.meaning]`` with ``words`` and ``tests``."""
    found = []
    for category, meanings in tomllib.loads(content).items():
        for means, told in meanings.items():
            words, tests = tuple(told["words"]), tuple(told.get("tests", ()))
            found.append(Entry(category=category, means=means, words=words, tests=tests))
    return tuple(found)


@cache
def ours(folder: Path = FOLDER) -> Vocabulary:
    """Return the vocabulary that comes with the product."""
    entries: list[Entry] = []
    for path in sorted(folder.glob(_WORDLISTS)):
        entries += parse(path.read_text(encoding="utf-8"))
    return Vocabulary(tuple(entries))

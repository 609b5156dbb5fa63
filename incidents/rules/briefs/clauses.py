"""Sentences and clauses, and which of their words are facts.

Plans, wishes, conditions, what is denied and what an earlier storm did are told apart by position: in
``已投入200人，确保今晚恢复`` the first half is a fact.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Final

from incidents.rules.briefs.draft import Reason
from incidents.rules.briefs.tokens import Kind, Token

_ENDS: Final = frozenset((Kind.BREAK, Kind.STOP, Kind.END))
_LONGEST_CLAUSE: Final = 60
_LONGEST_SENTENCE: Final = 180
"""Tokens of a clause and a sentence; nobody writes longer ones, and reading stays linear."""
_NEVER: Final = 1 << 60
_MANY: Final = frozenset(("line", "villages", "towns"))
_CONDITIONS: Final = frozenset(("若", "如果", "如遇", "一旦", "假如", "倘若", "万一", "一经", "只要"))


@dataclass(slots=True)
class Clause:
    """Tokens between two commas.

    Attributes:
        unreal_from: From which position on the words are no facts, and why.
        known: The tokens that are facts, once somebody has asked.
    """

    tokens: list[Token]
    unreal_from: int = _NEVER
    reason: Reason | None = None
    known: list[Token] | None = None

    def is_fact(self, token: Token) -> bool:
        """Say whether a token stands before any plan, wish or condition."""
        return token.start < self.unreal_from

    def __len__(self) -> int:
        """Return the number of tokens."""
        return len(self.tokens)

    def facts(self) -> list[Token]:
        """Return the tokens that are facts."""
        if self.known is None:
            self.known = [token for token in self.tokens if self.is_fact(token)]
        return self.known

    def is_negated(self, token: Token) -> bool:
        """Say whether a denial stands before a token in its clause."""
        return any(other.tag("negation") and other.start < token.start for other in self.tokens)

    def is_denied(self, token: Token) -> bool:
        """Say whether a denial stands right before a token: 未 in 未恢复."""
        at = self.tokens.index(token)
        return at > 0 and bool(self.tokens[at - 1].tag("negation"))

    def has(self, category: str) -> bool:
        """Say whether a factual word of a category stands here."""
        return any(token.tag(category) for token in self.facts())

    def counts_many(self) -> bool:
        """Say whether lines, villages or towns are counted here; 一条线路 is one that is told of."""
        return any(
            token.quantity and token.unit in _MANY and (token.unit != "line" or token.quantity.value > 1)
            for token in self.facts()
        )

    def before(self, token: Token) -> list[Token]:
        """Return the tokens before one, nearest first."""
        return self.tokens[: self.tokens.index(token)][::-1]

    def after(self, token: Token) -> list[Token]:
        """Return the tokens after one."""
        return self.tokens[self.tokens.index(token) + 1 :]


@dataclass(slots=True)
class Sentence:
    """Clauses up to a full stop.

    Attributes:
        stops: The clauses that a semicolon ends.
        known: The tokens that are facts, once somebody has asked.
        categories: Which kinds of words are among them; ``units`` which units.
    """

    start: int
    end: int
    clauses: list[Clause] = field(default_factory=list)
    stops: set[int] = field(default_factory=set)
    known: list[Token] | None = None
    categories: frozenset[str] = frozenset()
    units: frozenset[str] = frozenset()

    def pairs(self) -> Iterator[tuple[Clause, Token]]:
        """Yield every factual token with its clause."""
        for clause in self.clauses:
            for token in clause.facts():
                yield clause, token

    def tokens(self) -> list[Token]:
        """Return the factual tokens."""
        if self.known is None:
            self.known = [token for _, token in self.pairs()]
        return self.known

    def all_tokens(self) -> list[Token]:
        """Return all tokens."""
        return [token for clause in self.clauses for token in clause.tokens]

    def has(self, category: str) -> bool:
        """Say whether a factual word of a category stands here."""
        return category in self.categories

    def clause_of(self, token: Token) -> Clause:
        """Return the clause of a token."""
        return next(clause for clause in self.clauses if token in clause.tokens)


def sentences(tokens: list[Token], *, year: int | None) -> list[Sentence]:
    """Return the sentences of a text, told apart what is a fact in them.

    Args:
        tokens: All tokens.
        year: The year of publication; another one makes a sentence one about an earlier storm.
    """
    found: list[Sentence] = []
    current: list[Clause] = []
    stops: set[int] = set()
    opened: list[Token] = []
    for token in tokens:
        mark = token.kind if token.kind in _ENDS else None
        if mark is None:
            opened.append(token)
        if opened and (mark or len(opened) >= _LONGEST_CLAUSE):
            current.append(Clause(opened))
            opened = []
        if mark == Kind.STOP and current:
            stops.add(len(current) - 1)
        if current and (mark == Kind.END or sum(map(len, current)) >= _LONGEST_SENTENCE):
            found.append(_sentence(current, stops, year))
            current, stops = [], set()
    if opened:
        current.append(Clause(opened))
    if current:
        found.append(_sentence(current, stops, year))
    return found


def _sentence(clauses: list[Clause], stops: set[int], year: int | None) -> Sentence:
    carried: Reason | None = None
    for clause in clauses:
        carried = _judge(clause, carried, year)
    sentence = Sentence(clauses[0].tokens[0].start, clauses[-1].tokens[-1].end, clauses, stops)
    tokens = sentence.tokens()
    sentence.categories = frozenset(category for token in tokens for category in token.tags)
    sentence.units = frozenset(token.unit for token in tokens if token.quantity)
    return sentence


def _judge(clause: Clause, carried: Reason | None, year: int | None) -> Reason | None:
    """Mark from where a clause tells no facts; return why the next one begins so."""
    if carried:
        clause.unreal_from, clause.reason = clause.tokens[0].start, carried
    for token in clause.tokens:
        if carried == Reason.PLANNED and token.tag("fact") and not token.tag("plan"):
            carried = None
            clause.unreal_from, clause.reason = _NEVER, None
        why = _why(token, year)
        if why and clause.reason is None:
            clause.unreal_from, clause.reason = token.start, why
            if token.tag("plan") == "sentence" or why == Reason.EARLIER_STORM:
                carried = why
    return carried


def _why(token: Token, year: int | None) -> Reason | None:
    if token.tag("plan"):
        return Reason.CONDITIONAL if token.text in _CONDITIONS else Reason.PLANNED
    if token.tag("past"):
        return Reason.EARLIER_STORM
    if token.kind == Kind.WORD:
        return None
    stated = token.time.moment.year if token.time else None
    if token.quantity and token.text.endswith("年") and 1950 < token.quantity.value < 2100:  # noqa: PLR2004
        stated = int(token.quantity.value)
    if stated and year and stated < year - 1:
        return Reason.EARLIER_STORM
    return None

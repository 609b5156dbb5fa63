"""What is known while a brief is read from its first sentence to its last."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from decimal import Decimal
from typing import Any, TypeVar

from incidents.choices import TaskKind
from incidents.rules.briefs.clauses import Clause, Sentence
from incidents.rules.briefs.draft import LeftOut, Reason
from incidents.rules.briefs.gazetteer import KnownLine
from incidents.rules.briefs.places import Places
from incidents.rules.briefs.records import OutageRecord, Record, TotalRecord
from incidents.rules.briefs.subjects import subject_of
from incidents.rules.briefs.text import Prepared
from incidents.rules.briefs.tokens import Kind, Token
from incidents.rules.briefs.values import FoundPlace, Inference, Moment, Span, Value

T = TypeVar("T")
_NEAR = 2
REMEMBERED = 30
"""How many outages or steps back words like 该村 may mean."""


@dataclass(slots=True)
class Context:
    """The state of one reading.

    Attributes:
        day: The day that the text is about at this point.
        code: Division that the text is about at this point, county or below; empty if unknown.
        as_of: The cut-off that counts here.
        outages: Outages so far by number; ``current`` are those that the last sentence was about.
        used: Quantities that a record holds already.
        days: Where each day was told first.
        by_line: Outages by the name of their line.
        told: What must not be told twice.
        altitude: Metres that the last sentence told.
        cut_off_day: The day of a cut-off; nothing need have happened on it.
        deployment: Where among the records the last deployment stands.
    """

    source: Prepared
    places: Places
    lines: Mapping[str, Collection[KnownLine]]
    published_on: date | None
    day: date | None = None
    code: str = ""
    town: str = ""
    as_of: Value[Moment] | None = None
    first_as_of: Value[Moment] | None = None
    organization: Value[str] | None = None
    outages: dict[int, OutageRecord] = field(default_factory=dict)
    current: list[int] = field(default_factory=list)
    told_of: dict[int, list[int]] = field(default_factory=dict)
    subject: list[Token] = field(default_factory=list)
    subject_of: Sentence | None = None
    voltage: Value[Decimal] | None = None
    records: list[Record] = field(default_factory=list)
    left_out: list[LeftOut] = field(default_factory=list)
    used: set[int] = field(default_factory=set)
    moments: dict[int, Value[Moment]] = field(default_factory=dict)
    days: dict[date, tuple[int, Value[Moment]]] = field(default_factory=dict)
    by_line: dict[str, int] = field(default_factory=dict)
    told: set[object] = field(default_factory=set)
    deployment: int | None = None
    altitude: Value[int] | None = None
    cut_off_day: date | None = None
    totals: dict[object, list[TotalRecord]] = field(default_factory=dict)
    found: dict[int, Value[FoundPlace]] = field(default_factory=dict)
    as_of_starts: set[int] = field(default_factory=set)
    tokens: list[Token] = field(default_factory=list)
    index: dict[int, int] = field(default_factory=dict)

    def tell_tokens(self, tokens: list[Token]) -> None:
        """Take over all tokens, and which times are cut-offs: those right behind 截至."""
        self.tokens = tokens
        self.index = {token.start: at for at, token in enumerate(tokens)}
        for at, token in enumerate(tokens):
            if token.tag("as_of"):
                times = [t for t in tokens[at + 1 : at + 3] if t.time]
                self.as_of_starts.update(t.start for t in times)
            if token.time and (self._is_until(at) or self.source.text.startswith("止", token.end)):
                self.as_of_starts.add(token.start)

    def _is_until(self, at: int) -> bool:
        """Say whether a sentence begins with 到 or 至 and this time: 到2月28日17时，…."""
        token, text = self.tokens[at], self.source.text
        begins = token.start < 2 or text[token.start - 2] in "。\n；"  # noqa: PLR2004
        said = text[token.start - 1 : token.start] in ("到", "至")
        return bool(
            begins and said and token.time and token.time.has_day and text.startswith("，", token.end)
        )

    def value(self, value: T, token: Token, **more: Any) -> Value[T]:
        """Return a value that one token tells; ``more`` is what ``Prepared.value`` takes besides."""
        return self.source.value(value, token.start, token.end, **more)

    def count(self, token: Token, *, confidence: float = 0.9) -> Value[int]:
        """Return the number of a quantity."""
        quantity = token.quantity
        assert quantity is not None  # noqa: S101 - callers have looked at its unit
        return self.source.value(
            int(quantity.value),
            quantity.number.start,
            token.end,
            confidence=confidence,
            roughly=quantity.number.roughly,
        )

    def span(self, sentence: Sentence) -> Span:
        """Return where a sentence stands in the original."""
        return self.source.span(sentence.start, sentence.end)

    def use(self, *tokens: Token | None) -> None:
        """Remember that quantities are in a record."""
        self.used.update(token.start for token in tokens if token)

    def is_used(self, token: Token) -> bool:
        """Say whether a quantity is in a record."""
        return token.start in self.used

    def leave_out(self, why: Reason, token: Token) -> None:
        """Remember that words were left out."""
        self.use(token)
        span = self.source.span(token.start, token.end)
        self.left_out.append(LeftOut(why=why, span=span, quote=self.source.quote(token.start, token.end)))

    def around(self, token: Token) -> list[Token]:
        """Return the word behind a number, then those before it, up to the next number or mark."""
        at = self.index[token.start]
        found = [
            t for t in self.tokens[at + 1 : at + 2] if t.kind == Kind.WORD and t.start - token.end <= _NEAR
        ]
        for other in self.tokens[max(0, at - 3) : at][::-1]:
            if other.kind not in (Kind.WORD, Kind.VOLTAGE):
                break
            found.append(other)
        return found

    def counted(self, clause: Clause, unit: str) -> Token | None:
        """Return the number of customers or areas that a clause tells, if no record holds it."""
        for token in clause.facts():
            if token.quantity and not self.is_used(token) and subject_of(clause, token, None) == unit:
                return token
        return None

    def codes_of(self, line: str) -> tuple[str, ...]:
        """Return the codes of the company's lines of a name."""
        return tuple(sorted(known.code for known in self.lines.get(line, ())))

    def tasks_in(self, sentence: Sentence) -> tuple[Value[TaskKind], ...]:
        """Return what a sentence says is to be done there, planned or under way."""
        found: dict[str, Token] = {}
        for token in sentence.all_tokens():
            if token.tag("task"):
                found.setdefault(token.tag("task"), token)
        return tuple(self.value(TaskKind(kind), token, confidence=0.8) for kind, token in found.items())

    def outages_of(self, clause: Clause) -> list[int]:
        """Return the outages that a clause of the present sentence is about."""
        return self.told_of.get(clause.tokens[0].start, self.current)

    def said_time(self, sentence: Sentence, clause: Clause, token: Token) -> Value[Moment] | None:
        """Return when something happened, if its own sentence says so."""
        return self._chosen(sentence, clause, token)

    def time_for(self, sentence: Sentence, clause: Clause, token: Token) -> Value[Moment] | None:
        """Return when something that a token tells happened.

        The time before it in its clause, else the last before it in the sentence, else one behind it in its
        clause, else the day that the text is about.
        """
        return self._chosen(sentence, clause, token) or self.day_for(sentence)

    def _chosen(self, sentence: Sentence, clause: Clause, token: Token) -> Value[Moment] | None:
        times = [t for t in sentence.tokens() if t.time and self._counts(t)]
        earlier = [t for t in times if t.start < token.start]
        later = [t for t in times if t.start > token.start and t in clause.tokens]
        chosen = earlier[-1] if earlier else (later[0] if later else None)
        if chosen is None:
            return None
        exact = [t for t in earlier if self.moments[t.start].value.hour is not None and t in clause.tokens]
        return self.moments[(exact[-1] if exact else chosen).start]

    def day_for(self, sentence: Sentence) -> Value[Moment] | None:
        """Return the day that the text is about, as a conclusion from earlier words."""
        if self.day is None or self.day == self.cut_off_day:
            return None
        moment = Moment(year=self.day.year, month=self.day.month, day=self.day.day)
        told = self.days.get(self.day)
        if told is None or told[0] >= sentence.end:
            return None
        return replace(told[1], value=moment, confidence=0.6, inferred=Inference.DATE_FROM_EARLIER)

    def place_before(self, tokens: Iterable[Token], token: Token) -> Value[FoundPlace] | None:
        """Return the last place that is named before a token."""
        named = [each for each in tokens if each.start in self.found and each.start < token.start]
        return self.found[named[-1].start] if named else None

    def organization_in(self, sentence: Sentence, *, before: Token | None = None) -> Value[str] | None:
        """Return the organisation that a sentence names first, else the last one named before it."""
        for token in sentence.tokens():
            if token.kind == Kind.ORGANIZATION and token.tag("named") and token.tag("organization") == "grid":
                if before is not None and token.start > before.start:
                    break
                return self.value(token.text, token)
        return self.organization

    def _counts(self, token: Token) -> bool:
        """Say whether a time is one at which something happened: no cut-off, no bare 夜间 without a day."""
        bare = token.time is not None and token.time.period and not token.time.has_day
        return token.start not in self.as_of_starts and not bare and token.start in self.moments

"""Visits of leaders, and supplies."""

from typing import Final

from incidents.choices import SupplyKind, VisitPurpose
from incidents.rules.briefs.clauses import Clause, Sentence
from incidents.rules.briefs.context import Context
from incidents.rules.briefs.names import words
from incidents.rules.briefs.records import SupplyRecord, VisitRecord
from incidents.rules.briefs.tokens import Kind, Token
from incidents.rules.briefs.values import Value

_MARKS: Final = frozenset("，。；：（）“”\n")
_ENDS_OF_LEADERS: Final = words("leaders", "behind")


def read_visits(context: Context, sentence: Sentence) -> None:
    """Read who of the leaders came, where, what for; it changes the state of nothing."""
    if not sentence.has("visit"):
        return
    tokens = sentence.tokens()
    purposes = [t for t in tokens if t.tag("visit")]
    leader = next((t for t in tokens if t.tag("leader")), None)
    comfort = any(t.tag("visit") == VisitPurpose.COMFORT for t in purposes)
    if not purposes or not (leader or (comfort and any(t.kind == Kind.ORGANIZATION for t in tokens))):
        return
    if not comfort and not any(t.tag("came") for t in tokens):
        return
    first = purposes[0]
    places = [context.found[t.start] for t in tokens if t.start in context.found]
    context.records.append(
        VisitRecord(
            span=context.span(sentence),
            organization=context.organization_in(sentence),
            leaders=_leaders(context, leader) if leader else None,
            places=tuple(place for place in places if place.value.text),
            purposes=tuple(_once(context, purposes)),
            instructions=_instructions(context, sentence),
            on=context.time_for(sentence, sentence.clause_of(first), first),
        )
    )


def _once(context: Context, words: list[Token]) -> list[Value[VisitPurpose]]:
    kinds = {word.tag("visit"): word for word in reversed(words)}
    ordered = sorted(kinds.items(), key=lambda item: item[1].start)
    return [context.value(VisitPurpose(kind), word) for kind, word in ordered]


def _leaders(context: Context, first: Token) -> Value[str]:
    """Return titles and name as they stand: ``党委书记、副总经理李明``."""
    text = context.source.text
    end = first.end
    while end < len(text) and end - first.start < 40:  # noqa: PLR2004
        if text.startswith(_ENDS_OF_LEADERS, end) or text[end] in _MARKS:
            break
        end += 1
    words = context.source.quote(first.start, end)
    return context.source.value(words, first.start, end, confidence=0.8)


def _instructions(context: Context, sentence: Sentence) -> Value[str] | None:
    """Return what was said to those who work, from 叮嘱 or 要求 on."""
    for clause in sentence.clauses:
        for token in clause.tokens:
            if token.text in ("叮嘱", "嘱咐", "要求", "强调"):
                end = sentence.clauses[-1].tokens[-1].end
                return (
                    context.source.value(context.source.quote(token.end, end), token.end, end, confidence=0.7)
                    if (end > token.end)
                    else None
                )
    return None


def read_supplies(context: Context, sentence: Sentence) -> None:
    """Read what was brought to people: a kind of supply behind a word of giving."""
    given = False
    for clause in sentence.clauses if sentence.has("supply") else ():
        for token in clause.facts():
            given |= bool(token.tag("give")) and token.text != "为"
            if token.tag("supply") and given and not clause.is_negated(token):
                _read_supply(context, sentence, clause, token)


def _read_supply(context: Context, sentence: Sentence, clause: Clause, token: Token) -> None:
    quantity = _count_of(clause, token)
    if quantity and context.is_used(quantity):
        return
    context.use(quantity)
    unit = quantity.quantity.pack if quantity and quantity.quantity else ""
    context.records.append(
        SupplyRecord(
            span=context.span(sentence),
            organization=context.organization_in(sentence),
            kind=context.value(SupplyKind(token.tag("supply")), token),
            quantity=context.count(quantity) if quantity else None,
            unit=context.source.value(unit, quantity.end - len(unit), quantity.end)
            if quantity and unit
            else None,
        )
    )


def _count_of(clause: Clause, token: Token) -> Token | None:
    """Return the number right behind a thing, else the one right before it."""
    behind = clause.after(token)
    if behind and behind[0].quantity and behind[0].quantity.pack:
        return behind[0]
    before = clause.before(token)
    if before and before[0].quantity and before[0].quantity.pack:
        return before[0]
    return None

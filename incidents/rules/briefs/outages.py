"""One outage: found again among those that were told of, or made from what a sentence says of it."""

from dataclasses import replace
from decimal import Decimal
from itertools import islice
from typing import Final

from incidents.choices import OutageKind, PlacePrecision
from incidents.rules.briefs.causes import explain
from incidents.rules.briefs.clauses import Clause, Sentence
from incidents.rules.briefs.context import REMEMBERED, Context
from incidents.rules.briefs.records import OutageRecord
from incidents.rules.briefs.tokens import Kind, NamedLine, Token
from incidents.rules.briefs.values import FoundPlace, Inference, Moment, Value

LOW_KV: Final = Decimal("0.4")


def outage_of(
    context: Context, sentence: Sentence, clause: Clause, subject: Token, event: Token | None
) -> int:
    """Return the number of the outage of a subject, made if there is none yet."""
    known = known_outage(context, sentence, subject)
    if known:
        return known
    key = len(context.outages) + 1
    told_in = context.subject_of if context.subject_of and subject in context.subject else sentence
    place = _place(context, told_in, subject)
    record = OutageRecord(
        span=context.span(sentence),
        organization=context.organization,
        key=key,
        line=_line(context, subject.line) if subject.line else None,
        line_codes=context.codes_of(subject.line.name) if subject.line else (),
        place=place,
        voltage_kv=_voltage(context, told_in, subject),
        kind=_kind(context, told_in, subject),
        occurred=context.time_for(sentence, clause, event) if event else _day_of(context, told_in, subject),
    )
    context.outages[key] = record
    if subject.line:
        context.by_line[subject.line.name] = key
    if told_in is not sentence:
        context.current = [key]
        explain(context, told_in)
    return key


def with_line(context: Context, outage: OutageRecord, clause: Clause, subject: Token) -> OutageRecord:
    """Return an outage with the line that turned out to be its own."""
    line = subject.line
    if line is None:
        return outage
    context.by_line[line.name] = outage.key
    before = next(iter(clause.before(subject)), subject)
    kv = before.voltage
    voltage = context.value(kv, before) if kv is not None else outage.voltage_kv
    return replace(
        outage, line=_line(context, line), line_codes=context.codes_of(line.name), voltage_kv=voltage
    )


def _day_of(context: Context, sentence: Sentence, subject: Token) -> Value[Moment] | None:
    """Return the day on which trouble was told of, where only the restoration has an hour."""
    at = context.time_for(sentence, sentence.clause_of(subject), subject)
    return replace(at, value=replace(at.value, hour=None, minute=None), confidence=0.6) if at else None


def known_outage(context: Context, sentence: Sentence, subject: Token) -> int | None:
    """Return the outage that a subject is already known by: its line, else its place and voltage."""
    if subject.line:
        return context.by_line.get(subject.line.name)
    place = _place(context, sentence, subject)
    for key, outage in islice(reversed(context.outages.items()), REMEMBERED):
        if place and outage.place and outage.line is None and _is_one(place.value, outage.place.value):
            return key
    return None


def _is_one(first: FoundPlace, second: FoundPlace) -> bool:
    return first.text == second.text or (first.code is not None and first.code == second.code)


def _line(context: Context, line: NamedLine) -> Value[str]:
    return context.source.value(line.name, line.start, line.start + len(line.name), confidence=0.9)


def _place(context: Context, sentence: Sentence, subject: Token) -> Value[FoundPlace] | None:
    named = context.found.get(subject.start) or context.place_before(sentence.tokens(), subject)
    line = subject.line
    if line is None or not (line.branch or line.pole_no):
        return named
    base = named.value if named else FoundPlace(text="")
    place = replace(
        base,
        text=base.text + line.name + line.branch + line.pole_no,
        precision=PlacePrecision.POLE if line.pole_no else base.precision,
        line=line.name,
        branch=line.branch,
        pole_no=line.pole_no,
    )
    return context.source.value(place, line.start, line.end, confidence=0.85)


def _voltage(context: Context, sentence: Sentence, subject: Token) -> Value[Decimal] | None:
    if subject.kind == Kind.VOLTAGE and subject.voltage is not None:
        return context.value(subject.voltage, subject)
    if subject.tag("low"):
        return context.value(LOW_KV, subject)
    tokens = sentence.tokens()
    if not subject.line:
        low = next((t for t in tokens if t.tag("low")), None)
        return context.value(LOW_KV, low) if low else None
    before = [
        t for t in tokens if t.kind == Kind.VOLTAGE and t.start < subject.start and t.voltage is not None
    ]
    if not before or before[-1].voltage is None:
        return None
    near = before[-1].end == subject.start
    inferred = None if near else Inference.VOLTAGE_FROM_EARLIER
    return context.value(before[-1].voltage, before[-1], confidence=0.95 if near else 0.75, inferred=inferred)


def _kind(context: Context, sentence: Sentence, subject: Token) -> Value[OutageKind] | None:
    tokens = sentence.tokens()
    low = next((t for t in tokens if t.tag("low")), None)
    if low and not subject.line:
        return context.value(OutageKind.LOW_VOLTAGE, low)
    for token in tokens:
        if token.tag("how") == "switched_off":
            return context.value(OutageKind.SWITCHED_OFF, token)
    for token in tokens:
        if token.tag("how") == "tripped" or _is_fault(token) or _breaks(token):
            return context.value(OutageKind.FORCED, token, confidence=0.8)
    return None


def _is_fault(token: Token) -> bool:
    return token.text.startswith("故障") and token.text not in ("故障点", "故障排查", "故障隔离")


def _breaks(token: Token) -> bool:
    return token.tag("damage") in ("conductor_break", "pole_broken")

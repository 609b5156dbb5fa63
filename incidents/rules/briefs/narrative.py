"""Outages that are told one by one: a line or a village, what happened, and how supply came back."""

from dataclasses import replace
from decimal import Decimal
from itertools import islice
from typing import Final

from incidents.choices import CauseCode, OutageKind, PlacePrecision, RestorationMethod
from incidents.rules.briefs.clauses import Clause, Sentence
from incidents.rules.briefs.context import Context
from incidents.rules.briefs.records import OutageRecord, StepRecord
from incidents.rules.briefs.tokens import Kind, NamedLine, Token
from incidents.rules.briefs.values import FoundPlace, Inference, Moment, Value

_CAUSES: Final = tuple(
    CauseCode(code)
    for code in (
        "bamboo_ice", "tree_ice", "ice_flashover", "galloping", "shedding_jump", "landslide", "vehicle", "user_side",
        "upstream", "ice_load", "snow_load", "wind",
    )
)  # fmt: skip
"""The narrower first: bamboo bent by ice is a bamboo outage."""
_REMEMBERED: Final = 30
"""How many outages back a village or a step may be meant."""
_LOW_KV: Final = Decimal("0.4")
_EVENTS_OF_DAMAGE: Final = ("conductor_break", "conductor_pressed", "pole_broken", "tree_on_line", "bamboo_on_line",
                            "transformer", "ice_flashover", "service_drop", "jumper", "insulator")  # fmt: skip


def read_outages(context: Context, sentence: Sentence) -> None:
    """Read outages of named lines and villages, and their restoration."""
    if _is_situation(context, sentence):
        context.current, context.subject = [], []
        return
    for clause in sentence.clauses:
        subjects = _subjects(context, sentence, clause)
        if subjects:
            known = [_known(context, sentence, subject) for subject in subjects]
            context.subject, context.current = subjects, [key for key in known if key]
            context.subject_of = sentence
        event = _event(clause)
        if event and (subjects or (context.subject and not context.current)):
            _tell(context, sentence, clause, event)
        _continue(context, sentence, clause)
        _restore(context, sentence, clause)
    _explain(context, sentence)


def _is_situation(context: Context, sentence: Sentence) -> bool:
    """Say whether a sentence tells numbers of an area rather than of one outage."""
    counted = [t for t in sentence.tokens() if t.unit == "line" and t.quantity and t.quantity.value > 1]
    cut_off = any(t.start in context.as_of_starts for t in sentence.tokens() if t.time)
    named = any(t.line for t in sentence.tokens())
    return (bool(counted) or cut_off or sentence.has("cumulative")) and not named


def _subjects(context: Context, sentence: Sentence, clause: Clause) -> list[Token]:
    """Return what a clause is about: lines by name, else the 10千伏线路 or 低压线 of a place."""
    lines = [t for t in clause.facts() if t.line]
    if lines:
        return lines
    generic = next((t for t in clause.facts() if t.tag("low")), None)
    if generic is None:
        voltage = next((t for t in clause.facts() if t.kind == Kind.VOLTAGE), None)
        behind = clause.after(voltage)[:1] if voltage else []
        generic = voltage if behind and behind[0].tag("noun") == "lines" and not _counted(clause) else None
    if generic and context.place_before(sentence.tokens(), generic):
        return [generic]
    village = next((t for t in clause.facts() if t.kind == Kind.PLACE and _is_village(t)), None)
    if village and not _counted(clause) and any(_strong(clause, t) for t in clause.facts()):
        return [village]
    return []


def _is_village(token: Token) -> bool:
    return bool(token.parts) and token.parts[-1].word.endswith(("村", "社区"))


def _counted(clause: Clause) -> bool:
    """Say whether lines, villages or towns are counted in a clause."""
    return any(t.unit in ("line", "villages", "towns") for t in clause.facts())


def _strong(clause: Clause, token: Token) -> bool:
    out = token.tag("state") == "out" and not clause.is_negated(token)
    broken = token.tag("damage") in _EVENTS_OF_DAMAGE and not clause.is_negated(token)
    return out or broken


def _event(clause: Clause) -> Token | None:
    """Return the word that says that supply was lost or something broke."""
    for token in clause.facts():
        if _strong(clause, token):
            return token
    fault = next((t for t in clause.facts() if t.tag("noun") == "faults"), None)
    restored = any(t.tag("state") == "restored" or t.tag("method") for t in clause.facts())
    return fault if fault and not restored and not clause.is_negated(fault) and not _counted(clause) else None


def _tell(context: Context, sentence: Sentence, clause: Clause, event: Token) -> None:
    context.current = [_outage_of(context, sentence, clause, subject, event) for subject in context.subject]


def _outage_of(
    context: Context, sentence: Sentence, clause: Clause, subject: Token, event: Token | None
) -> int:
    """Return the number of the outage of a subject, made if there is none yet."""
    known = _known(context, sentence, subject)
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
        _explain(context, told_in)
    return key


def _is_of_the_road(text: str, place: int) -> bool:
    """Say whether ice or snow lies on a road rather than a line: 路面结冰, 山路积雪."""
    before = text[max(0, place - 2) : place]
    return before.endswith(("路", "道", "面")) and before != "线路"


def _day_of(context: Context, sentence: Sentence, subject: Token) -> Value[Moment] | None:
    """Return the day on which trouble was told of, where only the restoration has an hour."""
    at = context.time_for(sentence, sentence.clause_of(subject), subject)
    return replace(at, value=replace(at.value, hour=None, minute=None), confidence=0.6) if at else None


def _known(context: Context, sentence: Sentence, subject: Token) -> int | None:
    """Return the outage that a subject is already known by: its line, else its place and voltage."""
    if subject.line:
        return context.by_line.get(subject.line.name)
    place = _place(context, sentence, subject)
    for key, outage in islice(reversed(context.outages.items()), _REMEMBERED):
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
        return context.value(_LOW_KV, subject)
    tokens = sentence.tokens()
    if not subject.line:
        low = next((t for t in tokens if t.tag("low")), None)
        return context.value(_LOW_KV, low) if low else None
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


def _continue(context: Context, sentence: Sentence, clause: Clause) -> None:
    """Add the customers, areas and the state that a clause tells of the one current outage."""
    if len(context.current) != 1 or _restoring(clause):
        return
    key = context.current[0]
    outage = context.outages[key]
    left = next((t for t in clause.facts() if t.tag("state") == "remaining"), None)
    still = [
        t for t in sentence.tokens() if t.tag("state") == "remaining" and t.start < clause.tokens[-1].end
    ]
    areas, customers = context.counted(clause, "areas"), context.counted(clause, "customers")
    if areas and outage.areas is None and not still:
        context.use(areas)
        outage = replace(outage, areas=context.count(areas))
    if customers and outage.customers is None and not still:
        context.use(customers)
        outage = replace(outage, customers=context.count(customers))
    if left:
        outage = replace(outage, restored=context.value(False, left, confidence=0.8))
    context.outages[key] = outage


def _restoring(clause: Clause) -> Token | None:
    for token in clause.facts():
        if (
            token.tag("state") == "restored"
            and not clause.is_denied(token)
            and not _is_attribute(clause, token)
        ):
            return token
    return None


def _is_attribute(clause: Clause, token: Token) -> bool:
    """Say whether 恢复 only describes: 恢复供电的时间; or is what somebody wants."""
    behind = clause.after(token)[:1]
    return bool(behind) and bool(behind[0].tag("relative")) and behind[0].start == token.end


def _restore(context: Context, sentence: Sentence, clause: Clause) -> None:
    """Read that supply came back, for the lines that a clause names, else for the current outages."""
    word = _restoring(clause)
    if word is None or any(t.unit == "line" for t in clause.facts()):
        _mark_left(context, sentence, clause)
        return
    targets = _targets(context, sentence, clause)
    customers, areas = context.counted(clause, "customers"), context.counted(clause, "areas")
    whole = any(t.tag("whole") for t in clause.facts())
    partial = bool(customers or areas) and not whole
    method = _method(context, sentence, word)
    at = context.time_for(sentence, clause, word)
    exact = at is not None and at.value.hour is not None
    for key in targets:
        context.use(customers, areas)
        if exact or customers or areas:
            single = len(targets) == 1
            _add_step(
                context,
                StepRecord(
                    span=context.span(sentence),
                    outage=key,
                    at=at if exact else None,
                    method=method,
                    areas=context.count(areas) if areas and single else None,
                    customers=context.count(customers) if customers and single else None,
                ),
            )
        if not partial:
            done = context.value(True, word, confidence=0.9)
            context.outages[key] = replace(context.outages[key], restored=done)
    context.current = targets or context.current


def _add_step(context: Context, step: StepRecord) -> None:
    """Add a step, or to the one of the same outage and moment what it lacks."""
    for at in range(max(0, len(context.records) - _REMEMBERED), len(context.records)):
        other = context.records[at]
        same = isinstance(other, StepRecord) and other.outage == step.outage and step.at is not None
        if (
            same
            and isinstance(other, StepRecord)
            and other.at
            and step.at
            and other.at.value == step.at.value
        ):
            context.records[at] = replace(
                other,
                areas=other.areas or step.areas,
                customers=other.customers or step.customers,
                method=other.method or step.method,
            )
            return
    context.records.append(step)


def _mark_left(context: Context, sentence: Sentence, clause: Clause) -> None:
    """Mark the lines of a clause that are still out: 百丈线仍在抢修."""
    left = next((t for t in clause.facts() if t.tag("state") == "remaining"), None)
    left = left or next(
        (t for t in clause.facts() if t.tag("state") == "restored" and clause.is_denied(t)), None
    )
    for token in clause.facts():
        named = token.line or (token.kind == Kind.PLACE and _is_village(token) and not _counted(clause))
        key = _known(context, sentence, token) if named and left else None
        if key and left:
            context.outages[key] = replace(context.outages[key], restored=context.value(False, left))


def _targets(context: Context, sentence: Sentence, clause: Clause) -> list[int]:
    lines = [t for t in clause.facts() if t.line]
    if lines:
        return [_outage_of(context, sentence, clause, line, None) for line in lines]
    villages = [t for t in clause.facts() if t.kind == Kind.PLACE and _is_village(t)]
    known = [key for village in villages if (key := _known(context, sentence, village))]
    if known:
        return known
    if context.current:
        return context.current
    if context.subject:
        return [_outage_of(context, sentence, clause, subject, None) for subject in context.subject]
    return []


def _method(context: Context, sentence: Sentence, word: Token) -> Value[RestorationMethod] | None:
    earlier = [t for t in sentence.tokens() if t.start < word.start and t.tag("state") == "restored"]
    since = earlier[-1].end if earlier else 0
    before = [t for t in sentence.tokens() if t.tag("method") and since <= t.start <= word.start]
    if not before:
        return None
    rank = [m for m in RestorationMethod if any(t.tag("method") == m for t in before)]
    chosen = next(t for t in before[::-1] if t.tag("method") == rank[0])
    return context.value(RestorationMethod(rank[0]), chosen, confidence=0.8)


def _explain(context: Context, sentence: Sentence) -> None:
    """Give the current outages the narrowest cause that a sentence names."""
    if not context.current or not sentence.has("cause"):
        return
    found = [t for clause, t in sentence.pairs() if t.tag("cause") and not clause.is_negated(t)]
    found = [t for t in found if not _is_of_the_road(context.source.text, t.start)]
    if not found:
        return
    best = min(found, key=lambda t: _CAUSES.index(CauseCode(t.tag("cause"))))
    code = CauseCode(best.tag("cause"))
    for key in context.current:
        outage = context.outages[key]
        if outage.cause is None or _CAUSES.index(code) < _CAUSES.index(outage.cause.value):
            told = context.value(code, best, confidence=0.75, inferred=Inference.CAUSE_FROM_CONTEXT)
            context.outages[key] = replace(outage, cause=told)

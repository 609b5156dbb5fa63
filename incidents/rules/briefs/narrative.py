"""Outages that are told one by one: a line or a village, and what happened to it."""

from dataclasses import replace
from typing import Final

from incidents.choices import OutageKind
from incidents.rules.briefs.causes import explain
from incidents.rules.briefs.clauses import Clause, Sentence
from incidents.rules.briefs.context import Context
from incidents.rules.briefs.outages import LOW_KV, known_outage, outage_of, with_line
from incidents.rules.briefs.restoration import restore, restoring
from incidents.rules.briefs.tokens import Kind, Token

_EVENTS_OF_DAMAGE: Final = frozenset((
    "conductor_break", "conductor_pressed", "pole_broken", "tree_on_line", "bamboo_on_line", "transformer",
    "ice_flashover", "service_drop", "jumper", "insulator",
))  # fmt: skip

_FOUND: Final = ("查明", "查至", "发现", "原因", "系")


def read_outages(context: Context, sentence: Sentence) -> None:
    """Read outages of named lines and villages, and their restoration."""
    if _is_situation(context, sentence):
        context.current, context.subject = [], []
        return
    about: list[tuple[bool, list[int]]] = []
    for clause in sentence.clauses:
        subjects = _subjects(context, sentence, clause)
        if subjects and not _is_explanation(context, clause, subjects):
            known = [known_outage(context, sentence, subject) for subject in subjects]
            context.subject, context.current = subjects, [key for key in known if key]
            context.subject_of = sentence
        event = _event(clause)
        if event and (subjects or (context.subject and not context.current)):
            _tell(context, sentence, clause, event)
        _continue(context, sentence, clause)
        restore(context, sentence, clause)
        about.append((bool(subjects), context.current))
    _attribute(context, sentence, about)
    explain(context, sentence)


def _attribute(context: Context, sentence: Sentence, about: list[tuple[bool, list[int]]]) -> None:
    """Say which outages each clause is about; what leads up to a line in its part belongs to that line."""
    told = [current for named, current in about if named and current]
    if not told or all(current == told[0] for current in told):
        return
    ahead: list[int] | None = None
    for at in reversed(range(len(about))):
        if at in sentence.stops:
            ahead = None
        named, current = about[at]
        ahead = current if named else ahead
        leads = ahead and not any(own for own, _ in _part_before(about, sentence.stops, at))
        context.told_of[sentence.clauses[at].tokens[0].start] = ahead if ahead and leads else current


def _part_before(
    about: list[tuple[bool, list[int]]], stops: set[int], at: int
) -> list[tuple[bool, list[int]]]:
    """Return what stands before a clause, itself included, back to the last semicolon."""
    start = max((stop + 1 for stop in stops if stop < at), default=0)
    return about[start : at + 1]


def _is_explanation(context: Context, clause: Clause, subjects: list[Token]) -> bool:
    """Give a line that was found at fault to the village's outage that is told of: 查明为10千伏柏坑支线…."""
    line = subjects[0]
    words = context.source.text[clause.tokens[0].start : line.start]
    found = any(word in words for word in _FOUND)
    outage = context.outages[context.current[0]] if len(context.current) == 1 else None
    new = line.line is not None and line.line.name not in context.by_line
    if not (found and new and outage and outage.line is None):
        return False
    context.outages[outage.key] = with_line(context, outage, clause, line)
    return True


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
        generic = (
            voltage if behind and behind[0].tag("noun") == "lines" and not clause.counts_many() else None
        )
    if generic and context.place_before(sentence.tokens(), generic) and not _is_total(clause, generic):
        context.use(*(t for t in clause.before(generic)[:1] if t.unit == "line"))
        return [generic]
    village = next((t for t in clause.facts() if t.kind == Kind.PLACE and t.is_village), None)
    if village and not clause.counts_many() and any(_strong(clause, t) for t in clause.facts()):
        return [village]
    return []


def _is_total(clause: Clause, generic: Token) -> bool:
    """Say whether a number behind makes lines counted ones: 10千伏线路跳闸1条, not 一条10千伏线路跳闸."""
    return any(t.unit == "line" for t in clause.after(generic))


def _strong(clause: Clause, token: Token) -> bool:
    out = token.tag("state") == "out" and not clause.is_negated(token)
    broken = token.tag("damage") in _EVENTS_OF_DAMAGE and not clause.is_negated(token)
    return out or (broken and (not _is_counted(clause, token) or any(t.line for t in clause.facts())))


def _is_counted(clause: Clause, token: Token) -> bool:
    """Say whether a number stands behind damage: 倒杆16基 is a number of an area, not one event."""
    return any(t.quantity for t in clause.after(token)[:1])


def _event(clause: Clause) -> Token | None:
    """Return the word that says that supply was lost or something broke."""
    for token in clause.facts():
        if _strong(clause, token):
            return token
    fault = next((t for t in clause.facts() if t.tag("noun") == "faults"), None)
    restored = any(t.tag("state") == "restored" or t.tag("method") for t in clause.facts())
    return (
        fault
        if fault and not restored and not clause.is_negated(fault) and not clause.counts_many()
        else None
    )


def _tell(context: Context, sentence: Sentence, clause: Clause, event: Token) -> None:
    context.current = [outage_of(context, sentence, clause, subject, event) for subject in context.subject]


def _continue(context: Context, sentence: Sentence, clause: Clause) -> None:
    """Add the customers, areas and the state that a clause tells of the one current outage."""
    if len(context.current) != 1 or restoring(clause):
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
    low = next((t for t in clause.facts() if t.tag("low")), None)
    if low and outage.line is None and outage.kind is None:
        outage = replace(
            outage, kind=context.value(OutageKind.LOW_VOLTAGE, low), voltage_kv=context.value(LOW_KV, low)
        )
    if left:
        outage = replace(outage, restored=context.value(False, left, confidence=0.8))
    context.outages[key] = outage

"""Numbers of the situation: how many lines, customers, villages are out or back, how many people were sent.

Each number gets its state from the word that governs it (``governing``).
"""

from dataclasses import dataclass, field, replace
from decimal import Decimal
from itertools import takewhile
from typing import Final

from incidents.rules.briefs.circumstances import cut_off, scope, sum_so_far
from incidents.rules.briefs.clauses import Clause, Sentence
from incidents.rules.briefs.context import Context
from incidents.rules.briefs.draft import LeftOut, Reason
from incidents.rules.briefs.forces import Forces, give_forces
from incidents.rules.briefs.governing import OF_WORKS, WEAK, Governor, behind, governing, state_of
from incidents.rules.briefs.kinds import How, State, Subject
from incidents.rules.briefs.records import TotalRecord
from incidents.rules.briefs.subjects import FORCES, subject_of
from incidents.rules.briefs.tokens import Kind, Token
from incidents.rules.briefs.values import Inference, Value

_STATES: Final = {
    "out": State.OUT, WEAK: State.OUT, "restored": State.RESTORED, "remaining": State.REMAINING,
    "sent": State.SENT, "cleared": State.CLEARED, "on_generator": State.ON_GENERATOR, "iced": State.ICED,
}  # fmt: skip
_SITUATION: Final = frozenset((State.OUT, State.RESTORED, State.REMAINING, State.ON_GENERATOR, State.ICED))


@dataclass(slots=True)
class _Walk:
    """How far a sentence is read: what governs, what was counted last."""

    carried: Governor | None = None
    last: Subject | None = None
    voltage: Token | None = None
    made: list[TotalRecord] = field(default_factory=list)
    forces: Forces = field(default_factory=list)


def read_totals(context: Context, sentence: Sentence) -> None:
    """Read every number of a sentence that no other record holds."""
    walk = _Walk()
    for at, clause in enumerate(sentence.clauses):
        _read_clause(context, sentence, clause, walk)
        if at in sentence.stops:
            walk.carried = None
    for record in walk.made:
        _add(context, record)
    give_forces(context, sentence, walk.forces)


def _add(context: Context, record: TotalRecord) -> None:
    """Add a number unless the text has told the very same before."""
    as_of = record.as_of.value if record.as_of else None
    key = (record.subject, record.state.value, record.count.value, as_of)
    if any(_is_close(other, record) for other in context.totals.get(key, ())):
        left = LeftOut(why=Reason.REPEATED, span=record.count.span, quote=record.count.quote)
        context.left_out.append(left)
        return
    context.totals.setdefault(key, []).append(record)
    context.records.append(record)


def _is_close(first: TotalRecord, second: TotalRecord) -> bool:
    """Say whether nothing tells two numbers apart: no other voltage, way or place."""
    volts = {each.voltage_kv.value for each in (first, second) if each.voltage_kv}
    hows = {each.how.value for each in (first, second) if each.how}
    places = {each.place.value for each in (first, second) if each.place}
    return max(len(volts), len(hows), len(places)) < 2  # noqa: PLR2004 - two are two different ones


def _read_clause(context: Context, sentence: Sentence, clause: Clause, walk: _Walk) -> None:
    before = len(walk.made)
    for token in clause.tokens:
        if token.kind == Kind.VOLTAGE:
            walk.voltage = token
        if token.quantity and not context.is_used(token):
            _read_quantity(context, sentence, clause, token, walk)
    if len(walk.made) == before:
        _restore_all(context, clause, walk)
    governs = [t for t in clause.facts() if t.tag("state")]
    if governs:
        walk.carried = (state_of(clause, governs[-1]), governs[-1])


def _read_quantity(context: Context, sentence: Sentence, clause: Clause, token: Token, walk: _Walk) -> None:
    subject = subject_of(clause, token, walk.last)
    if subject is None or (subject == Subject.FAULTS and token.quantity and token.quantity.value <= 1):
        return
    if not clause.is_fact(token):
        context.leave_out(clause.reason or Reason.PLANNED, token)
        return
    if _is_difference(clause, token):
        context.leave_out(Reason.INCREASE, token)
        return
    walk.last = subject
    if subject not in FORCES:
        _read_number(context, sentence, clause, token, subject, walk)
    elif subject == Subject.PEOPLE and (_are_hit(clause, token) or _meet(clause)):
        context.leave_out(Reason.NO_FIELD, token)
    elif not clause.is_negated(token):
        walk.forces.append((subject, token))


def _are_hit(clause: Clause, token: Token) -> bool:
    """Say whether people are those without power or hurt rather than those sent."""
    after = behind(clause, token)
    around = clause.after(token)[:2] + clause.before(token)[:2]
    hurt = any(word in t.text for t in around for word in ("伤", "亡", "困", "滞留"))
    return hurt or (after is not None and after.tag("state") == "out")


def _meet(clause: Clause) -> bool:
    """Say whether people sit in a meeting or are praised rather than sent."""
    return any(t.tag("meeting") for t in clause.tokens)


def _is_difference(clause: Clause, token: Token) -> bool:
    return any(t.tag("increase") for t in clause.before(token)[:4])


def _read_number(
    context: Context, sentence: Sentence, clause: Clause, token: Token, subject: Subject, walk: _Walk
) -> None:
    found = governing(clause, token, subject, walk.carried)
    if not found:
        context.leave_out(Reason.NO_PREDICATE, token)
        return
    context.use(token)
    cumulative = next((t for t in clause.facts() if t.tag("cumulative")), None)
    lines = subject in (Subject.LINES, Subject.SUBSTATIONS)
    for state, word in found:
        meaning = _meant(subject, _STATES[state])
        if meaning is None:
            continue
        how = _how(clause, state, word) if lines else None
        walk.made.append(
            TotalRecord(
                span=context.span(sentence),
                organization=context.organization,
                subject=subject,
                state=context.value(meaning, word, confidence=0.9 if word in clause.tokens else 0.75),
                count=context.count(token),
                voltage_kv=_voltage(context, clause, token, walk) if lines else None,
                how=context.value(How(how.tag("how")), how) if how else None,
                cumulative=sum_so_far(context, cumulative, token),
                as_of=cut_off(context, sentence),
                place=scope(context, sentence, token),
            )
        )


def _how(clause: Clause, state: str, word: Token) -> Token | None:
    """Return the word that says how lines went out: the governing one, behind 造成 another of its clause."""
    if state == WEAK:
        word = next((t for t in clause.facts() if t.tag("state") == "out" and t.tag("how")), word)
    return word if word.tag("how") and not _is_mixed(clause, word) else None


def _is_mixed(clause: Clause, word: Token) -> bool:
    """Say whether two ways of going out stand side by side: 跳闸、拉停 of one number."""
    if word not in clause.tokens:
        return False
    near = [
        takewhile(lambda t: not t.quantity, side[:2]) for side in (clause.before(word), clause.after(word))
    ]
    return any(t.tag("how") not in ("", word.tag("how")) for side in near for t in side)


def _meant(subject: Subject, state: State) -> State | None:
    """Return what a state means for a subject: 处理低压故障 is their restoration."""
    if subject in OF_WORKS and state in (State.CLEARED, State.RESTORED, State.SENT):
        return State.CLEARED if subject == Subject.TREES else State.RESTORED
    if subject == Subject.TREES:
        return None
    if state == State.CLEARED:
        return State.RESTORED
    return state if state in _SITUATION else None


def _restore_all(context: Context, clause: Clause, walk: _Walk) -> None:
    """Add what 均已恢复 says of the numbers before it in the sentence."""
    words = [t for t in clause.facts() if t.tag("state") == "restored" and not clause.is_denied(t)]
    rest = any(t.tag("state") == "remaining" for t in clause.tokens)
    if rest or not words or not any(t.tag("whole") for t in clause.facts()):
        return
    if any(t.quantity for t in clause.tokens):
        return
    named = {Subject(t.tag("noun")) for t in clause.facts() if t.tag("noun") in list(Subject)}
    told = {
        (r.subject, r.voltage_kv and r.voltage_kv.value) for r in walk.made if r.state.value == State.RESTORED
    }
    for record in list(walk.made):
        fits = not named or record.subject in named
        key = (record.subject, record.voltage_kv and record.voltage_kv.value)
        if record.state.value == State.OUT and fits and key not in told:
            state = context.value(State.RESTORED, words[-1], confidence=0.75, inferred=Inference.ALL_RESTORED)
            walk.made.append(replace(record, state=state, how=None, cumulative=None))


def _voltage(context: Context, clause: Clause, token: Token, walk: _Walk) -> Value[Decimal] | None:
    near = [t for t in _words(clause.after(token)) if t.kind == Kind.VOLTAGE]
    for other in clause.before(token):
        if near or other.quantity:
            break
        if other.kind == Kind.VOLTAGE:
            near.append(other)
    chosen, inferred = (near[0], None) if near else (walk.voltage, Inference.VOLTAGE_FROM_EARLIER)
    if chosen is None or chosen.voltage is None:
        return None if chosen else context.voltage
    context.voltage = context.value(
        chosen.voltage, chosen, confidence=0.6, inferred=Inference.VOLTAGE_FROM_EARLIER
    )
    return context.value(chosen.voltage, chosen, confidence=0.75 if inferred else 0.95, inferred=inferred)


def _words(tokens: list[Token]) -> list[Token]:
    """Return the words up to the next number, name or mark."""
    return list(takewhile(lambda t: t.kind in (Kind.WORD, Kind.VOLTAGE), tokens))

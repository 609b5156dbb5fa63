"""Numbers of the situation: how many lines, customers, villages are out or back, how many people were sent.

Each number gets its state from the word that governs it: the one before it in its clause, else the one
behind, else the one that the sentence has had so far.
"""

from dataclasses import dataclass, field, replace
from decimal import Decimal
from itertools import takewhile
from typing import Final

from incidents.rules.briefs.clauses import Clause, Sentence
from incidents.rules.briefs.context import Context
from incidents.rules.briefs.draft import LeftOut, Reason
from incidents.rules.briefs.records import AssignmentRecord, How, State, Subject, TotalRecord
from incidents.rules.briefs.subjects import FORCES, subject_of
from incidents.rules.briefs.support import vehicle_kind
from incidents.rules.briefs.tokens import Kind, Token
from incidents.rules.briefs.values import FoundPlace, Inference, Moment, Value

_WEAK: Final = "out_weak"
_OF_WORKS: Final = frozenset((Subject.TREES, Subject.FAULTS, Subject.LOW_VOLTAGE))
_STATES: Final = {
    "out": State.OUT, _WEAK: State.OUT, "restored": State.RESTORED, "remaining": State.REMAINING,
    "sent": State.SENT, "cleared": State.CLEARED, "on_generator": State.ON_GENERATOR, "iced": State.ICED,
}  # fmt: skip
_SITUATION: Final = frozenset((State.OUT, State.RESTORED, State.REMAINING, State.ON_GENERATOR, State.ICED))


@dataclass(slots=True)
class _Walk:
    """How far a sentence is read: what governs, what was counted last."""

    carried: tuple[str, Token] | None = None
    last: Subject | None = None
    voltage: Token | None = None
    made: list[TotalRecord] = field(default_factory=list)
    forces: list[tuple[Subject, Token]] = field(default_factory=list)


def read_totals(context: Context, sentence: Sentence) -> None:
    """Read every number of a sentence that no other record holds."""
    walk = _Walk()
    for at, clause in enumerate(sentence.clauses):
        _read_clause(context, sentence, clause, walk)
        if at in sentence.stops:
            walk.carried = None
    for record in walk.made:
        _add(context, record)
    _give_forces(context, sentence, walk)


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
    cumulative = next((t for t in clause.facts() if t.tag("cumulative")), None)
    before = len(walk.made)
    for token in clause.tokens:
        if token.kind == Kind.VOLTAGE:
            walk.voltage = token
        if not token.quantity or context.is_used(token):
            continue
        subject = subject_of(clause, token, walk.last)
        if not clause.is_fact(token) or _is_difference(clause, token):
            if subject:
                why = clause.reason if not clause.is_fact(token) else None
                context.leave_out(why or Reason.INCREASE, token)
            continue
        if subject is None or (subject == Subject.FAULTS and token.quantity.value <= 1):
            continue
        walk.last = subject
        if subject in FORCES:
            if subject == Subject.PEOPLE and _are_hit(clause, token):
                context.leave_out(Reason.NO_FIELD, token)
            elif not clause.is_negated(token):
                walk.forces.append((subject, token))
            continue
        _read_number(context, sentence, clause, token, subject, cumulative, walk)
    _restore_all(context, clause, walk, new=len(walk.made) > before)
    governs = [t for t in clause.facts() if t.tag("state")]
    if governs:
        walk.carried = (_state_of(clause, governs[-1]), governs[-1])


def _are_hit(clause: Clause, token: Token) -> bool:
    """Say whether people are those without power or hurt rather than those sent."""
    behind = _behind(clause, token)
    around = clause.after(token)[:2] + clause.before(token)[:2]
    hurt = any(word in t.text for t in around for word in ("伤", "亡", "困", "滞留"))
    return hurt or (behind is not None and behind.tag("state") == "out")


def _is_difference(clause: Clause, token: Token) -> bool:
    return any(t.tag("increase") for t in clause.before(token)[:4])


def _read_number(  # noqa: PLR0913 - a number has that many surroundings
    context: Context,
    sentence: Sentence,
    clause: Clause,
    token: Token,
    subject: Subject,
    cumulative: Token | None,
    walk: _Walk,
) -> None:
    found = _governing(clause, token, subject, walk)
    if not found:
        context.leave_out(Reason.NO_PREDICATE, token)
        return
    context.use(token)
    for state, word in found:
        meaning = _meant(subject, _STATES[state])
        if meaning is None:
            continue
        how = (
            next((t for t in (word, *_strong_words(clause)) if t.tag("how")), None)
            if state in ("out", _WEAK)
            else None
        )
        how = word if word.tag("how") else how if state == _WEAK else None
        lines = subject in (Subject.LINES, Subject.SUBSTATIONS)
        walk.made.append(
            TotalRecord(
                span=context.span(sentence),
                organization=context.organization,
                subject=subject,
                state=context.value(meaning, word, confidence=0.9 if word in clause.tokens else 0.75),
                count=context.count(token),
                voltage_kv=_voltage(context, clause, token, walk) if lines else None,
                how=context.value(How(how.tag("how")), how) if how and lines else None,
                cumulative=_sum(context, cumulative, token),
                as_of=_as_of(context, sentence),
                place=_scope(context, sentence, token),
            )
        )


def _meant(subject: Subject, state: State) -> State | None:
    """Return what a state means for a subject: 处理低压故障 is their restoration."""
    if subject in _OF_WORKS and state in (State.CLEARED, State.RESTORED, State.SENT):
        return State.CLEARED if subject == Subject.TREES else State.RESTORED
    if subject == Subject.TREES:
        return None
    if state == State.CLEARED:
        return State.RESTORED
    return state if state in _SITUATION else None


def _strong_words(clause: Clause) -> list[Token]:
    return [t for t in clause.facts() if t.tag("state") == "out"]


def _state_of(clause: Clause, token: Token) -> str:
    """Return a state with the denial before it: 未恢复 is what remains."""
    state = token.tag("state")
    if clause.is_denied(token) and state == "restored":
        return "remaining"
    return state


def _governing(clause: Clause, token: Token, subject: Subject, walk: _Walk) -> list[tuple[str, Token]]:
    """Return the states of a number; two where a text says 停电的8条线路已全部恢复."""
    before, attribute = _before(clause, token, subject)
    behind = _behind(clause, token)
    later = _later(clause, behind) if behind and behind.tag("state") == "out" and not before else None
    if later:
        before, behind, attribute = behind, later, True
    if behind and clause.is_negated(behind) and _state_of(clause, behind) in ("out", _WEAK):
        return []
    if before and clause.is_negated(before) and _state_of(clause, before) in ("out", _WEAK):
        return []
    first = _state_of(clause, before) if before else ""
    second = _state_of(clause, behind) if behind else ""
    if before and behind and second in ("restored", "remaining") and first in ("out", _WEAK, "sent"):
        whole = any(t.tag("whole") for t in clause.tokens if t.start > token.start)
        if first == "out" and whole and second == "restored":
            return [(first, before), (second, behind)]
        return (
            [(second, behind)] if first != "out" or attribute or second == "restored" else [(first, before)]
        )
    if before and first not in (_WEAK, "sent", "cleared"):
        return [(first, before)]
    if before and first == "cleared" and (subject in _OF_WORKS or not behind):
        return [(first, before)]
    if behind and second != "sent":
        return [(second, behind)]
    if before:
        return [(first, before)] if first != "sent" or subject in _OF_WORKS else _carried(walk)
    fault = next((t for t in clause.facts() if t.text == "故障"), None)
    return [("out", fault)] if fault and subject == Subject.LINES else _carried(walk)


def _carried(walk: _Walk) -> list[tuple[str, Token]]:
    return [walk.carried] if walk.carried and walk.carried[0] != "sent" else []


def _later(clause: Clause, word: Token) -> Token | None:
    """Return what became of things that a word only describes: 17条停运线路已全部恢复."""
    for other in clause.after(word):
        if other.quantity or other.kind == Kind.LIST:
            return None
        if other.tag("state") in ("restored", "remaining"):
            return other
    return None


def _before(clause: Clause, token: Token, subject: Subject) -> tuple[Token | None, bool]:
    """Return the word that governs a number from before, and whether it only describes (停电的)."""
    passed = False
    for other in clause.before(token):
        passed |= other.quantity is not None
        state = other.tag("state")
        if not state or (state == "iced" and passed) or (state == "sent" and subject not in _OF_WORKS):
            continue
        after = clause.after(other)[:1]
        attribute = bool(after) and bool(after[0].tag("relative")) and after[0].start == other.end
        if attribute and passed and not _is_list(clause, other, token):
            continue
        return other, attribute
    return None, False


def _is_list(clause: Clause, word: Token, token: Token) -> bool:
    """Say whether a number belongs to the list that begins behind a word."""
    between = [t for t in clause.tokens if word.end < t.start < token.start]
    quantities = sum(1 for t in between if t.quantity)
    marks = sum(1 for t in between if t.kind == Kind.LIST)
    return marks >= quantities > 0


def _behind(clause: Clause, token: Token) -> Token | None:
    """Return the word that governs a number from behind: the next one that no number follows it in the clause."""
    rest = clause.after(token)
    for at, other in enumerate(rest):
        if other.tag("state") and clause.is_fact(other) and other.tag("state") != "sent":
            if other.tag("state") == "iced" and any(t.tag("state") for t in rest[at + 1 :]):
                continue
            goes_on = any(t.quantity for t in rest[at + 1 :])
            listed = all(t.kind == Kind.LIST or not t.quantity for t in rest[:at])
            if goes_on and listed and not _closes(rest[at + 1 :]):
                return None
            return other
        if other.quantity and at and rest[at - 1].kind != Kind.LIST and not _joined(rest[:at]):
            return None
    return None


def _joined(tokens: list[Token]) -> bool:
    return any(t.kind == Kind.LIST for t in tokens) or any(t.text in ("涉及", "影响") for t in tokens)


def _closes(tokens: list[Token]) -> bool:
    """Say whether a list mark stands right behind a state: 3条跳闸、2条拉停."""
    return bool(tokens) and tokens[0].kind == Kind.LIST


def _restore_all(context: Context, clause: Clause, walk: _Walk, *, new: bool) -> None:
    """Add what 均已恢复 says of the numbers before it in the sentence."""
    words = [t for t in clause.facts() if t.tag("state") == "restored" and not clause.is_denied(t)]
    rest = any(t.tag("state") == "remaining" for t in clause.tokens)
    if new or rest or not words or not any(t.tag("whole") for t in clause.facts()):
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
    before, behind = clause.before(token), clause.after(token)
    near = [t for t in _words(behind) if t.kind == Kind.VOLTAGE]
    for other in before:
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


def _sum(context: Context, cumulative: Token | None, token: Token) -> Value[bool] | None:
    if cumulative is None or cumulative.start > token.start:
        return None
    return context.value(True, cumulative)


def _as_of(context: Context, sentence: Sentence) -> Value[Moment] | None:
    """Return the cut-off that counts for a sentence; one that tells a day of its own has none."""
    own = [t for t in sentence.tokens() if t.time and t.time.has_day and t.start not in context.as_of_starts]
    inside = any(t.start in context.as_of_starts for t in sentence.tokens() if t.time)
    return context.as_of if inside or not own else None


def _scope(context: Context, sentence: Sentence, token: Token) -> Value[FoundPlace] | None:
    """Return the area of a number: the last place before it, or what stands before a list of places."""
    tokens = [t for t in sentence.tokens() if t.start < token.start]
    places = [at for at, t in enumerate(tokens) if t.start in context.found]
    while len(places) > 1 and all(t.kind == Kind.LIST for t in tokens[places[-2] + 1 : places[-1]]):
        listed = places.pop()
        if listed - places[-1] <= 1:
            break
        if len(places) == 1 or tokens[places[-1] - 1].kind != Kind.LIST:
            places.pop()
            break
    return context.found[tokens[places[-1]].start] if places else None


def _give_forces(context: Context, sentence: Sentence, walk: _Walk) -> None:
    """Give people and vehicles to the outage that is told of, else to the situation."""
    if not walk.forces:
        return
    trips = any(subject in (Subject.PERSON_TRIPS, Subject.VEHICLE_TRIPS) for subject, _ in walk.forces)
    if context.current and not trips and not sentence.has("cumulative") and not context.as_of:
        _assign(context, sentence, walk)
        return
    for subject, token in walk.forces:
        clause = sentence.clause_of(token)
        cumulative = _of_forces(sentence, walk)
        word = next((t for t in clause.before(token) if t.tag("state") == "sent"), token)
        context.use(token)
        context.records.append(
            TotalRecord(
                span=context.span(sentence),
                organization=context.organization_in(sentence),
                subject=subject,
                state=context.value(State.SENT, word),
                count=context.count(token),
                cumulative=_sum(context, cumulative, token),
                as_of=_as_of(context, sentence),
                place=_scope(context, sentence, token),
            )
        )


def _of_forces(sentence: Sentence, walk: _Walk) -> Token | None:
    """Return 累计 where it stands with people or vehicles; it counts for those in later clauses too."""
    counted = {token.start for _, token in walk.forces}
    for clause in sentence.clauses:
        word = next((t for t in clause.facts() if t.tag("cumulative")), None)
        if word and any(t.start in counted for t in clause.after(word)):
            return word
    return None


def _assign(context: Context, sentence: Sentence, walk: _Walk) -> None:
    people = next((t for s, t in walk.forces if s == Subject.PEOPLE), None)
    vehicles = next((t for s, t in walk.forces if s in (Subject.VEHICLES, Subject.GENERATOR_CARS)), None)
    context.use(*(token for _, token in walk.forces))
    first = people or vehicles
    if first is None:
        return
    tasks = context.tasks_in(sentence)
    context.records.append(
        AssignmentRecord(
            span=context.span(sentence),
            organization=context.organization_in(sentence),
            headcount=context.count(people) if people else None,
            vehicles=context.count(vehicles) if vehicles else None,
            vehicle_kind=vehicle_kind(context, vehicles) if vehicles else None,
            tasks=tasks,
            place=context.place_before(sentence.tokens(), first),
            at=context.time_for(sentence, sentence.clause_of(first), first),
            outage=context.current[0] if len(context.current) == 1 else None,
        )
    )

"""Numbers of one brief held against each other."""

from collections import defaultdict
from decimal import Decimal

from incidents.rules.briefs.draft import Check, Doubt
from incidents.rules.briefs.kinds import State, Subject
from incidents.rules.briefs.records import OutageRecord, Record, StepRecord, TotalRecord
from incidents.rules.briefs.values import Moment, Roughly, Value

_Key = tuple[Subject, Decimal | None, str | None, Moment | None]


def checks_of(records: list[Record]) -> list[Check]:
    """Return where what is out, back and still out cannot all be true."""
    classes: dict[_Key, dict[State, list[TotalRecord]]] = defaultdict(lambda: defaultdict(list))
    for record in records:
        if isinstance(record, TotalRecord) and record.how is None:
            classes[_key(record)][record.state.value].append(record)
    found: list[Check] = []
    for states in classes.values():
        found += _doubts(states)
    return found + _steps(records)


def _key(record: TotalRecord) -> _Key:
    place = record.place.value.code or record.place.value.text if record.place else None
    kv = record.voltage_kv.value if record.voltage_kv else None
    return (record.subject, kv, place, record.as_of.value if record.as_of else None)


def _doubts(states: dict[State, list[TotalRecord]]) -> list[Check]:
    out, back, left = (_one(states[state]) for state in (State.OUT, State.RESTORED, State.REMAINING))
    found = [_check(Doubt.TWO_NUMBERS, *two) for two in map(_different, states.values()) if two]
    if out and back and back.count.value > _most(out.count):
        found.append(_check(Doubt.RESTORED_EXCEEDS_OUT, out, back))
    exact = [each for each in (out, back, left) if each and each.count.roughly is None]
    told = out and back and left and len(exact) == 3  # noqa: PLR2004 - all three, and exactly
    if out and back and left and told and out.count.value != back.count.value + left.count.value:
        found.append(_check(Doubt.REMAINING_DIFFERS, out, back, left))
    return found


def _one(records: list[TotalRecord]) -> TotalRecord | None:
    return records[0] if records else None


def _different(records: list[TotalRecord]) -> tuple[TotalRecord, TotalRecord] | None:
    other = next((each for each in records[1:] if each.count.value != records[0].count.value), None)
    return (records[0], other) if other else None


def _most(count: Value[int]) -> int:
    """Return how many a number can mean at most."""
    return count.value if count.roughly is None or count.roughly == Roughly.LESS else count.value * 2


def _steps(records: list[Record]) -> list[Check]:
    outages = {r.key: r for r in records if isinstance(r, OutageRecord)}
    found = []
    for step in (r for r in records if isinstance(r, StepRecord)):
        outage = outages.get(step.outage)
        for name in ("customers", "areas"):
            back, out = getattr(step, name), getattr(outage, name) if outage else None
            if back and out and back.value > _most(out):
                found.append(Check(doubt=Doubt.RESTORED_EXCEEDS_OUT, spans=(out.span, back.span)))
    return found


def _check(doubt: Doubt, *records: TotalRecord) -> Check:
    return Check(doubt=doubt, spans=tuple(record.count.span for record in records))

"""What a number counts: its unit, and the word beside it where the unit leaves that open."""

from typing import Final

from incidents.rules.briefs.clauses import Clause
from incidents.rules.briefs.kinds import Subject
from incidents.rules.briefs.tokens import Kind, Token

_BY_UNIT: Final = {
    "customers": Subject.CUSTOMERS, "areas": Subject.AREAS, "villages": Subject.VILLAGES,
    "towns": Subject.TOWNS, "person_trips": Subject.PERSON_TRIPS, "vehicle_trips": Subject.VEHICLE_TRIPS,
}  # fmt: skip
_BY_WORD: Final = {
    "line": (Subject.LINES,),
    "item": (Subject.AREAS, Subject.VILLAGES, Subject.TOWNS, Subject.CUSTOMERS, Subject.TEAMS,
             Subject.SUBSTATIONS, Subject.IMPORTANT_USERS, Subject.LOW_VOLTAGE),
    "vehicle": (Subject.GENERATOR_CARS, Subject.VEHICLES),
    "machine": (Subject.GENERATOR_CARS, Subject.GENERATORS, Subject.VEHICLES, Subject.AREAS),
    "team": (Subject.TEAMS,),
    "substation": (Subject.SUBSTATIONS,),
    "event": (Subject.LOW_VOLTAGE, Subject.FAULTS),
    "spot": (Subject.LOW_VOLTAGE, Subject.FAULTS, Subject.TREES),
    "tree": (Subject.TREES,),
    "people": (Subject.PEOPLE,),
    "pack": (),
    "": (Subject.CUSTOMERS, Subject.PEOPLE, Subject.VEHICLES, Subject.AREAS, Subject.TEAMS),
}  # fmt: skip
_DEFAULTS: Final = {
    "line": Subject.LINES, "vehicle": Subject.VEHICLES, "people": Subject.PEOPLE, "team": Subject.TEAMS,
}  # fmt: skip
_PASSED: Final = frozenset(("state", "whole", "fact", "cumulative", "relative", "also", "how", "plain"))
_OPEN: Final = frozenset(("item", "line", "machine", "event", "spot"))
FORCES: Final = frozenset((
    Subject.PEOPLE, Subject.PERSON_TRIPS, Subject.VEHICLES, Subject.VEHICLE_TRIPS, Subject.TEAMS,
    Subject.GENERATOR_CARS, Subject.GENERATORS,
))  # fmt: skip
_AGAIN: Final = ("restored", "remaining")
_COUNTABLE: Final = (Subject.CUSTOMERS, Subject.AREAS, Subject.LINES, Subject.VILLAGES)
_NO_FORCE: Final = frozenset(("customers", "villages"))


def subject_of(clause: Clause, token: Token, last: Subject | None) -> Subject | None:
    """Return what a number counts; None if nothing that totals know.

    Args:
        clause: Its clause.
        token: The quantity.
        last: What the number before it in the sentence counted: 已恢复7条 needs it.
    """
    nouns = _nouns(clause, token)
    if Subject.IMPORTANT_USERS in nouns and token.unit in ("customers", "item"):
        return Subject.IMPORTANT_USERS
    if token.unit in _BY_UNIT:
        return _BY_UNIT[token.unit]
    allowed = _BY_WORD.get(token.unit, ())
    if token.unit == "people" and _NO_FORCE & set(nouns[:1]):
        return None
    if not token.unit and not _stands_alone(clause, token):
        return None
    named = next((noun for noun in nouns if noun in allowed), None)
    return Subject(named) if named else _unnamed(clause, token, last, allowed)


def _unnamed(
    clause: Clause, token: Token, last: Subject | None, allowed: tuple[Subject, ...]
) -> Subject | None:
    """Return what a number counts that no word beside it names: 已恢复7条."""
    if not token.unit and _repeats(clause, token, last):
        return last
    if token.unit == "line" and any(t.tag("danger") for t in clause.tokens):
        return None
    if token.unit == "event" and any(t.tag("how") for t in clause.before(token)[:1]):
        return Subject.LINES  # 线路跳闸7次
    if token.unit in _OPEN and last in allowed and _ends(clause, token):
        return last
    lines = last == Subject.LINES or _speaks(clause) or _ends(clause, token)
    return _DEFAULTS.get(token.unit) if token.unit != "line" or lines else None


def _ends(clause: Clause, token: Token) -> bool:
    """Say whether nothing is named behind a number: 已恢复7条, 3个正在抢修."""
    behind = clause.after(token)[:1]
    if not behind:
        return token is clause.tokens[-1]
    return behind[0].kind == Kind.LIST or (
        behind[0].kind == Kind.WORD and bool(_PASSED & behind[0].tags.keys())
    )


def _stands_alone(clause: Clause, token: Token) -> bool:
    """Say whether a number without a unit counts what stands beside it: 车辆51 at the end, 300余客户."""
    behind = clause.after(token)[:1]
    if behind and behind[0].start == token.end and behind[0].tag("noun"):
        return True
    before = clause.before(token)[:1]
    return bool(before) and before[0].end == token.start and (not behind or behind[0].kind == Kind.LIST)


def _repeats(clause: Clause, token: Token, last: Subject | None) -> bool:
    """Say whether a bare number at the end counts what the last one did: 户数1450，已恢复1280."""
    before = clause.before(token)[:1]
    governed = bool(before) and before[0].end == token.start and before[0].tag("state") in _AGAIN
    return last in _COUNTABLE and governed and token is clause.tokens[-1]


def _speaks(clause: Clause) -> bool:
    return any(t.kind in (Kind.VOLTAGE, Kind.LINE) or t.tag("noun") == "lines" for t in clause.tokens)


def _nouns(clause: Clause, token: Token) -> list[str]:
    """Return the things beside a number, those behind it first."""
    found = [word.tag("noun") for word in _beside(clause.after(token)) if word.tag("noun")]
    return found + [word.tag("noun") for word in _beside(clause.before(token)) if word.tag("noun")]


def _beside(tokens: list[Token]) -> list[Token]:
    """Return the words up to the next number, name or mark; at most four."""
    found = []
    for other in tokens[:4]:
        if other.kind not in (Kind.WORD, Kind.VOLTAGE):
            break
        found.append(other)
        if other.tag("noun") and not _PASSED & other.tags.keys():
            break
    return found

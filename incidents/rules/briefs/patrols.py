"""Patrols and hidden dangers."""

from dataclasses import replace
from typing import Final

from incidents.choices import PatrolKind
from incidents.rules.briefs.clauses import Clause, Sentence
from incidents.rules.briefs.context import Context
from incidents.rules.briefs.records import HazardRecord, PatrolRecord
from incidents.rules.briefs.tokens import Kind, Token

_COUNTED: Final = ("spot", "item", "event", "line", "")
_FEW: Final = 8
_RANK: Final = (PatrolKind.INSPECT_AFTER, PatrolKind.SPECIAL, PatrolKind.ROUTINE)


def read_patrols(context: Context, sentence: Sentence) -> None:
    """Read that lines were walked: one patrol a sentence, the most special of those it names."""
    if not sentence.has("patrol"):
        return
    words = [
        (clause, token)
        for clause, token in sentence.pairs()
        if token.tag("patrol") and not clause.is_negated(token) and _is_done(clause, token)
    ]
    if not words:
        return
    rank = [PatrolKind(token.tag("patrol")) for _, token in words]
    clause, token = words[min(range(len(words)), key=lambda at: _RANK.index(rank[at]))]
    lines = _lines_walked(context, sentence)
    people = next((t for t in clause.tokens if t.unit == "people" and not context.is_used(t)), None)
    nothing = next((t for t in sentence.tokens() if t.tag("nothing")), None)
    named = next((t for t in clause.tokens if t.line), None)
    context.use(lines, people)
    line = named.line if named else None
    _add(
        context,
        PatrolRecord(
            span=context.span(sentence),
            organization=context.organization_in(sentence),
            kind=context.value(PatrolKind(token.tag("patrol")), token),
            lines=context.count(lines) if lines else None,
            line=context.source.value(line.name, line.start, line.start + len(line.name)) if line else None,
            place=context.place_before(clause.tokens, token),
            headcount=context.count(people) if people else None,
            nothing_found=context.value(True, nothing) if nothing else None,
            at=context.said_time(sentence, clause, token),
        ),
    )


def _add(context: Context, patrol: PatrolRecord) -> None:
    """Add a patrol; numbers of a plain one belong to the special one that was just told of without any."""
    at = next((at for at in _last(context) if isinstance(context.records[at], PatrolRecord)), None)
    last = context.records[at] if at is not None else None
    plain = patrol.kind.value == PatrolKind.ROUTINE
    if isinstance(last, PatrolRecord) and at is not None and plain and not (last.lines or last.headcount):
        nothing = patrol.nothing_found or last.nothing_found
        context.records[at] = replace(
            last, lines=patrol.lines, headcount=patrol.headcount, nothing_found=nothing
        )
    else:
        context.records.append(patrol)


def _last(context: Context) -> range:
    """Return where the last few records stand, the last first."""
    return range(len(context.records) - 1, max(-1, len(context.records) - _FEW), -1)


def _is_done(clause: Clause, token: Token) -> bool:
    """Say whether a patrol was made rather than named: 开展特巡, 巡视线路42条, but not 经巡视 in passing."""
    if any(t.tag("do") and t is not token for t in clause.facts()):
        return True
    return any(t.unit == "line" for t in clause.after(token)[:3])


def _lines_walked(context: Context, sentence: Sentence) -> Token | None:
    for clause in sentence.clauses:
        for other in clause.facts():
            if other.unit == "line" and not context.is_used(other) and _is_of_patrol(clause):
                return other
    return None


def _is_of_patrol(clause: Clause) -> bool:
    walked = any(t.tag("patrol") for t in clause.tokens)
    return walked and not any(t.tag("state") in ("out", "restored", "remaining") for t in clause.tokens)


def read_hazards(context: Context, sentence: Sentence) -> None:
    """Read hidden dangers that are counted: found, or removed."""
    about = None
    for clause, token in sentence.pairs() if sentence.has("danger") else ():
        about = token if token.tag("danger") else about
        quantity = token.quantity
        if not quantity or quantity.unit not in _COUNTED or context.is_used(token) or about is None:
            continue
        if not _belongs(clause, token) or clause.is_negated(token):
            continue
        context.use(token)
        removed = _removed(clause, token)
        context.records.append(
            HazardRecord(
                span=context.span(sentence),
                organization=context.organization,
                count=context.count(token),
                removed=context.value(True, removed) if removed else None,
                place=context.place_before(sentence.tokens(), token),
                as_of=context.as_of,
            )
        )


def _belongs(clause: Clause, token: Token) -> bool:
    """Say whether a number counts dangers: they stand beside it, or only 已消除 does."""
    beside = (clause.before(token)[:2], clause.after(token)[:2])
    if any(t.tag("danger") for side in beside for t in side):
        return True
    others = [t for t in clause.tokens if t.tag("noun") or t.tag("damage") or t.kind == Kind.LINE]
    return not others and any(t.tag("removed") or t.tag("found") for t in clause.tokens)


def _removed(clause: Clause, token: Token) -> Token | None:
    before = [t for t in clause.before(token) if t.tag("removed") or t.tag("found")]
    if before:
        return before[0] if before[0].tag("removed") else None
    return next((t for t in clause.after(token) if t.tag("removed")), None)

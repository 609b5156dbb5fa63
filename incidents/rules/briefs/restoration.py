"""How supply came back, for which outage, and which are still out."""

from dataclasses import replace

from incidents.choices import RestorationMethod
from incidents.rules.briefs.clauses import Clause, Sentence
from incidents.rules.briefs.context import REMEMBERED, Context
from incidents.rules.briefs.outages import known_outage, outage_of
from incidents.rules.briefs.records import StepRecord
from incidents.rules.briefs.tokens import Kind, Token
from incidents.rules.briefs.values import Value


def restoring(clause: Clause) -> Token | None:
    """Return the word of a clause that says that supply is back, if one does."""
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


def restore(context: Context, sentence: Sentence, clause: Clause) -> None:
    """Read that supply came back, for the lines that a clause names, else for the current outages."""
    word = restoring(clause)
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
    for at in range(max(0, len(context.records) - REMEMBERED), len(context.records)):
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
        named = token.line or (token.kind == Kind.PLACE and token.is_village and not clause.counts_many())
        key = known_outage(context, sentence, token) if named and left else None
        if key and left:
            context.outages[key] = replace(context.outages[key], restored=context.value(False, left))


def _targets(context: Context, sentence: Sentence, clause: Clause) -> list[int]:
    lines = [t for t in clause.facts() if t.line]
    if lines:
        return [outage_of(context, sentence, clause, line, None) for line in lines]
    villages = [t for t in clause.facts() if t.kind == Kind.PLACE and t.is_village]
    known = [key for village in villages if (key := known_outage(context, sentence, village))]
    if known:
        return known
    if context.current:
        return context.current
    if context.subject:
        return [outage_of(context, sentence, clause, subject, None) for subject in context.subject]
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

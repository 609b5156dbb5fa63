"""What broke, and how many of it."""

from typing import Final

from incidents.choices import CauseCode, DamageKind
from incidents.rules.briefs.clauses import Clause, Sentence
from incidents.rules.briefs.context import Context
from incidents.rules.briefs.records import DamageRecord
from incidents.rules.briefs.tokens import Token

_ON_LINES: Final = {
    CauseCode.BAMBOO_ICE.value: DamageKind.BAMBOO_ON_LINE,
    CauseCode.TREE_ICE.value: DamageKind.TREE_ON_LINE,
}
_LYING: Final = ("搭", "压", "倒", "靠", "挂", "砸")
_AGAINST: Final = ("搭", "压住", "靠", "倒压", "砸中")
_NEAR: Final = 3
_WIRES: Final = ("导线", "线路", "线上")
_UNITS: Final = ("pole", "spot", "machine", "tree", "item", "event", "span", "substation", "line", "")


def read_damage(context: Context, sentence: Sentence) -> None:
    """Read damage that is counted; what is only named counts where one outage is told of."""
    mended = None
    for clause in sentence.clauses if sentence.has("damage") else ():
        for token in clause.facts():
            if token.tag("mend") or (token.tag("state") == "restored"):
                mended = token
            if token.tag("damage") and not clause.is_negated(token):
                _read_one(context, sentence, clause, token, mended)
        mended = None


def read_what_lies_on_lines(context: Context, sentence: Sentence) -> None:
    """Read 毛竹…搭在导线上 where one outage is told of."""
    if not context.current or not sentence.has("cause"):
        return
    for clause, token in sentence.pairs():
        about = context.outages_of(clause)
        if len(about) != 1:
            continue
        outage = about[0]
        broke = any(other.tag("damage") for other in clause.facts())
        kind = None if broke else _ON_LINES.get(token.tag("cause"))
        words = context.source.text[token.end : clause.tokens[-1].end + 2]
        near = any(verb in words[:_NEAR] for verb in _AGAINST)
        lies = near or (any(verb in words for verb in _LYING) and any(wire in words for wire in _WIRES))
        if kind and lies and ("damage", outage, kind) not in context.told:
            context.told.add(("damage", outage, kind))
            value = context.value(kind, token, confidence=0.7)
            context.records.append(DamageRecord(span=context.span(sentence), kind=value, outage=outage))


def _read_one(
    context: Context, sentence: Sentence, clause: Clause, token: Token, mended: Token | None
) -> None:
    count = _count_of(context, clause, token) or _count_of_break(context, clause, token)
    kind = DamageKind(token.tag("damage"))
    drop = any(t.tag("damage") == DamageKind.SERVICE_DROP for t in clause.before(token))
    if kind == DamageKind.CONDUCTOR_BREAK and drop:
        return  # 接户线被拉断 is told by the 接户线
    about = context.outages_of(clause)
    outage = about[-1] if len(about) == 1 else None
    if count is None and (outage is None or ("damage", outage, kind) in context.told):
        return
    context.told.add(("damage", outage, kind))
    context.use(count)
    repair = next(
        (
            word
            for word in ("更换", "扶正", "新立", "组立", "立杆", "接续", "重新")
            if token.text.startswith(word)
        ),
        "",
    )
    mark = token if repair else mended
    context.records.append(
        DamageRecord(
            span=context.span(sentence),
            organization=context.organization,
            kind=context.value(kind, token),
            count=context.count(count) if count else None,
            outage=outage,
            place=context.place_before(sentence.tokens(), token),
            repaired=context.value(True, mark, confidence=0.75) if mark and count else None,
            as_of=context.as_of,
        )
    )


def _count_of(context: Context, clause: Clause, token: Token) -> Token | None:
    """Return the number right behind a kind of damage, else the one right before it."""
    behind = [t for t in clause.after(token)[:2] if not t.tag("whole")]
    for other in behind[:1]:
        if other.quantity and other.unit in _UNITS and not context.is_used(other):
            return other
    for other in clause.before(token)[:2]:
        if other.quantity:
            fits = other.unit in ("pole", "spot", "tree", "machine", "item", "substation")
            return other if fits and not context.is_used(other) else None
        if other.tag("damage"):
            return None
    return None


def _count_of_break(context: Context, clause: Clause, token: Token) -> Token | None:
    """Return the number behind 断线 where it says of what: 下户线断线112处."""
    behind = clause.after(token)[:1]
    if token.tag("damage") == DamageKind.SERVICE_DROP and behind and behind[0].tag("damage"):
        return _count_of(context, clause, behind[0])
    return None

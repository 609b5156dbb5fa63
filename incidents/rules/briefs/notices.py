"""Storms, weather warnings and response levels."""

from dataclasses import replace
from typing import Final

from incidents.choices import StormHazard, WarningHazard, WarningLevel
from incidents.rules.briefs.clauses import Clause, Sentence
from incidents.rules.briefs.context import Context
from incidents.rules.briefs.kinds import ResponseLevel, Turn
from incidents.rules.briefs.numerals import number_at
from incidents.rules.briefs.records import ResponseRecord, StormRecord, WarningRecord
from incidents.rules.briefs.tokens import Kind, Token
from incidents.rules.briefs.values import Value

_ROMAN: Final = ("IV", "III", "II", "I")
_COLOURS: Final = {
    "红色": ResponseLevel.I, "橙色": ResponseLevel.II, "黄色": ResponseLevel.III, "蓝色": ResponseLevel.IV,
}  # fmt: skip
_LEVELS: Final = (ResponseLevel.I, ResponseLevel.II, ResponseLevel.III, ResponseLevel.IV)
_WORK: Final = "抗"
"""抗冰 tells of ice, but is what people do against it and no name of a storm."""
_CHANGED: Final = "changed"
_REACH: Final = 26
"""Characters between a level and its 应急响应."""


def storm_of(context: Context, sentences: list[Sentence]) -> StormRecord | None:
    """Return the storm that a text speaks of; several kinds of weather make a mixed one."""
    tokens = (token for s in sentences for token in s.all_tokens())
    found = [t for t in tokens if t.tag("hazard")]
    if not found:
        return _hinted(context, sentences)
    kinds = {token.tag("hazard") for token in found}
    hazard = StormHazard(kinds.pop()) if len(kinds) == 1 else StormHazard.MIXED
    named = next((t for t in found if t.tag("hazard") == hazard), found[0])
    return StormRecord(
        span=context.source.span(named.start, named.end),
        hazard=context.value(hazard, named, confidence=0.85 if hazard == named.tag("hazard") else 0.7),
        name=None if named.text.startswith(_WORK) else context.value(named.text, named, confidence=0.7),
    )


def _hinted(context: Context, sentences: list[Sentence]) -> StormRecord | None:
    """Return the storm of a fact like 因冰冻停电, which counts only where nothing says more."""
    hint = next((t for s in sentences for t in s.tokens() if t.tag("hazard_hint")), None)
    if hint is None:
        return None
    return StormRecord(
        span=context.source.span(hint.start, hint.end),
        hazard=context.value(StormHazard(hint.tag("hazard_hint")), hint, confidence=0.6),
    )


def read_warnings(context: Context, sentence: Sentence) -> None:
    """Read warnings of the weather service: a hazard, a colour and 预警 in one clause."""
    for clause in sentence.clauses if sentence.has("alarm") else ():
        for token in clause.facts():
            if token.tag("alarm"):
                _read_warning(context, sentence, clause, token)


def _read_warning(context: Context, sentence: Sentence, clause: Clause, alarm: Token) -> None:
    near = [each for each in clause.before(alarm) if alarm.start - each.start <= _REACH]
    if any(t.tag("alarm") for t in clause.after(alarm)) and any(
        t.tag("turn") for t in clause.after(alarm)[:2]
    ):
        return  # 黄色预警升级为橙色预警: the second counts
    colour = next((each for each in near if each.tag("colour")), None)
    hazard = next((each for each in near if each.tag("warning")), None)
    if colour is None or hazard is None:
        return
    turn = _turn(clause, alarm) or next((t for t in clause.before(alarm) if t.tag("turn")), None)
    meaning = Turn(turn.tag("turn")) if turn and turn.tag("turn") != _CHANGED else None
    context.records.append(
        WarningRecord(
            span=context.span(sentence),
            organization=_issuer(context, clause),
            hazard=context.value(WarningHazard(hazard.tag("warning")), hazard),
            level=context.value(WarningLevel(colour.tag("colour")), colour, confidence=0.95),
            turn=context.value(meaning, turn) if turn and meaning else None,
            at=context.said_time(sentence, clause, turn if turn and turn.start > alarm.start else alarm),
        )
    )


def _turn(clause: Clause, alarm: Token) -> Token | None:
    """Return 解除 and the like behind an alarm: ``发布的预警已于20时解除``."""
    behind = [t for t in clause.after(alarm) if t.tag("turn") and clause.is_fact(t)]
    return behind[-1] if behind else None


def _issuer(context: Context, clause: Clause) -> Value[str] | None:
    named = [t for t in clause.tokens if t.kind == Kind.ORGANIZATION and t.tag("organization") != "grid"]
    return context.value(named[0].text, named[0]) if named else None


def read_responses(context: Context, sentence: Sentence) -> None:
    """Read response levels: a level near 应急响应, and what was done with it."""
    for at, clause in enumerate(sentence.clauses if sentence.has("response") else ()):
        for token in clause.facts():
            if token.tag("response"):
                _read_response(context, sentence, at, token)
        if at and sentence.has("turn"):
            _read_end(context, sentence, clause)


def _read_end(context: Context, sentence: Sentence, clause: Clause) -> None:
    """Read the end of the response that an earlier clause told of: 21日启动Ⅳ级应急响应，24日9时解除."""
    ended = next((t for t in clause.facts() if t.tag("turn") == Turn.ENDED), None)
    last = context.records[-1] if context.records else None
    own = any(t.tag("response") or t.tag("alarm") for t in clause.tokens)
    if ended is None or own or clause.is_negated(ended) or not isinstance(last, ResponseRecord):
        return
    level = replace(last.level, confidence=0.7)
    turn, at = context.value(Turn.ENDED, ended), context.said_time(sentence, clause, ended)
    context.records.append(replace(last, span=context.span(sentence), level=level, turn=turn, at=at))


def _read_response(context: Context, sentence: Sentence, at: int, token: Token) -> None:
    clause = sentence.clauses[at]
    levels = _levels(context, max(clause.tokens[0].start, token.start - _REACH), clause.tokens[-1].end + 6)
    turn = next((t for t in clause.facts() if t.tag("turn")), None)
    if turn is None or not levels or clause.is_negated(token):
        return
    start, end, level = levels[-1]
    meaning = _meaning(clause, turn, levels[0][2], level)
    value = context.source.value(level, start, end, confidence=0.95)
    if ("response", value.span) in context.told:
        return
    context.told.add(("response", value.span))
    context.records.append(
        ResponseRecord(
            span=context.span(sentence),
            organization=context.organization_in(sentence),
            level=value,
            turn=context.value(meaning, turn),
            at=context.said_time(sentence, clause, token),
        )
    )


def _meaning(clause: Clause, turn: Token, first: ResponseLevel, last: ResponseLevel) -> Turn:
    """Return what was done; 由Ⅳ级调整为Ⅲ级 raises, and counts more than 启动 of the lower one."""
    if first != last:
        return Turn.RAISED if _LEVELS.index(last) < _LEVELS.index(first) else Turn.LOWERED
    turns = {t.tag("turn") for t in clause.facts() if t.tag("turn")}
    for meaning in (Turn.ENDED, Turn.RAISED, Turn.LOWERED):
        if meaning in turns:
            return meaning
    return Turn.STARTED if turn.tag("turn") == _CHANGED else Turn(turn.tag("turn"))


def _levels(context: Context, start: int, end: int) -> list[tuple[int, int, ResponseLevel]]:
    """Return the levels in a stretch: Ⅳ级, 4级, 四级, and the colour where no numeral stands."""
    text = context.source.text
    found = []
    for place in range(start, min(end, len(text))):
        if text[place] != "级":
            continue
        roman = next((w for w in _ROMAN if text.endswith(w, start, place)), "")
        number = number_at(text, place - 1) if not roman and place else None
        if roman:
            found.append((place - len(roman), place + 1, ResponseLevel(roman)))
        elif (
            number and number.value is not None and number.end == place and 1 <= number.value <= len(_LEVELS)
        ):
            found.append((place - 1, place + 1, _LEVELS[int(number.value) - 1]))
    if not found:
        for word, level in _COLOURS.items():
            place = text.find(word, start, end)
            if place != -1 and text.find("预警", place, place + 5) == -1:
                found.append((place, place + 2, level))
    return found

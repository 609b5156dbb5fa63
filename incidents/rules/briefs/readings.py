"""Readings of ice and of weather."""

from dataclasses import replace
from decimal import Decimal
from typing import Final, TypeVar

from incidents.choices import IceMethod, IceType, PrecipitationType, Statistic, ThicknessKind
from incidents.rules.briefs.clauses import Clause, Sentence
from incidents.rules.briefs.context import Context
from incidents.rules.briefs.draft import Reason
from incidents.rules.briefs.records import IceRecord, WeatherRecord
from incidents.rules.briefs.tokens import Kind, Token
from incidents.rules.briefs.values import Inference, Value

_MOST_ICE_MM: Final = 300
_COLDEST_C: Final = -60
_HOTTEST_C: Final = 50
_MM_OF_CM: Final = 10
C = TypeVar("C")
_SNOW: Final = ("雪深", "积雪", "降雪", "雪厚")


def read_ice(context: Context, sentence: Sentence) -> None:
    """Read thicknesses: millimetres or centimetres in a sentence that speaks of ice on lines."""
    about_ice = False
    for clause in sentence.clauses if {"mm", "cm"} & sentence.units else ():
        about_ice |= any(token.tag("ice") for token in clause.tokens)
        for token in clause.facts():
            if token.unit in ("mm", "cm") and not context.is_used(token):
                _read_thickness(context, sentence, clause, token, about_ice=about_ice)


def _read_thickness(
    context: Context, sentence: Sentence, clause: Clause, token: Token, *, about_ice: bool
) -> None:
    before = context.source.text[max(clause.tokens[0].start - 1, token.start - 14, 0) : token.start]
    ice_here = any(t.tag("ice") for t in clause.tokens)
    if (
        not about_ice
        or (any(w in before for w in _SNOW) and not ice_here)
        or "降水" in before
        or "直径" in before
    ):
        context.leave_out(Reason.NO_FIELD, token)
        return
    if any(t.tag("design") for t in clause.tokens):
        context.leave_out(Reason.DESIGN_VALUE, token)
        return
    thickness = _thickness(context, token)
    if not 0 <= thickness.value <= _MOST_ICE_MM:
        context.leave_out(Reason.OUT_OF_RANGE, token)
        return
    context.use(token)
    record = IceRecord(
        span=context.span(sentence),
        organization=context.organization,
        thickness_mm=thickness,
        statistic=_statistic(context, clause, token),
        kind=_told(context, sentence, "icekind", ThicknessKind),
        ice_type=_told(context, sentence, "icetype", IceType),
        method=_told(context, sentence, "icemethod", IceMethod),
        place=context.place_before(sentence.tokens(), token),
        line=_line(context, sentence, token),
        outage=_outage(context, sentence, token),
        at=context.time_for(sentence, clause, token),
    )
    context.records.append(record)


def _thickness(context: Context, token: Token) -> Value[Decimal]:
    quantity = token.quantity
    assert quantity is not None  # noqa: S101 - the caller has looked at its unit
    number = quantity.upper if quantity.upper is not None else quantity.value
    scaled = number * _MM_OF_CM if quantity.unit == "cm" else number
    inferred = Inference.MAXIMUM_OF_RANGE if quantity.upper is not None else None
    return context.source.value(
        scaled, quantity.number.start, token.end, inferred=inferred, roughly=quantity.number.roughly
    )


def _statistic(context: Context, clause: Clause, token: Token) -> Value[Statistic] | None:
    """Return what the number is of the values behind it; 达 30 毫米 is read as the most there was."""
    earlier = [t for t in clause.before(token) if not (t.quantity and t.unit in ("mm", "cm"))]
    for word in earlier:
        if word.tag("mean"):
            return context.value(Statistic.MEAN, word)
        if word.tag("max"):
            return context.value(Statistic.MAX, word)
    if token.quantity and token.quantity.upper is not None:
        return context.value(Statistic.MAX, token, confidence=0.7, inferred=Inference.MAXIMUM_OF_RANGE)
    reached = next((t for t in earlier[:2] if t.tag("reached")), None)
    if reached:
        return context.value(Statistic.MAX, reached, confidence=0.7, inferred=Inference.REACHED)
    return None


def _line(context: Context, sentence: Sentence, token: Token) -> Value[str] | None:
    if any(t.text in ("其余", "其他") for t in sentence.clause_of(token).tokens):
        return None
    named = [t for t in sentence.tokens() if t.line and t.start < token.start]
    line = named[-1].line if named else None
    if line:
        return context.source.value(line.name, line.start, line.start + len(line.name))
    outage = context.outages[context.current[0]] if len(context.current) == 1 else None
    if outage is None or outage.line is None:
        return None
    return replace(outage.line, confidence=0.6, inferred=Inference.SUBJECT_FROM_EARLIER)


def _outage(context: Context, sentence: Sentence, token: Token) -> int | None:
    """Return the outage on whose line the ice lies, where the text is telling of that one."""
    line = _line(context, sentence, token)
    return context.by_line.get(line.value) if line else None


def _told(context: Context, sentence: Sentence, category: str, codes: type[C]) -> Value[C] | None:
    word = next((t for t in sentence.tokens() if t.tag(category)), None)
    return context.value(codes(word.tag(category)), word) if word else None  # type: ignore[call-arg]


def read_weather(context: Context, sentence: Sentence) -> None:
    """Read temperatures with the wind, precipitation and altitude told beside them."""
    altitude, context.altitude = context.altitude, None
    for clause, token in sentence.pairs() if {"celsius", "degree", "metre"} & sentence.units else ():
        if token.unit == "metre" and any(t.tag("altitude") for t in clause.before(token)[:2]):
            context.use(token)
            altitude = context.altitude = context.count(token)
        if _is_temperature(clause, token) and not context.is_used(token):
            _read_temperature(context, sentence, clause, token, altitude)


def _is_temperature(clause: Clause, token: Token) -> bool:
    if token.unit == "celsius":
        return True
    before = clause.before(token)
    return token.unit == "degree" and any(t.tag("below") or t.tag("air") for t in before[:3])


def _read_temperature(
    context: Context, sentence: Sentence, clause: Clause, token: Token, altitude: Value[int] | None
) -> None:
    quantity = token.quantity
    assert quantity is not None  # noqa: S101 - the caller has looked at its unit
    before = clause.before(token)
    below = next((t for t in before[:2] if t.tag("below") and t.end >= token.start - 1), None)
    if not below and before and before[0].tag("drop"):
        context.leave_out(Reason.NO_FIELD, token)
        return
    is_negative = quantity.negative or below is not None
    value = -quantity.value if is_negative else quantity.value
    start = below.start if below else quantity.number.start - quantity.negative
    if not _COLDEST_C <= value <= _HOTTEST_C:
        context.leave_out(Reason.OUT_OF_RANGE, token)
        return
    context.use(token)
    wind = next((t for t in sentence.tokens() if t.unit == "metre_per_second"), None)
    context.use(wind)
    context.records.append(
        WeatherRecord(
            span=context.span(sentence),
            organization=context.organization,
            temperature_c=context.source.value(
                value, start, token.end, confidence=0.95, roughly=quantity.number.roughly
            ),
            statistic=_extreme(context, clause, token),
            precipitation=_told(context, sentence, "precipitation", PrecipitationType),
            wind_m_s=context.value(wind.quantity.value, wind) if wind and wind.quantity else None,
            altitude_m=altitude,
            place=context.place_before(sentence.tokens(), token),
            at=context.time_for(sentence, clause, token),
        )
    )


def _extreme(context: Context, clause: Clause, token: Token) -> Value[Statistic] | None:
    if token.quantity and token.quantity.upper is not None:
        return context.value(Statistic.MIN, token, confidence=0.7)
    for word in clause.before(token):
        if word.kind == Kind.QUANTITY:
            return None
        if word.tag("min"):
            return context.value(Statistic.MIN, word)
        if word.tag("mean_t") or word.tag("mean"):
            return context.value(Statistic.MEAN, word)
    return None

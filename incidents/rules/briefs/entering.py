"""What a sentence tells about where and when it is, before it is read; what nobody has read, after it."""

from datetime import date, timedelta
from typing import Final

from incidents.rules.briefs.clauses import Sentence
from incidents.rules.briefs.clocks import Stated
from incidents.rules.briefs.context import Context
from incidents.rules.briefs.draft import Reason
from incidents.rules.briefs.places import above, resolve
from incidents.rules.briefs.times import resolved, year_of
from incidents.rules.briefs.tokens import Kind, Token
from incidents.rules.briefs.values import FoundPlace, Inference, Moment

_COUNTY: Final = 6
_TOWN: Final = 9
_FIRST_COUNTY_CITY: Final = "81"
"""Last two digits of a county's code from which on it is a city (嵊州市 330683), GB/T 2260."""
_COUNTS: Final = frozenset(
    ("customers", "areas", "villages", "towns", "line", "person_trips", "vehicle_trips")
)


def enter(context: Context, sentence: Sentence) -> None:
    """Take over days, places and organisations that a sentence names."""
    named_day = False
    for _, token in sentence.pairs():
        if token.time:
            named_day = _tell_time(context, token, named_day=named_day)
        elif token.kind == Kind.PLACE:
            _tell_place(context, token)
        elif token.kind == Kind.ORGANIZATION:
            _tell_organization(context, token)
    for clause in sentence.clauses:
        for token in clause.tokens:
            if token.time and token.start not in context.moments:
                context.moments[token.start] = context.value(token.time.moment, token, confidence=0.5)


def _tell_time(context: Context, token: Token, *, named_day: bool) -> bool:
    stated = token.time
    assert stated is not None  # noqa: S101 - the caller has looked
    value, inferred = _moment(context, stated, named_day=named_day)
    confidence = 0.95 if inferred is None else 0.85
    context.moments[token.start] = context.value(value, token, confidence=confidence, inferred=inferred)
    if value.on:
        context.days.setdefault(value.on, (token.start, context.moments[token.start]))
    if token.start in context.as_of_starts:
        context.as_of = context.moments[token.start]
        context.cut_off_day = value.on
        context.first_as_of = context.first_as_of or context.as_of
    if value.on and stated.has_day:
        context.day = value.on
        return True
    return named_day


def _moment(context: Context, stated: Stated, *, named_day: bool) -> tuple[Moment, Inference | None]:
    moment, year, inferred = stated.moment, stated.moment.year, None
    day = context.day
    if moment.day is not None and year is None:
        inferred = Inference.YEAR_FROM_PUBLICATION
        year = _year(context, moment)
        if moment.month is None:
            inferred = Inference.DATE_FROM_EARLIER if day else Inference.DATE_FROM_PUBLICATION
            day = day or _month(context, moment.day)
    elif stated.relative == "publication":
        inferred = Inference.DATE_FROM_PUBLICATION
    elif moment.day is None:
        inferred = Inference.DATE_FROM_SENTENCE if named_day else Inference.DATE_FROM_EARLIER
    told = resolved(stated, year=year, context=day, published_on=context.published_on)
    return told, inferred if told.on else None


def _year(context: Context, moment: Moment) -> int | None:
    if context.day and moment.month and context.published_on is None:
        return context.day.year
    if moment.month is None or moment.day is None or context.published_on is None:
        return context.day.year if context.day else None
    return year_of(moment.month, moment.day, context.published_on)


def _month(context: Context, day: int) -> date | None:
    """Return a day of the month in which a bare day lies, as the date of publication has it."""
    if context.published_on is None:
        return None
    if day <= context.published_on.day:
        return context.published_on
    return context.published_on.replace(day=1) - timedelta(days=1)


def _tell_place(context: Context, token: Token) -> None:
    level = token.tag("anaphor")
    if level:
        place, leant = _meant(context, token.text, level), True
    else:
        place, leant = resolve(token.parts, context=context.code)
    inferred = Inference.PLACE_FROM_EARLIER if leant and place.code else None
    confidence = 0.95 if place.code and not leant else 0.75 if place.code else 0.4
    if place.text or place.code:
        context.found[token.start] = context.value(place, token, confidence=confidence, inferred=inferred)
    if place.code and len(place.code) > 2:  # noqa: PLR2004 - a province says too little
        context.code = place.code[:_COUNTY]
        context.town = place.code[:_TOWN] if len(place.code) >= _TOWN else context.town


def _meant(context: Context, words: str, level: str) -> FoundPlace:
    is_county_city = len(context.code) == _COUNTY and context.code[4:] >= _FIRST_COUNTY_CITY
    wanted = "county" if level == "city" and is_county_city else level
    code = above(context.town if level in ("town", "village") else context.code, wanted)
    return FoundPlace(text=words if code else "", code=code or None)


def _tell_organization(context: Context, token: Token) -> None:
    if not token.tag("named"):
        return
    if token.tag("organization") == "grid":
        context.organization = context.value(token.text, token)
    code = context.places.codes_in(token.text)
    if code:
        context.code = code


def leave(context: Context, sentence: Sentence) -> None:
    """List the numbers of a sentence that no record holds, where their unit is one of ours."""
    for clause in sentence.clauses:
        for token in clause.tokens:
            if not token.quantity or context.is_used(token):
                continue
            if token.unit == "percent":
                context.leave_out(Reason.PERCENTAGE, token)
            elif not clause.is_fact(token) and token.unit and clause.reason:
                context.leave_out(clause.reason, token)
            elif token.unit in _COUNTS:
                context.leave_out(Reason.NO_PREDICATE, token)

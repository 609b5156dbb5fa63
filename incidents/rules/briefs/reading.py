"""Read a brief."""

from collections.abc import Callable
from datetime import date
from typing import Final

from incidents.rules.briefs.checks import checks_of
from incidents.rules.briefs.clauses import Sentence, sentences
from incidents.rules.briefs.context import Context
from incidents.rules.briefs.damages import read_damage, read_what_lies_on_lines
from incidents.rules.briefs.draft import Draft, LeftOut, Reason
from incidents.rules.briefs.entering import enter, leave
from incidents.rules.briefs.gazetteer import Gazetteer
from incidents.rules.briefs.lexer import Lexer
from incidents.rules.briefs.narrative import read_outages
from incidents.rules.briefs.notices import read_responses, read_warnings, storm_of
from incidents.rules.briefs.patrols import read_hazards, read_patrols
from incidents.rules.briefs.readings import read_ice, read_weather
from incidents.rules.briefs.records import (
    OutageRecord,
    Record,
    StormRecord,
    TotalRecord,
    WarningRecord,
    WeatherRecord,
)
from incidents.rules.briefs.support import read_support
from incidents.rules.briefs.text import prepare
from incidents.rules.briefs.tokens import Kind, Token
from incidents.rules.briefs.totals import read_totals
from incidents.rules.briefs.values import Span
from incidents.rules.briefs.visits import read_supplies, read_visits
from incidents.rules.briefs.vocabulary import Vocabulary

LONGEST: Final = 20_000
"""Characters that are read; what stands behind them is left out and said so."""

_ENOUGH_OF_THE_GRID: Final = 2
_NOUNS_OF_THE_GRID: Final = (
    "lines",
    "areas",
    "substations",
    "generator_cars",
    "low_voltage",
    "important_users",
)
_READERS: Final[tuple[Callable[[Context, Sentence], None], ...]] = (
    read_warnings,
    read_responses,
    read_ice,
    read_weather,
    read_visits,
    read_supplies,
    read_hazards,
    read_support,
    read_outages,
    read_damage,
    read_what_lies_on_lines,
    read_patrols,
    read_totals,
)
"""In this order: a number belongs to the first that knows it."""


def read(text: str, *, published_on: date | None, vocabulary: Vocabulary, gazetteer: Gazetteer) -> Draft:
    """Return what a brief says as records, each value with the words it came from.

    Takes time in proportion to the length of the text, asks nobody but the gazetteer, and never guesses: what
    is planned, wished or denied is left out and listed, what is not said is None.

    Args:
        text: The brief as it was pasted.
        published_on: When it was published; gives dates their year. None if nobody knows.
        vocabulary: The words; ``vocabulary.ours()`` or more.
        gazetteer: Divisions and lines.
    """
    source = prepare(text[:LONGEST])
    lexer = Lexer(source.text, vocabulary, gazetteer)
    tokens = lexer.tokens()
    context = Context(source=source, places=lexer.places, lines=gazetteer.lines(), published_on=published_on)
    context.tell_tokens(tokens)
    found = sentences(tokens, year=published_on.year if published_on else None)
    for sentence in found:
        _read_sentence(context, sentence)
    storm = storm_of(context, found)
    records = _linked(context, storm)
    why_not = _why_not(tokens, records)
    exercise = next((token for token in tokens if token.tag("exercise")), None)
    return Draft(
        text=text,
        published_on=published_on,
        is_brief=why_not is None,
        why_not=why_not,
        is_exercise=context.value(True, exercise, confidence=0.8) if exercise else None,
        as_of=context.first_as_of if why_not is None else None,
        records=tuple(records) if why_not is None else (),
        left_out=tuple(_left_out(context, text)),
        checks=tuple(checks_of(records)) if why_not is None else (),
    )


def _read_sentence(context: Context, sentence: Sentence) -> None:
    enter(context, sentence)
    for reader in _READERS:
        reader(context, sentence)
    leave(context, sentence)


def _linked(context: Context, storm: StormRecord | None) -> list[Record]:
    """Return all records in the order of the text, outages as they became known in the end."""
    records: list[Record] = [*context.outages.values(), *context.records]
    records.sort(key=lambda record: record.span.start)
    return [storm, *records] if storm else records


def _why_not(tokens: list[Token], records: list[Record]) -> Reason | None:
    """Return why a text is no brief; None if it is one."""
    named = any(
        t.kind == Kind.ORGANIZATION and t.tag("organization") == "grid" and t.tag("named") for t in tokens
    )
    if any(isinstance(r, WarningRecord) and r.organization and r.turn for r in records):
        return None
    words = sum(1 for token in tokens if _is_of_the_grid(token))
    numbers = any(isinstance(record, TotalRecord | OutageRecord) for record in records)
    if words + 2 * named + (words and numbers) < _ENOUGH_OF_THE_GRID:
        return Reason.NOT_ABOUT_THE_GRID
    weather_only = all(isinstance(r, StormRecord | WeatherRecord | WarningRecord) for r in records)
    if not records or (weather_only and not named):
        return Reason.NO_FACTS
    return None


def _is_of_the_grid(token: Token) -> bool:
    if (
        token.kind in (Kind.VOLTAGE, Kind.LINE)
        or token.tag("grid")
        or token.tag("low")
        or token.tag("damage")
    ):
        return True
    if token.tag("state") in ("out", "restored", "remaining") and "电" in token.text:
        return True
    return token.unit == "areas" or token.tag("noun") in _NOUNS_OF_THE_GRID


def _left_out(context: Context, text: str) -> list[LeftOut]:
    found = sorted(context.left_out, key=lambda each: each.span.start)
    if len(text) > LONGEST:
        found.append(LeftOut(why=Reason.TOO_LONG, span=Span(LONGEST, len(text)), quote=text[LONGEST:]))
    return found

"""The tables of a report, once for the mail and for the workbook."""

from collections.abc import Sequence
from typing import TypeAlias

from tracker.mail.report_words import WORDS, line_named
from tracker.rules.report_numbers import Numbers, Support, Tally

Cell: TypeAlias = str | int | float


def totals_table(numbers: Numbers, language: str) -> list[Sequence[Cell]]:
    """Return what is out, back and still out, a line a class; with its head."""
    words = WORDS[language]
    head = [words[name] for name in ("class", "affected", "restored", "remaining", "unknown")]
    named = [(words["outages"], numbers.outages)]
    named += [(line_named(each.kv, each.how, language), each.tally) for each in numbers.lines]
    named += [
        (words[name], getattr(numbers, name))
        for name in ("low_voltage", "areas", "customers", "towns", "villages", "hazards")
    ]
    return [head, *(_line(name, tally) for name, tally in named if tally.affected or tally.unknown)]


def forces_table(numbers: Numbers, language: str) -> list[Sequence[Cell]]:
    """Return the forces, and what else is a single number; with its head."""
    words, forces = WORDS[language], numbers.forces
    lines: list[Sequence[Cell]] = [[words["item"], words["count"]]]
    if forces.teams or forces.person_trips or forces.vehicle_trips:
        lines += [
            [words["teams"], forces.teams],
            [words["persons"], _known(forces.persons, forces.persons_unknown, words)],
            [words["person_trips"], _known(forces.person_trips, forces.trips_unknown, words)],
            [words["vehicles"], forces.vehicles],
            [words["vehicle_trips"], forces.vehicle_trips],
            [words["generator_cars"], forces.generator_cars],
        ]
    lines += _support(words["support_in"], numbers.support_in, words)
    lines += _support(words["support_out"], numbers.support_out, words)
    if numbers.important is not None:
        lines += [
            [words["important_hit"], numbers.important.hit],
            [words["important_out"], numbers.important.out],
        ]
    lines += [[words["on_generator"], numbers.on_generator]] if numbers.on_generator else []
    return lines + ([[words["explained"], numbers.explained]] if numbers.explained else [])


def _line(name: str, tally: Tally) -> Sequence[Cell]:
    return [name, tally.affected, tally.restored, tally.remaining, tally.unknown]


def _support(name: str, support: Support, words: dict[str, str]) -> list[Sequence[Cell]]:
    if not support.teams:
        return []
    return [
        [f"{name}: {words['teams']}", support.teams],
        [f"{name}: {words['persons']}", _known(support.persons, support.persons_unknown, words)],
        [f"{name}: {words['vehicles']}", _known(support.vehicles, support.vehicles_unknown, words)],
    ]


def _known(number: int | None, unknown: int, words: dict[str, str]) -> Cell:
    if number is None:
        return words["not_known"]
    return f"{number} (+{unknown} {words['not_known']})" if unknown else number

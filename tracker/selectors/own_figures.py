"""The figures of our reports, as briefs of others are held against them."""

from datetime import datetime

from incidents.models import Organization, Storm
from incidents.selectors import own_figures
from incidents.selectors.own_figures import Figures, Key
from tracker.rules.report_numbers import Numbers, Tally
from tracker.selectors.statistics import Scope, numbers


def provide() -> None:
    """Say that reports count what the record holds."""
    own_figures.provide(figures)


def figures(organization: Organization, storm: Storm | None, as_of: datetime) -> Figures:
    """Return what a report as of a moment would say, by what is counted and in which state."""
    scope = Scope.of(organization, storm, as_of=as_of)
    return figures_in(numbers(scope))


def figures_in(counted: Numbers) -> Figures:
    """Return the numbers of a report as totals; what nobody counted is left out, never 0."""
    found: dict[Key, int] = {}
    for kv in dict.fromkeys(each.kv for each in counted.lines):
        of_voltage = [each.tally for each in counted.lines if each.kv == kv]
        found |= _tally("lines", _sum(of_voltage), kv)
    found |= _tally("lines", _sum([each.tally for each in counted.lines]))
    for subject in ("areas", "customers", "low_voltage", "villages", "towns"):
        found |= _tally(subject, getattr(counted, subject))
    forces = counted.forces
    sent = {
        "teams": forces.teams or None,
        "people": forces.persons,
        "person_trips": forces.person_trips,
        "vehicles": forces.vehicles or None,
        "vehicle_trips": forces.vehicle_trips or None,
        "generator_cars": forces.generator_cars or None,
    }
    return found | {(subject, "sent", ""): number for subject, number in sent.items() if number is not None}


def _tally(subject: str, tally: Tally, kv: str = "") -> dict[Key, int]:
    if not tally.affected:
        return {}
    states = {"out": tally.affected, "restored": tally.restored, "remaining": tally.remaining}
    return {(subject, state, kv): number for state, number in states.items()}


def _sum(tallies: list[Tally]) -> Tally:
    return Tally(
        affected=sum(each.affected for each in tallies),
        restored=sum(each.restored for each in tallies),
        remaining=sum(each.remaining for each in tallies),
        unknown=sum(each.unknown for each in tallies),
    )

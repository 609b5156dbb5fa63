"""The sentences of a report in English."""

from datetime import datetime

from tracker.mail.report_words import damage_named
from tracker.rules.report_clock import ZONE
from tracker.rules.report_numbers import LineClass, Numbers, Support, Tally
from tracker.rules.report_sums import by_voltage

_HOW = {"tripped": "tripped", "switched_off": "switched off"}


def head(company: str, as_of: datetime) -> str:
    """Return the beginning."""
    return f"{company}, as of {_at(as_of)}: "


def join(beginning: str, parts: list[str], end: str) -> str:
    """Return the whole."""
    return f"{beginning}{'; '.join(parts or ['no outage'])}.{end}"


def tail(next_due_at: datetime | None, remark: str) -> str:
    """Return the end."""
    words = f" Next: {remark.rstrip('.。')}." if remark else ""
    return words + (f" Next report {_at(next_due_at)}." if next_due_at else "")


def essentials(numbers: Numbers) -> list[str]:
    """Return what even the short form says, the gravest first."""
    found = [_lines(kv, classes) for kv, classes in by_voltage(numbers.lines).items()]
    found += _tally("customers", numbers.customers, unknown="outages without a count of customers")
    if not found and numbers.outages.affected:
        found += _tally("outages", numbers.outages)
    forces = numbers.forces
    sent = [f"{forces.person_trips} person-trips"] if forces.person_trips else []
    sent += [f"{forces.vehicle_trips} vehicle-trips"] if forces.vehicle_trips else []
    return found + ([f"{' and '.join(sent)} so far"] if sent else [])


def standard(numbers: Numbers) -> list[str]:
    """Return what the standard form adds."""
    found = _tally("transformer areas", numbers.areas, unknown="outages without a count of areas")
    found += _tally("low-voltage faults", numbers.low_voltage)
    found += _tally("townships", numbers.towns)
    found += _tally("villages", numbers.villages)
    forces = numbers.forces
    if forces.teams:
        heads = "number of people unknown" if forces.persons is None else f"{forces.persons} people"
        more = (
            f" (teams not counted: {forces.persons_unknown})"
            if forces.persons and forces.persons_unknown
            else ""
        )
        cars = f", {forces.vehicles} vehicles" if forces.vehicles else ""
        generators = f" ({forces.generator_cars} generator cars)" if forces.generator_cars else ""
        found.append(f"{forces.teams} teams at work, {heads}{more}{cars}{generators}")
    if numbers.on_generator:
        found.append(f"{numbers.on_generator} customers on generators (not counted as restored)")
    return found


def details(numbers: Numbers) -> list[str]:
    """Return what the full form adds."""
    found = []
    if numbers.important is not None:
        found.append(
            f"important users affected {numbers.important.hit}, all feeders out {numbers.important.out}"
        )
    broken = [f"{damage_named(each.kind, 'en')} {each.found}" for each in numbers.damage if each.found]
    broken += [
        f"{damage_named(each.kind, 'en')} without a count {each.unknown}"
        for each in numbers.damage
        if each.unknown
    ]
    found += [f"damage: {', '.join(broken)}"] if broken else []
    found += _support("support here", numbers.support_in)
    found += _support("support for others", numbers.support_out)
    if numbers.hazards.affected:
        found.append(f"hidden dangers {numbers.hazards.affected}, removed {numbers.hazards.restored}")
    if numbers.explained:
        found.append(f"explained by these and not counted twice: {numbers.explained}")
    return found


def _lines(kv: str, classes: list[LineClass]) -> str:
    total = sum(each.tally.affected for each in classes)
    back = sum(each.tally.restored for each in classes)
    known = [f"{each.tally.affected} {_HOW[each.how]}" for each in classes if each.how in _HOW]
    apart = f" ({', '.join(known)})" if known else ""
    return f"{kv} kV lines out {total}{apart}, restored {back}"


def _tally(name: str, tally: Tally, *, unknown: str = "") -> list[str]:
    missing = f"{tally.unknown} {unknown}" if unknown and tally.unknown else ""
    if not tally.affected:
        return [missing] if missing else []
    words = f"{name} out {tally.affected}, restored {tally.restored}"
    words += f", still out {tally.remaining}" if tally.remaining else ""
    return [words + (f" (and {missing})" if missing else "")]


def _support(name: str, support: Support) -> list[str]:
    if not support.teams:
        return []
    words = f"{name}: {support.teams} teams, "
    words += f"{support.persons} people" if support.persons is not None else "number of people unknown"
    return [words + (f", {support.vehicles} vehicles" if support.vehicles is not None else "")]


def _at(moment: datetime) -> str:
    return f"{moment.astimezone(ZONE):%Y-%m-%d %H:%M}"

"""The codes that only briefs have: what totals count, and what became of it."""

from enum import StrEnum


class Subject(StrEnum):
    """What a total counts. Heads and trips are different things and never added."""

    LINES = "lines"
    SUBSTATIONS = "substations"
    AREAS = "areas"
    """台区: everything behind one distribution transformer."""
    CUSTOMERS = "customers"
    TOWNS = "towns"
    VILLAGES = "villages"
    LOW_VOLTAGE = "low_voltage"
    """Low-voltage faults."""
    FAULTS = "faults"
    TEAMS = "teams"
    PEOPLE = "people"
    PERSON_TRIPS = "person_trips"
    VEHICLES = "vehicles"
    VEHICLE_TRIPS = "vehicle_trips"
    GENERATOR_CARS = "generator_cars"
    GENERATORS = "generators"
    TREES = "trees"
    IMPORTANT_USERS = "important_users"


class State(StrEnum):
    """What became of the things that a total counts."""

    OUT = "out"
    RESTORED = "restored"
    REMAINING = "remaining"
    SENT = "sent"
    """People and vehicles."""
    CLEARED = "cleared"
    """Trees cut, faults removed."""
    ON_GENERATOR = "on_generator"
    """Supplied, not restored."""
    ICED = "iced"


class How(StrEnum):
    """How lines went out."""

    TRIPPED = "tripped"
    SWITCHED_OFF = "switched_off"


class ResponseLevel(StrEnum):
    """Level of an emergency response, gravest first."""

    I = "I"  # noqa: E741 - the Roman numeral
    II = "II"
    III = "III"
    IV = "IV"


class Turn(StrEnum):
    """What happened to a response level or a weather warning."""

    STARTED = "started"
    RAISED = "raised"
    LOWERED = "lowered"
    ENDED = "ended"

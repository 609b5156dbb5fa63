"""The back office of the record; one file a subject."""

from incidents.admin import (  # noqa: F401 - each registers its pages
    assignments,
    crews,
    damage,
    grading,
    grid,
    hazards,
    ice,
    journal,
    organizations,
    outages,
    people,
    places,
    restoration,
    roads,
    storms,
    supplies,
    support,
    weather,
)

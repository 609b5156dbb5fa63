"""Which rows a page needs besides its own, so that no list asks once a row."""

from collections.abc import Iterable
from typing import Any

from django.db import models

from incidents.models import (
    Assignment,
    CheckIn,
    CrewMember,
    CrewVehicle,
    Deployment,
    Device,
    GradingPolicy,
    IceReading,
    LineSection,
    Membership,
    Outage,
    RoadBlock,
    SectionIcing,
    SupportRequest,
    Visit,
    WeatherReading,
)

# What the name of a row is made of.
_NAMED_BY: dict[type[models.Model], tuple[str, ...]] = {
    Assignment: ("crew",),
    CheckIn: ("crew",),
    CrewMember: ("person",),
    CrewVehicle: ("vehicle",),
    Deployment: ("organization", "host_organization"),
    Device: ("user",),
    GradingPolicy: ("organization",),
    IceReading: ("place", "section__line"),
    LineSection: ("line",),
    Membership: ("user", "organization"),
    Outage: ("line", "place"),
    RoadBlock: ("place",),
    SectionIcing: ("section__line",),
    SupportRequest: ("organization",),
    Visit: ("organization",),
    WeatherReading: ("place", "section__line"),
}


def named_by(model: type[models.Model], *parts: str) -> None:
    """Say which foreign keys the name of a model's rows is made of."""
    _NAMED_BY[model] = parts


def name_parts(model: type[models.Model]) -> tuple[str, ...]:
    """Return which foreign keys the name of a model's rows is made of."""
    return _NAMED_BY.get(model, ())


def related(model: type[models.Model], names: Iterable[str] | None = None) -> list[str]:
    """Return the look-ups that fetch the rows behind foreign keys together with what names them.

    Args:
        model: Model of the page.
        names: Fields that the page shows; None for all.
    """
    wanted = None if names is None else set(names)
    found: list[str] = []
    for field in model._meta.concrete_fields:
        if field.many_to_one or field.one_to_one:
            if wanted is not None and field.name not in wanted:
                continue
            found.append(field.name)
            target: Any = field.related_model
            found.extend(f"{field.name}__{part}" for part in name_parts(target))
    found.extend(name_parts(model))
    return found

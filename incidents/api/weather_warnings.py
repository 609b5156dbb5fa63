"""``/api/v1/weather-warnings/``: what the weather service warns of, in its own words."""

from typing import Any

from django.db.models import QuerySet
from rest_framework import serializers

from incidents.access import Right
from incidents.api.fields import Moment, Prose, Reference, Text
from incidents.api.filters import DivisionPrefix, Filters, Flag, Subtree, of_storm, since, until
from incidents.api.filters import one_of as coded
from incidents.api.outputs import Versioned
from incidents.api.resources import Resource
from incidents.api.told import NewFact, maybe, one_of
from incidents.api.verbs import At, AtReason, creates, verb
from incidents.choices import DeviceScope, WarningHazard, WarningLevel
from incidents.models import Division, Organization, WeatherWarning
from incidents.selectors.weather_warnings import concerning, covering, in_force
from incidents.services import weather_warnings

_MOST_AREAS = 200


def _areas(**options: Any) -> Any:
    return serializers.ListField(
        child=Reference(Division, lookup="code"), min_length=1, max_length=_MOST_AREAS, **options
    )


class WarningIn(NewFact):
    """A warning as it was issued; without ``expires_at`` it holds until it is cancelled."""

    rights = {Organization: Right.OPERATE}

    organization = Reference(Organization)
    issuer = Text(max_length=100)
    hazard = one_of(WarningHazard)
    level = one_of(WarningLevel)
    areas = _areas()
    text = Prose(max_length=4000)
    at = Moment()
    valid_from_at = maybe()
    expires_at = maybe()


class Supersession(At):
    """The warning that takes its place; areas are the old ones where none are told."""

    level = one_of(WarningLevel)
    text = Prose(max_length=4000)
    areas = _areas(required=False)
    valid_from_at = maybe()
    expires_at = maybe()


class WarningOut(Versioned):
    """A weather warning, verbatim; never edited. ``superseded_by`` is the one that took its place."""

    superseded_by = serializers.SerializerMethodField()

    class Meta:
        model = WeatherWarning
        fields = [
            "uuid",
            "version",
            "organization",
            "storm",
            "issuer",
            "hazard",
            "level",
            "issued_at",
            "valid_from_at",
            "expires_at",
            "areas",
            "text",
            "update_of",
            "superseded_by",
            "cancelled_at",
            "cancel_reason",
            "unknown_reasons",
            "recorded_at",
            "received_at",
        ]

    def get_superseded_by(self, row: WeatherWarning) -> str | None:
        """Return the public name of the warning that took this one's place."""
        return next((str(each.uuid) for each in row.updates.all()), None)


class _InForce(Flag):
    """Warnings that hold now, by the server's clock, or those that do not."""

    def filter(self, qs: QuerySet[Any], value: Any) -> QuerySet[Any]:
        """Return those rows."""
        if value not in {"true", "false"}:
            return qs
        now = self.parent.request.parser_context["view"].by.now
        held = in_force(qs, now=now)
        return held if value == "true" else qs.exclude(pk__in=held.values("pk"))


class _Over(DivisionPrefix):
    """Warnings that hold in a division or a part of it."""

    def filter(self, qs: QuerySet[Any], value: Any) -> QuerySet[Any]:
        """Return those rows."""
        return covering(qs, code=value) if value else qs


class _For(Subtree):
    """Warnings that an organisation keeps, or that hold where it serves."""

    def filter(self, qs: QuerySet[Any], value: Any) -> QuerySet[Any]:
        """Return those rows."""
        return concerning(qs, organization=value) if value else qs


class WarningFilters(Filters):
    """Warnings by whom they concern, where, how bad and when."""

    organization = _For()
    division = _Over("areas")
    storm = of_storm()
    hazard = coded("hazard", WarningHazard.choices)
    level = coded("level", WarningLevel.choices)
    current = _InForce()
    since = since("issued_at")
    until = until("issued_at")


class WeatherWarnings(Resource):
    """Weather warnings."""

    home = "weather-warnings"
    model = WeatherWarning
    serializer_class = WarningOut
    filterset_class = WarningFilters
    ordering = ("-issued_at", "-id")
    writes_with = DeviceScope.REPORT
    related = ("organization", "storm", "update_of")
    lists = ("areas", "updates")

    create = creates(weather_warnings.issue, WarningIn)
    supersede = verb(weather_warnings.supersede, Supersession)
    cancel = verb(weather_warnings.cancel, AtReason)

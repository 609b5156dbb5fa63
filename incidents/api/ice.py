"""``/api/v1/ice-readings/``: ice on a conductor, as a lineman saw or measured it."""

from functools import cache, partial
from typing import Any
from uuid import UUID

from django.http import HttpResponse
from drf_spectacular.utils import extend_schema
from rest_framework import serializers, status
from rest_framework.request import Request

from incidents.api import ice_rows
from incidents.api.fields import Drawn, Moment, Number, Prose, Reference, StrictSerializer
from incidents.api.filters import (
    Box,
    DivisionPrefix,
    Filters,
    Subtree,
    named,
    of_storm,
    one_of,
    since,
    until,
    voltage,
)
from incidents.api.outputs import Out, PlaceOut
from incidents.api.requests import short_body
from incidents.api.resources import REPLAYED, Resource
from incidents.api.shapes import Shape, encode
from incidents.choices import DeviceScope, Grade, IceMethod, IceType, Statistic, ThicknessKind
from incidents.models import IceReading, LineSection, Storm
from incidents.services import ice


def _tenths(**options: Any) -> Number:
    return Number(max_digits=7, decimal_places=1, required=False, allow_null=True, **options)


def _hundredths(**options: Any) -> Number:
    return Number(max_digits=7, decimal_places=2, required=False, allow_null=True, **options)


class IceReadingIn(StrictSerializer):
    """A reading as a phone sends it; lengths in mm, weight in g, temperature in °C."""

    client_id = Drawn()
    section = Reference(LineSection)
    storm = Reference(Storm, lookup="slug", required=False, allow_null=True)
    observed_at = Moment()
    recorded_at = Moment(required=False, allow_null=True)
    thickness_mm = _tenths()
    kind = serializers.ChoiceField(ThicknessKind.choices)
    statistic = serializers.ChoiceField(Statistic.choices, default=Statistic.SINGLE)
    ice_type = serializers.ChoiceField(IceType.choices, default=IceType.UNKNOWN)
    method = serializers.ChoiceField([m for m in IceMethod.choices if m[0] != IceMethod.MEDIA_REPORT])
    density_g_cm3 = _hundredths()
    long_axis_mm = _tenths()
    short_axis_mm = _tenths()
    weight_g = _tenths()
    sample_length_m = _hundredths()
    conductor_diameter_mm = _hundredths()
    uncertainty_mm = _tenths()
    air_temp_c = _tenths()
    note = Prose(max_length=2000, required=False, allow_blank=True)


class IceReadingOut(Out):
    """A stored reading with what was computed from it; null is unknown, never 0."""

    place = PlaceOut(allow_null=True, read_only=True)

    class Meta:
        model = IceReading
        fields = [
            "uuid",
            "client_id",
            "section",
            "place",
            "outage",
            "storm",
            "observed_at",
            "received_at",
            "thickness_mm",
            "kind",
            "statistic",
            "ice_type",
            "method",
            "air_temp_c",
            "standard_mm",
            "ratio",
            "grade",
            "grade_basis",
            "computed_with",
            "rule_version",
            "is_estimate",
            "is_suspect",
            "unknown_reasons",
        ]


class IceFilters(Filters):
    """Readings by whose, where, how bad and when."""

    organization = Subtree("section__line__organization", "place__line__organization")
    division = DivisionPrefix("section__division__code")
    storm = of_storm()
    section = named("section")
    outage = named("outage")
    grade = one_of("grade", Grade.choices)
    voltage_kv = voltage("section__line__voltage_kv")
    since = since("observed_at")
    until = until("observed_at")
    bbox = Box()


class IceReadings(Resource):
    """Readings of ice; never changed, so that they have no version."""

    home = "ice-readings"
    model = IceReading
    place = "place"
    serializer_class = IceReadingOut
    filterset_class = IceFilters
    ordering = ("-received_at", "-id")
    writes_with = DeviceScope.REPORT
    related = ("section", "place__division", "place__line", "outage", "storm")
    versioned = False

    @extend_schema(request=IceReadingIn, responses={201: IceReadingOut, 200: IceReadingOut})
    def create(self, request: Request) -> HttpResponse:
        """Store a reading; the same ``client_id`` again gets the first answer, marked as a replay."""
        text = short_body(request)
        told = None if text is None else ice_rows.read(text, by=self.by)
        client_id, observation = told or self._read(request)
        recorded = ice.record(observation, by=self.by, client_id=client_id)
        code, headers = (
            (status.HTTP_200_OK, {REPLAYED: "true"}) if recorded.is_replay else (status.HTTP_201_CREATED, {})
        )
        body = encode(_shape().of(recorded.reading))
        return HttpResponse(body, status=code, headers=headers, content_type="application/json")

    def _read(self, request: Request) -> tuple[UUID, ice.Observation]:
        usable = partial(ice_rows.nameable, user=self.by.user, now=self.by.now)
        wanted = IceReadingIn(data=request.data, context={"usable": usable})
        wanted.is_valid(raise_exception=True)
        said = dict(wanted.validated_data)
        return said.pop("client_id"), ice.Observation(**said)


@cache
def _shape() -> Shape:
    return Shape(IceReadingOut)

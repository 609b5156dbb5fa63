"""Where something is, as a phone tells it."""

from rest_framework import serializers

from incidents.api.fields import Number, Reference, StrictSerializer, Text, Whole
from incidents.choices import CoordinateSystem
from incidents.models import Division, Line


def _degrees() -> Number:
    return Number(max_digits=9, decimal_places=6, required=False)


class PlaceIn(StrictSerializer):
    """The words used, and what is known besides; a coordinate in degrees with its datum ``crs``."""

    text = Text(max_length=200, required=False)
    division = Reference(Division, lookup="code", required=False)
    within = Reference(Division, lookup="code", required=False)
    line = Reference(Line, required=False)
    branch = Text(max_length=60, required=False)
    pole_no = Text(max_length=20, required=False)
    latitude = _degrees()
    longitude = _degrees()
    crs = serializers.ChoiceField(CoordinateSystem.choices, required=False)
    altitude_m = Whole(required=False)

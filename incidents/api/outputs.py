"""How rows are shown: public names instead of numbers, moments with their offset, no phones by the way."""

from typing import Any, Final

from django.db import models
from django.db.models import Model
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from incidents.access import PERSONAL_FIELDS
from incidents.api.fields import Moment
from incidents.models import Division, LineSection, Place, Storm

_NAMED_BY: Final[dict[type[Model], str]] = {Storm: "slug", Division: "code"}


@extend_schema_field({"type": "string"})
class PublicName(serializers.RelatedField[Model, Any, str]):
    """A row as its public name: uuid, a storm's short name, a division's code."""

    def to_representation(self, value: Any) -> str:
        """Return the name."""
        return public_name(value)


def public_name(row: Model) -> str:
    """Return what a row is called in addresses and references."""
    return str(getattr(row, name_field_of(type(row))))


def name_field_of(model: type[Model]) -> str:
    """Return the field that holds the public name of a model's rows."""
    return _NAMED_BY.get(model, "uuid")


class Out(serializers.ModelSerializer[Any]):
    """A row as it is shown; fields about a natural person only where the caller may see phones."""

    serializer_field_mapping = {
        **serializers.ModelSerializer.serializer_field_mapping,
        models.DateTimeField: Moment,
    }

    def build_relational_field(self, field_name: str, relation_info: Any) -> tuple[type[Any], dict[str, Any]]:
        """Return the field of a reference: its public name."""
        options: dict[str, Any] = {"read_only": True}
        if relation_info.to_many:
            options["many"] = True
        elif relation_info.model_field.null:
            options["allow_null"] = True
        return PublicName, options

    def to_representation(self, instance: Any) -> dict[str, Any]:
        """Return the row."""
        shown: dict[str, Any] = super().to_representation(instance)
        if not self.context.get("personal"):
            for name in PERSONAL_FIELDS & shown.keys():
                shown[name] = None
        return shown


class Versioned(Out):
    """A row with its version: what ``If-Match`` takes between quotes."""

    version = serializers.SerializerMethodField()

    @extend_schema_field({"type": "integer", "description": "What If-Match takes between quotes."})
    def get_version(self, row: Model) -> int:
        """Return the version."""
        versions: dict[int, int] = self.context["versions"]
        return versions[row.pk]


class PlaceOut(Out):
    """Where something is: the words used, and as much as is known; degrees in the datum ``crs``."""

    class Meta:
        model = Place
        fields = [
            "uuid",
            "text",
            "division",
            "precision",
            "line",
            "branch",
            "pole_no",
            "latitude",
            "longitude",
            "crs",
            "altitude_m",
        ]


class SectionName(Out):
    """A line section in short."""

    class Meta:
        model = LineSection
        fields = ["uuid", "code", "from_pole", "to_pole", "design_ice_mm", "vegetation", "access"]

"""How facts are shown that could not be applied when they came: by themselves, and under their outage."""

from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from incidents.api.outputs import Out, Versioned
from incidents.models import HeldFact

_STANDS = {
    "type": "object",
    "description": "What stands in the record against it; empty where it waits for what was not told yet.",
    "properties": {"field": {"type": "string"}, "value": {"type": "string"}},
    "example": {"field": "located_at", "value": "2024-02-26T21:40:00+08:00"},
}


@extend_schema_field(_STANDS)
class Stands(serializers.ReadOnlyField):
    """A field and its value."""


@extend_schema_field({"type": "object", "additionalProperties": True})
class Said(serializers.ReadOnlyField):
    """Arguments as they were told."""


class HeldFactShort(Out):
    """A held fact under the thing that it was told of."""

    stands = Stands()

    class Meta:
        model = HeldFact
        fields = ["uuid", "verb", "at", "state", "why", "stands", "received_at", "overdue_at"]


class HeldFactOut(Versioned):
    """A fact that could not be applied when it came; ``clock_skew_s``: the phone's clock minus the server's.

    ``state``: ``waiting`` or ``conflict`` while it is held, then ``applied``, ``taken`` or ``dismissed``.
    ``why`` is the code of what spoke against it, ``told`` what that is about.
    """

    said = Said()
    told = Said()
    stands = Stands()

    class Meta:
        model = HeldFact
        fields = [
            "uuid",
            "version",
            "organization",
            "outage",
            "damage",
            "assignment",
            "road_block",
            "deployment",
            "hazard",
            "verb",
            "said",
            "at",
            "recorded_at",
            "clock_skew_s",
            "received_at",
            "reported_by",
            "state",
            "why",
            "told",
            "stands",
            "overdue_at",
            "settled_at",
            "settled_by",
            "settled_why",
        ]

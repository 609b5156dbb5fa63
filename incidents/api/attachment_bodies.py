"""What is said of photos, and how they are shown."""

from typing import Any

from django.utils.translation import gettext_lazy as _
from rest_framework import serializers

from incidents.access import Right
from incidents.api.fields import Answer, Prose, Reference, Whole
from incidents.api.filters import Filters, Subtree, named, one_of, since, until
from incidents.api.outputs import Versioned
from incidents.api.told import maybe
from incidents.api.verbs import NewTold
from incidents.choices import AttachmentState, PhotoProblem
from incidents.models import (
    Assignment,
    Attachment,
    CheckIn,
    Damage,
    Hazard,
    IceReading,
    Outage,
    RoadBlock,
    Visit,
    WeatherReading,
)
from incidents.models.attachments import PARENTS

_MODELS = (Outage, Damage, IceReading, WeatherReading, RoadBlock, Hazard, Assignment, CheckIn, Visit)


def _of(model: type[Any]) -> Reference:
    return Reference(model, required=False, allow_null=True)


class _Name(serializers.CharField):
    """What a phone calls a file: whatever it is, it is only shown, and cleaned for that."""

    def run_validation(self, data: Any = serializers.empty) -> Any:
        """Return the name."""
        return super().run_validation(data[:1000].replace("\0", "") if isinstance(data, str) else data)


class AttachmentIn(NewTold):
    """A photo of exactly one thing, announced; ``size`` in bytes, ``sha256`` of the whole file."""

    rights = dict.fromkeys(_MODELS, Right.RECORD)

    outage = _of(Outage)
    damage = _of(Damage)
    ice_reading = _of(IceReading)
    weather_reading = _of(WeatherReading)
    road_block = _of(RoadBlock)
    hazard = _of(Hazard)
    assignment = _of(Assignment)
    check_in = _of(CheckIn)
    visit = _of(Visit)
    size = Whole(min_value=1, max_value=2_000_000_000)
    sha256 = serializers.RegexField(r"^[0-9a-f]{64}$", required=False)
    caption = Prose(max_length=300, required=False, allow_blank=True)
    name = _Name(max_length=1000, required=False, allow_blank=True)
    taken_at = maybe()
    recorded_at = maybe()
    keeps_position = Answer(
        required=False, help_text=_("Whether the camera's position may be kept; true if not said.")
    )


class UploadIn(AttachmentIn):
    """A photo announced by a tus client, which is told again what it said."""

    upload_metadata = serializers.CharField(max_length=4000, allow_blank=True)


class AttachmentOut(Versioned):
    """A photo; ``uploaded`` of ``size`` bytes are here, ``problem`` says why one was refused."""

    class Meta:
        model = Attachment
        fields = [
            "uuid",
            "version",
            *PARENTS,
            "caption",
            "name",
            "size",
            "sha256",
            "state",
            "problem",
            "end_reason",
            "uploaded",
            "keeps_position",
            "taken_at",
            "taken_basis",
            "latitude",
            "longitude",
            "crs",
            "width_px",
            "height_px",
            "stored_size",
            "ready_at",
            "recorded_at",
            "received_at",
        ]


class AttachmentFilters(Filters):
    """Photos by whose, of what, how far they are and when they were announced."""

    organization = Subtree(
        "outage__organization",
        "damage__outage__organization",
        "ice_reading__section__line__organization",
        "weather_reading__section__line__organization",
        "road_block__organization",
        "hazard__organization",
        "assignment__crew__organization",
        "check_in__crew__organization",
        "visit__organization",
    )
    outage = named("outage")
    damage = named("damage")
    ice_reading = named("ice_reading")
    weather_reading = named("weather_reading")
    road_block = named("road_block")
    hazard = named("hazard")
    assignment = named("assignment")
    check_in = named("check_in")
    visit = named("visit")
    state = one_of("state", AttachmentState.choices)
    since = since("received_at")
    until = until("received_at")


_TELLS = {
    "Upload-Offset": {"schema": {"type": "integer"}, "description": "Bytes that are here."},
    "Upload-Length": {"schema": {"type": "integer"}, "description": "Bytes announced."},
    "Upload-Metadata": {"schema": {"type": "string"}, "description": "As a tus client announced it."},
    "Attachment-State": {
        "schema": {"type": "string", "enum": AttachmentState.values},
        "description": "How far the photo is.",
    },
    "Attachment-Problem": {
        "schema": {"type": "string", "enum": PhotoProblem.values},
        "description": "Why it was refused.",
    },
}


def with_head(result: dict[str, Any], **_context: Any) -> dict[str, Any]:
    """Add what the generator leaves out: HEAD tells how far an upload is."""
    operations = result["paths"]["/api/v1/attachments/{uuid}/"]
    get, patch = operations["get"], operations["patch"]
    operations["head"] = {
        "operationId": "attachments_upload_offset",
        "summary": "Ask how many bytes of an upload are here",
        "description": "Ask how many bytes of an upload are here, by tus 1.0.0: PATCH goes on from there. "
        "Whoever announced it may ask, whatever he sees by now.",
        "parameters": [each for each in patch["parameters"] if each["name"] in {"Tus-Resumable", "uuid"}],
        "tags": get["tags"],
        "security": get["security"],
        "responses": {"200": {"description": "How far it is.", "headers": _TELLS}},
    }
    return result

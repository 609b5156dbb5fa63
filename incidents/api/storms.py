"""``/api/v1/storms/``: the storms that facts belong to."""

from typing import Any

from rest_framework import serializers

from incidents.access import Right
from incidents.api.fields import Answer, Prose, Reference, Text
from incidents.api.filters import Filters, Pending, Subtree, since, until
from incidents.api.filters import one_of as coded
from incidents.api.outputs import Versioned
from incidents.api.resources import Resource
from incidents.api.told import maybe, one_of
from incidents.api.verbs import AtReason, NewTold, Told, creates, verb
from incidents.choices import DeviceScope, StormHazard
from incidents.journal import Actor
from incidents.models import Organization, Storm
from incidents.services import storms

_MOST = 100


class StormIn(NewTold):
    """A storm that begins; ``slug`` is its short name in addresses, once only."""

    rights = {Organization: Right.OPERATE}

    slug = serializers.SlugField(max_length=60)
    name = Text(max_length=100)
    hazard = one_of(StormHazard)
    organizations: Any = serializers.ListField(child=Reference(Organization), min_length=1, max_length=_MOST)
    is_exercise = Answer(default=False)
    started_at = maybe()
    remark = Prose(max_length=2000, required=False, allow_blank=True)


class StormChanges(Told):
    """What is corrected."""

    name = Text(max_length=100, required=False)
    hazard = one_of(StormHazard, required=False)
    started_at = maybe()
    ended_at = maybe()
    remark = Prose(max_length=2000, required=False, allow_blank=True)


class StormCorrection(AtReason):
    """What is corrected, when and why."""

    changes = StormChanges()


class StormOut(Versioned):
    """A storm; ``started_at`` is null where only "for days" is known."""

    class Meta:
        model = Storm
        fields = [
            "uuid",
            "version",
            "slug",
            "name",
            "hazard",
            "started_at",
            "ended_at",
            "organizations",
            "is_exercise",
            "remark",
        ]


class StormFilters(Filters):
    """Storms by whose, kind and time."""

    organization = Subtree("organizations")
    hazard = coded("hazard", StormHazard.choices)
    open = Pending("ended_at")
    since = since("started_at")
    until = until("started_at")


def _correct(storm: Storm, *, changes: dict[str, Any], by: Actor, **said: Any) -> Storm:
    """Correct what is known of a storm."""
    return storms.correct(storm, by=by, **said, **changes)


class Storms(Resource):
    """Storms."""

    home = "storms"
    model = Storm
    serializer_class = StormOut
    filterset_class = StormFilters
    writes_with = DeviceScope.REPORT
    lists = ("organizations",)
    lookup_field = "slug"
    lookup_value_converter = "slug"

    create = creates(storms.open, StormIn)
    end = verb(storms.end)
    correct = verb(_correct, StormCorrection)

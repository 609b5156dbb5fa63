"""``/api/v1/damages/``: what is broken on an outage."""

from rest_framework import serializers

from incidents.access import Right
from incidents.api.fields import Answer, Moment, Prose, Reference
from incidents.api.filters import (
    Box,
    DivisionPrefix,
    Filters,
    Flag,
    Pending,
    Subtree,
    named,
    of_storm,
    since,
    until,
    voltage,
)
from incidents.api.filters import one_of as coded
from incidents.api.outputs import PlaceOut, Versioned
from incidents.api.places import PlaceIn
from incidents.api.resources import Resource
from incidents.api.told import count, maybe, one_of
from incidents.api.verbs import At, AtReason, NewTold, Told, fact, verb
from incidents.choices import DamageKind, DeviceScope, UnknownReason
from incidents.models import Damage, Organization
from incidents.services import damage


class DamageFacts(Told):
    """What may be known of damage besides its kind."""

    place = PlaceIn(required=False)
    count = count(32767)
    is_live_hazard = Answer(required=False)
    found_at = maybe()
    remark = Prose(max_length=300, required=False, allow_blank=True)
    unknown_reasons = serializers.DictField(child=one_of(UnknownReason), required=False)


class DamageIn(NewTold, DamageFacts):
    """Something broken, and when it was told."""

    kind = one_of(DamageKind)
    at = Moment()
    recorded_at = maybe()


class DamageStage(At):
    """When it was; with ``stated: false`` when it was told, and nobody knows when it was."""

    stated = Answer(default=True)


class DamageIsolated(DamageStage):
    """When it was cut out, and by whom."""

    isolated_by = Reference(Organization, required=False, allow_null=True)


class DamageCorrection(AtReason):
    """What is corrected, when and why."""

    changes = DamageFacts()


class DamageOut(Versioned):
    """Something broken; ``is_live_hazard`` is a live wire within reach of people."""

    place = PlaceOut(allow_null=True, read_only=True)

    class Meta:
        model = Damage
        fields = [
            "uuid",
            "version",
            "outage",
            "place",
            "kind",
            "count",
            "is_live_hazard",
            "found_at",
            "made_safe_at",
            "isolated_at",
            "isolated_by",
            "repaired_at",
            "remark",
            "unknown_reasons",
            "recorded_at",
            "received_at",
        ]


class DamageFilters(Filters):
    """Damage by whose, what and when."""

    organization = Subtree("outage__organization")
    division = DivisionPrefix("place__division__code")
    storm = of_storm("outage__storm")
    outage = named("outage")
    kind = coded("kind", DamageKind.choices)
    voltage_kv = voltage("outage__voltage_kv")
    is_live_hazard = Flag("is_live_hazard")
    open = Pending("repaired_at")
    since = since("received_at")
    until = until("received_at")
    bbox = Box()


class Damages(Resource):
    """Damage; a new one is told to its outage."""

    home = "damages"
    model = Damage
    place = "place"
    serializer_class = DamageOut
    filterset_class = DamageFilters
    writes_with = DeviceScope.REPORT
    related = ("outage__organization", "place__division", "place__line", "isolated_by")
    locks_first = ("outage",)

    make_safe = fact(damage.make_safe, DamageStage, right=Right.RECORD)
    isolate = fact(damage.isolate, DamageIsolated, right=Right.RECORD)
    repair = fact(damage.repair, DamageStage, right=Right.RECORD)
    correct = verb(damage.correct, DamageCorrection)

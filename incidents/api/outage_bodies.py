"""What phones tell of outages."""

from typing import Any

from django.db.models import Model
from rest_framework import serializers

from incidents.access import Right
from incidents.api.fields import Answer, Day, Moment, Prose, Reference, Text
from incidents.api.places import PlaceIn
from incidents.api.told import Kilovolts, NewFact, count, maybe, number, one_of
from incidents.api.verbs import At, AtReason, Told
from incidents.choices import (
    CauseCode,
    CauseConfidence,
    OutageKind,
    ReportChannel,
    TimePrecision,
    UnknownReason,
)
from incidents.models import Line, LineSection, Organization, Outage, Storm

_WRITES: dict[type[Model], Right] = {
    Organization: Right.RECORD,
    Line: Right.RECORD,
    LineSection: Right.RECORD,
}


class Known(Told):
    """What may be known of an outage; null where it is not."""

    rights = _WRITES

    line = Reference(Line, required=False, allow_null=True)
    section = Reference(LineSection, required=False, allow_null=True)
    parent: Any = Reference(Outage, required=False, allow_null=True)
    cause_code = one_of(CauseCode, required=False)
    cause_text = Text(max_length=300, required=False, allow_blank=True)
    cause_confidence = one_of(CauseConfidence, required=False)
    occurred_at = maybe()
    occurred_on = Day(required=False, allow_null=True)
    occurred_precision = one_of(TimePrecision, required=False)
    report_channel = one_of(ReportChannel, required=False)
    lines_tripped = count(32767)
    mv_users = count()
    customers_affected = count()
    load_lost_mw = number(8, 2)
    remark = Prose(max_length=2000, required=False, allow_blank=True)


class OutageIn(NewFact, Known):
    """A report of an outage; voltage in kV, load in MW."""

    organization = Reference(Organization)
    place = PlaceIn()
    kind = one_of(OutageKind)
    voltage_kv = Kilovolts()
    at = Moment()


class Stage(At):
    """When a stage was reached; with ``stated: false`` when it was told, and nobody knows when it was."""

    stated = Answer(default=True)


class Located(Stage):
    """When the fault was found, and where, if that is more than was known."""

    place = PlaceIn(required=False)


class Momentary(At):
    """When supply was back by itself, and when that was found."""

    restored_at = Moment()


class Close(At):
    """When the record is closed, and why what is vague stays so."""

    reason = Prose(max_length=300, required=False, allow_blank=True)
    unknown_reasons = serializers.DictField(child=one_of(UnknownReason), required=False)


class Changes(Known):
    """What is corrected."""

    storm = Reference(Storm, lookup="slug", required=False, allow_null=True)
    place = PlaceIn(required=False)
    kind = one_of(OutageKind, required=False)
    voltage_kv = Kilovolts(required=False)
    reported_at = Moment(required=False)
    confirmed_at = Moment(required=False)
    located_at = Moment(required=False)
    isolated_at = Moment(required=False)
    repaired_at = Moment(required=False)
    normal_mode_at = Moment(required=False)
    unknown_reasons = serializers.DictField(child=one_of(UnknownReason), required=False)


class Correction(AtReason):
    """What is corrected, when and why."""

    rights = _WRITES

    changes = Changes()

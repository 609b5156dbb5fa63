"""``/api/v1/outages/``: from the report to normal switching mode."""

from functools import cache
from typing import Any

from django.db.models import Prefetch, Q
from django.http import HttpResponse
from django.utils.translation import gettext_lazy as _
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers
from rest_framework.request import Request

from incidents.access import Right
from incidents.api.damage import DamageIn, DamageOut
from incidents.api.filters import (
    Box,
    DivisionPrefix,
    Filters,
    Subtree,
    Whether,
    named,
    of_storm,
    since,
    until,
    voltage,
)
from incidents.api.filters import one_of as coded
from incidents.api.held_outputs import HeldFactShort
from incidents.api.newest import page_of
from incidents.api.outage_bodies import Close, Correction, Located, Momentary, OutageIn, Stage
from incidents.api.outage_pages import Pages
from incidents.api.outputs import Out, PlaceOut, SectionName, Versioned
from incidents.api.resources import Resource
from incidents.api.restoration import EstimateIn, EstimateOut, StepIn, StepOut
from incidents.api.shapes import answer
from incidents.api.verbs import AtReason, adds, creates, fact, verb
from incidents.choices import (
    CauseCode,
    DeviceScope,
    OutageKind,
    OutageStatus,
)
from incidents.models import Assignment, HeldFact, Line, Outage, SectionIcing
from incidents.models.assignments import ACTIVE
from incidents.models.outages import OVER
from incidents.services import closing, damage, estimates, outages, restoration


class LineName(Out):
    """A line in short."""

    class Meta:
        model = Line
        fields = ["uuid", "code", "name", "voltage_kv", "substation"]


class IcingOut(Out):
    """The newest ice of a section: standard thickness in mm, and the ratio to its design value."""

    class Meta:
        model = SectionIcing
        fields = ["grade", "grade_basis", "standard_mm", "ratio", "observed_at", "is_estimate"]


class CrewAtWork(Out):
    """A crew on its way to an outage or at work on it."""

    assignment = serializers.UUIDField(source="uuid", read_only=True)
    crew_name = serializers.CharField(source="crew.name", read_only=True)

    class Meta:
        model = Assignment
        fields = ["assignment", "crew", "crew_name", "task", "status", "on_site_at"]


class OutageOut(Versioned):
    """An outage with what a lineman needs; null is unknown, never 0."""

    line = LineName(allow_null=True, read_only=True)
    section = SectionName(allow_null=True, read_only=True)
    place = PlaceOut(read_only=True)
    icing = serializers.SerializerMethodField()
    crews = CrewAtWork(source="under_way", many=True, read_only=True)
    held_facts = HeldFactShort(source="held_now", many=True, read_only=True)
    held_count = serializers.SerializerMethodField()

    class Meta:
        model = Outage
        fields = [
            "uuid",
            "version",
            "organization",
            "storm",
            "status",
            "kind",
            "voltage_kv",
            "line",
            "section",
            "place",
            "icing",
            "crews",
            "held_count",
            "held_facts",
            "parent",
            "previous_outage",
            "cause_code",
            "cause_text",
            "cause_confidence",
            "occurred_at",
            "occurred_on",
            "occurred_precision",
            "reported_at",
            "report_channel",
            "lines_tripped",
            "mv_users",
            "customers_affected",
            "load_lost_mw",
            "not_reported",
            "confirmed_at",
            "located_at",
            "isolated_at",
            "restored_at",
            "repaired_at",
            "normal_mode_at",
            "ended_at",
            "end_reason",
            "remark",
            "unknown_reasons",
            "recorded_at",
            "received_at",
        ]

    @extend_schema_field(IcingOut(allow_null=True))
    def get_icing(self, row: Outage) -> Any:
        """Return the newest ice of the section; a drill's own in a drill."""
        states = row.section.icing.all() if row.section else ()
        newest = next((state for state in states if state.is_exercise == row.is_exercise), None)
        return IcingOut(newest).data if newest else None

    def get_held_count(self, row: Any) -> int:
        """Return how many facts are held: told, and not to be applied yet."""
        return len(row.held_now)


@cache
def _pages() -> Pages:
    return Pages(outage=OutageOut, crew=CrewAtWork, held=HeldFactShort, icing=IcingOut)


class OutageFilters(Filters):
    """Outages by whose, where, which and when."""

    organization = Subtree("organization")
    division = DivisionPrefix("place__division__code")
    storm = of_storm()
    line = named("line")
    section = named("section")
    status = coded("status", OutageStatus.choices)
    kind = coded("kind", OutageKind.choices)
    cause = coded("cause_code", CauseCode.choices)
    voltage_kv = voltage("voltage_kv")
    since = since("reported_at")
    until = until("reported_at")
    bbox = Box()
    open = Whether(lambda: ~Q(status__in=OVER), _("Not over yet: neither restored nor cancelled."))


class Outages(Resource):
    """Outages."""

    home = "outages"
    model = Outage
    place = "place"
    serializer_class = OutageOut
    filterset_class = OutageFilters
    ordering = ("-reported_at", "-id")
    writes_with = DeviceScope.REPORT
    related = (
        "organization",
        "storm",
        "line",
        "section",
        "place__division",
        "place__line",
        "parent",
        "previous_outage",
    )
    lists = (
        Prefetch(
            "assignments",
            Assignment.objects.filter(status__in=ACTIVE).select_related("crew").order_by("id"),
            to_attr="under_way",
        ),
        Prefetch("held_facts", HeldFact.objects.open().order_by("at", "id"), to_attr="held_now"),
        "section__icing",
    )

    def list(self, request: Request) -> HttpResponse:  # type: ignore[override]
        """List."""
        return answer(request, self.get_paginated_response(_pages().read(page_of(self, request))))

    create = creates(outages.report, OutageIn)
    confirm = verb(outages.confirm, Stage)
    locate = fact(outages.locate, Located, right=Right.RECORD)
    isolate = fact(outages.isolate, Stage, right=Right.RECORD)
    start_repair = fact(outages.start_repair, right=Right.RECORD)
    mislocate = verb(outages.mislocate, AtReason)
    record_momentary = verb(outages.record_momentary, Momentary)
    cancel = verb(outages.cancel, AtReason)
    repair = fact(restoration.repair, Stage, right=Right.RECORD)
    return_to_normal = fact(restoration.return_to_normal, Stage)
    restore_step = fact(
        restoration.restore_step,
        StepIn,
        path="restore-steps",
        right=Right.RECORD,
        out=StepOut,
        home="restoration-steps",
    )
    close = verb(closing.close, Close)
    reopen = verb(closing.reopen, AtReason)
    correct = verb(
        closing.correct,
        Correction,
        locks_first=lambda said: filter(None, [outages.line_named(said["changes"])]),
    )
    publish_estimate = adds(
        estimates.publish,
        EstimateIn,
        name="publish_estimate",
        path="estimates",
        out=EstimateOut,
        home="estimates",
    )
    record_damage = adds(
        damage.record,
        DamageIn,
        name="record_damage",
        path="damages",
        right=Right.RECORD,
        out=DamageOut,
        home="damages",
        fact="record_damage",
    )

"""``/api/v1/briefs/`` and ``/api/v1/brief-items/``: a report in prose, and what becomes of each piece."""

from typing import Any

from incidents.api.brief_bodies import BriefForm, BriefIn, BriefJSON, ConfirmIn
from incidents.api.filters import Filters, Subtree, named, of_storm, one_of, since, until
from incidents.api.outputs import Out, Versioned
from incidents.api.resources import Resource
from incidents.api.verbs import AtReason, creates, verb
from incidents.choices import BriefItemKind, BriefItemState, DeviceScope
from incidents.models import Brief, BriefItem
from incidents.services import briefs

_PIECE = [
    "uuid",
    "seq",
    "kind",
    "of",
    "values",
    "start",
    "end",
    "confidence",
    "state",
    "edits",
    "decided_at",
    "reason",
    "outcome",
    "record_type",
    "record_uuid",
    "same",
    "differs",
]


class Piece(Out):
    """One record that a brief speaks of: each value with its span, its words and how sure it is."""

    class Meta:
        model = BriefItem
        fields = _PIECE


class BriefItemOut(Versioned):
    """One record that a brief speaks of, with its version."""

    class Meta:
        model = BriefItem
        fields = ["brief", "version", *_PIECE]


class BriefShort(Versioned):
    """A brief without its text."""

    class Meta:
        model = Brief
        fields = ["uuid", "version", "organization", "storm", "published_on", "why_not", "received_at"]


class BriefOut(Versioned):
    """A brief, its pieces, what was left out and why, and what does not add up; ``why_not`` if it is none."""

    items = Piece(many=True, read_only=True)

    class Meta:
        model = Brief
        fields = [
            "uuid",
            "version",
            "organization",
            "storm",
            "text",
            "published_on",
            "why_not",
            "reading",
            "items",
            "received_at",
        ]


class BriefFilters(Filters):
    """Briefs by whose, about what and when."""

    organization = Subtree("organization")
    storm = of_storm()
    since = since("received_at")
    until = until("received_at")


class BriefItemFilters(Filters):
    """Pieces by brief, kind and state."""

    brief = named("brief")
    kind = one_of("kind", BriefItemKind.choices)
    state = one_of("state", BriefItemState.choices)


class Briefs(Resource):
    """Briefs that were read."""

    home = "briefs"
    model = Brief
    serializer_class = BriefOut
    filterset_class = BriefFilters
    parser_classes = (BriefJSON, BriefForm)
    writes_with = DeviceScope.REPORT
    in_batch = False
    related = ("organization", "storm")

    create = creates(briefs.take, BriefIn)

    @property
    def lists(self) -> tuple[str, ...]:  # type: ignore[override]
        """Return the pieces, but for a list."""
        return () if self.action == "list" else ("items__of",)

    def serializer_class_of(self) -> type[Any]:
        """Return what briefs are shown by: a list does without their texts."""
        return BriefShort if self.action == "list" else BriefOut

    def get_serializer_class(self) -> type[Any]:
        """Return the same for the description."""
        return self.serializer_class_of()


class BriefItems(Resource):
    """Pieces of briefs."""

    home = "brief-items"
    model = BriefItem
    serializer_class = BriefItemOut
    filterset_class = BriefItemFilters
    writes_with = DeviceScope.REPORT
    related = ("brief", "of")

    confirm = verb(briefs.confirm, ConfirmIn)
    discard = verb(briefs.discard, AtReason)

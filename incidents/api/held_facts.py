"""``/api/v1/held-facts/``: what was told from the field and waits, or contradicts the record."""

from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from incidents.api.filters import Filters, Subtree, Whether, named, since, until
from incidents.api.filters import one_of as coded
from incidents.api.held_outputs import HeldFactOut
from incidents.api.resources import Resource
from incidents.api.verbs import AtReason, verb
from incidents.choices import DeviceScope, HeldState
from incidents.models import HeldFact
from incidents.models.held_facts import OPEN
from incidents.services import held_facts
from incidents.services.field_facts import FACTS


def _held() -> Q:
    return Q(state__in=OPEN)


def _held_too_long() -> Q:
    return _held() & Q(overdue_at__lte=timezone.now())


class HeldFactFilters(Filters):
    """Held facts by whose, of what, state and when."""

    organization = Subtree("organization")
    outage = named("outage")
    damage = named("damage")
    assignment = named("assignment")
    road_block = named("road_block")
    deployment = named("deployment")
    hazard = named("hazard")
    verb = coded("verb", [(name, name) for name in sorted({name for _subject, name in FACTS})])
    state = coded("state", HeldState.choices)
    open = Whether(_held, _("Held still: waiting or in conflict."))
    overdue = Whether(_held_too_long, _("Held for longer than the organisation says."))
    since = since("received_at")
    until = until("received_at")


class HeldFacts(Resource):
    """Facts from the field that could not be applied when they came."""

    home = "held-facts"
    model = HeldFact
    serializer_class = HeldFactOut
    filterset_class = HeldFactFilters
    ordering = ("-received_at", "-id")
    writes_with = DeviceScope.WORK
    related = (
        "organization",
        "outage",
        "damage",
        "assignment",
        "road_block",
        "deployment",
        "hazard",
        "reported_by",
        "settled_by",
    )

    take = verb(held_facts.take, AtReason)
    dismiss = verb(held_facts.dismiss, AtReason)

"""Facts from the field that could not be applied when they came: kept until they fit or somebody decides."""

from collections.abc import Iterator

from django.core.serializers.json import DjangoJSONEncoder
from django.db import models
from django.db.models import CheckConstraint, Model, Q, QuerySet, UniqueConstraint
from django.utils.translation import gettext_lazy as _

from incidents.choices import Channel, HeldState
from incidents.models.assignments import Assignment
from incidents.models.base import Identified, moment
from incidents.models.damage import Damage
from incidents.models.hazards import Hazard
from incidents.models.outages import Outage
from incidents.models.people import Device, Organization, User
from incidents.models.roads import RoadBlock
from incidents.models.support import Deployment

OPEN = [HeldState.WAITING, HeldState.CONFLICT]
BY_A_PERSON = [HeldState.TAKEN, HeldState.DISMISSED]
SUBJECTS = ("outage", "damage", "assignment", "road_block", "deployment", "hazard")


def _one_subject() -> Q:
    """Return the condition that exactly one of the references is set."""
    condition = Q()
    for name in SUBJECTS:
        condition |= Q(**{f"{other}__isnull": other != name for other in SUBJECTS})
    return condition


class HeldFactQuerySet(QuerySet["HeldFact"]):
    """Questions that held facts are asked."""

    def open(self) -> "HeldFactQuerySet":
        """Neither applied nor settled by a person."""
        return self.filter(state__in=OPEN)


class HeldFact(Identified):
    """What somebody in the field told of a thing, and what the record could not take at that moment.

    It waits for what has to be told first, or contradicts what stands there. It is never dropped: it is
    applied when it fits, or a dispatcher takes it over or dismisses it with a reason.

    Attributes:
        verb: What was told, as the service is named.
        said: The arguments as they were told; rows by their number.
        at: When it happened, as told.
        recorded_at: The phone's own clock when it was sent; null where it did not say.
        clock_skew_s: The phone's clock minus the server's then; what was told is never corrected by it.
        received_at: Clock of the server when it came.
        key: The phone's key of the sending.
        why: Code of the refusal, ``told`` what it is about.
        stands: What stands against it: ``{"field": …, "value": …}``; empty where it only waits.
        overdue_at: From when it is marked as held too long.
    """

    organization = models.ForeignKey(
        Organization, models.PROTECT, related_name="+", verbose_name=_("organisation")
    )
    outage = models.ForeignKey(
        Outage, models.PROTECT, null=True, blank=True, related_name="held_facts", verbose_name=_("outage")
    )
    damage = models.ForeignKey(
        Damage, models.PROTECT, null=True, blank=True, related_name="held_facts", verbose_name=_("damage")
    )
    assignment = models.ForeignKey(
        Assignment,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="held_facts",
        verbose_name=_("assignment"),
    )
    road_block = models.ForeignKey(
        RoadBlock,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="held_facts",
        verbose_name=_("blocked road"),
    )
    deployment = models.ForeignKey(
        Deployment,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="held_facts",
        verbose_name=_("support deployment"),
    )
    hazard = models.ForeignKey(
        Hazard,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="held_facts",
        verbose_name=_("hidden danger"),
    )
    verb = models.CharField(_("what was told"), max_length=30)
    said = models.JSONField(_("as it was told"), default=dict, blank=True, encoder=DjangoJSONEncoder)
    at = models.DateTimeField(_("happened"))
    recorded_at = moment(_("recorded on the device"))
    clock_skew_s = models.IntegerField(
        _("clock skew (s)"), null=True, blank=True, help_text=_("device clock minus server clock")
    )
    received_at = models.DateTimeField(_("received"))
    reported_by = models.ForeignKey(User, models.PROTECT, related_name="+", verbose_name=_("reported by"))
    device = models.ForeignKey(
        Device, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("device")
    )
    channel = models.CharField(_("through"), max_length=8, choices=Channel)
    request_id = models.CharField(_("request"), max_length=64, blank=True)
    key = models.CharField(_("key"), max_length=200)
    state = models.CharField(_("state"), max_length=10, choices=HeldState)
    why = models.CharField(_("why it is held"), max_length=40)
    told = models.JSONField(_("what that is about"), default=dict, blank=True, encoder=DjangoJSONEncoder)
    stands = models.JSONField(
        _("what stands against it"), default=dict, blank=True, encoder=DjangoJSONEncoder
    )
    overdue_at = models.DateTimeField(_("overdue from"))
    settled_at = moment(_("applied or settled"))
    settled_by = models.ForeignKey(
        User, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("settled by")
    )
    settled_why = models.CharField(_("why it was settled so"), max_length=300, blank=True)

    objects = HeldFactQuerySet.as_manager()

    class Meta:
        verbose_name = _("held fact")
        verbose_name_plural = _("held facts")
        indexes = [
            models.Index(fields=[name, "at", "id"], name=f"held_open_{name}", condition=Q(state__in=OPEN))
            for name in SUBJECTS
        ]
        constraints = [
            UniqueConstraint(name="held_fact_once_a_sending", fields=["reported_by", "key"]),
            CheckConstraint(name="held_fact_is_about_one_thing", condition=_one_subject()),
            CheckConstraint(
                name="held_fact_end_is_whole",
                condition=Q(state__in=OPEN, settled_at__isnull=True)
                | (~Q(state__in=OPEN) & Q(settled_at__isnull=False)),
            ),
            CheckConstraint(
                name="held_fact_settled_by_a_person_with_a_reason",
                condition=Q(state__in=BY_A_PERSON, settled_by__isnull=False) & ~Q(settled_why="")
                | ~Q(state__in=BY_A_PERSON) & Q(settled_by__isnull=True, settled_why=""),
            ),
        ]

    def __str__(self) -> str:
        """Return what was told of what."""
        return f"{self.verb}: {self.subject}"

    @property
    def subject(self) -> Model:
        """The thing that it was told of."""
        return next(self._subjects())

    def _subjects(self) -> Iterator[Model]:
        for name in SUBJECTS:
            if getattr(self, f"{name}_id") is not None:
                yield getattr(self, name)

"""Photos from the field: announced as text first, their bytes when the signal allows."""

from typing import TYPE_CHECKING, Any, Final
from uuid import uuid4

from django.db import models
from django.db.models import CheckConstraint, F, Func, IntegerField, Q, UniqueConstraint
from django.db.models.lookups import Exact
from django.utils.translation import gettext_lazy as _

from incidents.choices import AttachmentState, CoordinateSystem, PhotoProblem, TakenBasis
from incidents.models.assignments import Assignment, CheckIn
from incidents.models.base import Identified, between, moment
from incidents.models.damage import Damage
from incidents.models.hazards import Hazard
from incidents.models.ice import IceReading
from incidents.models.outages import Outage
from incidents.models.people import User
from incidents.models.roads import RoadBlock
from incidents.models.visits import Visit
from incidents.models.weather import WeatherReading
from incidents.rules.photos import LONGEST_NAME, MAX_BYTES

if TYPE_CHECKING:
    from incidents.models.base import Words

PARENTS: Final = (
    "outage",
    "damage",
    "ice_reading",
    "weather_reading",
    "road_block",
    "hazard",
    "assignment",
    "check_in",
    "visit",
)
"""What a photo can be of: each names a foreign key, exactly one of which is set."""

_WHOLE = [
    AttachmentState.RECEIVED,
    AttachmentState.READY,
    AttachmentState.REFUSED,
    AttachmentState.WITHDRAWN,
]
_KEPT = [AttachmentState.READY, AttachmentState.WITHDRAWN]


def _of(model: type[models.Model], verbose_name: "Words") -> Any:
    return models.ForeignKey(
        model,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="attachments",
        verbose_name=verbose_name,
    )


def _only_where(states: list[AttachmentState], condition: Q) -> Q:
    """Return that a condition holds in some states and in no other."""
    return Q(state__in=states) & condition | ~Q(state__in=states) & ~condition


class Attachment(Identified):
    """A photo of something in the record.

    What is kept is a picture of our own making: nothing of the file that was sent but its pixels. Time and
    position that the camera wrote are read into fields first.

    Attributes:
        name: What the phone calls the file; shown, never used on a disk.
        size: Bytes announced.
        sha256: Of the file announced; empty until the last byte where the phone did not say.
        keeps_position: Whether the camera's position may be kept.
        uploaded: Bytes received so far, from the first on without a gap.
        upload_metadata: ``Upload-Metadata`` as a tus client sent it.
        touched_at: When the last bytes came.
        next_try_at: When it is, or is again, to be prepared; null where nothing is owed.
        store_key: Random name in the store.
        recorded_at: Clock of the device.
        received_at: Clock of the server when it was announced.
    """

    client_id = models.UUIDField(_("phone's id"))
    client_digest = models.CharField(_("digest of the body"), max_length=64)
    outage = _of(Outage, _("outage"))
    damage = _of(Damage, _("damage"))
    ice_reading = _of(IceReading, _("ice reading"))
    weather_reading = _of(WeatherReading, _("weather reading"))
    road_block = _of(RoadBlock, _("blocked road"))
    hazard = _of(Hazard, _("hidden danger"))
    assignment = _of(Assignment, _("assignment"))
    check_in = _of(CheckIn, _("check-in"))
    visit = _of(Visit, _("visit of leaders"))
    caption = models.CharField(_("caption"), max_length=300, blank=True)
    name = models.CharField(_("name of the file"), max_length=LONGEST_NAME, blank=True)
    size = models.PositiveIntegerField(_("size announced (bytes)"))
    sha256 = models.CharField(_("SHA-256"), max_length=64, blank=True)
    state = models.CharField(
        _("state"), max_length=12, choices=AttachmentState, default=AttachmentState.UPLOADING
    )
    problem = models.CharField(_("why refused"), max_length=20, choices=PhotoProblem, blank=True)
    end_reason = models.CharField(_("why withdrawn"), max_length=300, blank=True)
    keeps_position = models.BooleanField(_("position may be kept"), default=True)
    taken_at = moment(_("taken"))
    taken_basis = models.CharField(_("time known from"), max_length=12, choices=TakenBasis, blank=True)
    latitude = models.DecimalField(_("latitude"), max_digits=9, decimal_places=6, null=True, blank=True)
    longitude = models.DecimalField(_("longitude"), max_digits=9, decimal_places=6, null=True, blank=True)
    crs = models.CharField(_("coordinate system"), max_length=12, choices=CoordinateSystem, blank=True)
    width_px = models.PositiveIntegerField(_("width (px)"), null=True, blank=True)
    height_px = models.PositiveIntegerField(_("height (px)"), null=True, blank=True)
    stored_size = models.PositiveIntegerField(_("size kept (bytes)"), null=True, blank=True)
    store_key = models.UUIDField(_("key in the store"), default=uuid4, unique=True, editable=False)
    uploaded = models.PositiveIntegerField(_("bytes received"), default=0)
    upload_metadata = models.CharField(_("metadata of the upload"), max_length=4000, blank=True)
    touched_at = models.DateTimeField(_("last bytes"))
    next_try_at = moment(_("next try"))
    tries = models.PositiveSmallIntegerField(_("attempts"), default=0)
    ready_at = moment(_("ready since"))
    recorded_at = moment(_("recorded on the device"))
    received_at = models.DateTimeField(_("received"))
    reported_by = models.ForeignKey(User, models.PROTECT, related_name="+", verbose_name=_("reported by"))

    class Meta:
        verbose_name = _("photo")
        verbose_name_plural = _("photos")
        indexes = [
            models.Index(
                name="attachment_owed", fields=["next_try_at"], condition=Q(next_try_at__isnull=False)
            ),
            models.Index(
                name="attachment_uploading",
                fields=["touched_at"],
                condition=Q(state=AttachmentState.UPLOADING),
            ),
            models.Index(name="attachment_by_sender", fields=["reported_by", "received_at"]),
        ]
        constraints = [
            UniqueConstraint(name="attachment_client_id_once", fields=["reported_by", "client_id"]),
            CheckConstraint(
                name="attachment_is_of_one_thing",
                condition=Q(
                    Exact(Func(*map(F, PARENTS), function="num_nonnulls", output_field=IntegerField()), 1)
                ),
                violation_error_message=_("A photo is of exactly one thing."),
            ),
            between("attachment", "size", 1, MAX_BYTES),
            between("attachment", "latitude", -90, 90),
            between("attachment", "longitude", -180, 180),
            CheckConstraint(name="attachment_bytes_within_size", condition=Q(uploaded__lte=F("size"))),
            CheckConstraint(
                name="attachment_whole_when_received", condition=_only_where(_WHOLE, Q(uploaded=F("size")))
            ),
            CheckConstraint(
                name="attachment_kept_is_a_picture",
                condition=_only_where(
                    _KEPT,
                    Q(
                        width_px__isnull=False,
                        height_px__isnull=False,
                        stored_size__isnull=False,
                        ready_at__isnull=False,
                    ),
                ),
            ),
            CheckConstraint(
                name="attachment_refused_for_a_problem",
                condition=_only_where([AttachmentState.REFUSED], ~Q(problem="")),
            ),
            CheckConstraint(
                name="attachment_withdrawn_with_reason",
                condition=_only_where([AttachmentState.WITHDRAWN], ~Q(end_reason="")),
            ),
            CheckConstraint(
                name="attachment_owed_when_received",
                condition=_only_where([AttachmentState.RECEIVED], Q(next_try_at__isnull=False)),
            ),
            CheckConstraint(
                name="attachment_position_is_whole",
                condition=Q(latitude__isnull=True, longitude__isnull=True, crs="")
                | Q(latitude__isnull=False, longitude__isnull=False) & ~Q(crs=""),
            ),
            CheckConstraint(
                name="attachment_time_says_whence",
                condition=Q(taken_at__isnull=True, taken_basis="")
                | Q(taken_at__isnull=False) & ~Q(taken_basis=""),
            ),
            CheckConstraint(
                name="attachment_digest_is_whole", condition=Q(sha256__regex=r"^([0-9a-f]{64})?$")
            ),
        ]

    def __str__(self) -> str:
        """Return the caption, else the file's name."""
        return self.caption or self.name or str(self.uuid)

    @property
    def parent(self) -> models.Model:
        """What it is a photo of."""
        parent: models.Model = getattr(self, self.parent_field)
        return parent

    @property
    def parent_field(self) -> str:
        """Which of :data:`PARENTS` that is."""
        return next(name for name in PARENTS if getattr(self, f"{name}_id") is not None)


class UploadChunk(models.Model):
    """Bytes of an upload, until the photo has been prepared from them; no record, and deleted then.

    Attributes:
        start: Place of the first byte in the file.
    """

    attachment = models.ForeignKey(Attachment, models.PROTECT, related_name="chunks", verbose_name=_("photo"))
    start = models.PositiveIntegerField(_("first byte"))
    data = models.BinaryField(_("bytes"))

    class Meta:
        verbose_name = _("piece of an upload")
        verbose_name_plural = _("pieces of uploads")
        constraints = [UniqueConstraint(name="upload_chunk_once", fields=["attachment", "start"])]

    def __str__(self) -> str:
        """Return where it begins."""
        return str(self.start)

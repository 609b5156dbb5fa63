"""Photos: announced as text, withdrawn with a reason; their bytes: :mod:`incidents.services.uploads`."""

from datetime import datetime
from functools import reduce
from typing import Any, Final, TypedDict, Unpack
from uuid import UUID

from django.conf import settings
from django.db import connection, models, transaction
from django.db.models import Count, Q, Sum

from incidents import journal
from incidents.choices import AttachmentState, TakenBasis
from incidents.errors import BadTransition, Inconsistent, Missing, PhotoQuota, PhotoTooLarge, StoreFull
from incidents.journal import Actor
from incidents.models import Attachment, Organization
from incidents.models.attachments import PARENTS
from incidents.rules.photos import MAX_BYTES, name_to_show
from incidents.rules.times import SHANGHAI
from incidents.services import deeds, facts, photo_store
from incidents.services.storing import store
from incidents.services.submissions import digest_of, sent_before

_MIB: Final = 1024 * 1024
_LOCK: Final = "SELECT pg_advisory_xact_lock(hashtextextended(%s, 0))"
# Whose matter what a photo is of is, as far as it says so itself; the first that is known counts.
_WHOSE: Final = (
    "organization",
    "crew.organization",
    "outage.organization",
    "section.line.organization",
    "place.line.organization",
)


class Told(TypedDict, total=False):
    """What may be said of a photo besides its size and what it is of.

    Attributes:
        name: What the phone calls the file.
        sha256: Of the whole file, in hexadecimal.
        taken_at: When it was taken, if the phone knows.
        keeps_position: Whether the position that the camera wrote may be kept.
        recorded_at: The phone's clock when it was noted.
        upload_metadata: What a tus client sent, as it is given back to it.
    """

    caption: str
    name: str
    sha256: str
    taken_at: datetime | None
    keeps_position: bool
    recorded_at: datetime | None
    upload_metadata: str


@transaction.atomic
def announce(
    *, client_id: UUID, parent: models.Model, field: str, size: int, by: Actor, **told: Unpack[Told]
) -> Attachment:
    """Announce a photo: the text is kept now, the bytes come when they can.

    The same announced again, or a file that is there for the same thing already, returns the first one.

    Args:
        client_id: The phone's own number for it.
        parent: What it is a photo of.
        field: Which of :data:`PARENTS` that is.
        size: Bytes of the file.
        by: Who sends it.
        **told: What else is known.

    Raises:
        ClientIdTaken: If something else was sent under this number.
        PhotoTooLarge, PhotoQuota, StoreFull: If it is not taken, for now or ever; nothing is written.
        NaiveTime, OutOfRange, Invalid, BrokenRule: If a value cannot be; nothing is written.
    """
    digest = digest_of({**told, field: parent, "size": size})
    first = sent_before(Attachment.objects.all(), client_id=client_id, digest=digest, by=by)
    if first is not None:
        return first
    facts.check_moments(by=by, taken_at=told.get("taken_at"))
    if size > MAX_BYTES:
        raise PhotoTooLarge(size=size, allowed=MAX_BYTES)
    twin = _twin(field, parent, told.get("sha256", ""), by)
    if twin is not None:
        return twin
    _check_room(size, by)
    row = _new(told, size, by, client_id=client_id, client_digest=digest, **{field: parent})
    store(row)
    journal.write(
        "attachment.announced",
        subject=row,
        at=row.recorded_at or by.now,
        by=by,
        organization=organization_of(row),
    )
    return row


@transaction.atomic
def withdraw(attachment: Attachment, *, reason: str, at: datetime, by: Actor) -> Attachment:
    """Withdraw a photo: it is shown to nobody any more. Its bytes stay, for the record is not thinned out.

    Raises:
        Missing: If no reason is given.
        BadTransition: If it is not ready.
    """
    facts.require_words(purpose="withdraw", reason=reason)
    facts.check_moments(by=by, at=at)
    row = lock(attachment)
    if row.state != AttachmentState.READY:
        raise BadTransition(subject="attachment", state=row.state, verb="withdraw", allowed=[])
    before = journal.snapshot(row)
    row.state, row.end_reason = AttachmentState.WITHDRAWN, reason
    end("attachment.withdrawn", row, before=before, at=at, by=by, reason=reason)
    return row


def lock(attachment: Attachment) -> Attachment:
    """Return a photo as it is now, locked."""
    return Attachment.objects.select_for_update().get(pk=attachment.pk)


def end(
    kind: str, row: Attachment, *, before: dict[str, Any], at: datetime, by: Actor, reason: str = ""
) -> None:
    """Save a locked photo and tell the journal of it; see :func:`incidents.services.deeds.record`."""
    organization = organization_of(row)
    deeds.record(kind, row, before=before, at=at, by=by, organization=organization, reason=reason)


def organization_of(row: Attachment) -> Organization | None:
    """Return whose matter a photo is: that of what it is of; None where that is nobody's."""
    for path in _WHOSE:
        found = reduce(_part, path.split("."), row.parent)
        if isinstance(found, Organization):
            return found
    return None


def _part(row: Any, name: str) -> Any:
    return getattr(row, name, None)


def only_parent(told: dict[str, Any]) -> tuple[str, models.Model]:
    """Take what a photo is of out of what was said.

    Raises:
        Missing, Inconsistent: If it is of nothing, or of several things.
    """
    named = {name: told.pop(name) for name in PARENTS if name in told}
    given = [(name, parent) for name, parent in named.items() if parent is not None]
    if not given:
        raise Missing(field=PARENTS[0], purpose="announce")
    if len(given) > 1:
        (first, value), (second, other) = given[:2]
        raise Inconsistent(field=second, value=other, relation="=", other=first, other_value=value)
    return given[0]


def _new(told: Told, size: int, by: Actor, **known: Any) -> Attachment:
    taken_at = told.get("taken_at")
    said: dict[str, Any] = {**told, "name": name_to_show(told.get("name", ""))}
    return Attachment(
        **said,
        **known,
        size=size,
        taken_basis=TakenBasis.PHONE if taken_at else "",
        touched_at=by.now,
        received_at=by.now,
        reported_by=by.user,
    )


def _twin(field: str, parent: models.Model, sha256: str, by: Actor) -> Attachment | None:
    """Return a photo of the same bytes that is here, or on its way from the same person."""
    if not sha256:
        return None
    with connection.cursor() as cursor:
        cursor.execute(_LOCK, [f"attachment {field} {parent.pk} {sha256}"])
    here = Q(state__in=[AttachmentState.RECEIVED, AttachmentState.READY])
    coming = Q(state=AttachmentState.UPLOADING, reported_by=by.user)
    same = Attachment.objects.filter(here | coming, sha256=sha256, **{field: parent})
    return same.order_by("pk").first()


def _check_room(size: int, by: Actor) -> None:
    limits = settings.PHOTOS
    if photo_store.free_percent() < limits.free_percent:
        raise StoreFull
    today = by.now.astimezone(SHANGHAI).replace(hour=0, minute=0, second=0, microsecond=0)
    sent = Attachment.objects.filter(reported_by=by.user, received_at__gte=today).aggregate(
        photos=Count("pk"), weight=Sum("size", default=0)
    )
    if sent["photos"] >= limits.a_day or sent["weight"] + size > limits.mib_a_day * _MIB:
        raise PhotoQuota(allowed=f"{limits.a_day}, {limits.mib_a_day} MiB")

"""Preparing photos whose bytes are all here: what is owed stands in the rows, whoever wakes us."""

import hashlib
import logging
import time
from datetime import datetime, timedelta
from threading import Lock
from typing import Final

from django.db import connection, transaction
from django.db.models import F

from incidents import journal
from incidents.choices import AttachmentState, Channel, CoordinateSystem, PhotoProblem
from incidents.journal import Actor
from incidents.models import Attachment
from incidents.rules.photos import position, taken
from incidents.services import photo_store, photo_studio
from incidents.services.attachments import end

logger = logging.getLogger(__name__)

BUDGET_S: Final = 20.0
"""How long one sweep goes on; the next one does the rest."""

_FIRST_PAUSE: Final = timedelta(seconds=10)
_LONGEST_PAUSE: Final = timedelta(hours=1)
_one_a_process = Lock()  # a photo takes a core for a second: the watch keeps the other thread of a worker


def are_owed(*, now: datetime) -> bool:
    """Return whether a photo waits to be prepared."""
    return Attachment.objects.filter(next_try_at__lte=now).exists()


def prepare_due(*, now: datetime, late: timedelta = timedelta(0)) -> int:
    """Prepare the photos that are owed, one after the other; several machines share them.

    Args:
        now: Time of the sweep.
        late: Leave those alone that are owed for less than this.

    Returns:
        How many were prepared or refused; 0 where this process is at it already.
    """
    if not _one_a_process.acquire(blocking=False):
        return 0
    try:
        until, done = time.monotonic() + BUDGET_S, 0
        while time.monotonic() < until and _prepare_next(now=now, before=now - late):
            done += 1
        return done
    finally:
        _one_a_process.release()


def _prepare_next(*, now: datetime, before: datetime) -> bool:
    """Prepare one photo; return whether there was one. What breaks steps aside and is tried again."""
    with transaction.atomic():
        row = (
            Attachment.objects.filter(next_try_at__lte=before)
            .select_for_update(skip_locked=True)
            .order_by("next_try_at", "pk")
            .first()
        )
        if row is None:
            return False
        try:
            with transaction.atomic():
                _prepare(row, now=now)
        except Exception:  # the store, the disk or the machine: the bytes are safe, the others go on
            logger.exception("photo could not be prepared", extra={"attachment": str(row.uuid)})
            connection.ensure_connection()
            _put_off(row, now=now)
    return True


def _prepare(row: Attachment, *, now: datetime) -> None:
    by = Actor(user=row.reported_by, now=now, channel=Channel.SYSTEM)
    before = journal.snapshot(row)
    data = b"".join(bytes(chunk.data) for chunk in row.chunks.order_by("start").iterator())
    try:
        _check_bytes(row, data)
        picture = photo_studio.develop(data)
    except photo_studio.Unfit as unfit:
        row.state, row.problem, kind = AttachmentState.REFUSED, unfit.problem, "attachment.refused"
    else:
        photo_store.put(row.store_key, photo=picture.photo, thumbnail=picture.thumbnail)
        _note(row, picture, now=now)
        kind = "attachment.stored"
    row.next_try_at = None
    end(kind, row, before=before, at=now, by=by)
    row.chunks.all().delete()


def _check_bytes(row: Attachment, data: bytes) -> None:
    """Refuse other bytes than were announced, and those that are here already."""
    digest = hashlib.sha256(data).hexdigest()
    if len(data) != row.size or digest != (row.sha256 or digest):
        raise photo_studio.Unfit(PhotoProblem.DIGEST)
    row.sha256 = digest
    of = f"{row.parent_field}_id"
    same = Attachment.objects.filter(**{of: getattr(row, of)}, sha256=digest, state=AttachmentState.READY)
    if same.exclude(pk=row.pk).exists():
        raise photo_studio.Unfit(PhotoProblem.DUPLICATE)


def _note(row: Attachment, picture: photo_studio.Developed, *, now: datetime) -> None:
    row.taken_at, row.taken_basis = taken(picture.exif, told=row.taken_at, now=now)
    where = position(picture.exif) if row.keeps_position else None
    if where is not None:
        (row.latitude, row.longitude), row.crs = where, CoordinateSystem.WGS84
    row.width_px, row.height_px = picture.width_px, picture.height_px
    row.stored_size = len(picture.photo)
    row.state, row.ready_at = AttachmentState.READY, now


def _put_off(row: Attachment, *, now: datetime) -> None:
    pause = min(_FIRST_PAUSE * 2 ** min(row.tries, 12), _LONGEST_PAUSE)
    Attachment.objects.filter(pk=row.pk).update(next_try_at=now + pause, tries=F("tries") + 1)

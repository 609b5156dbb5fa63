"""The bytes of announced photos: added piece by piece where the last one ended, until all are here.

They stand in PostgreSQL, with the offset, until the photo has been prepared: whichever of our machines a
phone reaches next goes on from there, and after a crash the offset is that of bytes which are there.
"""

from datetime import datetime, timedelta

from django.db import transaction

from incidents import journal
from incidents.choices import AttachmentState, Channel
from incidents.errors import BadTransition, PhotoTooLarge, UploadOver, WrongOffset
from incidents.journal import Actor
from incidents.models import Attachment
from incidents.models.attachments import UploadChunk
from incidents.services.attachments import end, lock

_OVER = {AttachmentState.TERMINATED, AttachmentState.ABANDONED}
_A_SWEEP = 100


def check_goes_on(attachment: Attachment, *, offset: int, length: int = 0) -> None:
    """Refuse a piece that does not go on where the bytes received end.

    Raises:
        UploadOver: If the upload was terminated or abandoned.
        WrongOffset: If it begins elsewhere; two pieces at once are told apart so: one goes on, one does not.
        PhotoTooLarge: If it reaches beyond the size announced.
    """
    if attachment.state in _OVER:
        raise UploadOver(state=attachment.state)
    if offset != attachment.uploaded:
        raise WrongOffset(offset=offset, expected=attachment.uploaded)
    if offset + length > attachment.size:
        raise PhotoTooLarge(size=offset + length, allowed=attachment.size)


@transaction.atomic
def append(attachment: Attachment, *, offset: int, data: bytes, by: Actor) -> int:
    """Add a piece; with the last byte the photo is owed to be prepared.

    Args:
        attachment: The photo.
        offset: Place of the piece's first byte.
        data: The piece.
        by: Who sends it.

    Returns:
        How many bytes have been received.

    Raises:
        UploadOver, WrongOffset, PhotoTooLarge: See :func:`check_goes_on`; nothing is kept.
    """
    row = lock(attachment)
    check_goes_on(row, offset=offset, length=len(data))
    if not data:
        return row.uploaded
    UploadChunk.objects.create(attachment=row, start=offset, data=data)
    before = journal.snapshot(row)
    row.uploaded, row.touched_at = offset + len(data), by.now
    if row.uploaded < row.size:
        row.save(update_fields=["uploaded", "touched_at"])
    else:
        row.state, row.next_try_at = AttachmentState.RECEIVED, by.now
        end("attachment.received", row, before=before, at=by.now, by=by)
    return row.uploaded


@transaction.atomic
def terminate(attachment: Attachment, *, by: Actor) -> Attachment:
    """End an upload that is not complete, as the phone asks; the text stays, the bytes go.

    Raises:
        UploadOver: If it has ended already.
        BadTransition: If all bytes are here: then the photo is withdrawn with a reason instead.
    """
    row = lock(attachment)
    if row.state in _OVER:
        raise UploadOver(state=row.state)
    if row.state != AttachmentState.UPLOADING:
        raise BadTransition(subject="attachment", state=row.state, verb="terminate", allowed=["withdraw"])
    _give_up(row, AttachmentState.TERMINATED, at=by.now, by=by)
    return row


@transaction.atomic
def abandon_old(*, now: datetime, after: timedelta) -> int:
    """Give up uploads that no byte has come for; the text stays, the bytes go.

    Args:
        now: Time of the sweep.
        after: How long an upload may rest.

    Returns:
        How many were given up, at most 100; the next sweep takes the others.
    """
    resting = Attachment.objects.filter(state=AttachmentState.UPLOADING, touched_at__lt=now - after)
    rows = resting.select_for_update(skip_locked=True).order_by("pk")[:_A_SWEEP]
    found = list(rows)
    for row in found:
        by = Actor(user=row.reported_by, now=now, channel=Channel.SYSTEM)
        _give_up(row, AttachmentState.ABANDONED, at=now, by=by)
    return len(found)


def _give_up(row: Attachment, state: AttachmentState, *, at: datetime, by: Actor) -> None:
    before = journal.snapshot(row)
    row.chunks.all().delete()
    row.state = state
    end(f"attachment.{state}", row, before=before, at=at, by=by)

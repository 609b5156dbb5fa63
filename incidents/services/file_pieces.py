"""Bytes of files, kept in pieces: what is written or read is never whole in memory."""

from collections.abc import Iterable, Iterator
from typing import IO, Final

from django.db.models import Max

from incidents.choices import FilePart
from incidents.models import FileJob
from incidents.models.exchange import FilePiece

PIECE: Final = 1 << 20


def keep(job: FileJob, part: FilePart, blocks: Iterable[bytes]) -> None:
    """Keep blocks after those that are there already."""
    seq = job.pieces.filter(part=part).aggregate(last=Max("seq"))["last"]
    for number, block in enumerate(blocks, start=0 if seq is None else seq + 1):
        FilePiece.objects.create(job=job, part=part, seq=number, data=block)


def blocks_of(stream: IO[bytes]) -> Iterator[bytes]:
    """Yield a stream in blocks."""
    while block := stream.read(PIECE):
        yield block


def blocks(job: FileJob, part: FilePart) -> Iterator[bytes]:
    """Yield what was kept, a block at a time, in order."""
    for seq in list(job.pieces.filter(part=part).order_by("seq").values_list("seq", flat=True)):
        yield bytes(job.pieces.get(part=part, seq=seq).data)


def whole(job: FileJob, part: FilePart) -> bytes:
    """Return all of it; for uploads, whose size is bounded."""
    return b"".join(blocks(job, part))


def drop(job: FileJob, *parts: FilePart) -> None:
    """Delete what is no longer needed."""
    job.pieces.filter(part__in=parts).delete()

"""Sealing the journal: a chain of hashes over it, and its head noted outside the database."""

import os
import re
from datetime import datetime
from pathlib import Path

from django.db import connection, transaction

from incidents.errors import MalformedFile
from incidents.models import JournalSeal
from incidents.selectors.journal import GENESIS, Anchor, entry_hash, link, unsealed

_LOCK = 0x1CE_5EA1  # advisory lock: one sealer at a time, the others have nothing to do
_HASH = re.compile(r"[0-9a-f]{64}")
BATCH = 5000


@transaction.atomic
def seal(*, limit: int = BATCH) -> JournalSeal | None:
    """Seal what was committed since the last time, at most ``limit`` entries.

    Returns:
        The new head of the chain; None if there was nothing to seal or another process is sealing.
    """
    if not _alone():
        return None
    head = JournalSeal.objects.order_by("-seq").first()
    seq, chain = (head.seq, bytes(head.chain_hash)) if head else (0, GENESIS)
    seals = []
    for entry in unsealed(limit):
        own = entry_hash(entry)
        seq, chain = seq + 1, link(chain, own)
        seals.append(JournalSeal(seq=seq, entry=entry, entry_hash=own, chain_hash=chain))
    JournalSeal.objects.bulk_create(seals)
    return seals[-1] if seals else None


def note_head(head: JournalSeal, *, path: Path, at: datetime) -> None:
    """Append a head of the chain to a file outside the database, on disk before this returns."""
    path.parent.mkdir(parents=True, exist_ok=True)
    line = f"{head.seq} {bytes(head.chain_hash).hex()} {at.isoformat()}\n"
    descriptor = os.open(path, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)
    try:
        os.write(descriptor, line.encode())
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def read_anchors(path: Path) -> list[Anchor]:
    """Return the heads noted in a file; none where there is no file yet.

    Raises:
        MalformedFile: If a line is not ``number hash time``; names file, line and column.
    """
    if not path.exists():
        return []
    lines = path.read_text().splitlines()
    return [_anchor(path, number, line) for number, line in enumerate(lines, start=1)]


def _anchor(path: Path, number: int, line: str) -> Anchor:
    seq, chain, *_ = [*line.split(), "", ""]
    if not (seq.isascii() and seq.isdigit()):
        raise MalformedFile(file=path.name, line=number, column="seal", value=seq, allowed="a number")
    if not _HASH.fullmatch(chain):
        raise MalformedFile(file=path.name, line=number, column="hash", value=chain, allowed="64 hex digits")
    return Anchor(seq=int(seq), chain_hash=bytes.fromhex(chain))


def _alone() -> bool:
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_xact_lock(%s)", [_LOCK])
        return bool(cursor.fetchone()[0])

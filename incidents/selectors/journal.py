"""Reading the journal: what may be sealed now, and whether the chain still holds."""

import hashlib
import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum
from typing import Any

from django.core.serializers.json import DjangoJSONEncoder
from django.db import connection, models
from django.utils.translation import gettext as _

from incidents.models import JournalEntry, JournalSeal

GENESIS = bytes(32)
_BATCH = 2000


class Flaw(StrEnum):
    """What can be wrong with the chain."""

    CHANGED = "changed"
    MISSING = "missing"
    INSERTED = "inserted"
    CUT_OFF = "cut-off"
    REWRITTEN = "rewritten"


@dataclass(frozen=True, kw_only=True)
class Finding:
    """One flaw, where it is, and how one sees it."""

    flaw: Flaw
    where: str
    told: str


@dataclass(frozen=True, kw_only=True)
class Anchor:
    """A head of the chain as it was noted outside the database."""

    seq: int
    chain_hash: bytes


def canonical(entry: JournalEntry) -> bytes:
    """Return the text of an entry that its hash is taken over: every column, in the order of the table."""
    row = {field.attname: _plain(getattr(entry, field.attname)) for field in entry._meta.concrete_fields}
    return json.dumps(row, ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode()


def entry_hash(entry: JournalEntry) -> bytes:
    """Return the SHA-256 of an entry's canonical text, 32 bytes."""
    return hashlib.sha256(canonical(entry)).digest()


def link(previous: bytes, entry: bytes) -> bytes:
    """Return the next chain hash, SHA-256 over the previous one and the entry's hash, 32 bytes."""
    return hashlib.sha256(previous + entry).digest()


def unsealed(limit: int) -> list[JournalEntry]:
    """Return the entries to seal next, in the order of the chain.

    Only entries of transactions older than every running one: whatever commits later sorts behind them, so
    that no entry is ever passed over, and writers never wait for the sealing.
    """
    last = JournalSeal.objects.select_related("entry").order_by("-seq").first()
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT system_identifier, pg_snapshot_xmin(pg_current_snapshot())::text::bigint"
            " FROM pg_control_system()"
        )
        cluster, oldest_running = cursor.fetchone()
    entries = JournalEntry.objects.filter(cluster=cluster, transaction_id__lt=oldest_running)
    if last is not None and last.entry.cluster == cluster:
        entries = entries.filter(after(last.entry))
    elif (
        last is not None
    ):  # the first sweep in a restored cluster: what the old one had not sealed comes first
        leftovers = JournalEntry.objects.exclude(cluster=cluster).filter(seal=None)
        old = list(leftovers.order_by("cluster", "transaction_id", "id")[:limit])
        if old:
            return old
    return list(entries.order_by("transaction_id", "id")[:limit])


def after(entry: JournalEntry) -> models.Q:
    """Return the condition for entries of the same cluster behind one in the order of the chain."""
    same = models.Q(transaction_id=entry.transaction_id, id__gt=entry.pk)
    return models.Q(transaction_id__gt=entry.transaction_id) | same


def verify(anchors: list[Anchor]) -> Iterator[Finding]:
    """Walk the whole chain and yield every flaw; nothing is written.

    Args:
        anchors: Heads noted outside the database; without them a chain that was cut off cleanly at its end
            cannot be told from a short one.
    """
    yield from _walk()
    yield from _never_sealed()
    yield from _against(anchors)


def _walk() -> Iterator[Finding]:
    previous, expected = GENESIS, 1
    for seal in JournalSeal.objects.order_by("seq").iterator(chunk_size=_BATCH):
        entry = JournalEntry.objects.filter(pk=seal.entry_id).first()
        where = f"seal {seal.seq}, entry {seal.entry_id}"
        if seal.seq != expected:
            told = _("seals %(first)d to %(last)d are gone") % {"first": expected, "last": seal.seq - 1}
            yield Finding(flaw=Flaw.MISSING, where=where, told=told)
        elif bytes(seal.chain_hash) != link(previous, bytes(seal.entry_hash)):
            yield Finding(flaw=Flaw.REWRITTEN, where=where, told=_("does not follow from the link before"))
        if entry is None:
            yield Finding(flaw=Flaw.MISSING, where=where, told=_("the sealed entry is gone"))
        elif entry_hash(entry) != bytes(seal.entry_hash):
            yield Finding(flaw=Flaw.CHANGED, where=where, told=_("the entry is not what was sealed"))
        previous, expected = bytes(seal.chain_hash), seal.seq + 1


def _never_sealed() -> Iterator[Finding]:
    """An entry that lies before sealed ones and has no seal was not there when they were sealed."""
    last = JournalSeal.objects.select_related("entry").order_by("-seq").first()
    if last is None:
        return
    behind = JournalEntry.objects.filter(after(last.entry), cluster=last.entry.cluster)
    late = JournalEntry.objects.filter(seal=None, cluster=last.entry.cluster).exclude(
        pk__in=behind.values("pk")
    )
    for entry in late.order_by("pk").iterator(chunk_size=_BATCH):
        told = _("lies among sealed entries and was never sealed")
        yield Finding(flaw=Flaw.INSERTED, where=f"entry {entry.pk}", told=told)


def _against(anchors: list[Anchor]) -> Iterator[Finding]:
    heads = dict(
        JournalSeal.objects.filter(seq__in=[a.seq for a in anchors]).values_list("seq", "chain_hash")
    )
    for anchor in anchors:
        where = f"seal {anchor.seq}"
        if anchor.seq not in heads:
            told = _("was noted outside the database and is gone")
            yield Finding(flaw=Flaw.CUT_OFF, where=where, told=told)
        elif bytes(heads[anchor.seq]) != anchor.chain_hash:
            told = _("is not what was noted outside the database")
            yield Finding(flaw=Flaw.REWRITTEN, where=where, told=told)


def _plain(value: Any) -> Any:
    return json.loads(json.dumps(value, cls=_Exact))


class _Exact(DjangoJSONEncoder):
    """Django's encoder cuts microseconds to milliseconds; a hash is over all of them."""

    def default(self, o: Any) -> Any:
        """Return moments in UTC with microseconds, the rest as Django does."""
        if isinstance(o, datetime):
            return o.astimezone(UTC).isoformat(timespec="microseconds")
        return super().default(o)

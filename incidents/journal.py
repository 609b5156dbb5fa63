"""Writing the journal: every service writes the fact and its entry together, then rings the doorbell."""

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from decimal import Decimal
from functools import cache, partial
from typing import Any
from uuid import UUID

from django.core.serializers.json import DjangoJSONEncoder
from django.db import models, transaction

from incidents.choices import Channel, EntryMode
from incidents.models import Device, JournalEntry, Organization, User
from incidents.models.direct import insert
from incidents.models.rows import fresh
from incidents.signals import journal_written

# The journal can't be changed, so it must not learn what has to be forgotten or kept from its readers.
_UNKEPT = frozenset(
    {"password", "token_digest", "next_digest", "code_digest", "secret_digest", "phone", "leader_phone"}
)

# Computed by the database from another column.
_COMPUTED = frozenset({"initials"})

# What the text of a row holds as it is; a coded value is none of them, it is kept as its code.
_PLAIN = frozenset({str, int, bool})
_encoder = DjangoJSONEncoder()


@dataclass(frozen=True, kw_only=True)
class Actor:
    """Who acts, through what, and the server's time as the interface read it.

    Attributes:
        now: Server clock when the interface took the call; services never read a clock themselves.
        entry_mode: HISTORICAL for records made after the fact; they never raise an alert.
        device_clock: The moment that the phone believed it was when it sent this; None where it did not say.
    """

    user: User
    now: datetime
    channel: Channel = Channel.ADMIN
    device: Device | None = None
    request_id: str = ""
    entry_mode: EntryMode = EntryMode.LIVE
    device_clock: datetime | None = None


def snapshot(row: models.Model) -> dict[str, Any]:
    """Return every stored field of a row in the form that the journal keeps; no secrets, no phones.

    Foreign keys by number, decimals as the column stores them, moments in UTC: the text of a row does not
    depend on whether it was just made or read back.
    """
    stored = vars(row)
    told = {
        name: (stored[name] if name in stored else getattr(row, name), step)
        for name, step in _kept(type(row))
    }
    return {
        name: value if value is None or type(value) in _PLAIN else _plain(value, step)
        for name, (value, step) in told.items()
    }


def write(
    kind: str,
    *,
    subject: models.Model,
    at: datetime,
    by: Actor,
    organization: Organization | None = None,
    before: dict[str, Any] | None = None,
    after: dict[str, Any] | None = None,
    reason: str = "",
) -> JournalEntry:
    """Write one entry and ring the doorbell after commit; the arguments are those of :func:`draft`."""
    entry = draft(
        kind,
        subject=subject,
        at=at,
        by=by,
        organization=organization,
        before=before,
        after=after,
        reason=reason,
    )
    write_all([entry])
    return entry


def draft(
    kind: str,
    *,
    subject: models.Model,
    at: datetime,
    by: Actor,
    organization: Organization | None = None,
    before: dict[str, Any] | None = None,
    after: dict[str, Any] | None = None,
    reason: str = "",
) -> JournalEntry:
    """Return an entry that is not yet written, for :func:`write_all`.

    Args:
        kind: ``<subject>.<past tense>``.
        subject: The saved row that the deed was done to.
        at: When the deed was done.
        by: Who did it.
        organization: Whose matter it is; readers are scoped by it.
        before: :func:`snapshot` of the row before the change; None for a new row.
        after: What to keep as the new state; by default the row's fields that differ from ``before``.
        reason: Why, where a reason was asked for.
    """
    now_fields = snapshot(subject) if after is None else after
    old, new = _changed(before, now_fields)
    told = {
        "kind": kind,
        "subject_type": subject._meta.model_name or "",
        "subject_id": subject.pk,
        "subject_uuid": getattr(subject, "uuid", None) or by.user.uuid,
        "organization": organization,
        "occurred_at": at,
        "by": by.user,
        "device": by.device,
        "channel": by.channel,
        "request_id": by.request_id,
        "before": old,
        "after": new,
        "reason": reason,
    }
    return fresh(JournalEntry, told)


def write_all(entries: Sequence[JournalEntry]) -> None:
    """Write entries in one statement and ring the doorbell once after commit; none, and it stays silent."""
    if not entries:
        return
    insert(entries)
    transaction.on_commit(partial(journal_written.send_robust, sender=JournalEntry), robust=True)


def _changed(
    before: dict[str, Any] | None, now: dict[str, Any]
) -> tuple[dict[str, Any] | None, dict[str, Any]]:
    if before is None:
        return None, {key: value for key, value in now.items() if value not in (None, "", [], {})}
    keys: Iterable[str] = (key for key in now if before.get(key) != now[key])
    new = {key: now[key] for key in keys}
    return {key: before.get(key) for key in new}, new


@cache
def _kept(model: type[models.Model]) -> list[tuple[str, Decimal | None]]:
    """Return which columns of a model are kept, and of exact numbers the step between two of them."""
    return [
        (
            field.attname,
            Decimal(1).scaleb(-field.decimal_places) if isinstance(field, models.DecimalField) else None,
        )
        for field in model._meta.concrete_fields
        if field.attname not in _UNKEPT | _COMPUTED
    ]


def _plain(value: Any, step: Decimal | None) -> Any:
    if step is not None:
        return str(Decimal(value).quantize(step))
    if isinstance(value, str):
        return str(value)
    if isinstance(value, datetime):
        return _encoder.default(value.astimezone(UTC))
    if isinstance(value, UUID):
        return str(value)
    return json.loads(_encoder.encode(value))

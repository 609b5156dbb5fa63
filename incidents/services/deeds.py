"""A deed done to a row that is locked: saved, told to the journal, and told once."""

from collections.abc import Collection, Mapping
from datetime import datetime
from typing import Any

from django.db import models
from django.utils.translation import gettext_lazy as _

from incidents import journal
from incidents.errors import Invalid
from incidents.journal import Actor
from incidents.models import JournalEntry, Organization
from incidents.models.base import Sourced
from incidents.services import unknowns
from incidents.services.storing import store


def record(
    kind: str,
    row: models.Model,
    *,
    before: dict[str, Any],
    at: datetime,
    by: Actor,
    organization: Organization | None = None,
    reason: str = "",
) -> None:
    """Save what changed of a locked row and write its journal entry; a deed may change nothing.

    Args:
        kind: ``<subject>.<past tense>``.
        row: The row with its new values.
        before: :func:`incidents.journal.snapshot` of it, taken when it was locked.
        at: When the deed was done.
        by: Who did it.
        organization: Whose matter it is.
        reason: Why, where a reason was asked for.

    Raises:
        Invalid, OutOfRange, BrokenRule: If the new values are refused.
    """
    if isinstance(row, Sourced):
        unknowns.explain(row)
    now = journal.snapshot(row)
    changed = [field.name for field in row._meta.concrete_fields if _differs(field.attname, before, now)]
    store(row, fields=changed)
    journal.write(kind, subject=row, at=at, by=by, organization=organization, before=before, reason=reason)


def apply(row: models.Model, changes: Mapping[str, Any], *, allowed: Collection[str]) -> None:
    """Set corrected values of a row, without saving it; reasons for not knowing join those it has.

    Args:
        row: The row.
        changes: Field name → value.
        allowed: The fields that people may correct.

    Raises:
        Invalid: If another field is named, or a reason for a field whose value is known.
    """
    refused = [name for name in changes if name not in allowed]
    if refused:
        raise Invalid(problems={name: [_("This is not corrected by hand.")] for name in refused})
    for name, value in changes.items():
        if name != "unknown_reasons":
            setattr(row, name, value)
    if isinstance(row, Sourced):
        unknowns.explain(row, reasons=changes.get("unknown_reasons"))


def has_changed(row: models.Model, *, before: dict[str, Any]) -> bool:
    """Say whether a row differs from a snapshot of it."""
    return journal.snapshot(row) != before


def told_before(kind: str, row: models.Model, *, at: datetime, reason: str = "", undone_by: str = "") -> bool:
    """Say whether the newest deed of a kind on a row is this very one: a phone that sends it again.

    Args:
        kind: Kind of the deed.
        row: The row, locked, so that nobody tells it at the same time.
        at: When the deed was done.
        reason: Why.
        undone_by: Kind of the deed after which the same would be done anew.
    """
    newest = (
        JournalEntry.objects.filter(
            subject_type=row._meta.model_name, subject_id=row.pk, kind__in=[kind, undone_by]
        )
        .order_by("-id")
        .first()
    )
    return newest is not None and (newest.kind, newest.occurred_at, newest.reason) == (kind, at, reason)


def _differs(name: str, before: dict[str, Any], now: dict[str, Any]) -> bool:
    return bool(before.get(name) != now.get(name))

"""What a phone sends twice is kept once: its own number for a submission, and a digest of what was said."""

import hashlib
import json
from collections.abc import Mapping
from typing import Any, TypeVar
from uuid import UUID

from django.core.serializers.json import DjangoJSONEncoder
from django.db import models

from incidents.errors import ClientIdTaken
from incidents.journal import Actor

Row = TypeVar("Row", bound=models.Model)


def digest_of(told: Mapping[str, Any]) -> str:
    """Return a SHA-256 over what was said; equal exactly when every field is.

    Args:
        told: Field name → value; rows count by their number.
    """
    said = {name: getattr(value, "pk", value) for name, value in told.items()}
    text = json.dumps(said, sort_keys=True, cls=DjangoJSONEncoder, ensure_ascii=False)
    return hashlib.sha256(text.encode()).hexdigest()


def sent_before(rows: models.QuerySet[Row], *, client_id: UUID | None, digest: str, by: Actor) -> Row | None:
    """Return the row that the same person made of this number before; None for a new one.

    Args:
        rows: All rows of a model with ``client_id``, ``client_digest`` and ``reported_by``.
        client_id: The phone's number; None for what no phone sent.
        digest: :func:`digest_of` what is said now.
        by: Who says it.

    Raises:
        ClientIdTaken: If something else was said under this number.
    """
    if client_id is None:
        return None
    first = rows.filter(reported_by=by.user, client_id=client_id).first()
    if first is not None and getattr(first, "client_digest") != digest:  # noqa: B009 - not every model has one
        raise ClientIdTaken(client_id=client_id)
    return first

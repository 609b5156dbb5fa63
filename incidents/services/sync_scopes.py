"""Scopes that cursors of the changes refer to: kept once, found again by their digest."""

import json
from collections.abc import Collection, Mapping
from datetime import datetime
from typing import Any

from incidents.models import SyncScope


def keep(texts: Mapping[str, str], *, at: datetime) -> None:
    """Keep scopes by their digests; those that are kept already are left as they are."""
    rows = [SyncScope(digest=digest, body=json.loads(text), made_at=at) for digest, text in texts.items()]
    SyncScope.objects.bulk_create(rows, ignore_conflicts=True)


def find(digests: Collection[str]) -> dict[str, Any]:
    """Return the scopes that are kept under these digests, in one query."""
    return dict(SyncScope.objects.filter(digest__in=digests).values_list("digest", "body"))

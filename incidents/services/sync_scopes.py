"""Scopes that cursors of the changes refer to: kept once, found again by their digest, and let go at last."""

from collections.abc import Collection, Mapping
from datetime import datetime, timedelta
from typing import Any, Final, NamedTuple

from incidents.models import SyncScope
from incidents.models.direct import run

CURSOR_LASTS: Final = timedelta(days=30)
"""How long a phone may go on from a cursor."""

TOUCHED_EVERY: Final = timedelta(days=1)
"""How exactly it is noted when a scope was last used: not a write for every page."""

KEEP: Final = CURSOR_LASTS + 2 * TOUCHED_EVERY
"""How long a scope is kept after it was last noted: longer than any cursor that can name it."""

_KEEP: Final = """
INSERT INTO incidents_syncscope (digest, body, made_at, touched_at)
SELECT digest, body, %s::timestamptz, %s::timestamptz FROM unnest(%s::text[], %s::jsonb[]) told(digest, body)
ORDER BY digest
ON CONFLICT (digest) DO UPDATE SET touched_at = EXCLUDED.touched_at
    WHERE incidents_syncscope.touched_at <= %s
"""


class Kept(NamedTuple):
    """A scope that is kept, and when it was last used."""

    body: Any
    touched_at: datetime


def keep(texts: Mapping[str, str], *, at: datetime) -> None:
    """Keep scopes by their digests; of those that are kept already note, once a day, that they are used."""
    if texts:
        run(_KEEP, [at, at, list(texts), list(texts.values()), at - TOUCHED_EVERY])


def find(digests: Collection[str]) -> dict[str, Kept]:
    """Return the scopes that are kept under these digests, in one query."""
    rows = SyncScope.objects.filter(digest__in=digests).values_list("digest", "body", "touched_at")
    return {digest: Kept(body, touched_at) for digest, body, touched_at in rows}

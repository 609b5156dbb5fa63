"""Signs of life: which part worked when, by the database's clock."""

import json
from collections.abc import Collection
from typing import Any

from django.db import connection

from tracker.choices import Part

# The rows are taken in one order, so that two engines never wait for each other.
_BEAT = """
INSERT INTO tracker_heartbeat (name, beat_at, detail)
SELECT one.name, clock_timestamp(), %(detail)s::jsonb
FROM unnest(%(parts)s::text[]) AS one (name) ORDER BY one.name
ON CONFLICT (name) DO UPDATE SET beat_at = excluded.beat_at, detail = excluded.detail
"""
_LIVE = """
INSERT INTO tracker_heartbeat (name, beat_at, detail)
SELECT one.name, clock_timestamp(), %(detail)s::jsonb
FROM unnest(%(parts)s::text[]) AS one (name) ORDER BY one.name
ON CONFLICT (name) DO UPDATE SET beat_at = excluded.beat_at
"""
_FAIL = """
INSERT INTO tracker_heartbeat (name, beat_at, detail)
SELECT one.name, NULL, %(detail)s::jsonb FROM unnest(%(parts)s::text[]) AS one (name) ORDER BY one.name
ON CONFLICT (name) DO UPDATE SET detail = excluded.detail
"""


def beat(parts: Collection[Part], *, detail: dict[str, Any] | None = None) -> None:
    """Note that parts of the watch work.

    Args:
        parts: Which.
        detail: What they did.
    """
    _write(_BEAT, parts, detail or {})


def live(parts: Collection[Part]) -> None:
    """Note that parts work and had nothing to do; what they did last is kept."""
    _write(_LIVE, parts, {})


def fail(parts: Collection[Part], *, error: str) -> None:
    """Note why parts do not work; their last sign of life stays as it is."""
    _write(_FAIL, parts, {"error": error})


def _write(statement: str, parts: Collection[Part], detail: dict[str, Any]) -> None:
    with connection.cursor() as cursor:
        cursor.execute(statement, {"parts": [str(part) for part in parts], "detail": json.dumps(detail)})

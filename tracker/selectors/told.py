"""What a mail has to say: the alert of a step, or those of a digest, as they stand now."""

import json
from collections import defaultdict
from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import connection

LONGEST = 30  # alerts that a digest names; the others are counted

# What is no longer wanted of a digest is left out; a step is told as it is, the sender looks again.
_TOLD = """
SELECT t.* FROM (
    SELECT coalesce(n.digest_id, n.id) AS mail_id, n.level, n.repeat, n.generation, n.held_by, n.urgency,
           a.id AS alert_id, a.uuid AS alert_uuid, a.rule_code, a.band, a.is_exercise, a.facts, a.climb_at,
           CASE WHEN a.subject_type = 'outage' THEN (
               SELECT count(*) FROM incidents_outage o
               WHERE o.parent_id = a.subject_id
                 AND o.status NOT IN ('restored', 'closed', 'momentary', 'cancelled', 'reopened')
           ) ELSE 0 END AS explains,
           row_number() OVER (mail ORDER BY n.urgency DESC, n.id) AS place, count(*) OVER mail AS together
    FROM tracker_notification n JOIN tracker_alert a ON a.id = n.alert_id
    WHERE n.id = ANY(%(ids)s)
       OR n.digest_id = ANY(%(ids)s) AND a.state = 'firing' AND a.generation = n.generation
          AND a.folded_under_id IS NULL
    WINDOW mail AS (PARTITION BY coalesce(n.digest_id, n.id))
) t
WHERE t.place <= %(longest)s
ORDER BY t.mail_id, t.place
"""


@dataclass(frozen=True, kw_only=True)
class Told:
    """One alert of a mail.

    Attributes:
        explains: Open outages that the alert's outage explains.
        together: How many alerts the mail is about.
    """

    level: int
    repeat: int
    generation: int
    held_by: str
    urgency: int
    alert_id: int
    alert_uuid: UUID
    rule_code: str
    band: str
    is_exercise: bool
    facts: dict[str, Any]
    climb_at: datetime
    explains: int
    together: int


def told(ids: Collection[int]) -> dict[int, list[Told]]:
    """Return what each of these mails is about, the gravest first, the first thirty of each."""
    found: dict[int, list[Told]] = defaultdict(list)
    with connection.cursor() as cursor:
        cursor.execute(_TOLD, {"ids": list(ids), "longest": LONGEST})
        names = [column.name for column in cursor.description or ()]
        for values in cursor.fetchall():
            row = dict(zip(names, values, strict=True))
            mail, _place = row.pop("mail_id"), row.pop("place")
            found[mail].append(Told(**row | {"facts": json.loads(row["facts"])}))
    return found

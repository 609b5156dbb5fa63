"""Storm mode: counted by the watch, or switched by a person with an end."""

import logging
from datetime import datetime, timedelta
from typing import Any

from django.db import connection, transaction

from incidents import journal
from incidents.errors import BadTransition, Inconsistent
from incidents.journal import Actor
from incidents.models import Organization
from incidents.services import facts
from incidents.services.storing import store
from tracker.choices import StormSwitch
from tracker.models import StormMode
from tracker.services.locks import Sweep, alone

logger = logging.getLogger(__name__)

ALERTS = 10  # opened within the half hour and still open, in one county
_AT_ONCE = timedelta(0)

_MANY = """
SELECT count(*) FROM (
    SELECT FROM tracker_alert
    WHERE state IN ('firing', 'acknowledged')
      AND opened_at > %(now)s::timestamptz - interval '30 minutes' AND opened_at <= %(now)s
    LIMIT %(alerts)s
) few
"""
# Alerts count in the county that they are in, or in their own organisation above the counties; those that
# another alert explains do not. It ends half an hour after the last time that there were enough, and is
# prolonged at most every five minutes.
_COUNT = """
WITH RECURSIVE inside (organization_id, county_id) AS (
    SELECT id, CASE WHEN level = 'county' THEN id END FROM incidents_organization WHERE parent_id IS NULL
    UNION ALL
    SELECT o.id, coalesce(i.county_id, CASE WHEN o.level = 'county' THEN o.id END)
    FROM incidents_organization o JOIN inside i ON i.organization_id = o.parent_id
),
crowded AS MATERIALIZED (
    SELECT coalesce(i.county_id, i.organization_id) AS organization_id, a.is_exercise, count(*) AS alerts
    FROM tracker_alert a JOIN inside i USING (organization_id)
    WHERE a.state IN ('firing', 'acknowledged') AND a.folded_under_id IS NULL
      AND a.opened_at > %(now)s::timestamptz - interval '30 minutes' AND a.opened_at <= %(now)s
    GROUP BY 1, 2
    HAVING count(*) >= %(alerts)s
),
running AS MATERIALIZED (
    SELECT s.id, c.organization_id, c.is_exercise
    FROM crowded c JOIN tracker_stormmode s USING (organization_id, is_exercise)
    WHERE s.switch = 'counted' AND s.since_at <= %(now)s AND s.until_at > %(now)s
),
prolonged AS (
    UPDATE tracker_stormmode s SET until_at = %(now)s::timestamptz + interval '30 minutes'
    FROM running r
    WHERE s.id = r.id AND s.until_at < %(now)s::timestamptz + interval '25 minutes'
)
INSERT INTO tracker_stormmode (uuid, organization_id, switch, is_exercise, since_at, until_at, alerts, reason)
SELECT gen_random_uuid(), c.organization_id, 'counted', c.is_exercise, %(now)s,
       %(now)s::timestamptz + interval '30 minutes', c.alerts, ''
FROM crowded c
WHERE NOT EXISTS (
    SELECT FROM running r WHERE r.organization_id = c.organization_id AND r.is_exercise = c.is_exercise
)
ON CONFLICT DO NOTHING
"""


def count(*, now: datetime) -> int:
    """Put organisations into storm mode where alerts crowd, and prolong it while they do.

    Returns:
        How many were put into it.
    """
    given: dict[str, Any] = {"now": now, "alerts": ALERTS}
    with alone(Sweep.COUNT, patience=_AT_ONCE) as mine, connection.cursor() as cursor:
        if not mine:
            return 0
        cursor.execute(_MANY, given)
        if cursor.fetchone()[0] < ALERTS:
            return 0
        cursor.execute(_COUNT, given)
        begun = int(cursor.rowcount)
    if begun:
        logger.warning("storm mode has begun", extra={"organizations": begun})
    return begun


@transaction.atomic
def switch(
    organization: Organization,
    *,
    on: bool,
    until: datetime,
    reason: str,
    at: datetime,
    by: Actor,
    is_exercise: bool = False,
) -> StormMode:
    """Put an organisation into storm mode or keep it out, whatever is counted.

    Args:
        organization: Where, and everything below it.
        on: Into it, or out of it.
        until: When the count decides again.
        reason: Why.
        at: From when.
        by: Who says so.
        is_exercise: Whether it is about the alerts of drills.

    Raises:
        Missing: If no reason is given.
        Inconsistent: If it would end before it begins.
        BrokenRule: If somebody has switched it for that time already.
    """
    facts.require_words(purpose="switch", reason=reason)
    if until <= at:
        raise Inconsistent(field="until", value=until, relation=">", other="at", other_value=at)
    mode = StormMode(
        organization=organization,
        switch=StormSwitch.ON if on else StormSwitch.OFF,
        is_exercise=is_exercise,
        since_at=at,
        until_at=until,
        made_by=by.user,
        reason=reason,
    )
    store(mode)
    journal.write("storm_mode.switched", subject=mode, at=at, by=by, organization=organization, reason=reason)
    return mode


@transaction.atomic
def end(mode: StormMode, *, at: datetime, by: Actor, reason: str = "") -> StormMode:
    """End early what a person switched; what is counted then decides again.

    Raises:
        BadTransition: If nobody switched it, it was counted, or it is over.
        BrokenRule: If it would end before it began.
    """
    locked = StormMode.objects.select_for_update(of=["self"]).select_related("organization").get(pk=mode.pk)
    if locked.switch == StormSwitch.COUNTED or locked.until_at <= at:
        raise BadTransition(subject="storm_mode", state=locked.switch, verb="end", allowed=[])
    before = journal.snapshot(locked)
    locked.until_at = at
    store(locked, fields=["until_at"])
    journal.write(
        "storm_mode.ended",
        subject=locked,
        at=at,
        by=by,
        organization=locked.organization,
        before=before,
        reason=reason,
    )
    return locked

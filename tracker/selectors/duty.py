"""Who is on duty: one answer for the engine, the pages and the mails."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import connection
from psycopg.sql import SQL

from incidents.models import Organization
from tracker.choices import DutyRole

# Common table expressions for WITH RECURSIVE. They need ``asked(organization_id)`` and give
# ``on_duty(organization_id, role, user_id)``: whoever holds the role in the nearest organisation upwards
# that has somebody in it who can be reached. Somebody without an address cannot be.
ON_DUTY = SQL("""
    upwards (organization_id, above_id, distance) AS (
        SELECT organization_id, organization_id, 0 FROM asked
        UNION ALL
        SELECT u.organization_id, o.parent_id, u.distance + 1
        FROM upwards u JOIN incidents_organization o ON o.id = u.above_id
        WHERE o.parent_id IS NOT NULL
    ),
    on_duty AS MATERIALIZED (
        SELECT DISTINCT organization_id, role, user_id
        FROM (
            SELECT u.organization_id, p.role, p.user_id,
                   rank() OVER (PARTITION BY u.organization_id, p.role ORDER BY u.distance) AS nearness
            FROM upwards u
            JOIN tracker_dutypost p ON p.organization_id = u.above_id
                AND p.since_at <= %(now)s AND (p.until_at IS NULL OR p.until_at > %(now)s)
            JOIN incidents_user person ON person.id = p.user_id
                AND person.is_active AND person.email <> ''
        ) near
        WHERE nearness = 1
    )
""")

_OF_ONE = SQL("""
    WITH RECURSIVE asked (organization_id) AS (SELECT %(organization)s::bigint), {on_duty}
    SELECT on_duty.role, on_duty.user_id FROM on_duty
    WHERE on_duty.role = ANY(%(roles)s) ORDER BY on_duty.role, on_duty.user_id
""").format(on_duty=ON_DUTY)


@dataclass(frozen=True, kw_only=True)
class OnDuty:
    """One person in one role."""

    role: DutyRole
    user_id: int


def on_duty(organization: Organization, *, roles: Collection[DutyRole], now: datetime) -> list[OnDuty]:
    """Return who would be told for an organisation now, by role.

    Args:
        organization: Where it happens.
        roles: Roles to look for; one that nobody holds up to the top is missing from the answer.
        now: The moment, aware.
    """
    given: dict[str, Any] = {
        "organization": organization.pk,
        "roles": [str(role) for role in roles],
        "now": now,
    }
    with connection.cursor() as cursor:
        cursor.execute(_OF_ONE, given)
        return [OnDuty(role=DutyRole(role), user_id=user) for role, user in cursor.fetchall()]

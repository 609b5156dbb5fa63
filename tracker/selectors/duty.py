"""Who is on duty: one answer for the engine, the pages and the mails."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db import connection
from django.db.models import F, Q
from psycopg.sql import SQL

from incidents.models import Organization, User
from tracker.choices import DutyRole
from tracker.models import DutyPost

LOOKED_BACK = timedelta(days=31)

# Common table expressions for WITH RECURSIVE. They need ``asked(organization_id)`` and give
# ``upwards(organization_id, above_id, distance)``, the organisation itself and all above it, and
# ``on_duty(organization_id, role, user_id)``: whoever holds the role in the nearest organisation upwards
# that has somebody in it who can be reached. Nobody is: somebody without an address, with a closed account,
# or without a role any more in the post's organisation or above it.
ON_DUTY = SQL("""
    upwards (organization_id, above_id, distance) AS (
        SELECT organization_id, organization_id, 0 FROM asked
        UNION ALL
        SELECT u.organization_id, o.parent_id, u.distance + 1
        FROM upwards u JOIN incidents_organization o ON o.id = u.above_id
        WHERE o.parent_id IS NOT NULL
    ),
    trusted AS MATERIALIZED (
        SELECT u.organization_id, m.user_id, max(u.distance) AS farthest
        FROM upwards u
        JOIN incidents_membership m ON m.organization_id = u.above_id
            AND m.since_at <= %(now)s AND (m.until_at IS NULL OR m.until_at > %(now)s)
        GROUP BY u.organization_id, m.user_id
    ),
    reachable AS MATERIALIZED (
        SELECT u.organization_id, u.distance, p.role, p.user_id, p.since_at, p.until_at
        FROM upwards u
        JOIN tracker_dutypost p ON p.organization_id = u.above_id
        JOIN incidents_user person ON person.id = p.user_id
            AND person.is_active AND person.email <> ''
        LEFT JOIN trusted t ON t.organization_id = u.organization_id AND t.user_id = p.user_id
        WHERE (p.until_at IS NULL OR p.until_at > %(now)s::timestamptz - interval '31 days')
          AND p.since_at < %(now)s::timestamptz + interval '31 days'
          AND (t.farthest >= u.distance OR person.is_superuser)
    ),
    on_duty AS MATERIALIZED (
        SELECT DISTINCT organization_id, role, user_id
        FROM (
            SELECT organization_id, role, user_id,
                   rank() OVER (PARTITION BY organization_id, role ORDER BY distance) AS nearness
            FROM reachable
            WHERE since_at <= %(now)s AND (until_at IS NULL OR until_at > %(now)s)
        ) near
        WHERE nearness = 1
    )
""")

# Follows :data:`ON_DUTY` and gives ``off_duty(organization_id, role, user_id)``: people of the nearest roster
# of a role, a month back and ahead, who wished to be told when they are off duty too.
OFF_DUTY = SQL("""
    off_duty AS (
        SELECT DISTINCT organization_id, role, user_id
        FROM (
            SELECT r.organization_id, r.role, r.user_id, r.since_at, r.until_at,
                   rank() OVER (PARTITION BY r.organization_id, r.role ORDER BY r.distance) AS nearness
            FROM reachable r
        ) near
        WHERE nearness = 1 AND (until_at IS NULL OR until_at > since_at)
          AND user_id IN (SELECT user_id FROM tracker_dutywish WHERE off_duty_mails)
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


def shifts_of(user: User, *, now: datetime) -> list[DutyPost]:
    """Return a person's posts of the last month and all ahead, in order; those taken over are left out."""
    posts = DutyPost.objects.filter(
        Q(until_at=None) | Q(until_at__gt=now - LOOKED_BACK) & Q(until_at__gt=F("since_at")), user=user
    )
    return list(posts.select_related("organization").order_by("since_at", "pk"))

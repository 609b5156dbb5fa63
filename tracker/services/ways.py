"""Through what people are told, as SQL: mail, or the gateway of the nearest organisation that has one."""

from psycopg.sql import SQL

# Follows ``asked`` and ``upwards`` (``selectors/duty.py``) and gives ``way(organization_id, asked, channel,
# hook_id)``: a rung that asks for a channel reaches people through these; a gateway that is not there through
# nothing, so that the rung counts as reaching nobody.
WAYS = SQL("""
    way AS MATERIALIZED (
        SELECT organization_id, each.asked, 'mail' AS channel, NULL::bigint AS hook_id
        FROM asked CROSS JOIN (VALUES ('mail'), ('both')) each (asked)
        UNION ALL
        SELECT near.organization_id, each.asked, 'webhook', near.hook_id
        FROM (
            SELECT DISTINCT ON (u.organization_id) u.organization_id, h.id AS hook_id
            FROM tracker_hook h
            JOIN upwards u ON u.above_id = h.organization_id OR h.organization_id IS NULL
            WHERE h.enabled
            ORDER BY u.organization_id, h.organization_id IS NULL, u.distance
        ) near
        CROSS JOIN (VALUES ('webhook'), ('both')) each (asked)
    )
""")

# Of a new notification with ``person``, ``hook`` (or null) and ``j.channel``. A gateway finds people by their
# phone, or by the account that a chat knows; it may not carry everybody's language.
ADDRESS = SQL("""
    CASE WHEN j.channel = 'mail' THEN person.email
         ELSE coalesce(nullif(person.phone, ''), concat('@', person.username)) END
""")
LANGUAGE = SQL("""
    CASE WHEN hook.id IS NULL OR person.language = ANY(hook.languages) THEN person.language
         ELSE hook.languages[1] END
""")
MARK = SQL("CASE WHEN j.channel = 'mail' THEN '' ELSE '.webhook' END")

"""Which version of a rule counts for whom, as SQL."""

from psycopg.sql import SQL

# Common table expressions for WITH RECURSIVE. They need ``%(code)s`` and give ``scope(organization_id,
# rule_id,
# params, severities, for_s, clear_s)``: the version that counts for an organisation is handed down the tree
# until somebody has an own; without a rule that is switched on an organisation is not in it.
SCOPE = SQL("""
    handed_down (organization_id, rule_id) AS (
        SELECT o.id, coalesce(own.id, everybody.id)
        FROM incidents_organization o
        LEFT JOIN tracker_rule own ON own.code = %(code)s AND own.organization_id = o.id
            AND own.replaced_at IS NULL
        LEFT JOIN tracker_rule everybody ON everybody.code = %(code)s AND everybody.organization_id IS NULL
            AND everybody.replaced_at IS NULL
        WHERE o.parent_id IS NULL
        UNION ALL
        SELECT o.id, coalesce(own.id, above.rule_id)
        FROM incidents_organization o
        JOIN handed_down above ON above.organization_id = o.parent_id
        LEFT JOIN tracker_rule own ON own.code = %(code)s AND own.organization_id = o.id
            AND own.replaced_at IS NULL
    ),
    scope AS MATERIALIZED (
        SELECT h.organization_id, r.id AS rule_id, r.params, r.severities, r.for_s, r.clear_s
        FROM handed_down h JOIN tracker_rule r ON r.id = h.rule_id
        WHERE r.enabled
    )
""")

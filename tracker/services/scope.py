"""Which version of a rule counts for whom, as SQL."""

from django.db import connection
from psycopg.sql import SQL, Composable, Identifier, Literal

from tracker.checks import CHECKS, Check

# The version that counts for an organisation is handed down the tree until somebody has an own; without a
# rule that is switched on an organisation is not in it. Thresholds are read out of the version here, once an
# organisation, not once for everything that is held against them.
_SCOPE = SQL("""
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
        SELECT h.organization_id, r.id AS rule_id, r.severities, r.for_s, r.clear_s{params}
        FROM handed_down h JOIN tracker_rule r ON r.id = h.rule_id
        WHERE r.enabled
    )
""")
_PARAM = SQL(", (r.params ->> {name})::float8 AS {column}")
_AT_WORK = """
    SELECT code FROM tracker_rule WHERE replaced_at IS NULL AND enabled
    UNION SELECT rule_code FROM tracker_alert WHERE state IN ('firing', 'acknowledged')
"""


def scope_of(check: Check) -> Composable:
    """Return common table expressions for WITH RECURSIVE that say what counts for whom.

    They need ``%(code)s`` and give ``scope(organization_id, rule_id, severities, for_s, clear_s)`` with a
    column for every threshold of the rule, by its name.
    """
    params = (_PARAM.format(name=Literal(name), column=Identifier(name)) for name in check.params)
    return _SCOPE.format(params=SQL("").join(params))


def at_work() -> list[Check]:
    """Return the conditions of rules that are switched on somewhere, or have alerts left to end."""
    with connection.cursor() as cursor:
        cursor.execute(_AT_WORK)
        codes = {code for (code,) in cursor.fetchall()}
    return [check for code, check in CHECKS.items() if code in codes]

"""The arithmetic of a climb, as SQL: which step time has reached, and when a step is due.

A step is one number: rung 1, 2 … ``top``, and after the last rung its first repeat ``top + 1`` and so on.
Everything is reckoned from the beginning of the climb, so that a late step makes no later one late. The
reference that tests hold this against is in ``tests/tracker/services/reference.py``.
"""

from psycopg.sql import SQL, Composable

# Ladders of every version, one row a rule and band: ``after`` in minutes by rung; pace of the last rung.
LADDERS = SQL("""
    ladder AS MATERIALIZED (
        SELECT rule_id, band, count(*)::int AS top, array_agg(after_min ORDER BY position) AS after,
               (array_agg(repeat_min ORDER BY position DESC))[1] AS repeat_min,
               (array_agg(max_repeats ORDER BY position DESC))[1] AS max_repeats
        FROM tracker_rulelevel
        GROUP BY rule_id, band
    )
""")

_REACHED = SQL("""
    CASE
        WHEN l.repeat_min IS NOT NULL AND {minutes} >= l.after[l.top]
        THEN l.top + least(floor(({minutes} - l.after[l.top]) / l.repeat_min)::int, l.max_repeats)
        ELSE (SELECT count(*)::int FROM unnest(l.after) AS one (after_min) WHERE one.after_min <= {minutes})
    END
""")

_DUE = SQL("""
    ({climb_at} + interval '1 minute' * CASE
        WHEN {step} <= l.top THEN l.after[{step}]
        WHEN {step} - l.top <= coalesce(l.max_repeats, {step})
        THEN l.after[l.top] + ({step} - l.top) * l.repeat_min
    END)
""")


def reached(*, climb_at: Composable) -> Composable:
    """Return SQL for the last step that is due by ``%(now)s``, 0 before the first.

    Args:
        climb_at: Column with the beginning of the climb; the ladder is joined as ``l``.
    """
    minutes = SQL("(extract(epoch FROM %(now)s::timestamptz - {climb_at}) / 60)").format(climb_at=climb_at)
    return _REACHED.format(minutes=minutes)


def due(*, climb_at: Composable, step: Composable) -> Composable:
    """Return SQL for the moment at which a step is due, null where the ladder has no such step.

    Args:
        climb_at: Column with the beginning of the climb; the ladder is joined as ``l``.
        step: Column or expression with the number of the step.
    """
    return _DUE.format(climb_at=climb_at, step=step)

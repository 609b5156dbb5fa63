"""Which situation reports were sent: what the rules about reporting duties ask, and who answers.

The rules E25 to E27 know when a report is due; whether it went out is said by the reports themselves, here,
in one query. A report that somebody decided not to send, with a reason, is a duty done as well.
"""

from psycopg.sql import SQL

# Gives ``organization_id, is_exercise, kind, as_of, sent_at``; kinds are those of
# :class:`tracker.choices.ReportKind`.
SENT = SQL("""
    SELECT organization_id, is_exercise, kind, as_of, coalesce(sent_at, ended_at) AS sent_at
    FROM tracker_situationreport
    WHERE state IN ('sent', 'waived')
""")

"""Which situation reports were sent: what the rules about reporting duties ask, and who answers.

The rules E25 to E27 know when a report is due; whether it went out is said by whoever keeps reports, here, in
one query. Until there are such rows, nothing was ever sent, and the three rules come switched off.
"""

from psycopg.sql import SQL

# Gives ``organization_id, is_exercise, kind, as_of, sent_at``; kinds are ``flash``, ``follow_up``,
# ``verified``.
SENT = SQL("""
    SELECT NULL::bigint AS organization_id, false AS is_exercise, ''::text AS kind, NULL::timestamptz
        AS as_of,
           NULL::timestamptz AS sent_at
    WHERE false
""")

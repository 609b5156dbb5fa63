"""What the application's database role may do: read and write, never delete a record or touch the journal.

Answers kept for phones, codes that enrolled them, sessions and the sign-in log are no records: they are
purged (services/purging.py).
"""

from django.apps import apps
from django.db import connections
from psycopg import sql

APPEND_ONLY = [
    "incidents_journalentry",
    "incidents_journalseal",
    "incidents_estimate",
    "incidents_checkin",
    "incidents_weatherreading",
    "incidents_icereading",
    "incidents_brief",
]
# No records: answers, codes, scopes of cursors, sessions and the sign-in log are purged once they are old
# enough, the bytes of a photo are deleted once it is prepared from them, those of a file with its rows once
# it has expired.
DELETABLE = {
    "incidents_submission",
    "incidents_enrolmentcode",
    "incidents_syncscope",
    "incidents_uploadchunk",
    "incidents_filepiece",
    "incidents_filerow",
    "incidents_browsersession",
    "incidents_signin",
}
_OURS = ("incidents", "tracker")


def grant(role: str, *, owner: str) -> None:
    """Give the application's role its rights, and take away any other; the same again changes nothing.

    Args:
        role: The role that the processes connect as.
        owner: Alias of the connection of the role that owns the tables.
    """
    name = sql.Identifier(role)
    steps = [
        sql.SQL("GRANT USAGE ON SCHEMA public TO {}").format(name),
        sql.SQL("REVOKE ALL ON ALL TABLES IN SCHEMA public FROM {}").format(name),
        sql.SQL("GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA public TO {}").format(name),
        sql.SQL("GRANT USAGE, SELECT ON ALL SEQUENCES IN SCHEMA public TO {}").format(name),
        sql.SQL("REVOKE INSERT, UPDATE, DELETE ON django_migrations FROM {}").format(name),
    ]
    steps += [
        sql.SQL("REVOKE DELETE ON {} FROM {}").format(sql.Identifier(table), name) for table in _records()
    ]
    steps += [
        sql.SQL("REVOKE UPDATE, DELETE ON {} FROM {}").format(sql.Identifier(table), name)
        for table in APPEND_ONLY
    ]
    with connections[owner].cursor() as cursor:
        for step in steps:
            cursor.execute(step)


def _records() -> list[str]:
    """Every table that holds a record; links of many to many may be cut again."""
    models = (model for app in _OURS for model in apps.get_app_config(app).get_models())
    return [model._meta.db_table for model in models if model._meta.db_table not in DELETABLE]

"""The one clock of the watch: the database's, so that a wrong clock of one machine shifts nothing."""

from datetime import datetime

from django.db import connection


def database_now() -> datetime:
    """Return the database's time; for interfaces, which hand it down."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT clock_timestamp()")
        now: datetime = cursor.fetchone()[0]
    return now

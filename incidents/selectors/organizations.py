"""Up and down the tree of organisations."""

from django.db import connection

from incidents.models import Organization

_UPWARD = """
WITH RECURSIVE up(id, parent_id, height) AS (
    SELECT id, parent_id, 0 FROM incidents_organization WHERE id = %s
    UNION ALL
    SELECT o.id, o.parent_id, height + 1 FROM incidents_organization o JOIN up ON o.id = up.parent_id
)
SELECT id FROM up ORDER BY height
"""


def upward(organization: Organization) -> list[int]:
    """Return the numbers of an organisation and everything above it, nearest first."""
    with connection.cursor() as cursor:
        cursor.execute(_UPWARD, [organization.pk])
        return [row[0] for row in cursor.fetchall()]

"""Up and down the tree of organisations."""

from uuid import UUID

from django.db import connection
from django.db.models import QuerySet
from django.db.models.expressions import RawSQL

from incidents.models import Organization

_UPWARD = """
WITH RECURSIVE up(id, parent_id, height) AS (
    SELECT id, parent_id, 0 FROM incidents_organization WHERE id = %s
    UNION ALL
    SELECT o.id, o.parent_id, height + 1 FROM incidents_organization o JOIN up ON o.id = up.parent_id
)
SELECT id FROM up ORDER BY height
"""

_DOWNWARD = """
WITH RECURSIVE down(id) AS (
    SELECT id FROM incidents_organization WHERE uuid = %s
    UNION ALL
    SELECT o.id FROM incidents_organization o JOIN down ON o.parent_id = down.id
)
SELECT id FROM down
"""


def upward(organization: Organization) -> list[int]:
    """Return the numbers of an organisation and everything above it, nearest first."""
    with connection.cursor() as cursor:
        cursor.execute(_UPWARD, [organization.pk])
        return [row[0] for row in cursor.fetchall()]


def below(root: UUID) -> QuerySet[Organization]:
    """Return an organisation and everything below it, as part of the statement that uses it."""
    numbers = RawSQL(_DOWNWARD, [root])  # noqa: S611 - constant text, bound value
    return Organization.objects.filter(pk__in=numbers)

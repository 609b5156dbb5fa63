"""Down the tree of organisations."""

from uuid import UUID

from django.db.models import QuerySet
from django.db.models.expressions import RawSQL

from incidents.models import Organization

_DOWNWARD = """
WITH RECURSIVE down(id) AS (
    SELECT id FROM incidents_organization WHERE uuid = %s
    UNION ALL
    SELECT o.id FROM incidents_organization o JOIN down ON o.parent_id = down.id
)
SELECT id FROM down
"""


def below(root: UUID) -> QuerySet[Organization]:
    """Return an organisation and everything below it, as part of the statement that uses it."""
    numbers = RawSQL(_DOWNWARD, [root])  # noqa: S611 - constant text, bound value
    return Organization.objects.filter(pk__in=numbers)

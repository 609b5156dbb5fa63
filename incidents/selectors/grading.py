"""Which numbers grade the ice of an organisation."""

from typing import Final

from incidents.models import GradingPolicy, Organization
from incidents.models.direct import run
from incidents.models.rows import columns_of, fresh, made

_NEAREST: Final = f"""
WITH RECURSIVE up(id, parent_id, height) AS (
    SELECT id, parent_id, 0 FROM incidents_organization WHERE id = %s
    UNION ALL
    SELECT o.id, o.parent_id, height + 1 FROM incidents_organization o JOIN up ON o.id = up.parent_id
)
SELECT {columns_of(GradingPolicy, "p")}
FROM incidents_gradingpolicy p LEFT JOIN up ON up.id = p.organization_id
WHERE p.until_at IS NULL AND (p.organization_id IS NULL OR up.id IS NOT NULL)
ORDER BY up.height NULLS LAST LIMIT 1
"""  # noqa: S608 - constants only


def current_policy(organization: Organization | None) -> GradingPolicy:
    """Return the policy in force: the organisation's own, the nearest above it, or everybody's.

    Without any row it is the defaults of the product, as an unsaved policy.
    """
    found = run(_NEAREST, [organization.pk if organization else None])
    return made(GradingPolicy, found[0]) if found else fresh(GradingPolicy, {})

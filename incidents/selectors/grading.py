"""Which numbers grade the ice of an organisation."""

from incidents.models import GradingPolicy, Organization
from incidents.selectors.organizations import upward


def current_policy(organization: Organization | None) -> GradingPolicy:
    """Return the policy in force: the organisation's own, the nearest above it, or everybody's.

    Without any row it is the defaults of the product, as an unsaved policy.
    """
    line = [None, *reversed(upward(organization))] if organization else [None]
    current = {policy.organization_id: policy for policy in GradingPolicy.objects.filter(until_at=None)}
    for number in reversed(line):
        if number in current:
            return current[number]
    return GradingPolicy()

"""Which gateway serves an organisation."""

from incidents.models import Organization
from tracker.models import Hook


def gateway_of(organization: Organization | None) -> Hook | None:
    """Return the gateway of the nearest organisation upwards that has one switched on; None without any.

    Args:
        organization: Where it happens; None for everybody's alone.
    """
    hooks = {hook.organization_id: hook for hook in Hook.objects.filter(enabled=True)}
    above = organization
    while above is not None:
        if above.pk in hooks:
            return hooks[above.pk]
        above = above.parent
    return hooks.get(None)

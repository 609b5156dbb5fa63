"""From storms and outages to the pages that show them over time and on the map."""

from collections.abc import Iterator

from django.urls import reverse
from django.utils.translation import gettext as _

from incidents.admin.leads import Lead, leads_from
from incidents.models import Outage, Storm


@leads_from(Storm)
def from_a_storm(storm: Storm) -> Iterator[Lead]:
    """Yield the storm's hours, curve and figures."""
    yield _("Review"), reverse("storm-review", args=[storm.uuid])


@leads_from(Outage)
def from_an_outage(outage: Outage) -> Iterator[Lead]:
    """Yield the review of its storm, and the map of the drill or of what is real."""
    storm = outage.storm
    if storm is not None:
        yield _("Review of the storm"), reverse("storm-review", args=[storm.uuid])
    yield _("Map"), f"{reverse('map')}?of={'drill' if storm and storm.is_exercise else 'real'}"

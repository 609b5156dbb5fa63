"""What the watch adds to the timeline of an outage."""

from collections.abc import Iterator

from incidents.admin.asking import Asking
from incidents.admin.shown import linked
from incidents.admin.timelines import ON_AN_OUTAGE, Happening, also_tells
from incidents.models import Outage
from tracker.models import Alert, AlertEvent


@also_tells
def alerts_about(outage: Outage, who: Asking) -> Iterator[Happening]:
    """Yield what happened to alerts about an outage."""
    alerts = who.visible(Alert.objects.filter(subject_type="outage", subject_id=outage.pk))
    events = AlertEvent.objects.filter(alert__in=alerts).select_related("alert").order_by("-at", "-pk")
    for event in events[:ON_AN_OUTAGE]:
        yield Happening(at=event.at, words=event.get_kind_display(), about=linked(event.alert))

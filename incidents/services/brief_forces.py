"""Teams, supplies, visits, dangers and patrols out of briefs."""

from datetime import datetime
from typing import Any, Final

from incidents.choices import (
    DeploymentStatus,
    HazardGrade,
    HazardKind,
    SupplyKind,
    TaskKind,
    VehicleKind,
    VisitPurpose,
)
from incidents.models import Deployment, Visit
from incidents.services import deployments, hazards, supplies, visits
from incidents.services.brief_keeping import STATED, Keeping, Kept, is_ours, same_place

_REACHED: Final = {
    DeploymentStatus.MOBILISED: "mobilised_at",
    DeploymentStatus.EN_ROUTE: "departed_at",
    DeploymentStatus.ARRIVED: "arrived_at",
    DeploymentStatus.BRIEFED: "briefed_at",
    DeploymentStatus.RELEASED: "released_at",
    DeploymentStatus.RETURNED: "returned_at",
}
"""Status → the moment that a time told with it is."""


def keep_deployment(keeping: Keeping) -> Kept:
    """Keep a team of ours that helps another company; that of a stranger stays what the brief says."""
    said = keeping.said
    if not is_ours(said["organization"], keeping.organization):
        return STATED
    host = str(said["host"] or (said["place"].text if said["place"] else keeping.needed("host")))[:100]
    known: dict[str, Any] = {"headcount": said["headcount"], "vehicle_count": said["vehicles"]}
    told = Deployment.objects.filter(
        organization=keeping.organization, host_text=host, storm=keeping.storm, **known
    ).exclude(status=DeploymentStatus.CANCELLED)
    if not keeping.anew and (same := told.order_by("pk").first()) is not None:
        return Kept(row=same, is_linked=True, same=("organization", "host", "headcount", "vehicles"))
    status = DeploymentStatus(keeping.needed("status"))
    reached: dict[str, Any] = {_REACHED[status]: keeping.moment("at")} if status in _REACHED else {}
    if said["vehicle_kind"]:
        reached["vehicle_kind"] = VehicleKind(said["vehicle_kind"])
    team = deployments.record(
        organization=keeping.organization,
        status=status,
        host_text=host,
        host_place=keeping.place(said["place"]),
        tasks=[TaskKind(task) for task in said["tasks"] or ()],
        by=keeping.by,
        **known,
        **reached,
        **keeping.told(**known),
    )
    return Kept(row=team)


def keep_supply(keeping: Keeping) -> Kept:
    """Keep what was brought to those who work."""
    said = keeping.said
    supply = supplies.record(
        organization=keeping.organization,
        kind=SupplyKind(keeping.needed("kind")),
        quantity=said["quantity"],
        unit=str(said["unit"] or "")[:10],
        by=keeping.by,
        **keeping.told(quantity=said["quantity"], delivered_at=None),
    )
    return Kept(row=supply)


def keep_visit(keeping: Keeping) -> Kept:
    """Keep a visit of leaders, or find it: the same day and places."""
    said, told = keeping.said, keeping.needed("places")
    day = said["on"].on if said["on"] else None
    rows = Visit.objects.filter(organization=keeping.organization, visited_on=day).prefetch_related("places")
    for row in () if keeping.anew or day is None else rows:
        there = list(row.places.all())
        if all(any(same_place(place, each) for place in there) for each in told):
            return Kept(row=row, is_linked=True, same=("organization", "day", "place"))
    places = [place for each in told if (place := keeping.place(each))]
    visit = visits.record(
        organization=keeping.organization,
        places=places,
        leaders_text=str(said["leaders"] or "")[:200],
        visited_on=day,
        purposes=[VisitPurpose(purpose) for purpose in said["purposes"] or ()],
        instructions=str(said["instructions"] or ""),
        by=keeping.by,
        **keeping.told(visited_on=day),
    )
    return Kept(row=visit)


def keep_hazard(keeping: Keeping) -> Kept:
    """Report one hidden danger at a place; a number of them stays what the brief says."""
    said = keeping.said
    if said["place"] is None or (said["count"] or 1) > 1:
        return STATED
    at: datetime = keeping.moment("as_of") or keeping.at
    place = keeping.place(said["place"])
    assert place is not None  # noqa: S101 - it is told
    danger = hazards.report(
        organization=keeping.organization,
        place=place,
        kind=HazardKind(said["kind"] or HazardKind.OTHER),
        grade=HazardGrade.GENERAL,
        description=keeping.sentence[:300],
        at=at,
        by=keeping.by,
        **keeping.told(due_at=None),
    )
    if said["removed"]:
        danger = hazards.close(danger, remark=keeping.quote[:300], at=at, by=keeping.by)
    return Kept(row=danger)


def keep_as_said(_keeping: Keeping) -> Kept:
    """Keep what a brief says as just that: a total is no record, and a walk by nobody is no patrol."""
    return STATED

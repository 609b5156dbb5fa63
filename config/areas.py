"""Navigation by work: which pages belong together, and which of them a shift opens every hour.

A page stands in one area. What is looked up now and then stands under "more"; a page that is named nowhere
is shown there too, in the last area, so that none is ever lost.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.utils.translation import gettext_lazy as _

if TYPE_CHECKING:
    from django_stubs_ext import StrPromise


@dataclass(frozen=True, kw_only=True)
class Area:
    """One field of work.

    Attributes:
        slug: In addresses within the page, and name of its picture.
        often: Names of models, in the order in which they are worked with.
        more: Names of models that are looked up now and then.
    """

    slug: str
    label: "StrPromise"
    often: Sequence[str]
    more: Sequence[str] = ()


AREAS: Sequence[Area] = (
    Area(
        slug="storm",
        label=_("Storm"),
        often=("Storm", "EmergencyResponse", "WeatherWarning"),
        more=("WeatherReading", "StormNote", "StormMode"),
    ),
    Area(
        slug="outages",
        label=_("Outages"),
        often=("Outage", "Assignment", "Damage", "RoadBlock"),
        more=("RestorationStep", "Estimate", "HeldFact", "Attachment"),
    ),
    Area(
        slug="ice",
        label=_("Ice and hidden dangers"),
        often=("SectionIcing", "IceReading", "Patrol", "Hazard"),
        more=("GradingPolicy",),
    ),
    Area(
        slug="crews",
        label=_("Crews and support"),
        often=("Crew", "SupportRequest", "Deployment", "Supply"),
        more=("CheckIn", "CrewMember", "CrewVehicle", "Vehicle", "SafetyBriefing", "Visit"),
    ),
    Area(
        slug="alerts",
        label=_("Alerts and rules"),
        often=("Alert", "DutyPost", "Rule"),
        more=(
            "Notification",
            "AlertEvent",
            "RuleLevel",
            "Holding",
            "ResponseThreshold",
            "Rotation",
            "RotationMember",
            "DutyNeed",
            "DutySwap",
            "DutyWish",
            "CalendarFeed",
            "Hook",
            "Bounce",
            "Heartbeat",
            "WatchFailure",
        ),
    ),
    Area(
        slug="reports",
        label=_("Reports"),
        often=("SituationReport", "Brief", "FileJob"),
        more=(
            "BriefItem",
            "BriefWord",
            "ReportSchedule",
            "ReportRecipient",
            "Replay",
            "JournalEntry",
            "JournalSeal",
        ),
    ),
    Area(
        slug="grid",
        label=_("People and grid"),
        often=("Line", "ImportantUser", "Organization", "Person"),
        more=(
            "LineSection",
            "Place",
            "Division",
            "AreaProfile",
            "User",
            "Membership",
            "Device",
            "EnrolmentCode",
            "SecondFactor",
            "BrowserSession",
            "SignIn",
            "Submission",
            "SyncScope",
            "SavedView",
        ),
    ),
)


def by_area(models: Mapping[str, dict[str, Any]]) -> list[dict[str, Any]]:
    """Return the areas with the pages that a person may open; one without any is left out.

    Args:
        models: Name of a model → its page, as Django's admin describes it.
    """
    named = {name for area in AREAS for name in (*area.often, *area.more)}
    unnamed = [name for name in models if name not in named]
    areas = []
    for area in AREAS:
        rest = [*area.more, *(unnamed if area is AREAS[-1] else [])]
        often = [models[name] for name in area.often if name in models]
        more = [models[name] for name in rest if name in models]
        if often or more:
            areas.append(
                {
                    "name": area.label,
                    "slug": area.slug,
                    "often": often or more,
                    "more": more if often else [],
                    "models": [*often, *more],
                }
            )
    return areas

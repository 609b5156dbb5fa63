"""What the names of the watch's rows are made of: pages and files fetch that along with the rows."""

from incidents.selectors.naming import named_by
from tracker.models import (
    AreaProfile,
    Bounce,
    CalendarFeed,
    DutyNeed,
    DutyPost,
    DutySwap,
    DutyWish,
    EmergencyResponse,
    ReportRecipient,
    ReportSchedule,
    ResponseThreshold,
    Rotation,
    RotationMember,
    RuleLevel,
    SituationReport,
    StormMode,
)


def provide() -> None:
    """Say it, once, when the app starts."""
    named_by(DutyPost, "user", "organization")
    named_by(
        DutySwap, *(f"{side}__{part}" for side in ("offered", "wanted") for part in ("user", "organization"))
    )
    named_by(Bounce, "user")
    named_by(DutyNeed, "organization")
    named_by(DutyWish, "user")
    named_by(CalendarFeed, "user")
    named_by(Rotation, "organization")
    named_by(RotationMember, "user")
    named_by(StormMode, "organization")
    named_by(RuleLevel, "rule")
    for each in (AreaProfile, EmergencyResponse, ResponseThreshold):
        named_by(each, "organization")
    named_by(EmergencyResponse, "storm")
    named_by(SituationReport, "organization", "storm")
    named_by(ReportSchedule, "organization")
    named_by(ReportRecipient, "user", "organization")

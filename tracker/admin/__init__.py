"""The back office of the watch; one file a subject."""

from incidents.admin.related import named_by
from tracker import access  # noqa: F401 - says whose matter the rows of the watch are
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

from tracker.admin import (  # noqa: E402 - each registers its pages
    alerts,  # noqa: F401
    bounces,  # noqa: F401
    duty,  # noqa: F401
    duty_own,  # noqa: F401
    holdings,  # noqa: F401
    hooks,  # noqa: F401
    notifications,  # noqa: F401
    replays,  # noqa: F401
    report_plans,  # noqa: F401
    reports,  # noqa: F401
    responses,  # noqa: F401
    rotations,  # noqa: F401
    rules,  # noqa: F401
    storms,  # noqa: F401
    thresholds,  # noqa: F401
    timeline,  # noqa: F401
    watch,  # noqa: F401
)

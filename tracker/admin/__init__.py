"""The back office of the watch; one file a subject."""

from incidents.admin.related import named_by
from tracker import access  # noqa: F401 - says whose matter the rows of the watch are
from tracker.models import AreaProfile, DutyPost, EmergencyResponse, ResponseThreshold, RuleLevel

named_by(DutyPost, "user", "organization")
named_by(RuleLevel, "rule")
for each in (AreaProfile, EmergencyResponse, ResponseThreshold):
    named_by(each, "organization")
named_by(EmergencyResponse, "storm")

from tracker.admin import (  # noqa: E402, F401 - each registers its pages
    alerts,
    duty,
    notifications,
    replays,
    responses,
    rules,
    thresholds,
    watch,
)

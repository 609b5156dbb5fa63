"""What breaches a rule now: one set-based query a rule, whatever the number of subjects."""

from tracker.checks import (
    aftermath,
    assignments,
    duty,
    estimates,
    hazards,
    ice,
    icing,
    outages,
    reports,
    responses,
    support,
    users,
    watch,
    weather,
)
from tracker.checks.base import Check, Number

CHECKS: dict[str, Check] = {
    check.code: check
    for check in (
        ice.ICING_GRADE,
        icing.GROWTH,
        icing.FORECAST,
        icing.STALE,
        outages.NOT_ACKNOWLEDGED,
        outages.NO_CREW,
        assignments.LATE,
        outages.NOT_LOCATED,
        outages.LONG_MV,
        outages.LONG_LV,
        outages.LARGE,
        estimates.BLOWN,
        estimates.MISSING,
        estimates.RESTLESS,
        users.OUT,
        users.ENDURANCE,
        hazards.LIVE_WIRE,
        assignments.OVERTIME,
        assignments.SILENT,
        assignments.UNBRIEFED,
        support.UNANSWERED,
        support.LATE,
        responses.PROPOSED,
        responses.NATIONAL,
        reports.FLASH,
        reports.FOLLOW_UP,
        reports.VERIFIED,
        aftermath.NUMBERS,
        weather.WARNED,
        aftermath.REPEATED,
        aftermath.UNREPAIRED,
        aftermath.UNPATROLLED,
        hazards.OVERDUE,
        hazards.BLOCKED,
        responses.SILENT,
        watch.UNDELIVERED,
        watch.SILENT,
        aftermath.LONG_TAIL,
        duty.DUTY_GAP,
    )
}

__all__ = ["CHECKS", "Check", "Number"]

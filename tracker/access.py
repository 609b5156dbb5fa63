"""Whose matter each row of the watch is."""

from django.db.models import Q

from incidents.access.reach import Sight, by_oneself, owned, part_of, public, scope
from tracker.models import (
    Alert,
    AlertEvent,
    AreaProfile,
    Bounce,
    CalendarFeed,
    DutyNeed,
    DutyPost,
    DutySwap,
    DutyWish,
    EmergencyResponse,
    Heartbeat,
    Holding,
    Hook,
    Notification,
    Replay,
    ReportRecipient,
    ReportSchedule,
    ResponseThreshold,
    Rotation,
    RotationMember,
    Rule,
    RuleLevel,
    SituationReport,
    StormMode,
    WatchFailure,
)


def _for_everybody(sight: Sight) -> Q:
    return public(sight) & Q(organization=None)


scope(Rule, owned("organization"), _for_everybody)
scope(RuleLevel, part_of("rule"))
scope(DutyPost, owned("organization"), by_oneself("user"))
scope(DutyNeed, owned("organization"))
scope(DutySwap, part_of("offered", "wanted"))
scope(DutyWish, part_of("user"))
scope(CalendarFeed, part_of("user"))
scope(Rotation, owned("organization"))
scope(RotationMember, part_of("rotation"))
scope(StormMode, owned("organization"))
scope(Alert, owned("organization"))
scope(AlertEvent, part_of("alert"))
scope(SituationReport, owned("organization"))
scope(ReportSchedule, owned("organization"), _for_everybody)
scope(ReportRecipient, owned("organization"), _for_everybody)
scope(Notification, part_of("alert", "report"), by_oneself("recipient"))
scope(Hook, owned("organization"), _for_everybody)
scope(Bounce, part_of("user"))
scope(Heartbeat, public)
scope(WatchFailure, public)
scope(Holding, public)
scope(ResponseThreshold, owned("organization"), _for_everybody)
scope(AreaProfile, owned("organization"))
scope(EmergencyResponse, owned("organization"))
scope(Replay, part_of("storm"))

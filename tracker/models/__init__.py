"""The watch's tables; one file a subject."""

from tracker.models.alerts import Alert, AlertEvent
from tracker.models.bounces import Bounce
from tracker.models.duty import CalendarFeed, DutyNeed, DutyPost, DutySwap, DutyWish
from tracker.models.holding import Holding
from tracker.models.hooks import Hook
from tracker.models.notifications import Notification
from tracker.models.replays import Replay
from tracker.models.report_plans import ReportRecipient, ReportSchedule
from tracker.models.reports import SituationReport
from tracker.models.responses import AreaProfile, EmergencyResponse, ResponseThreshold
from tracker.models.rotations import Rotation, RotationMember
from tracker.models.rules import Rule, RuleLevel
from tracker.models.storms import StormMode
from tracker.models.watch import Heartbeat, WatchFailure

__all__ = [
    "Alert",
    "AlertEvent",
    "AreaProfile",
    "Bounce",
    "CalendarFeed",
    "DutyNeed",
    "DutyPost",
    "DutySwap",
    "DutyWish",
    "EmergencyResponse",
    "Heartbeat",
    "Holding",
    "Hook",
    "Notification",
    "Replay",
    "ReportRecipient",
    "ReportSchedule",
    "ResponseThreshold",
    "Rotation",
    "RotationMember",
    "Rule",
    "RuleLevel",
    "SituationReport",
    "StormMode",
    "WatchFailure",
]

"""The watch's tables; one file a subject."""

from tracker.models.alerts import Alert, AlertEvent
from tracker.models.duty import CalendarFeed, DutyNeed, DutyPost, DutySwap, DutyWish
from tracker.models.notifications import Notification
from tracker.models.rotations import Rotation, RotationMember
from tracker.models.rules import Rule, RuleLevel
from tracker.models.storms import StormMode
from tracker.models.watch import Heartbeat

__all__ = [
    "Alert",
    "AlertEvent",
    "CalendarFeed",
    "DutyNeed",
    "DutyPost",
    "DutySwap",
    "DutyWish",
    "Heartbeat",
    "Notification",
    "Rotation",
    "RotationMember",
    "Rule",
    "RuleLevel",
    "StormMode",
]

"""The watch's tables; one file a subject."""

from tracker.models.alerts import Alert, AlertEvent
from tracker.models.duty import DutyPost
from tracker.models.notifications import Notification
from tracker.models.rules import Rule, RuleLevel
from tracker.models.watch import Heartbeat

__all__ = ["Alert", "AlertEvent", "DutyPost", "Heartbeat", "Notification", "Rule", "RuleLevel"]

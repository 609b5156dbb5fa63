"""The back office of the watch; one file a subject."""

from incidents.admin.related import named_by
from tracker import access  # noqa: F401 - says whose matter the rows of the watch are
from tracker.models import DutyPost, RuleLevel

named_by(DutyPost, "user", "organization")
named_by(RuleLevel, "rule")

from tracker.admin import alerts, duty, notifications, rules, watch  # noqa: E402, F401 - each registers its pages

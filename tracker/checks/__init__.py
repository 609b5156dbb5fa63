"""What breaches a rule now: one set-based query a rule, whatever the number of subjects."""

from tracker.checks.base import Check
from tracker.checks.duty import DUTY_GAP
from tracker.checks.ice import ICING_GRADE

CHECKS: dict[str, Check] = {check.code: check for check in (ICING_GRADE, DUTY_GAP)}

__all__ = ["CHECKS", "Check"]

"""What breaches a rule now: one set-based query a rule, whatever the number of subjects."""

from tracker.checks.base import Check
from tracker.checks.ice import ICING_GRADE

CHECKS: dict[str, Check] = {check.code: check for check in (ICING_GRADE,)}

__all__ = ["CHECKS", "Check"]

"""What a board is about."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any


@dataclass(frozen=True, kw_only=True)
class Scope:
    """What a board is about.

    Attributes:
        organizations: Numbers of the organisations whose figures are shown.
        is_exercise: Whether the drill is shown instead of what is real.
        since_at: From when it is reckoned.
    """

    organizations: tuple[int, ...]
    is_exercise: bool
    since_at: datetime

    def given(self, *, now: datetime, **more: Any) -> dict[str, Any]:
        """Return what the statements of the board are given."""
        return {
            "organizations": list(self.organizations),
            "is_exercise": self.is_exercise,
            "since_at": self.since_at,
            "now": now,
            **more,
        }

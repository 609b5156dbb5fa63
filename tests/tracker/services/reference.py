"""The arithmetic of a climb in plain Python: what the SQL of ``services/ladder.py`` is held against."""

from dataclasses import dataclass
from datetime import datetime, timedelta


@dataclass(frozen=True)
class Ladder:
    """Rungs in minutes from the beginning, and the pace after the last."""

    after: tuple[int, ...]
    repeat_min: int | None = None
    max_repeats: int | None = None

    def due(self, step: int) -> int | None:
        """Minute at which a step is due; None where the ladder has no such step."""
        top = len(self.after)
        if step <= top:
            return self.after[step - 1]
        repeat = step - top
        if self.repeat_min is None or (self.max_repeats is not None and repeat > self.max_repeats):
            return None
        return self.after[-1] + repeat * self.repeat_min

    def reached(self, climb_at: datetime, now: datetime) -> int:
        """Last step that is due by now."""
        step = 0
        while (minute := self.due(step + 1)) is not None and climb_at + timedelta(minutes=minute) <= now:
            step += 1
        return step

"""What many readings have in common, worked out once: sensors say the same again and again.

Neither where and when, nor in whose words: of a thousand readings a few dozen kinds are left.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any, Final

from incidents.services import ice_stage
from incidents.services.ice import is_ordinary
from incidents.services.ice_observations import Observation, judge
from incidents.services.ice_yardsticks import Finding, Yardstick

_MOST: Final = 32  # builds of sections for one kind: bounds the memory of a process


@dataclass(frozen=True, kw_only=True, slots=True)
class Common:
    """What follows from a kind of reading on a section of this build.

    Attributes:
        text: All columns that it has in common, as COPY takes them.
        is_ordinary: Whether the rules have checked all of it.
    """

    finding: Finding
    text: str
    is_ordinary: bool


@dataclass(eq=False, slots=True)
class Alike:
    """A kind of reading.

    Attributes:
        pattern: One of them, as far as they are alike.
    """

    pattern: Observation
    _known: dict[tuple[Yardstick | None, Decimal | None, float | None], Common] = field(default_factory=dict)

    def like(self, own: Mapping[str, Any]) -> Observation:
        """Return an observation of this kind; as making a new one, without asking every field.

        Args:
            own: What is its own: where it was made, when, and what was said of it.
        """
        made = object.__new__(Observation)
        vars(made).update(vars(self.pattern), **own)
        return made

    def common(self, observation: Observation, *, yardstick: Yardstick) -> Common:
        """Return what follows from an observation of this kind.

        Raises:
            OutOfRange, Inconsistent: If a value cannot be.
        """
        section = observation.section
        key = (yardstick, section.conductor_diameter_mm, section.design_ice_mm) if section else None
        known = self._known.get(key) if key else None
        if known is None:
            known = common_of(observation, yardstick=yardstick)
            if len(self._known) >= _MOST:
                self._known.clear()
            if key:
                self._known[key] = known
        return known


def common_of(observation: Observation, *, yardstick: Yardstick) -> Common:
    """Return what follows from an observation of which no other is known to be alike.

    Raises:
        OutOfRange, Inconsistent: If a value cannot be.
    """
    finding = judge(observation, yardstick=yardstick)
    text = ice_stage.common_text(observation, finding)
    return Common(finding=finding, text=text, is_ordinary=is_ordinary(observation))

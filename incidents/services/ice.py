"""Ice readings: from what a lineman saw to a graded section."""

from dataclasses import dataclass
from decimal import Decimal
from typing import Any, Final
from uuid import UUID

from django.db import transaction

from incidents import journal
from incidents.errors import ClientIdTaken, Missing, Refused
from incidents.journal import Actor
from incidents.models import IceReading
from incidents.models.rows import fresh
from incidents.selectors.grading import current_policy
from incidents.services import icing, storing
from incidents.services.ice_observations import Observation, check_told, digest_of, judge
from incidents.services.ice_yardsticks import Finding, yardstick_of

__all__ = ["Observation", "Recorded", "correct", "reading_of", "record"]

_COLDEST_C, _WARMEST_C = Decimal(-60), Decimal(50)
_LARGEST_UNCERTAINTY_MM: Final = Decimal("999.9")


@dataclass(frozen=True, kw_only=True)
class Recorded:
    """A stored reading, and whether this call stored it or an earlier one did."""

    reading: IceReading
    is_replay: bool


def record(observation: Observation, *, by: Actor, client_id: UUID | None = None) -> Recorded:
    """Store a reading with its standard thickness, ratio and grade, and move its section's grade.

    The same ``client_id`` with the same observation again returns the first result and writes nothing.

    Args:
        observation: What was observed.
        by: Who reports it.
        client_id: The phone's own number for this reading.

    Raises:
        ClientIdTaken: If the person sent another observation under this number.
        Missing: If neither section nor place is named.
        OutOfRange, Inconsistent, NaiveTime, Invalid, BrokenRule: If a value cannot be; nothing is written.
    """
    digest = digest_of(observation) if client_id else ""
    try:
        return Recorded(reading=_record(observation, by, client_id, digest), is_replay=False)
    except Refused:
        # Looked for only now, since nearly all are new: the same sending may have come before, or come at
        # the same time and won, and then it is committed.
        first = _first(client_id, by) if client_id else None
        if first is None:
            raise
        if first.client_digest != digest:
            raise ClientIdTaken(client_id=client_id) from None
        return Recorded(reading=first, is_replay=True)


def correct(reading: IceReading, observation: Observation, *, reason: str, by: Actor) -> IceReading:
    """Store a reading that takes the place of an earlier one, which stays in the history.

    Raises:
        Missing: If no reason is given.
        BrokenRule: If the earlier one has been corrected already.
    """
    if not reason.strip():
        raise Missing(field="reason", purpose="correct")
    return _record(observation, by, None, "", supersedes=reading, reason=reason)


def reading_of(observation: Observation, finding: Finding, *, by: Actor) -> IceReading:
    """Return the unsaved reading of an observation and what follows from it, signed."""
    columns: dict[str, Any] = {name: getattr(finding, name) for name in Finding.__slots__}
    columns["unknown_reasons"] = dict(finding.unknown_reasons)  # a finding is kept for others
    signature = {"reported_by": by.user, "received_at": by.now, "entry_mode": by.entry_mode}
    return fresh(IceReading, vars(observation) | columns | signature)


def is_ordinary(observation: Observation) -> bool:
    """Say whether the rules have checked all of it: nothing is told that few tell, or out of bounds."""
    temp, uncertainty = observation.air_temp_c, observation.uncertainty_mm
    return (
        (temp is None or _COLDEST_C <= temp <= _WARMEST_C)
        and (uncertainty is None or abs(uncertainty) <= _LARGEST_UNCERTAINTY_MM)
        and not (observation.source_ref or observation.quote)
    )


@transaction.atomic
def _record(
    observation: Observation,
    by: Actor,
    client_id: UUID | None,
    digest: str,
    *,
    supersedes: IceReading | None = None,
    reason: str = "",
) -> IceReading:
    check_told(observation, by=by)
    organization = observation.organization
    held: icing.Held = {}
    if observation.section is not None:
        held = icing.hold(observation.section.pk, is_exercise=observation.is_exercise)
    yardstick = yardstick_of(current_policy(organization))
    reading = reading_of(observation, judge(observation, yardstick=yardstick), by=by)
    reading.client_id, reading.client_digest = client_id, digest
    reading.supersedes = supersedes
    if not is_ordinary(observation):
        storing.check(reading)
    storing.add(reading)
    recorded = journal.draft(
        "ice.corrected" if supersedes else "ice.recorded",
        subject=reading,
        at=reading.observed_at or by.now,
        by=by,
        organization=organization,
        reason=reason,
    )
    journal.write_all([recorded, *icing.take(icing.graded([reading], yardstick.ladder), by=by, held=held)])
    return reading


def _first(client_id: UUID, by: Actor) -> IceReading | None:
    return IceReading.objects.filter(reported_by=by.user, client_id=client_id).first()

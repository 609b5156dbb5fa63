"""What the journal keeps of thousands of readings stored at once: which ones, and a digest over them.

The readings themselves can't be changed: the database refuses it. The digest, sealed with its entry, shows
a reading that was forged all the same (docs/decisions/bulk-readings.md says how to check it).
"""

import hashlib
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from uuid import UUID

from incidents import journal
from incidents.journal import Actor
from incidents.models import IceReading, JournalEntry, Organization
from incidents.rules.ladder import Ladder
from incidents.services.ice_observations import Finding, Observation


@dataclass(frozen=True, kw_only=True, slots=True)
class Stored:
    """A reading that was just stored.

    Attributes:
        digest: Digest of what was said.
        ladder: What its grade was held against.
    """

    pk: int
    uuid: UUID
    observation: Observation
    finding: Finding
    digest: str
    ladder: Ladder


def entries_of(stored: Sequence[Stored], *, by: Actor) -> list[JournalEntry]:
    """Return one unwritten entry an organisation, since readers are scoped by it."""
    of_organization: dict[Organization | None, list[Stored]] = defaultdict(list)
    for each in sorted(stored, key=lambda each: each.pk):
        of_organization[each.observation.organization].append(each)
    return [
        journal.draft(
            "ice.recorded_in_bulk",
            subject=IceReading(pk=readings[0].pk, uuid=readings[0].uuid),
            at=max(each.observation.observed_at or by.now for each in readings),
            by=by,
            organization=organization,
            after={
                "count": len(readings),
                "ids": _runs([each.pk for each in readings]),
                "sha256": digest_of_readings(
                    (each.pk, each.digest, *_judgement(each.finding)) for each in readings
                ),
            },
        )
        for organization, readings in of_organization.items()
    ]


def _runs(numbers: Sequence[int]) -> list[list[int]]:
    """Return rising numbers as runs, each by its first and last."""
    runs: list[list[int]] = []
    for number in numbers:
        if runs and runs[-1][1] == number - 1:
            runs[-1][1] = number
        else:
            runs.append([number, number])
    return runs


def digest_of_readings(told: Iterable[tuple[int, str, Decimal | None, Decimal | None, str]]) -> str:
    """Return the SHA-256 over stored readings that their journal entry keeps.

    Args:
        told: Number, digest of the submission, standard thickness, ratio and grade of each, by number.
    """
    lines = (" ".join([str(value) for value in each if value is not None]) for each in told)
    return hashlib.sha256("\n".join(lines).encode()).hexdigest()


def _judgement(finding: Finding) -> tuple[Decimal | None, Decimal | None, str]:
    return finding.standard_mm, finding.ratio, finding.grade

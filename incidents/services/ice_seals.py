"""What the journal keeps of thousands of readings stored at once: which ones, and a digest over them.

The readings themselves can't be changed: the database refuses it. The digest, sealed with its entry, shows
a reading that was forged all the same (docs/decisions/bulk-readings.md says how to check it).
"""

import hashlib
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from operator import attrgetter
from uuid import UUID

from incidents import journal
from incidents.journal import Actor
from incidents.models import IceReading, JournalEntry, Organization
from incidents.rules.ladder import Ladder
from incidents.services.ice_observations import Observation
from incidents.services.ice_yardsticks import Finding


@dataclass(kw_only=True, slots=True)
class Stored:
    """A reading that was just stored.

    Attributes:
        organization: Whose matter it is.
        digest: Digest of what was said.
        ladder: What its grade was held against.
    """

    pk: int
    uuid: UUID
    organization: Organization | None
    observation: Observation
    finding: Finding
    digest: str
    ladder: Ladder


def entries_of(stored: Sequence[Stored], *, by: Actor) -> list[JournalEntry]:
    """Return one unwritten entry an organisation, since readers are scoped by it."""
    of_organization: dict[int | None, list[Stored]] = defaultdict(list)
    for each in sorted(stored, key=attrgetter("pk")):
        of_organization[each.organization.id if each.organization else None].append(each)
    return [
        journal.draft(
            "ice.recorded_in_bulk",
            subject=IceReading(pk=readings[0].pk, uuid=readings[0].uuid),
            at=max(each.observation.observed_at or by.now for each in readings),
            by=by,
            organization=readings[0].organization,
            after={
                "count": len(readings),
                "ids": _runs([each.pk for each in readings]),
                "sha256": _digest_of(readings),
            },
        )
        for readings in of_organization.values()
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


def _digest_of(readings: Sequence[Stored]) -> str:
    """Return the SHA-256 over stored readings that their journal entry keeps.

    Of each by its number: number, digest of what was sent, standard thickness, ratio and grade.
    """
    judged: dict[int, str] = {}  # of thousands of readings there are a few findings
    lines = []
    for each in readings:
        text = judged.get(id(each.finding))
        if text is None:
            text = judged[id(each.finding)] = _judgement(each.finding)
        lines.append(f"{each.pk} {each.digest} {text}")
    return hashlib.sha256("\n".join(lines).encode()).hexdigest()


def _judgement(finding: Finding) -> str:
    told = (finding.standard_mm, finding.ratio, finding.grade)
    return " ".join([str(value) for value in told if value is not None])

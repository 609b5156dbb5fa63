"""Thousands of ice readings at once: each judged as a single one is, all stored in a few statements."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Final, cast
from uuid import UUID

from django.db import IntegrityError, transaction

from incidents import journal
from incidents.choices import GradeBasis
from incidents.errors import ClientIdTaken, Refused
from incidents.journal import Actor
from incidents.models import IceReading, Organization
from incidents.models.direct import run
from incidents.selectors.grading import current_policy
from incidents.services import ice_stage, icing, storing
from incidents.services.ice import is_ordinary, reading_of
from incidents.services.ice_observations import (
    Finding,
    Observation,
    Yardstick,
    check_told,
    digest_of,
    judge,
    yardstick_of,
)
from incidents.services.ice_seals import Stored, entries_of
from incidents.services.icing_walk import Graded

_SENT_BEFORE: Final = """
SELECT client_id, client_digest, uuid FROM incidents_icereading
WHERE reported_by_id = %s AND client_id = ANY(%s)
"""


@dataclass(frozen=True, kw_only=True, slots=True)
class Told:
    """One row of a submission: what was observed, and the sender's number for it."""

    client_id: UUID
    observation: Observation


@dataclass(frozen=True, kw_only=True, slots=True)
class Kept:
    """A row that is in the record, and whether an earlier sending had put it there."""

    uuid: UUID
    is_repeat: bool


@dataclass(frozen=True, kw_only=True, slots=True)
class _Fit:
    """A row that can be stored as far as can be told without the database."""

    told: Told
    finding: Finding
    yardstick: Yardstick


@transaction.atomic
def record(rows: Sequence[Told], *, by: Actor) -> list[Kept | Refused]:
    """Store readings with what follows from each, and move their sections' grades; in one transaction.

    Each row is judged by itself, as :func:`incidents.services.ice.record` judges one: a bad one never keeps
    the others out, and the same ``client_id`` with the same observation again adds nothing. Grades move in
    the order of observation, whatever the order of the rows.

    Args:
        rows: What was observed; a few thousand at most.
        by: Who reports it.

    Returns:
        For each row, in their order, what became of it.
    """
    icing.lock({row.observation.section.pk for row in rows if row.observation.section is not None})
    chunk = _Chunk(rows, by)
    stored = chunk.store()
    journal.write_all([*entries_of(stored, by=by), *icing.take(_graded(stored), by=by)])
    return chunk.results()


class _Chunk:
    """The rows of one transaction on their way into the record."""

    def __init__(self, rows: Sequence[Told], by: Actor) -> None:
        self._rows, self._by = rows, by
        self._digests = [digest_of(row.observation) for row in rows]
        self._yardsticks: dict[int | None, Yardstick] = {}
        self._known = self._look_up({row.client_id for row in rows})
        self._verdicts = [None if row.client_id in self._known else self._judge(row) for row in rows]
        self._winners: dict[UUID, int] = {}

    def store(self) -> list[Stored]:
        """Store every row that is new and fit; return what was stored."""
        try:
            return self._insert()
        except IntegrityError:
            # All that are fit are asked for, not only those tried: one that is out makes room for another
            # that was sent under the same number.
            self._stage(range(len(self._rows)))
            broken = ice_stage.broken_rules()
            for position, rule in broken.items():
                self._verdicts[position] = storing.broken_rule(IceReading, rule)
            return self._insert()

    def results(self) -> list[Kept | Refused]:
        """Return what became of each row."""
        return [self._result(position, row) for position, row in enumerate(self._rows)]

    def _result(self, position: int, row: Told) -> Kept | Refused:
        verdict, winner = self._verdicts[position], self._winners.get(row.client_id)
        if isinstance(verdict, Refused) and (winner is None or position < winner):
            return verdict
        digest, uuid = self._known[row.client_id]
        if digest != self._digests[position]:
            return ClientIdTaken(client_id=row.client_id)
        return Kept(uuid=uuid, is_repeat=position != winner)

    def _judge(self, row: Told) -> _Fit | Refused:
        observation = row.observation
        try:
            check_told(observation, by=self._by)
            yardstick = self._yardstick(observation.organization)
            finding = judge(observation, yardstick=yardstick)
            if not is_ordinary(observation):
                storing.check(reading_of(observation, finding, by=self._by))
        except Refused as refusal:
            return refusal
        return _Fit(told=row, finding=finding, yardstick=yardstick)

    def _yardstick(self, organization: Organization | None) -> Yardstick:
        number = organization.pk if organization else None
        if number not in self._yardsticks:
            self._yardsticks[number] = yardstick_of(current_policy(organization))
        return self._yardsticks[number]

    def _look_up(self, client_ids: Iterable[UUID]) -> dict[UUID, tuple[str, UUID]]:
        """Return what the person sent before under these numbers: digest and public name of each."""
        wanted = list(client_ids)
        found = run(_SENT_BEFORE, [self._by.user.pk, wanted]) if wanted else []
        return {number: (digest, uuid) for number, digest, uuid in found}

    def _insert(self) -> list[Stored]:
        winners: dict[UUID, int] = {}
        for position, verdict in enumerate(self._verdicts):
            if isinstance(verdict, _Fit):
                winners.setdefault(verdict.told.client_id, position)
        if not winners:
            return []
        self._stage(winners.values())
        with transaction.atomic():
            made = ice_stage.insert(by=self._by)
        # The same person sent the others at the same time, and that sending won.
        self._known |= self._look_up(winners.keys() - made.keys())
        self._winners = {number: place for number, place in winners.items() if number in made}
        return [self._stored(number, place, *made[number]) for number, place in self._winners.items()]

    def _stage(self, places: Iterable[int]) -> None:
        fit = ((place, verdict) for place in places if isinstance(verdict := self._verdicts[place], _Fit))
        ice_stage.fill(
            ice_stage.line(
                verdict.told.observation,
                verdict.finding,
                position=place,
                client_id=verdict.told.client_id,
                digest=self._digests[place],
            )
            for place, verdict in fit
        )

    def _stored(self, client_id: UUID, place: int, pk: int, uuid: UUID) -> Stored:
        fit, digest = cast("_Fit", self._verdicts[place]), self._digests[place]
        self._known[client_id] = (digest, uuid)
        return Stored(
            pk=pk,
            uuid=uuid,
            observation=fit.told.observation,
            finding=fit.finding,
            digest=digest,
            ladder=fit.yardstick.ladder,
        )


def _graded(stored: Sequence[Stored]) -> Iterator[Graded]:
    """Return what can move a section's grade."""
    for each in stored:
        observation, finding = each.observation, each.finding
        if observation.section and observation.observed_at and finding.standard_mm is not None:
            yield Graded(
                pk=each.pk,
                section=observation.section,
                is_exercise=observation.is_exercise,
                observed_at=observation.observed_at,
                standard_mm=finding.standard_mm,
                basis=GradeBasis(finding.thickness_basis),
                is_estimate=finding.is_estimate,
                ladder=each.ladder,
            )

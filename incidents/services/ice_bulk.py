"""Thousands of ice readings at once: each judged as a single one is, all stored in a few statements."""

from collections.abc import Collection, Iterable, Iterator, Sequence
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
from incidents.rules.times import OLDEST
from incidents.selectors.grading import current_policy
from incidents.services import ice_stage, icing, storing
from incidents.services.ice import reading_of
from incidents.services.ice_alike import Alike, Common, common_of
from incidents.services.ice_observations import (
    Observation,
    Yardstick,
    check_told,
    digest_of,
    yardstick_of,
)
from incidents.services.ice_seals import Stored, entries_of
from incidents.services.icing_walk import Graded

_SENT_BEFORE: Final = """
SELECT client_id::text, client_digest, uuid FROM incidents_icereading
WHERE reported_by_id = %s AND client_id = ANY(%s)
"""


@dataclass(kw_only=True, slots=True)
class Told:
    """One row of a submission: what was observed, and the sender's number for it.

    Attributes:
        alike: The kind of reading that it is, where others like it are known.
    """

    client_id: UUID
    observation: Observation
    alike: Alike | None = None


@dataclass(kw_only=True, slots=True)
class Kept:
    """A row that is in the record, and whether an earlier sending had put it there."""

    uuid: UUID
    is_repeat: bool


@dataclass(kw_only=True, slots=True)
class _Site:
    """What the readings of a section are held against.

    Attributes:
        is_exercise: Whether the section itself is part of a drill.
    """

    organization: Organization | None
    yardstick: Yardstick
    is_exercise: bool


@dataclass(slots=True)
class _Fit:
    """A row that can be stored as far as can be told without the database."""

    told: Told
    common: Common
    site: _Site


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
    """The rows of one transaction on their way into the record; each goes by the text of its number."""

    def __init__(self, rows: Sequence[Told], by: Actor) -> None:
        self._rows, self._by = rows, by
        self._names = [str(row.client_id) for row in rows]
        self._digests = [digest_of(row.observation) for row in rows]
        self._sites: dict[int | None, _Site] = {}
        self._yardsticks: dict[int | None, Yardstick] = {}
        self._known = self._look_up(set(self._names))
        self._verdicts = [
            None if name in self._known else self._judge(row)
            for name, row in zip(self._names, rows, strict=True)
        ]
        self._winners: dict[str, int] = {}

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
        return [self._result(position, name) for position, name in enumerate(self._names)]

    def _result(self, position: int, name: str) -> Kept | Refused:
        verdict, winner = self._verdicts[position], self._winners.get(name)
        if isinstance(verdict, Refused) and (winner is None or position < winner):
            return verdict
        digest, uuid = self._known[name]
        if digest != self._digests[position]:
            return ClientIdTaken(client_id=self._rows[position].client_id)
        return Kept(uuid=uuid, is_repeat=position != winner)

    def _judge(self, row: Told) -> _Fit | Refused:
        observation = row.observation
        try:
            site = self._site(observation)
            if not self._is_plainly_possible(observation, site):
                check_told(observation, by=self._by)
            if row.alike is None:
                common = common_of(observation, yardstick=site.yardstick)
            else:
                common = row.alike.common(observation, yardstick=site.yardstick)
            if not common.is_ordinary:
                storing.check(reading_of(observation, common.finding, by=self._by))
        except Refused as refusal:
            return refusal
        return _Fit(row, common, site)

    def _is_plainly_possible(self, observation: Observation, site: _Site) -> bool:
        """Say whether :func:`check_told` has nothing to look at: on a section, lately, and no drill."""
        at, now = observation.observed_at, self._by.now
        return (
            observation.section is not None
            and not site.is_exercise
            and at is not None
            and at.tzinfo is not None
            and now - OLDEST < at <= now
        )

    def _site(self, observation: Observation) -> _Site:
        section = observation.section
        if section is None:
            organization = observation.organization
            return _Site(
                organization=organization, yardstick=self._yardstick(organization), is_exercise=False
            )
        site = self._sites.get(section.id)
        if site is None:
            line = section.line
            site = self._sites[section.id] = _Site(
                organization=line.organization,
                yardstick=self._yardstick(line.organization),
                is_exercise=line.is_exercise,
            )
        return site

    def _yardstick(self, organization: Organization | None) -> Yardstick:
        number = organization.pk if organization else None
        if number not in self._yardsticks:
            self._yardsticks[number] = yardstick_of(current_policy(organization))
        return self._yardsticks[number]

    def _look_up(self, names: Collection[str]) -> dict[str, tuple[str, UUID]]:
        """Return what the person sent before under these numbers: digest and public name of each."""
        found = run(_SENT_BEFORE, [self._by.user.pk, list(names)]) if names else []
        return {name: (digest, uuid) for name, digest, uuid in found}

    def _insert(self) -> list[Stored]:
        winners: dict[str, int] = {}
        for position, verdict in enumerate(self._verdicts):
            if isinstance(verdict, _Fit):
                winners.setdefault(self._names[position], position)
        if not winners:
            return []
        self._stage(winners.values())
        with transaction.atomic():
            made = ice_stage.insert(by=self._by)
        # The same person sent the others at the same time, and that sending won.
        self._known |= self._look_up(winners.keys() - made.keys())
        self._winners = {name: place for name, place in winners.items() if name in made}
        return [self._stored(name, place, *made[name]) for name, place in self._winners.items()]

    def _stage(self, places: Iterable[int]) -> None:
        fit = ((place, verdict) for place in places if isinstance(verdict := self._verdicts[place], _Fit))
        ice_stage.fill(
            [
                ice_stage.line(
                    verdict.told.observation,
                    verdict.common.text,
                    position=place,
                    client_id=self._names[place],
                    digest=self._digests[place],
                )
                for place, verdict in fit
            ]
        )

    def _stored(self, name: str, place: int, pk: int, uuid: UUID) -> Stored:
        fit, digest = cast("_Fit", self._verdicts[place]), self._digests[place]
        self._known[name] = (digest, uuid)
        return Stored(
            pk=pk,
            uuid=uuid,
            organization=fit.site.organization,
            observation=fit.told.observation,
            finding=fit.common.finding,
            digest=digest,
            ladder=fit.site.yardstick.ladder,
        )


def _graded(stored: Sequence[Stored]) -> Iterator[Graded]:
    """Return what can move a section's grade."""
    for each in stored:
        observation, finding = each.observation, each.finding
        if observation.section and observation.observed_at and finding.standard_mm is not None:
            yield Graded(
                pk=each.pk,
                section=observation.section,
                is_exercise=observation.storm is not None and observation.is_exercise,
                observed_at=observation.observed_at,
                standard_mm=finding.standard_mm,
                basis=cast("GradeBasis", finding.thickness_basis),
                is_estimate=finding.is_estimate,
                ladder=each.ladder,
            )

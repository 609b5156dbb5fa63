"""Judging the readings of one submission: each by itself, what sections share looked up once."""

from dataclasses import dataclass
from uuid import UUID

from incidents.errors import Refused
from incidents.journal import Actor
from incidents.models import Organization
from incidents.rules.times import OLDEST
from incidents.selectors.grading import current_policy
from incidents.services import storing
from incidents.services.ice import reading_of
from incidents.services.ice_alike import Alike, Common, common_of
from incidents.services.ice_observations import Observation, check_told
from incidents.services.ice_yardsticks import Yardstick, yardstick_of


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
class Site:
    """What the readings of a section are held against.

    Attributes:
        is_exercise: Whether the section itself is part of a drill.
    """

    organization: Organization | None
    yardstick: Yardstick
    is_exercise: bool


@dataclass(slots=True)
class Fit:
    """A row that can be stored as far as can be told without the database."""

    told: Told
    common: Common
    site: Site


class Judge:
    """Judges the rows of one submission."""

    def __init__(self, by: Actor) -> None:
        self._by = by
        self._sites: dict[int, Site] = {}
        self._yardsticks: dict[int | None, Yardstick] = {}

    def verdict(self, row: Told) -> Fit | Refused:
        """Return a row that can be stored, or why it cannot."""
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
        return Fit(row, common, site)

    def _is_plainly_possible(self, observation: Observation, site: Site) -> bool:
        """Say whether :func:`check_told` has nothing to look at: on a section, lately, and no drill."""
        at, now = observation.observed_at, self._by.now
        return (
            observation.section is not None
            and not site.is_exercise
            and at is not None
            and at.tzinfo is not None
            and now - OLDEST < at <= now
        )

    def _site(self, observation: Observation) -> Site:
        section = observation.section
        if section is None:
            organization = observation.organization
            return Site(organization=organization, yardstick=self._yardstick(organization), is_exercise=False)
        site = self._sites.get(section.id)
        if site is None:
            line = section.line
            site = self._sites[section.id] = Site(
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

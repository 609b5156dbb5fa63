"""What turning a piece of a brief into a record has to know: its brief, its words, its time and its place."""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Final

from django.db.models import Model

from incidents.choices import PlacePrecision, Source, TimePrecision, UnknownReason
from incidents.errors import Missing
from incidents.journal import Actor
from incidents.models import Brief, BriefItem, Division, Line, Organization, Place, Storm
from incidents.rules.briefs.settled import SaidPlace
from incidents.rules.briefs.stored import values_in
from incidents.rules.briefs.values import Moment
from incidents.selectors.brief_gazetteer import bare_name, lines_of
from incidents.selectors.organizations import below
from incidents.services import places
from incidents.services.facts import Told

_PART_OF_A_NAME: Final = re.compile(r"国网|供电|电力|公司|有限|分公司|责任|集团|[网省市区县局所]")
_WORDS: Final = 2000


@dataclass(frozen=True, kw_only=True)
class Kept:
    """What a piece became.

    Attributes:
        row: The record; None where the piece is kept as what the brief says.
        is_linked: Whether the record was there before.
        same: What matched then.
        differs: Field → what the record says instead.
    """

    row: Model | None = None
    is_linked: bool = False
    same: tuple[str, ...] = ()
    differs: Mapping[str, Any] = field(default_factory=dict)


STATED: Final = Kept()


@dataclass(frozen=True, kw_only=True)
class Keeping:
    """A piece on its way into the record.

    Attributes:
        said: Field → value as a person confirms it; None where it is unknown.
        by: Who confirms; his entry mode is "after the fact" where the brief tells of days ago.
        at: When the company knew of it: the cut-off of the brief, where it tells one.
        parent: Record of the outage that it belongs to.
        parent_said: What was said of that outage.
        anew: Whether it is a new record even if one matches.
    """

    item: BriefItem
    said: Mapping[str, Any]
    by: Actor
    at: datetime
    storm: Storm | None = None
    parent: Any = None
    parent_said: Mapping[str, Any] = field(default_factory=dict)
    anew: bool = False

    @property
    def brief(self) -> Brief:
        """The brief."""
        return self.item.brief

    @property
    def organization(self) -> Organization:
        """Whose brief it is."""
        return self.brief.organization

    @property
    def quote(self) -> str:
        """The words that the values came from, in the order of the text."""
        found = sorted({tuple(each["span"]) for each in values_in(self.item.values) if each["span"]})
        words = dict.fromkeys(self.brief.text[start:end] for start, end in found)
        return "…".join(words)[:_WORDS] or self.sentence[:_WORDS]

    @property
    def sentence(self) -> str:
        """The whole sentence."""
        return self.brief.text[self.item.start : self.item.end].strip()

    def origin(self) -> dict[str, Any]:
        """Return where a record comes from."""
        reference = f"brief {self.brief.uuid} #{self.item.seq}"
        return {"source": Source.REPORTED, "source_ref": reference, "quote": self.quote}

    def told(self, **nullable: Any) -> Told:
        """Return storm and source of a fact, and that the brief does not say what is None."""
        unsaid = dict.fromkeys(
            (name for name, value in nullable.items() if value is None), str(UnknownReason.NOT_STATED)
        )
        return {"storm": self.storm, "unknown_reasons": unsaid, **self.origin()}  # type: ignore[typeddict-item]

    def needed(self, name: str) -> Any:
        """Return a value without which there is no record.

        Raises:
            Missing: If it is unknown.
        """
        if self.said.get(name) is None:
            raise Missing(field=name, purpose=str(self.item.kind))
        return self.said[name]

    def moment(self, name: str) -> datetime | None:
        """Return a moment that is known at least to the hour; None otherwise."""
        told: Moment | None = self.said.get(name)
        return told.at if told else None

    def moment_needed(self, name: str) -> datetime:
        """Return a moment without which there is no record.

        Raises:
            Missing: If it is not known to the hour.
        """
        at = self.moment(name)
        if at is None:
            raise Missing(field=name, purpose=str(self.item.kind))
        return at

    def line(self) -> Line | None:
        """Return the line of the company that is named, if just one is."""
        name = self.said.get("line")
        if not name:
            return None
        is_as_read = "line" not in self.item.edits
        codes = (
            set(self.item.values["line"].get("codes", ()))
            if is_as_read and "line" in self.item.values
            else set()
        )
        found = [
            line
            for line in lines_of(self.organization)
            if line.code in codes or (not codes and bare_name(line.name) == bare_name(name))
        ]
        return found[0] if len(found) == 1 else None

    def place(self, said: SaidPlace | None, *, altitude_m: int | None = None) -> Place | None:
        """Keep a place in the words used, with the division that is certain; None for none."""
        if said is None:
            return None
        line = _line_of(said, self.organization)
        where: places.Where = {"altitude_m": altitude_m}
        if line is not None:
            where |= {"line": line, "branch": said.branch, "pole_no": said.pole_no}
        division = Division.objects.filter(pk=said.code).first() if said.code else None
        text = said.text or (str(division) if division else said.line)
        return places.create(text=text[:200], division=division, at=self.by.now, by=self.by, **where)


Keeper = Callable[[Keeping], Kept]


def when(name: str, told: Moment | None) -> dict[str, Any]:
    """Return the three columns of a moment that may be known by its day only, or not at all."""
    precision = told.precision if told else TimePrecision.UNKNOWN
    at = told.at if told else None
    day = told.on if told and precision == TimePrecision.DAY else None
    return {f"{name}_at": at, f"{name}_on": day, f"{name}_precision": precision}


def is_ours(name: str | None, organization: Organization) -> bool:
    """Say whether a company as a text names it is an organisation or one below it; unnamed, it is."""
    if not name:
        return True
    rows = below(organization.uuid).values_list("name", "short_name")
    return _core(name) in {_core(each) for names in rows for each in names if each}


def same_place(place: Place | None, said: SaidPlace | None) -> bool:
    """Say whether a place on record is the one that is said: the same village or town, or the same words."""
    if place is None or said is None:
        return False
    if said.code and place.precision in (PlacePrecision.VILLAGE, PlacePrecision.TOWN):
        return bool(place.division_id == said.code)
    return bool(said.text) and place.text == said.text


def _core(name: str) -> str:
    return _PART_OF_A_NAME.sub("", name)


def _line_of(said: SaidPlace, organization: Organization) -> Line | None:
    if not said.line:
        return None
    found = [line for line in lines_of(organization) if bare_name(line.name) == bare_name(said.line)]
    return found[0] if len(found) == 1 else None

"""Lines and their sections."""

from datetime import datetime
from decimal import Decimal
from typing import TypedDict, Unpack

from django.db import transaction

from incidents import journal
from incidents.choices import Access, LineKind, Vegetation
from incidents.errors import Conflict
from incidents.journal import Actor
from incidents.models import Division, Line, LineSection, Organization, Outage
from incidents.services import deeds, facts
from incidents.services.storing import store


class LineFacts(TypedDict, total=False):
    """What may be known of a line besides its code, name and voltage."""

    name: str
    kind: LineKind
    substation: str
    has_tie: bool | None
    customers: int | None


class SectionFacts(TypedDict, total=False):
    """What may be known of a section; units as in :class:`LineSection`."""

    from_pole: str
    to_pole: str
    division: Division | None
    conductor_type: str
    conductor_diameter_mm: Decimal | None
    conductor_weight_n_per_m: Decimal | None
    vertical_span_m: Decimal | None
    design_ice_mm: int | None
    design_ice_source: str
    altitude_min_m: int | None
    altitude_max_m: int | None
    vegetation: Vegetation
    access: Access


@transaction.atomic
def add_line(
    *,
    organization: Organization,
    code: str,
    voltage_kv: Decimal,
    at: datetime,
    by: Actor,
    is_exercise: bool = False,
    **known: Unpack[LineFacts],
) -> Line:
    """Add a line.

    Args:
        organization: Whose line it is.
        code: Its code, once in the organisation.
        voltage_kv: Nominal voltage, kV; one of those in use.
        at: Since when the record knows it.
        by: Who adds it.
        is_exercise: Whether it exists in drills only.
        **known: Name and what else is known.

    Raises:
        Invalid: If the voltage is not in use, the name is missing, or a field is not valid.
        BrokenRule: If the code is taken; nothing is written.
    """
    line = Line(organization=organization, code=code, voltage_kv=voltage_kv, is_exercise=is_exercise, **known)
    store(line)
    journal.write("line.added", subject=line, at=at, by=by, organization=organization)
    return line


@transaction.atomic
def add_section(
    *, line: Line, code: str, at: datetime, by: Actor, **known: Unpack[SectionFacts]
) -> LineSection:
    """Add a section to a line.

    Raises:
        OutOfRange: If a number cannot be; names field, value and range.
        BrokenRule: If the code is taken, the design value is no class in use or has no source, or the
            altitudes run backwards; nothing is written.
    """
    section = LineSection(line=line, code=code, **known)
    store(section)
    journal.write("section.added", subject=section, at=at, by=by, organization=line.organization)
    return section


@transaction.atomic
def correct_line(line: Line, *, reason: str, at: datetime, by: Actor, **changes: Unpack[LineFacts]) -> Line:
    """Correct what is known of a line.

    Raises:
        Missing: If no reason is given.
        Invalid: If a field is not valid; nothing is written.
    """
    locked = _lock(line)
    facts.amend(
        "line.corrected", locked, changes, reason=reason, at=at, by=by, organization=locked.organization
    )
    return locked


@transaction.atomic
def correct_section(
    section: LineSection, *, reason: str, at: datetime, by: Actor, **changes: Unpack[SectionFacts]
) -> LineSection:
    """Correct what is known of a section; readings keep the grades that they got from the old values.

    Raises:
        Missing: If no reason is given.
        OutOfRange, BrokenRule, Invalid: As for :func:`add_section`; nothing is written.
    """
    locked = (
        LineSection.objects.select_for_update(of=["self"])
        .select_related("line__organization")
        .get(pk=section.pk)
    )
    organization = locked.line.organization
    facts.amend("section.corrected", locked, changes, reason=reason, at=at, by=by, organization=organization)
    return locked


@transaction.atomic
def retire(line: Line, *, reason: str, at: datetime, by: Actor) -> Line:
    """Take a line out of the grid for good; what happened on it stays. A second time changes nothing.

    Raises:
        Missing: If no reason is given.
        Conflict: If it has an open outage; names it.
    """
    facts.require_words(purpose="retire", reason=reason)
    locked = _lock(line)
    if locked.retired_at is not None:
        return locked
    open_outage = Outage.objects.open().filter(line=locked).first()
    if open_outage is not None:
        raise Conflict(subject=f"{locked}", other=f"{open_outage} ({open_outage.uuid})")
    before = journal.snapshot(locked)
    locked.retired_at = at
    deeds.record(
        "line.retired", locked, before=before, at=at, by=by, organization=locked.organization, reason=reason
    )
    return locked


def _lock(line: Line) -> Line:
    return Line.objects.select_for_update(of=["self"]).select_related("organization").get(pk=line.pk)

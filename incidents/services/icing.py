"""The grade that a section has now: moved by readings, overridden by people."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence
from datetime import datetime
from operator import attrgetter
from typing import Any, Final, TypeAlias

from django.db import transaction

from incidents import journal
from incidents.choices import Grade, GradeBasis
from incidents.errors import Missing
from incidents.journal import Actor
from incidents.models import IceReading, JournalEntry, SectionIcing
from incidents.models.direct import insert, run
from incidents.models.rows import columns_of, made
from incidents.rules.ladder import Ladder
from incidents.rules.times import not_before
from incidents.services.icing_walk import Graded, Walk
from incidents.services.storing import store

_COMPUTED: Final = (
    "reading",
    "grade",
    "grade_basis",
    "standard_mm",
    "ratio",
    "observed_at",
    "grade_since_at",
    "is_estimate",
    "measured_at",
    "below_count",
    "below_since_at",
)
_IN_PLACE: Final = (("section", "is_exercise"), _COMPUTED)
_LOCK: Final = "SELECT id FROM incidents_linesection WHERE id = ANY(%s) ORDER BY id FOR NO KEY UPDATE"
_HELD: Final = f"SELECT {columns_of(SectionIcing, 'i')} FROM incidents_sectionicing i"  # noqa: S608 - constants only
_HOLD: Final = f"{_HELD} WHERE section_id = ANY(%s) ORDER BY section_id, is_exercise FOR UPDATE"
_HOLD_ONE: Final = f"{_HELD} WHERE section_id = %s AND is_exercise = %s FOR UPDATE"
Held: TypeAlias = dict[tuple[int, bool], SectionIcing]
_OVERRIDE = ["override_grade", "override_by", "override_reason", "override_until_at"]


def hold_all(sections: Collection[int]) -> Held:
    """Return the icing of sections, which nobody else moves until the end of the transaction.

    Before anything is written, and in one order for all: a section's first grade has no row of its own that
    could be locked, and two that wait for each other would both be lost.

    Args:
        sections: Their numbers.
    """
    run(_LOCK, [sections])
    return _by_section(run(_HOLD, [sections]))


def hold(section: int, *, is_exercise: bool) -> Held:
    """Return the icing of one section, which nobody else moves until the end of the transaction.

    Before anything is written. Its own row is enough to wait for, since who holds many has all rows, too,
    before he writes; before there is a row, the section is.

    Args:
        section: Its number.
        is_exercise: Whether the drill's own is meant.
    """
    rows = run(_HOLD_ONE, [section, is_exercise])
    if not rows:
        run(_LOCK, [[section]])
        rows = run(_HOLD_ONE, [section, is_exercise])
    return _by_section(rows)


def graded(readings: Iterable[IceReading], ladder: Ladder) -> list[Graded]:
    """Return those of some readings that can move a grade: with section, moment and standard thickness."""
    return [
        Graded(
            pk=reading.pk,
            section=reading.section,
            is_exercise=reading.is_exercise,
            observed_at=reading.observed_at,
            standard_mm=reading.standard_mm,
            basis=GradeBasis(reading.thickness_basis),
            is_estimate=reading.is_estimate,
            ladder=ladder,
        )
        for reading in readings
        if reading.section is not None and reading.observed_at is not None and reading.standard_mm is not None
    ]


def take(readings: Iterable[Graded], *, by: Actor, held: Held | None = None) -> list[JournalEntry]:
    """Let stored readings move their sections' grades in the order in which they were made.

    Inside the caller's transaction.

    Args:
        readings: The readings.
        by: Who made them.
        held: What :func:`hold` or :func:`hold_all` returned; None where nobody else can be at work.

    Returns:
        An entry for every change of a grade, for the caller to write.
    """
    return kept(walked(readings, held), by=by)


def walked(readings: Iterable[Graded], held: Held | None) -> list[Walk]:
    """Move grades in memory alone, in the order in which readings were made; :func:`kept` writes them down.

    Args:
        readings: The readings.
        held: As :func:`take`; its rows are moved.
    """
    by_section: dict[tuple[int, bool], list[Graded]] = defaultdict(list)
    for reading in sorted(readings, key=attrgetter("observed_at")):
        by_section[reading.section.id, reading.is_exercise].append(reading)
    if held is None:
        held = hold_all({section for section, _drill in by_section})
    return [Walk(held.get(key), by_section[key]) for key in sorted(by_section)]


def kept(walks: Sequence[Walk], *, by: Actor) -> list[JournalEntry]:
    """Write down moved grades; return an entry for every change, for the caller to write."""
    if moved := [walk.row for walk in walks if walk.is_moved]:
        insert(moved, replacing=_IN_PLACE)
    return [entry for walk in walks for entry in walk.entries(by)]


def _by_section(told: Iterable[Sequence[Any]]) -> Held:
    rows = [made(SectionIcing, each) for each in told]
    return {(row.section_id, row.is_exercise): row for row in rows}


@transaction.atomic
def override(
    icing: SectionIcing, *, grade: Grade, until: datetime, reason: str, at: datetime, by: Actor
) -> SectionIcing:
    """Let a person's grade count until a moment; the computed one stays visible beside it.

    Raises:
        Missing: If no reason is given.
        Inconsistent: If it would end before it begins.
    """
    if not reason.strip():
        raise Missing(field="reason", purpose="override")
    not_before(field="until", at=until, other="at", earliest=at)
    locked = _lock(icing)
    before = journal.snapshot(locked)
    locked.override_grade, locked.override_by = grade, by.user
    locked.override_reason, locked.override_until_at = reason, until
    store(locked, fields=_OVERRIDE)
    _write("icing.overridden", locked, at=at, by=by, before=before, reason=reason)
    return locked


@transaction.atomic
def clear_override(icing: SectionIcing, *, reason: str, at: datetime, by: Actor) -> SectionIcing:
    """Let the computed grade count again; nothing happens where no person's grade stands."""
    locked = _lock(icing)
    if not locked.override_grade:
        return locked
    before = journal.snapshot(locked)
    locked.override_grade, locked.override_by = "", None
    locked.override_reason, locked.override_until_at = "", None
    store(locked, fields=_OVERRIDE)
    _write("icing.override_cleared", locked, at=at, by=by, before=before, reason=reason)
    return locked


def _lock(icing: SectionIcing) -> SectionIcing:
    return (
        SectionIcing.objects.select_for_update(of=["self"]).select_related("section__line").get(pk=icing.pk)
    )


def _write(kind: str, icing: SectionIcing, *, at: datetime, by: Actor, before: Any, reason: str = "") -> None:
    journal.write(
        kind,
        subject=icing,
        at=at,
        by=by,
        organization=icing.section.line.organization,
        before=before,
        reason=reason,
    )

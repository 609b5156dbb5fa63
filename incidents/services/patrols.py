"""Patrols: ordered, walked, and ended by saying what was found, or that nothing was."""

from collections.abc import Collection
from datetime import datetime
from typing import Unpack

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from incidents import journal
from incidents.choices import PatrolKind, PatrolStatus
from incidents.errors import Inconsistent, Invalid, Missing
from incidents.journal import Actor
from incidents.models import (
    Assignment,
    Crew,
    Line,
    LineSection,
    Organization,
    Outage,
    Patrol,
    Person,
    Place,
)
from incidents.rules.lifecycles import PATROL, PatrolVerb
from incidents.rules.times import not_before
from incidents.services import deeds, facts, patrol_findings
from incidents.services.patrol_findings import Findings


class PatrolFacts(facts.Told, total=False):
    """What may be said of a patrol besides its line and kind; no ``sections`` are the whole line."""

    sections: Collection[LineSection]
    place: Place | None
    crew: Crew | None
    person: Person | None
    assignment: Assignment | None
    outage: Outage | None
    remark: str


@transaction.atomic
def order(
    *,
    organization: Organization,
    line: Line,
    kind: PatrolKind,
    at: datetime,
    by: Actor,
    **told: Unpack[PatrolFacts],
) -> Patrol:
    """Order a patrol, or set out on one of one's own.

    Args:
        organization: Whose matter it is.
        line: The line to be looked at.
        kind: Why.
        at: When it was ordered.
        by: Who orders it.
        **told: Sections, who walks it, after which outage, and the source. Crew, storm and outage are those
            of the assignment where they are not told.

    Raises:
        ExerciseMix: If line, crew and storm are not all of a drill or all real.
        Invalid: If a section is not one of the line, or a field is not valid.
        BrokenRule: If a crew and a person are named; nothing is written.
    """
    facts.check_moments(by=by, at=at)
    known = _of_assignment(told)
    sections = list(known.pop("sections", ()))
    if any(section.line_id != line.pk for section in sections):
        raise Invalid(problems={"sections": [_("A section of another line.")]})
    facts.check_exercise(known.get("storm"), line, known.get("crew"))
    fields, reasons = facts.split(known)
    patrol = Patrol(organization=organization, line=line, kind=kind, ordered_at=at, **fields)
    patrol.status = PATROL.after(state=None, verb=PatrolVerb.ORDER)
    facts.keep(patrol, by=by, reasons=reasons)
    patrol.sections.set(sections)
    after = {**journal.snapshot(patrol), "sections": facts.keys_of(sections)}
    journal.write("patrol.ordered", subject=patrol, at=at, by=by, organization=organization, after=after)
    return patrol


@transaction.atomic
def start(
    patrol: Patrol, *, at: datetime, by: Actor, crew: Crew | None = None, person: Person | None = None
) -> Patrol:
    """Begin to walk; told again with the same time it changes nothing.

    Args:
        patrol: The patrol.
        at: When it began.
        by: Who says so.
        crew: The crew that walks it, where it was not named before.
        person: Or the person.

    Raises:
        BadTransition: If it is under way or over.
        Missing: If nobody walks it.
        Inconsistent, NaiveTime, OutOfRange: If it would begin before it was ordered, or cannot be then.
        ExerciseMix, BrokenRule: If the crew is one of a drill, or both are named; nothing is written.
    """
    row = _locked(patrol)
    if deeds.told_before("patrol.started", row, at=at):
        return row
    facts.check_exercise(row.storm, row.line, crew)
    before = journal.snapshot(row)
    _move(row, PatrolVerb.START, at=at, by=by)
    row.crew, row.person = (crew, person) if crew or person else (row.crew, row.person)
    if row.crew is None and row.person is None:
        raise Missing(field="crew", purpose="start")
    row.begun_at = at
    deeds.record("patrol.started", row, before=before, at=at, by=by, organization=row.organization)
    return row


@transaction.atomic
def add_findings(patrol: Patrol, *, at: datetime, by: Actor, **found: Unpack[Findings]) -> Patrol:
    """Add what was found on the way, or what arrived after the patrol was over.

    Raises:
        BadTransition: If the patrol was not begun or was cancelled.
        Missing: If nothing is named.
        Inconsistent: If it lies before the patrol began; nothing is written.
    """
    row = _locked(patrol)
    if not any(found.values()):
        raise Missing(field="hazards", purpose="add_findings")
    before = patrol_findings.snapshot(row)
    _move(row, PatrolVerb.ADD_FINDINGS, at=at, by=by)
    patrol_findings.link(row, found)
    if row.nothing_found:
        row.nothing_found = False
    patrol_findings.write("patrol.findings_added", row, before=before, at=at, by=by)
    return row


@transaction.atomic
def finish(
    patrol: Patrol,
    *,
    nothing_found: bool,
    at: datetime,
    by: Actor,
    remark: str = "",
    **found: Unpack[Findings],
) -> Patrol:
    """Finish a patrol and say what was found, or that nothing was.

    Args:
        patrol: The patrol.
        nothing_found: True if all is well: then it names nothing. False if something was found, told as
            findings or at least in words.
        at: When it was over.
        by: Who says so.
        remark: What else.
        **found: Hidden dangers, readings and damage, each told before.

    Raises:
        BadTransition: If it was not begun, or is over.
        Inconsistent: If nothing was found and something is named, or it ended before it began.
        Missing: If something was found and nobody says what; nothing is written.
    """
    row = _locked(patrol)
    if deeds.told_before("patrol.finished", row, at=at):
        return row
    before = patrol_findings.snapshot(row)
    _move(row, PatrolVerb.FINISH, at=at, by=by)
    patrol_findings.link(row, found)
    count = patrol_findings.count(row)
    if nothing_found and count:
        raise Inconsistent(
            field="nothing_found", value=nothing_found, relation="=", other="found", other_value=count
        )
    if not nothing_found and not count:
        facts.require_words(purpose="finish", remark=remark)
    row.ended_at, row.nothing_found, row.remark = at, nothing_found, remark or row.remark
    patrol_findings.write("patrol.finished", row, before=before, at=at, by=by)
    return row


@transaction.atomic
def cancel(patrol: Patrol, *, reason: str, at: datetime, by: Actor) -> Patrol:
    """Call a patrol off before it is finished, with a reason.

    Raises:
        Missing: If no reason is given.
        BadTransition: If it is over.
        Inconsistent, NaiveTime, OutOfRange: If it cannot be then; nothing is written.
    """
    facts.require_words(purpose="cancel", reason=reason)
    row = _locked(patrol)
    before = journal.snapshot(row)
    _move(row, PatrolVerb.CANCEL, at=at, by=by, reason=reason)
    row.ended_at = at
    deeds.record(
        "patrol.cancelled", row, before=before, at=at, by=by, organization=row.organization, reason=reason
    )
    return row


def _of_assignment(told: PatrolFacts) -> PatrolFacts:
    """Return what is told of a patrol with what follows from the trip that the crew makes for it."""
    job = told.get("assignment")
    if job is None:
        return {**told}
    follows: PatrolFacts = {"crew": job.crew, "outage": job.outage, "storm": job.storm, "place": job.place}
    known: PatrolFacts = {**follows, **told}
    if known.get("crew") != job.crew:
        raise Inconsistent(
            field="crew", value=known.get("crew"), relation="=", other="assignment", other_value=job.crew
        )
    return known


def _move(row: Patrol, verb: PatrolVerb, *, at: datetime, by: Actor, reason: str = "") -> None:
    """Bring a patrol to its next state, at a moment that follows those known of it."""
    facts.check_moments(by=by, at=at)
    row.status = PATROL.after(state=PatrolStatus(row.status), verb=verb, reason=reason)
    name = "ordered_at" if row.begun_at is None else "begun_at"
    not_before(field="at", at=at, other=name, earliest=getattr(row, name))


def _locked(patrol: Patrol) -> Patrol:
    rows = Patrol.objects.select_for_update(of=["self"])
    return rows.select_related("organization", "storm", "line", "crew", "person").get(pk=patrol.pk)

"""Hidden dangers: found on patrol, removed before the next storm."""

from datetime import datetime
from typing import TypedDict, Unpack

from django.db import transaction

from incidents import journal
from incidents.choices import HazardGrade, HazardKind
from incidents.errors import BadTransition
from incidents.journal import Actor
from incidents.models import Hazard, LineSection, Organization, Place
from incidents.rules.times import not_before
from incidents.services import deeds, facts


class HazardFacts(facts.Told, total=False):
    """What may be said of a hidden danger besides what it is and where."""

    section: LineSection | None
    due_at: datetime | None


class HazardChanges(TypedDict, total=False):
    """What of a hidden danger can be corrected."""

    kind: HazardKind
    grade: HazardGrade
    description: str
    place: Place
    section: LineSection | None
    due_at: datetime | None


@transaction.atomic
def report(
    *,
    organization: Organization,
    place: Place,
    kind: HazardKind,
    grade: HazardGrade,
    description: str,
    at: datetime,
    by: Actor,
    **told: Unpack[HazardFacts],
) -> Hazard:
    """Report a hidden danger.

    Args:
        organization: Who has to remove it.
        place: Where it is.
        kind: What kind of danger.
        grade: How bad it is.
        description: What it is.
        at: When it was found.
        by: Who reports it.
        **told: Section, until when it has to be gone, and the source.

    Raises:
        NaiveTime, OutOfRange: If it was found without a zone, in the future or too long ago.
        ExerciseMix: If its section is one of a drill and the storm is none.
        BrokenRule, Invalid: If it is due before it was found, or a field is not valid; nothing is written.
    """
    facts.check_moments(by=by, at=at)
    facts.check_exercise(told.get("storm"), told.get("section"))
    fields, reasons = facts.split(told)
    hazard = Hazard(
        organization=organization,
        place=place,
        kind=kind,
        grade=grade,
        description=description,
        found_at=at,
        **fields,
    )
    facts.keep(hazard, by=by, reasons=reasons)
    journal.write("hazard.reported", subject=hazard, at=at, by=by, organization=organization)
    return hazard


@transaction.atomic
def correct(
    hazard: Hazard, *, reason: str, at: datetime, by: Actor, **changes: Unpack[HazardChanges]
) -> Hazard:
    """Correct an open hidden danger, for example its grade after a second look.

    Raises:
        Missing: If no reason is given.
        BadTransition: If it has been removed.
        BrokenRule, Invalid: If a value cannot be; nothing is written.
    """
    locked = _lock_open(hazard, verb="correct")
    facts.check_exercise(locked.storm, changes.get("section"))
    organization = locked.organization
    facts.amend("hazard.corrected", locked, changes, reason=reason, at=at, by=by, organization=organization)
    return locked


@transaction.atomic
def close(hazard: Hazard, *, remark: str, at: datetime, by: Actor) -> Hazard:
    """Note that a hidden danger is gone; the same told again with the same time changes nothing.

    Args:
        hazard: The danger.
        remark: How it was removed.
        at: When.
        by: Who says so.

    Raises:
        Missing: If nobody says how.
        BadTransition: If it has been removed already.
        Inconsistent: If it would be gone before it was found.
    """
    facts.require_words(purpose="close", remark=remark)
    facts.check_moments(by=by, at=at)
    if Hazard.objects.filter(pk=hazard.pk, closed_at=at, close_remark=remark).exists():
        return Hazard.objects.get(pk=hazard.pk)
    locked = _lock_open(hazard, verb="close")
    not_before(field="at", at=at, other="found_at", earliest=locked.found_at)
    before = journal.snapshot(locked)
    locked.closed_at, locked.close_remark = at, remark
    deeds.record("hazard.closed", locked, before=before, at=at, by=by, organization=locked.organization)
    return locked


def _lock_open(hazard: Hazard, *, verb: str) -> Hazard:
    locked = (
        Hazard.objects.select_for_update(of=["self"])
        .select_related("organization", "storm")
        .get(pk=hazard.pk)
    )
    if locked.closed_at is not None:
        raise BadTransition(subject="hazard", state="closed", verb=verb, allowed=[])
    return locked

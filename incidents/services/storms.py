"""Storms: the span that outages, readings and support belong to."""

from collections.abc import Collection
from datetime import datetime
from typing import TypedDict, Unpack

from django.db import transaction

from incidents import journal
from incidents.choices import NoteKind, StormHazard
from incidents.errors import BadTransition
from incidents.journal import Actor
from incidents.models import Organization, Place, Storm, StormNote
from incidents.services import deeds, facts
from incidents.services.storing import store


class StormFacts(TypedDict, total=False):
    """What may be known of a storm besides its name.

    ``started_at`` is None where only "for days" is known. A drill stays a drill: ``is_exercise`` is not here.
    """

    started_at: datetime | None
    remark: str


class StormChanges(StormFacts, total=False):
    """What of a storm can be corrected."""

    name: str
    hazard: StormHazard
    ended_at: datetime | None
    organizations: Collection[Organization]


@transaction.atomic
def open(  # noqa: A001 - read as storms.open
    *,
    slug: str,
    name: str,
    hazard: StormHazard,
    by: Actor,
    organizations: Collection[Organization] = (),
    is_exercise: bool = False,
    **known: Unpack[StormFacts],
) -> Storm:
    """Open a storm.

    Args:
        slug: Short name in addresses, once only.
        name: Name that people use.
        hazard: Kind of storm.
        by: Who opens it.
        organizations: Those that it concerns.
        is_exercise: Whether all of it is a drill.
        **known: When it began, a remark.

    Raises:
        Invalid: If a field is not valid.
        BrokenRule: If the short name is taken.
        NaiveTime, OutOfRange: If it began without a zone or in the future; nothing is written.
    """
    facts.check_moments(by=by, started_at=known.get("started_at"))
    storm = Storm(slug=slug, name=name, hazard=hazard, is_exercise=is_exercise, **known)
    store(storm)
    storm.organizations.set(organizations)
    journal.write("storm.opened", subject=storm, at=by.now, by=by, after=_snapshot(storm))
    return storm


@transaction.atomic
def end(storm: Storm, *, at: datetime, by: Actor) -> Storm:
    """End a storm; what is still out stays open.

    Raises:
        BadTransition: If it has ended already.
        BrokenRule: If it would end before it began.
    """
    facts.check_moments(by=by, at=at)
    locked = Storm.objects.select_for_update().get(pk=storm.pk)
    if locked.ended_at is not None:
        raise BadTransition(subject="storm", state="ended", verb="end", allowed=["correct"])
    before = journal.snapshot(locked)
    locked.ended_at = at
    deeds.record("storm.ended", locked, before=before, at=at, by=by)
    return locked


@transaction.atomic
def correct(storm: Storm, *, reason: str, at: datetime, by: Actor, **changes: Unpack[StormChanges]) -> Storm:
    """Correct what is known of a storm.

    Raises:
        Missing: If no reason is given.
        BrokenRule, Invalid, NaiveTime, OutOfRange: If a value cannot be; nothing is written.
    """
    facts.require_words(purpose="correct", reason=reason)
    facts.check_moments(by=by, started_at=changes.get("started_at"), ended_at=changes.get("ended_at"))
    locked = Storm.objects.select_for_update().get(pk=storm.pk)
    before = _snapshot(locked)
    fields: dict[str, object] = {**changes}
    concerned = fields.pop("organizations", None)
    for name, value in fields.items():
        setattr(locked, name, value)
    store(locked, fields=list(fields))
    if concerned is not None:
        locked.organizations.set(changes["organizations"])
    journal.write(
        "storm.corrected", subject=locked, at=at, by=by, before=before, after=_snapshot(locked), reason=reason
    )
    return locked


@transaction.atomic
def add_note(
    *,
    kind: NoteKind,
    text: str,
    by: Actor,
    organization: Organization | None = None,
    place: Place | None = None,
    **told: Unpack[facts.Told],
) -> StormNote:
    """Keep what somebody said of a storm that is neither a measurement nor an outage.

    Raises:
        Invalid: If there is no text or a field is not valid; nothing is written.
    """
    fields, reasons = facts.split(told)
    note = StormNote(kind=kind, text=text, organization=organization, place=place, **fields)
    facts.keep(note, by=by, reasons=reasons)
    journal.write("storm_note.added", subject=note, at=by.now, by=by, organization=organization)
    return note


def _snapshot(storm: Storm) -> dict[str, object]:
    return {**journal.snapshot(storm), "organizations": facts.keys_of(storm.organizations.all())}

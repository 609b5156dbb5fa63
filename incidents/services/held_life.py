"""What every deed on a held fact shares: its thing, who told it, what stands against it, trying it again."""

import logging
from datetime import datetime, timedelta
from typing import Any, Final

from django.db import transaction
from django.db.models import Model, Q, QuerySet

from incidents import journal
from incidents.choices import Channel, HeldState
from incidents.errors import BrokenRule, Inconsistent, OutOfRange, Refused
from incidents.journal import Actor
from incidents.models import (
    Assignment,
    Crew,
    Damage,
    Deployment,
    Hazard,
    HeldFact,
    JournalEntry,
    Organization,
    Outage,
    RestorationStep,
    RoadBlock,
)
from incidents.rules.times import told_in_china
from incidents.services import deeds
from incidents.services.assignment_life import matter_of as matter_of_job
from incidents.services.field_facts import FACTS, FieldFact, read

logger = logging.getLogger(__name__)

NAMES: Final[dict[type[Model], str]] = {
    Outage: "outage",
    Damage: "damage",
    Assignment: "assignment",
    RoadBlock: "road_block",
    Deployment: "deployment",
    Hazard: "hazard",
}


def fact_of(held: HeldFact) -> FieldFact:
    """Return what kind of fact one is."""
    return FACTS[NAMES[type(held.subject)], held.verb]


def matter_of(row: Any) -> Organization:
    """Return whose matter a thing is."""
    if isinstance(row, Assignment):
        return matter_of_job(row)
    organization: Organization = row.outage.organization if isinstance(row, Damage) else row.organization
    return organization


def locked_subject(held: HeldFact) -> Any:
    """Return the thing that a fact was told of, locked in the order of the deeds on it."""
    subject = held.subject
    if isinstance(subject, Assignment):
        _lock(subject.crew)
    elif isinstance(subject, Damage):
        _lock(subject.outage)
    return _lock(subject)


def teller_of(held: HeldFact) -> Actor:
    """Return who told a fact, through what and when: it is applied in his name, as if it had fitted then."""
    return Actor(
        user=held.reported_by,
        now=held.received_at,
        channel=Channel(held.channel),
        device=held.device,
        request_id=held.request_id,
    )


def weigh(held: HeldFact, fact: FieldFact, refused: Refused) -> None:
    """Note why a fact does not fit, and what stands against it: nothing where it only waits."""
    held.why = refused.code
    held.told = {name: _plain(value) for name, value in refused.fields.items()}
    held.stands = _told_otherwise(held.subject, fact) or _contradicted(refused)
    held.state = HeldState.CONFLICT if held.stands else HeldState.WAITING


def follow(row: Model, *, by: Actor) -> None:
    """Apply what was held about a thing and fits now, the earliest first, in the transaction of the caller.

    Args:
        row: The thing that something was done to, locked.
        by: Who did it; each fact is applied in the name of who told it.
    """
    about = _about(row)
    if about is None:
        return
    held = HeldFact.objects.open().filter(about).select_for_update(of=["self"]).order_by("at", "id")
    while any(_apply(each, by=by) for each in held.all()):
        pass  # what was applied may be what an earlier one waited for


def settle(
    held: HeldFact, state: HeldState, *, at: datetime, by: Actor, reason: str = "", overruled: bool = False
) -> None:
    """End the life of a held fact and write its journal entry.

    Args:
        held: The fact, locked.
        state: How it ends.
        at: When.
        by: Who ends it, or whose deed made it fit.
        reason: Why, where a person decided.
        overruled: Whether a person decided.
    """
    before = journal.snapshot(held)
    held.state, held.settled_at = state, at
    if overruled:
        held.settled_by, held.settled_why = by.user, reason
    _record(held, before=before, at=at, by=by, reason=reason)


def overdue_from(organization: Organization, *, received_at: datetime) -> datetime:
    """Return from when a fact counts as held too long; a later change of the hours moves nothing."""
    return received_at + timedelta(hours=organization.held_fact_hours)


def _lock(row: Model) -> Model:
    return QuerySet(type(row)).select_for_update(of=("self",)).get(pk=row.pk)


def _apply(held: HeldFact, *, by: Actor) -> bool:
    """Try a fact again; say whether it fitted."""
    fact = fact_of(held)
    subject: Model = QuerySet(type(held.subject)).get(pk=held.subject.pk)
    if held.stands and held.stands == _told_otherwise(subject, fact):
        return False
    try:
        with transaction.atomic():
            fact.call(subject, by=teller_of(held), **read(held.said))
    except Refused as refused:
        _reconsider(held, fact, refused, by=by)
        return False
    except (
        Exception
    ):  # a fact that breaks something steps aside: the deed of somebody else must not fail by it
        logger.exception("held fact broke", extra={"held_fact": str(held.uuid)})
        return False
    settle(held, HeldState.APPLIED, at=by.now, by=by)
    return True


def _reconsider(held: HeldFact, fact: FieldFact, refused: Refused, *, by: Actor) -> None:
    """Note a new reason why a fact does not fit."""
    before = journal.snapshot(held)
    weigh(held, fact, refused)
    if (held.state, held.why, held.stands) != (before["state"], before["why"], before["stands"]):
        _record(held, before=before, at=by.now, by=by, kind="held_fact.reconsidered")


def _record(
    held: HeldFact, *, before: dict[str, Any], at: datetime, by: Actor, reason: str = "", kind: str = ""
) -> None:
    kind = kind or f"held_fact.{held.state}"
    deeds.record(kind, held, before=before, at=at, by=by, organization=held.organization, reason=reason)


def _about(row: Model) -> Q | None:
    """Return which held facts a deed on a row may concern; jobs of one crew wait for each other."""
    if isinstance(row, Crew):
        return Q(assignment__crew=row)
    if isinstance(row, Assignment):
        return Q(assignment__crew=row.crew_id)
    if isinstance(row, RestorationStep):
        return Q(outage=row.outage_id)
    name = NAMES.get(type(row))
    return Q(**{name: row.pk}) if name else None


def _told_otherwise(row: Model, fact: FieldFact) -> dict[str, Any]:
    """Return the moment that the same was told with before."""
    if fact.column:
        known = getattr(row, fact.column)
        return {} if known is None else {"field": fact.column, "value": _plain(known)}
    if fact.repeats:
        return {}
    told = JournalEntry.objects.filter(
        subject_type=row._meta.model_name, subject_id=row.pk, kind=fact.kind
    ).order_by("-id")
    newest = told.first()
    return {} if newest is None else {"field": "at", "value": _plain(newest.occurred_at)}


def _contradicted(refused: Refused) -> dict[str, Any]:
    """Return the value that a refusal holds against a fact; none where it waits for what was not told yet."""
    said = refused.fields
    if isinstance(refused, Inconsistent):
        return {"field": str(said["other"]), "value": _plain(said["other_value"])}
    if isinstance(refused, OutOfRange) and said["field"] != "remaining":
        return {"field": str(said["field"]), "value": _plain(said["high"])}
    return {"field": "rule", "value": str(said["rule"])} if isinstance(refused, BrokenRule) else {}


def _plain(value: object) -> str:
    if isinstance(value, datetime):
        return told_in_china(value)
    return ", ".join(map(str, value)) if isinstance(value, list) else str(value)

"""Facts from the field that do not fit yet: kept, applied when they fit, settled by a dispatcher, never lost.

A fact is tried in a savepoint. What only the record as it stands speaks against is held instead of refused.
After every deed on a thing its held facts are tried again (:func:`incidents.services.held_life.follow`).
"""

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any

from django.db import transaction
from django.db.models import QuerySet

from incidents import journal
from incidents.choices import HeldState
from incidents.errors import BadTransition, KeyReused, Refused
from incidents.journal import Actor
from incidents.models import HeldFact, Outage
from incidents.models.held_facts import OPEN
from incidents.services import closing, deeds, facts, held_life
from incidents.services.field_facts import FACTS, FieldFact, may_be_true, read, written
from incidents.services.storing import store


@transaction.atomic
def tell(
    row: Any, *, verb: str, call: Callable[..., Any], said: Mapping[str, Any], key: str, by: Actor
) -> Any:
    """Tell a fact of a thing: applied, or held where only the record as it stands speaks against it.

    Args:
        row: The thing, locked by the caller, so that a deed on it does not miss what is held meanwhile.
        verb: What is told, as in :data:`incidents.services.field_facts.FACTS`.
        call: The service that applies it.
        said: Its arguments.
        key: The phone's key of this sending.
        by: Who tells it.

    Returns:
        What the service returned, or the fact as it is held.

    Raises:
        KeyReused: If another fact is held under this key.
        Refused: If it cannot be true; nothing is written.
    """
    try:
        with transaction.atomic():
            return call(row, **said, by=by)
    except Refused as refused:
        if not may_be_true(refused):
            raise
        return _hold(row, verb, said, refused, key=key, by=by)


@transaction.atomic
def take(held: HeldFact, *, reason: str, at: datetime, by: Actor) -> HeldFact:
    """Let a held fact count: over what was told before, or because what it waited for is no obstacle.

    Args:
        held: The fact, still held.
        reason: Why it is the true one.
        at: When that was decided.
        by: Who decides.

    Raises:
        Missing: If no reason is given.
        BadTransition: If it was applied or settled already.
        Refused: If it cannot be applied even so; what it waits for has to be told first.
    """
    row, subject = _begin(held, reason, at, by, verb="take")
    fact = held_life.fact_of(row)
    if fact.column and getattr(subject, fact.column) is not None:
        _overrule(subject, fact, read(row.said), reason=reason, at=at, by=by)
    elif row.stands and not fact.column and not fact.repeats:
        organization = held_life.matter_of(subject)
        journal.write(fact.kind, subject=subject, at=row.at, by=by, organization=organization, reason=reason)
    else:
        fact.call(subject, by=held_life.teller_of(row), **read(row.said))
    held_life.settle(row, HeldState.TAKEN, at=at, by=by, reason=reason, overruled=True)
    held_life.follow(subject, by=by)
    return row


@transaction.atomic
def dismiss(held: HeldFact, *, reason: str, at: datetime, by: Actor) -> HeldFact:
    """Find that a held fact is not so; it stays in the record with the reason.

    Raises:
        Missing: If no reason is given.
        BadTransition: If it was applied or settled already.
    """
    row, _subject = _begin(held, reason, at, by, verb="dismiss")
    held_life.settle(row, HeldState.DISMISSED, at=at, by=by, reason=reason, overruled=True)
    return row


def _hold(row: Any, verb: str, said: Mapping[str, Any], refused: Refused, *, key: str, by: Actor) -> HeldFact:
    """Keep a fact, once a sending: answers are forgotten after a while, what is held is not."""
    row = QuerySet(type(row)).get(pk=row.pk)  # as it is behind the lock, not as the caller had seen it
    name = held_life.NAMES[type(row)]
    organization = held_life.matter_of(row)
    skew_s = by.device.clock_skew_s if by.device else None
    held = HeldFact(
        organization=organization,
        verb=verb,
        said=written(said),
        at=said["at"],
        recorded_at=by.device_clock,
        clock_skew_s=skew_s,
        received_at=by.now,
        reported_by=by.user,
        device=by.device,
        channel=by.channel,
        request_id=by.request_id,
        key=key,
        overdue_at=held_life.overdue_from(organization, received_at=by.now),
        **{name: row},
    )
    before = HeldFact.objects.filter(reported_by=by.user, key=key).first()
    if before is not None:
        if (before.subject, before.verb, before.said) != (row, verb, held.said):
            raise KeyReused(key=key)
        return before
    held_life.weigh(held, FACTS[name, verb], refused)
    store(held)
    journal.write("held_fact.held", subject=held, at=held.at, by=by, organization=organization)
    return held


def _begin(held: HeldFact, reason: str, at: datetime, by: Actor, *, verb: str) -> tuple[HeldFact, Any]:
    """Return a held fact and its thing, locked: the thing first, as every deed on it does."""
    facts.require_words(purpose=verb, reason=reason)
    facts.check_moments(by=by, at=at)
    subject = held_life.locked_subject(held)
    row = HeldFact.objects.select_for_update(of=["self"]).get(pk=held.pk)
    if row.state not in OPEN:
        raise BadTransition(subject="held_fact", state=row.state, verb=verb, allowed=[])
    return row, subject


def _overrule(
    subject: Any, fact: FieldFact, said: dict[str, Any], *, reason: str, at: datetime, by: Actor
) -> None:
    """Put what was held over what stands there; the journal keeps both."""
    values = {fact.column: said["at"] if said.get("stated", True) else None}
    values |= {column: said[name] for name, column in fact.also.items() if said.get(name)}
    if isinstance(subject, Outage):
        closing.correct(subject, changes=values, reason=reason, at=at, by=by)  # type: ignore[arg-type]
        return
    before = journal.snapshot(subject)
    if fact.becomes:
        values = {"status": fact.becomes, "abort_reason": ""} | values
    for name, value in values.items():
        setattr(subject, name, value)
    kind = f"{held_life.NAMES[type(subject)]}.corrected"
    organization = held_life.matter_of(subject)
    deeds.record(kind, subject, before=before, at=at, by=by, organization=organization, reason=reason)

"""Briefs: taken and read once, then confirmed or discarded piece by piece by a person."""

import hashlib
from collections.abc import Mapping
from datetime import date, datetime
from decimal import Decimal
from typing import Any, Final, cast
from uuid import UUID

from django.db import transaction

from incidents import journal
from incidents.choices import BriefItemKind, BriefItemState, BriefOutcome
from incidents.errors import BadTransition, ExerciseMix, OutOfRange
from incidents.journal import Actor
from incidents.models import Brief, BriefItem, Organization, Storm
from incidents.models.briefs import LONGEST
from incidents.rules.briefs.reading import read
from incidents.rules.briefs.stored import StoredItem, items_of, reading_of
from incidents.rules.times import check_not_future, start_of_day
from incidents.selectors.brief_gazetteer import RecordedNames
from incidents.selectors.brief_words import vocabulary
from incidents.services import brief_forces, brief_outages, brief_readings, deeds, facts
from incidents.services.brief_keeping import Keeper, Kept
from incidents.services.brief_pieces import keeping_of
from incidents.services.storing import check, store

_KEEPERS: Final[dict[str, Keeper]] = {
    BriefItemKind.STORM: brief_readings.keep_storm,
    BriefItemKind.OUTAGE: brief_outages.keep_outage,
    BriefItemKind.STEP: brief_outages.keep_step,
    BriefItemKind.DAMAGE: brief_outages.keep_damage,
    BriefItemKind.ICE: brief_readings.keep_ice,
    BriefItemKind.WEATHER: brief_readings.keep_weather,
    BriefItemKind.WARNING: brief_readings.keep_warning,
    BriefItemKind.RESPONSE: brief_forces.keep_as_said,
    BriefItemKind.ASSIGNMENT: brief_outages.keep_assignment,
    BriefItemKind.DEPLOYMENT: brief_forces.keep_deployment,
    BriefItemKind.SUPPLY: brief_forces.keep_supply,
    BriefItemKind.VISIT: brief_forces.keep_visit,
    BriefItemKind.HAZARD: brief_forces.keep_hazard,
    BriefItemKind.PATROL: brief_forces.keep_as_said,
    BriefItemKind.TOTAL: brief_forces.keep_as_said,
}
_UNCHANGING: Final = frozenset(("text", "reading"))
"""Columns that a brief itself keeps for ever; the journal has its digest."""
SURE: Final = Decimal("0.6")
"""From this confidence on a piece may be confirmed together with others."""


@transaction.atomic
def take(
    *,
    organization: Organization,
    text: str,
    by: Actor,
    published_on: date | None = None,
    storm: Storm | None = None,
) -> Brief:
    """Read a brief and keep it with its pieces; the same text again is the brief that was read before.

    Nothing of it is in the record until a person confirms it.

    Args:
        organization: Whose brief it is.
        text: The brief, at most 20,000 characters.
        by: Who pastes it.
        published_on: When it was published; gives dates their year.
        storm: The storm that it is about, where that is known.

    Raises:
        Missing: If the text is blank.
        OutOfRange: If it is too long, or was published after today; nothing is written.
    """
    text = text.replace("\r\n", "\n").replace("\r", "\n")
    facts.require_words(purpose="brief", text=text)
    if len(text) > LONGEST:
        raise OutOfRange(field="text", value=len(text), high=LONGEST)
    if published_on is not None:
        check_not_future(field="published_on", at=start_of_day(day=published_on), now=by.now)
    digest = hashlib.sha256(text.encode()).hexdigest()
    Organization.objects.select_for_update(no_key=True).get(pk=organization.pk)
    same = Brief.objects.filter(organization=organization, digest=digest, storm=storm)
    known = same if published_on is None else same.filter(published_on=published_on)
    if (first := known.order_by("pk").first()) is not None:
        return first
    return _keep(Brief(organization=organization, storm=storm, text=text, digest=digest), published_on, by=by)


@transaction.atomic
def confirm(
    item: BriefItem,
    *,
    at: datetime,
    by: Actor,
    edits: Mapping[str, Any] | None = None,
    anew: bool = False,
) -> BriefItem:
    """Put a piece into the record as a person confirms it, or find it there.

    Args:
        item: The piece; that of an outage goes before those that belong to it.
        at: When it was confirmed.
        by: Who confirms it.
        edits: Field → what is true instead of what was read; None for "unknown".
        anew: Whether it is a new record although one on record matches.

    Raises:
        BadTransition: If somebody has decided about it already.
        Invalid: If an edit is not a value of its field.
        Missing: If the record needs what is not known, or the outage that it belongs to is not confirmed.
        ExerciseMix: If the brief is one of an exercise and its storm is none.
        Refused: Whatever the service of the record refuses; nothing is written.
    """
    row, before = _begin(item, verb="confirm")
    facts.check_moments(by=by, at=at)
    brief = row.brief
    is_drill = brief.storm is not None and brief.storm.is_exercise
    if brief.reading.get("is_exercise") and not is_drill:
        raise ExerciseMix(subject=brief)
    row.edits = dict(edits or {})
    kept = _KEEPERS[row.kind](keeping_of(row, by=by, anew=anew))
    _settle(row, kept)
    return _decide(row, BriefItemState.CONFIRMED, before=before, at=at, by=by)


@transaction.atomic
def discard(item: BriefItem, *, reason: str, at: datetime, by: Actor) -> BriefItem:
    """Say that a piece is not to be recorded, and why.

    Raises:
        BadTransition: If somebody has decided about it already.
        Missing: If no reason is given; nothing is written.
    """
    facts.require_words(purpose="discard", reason=reason)
    row, before = _begin(item, verb="discard")
    facts.check_moments(by=by, at=at)
    row.reason = reason
    return _decide(row, BriefItemState.DISCARDED, before=before, at=at, by=by)


def _keep(brief: Brief, published_on: date | None, *, by: Actor) -> Brief:
    names = RecordedNames(brief.organization)
    draft = read(brief.text, published_on=published_on, vocabulary=vocabulary(), gazetteer=names)
    brief.published_on, brief.why_not = published_on, draft.why_not or ""
    brief.reading = reading_of(draft)
    brief.channel, brief.received_at, brief.reported_by = by.channel, by.now, by.user
    store(brief)
    numbered = list(enumerate(items_of(draft), start=1))
    outages: dict[int, BriefItem] = {}
    for told in ([each for each in numbered if each[1].key], [each for each in numbered if not each[1].key]):
        rows = [_row(brief, seq, item, outages) for seq, item in told]
        for row in rows:
            check(row)
        BriefItem.objects.bulk_create(rows)
        outages |= {item.key: row for (_, item), row in zip(told, rows, strict=True) if item.key}
    kept = {name: value for name, value in journal.snapshot(brief).items() if name not in _UNCHANGING}
    after = {**kept, "pieces": len(numbered)}
    journal.write(
        "brief.taken", subject=brief, at=by.now, by=by, organization=brief.organization, after=after
    )
    return brief


def _row(brief: Brief, seq: int, item: StoredItem, outages: Mapping[int, BriefItem]) -> BriefItem:
    return BriefItem(
        brief=brief,
        seq=seq,
        kind=item.kind,
        of=outages[item.of] if item.of else None,
        values=item.values,
        start=item.span.start,
        end=item.span.end,
        confidence=Decimal(str(round(item.confidence, 2))),
    )


def _begin(item: BriefItem, *, verb: str) -> tuple[BriefItem, dict[str, Any]]:
    """Lock all pieces of the brief, so that two of one outage wait for each other; return this one."""
    list(BriefItem.objects.select_for_update().filter(brief=item.brief_id).order_by("pk").values_list("pk"))
    rows = BriefItem.objects.select_related("brief__organization", "brief__storm", "of")
    row = rows.get(pk=item.pk)
    if row.state != BriefItemState.OPEN:
        raise BadTransition(subject="brief_item", state=row.state, verb=verb, allowed=())
    return row, journal.snapshot(row)


def _settle(row: BriefItem, kept: Kept) -> None:
    if kept.row is None:
        row.outcome = BriefOutcome.STATED
        return
    row.outcome = BriefOutcome.LINKED if kept.is_linked else BriefOutcome.CREATED
    row.record_type, row.record_uuid = kept.row._meta.model_name or "", cast("UUID", kept.row.uuid)  # type: ignore[attr-defined]
    row.same, row.differs = list(kept.same), dict(kept.differs)


def _decide(
    row: BriefItem, state: BriefItemState, *, before: dict[str, Any], at: datetime, by: Actor
) -> BriefItem:
    row.state, row.decided_at, row.decided_by = state, at, by.user
    deeds.record(
        f"brief_item.{state}",
        row,
        before=before,
        at=at,
        by=by,
        organization=row.brief.organization,
        reason=row.reason,
    )
    return row

"""A piece of a brief with what surrounds it: the record of its outage, its storm, whether it tells of now."""

from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any, Final, cast

from django.apps import apps
from django.db.models import Model
from django.utils.translation import gettext_lazy as _

from incidents.choices import BriefItemKind, EntryMode
from incidents.errors import Invalid, Missing
from incidents.journal import Actor
from incidents.models import Brief, BriefItem, Storm
from incidents.rules.briefs.settled import BadEditsError, settled
from incidents.rules.briefs.stored import moment_of
from incidents.rules.times import SHANGHAI
from incidents.services.brief_keeping import Keeping

_RECENT: Final = timedelta(days=1)


def record_of(item: BriefItem) -> Model | None:
    """Return the record that a piece became; None where it became none."""
    if not item.record_type:
        return None
    model: Any = apps.get_model("incidents", item.record_type)
    return cast("Model", model.objects.get(uuid=item.record_uuid))


def keeping_of(item: BriefItem, *, by: Actor, anew: bool = False, is_trial: bool = False) -> Keeping:
    """Return a piece with all that turning it into a record needs.

    Args:
        item: The piece, with its brief and the piece that it belongs to.
        by: Who confirms it.
        anew: Whether it is a new record although one on record matches.
        is_trial: Whether it is only looked at: the outage that it belongs to need not be confirmed.

    Raises:
        Invalid: If an edit is not a value of its field.
        Missing: If the outage that it belongs to is not confirmed.
    """
    brief, parent = item.brief, None
    if item.of is not None:
        parent = record_of(item.of)
        if parent is None and not is_trial:
            raise Missing(field="outage", purpose=str(item.kind))
    cut_off = moment_of(brief.reading["as_of"]["value"]).at if brief.reading.get("as_of") else None
    return Keeping(
        item=item,
        said=_said(item),
        by=replace(by, entry_mode=_mode(brief, item, cut_off, by)),
        at=cut_off if cut_off and cut_off <= by.now else by.now,
        storm=brief.storm or _storm_told(brief),
        parent=parent,
        parent_said=settled(item.of.kind, item.of.values, item.of.edits) if item.of else {},
        anew=anew,
    )


def _said(item: BriefItem) -> dict[str, Any]:
    try:
        return settled(item.kind, item.values, item.edits)
    except BadEditsError as bad:
        problems = {name: [_("There is no such field here.")] for name in bad.strangers}
        problems |= {name: [_("Not a value that this field takes.")] for name in bad.wrong}
        raise Invalid(problems=problems) from bad


def _mode(brief: Brief, item: BriefItem, cut_off: datetime | None, by: Actor) -> EntryMode:
    """Return whether a brief tells of now: yesterday's and older news raise no alert, nor do teams sent."""
    day = cut_off.astimezone(SHANGHAI).date() if cut_off else brief.published_on
    is_now = day is not None and by.now.astimezone(SHANGHAI).date() - day < _RECENT
    return EntryMode.LIVE if is_now and item.kind != BriefItemKind.DEPLOYMENT else EntryMode.HISTORICAL


def _storm_told(brief: Brief) -> Storm | None:
    told = brief.items.filter(kind=BriefItemKind.STORM).exclude(record_uuid=None).first()
    return Storm.objects.get(uuid=told.record_uuid) if told and told.record_uuid else None

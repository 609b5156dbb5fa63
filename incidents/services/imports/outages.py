"""Files of outages, as dispatch systems and ledgers list them; a restored one is restored in one step."""

from functools import partial
from typing import Any, Final, cast

from django.utils.translation import gettext_lazy as _

from incidents.choices import (
    CauseCode,
    CauseConfidence,
    OutageKind,
    ReportChannel,
    RestorationMethod,
    Source,
)
from incidents.models import Outage
from incidents.services import closing, outages, places, restoration
from incidents.services.imports import columns as of
from incidents.services.imports.base import Importing, Kind, Values, refuse_change, verbose
from incidents.services.imports.columns import Column
from incidents.services.imports.grid import LINE, ORGANIZATION
from incidents.services.imports.readings import beginning

_outage = partial(verbose, Outage)
_NAMED: Final = ("organization", "line", "section", "place", "occurred_at", "restored_at", "restored_by")

_COLUMNS: Final[tuple[Column, ...]] = (
    ORGANIZATION,
    of.text("line", LINE.label, also=LINE.also, example="LS-1001"),
    of.text("section", _("section code"), also=("区段", "区段编号"), example="03"),
    of.text("place", _outage("place"), also=("地点", "停电地点"), is_needed=True, example="莲都区太平乡"),
    of.number(
        "voltage_kv", _outage("voltage_kv"), places=1, also=("电压等级",), is_needed=True, example="10"
    ),
    of.choice("kind", _outage("kind"), OutageKind, is_needed=True),
    of.moment(
        "reported_at", _("reported at"), also=("报告时间",), is_needed=True, example="2026-01-05 08:10"
    ),
    of.moment(
        "occurred_at",
        _("began at"),
        day_will_do=True,
        also=("停电时间", "发生时间"),
        example="2026-01-05 08:03",
    ),
    of.choice("report_channel", _outage("report_channel"), ReportChannel),
    of.choice("cause_code", _("cause"), CauseCode),
    of.text("cause_text", _outage("cause_text")),
    of.choice("cause_confidence", _outage("cause_confidence"), CauseConfidence),
    of.number("lines_tripped", _outage("lines_tripped")),
    of.number("mv_users", _outage("mv_users"), also=("停电台区", "台区数"), example="12"),
    of.number("customers_affected", _outage("customers_affected"), also=("停电户数", "户数"), example="860"),
    of.number("load_lost_mw", _outage("load_lost_mw"), places=3),
    of.moment("restored_at", _("restored at"), also=("复电时间", "恢复时间"), example="2026-01-05 21:10"),
    of.choice("restored_by", _("restored by"), RestorationMethod),
    of.text("remark", _outage("remark"), also=("备注",)),
)


def _find(importing: Importing, values: Values) -> Outage | None:
    owner = importing.owner(values)
    rows = Outage.objects.select_related("organization", "line", "section", "place")
    rows = rows.filter(organization=owner, reported_at=values["reported_at"], place__text=values["place"])
    line = importing.line(values, values["line"]) if "line" in values else None
    rows = rows.filter(line=line)
    if line is not None and "section" in values:
        rows = rows.filter(section=importing.section(values))
    return rows.order_by("pk").first()


def _told(values: Values) -> dict[str, Any]:
    told = {name: value for name, value in values.items() if name not in _NAMED}
    if "occurred_at" in values:
        told |= beginning(values["occurred_at"], "occurred")
    return told


def _add(importing: Importing, values: Values) -> Outage:
    by = importing.by
    told = _told(values) | {"source": Source.IMPORTED, "source_ref": importing.reason[:300]}
    if "line" in values:
        told["line"] = importing.line(values, values["line"])
        if "section" in values:
            told["section"] = importing.section(values)
    place = places.create(text=values["place"], at=by.now, by=by, line=told.get("line"))
    at = told.pop("reported_at")
    outage = outages.report(organization=importing.owner(values), place=place, at=at, by=by, **told)
    if "restored_at" in values:
        _restore(importing, outage, values)
    return outage


def _restore(importing: Importing, outage: Outage, values: Values) -> None:
    restoration.restore_step(
        outage,
        method=values.get("restored_by", RestorationMethod.UNKNOWN),
        at=values["restored_at"],
        by=importing.by,
        customers=outage.customers_affected,
        mv_users=outage.mv_users,
        final=True,
    )


def _amend(importing: Importing, row: Outage, changes: Values) -> None:
    known = {name: value for name, value in changes.items() if name not in ("restored_at", "restored_by")}
    if known:
        refuse_change(known, OUTAGES.fixed)
        closing.correct(
            row,
            changes=cast("closing.Correction", _told(known)),
            reason=importing.reason,
            at=importing.by.now,
            by=importing.by,
        )
        row.refresh_from_db()
    if "restored_at" in changes:
        if row.restored_at is not None:
            refuse_change(changes, ("restored_at",))
        _restore(importing, row, changes)


def _values(row: Outage) -> dict[str, Any]:
    plain = [each.name for each in _COLUMNS if each.name not in _NAMED]
    return {
        "organization": row.organization.name,
        "line": row.line.code if row.line else None,
        "section": row.section.code if row.section else None,
        "place": row.place.text,
        "occurred_at": row.occurred_at or row.occurred_on,
        "restored_at": row.restored_at,
    } | {name: getattr(row, name) for name in plain}


OUTAGES: Final = Kind(
    name="outages",
    label=_("Outages"),
    model=Outage,
    right="operate",
    columns=_COLUMNS,
    keys=("organization", "line", "section", "place", "reported_at"),
    find=_find,
    add=_add,
    amend=_amend,
    values_of=_values,
    needs=("organization", "line", "section", "place"),
    is_a_fact=True,
)

"""Outages, their steps and damage, and jobs, out of briefs."""

from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any, Final

from django.db.models import Q, QuerySet
from django.utils.translation import gettext_lazy as _

from incidents.choices import (
    CauseCode,
    CauseConfidence,
    DamageKind,
    OutageKind,
    OutageStatus,
    ReportChannel,
    RestorationMethod,
    TaskKind,
)
from incidents.errors import Invalid
from incidents.models import Assignment, Crew, Damage, Line, Outage, Place
from incidents.models.outages import OVER, SUPPLIED
from incidents.rules.briefs.settled import SaidPlace
from incidents.rules.briefs.values import Moment
from incidents.rules.times import SHANGHAI, start_of_day
from incidents.selectors.organizations import below
from incidents.services import assignments, damage, outages, restoration
from incidents.services.brief_keeping import STATED, Keeping, Kept, same_place, when

_DAY: Final = timedelta(days=1)
_MINUTE: Final = timedelta(minutes=1)
_LOW_KV: Final = Decimal("0.4")


def keep_outage(keeping: Keeping) -> Kept:
    """Report an outage, or find it: the same line, or place and voltage, on the same day."""
    line = keeping.line()
    found = None if keeping.anew else match_outage(keeping, line)
    if found is not None:
        row, same = found
        return Kept(row=row, is_linked=True, same=same, differs=_differences(keeping, row))
    said = keeping.said
    known: dict[str, Any] = {
        "line": line,
        "customers_affected": said["customers"],
        "mv_users": said["areas"],
        **when("occurred", said["occurred"]),
    }
    at = keeping.at if _begins_before(said["occurred"], keeping.at) else keeping.by.now
    outage = outages.report(
        organization=keeping.organization,
        place=_place(keeping, line),
        kind=OutageKind(said["kind"] or OutageKind.UNKNOWN),
        voltage_kv=_voltage(keeping, line),
        at=at,
        by=keeping.by,
        cause_code=CauseCode(said["cause"] or CauseCode.UNKNOWN),
        cause_text="" if said["cause"] is None else _words(keeping, "cause"),
        cause_confidence=CauseConfidence.SUSPECTED if said["cause"] is None else CauseConfidence.INFERRED,
        report_channel=ReportChannel.OTHER,
        **known,
        **keeping.told(
            **{name: known[name] for name in ("line", "customers_affected", "mv_users", "occurred_at")}
        ),
    )
    return Kept(row=outage)


def match_outage(keeping: Keeping, line: Line | None) -> tuple[Outage, tuple[str, ...]] | None:
    """Return the outage on record that a piece speaks of, and what is the same; None unless one fits."""
    said = keeping.said
    rows = _on_the_day(Outage.objects.exclude(status=OutageStatus.CANCELLED), said["occurred"], keeping.at)
    rows = rows.filter(organization__in=below(keeping.organization.uuid))
    drill = keeping.storm is not None and keeping.storm.is_exercise
    rows = rows.filter(storm__is_exercise=True) if drill else rows.exclude(storm__is_exercise=True)
    if line is not None:
        found = list(rows.filter(line=line)[:2])
        return (found[0], ("line", "day")) if len(found) == 1 else None
    kv = _voltage_told(keeping, line)
    near = rows.filter(**{} if kv is None else {"voltage_kv": kv}).select_related("place")
    found = [row for row in near if same_place(row.place, said["place"])]
    same = ("place", "day") if kv is None else ("place", "voltage", "day")
    return (found[0], same) if len(found) == 1 else None


def keep_step(keeping: Keeping) -> Kept:
    """Give customers of the outage supply, or find that this was told already."""
    outage: Outage = keeping.parent
    at = keeping.moment_needed("at")
    told = outage.steps.filter(at__gte=at, at__lt=at + _MINUTE).first()
    if told is not None:
        return Kept(row=told, is_linked=True, same=("outage", "time"))
    customers = keeping.said["customers"]
    is_whole = customers is None or outage.customers_affected is None
    step = restoration.restore_step(
        outage,
        method=RestorationMethod(keeping.said["method"] or RestorationMethod.UNKNOWN),
        at=at,
        by=keeping.by,
        customers=customers,
        mv_users=keeping.said["areas"],
        final=bool(keeping.parent_said.get("restored")) and is_whole,
        remark=keeping.quote[:300],
    )
    return Kept(row=step)


def keep_damage(keeping: Keeping) -> Kept:
    """Record what broke on an outage; a number for the whole area stays what the brief says."""
    if keeping.parent is None:
        return STATED
    kind, count = DamageKind(keeping.needed("kind")), keeping.said["count"]
    same = Damage.objects.filter(outage=keeping.parent, kind=kind, count=count).first()
    if same is not None and not keeping.anew:
        return Kept(row=same, is_linked=True, same=("outage", "kind", "count"))
    origin = keeping.told(count=count)
    row = damage.record(
        keeping.parent,
        kind=kind,
        at=keeping.by.now,
        by=keeping.by,
        count=count,
        place=keeping.place(keeping.said["place"]),
        unknown_reasons=origin["unknown_reasons"],
        source=origin["source"],
        source_ref=origin["source_ref"],
        quote=origin["quote"],
    )
    if keeping.said["repaired"]:
        damage.repair(row, at=keeping.moment("as_of") or keeping.at, by=keeping.by, stated=False)
    return Kept(row=row)


def keep_assignment(keeping: Keeping) -> Kept:
    """Send the crew that a person names; who went without a name stays what the brief says."""
    number = keeping.said["crew"]
    if number is None:
        return STATED
    crew = Crew.objects.filter(organization__in=below(keeping.organization.uuid), uuid=number).first()
    if crew is None:
        raise Invalid(problems={"crew": [_("There is no such crew here.")]})
    tasks = keeping.said["tasks"] or [TaskKind.REPAIR]
    job: Assignment = assignments.assign(
        crew,
        task=TaskKind(tasks[0]),
        at=keeping.moment("at") or keeping.at,
        by=keeping.by,
        outage=keeping.parent,
        place=None if keeping.parent else keeping.place(keeping.said["place"]),
        remark=keeping.quote[:300],
    )
    return Kept(row=job)


def _on_the_day(rows: QuerySet[Outage], occurred: Moment | None, at: datetime) -> QuerySet[Outage]:
    """Return the outages that began on the day told; without one, those that are open."""
    day = occurred.on if occurred else None
    if day is None:
        return rows.exclude(status__in=OVER).filter(reported_at__lte=at + _DAY)
    begin = start_of_day(day=day)
    span = (begin, begin + _DAY)
    unknown = Q(occurred_at=None, occurred_on=None, reported_at__gte=span[0], reported_at__lt=span[1])
    return rows.filter(Q(occurred_on=day) | Q(occurred_at__gte=span[0], occurred_at__lt=span[1]) | unknown)


def _begins_before(occurred: Moment | None, at: datetime) -> bool:
    if occurred is None or occurred.on is None:
        return True
    return occurred.at <= at if occurred.at else occurred.on <= at.astimezone(SHANGHAI).date()


def _place(keeping: Keeping, line: Line | None) -> Place:
    said = keeping.said["place"]
    if said is None and line is not None:
        said = SaidPlace(text=line.name, line=line.name)
    elif said is None and keeping.said["line"]:
        said = SaidPlace(text=keeping.said["line"])
    found = keeping.place(said or keeping.needed("place"))
    assert found is not None  # noqa: S101 - there are words
    return found


def _voltage(keeping: Keeping, line: Line | None) -> Decimal:
    told = _voltage_told(keeping, line)
    return told if told is not None else Decimal(keeping.needed("voltage_kv"))


def _voltage_told(keeping: Keeping, line: Line | None) -> Decimal | None:
    if line is not None:
        return line.voltage_kv
    if keeping.said["voltage_kv"] is None and keeping.said["kind"] == OutageKind.LOW_VOLTAGE:
        return _LOW_KV
    told: Decimal | None = keeping.said["voltage_kv"]
    return told


def _words(keeping: Keeping, name: str) -> str:
    told = keeping.item.values.get(name)
    return told["quote"][:300] if told else ""


def _differences(keeping: Keeping, row: Outage) -> dict[str, Any]:
    """Return where the record says otherwise, or nothing; it stays as it is."""
    columns = {"customers": row.customers_affected, "areas": row.mv_users, "cause": row.cause_code}
    found = {name: stands for name, stands in columns.items() if keeping.said[name] not in (None, stands)}
    restored = row.status in SUPPLIED
    if keeping.said["restored"] is not None and keeping.said["restored"] != restored:
        found["restored"] = restored
    return found

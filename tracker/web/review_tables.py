"""The tables of a storm's review, once for the workbook and for the printed report."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import TypeAlias

from django.utils import timezone
from django.utils.translation import gettext as _

from incidents.models import Organization, Storm
from tracker.choices import Severity
from tracker.selectors.review import Review
from tracker.templatetags.board import lasting
from tracker.web.review_parts import told

Cell: TypeAlias = str | int | float
Table: TypeAlias = list[Sequence[Cell]]


def title(storm: Storm, organization: Organization, found: Review) -> str:
    """Return the heading: the storm (a drill says so first), whose part, as of when."""
    return f"{storm} | {organization.name} | {_('as of')} {moment(found.at)}"


def moment(at: datetime | None) -> str:
    """Return a moment in local time; unknown is a dash."""
    return f"{timezone.localtime(at):%Y-%m-%d %H:%M}" if at else "–"


def indices(found: Review) -> Table:
    """Return the indices by step, both forms; what has no base is unknown, not 0."""
    figures = found.reliability
    ieee, china = figures.ieee, figures.china
    return [
        [_("Index"), _("Value"), _("Unit")],
        ["SAIFI", _number(ieee.saifi if ieee else None, 4), _("interruptions per customer")],
        ["SAIDI", _number(ieee.saidi_min if ieee else None, 2), _("min per customer")],
        ["CAIDI", _number(figures.caidi_min, 2), _("min per interruption")],
        ["ASAI", _number(ieee.asai_percent if ieee else None, 6), "%"],
        ["SAIFI-1", _number(china.saifi_1 if china else None, 4), _("interruptions per customer")],
        ["SAIDI-1", _number(china.saidi_1_h if china else None, 4), _("h per customer")],
        ["ASAI-1", _number(china.asai_1_percent if china else None, 6), "%"],
        [_("Customers interrupted"), figures.everything.customers_interrupted, ""],
        [_("Customer-hours out"), _number(figures.everything.customer_minutes / 60, 2), "h"],
        [_("Transformer-area-hours out"), _number(figures.areas.customer_minutes / 60, 2), "h"],
        [_("Customers served"), _known(figures.customers_served), ""],
        [_("Outages that nobody counted, in no index"), figures.everything.without_count, ""],
        [_("Outages with an unknown beginning"), figures.started_unknown, ""],
    ]


def estimates(found: Review) -> Table:
    """Return how good the first estimates were."""
    figures = found.accuracy
    return [
        [_("Estimates"), _("Value")],
        [_("Restored outages with an estimate"), figures.judged],
        [_("Median error, min (+ late)"), _number(figures.median_min, 0)],
        [_("90th percentile of the error, min"), _number(figures.p90_min, 0)],
        [_("Later than promised"), _percent(figures.late_share)],
        [_("Within 30 min"), _percent(figures.within_30_share)],
        [_("Within 60 min"), _percent(figures.within_60_share)],
        [_("No estimate within 2 h"), figures.unpromised],
        [_("Revisions"), figures.revisions],
        [_("Promise passed, still out"), figures.blown],
    ]


def age_table(found: Review) -> Table:
    """Return how many outages last, by age."""
    lines: Table = [[_("Age"), _("Outages still out")]]
    before = timedelta(0)
    for limit, number in found.ages:
        name = f"> {lasting(before)}" if limit is None else f"≤ {lasting(limit)}"
        lines.append([name, number])
        before = limit or before
    return lines


def escalations(found: Review) -> Table:
    """Return alerts by rule, how fast they were taken and how late they were told."""
    head = [
        _("Rule"),
        _("Severity"),
        _("Alerts"),
        _("Acknowledged"),
        _("Median until acknowledged, min"),
        _("Notices"),
        _("Median lateness, s"),
        _("99th percentile, s"),
        _("Greatest lateness, s"),
    ]
    lines: Table = [
        [
            each.rule,
            str(Severity(each.severity).label),
            each.alerts,
            each.acknowledged,
            _number(each.median_ack_s and each.median_ack_s / 60, 0),
            each.told,
            *(_number(late, 1) for late in (each.median_late_s, each.p99_late_s, each.most_late_s)),
        ]
        for each in found.escalations
    ]
    return [head, *lines]


def jobs(found: Review) -> Table:
    """Return who was where, with the rest before each job."""
    head = [
        _("Crew"),
        _("Organisation"),
        _("Place"),
        _("Line"),
        _("assigned"),
        _("on site"),
        _("ended"),
        _("Check-ins"),
        _("Rest before"),
    ]
    lines: Table = [
        [
            each.crew,
            each.organization,
            each.place,
            each.line,
            moment(each.assigned_at),
            moment(each.on_site_at),
            moment(each.ended_at),
            each.check_ins,
            "–" if each.rest is None else lasting(each.rest),
        ]
        for each in found.jobs
    ]
    return [head, *lines]


def timeline(found: Review) -> Table:
    """Return what happened, the newest first."""
    lines: Table = [
        [
            moment(each.event.at),
            str(each.what),
            each.event.what,
            str(each.more),
            "" if each.event.number is None else each.event.number,
        ]
        for each in told(found.events)
    ]
    return [[_("When"), _("What"), _("Where or who"), _("More"), _("Number")], *lines]


def icing(found: Review) -> Table:
    """Return the ice of every section that is drawn, reading by reading."""
    lines: Table = [
        [each.name, _known(each.design_mm), moment(at), float(value)]
        for each in found.ice
        for at, value in each.points
    ]
    return [[_("Section"), _("Design thickness, mm"), _("When"), _("Thickness, mm")], *lines]


def _number(value: float | None, digits: int) -> Cell:
    return _("unknown") if value is None else round(value, digits)


def _known(value: int | None) -> Cell:
    return _("unknown") if value is None else value


def _percent(share: float | None) -> str:
    return "–" if share is None else f"{share * 100:.0f} %"

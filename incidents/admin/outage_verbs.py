"""What is done to outages from the desk."""

from collections.abc import Callable
from datetime import datetime
from typing import Any

from django import forms
from django.db import transaction
from django.utils.translation import gettext_lazy as _

from incidents.access import Right
from incidents.admin.fields import moment, of, reason, text, why_unknown
from incidents.admin.forms import AtForm, AtReasonForm, form_of, operates, records
from incidents.admin.verbs import Verb, VerbForm, correcting
from incidents.admin.where import has_place, place_of, where_fields
from incidents.choices import EstimateKind, OutageStatus
from incidents.journal import Actor
from incidents.models import Assignment, Damage, Estimate, LineSection, Outage, RestorationStep
from incidents.models.outages import OVER
from incidents.rules.lifecycles import OUTAGE, OutageVerb
from incidents.services import assignments, closing, damage, estimates, outages, restoration

_KNOWN = [
    "customers_affected",
    "mv_users",
    "load_lost_mw",
    "cause_code",
    "cause_confidence",
    "cause_text",
    "remark",
]
_UNKNOWN = ["customers_affected"]
_ReportForm = form_of(
    Outage,
    "organization",
    "line",
    "section",
    "voltage_kv",
    "kind",
    "occurred_at",
    "report_channel",
    "storm",
    "parent",
    *_KNOWN,
    also={**where_fields(), "at": moment(_("Reported"))},
    rights=records("organization", "line", "section", "parent"),
    may_be_unknown=_UNKNOWN,
    field_order=["organization", "at", "line", "section", "words", "division", "pole_no"],
)
_StepForm = form_of(
    RestorationStep,
    "method",
    "customers",
    "mv_users",
    field_order=["at"],
    also={
        "at": moment(_("When")),
        "final": forms.BooleanField(label=_("Nobody is out any more"), required=False),
        "remark": text(_("Remark"), required=False),
    },
)
_CorrectForm = form_of(
    Outage,
    "line",
    "section",
    "voltage_kv",
    "kind",
    "storm",
    "parent",
    *_KNOWN,
    also={"at": moment(_("When")), "reason": reason()},
    rights=operates("line", "section", "parent"),
    starts_from_row=True,
)
_DamageForm = form_of(
    Damage,
    "kind",
    "count",
    "is_live_hazard",
    "found_at",
    "remark",
    also={**where_fields(), "at": moment(_("Told"))},
)


class _LocateForm(AtForm):
    """When the fault was found, and where."""

    words = where_fields()["words"]
    division = where_fields()["division"]
    pole_no = where_fields()["pole_no"]


class _EstimateForm(VerbForm):
    """Who stands behind an estimate, and for when."""

    kind = forms.ChoiceField(label=_("Kind"), choices=EstimateKind.choices)
    value_at = moment(_("Estimated restoration"), required=False)
    at = moment(_("Published"))
    reason = reason(required=False)


class _CloseForm(AtForm):
    """What a record needs to be whole."""

    reason = reason(required=False)
    customers_unknown = why_unknown(_("Customers out: why unknown"))


class _MomentaryForm(AtForm):
    """When supply was back by itself."""

    restored_at = moment(_("Supply back"), now=False)


class _AssignForm(VerbForm):
    """Which crew is sent, to do what."""

    rights = operates("crew")

    crew = of(Assignment, "crew")
    task = of(Assignment, "task")
    at = moment(_("When"))
    queue = forms.BooleanField(label=_("Let it wait if the crew is under way"), required=False)


def _while(*verbs: OutageVerb) -> Callable[[Outage], bool]:
    """Return whether an outage allows one of these verbs now."""
    return lambda row: not {*verbs}.isdisjoint(OUTAGE.allowed(state=OutageStatus(row.status)))


def _is_open(row: Outage) -> bool:
    return row.status not in OVER


@transaction.atomic
def report(
    *,
    by: Actor,
    at: datetime,
    words: str,
    division: Any,
    pole_no: str,
    section: LineSection | None,
    **told: Any,
) -> Outage:
    """Report an outage with the place that the form tells, both or neither."""
    place = place_of(
        words=words, division=division, pole_no=pole_no, line=told["line"], section=section, at=at, by=by
    )
    return outages.report(place=place, section=section, at=at, by=by, **told)


@transaction.atomic
def _locate(outage: Outage, *, by: Actor, at: datetime, **where: Any) -> Outage:
    place = place_of(line=outage.line, at=at, by=by, **where) if has_place(**where) else None
    return outages.locate(outage, place=place, at=at, by=by)


@transaction.atomic
def _record_damage(
    outage: Outage, *, by: Actor, at: datetime, words: str, division: Any, pole_no: str, **told: Any
) -> Damage:
    where = {"words": words, "division": division, "pole_no": pole_no}
    place = place_of(line=outage.line, at=at, by=by, **where) if has_place(**where) else None
    return damage.record(outage, place=place, at=at, by=by, **told)


def _close(outage: Outage, *, customers_unknown: str, **said: Any) -> Outage:
    reasons = {"customers_affected": customers_unknown} if customers_unknown else None
    return closing.close(outage, unknown_reasons=reasons, **said)


def _assign(outage: Outage, *, crew: Any, **job: Any) -> Assignment:
    return assignments.assign(crew, outage=outage, **job)


def _publish(outage: Outage, **said: Any) -> Estimate:
    return estimates.publish(outage, **said)


def _stage(name: str, label: Any, call: Any, **over: Any) -> Verb:
    """Return a verb that needs the right to operate, and a form that asks when unless said otherwise."""
    over = {"right": Right.OPERATE, "form": AtForm, "offered": _while(OutageVerb(name)), **over}
    return Verb(name=name, label=label, call=call, **over)


REPORT = Verb(name="report", label=_("Report an outage"), call=report, right=Right.RECORD, form=_ReportForm)
VERBS = [
    _stage("confirm", _("Confirm"), outages.confirm, many=True),
    _stage("locate", _("Fault located"), _locate, form=_LocateForm, right=Right.RECORD),
    _stage("isolate", _("Fault isolated"), outages.isolate, right=Right.RECORD, many=True),
    _stage("start_repair", _("Begin the repair"), outages.start_repair, right=Right.RECORD),
    _stage(
        "restore_step",
        _("Restoration step"),
        restoration.restore_step,
        right=Right.RECORD,
        form=_StepForm,
        offered=_while(OutageVerb.RESTORE_STEP, OutageVerb.SUPPLY_STEP),
        many=True,
        help_text=_("A generator supplies but does not restore. The step after which nobody is out ends it."),
    ),
    _stage("repair", _("Equipment repaired"), restoration.repair, right=Right.RECORD),
    _stage("return_to_normal", _("Normal switching mode"), restoration.return_to_normal),
    Verb(
        name="publish_estimate",
        label=_("Publish an estimate"),
        call=_publish,
        right=Right.OPERATE,
        form=_EstimateForm,
        offered=_is_open,
        many=True,
    ),
    Verb(
        name="assign",
        label=_("Assign a crew"),
        call=_assign,
        right=Right.OPERATE,
        form=_AssignForm,
        offered=lambda row: row.status != OutageStatus.CANCELLED,
        many=True,
    ),
    Verb(
        name="record_damage",
        label=_("Record damage"),
        call=_record_damage,
        right=Right.RECORD,
        form=_DamageForm,
        offered=_is_open,
    ),
    _stage("mislocate", _("Wrong location"), outages.mislocate, form=AtReasonForm),
    _stage("record_momentary", _("Was momentary"), outages.record_momentary, form=_MomentaryForm),
    _stage(
        "close",
        _("Close"),
        _close,
        form=_CloseForm,
        many=True,
        help_text=_("Needs cause, customers or why they are unknown, and a place to the village or why not."),
    ),
    _stage("reopen", _("Reopen for correction"), closing.reopen, form=AtReasonForm),
    _stage("correct", _("Correct"), correcting(closing.correct), form=_CorrectForm),
    _stage("cancel", _("Cancel: false or told twice"), outages.cancel, form=AtReasonForm, many=True),
]

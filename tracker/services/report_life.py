"""What people do with reports: compose, draft anew, sign, send, waive, correct."""

from collections.abc import Sequence
from datetime import datetime

from django.db import transaction

from incidents import journal
from incidents.errors import BadTransition, Conflict, DoesNotAddUp, Inconsistent
from incidents.journal import Actor
from incidents.models import Organization, Storm
from incidents.services import facts
from incidents.services.storing import store
from tracker.choices import ReportKind, ReportState
from tracker.models import SituationReport
from tracker.models.reports import FORMAL
from tracker.rules.report_numbers import from_json
from tracker.rules.report_sums import flaws
from tracker.services.report_planning import PERIOD
from tracker.services.report_post import post
from tracker.services.reports import draft

_VERBS = {
    ReportState.DUE: ["waive"],
    ReportState.DRAFTED: ["sign", "redraft", "waive"],
    ReportState.SIGNED: ["send"],
    ReportState.SENT: ["correct"],
}


@transaction.atomic
def compose(
    organization: Organization,
    *,
    kind: ReportKind,
    at: datetime,
    by: Actor,
    storm: Storm | None = None,
    remark: str = "",
) -> SituationReport:
    """Draft a report that no schedule asks for: news that matters at once, or the detailed one at the end.

    Args:
        organization: Whose.
        kind: Any formal kind.
        at: Cut-off of its numbers.
        by: Who asks for it.
        storm: About which storm; None for everything of seven days that is not a drill.
        remark: Difficulties and needs.

    Raises:
        Inconsistent: If the cut-off lies ahead, or the kind needs no person.
        BrokenRule: If there is a report of this kind as of this moment already; nothing is written.
    """
    facts.check_moments(by=by, at=at)
    if kind not in FORMAL:
        raise Inconsistent(
            field="kind", value=kind, relation="=", other="kind", other_value=", ".join(FORMAL)
        )
    report = SituationReport(
        organization=organization,
        storm=storm,
        is_exercise=storm is not None and storm.is_exercise,
        kind=kind,
        since_at=None if storm else at - PERIOD,
        as_of=at,
        due_at=max(by.now, at),
        created_at=by.now,
        remark=remark,
    )
    draft(report, now=by.now)
    store(report)
    journal.write(
        "situation_report.composed",
        subject=report,
        at=at,
        by=by,
        organization=organization,
        after=_told(report),
    )
    return report


@transaction.atomic
def redraft(report: SituationReport, *, at: datetime, by: Actor) -> SituationReport:
    """Read the numbers anew, as of the same cut-off, with all that is known by now.

    Raises:
        BadTransition: If it is not a draft.
    """
    locked = _locked(report, "redraft")
    before = _told(locked)
    locked.known_at = None
    draft(locked, now=by.now)
    store(locked, fields=["numbers", "adds_up", "known_at", "drafted_at", "state"])
    _record("redrafted", locked, before=before, at=at, by=by)
    return locked


@transaction.atomic
def sign(
    report: SituationReport, *, at: datetime, by: Actor, remark: str = "", despite: bool = False
) -> SituationReport:
    """Put one's name to the numbers; from now on they are frozen.

    Args:
        report: A draft.
        at: When.
        by: Who answers for it.
        remark: Difficulties, needs and what is done next, in words.
        despite: Sign although checks say that something does not add up; the remark says why.

    Raises:
        BadTransition: If it is not a draft.
        DoesNotAddUp: If a check fails and nobody says why; names what. Nothing is written.
    """
    locked = _locked(report, "sign")
    before = _told(locked)
    wrong = flaws(from_json(locked.numbers))
    if wrong and not (despite and remark.strip()):
        raise DoesNotAddUp(flaws=[f"{flaw.check}: {flaw.where}" for flaw in wrong])
    locked.state, locked.signed_at, locked.signed_by = ReportState.SIGNED, at, by.user
    locked.remark = remark or locked.remark
    store(locked, fields=["state", "signed_at", "signed_by", "remark"])
    _record("signed", locked, before=before, at=at, by=by, reason=locked.remark[:300] if wrong else "")
    return locked


@transaction.atomic
def send(report: SituationReport, *, at: datetime, by: Actor) -> SituationReport:
    """Send a signed report to everybody who gets it; nothing of it changes after that.

    Raises:
        BadTransition: If it is not signed, or was sent already.
        Conflict: If nobody gets reports of this kind; nothing is written.
    """
    locked = _locked(report, "send")
    before = _told(locked)
    if not post(locked, now=by.now):
        raise Conflict(subject="situation_report", other="report_recipient")
    locked.state, locked.sent_at, locked.sent_by = ReportState.SENT, at, by.user
    store(locked, fields=["state", "sent_at", "sent_by"])
    _record("sent", locked, before=before, at=at, by=by)
    return locked


@transaction.atomic
def waive(report: SituationReport, *, reason: str, at: datetime, by: Actor) -> SituationReport:
    """Decide that a report is not needed: the event is not in scope, another one says it all.

    Raises:
        BadTransition: If it was signed, sent or ended.
        Missing: If no reason is given.
    """
    facts.require_words(purpose="waive", reason=reason)
    locked = _locked(report, "waive")
    before = _told(locked)
    locked.state, locked.ended_at, locked.end_reason = ReportState.WAIVED, at, reason
    store(locked, fields=["state", "ended_at", "end_reason"])
    _record("waived", locked, before=before, at=at, by=by, reason=reason)
    return locked


@transaction.atomic
def correct(report: SituationReport, *, reason: str, at: datetime, by: Actor) -> SituationReport:
    """Draft a new report in the place of a sent one: same cut-off, with all that is known by now.

    The sent one stays as it is.

    Raises:
        BadTransition: If it was not sent.
        Missing: If no reason is given.
        BrokenRule: If it has a correction already; nothing is written.
    """
    facts.require_words(purpose="correct", reason=reason)
    old = _locked(report, "correct")
    new = SituationReport(
        organization=old.organization,
        storm=old.storm,
        is_exercise=old.is_exercise,
        kind=old.kind,
        level=old.level,
        since_at=old.since_at,
        as_of=old.as_of,
        due_at=max(old.due_at, by.now),
        next_due_at=old.next_due_at,
        created_at=by.now,
        corrects=old,
        correction_reason=reason,
        remark=old.remark,
    )
    draft(new, now=by.now)
    store(new)
    journal.write(
        "situation_report.corrected",
        subject=new,
        at=at,
        by=by,
        organization=new.organization,
        after=_told(new),
        reason=reason,
    )
    return new


def _locked(report: SituationReport, verb: str) -> SituationReport:
    found = (
        SituationReport.objects.select_for_update(of=["self"])
        .select_related("organization", "storm")
        .get(pk=report.pk)
    )
    allowed: Sequence[str] = _VERBS.get(ReportState(found.state), [])
    if verb not in allowed or (verb == "correct" and not found.is_formal):
        raise BadTransition(subject="situation_report", state=found.state, verb=verb, allowed=allowed)
    return found


def _told(report: SituationReport) -> dict[str, object]:
    """Return what the journal keeps; the numbers stand in the report, which nobody changes."""
    kept = journal.snapshot(report)
    kept.pop("numbers")
    return kept


def _record(
    deed: str,
    report: SituationReport,
    *,
    before: dict[str, object],
    at: datetime,
    by: Actor,
    reason: str = "",
) -> None:
    journal.write(
        f"situation_report.{deed}",
        subject=report,
        at=at,
        by=by,
        organization=report.organization,
        before=before,
        after=_told(report),
        reason=reason,
    )

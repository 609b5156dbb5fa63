"""The watch over a past storm: the same engine, only ``now`` differs, in a record that is thrown away.

Its mailbox is a list: whatever is written is taken as delivered at once, nothing is sent.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

from django.db import connection, transaction

from incidents.errors import Inconsistent, NotFound
from incidents.journal import Actor
from incidents.models import Storm
from incidents.services.storing import store
from tracker.checks import CHECKS
from tracker.models import Alert, Replay, Rule
from tracker.services import proposals, rules
from tracker.services.escalate import escalate
from tracker.services.evaluate import Evaluated, judge
from tracker.services.scope import at_work
from tracker.services.scratch import Deed, apply, deeds_of, scratch
from tracker.services.wanted import Wanted, in_words

OF_THE_WATCH = frozenset({"E36", "E37"})  # rules about the watch that runs now, not about the storm
AFTER = timedelta(hours=6)  # how long a replay looks on after the last that is known

_DELIVERED = """
    UPDATE tracker_notification SET state = 'accepted', accepted_at = %s, next_try_at = NULL
    WHERE state = 'queued'
"""


@dataclass(frozen=True, kw_only=True)
class Span:
    """From when to when, in which steps, and by which clock.

    Attributes:
        from_at: First look; None for the first that is known.
        to_at: Last look; None for a while after the last that is known.
        step: Between two looks.
        by_deed: See :func:`tracker.services.scratch.deeds_of`.
    """

    from_at: datetime | None = None
    to_at: datetime | None = None
    step: timedelta = timedelta(minutes=1)
    by_deed: bool = False


def run(
    storm: Storm,
    *,
    span: Span,
    by: Actor,
    wanted: Sequence[Wanted] | None = None,
    label: str = "",
    progress: Callable[[datetime], None] = lambda _now: None,
) -> Replay:
    """Let the watch look at a past storm, and keep what it would have done.

    Args:
        storm: The storm.
        span: When it looks.
        by: Who runs it.
        wanted: Rules that are in force there; None for those that are in force now.
        label: What the rules are called.
        progress: Told the time of every look.

    Returns:
        The stored result.

    Raises:
        NotFound: If the journal tells nothing of the storm.
        Inconsistent: If it would end before it begins.
        Refused: Whatever is wrong with the rules; nothing is stored.
    """
    deeds = deeds_of(storm, by_deed=span.by_deed)
    if not deeds:
        raise NotFound(kind="journal", key=storm.slug)
    from_at = span.from_at or deeds[0].known_at
    to_at = span.to_at or deeds[-1].known_at + AFTER
    if to_at <= from_at:
        raise Inconsistent(field="to", value=to_at, relation=">", other="from", other_value=from_at)
    with scratch(keep_rules=wanted is None):
        for said in wanted or ():
            rules.publish(said, at=from_at, by=by)
        in_force = _rules_in_force()
        _look(deeds, from_at, to_at, span.step, by, progress)
        alerts = _told(to_at)
    made = Replay(
        storm=storm,
        label=label or ", ".join(sorted(in_force)),
        rules=in_force,
        from_at=from_at,
        to_at=to_at,
        step_s=int(span.step.total_seconds()),
        alerts=alerts,
        run_at=by.now,
        run_by=by.user,
    )
    made.label = made.label[:100]
    with transaction.atomic():
        store(made)
    return made


def compare(one: Replay, other: Replay) -> list[dict[str, Any]]:
    """Return in what two replays of one storm differ: alerts of one alone, or opened at another time.

    Args:
        one: The first.
        other: The second.
    """
    first, second = _by_subject(one), _by_subject(other)
    found = []
    for key in sorted(first.keys() | second.keys()):
        mine, theirs = first.get(key), second.get(key)
        if mine is not None and theirs is not None and _heart(mine) == _heart(theirs):
            continue
        code, what, _number = key
        found.append({"rule": code, "what": what, "one": _heart(mine), "other": _heart(theirs)})
    return found


def _look(
    deeds: Sequence[Deed],
    from_at: datetime,
    to_at: datetime,
    step: timedelta,
    by: Actor,
    progress: Callable[[datetime], None],
) -> None:
    checks = [check for check in at_work() if check.code not in OF_THE_WATCH]
    begun, now = 0, from_at
    while now <= to_at:
        progress(now)
        ended = begun
        while ended < len(deeds) and deeds[ended].known_at <= now:
            ended += 1
        then = replace(by, now=now)
        apply(deeds[begun:ended], by=then)
        begun = ended
        proposals.weigh(by=then, done=proposals.Proposed())
        found = Evaluated()
        for check in checks:
            judge(check, now=now, found=found)
        escalate(now=now)
        with connection.cursor() as cursor:
            cursor.execute(_DELIVERED, [now])
        now += step


def _told(to_at: datetime) -> list[dict[str, Any]]:
    """Return every alert of the scratch record with whom it reached and how late."""
    alerts = Alert.objects.select_related("rule", "organization").prefetch_related(
        "events", "notifications__recipient"
    )
    return [
        {
            "rule": alert.rule_code,
            "band": alert.band,
            "severity": alert.severity,
            "what": alert.what,
            "subject": [alert.subject_type, alert.subject_id],
            "organization": alert.organization.name,
            "drill": alert.is_exercise,
            "opened_at": alert.opened_at,
            "resolved_at": alert.resolved_at,
            "steps": [
                {"at": event.at, "kind": event.kind, "step": event.step, **event.detail}
                for event in sorted(alert.events.all(), key=lambda event: event.pk)
                if event.kind not in ("opened", "resolved")
            ],
            "roles": _roles(alert, to_at),
            "people": sorted({str(mail.recipient) for mail in alert.notifications.all()}),
            "mails": len(alert.notifications.all()),
            "late_s": max(
                ((mail.created_at - mail.due_at).total_seconds() for mail in alert.notifications.all()),
                default=None,
            ),
        }
        for alert in alerts.order_by("opened_at", "rule_code", "subject_id", "pk")
    ]


def _roles(alert: Alert, to_at: datetime) -> str:
    """Return the roles that time had reached when it was over or the replay ended, whoever held them."""
    lasted = (alert.resolved_at or to_at) - alert.climb_at
    levels = alert.rule.levels.filter(band=alert.band, after_min__lte=lasted.total_seconds() / 60)
    return "".join(dict.fromkeys(role for level in levels.order_by("position") for role in level.roles))


def _rules_in_force() -> dict[str, Any]:
    """Return what the rules of the scratch record say, in the words of a rules file."""
    found: dict[str, Any] = {}
    for rule in Rule.objects.filter(replaced_at=None, enabled=True, code__in=CHECKS).order_by("code", "pk"):
        said = rules.said_by(rule)
        key = rule.code if rule.organization_id is None else f"{rule.code}/{rule.organization_id}"
        found[key] = {
            "params": dict(said.params),
            "ladder": {band: in_words(rungs) for band, rungs in said.ladders.items()},
            "for_s": said.for_s,
        }
    return found


def _by_subject(replay: Replay) -> dict[tuple[str, str, int], dict[str, Any]]:
    found: dict[tuple[str, str, int], dict[str, Any]] = {}
    for alert in replay.alerts:
        number = 0
        while (alert["rule"], alert["what"], number) in found:
            number += 1
        found[alert["rule"], alert["what"], number] = alert
    return found


def _heart(alert: dict[str, Any] | None) -> dict[str, Any] | None:
    """Return what of an alert matters when two rule sets are compared."""
    if alert is None:
        return None
    kept = {key: alert[key] for key in ("band", "roles", "mails")}
    return {**kept, "opened_at": str(alert["opened_at"]), "resolved_at": str(alert["resolved_at"])}

"""Rules: a change is a new version; alerts that are open keep the one they started with."""

from datetime import datetime
from itertools import pairwise

from django.db import transaction

from incidents import journal
from incidents.errors import Inconsistent, NotFound
from incidents.journal import Actor
from incidents.models import Organization
from incidents.services.storing import store
from tracker.checks import CHECKS
from tracker.choices import DutyRole, RuleOrigin
from tracker.models import Rule, RuleLevel
from tracker.services.catalogue import CATALOGUE, Rung, Wanted


@transaction.atomic
def publish(
    wanted: Wanted,
    *,
    at: datetime,
    by: Actor,
    organization: Organization | None = None,
    origin: RuleOrigin = RuleOrigin.COMPANY,
) -> Rule:
    """Make a new version of a rule the current one; the very same again changes nothing.

    Args:
        wanted: What it says.
        at: Since when it counts.
        by: Who set it.
        organization: Whose rule it is; None for everybody without their own.
        origin: Whether a company or the product's catalogue set it; a new catalogue replaces only its own.

    Raises:
        NotFound: If nothing watches for this code.
        Inconsistent: If its bands are not those of its condition, or a ladder runs backwards.
        BrokenRule, Invalid: If a value cannot be; nothing is written.
    """
    _check(wanted)
    current = (
        Rule.objects.select_for_update()
        .filter(code=wanted.code, organization=organization, replaced_at=None)
        .first()
    )
    if current is not None and said_by(current) == wanted:
        return current
    before = None if current is None else journal.snapshot(current)
    if current is not None:
        current.replaced_at = max(at, current.since_at)
        store(current, fields=["replaced_at"])
    rule = _new_version(wanted, organization, origin, at, by)
    journal.write("rule.published", subject=rule, at=at, by=by, organization=organization, before=before)
    return rule


def load_catalogue(*, at: datetime, by: Actor) -> list[Rule]:
    """Bring the rules for everybody up to the product's catalogue; what a company set stays.

    Returns:
        The versions that were made; none the second time.
    """
    made = []
    for wanted in CATALOGUE:
        current = Rule.objects.filter(code=wanted.code, organization=None, replaced_at=None).first()
        if current is None or (current.origin == RuleOrigin.CATALOGUE and said_by(current) != wanted):
            made.append(publish(wanted, at=at, by=by, origin=RuleOrigin.CATALOGUE))
    return made


def said_by(rule: Rule) -> Wanted:
    """Return what a version says, as :func:`publish` takes it: the beginning of every change."""
    ladders: dict[str, tuple[Rung, ...]] = {}
    for level in rule.levels.order_by("band", "position"):
        rung = Rung(
            after_min=level.after_min,
            roles=tuple(DutyRole(role) for role in level.roles),
            repeat_min=level.repeat_min,
            max_repeats=level.max_repeats,
        )
        ladders[level.band] = (*ladders.get(level.band, ()), rung)
    return Wanted(
        code=rule.code,
        name=rule.name,
        source=rule.source,
        stop_condition=rule.stop_condition,
        severities=rule.severities,
        ladders=ladders,
        params=rule.params,
        ack_min=rule.ack_min,
        enabled=rule.enabled,
    )


def _new_version(
    wanted: Wanted, organization: Organization | None, origin: RuleOrigin, at: datetime, by: Actor
) -> Rule:
    last = Rule.objects.filter(code=wanted.code, organization=organization).order_by("version").last()
    rule = Rule(
        code=wanted.code,
        version=last.version + 1 if last else 1,
        organization=organization,
        enabled=wanted.enabled,
        name=wanted.name,
        subject_type=CHECKS[wanted.code].subject_type,
        params=wanted.params,
        severities=wanted.severities,
        ack_min=wanted.ack_min,
        source=wanted.source,
        stop_condition=wanted.stop_condition,
        origin=origin,
        since_at=at,
        made_by=by.user,
    )
    store(rule)
    for band, rungs in wanted.ladders.items():
        for position, rung in enumerate(rungs, start=1):
            level = RuleLevel(
                rule=rule,
                band=band,
                position=position,
                after_min=rung.after_min,
                roles=list(rung.roles),
                repeat_min=rung.repeat_min,
                max_repeats=rung.max_repeats,
            )
            store(level)
    return rule


def _check(wanted: Wanted) -> None:
    if wanted.code not in CHECKS:
        raise NotFound(kind="rule", key=wanted.code)
    bands = set(CHECKS[wanted.code].bands)
    if set(wanted.severities) != bands or not set(wanted.ladders) <= bands:
        raise Inconsistent(
            field="bands",
            value=", ".join(sorted({*wanted.severities, *wanted.ladders})),
            relation="=",
            other="condition",
            other_value=", ".join(sorted(bands)),
        )
    for rungs in wanted.ladders.values():
        for lower, upper in pairwise(rungs):
            if upper.after_min < lower.after_min:
                raise Inconsistent(
                    field="after_min",
                    value=upper.after_min,
                    relation="≥",
                    other="after_min",
                    other_value=lower.after_min,
                )

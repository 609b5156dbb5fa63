"""Rules: a change is a new version; alerts that are open keep the one they started with."""

from collections.abc import Collection
from datetime import datetime
from itertools import pairwise

from django.db import transaction

from incidents import journal
from incidents.errors import Inconsistent, NotFound, OutOfRange
from incidents.journal import Actor
from incidents.models import Organization, User
from incidents.services.storing import store
from tracker.checks import CHECKS
from tracker.choices import DutyRole, QuietPolicy, RuleOrigin, RungChannel, StormPolicy
from tracker.models import Rule, RuleLevel
from tracker.services.catalogue import CATALOGUE
from tracker.services.wanted import Rung, Wanted


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
        Inconsistent: If its bands are not those of its condition, a ladder runs backwards, or a threshold is
            missing or unknown.
        OutOfRange: If a threshold cannot make sense.
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
    for level in rule.levels.prefetch_related("people").order_by("band", "position"):
        rung = Rung(
            after_min=level.after_min,
            roles=tuple(DutyRole(role) for role in level.roles),
            repeat_min=level.repeat_min,
            max_repeats=level.max_repeats,
            people=tuple(sorted(person.username for person in level.people.all())),
            regardless_of_duty=level.regardless_of_duty,
            channel=RungChannel(level.channel),
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
        for_s=rule.for_s,
        clear_s=rule.clear_s,
        quiet=QuietPolicy(rule.quiet),
        storm_policy=StormPolicy(rule.storm_policy),
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
        for_s=wanted.for_s,
        clear_s=wanted.clear_s,
        quiet=wanted.quiet,
        storm_policy=wanted.storm_policy,
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
                regardless_of_duty=rung.regardless_of_duty,
                channel=rung.channel,
            )
            store(level)
            level.people.set(_people(rung.people))
    return rule


def _people(names: Collection[str]) -> list[User]:
    """Return the accounts of these sign-in names.

    Raises:
        NotFound: If there is no such account.
    """
    found = {user.username: user for user in User.objects.filter(username__in=names)}
    for name in names:
        if name not in found:
            raise NotFound(kind="user", key=name)
    return list(found.values())


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
    _check_params(wanted)
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


def _check_params(wanted: Wanted) -> None:
    asked = CHECKS[wanted.code].params
    if set(wanted.params) != set(asked):
        raise Inconsistent(
            field="params",
            value=", ".join(sorted(wanted.params)),
            relation="=",
            other="condition",
            other_value=", ".join(sorted(asked)),
        )
    for name, number in asked.items():
        value = wanted.params[name]
        if (
            isinstance(value, bool)
            or not isinstance(value, int | float)
            or not number.low <= value <= number.high
        ):
            raise OutOfRange(field=name, value=value, low=number.low, high=number.high)

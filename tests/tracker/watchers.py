"""Typed functions that make rows of the watch: say only what the test is about."""

from dataclasses import replace
from datetime import datetime, timedelta
from decimal import Decimal
from itertools import count
from typing import Any
from uuid import uuid4

from incidents.choices import Grade, GradeBasis, IceMethod, Language, Role, ThicknessKind
from incidents.models import IceReading, LineSection, Membership, Organization, SectionIcing, User
from tests.factories import (
    STORM_NIGHT,
    make_actor,
    make_organization,
    make_place,
    make_section,
    make_user,
)
from tracker.choices import DutyRole, RuleOrigin
from tracker.models import Alert, DutyPost, Hook, Notification, Rule
from tracker.services import hooks, rules
from tracker.services.catalogue import CATALOGUE

_numbers = count(1)


def minutes(number: float) -> datetime:
    """A moment of the storm night, that many minutes after its beginning."""
    return STORM_NIGHT + timedelta(minutes=number)


def refresh(row: Notification) -> Notification:
    """Read a row again."""
    row.refresh_from_db()
    return row


def alert_of(row: Notification) -> Alert:
    """The alert of a step."""
    assert row.alert is not None
    return row.alert


def wait_of(row: Notification, *, since: datetime) -> float:
    """How long a mail waits for its next try, s."""
    assert row.next_try_at is not None
    return (row.next_try_at - since).total_seconds()


def told(alert: Alert) -> list[tuple[int, int, int]]:
    """Rung, repeat and recipient of every notification."""
    rows = alert.notifications.order_by("level", "repeat", "recipient")
    return list(rows.values_list("level", "repeat", "recipient"))


def load_rules(*codes: str) -> Rule:
    """Rules as the product comes, E01 unless others are named; the first of them."""
    made = [load_rule(code) for code in codes or ("E01",)]
    return made[0]


def load_rule(code: str, **over: Any) -> Rule:
    """One rule of the catalogue, switched on."""
    wanted = next(wanted for wanted in CATALOGUE if wanted.code == code)
    params = {**wanted.params, **over.pop("params", {})}
    return rules.publish(
        replace(wanted, **({"enabled": True} | over), params=params),
        at=STORM_NIGHT,
        by=make_actor(),
        origin=RuleOrigin.CATALOGUE,
    )


def make_post(role: DutyRole | str, *, organization: Organization | None = None, **over: Any) -> DutyPost:
    values = {"since_at": STORM_NIGHT - timedelta(hours=1)} | over
    user = values.pop("user", None) or make_user()
    where = organization or make_organization()
    make_member(user, where)
    return DutyPost.objects.create(role=role, organization=where, user=user, **values)


def make_member(user: User, organization: Organization) -> User:
    """Somebody with a role there, once: nobody else is told of what happens there."""
    Membership.objects.get_or_create(
        user=user,
        organization=organization,
        role=Role.VIEWER,
        until_at=None,
        defaults={"since_at": STORM_NIGHT - timedelta(days=365)},
    )
    return user


def make_crew_of_watchers(organization: Organization) -> dict[str, User]:
    """One person in each role of the ladder of E01."""
    return {role: make_post(role, organization=organization).user for role in "DSOEVGU"}


def make_reading(*, section: LineSection, **over: Any) -> IceReading:
    values: dict[str, Any] = {
        "kind": ThicknessKind.STANDARD,
        "method": IceMethod.CALIPER,
        "thickness_mm": Decimal("30.0"),
        "observed_at": STORM_NIGHT,
        "received_at": STORM_NIGHT,
        "rule_version": "test",
    } | over
    if "place" not in values:
        values["place"] = make_place()
    return IceReading.objects.create(section=section, reported_by=make_user(), **values)


def make_icing(grade: Grade, *, section: LineSection | None = None, **over: Any) -> SectionIcing:
    """A section that holds a grade, 30 mm on a design of 15 mm unless said otherwise."""
    where = section or make_section()
    values: dict[str, Any] = {
        "grade": grade,
        "grade_basis": GradeBasis.MEASURED,
        "standard_mm": Decimal("30.000"),
        "ratio": Decimal("2.0000"),
        "observed_at": STORM_NIGHT,
        "grade_since_at": STORM_NIGHT,
    } | over
    reading = values.pop("reading", None) or make_reading(section=where)
    return SectionIcing.objects.create(section=where, reading=reading, **values)


def make_alert(**over: Any) -> Alert:
    """An open red alert of E01 that has just begun to climb."""
    values: dict[str, Any] = {
        "rule_code": "E01",
        "subject_type": "linesection",
        "subject_id": next(_numbers),
        "band": "red",
        "band_rank": 4,
        "severity": "critical",
        "climb_at": STORM_NIGHT,
        "next_due_at": STORM_NIGHT,
        "opened_at": STORM_NIGHT,
        "facts": {
            "line": "横岗线",
            "section": "S1",
            "voltage_kv": 10,
            "observed_at": STORM_NIGHT.isoformat(),
        },
    } | over
    rule = values.pop("rule", None) or Rule.objects.filter(code="E01").first() or load_rules()
    organization = values.pop("organization", None) or make_organization()
    return Alert.objects.create(rule=rule, organization=organization, **values)


def make_hook(url: str = "http://127.0.0.1:9/", **over: Any) -> Hook:
    """A gateway that is switched on, for everybody unless said otherwise."""
    values: dict[str, Any] = {"name": "短信网关", "languages": [Language.CHINESE, Language.ENGLISH]} | over
    return hooks.make(url=url, by=make_actor(), **values)[0]


def make_message(hook: Hook, **over: Any) -> Notification:
    """A message that is owed through a gateway."""
    recipient = over.pop("recipient", None) or make_user(phone="13800000000")
    values = {"channel": "webhook", "hook": hook, "address": "13800000000", "recipient": recipient} | over
    return make_notification(**values)


def make_notification(**over: Any) -> Notification:
    """A mail that is owed."""
    values: dict[str, Any] = {
        "generation": 1,
        "level": 1,
        "channel": "mail",
        "language": "zh-hans",
        "due_at": STORM_NIGHT,
        "created_at": STORM_NIGHT,
        "next_try_at": STORM_NIGHT,
        "message_id": f"<{uuid4()}@test>",
    } | over
    alert = values.pop("alert", None) or make_alert()
    recipient = values.pop("recipient", None) or make_user()
    values.setdefault("address", recipient.email)
    return Notification.objects.create(alert=alert, recipient=recipient, **values)

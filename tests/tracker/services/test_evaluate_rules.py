from dataclasses import replace
from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from psycopg.sql import SQL

from incidents.choices import EntryMode, Grade, OrganizationLevel
from tests.factories import make_actor, make_line, make_organization, make_section, make_user
from tests.tracker.watchers import (
    load_rules,
    make_icing,
    make_reading,
    minutes,
)
from tracker.checks import CHECKS, Check
from tracker.choices import AlertEnd
from tracker.models import Alert
from tracker.services import rules
from tracker.services.evaluate import Evaluated, evaluate
from tracker.services.rules import said_by

pytestmark = pytest.mark.django_db


def kinds(alert: Alert) -> list[str]:
    return [event.kind for event in alert.events.order_by("id")]


def test_without_a_rule_nothing_is_opened() -> None:
    make_icing(Grade.RED)

    assert evaluate(now=minutes(0)) == Evaluated()


def test_drill_and_real_are_two_alerts() -> None:
    load_rules()
    section = make_section()
    make_icing(Grade.RED, section=section)
    make_icing(Grade.BLUE, section=section, is_exercise=True)

    evaluate(now=minutes(0))

    assert list(Alert.objects.order_by("is_exercise").values_list("is_exercise", "band")) == [
        (False, "red"),
        (True, "blue"),
    ]


def test_records_made_after_the_fact_raise_nothing() -> None:
    load_rules()
    section = make_section()
    reading = make_reading(section=section, entry_mode=EntryMode.HISTORICAL)
    make_icing(Grade.RED, section=section, reading=reading)

    assert evaluate(now=minutes(0)) == Evaluated()


def test_the_nearest_rule_upwards_counts() -> None:
    everybodys = load_rules()
    city = make_organization(level=OrganizationLevel.CITY)
    county = make_organization(parent=city)
    citys = rules.publish(said_by(everybodys), at=minutes(0), by=make_actor(), organization=city)
    make_icing(Grade.RED, section=make_section(line=make_line(organization=county)))
    make_icing(Grade.RED)

    evaluate(now=minutes(0))

    own, other = Alert.objects.order_by("subject_id")
    assert (own.rule, other.rule) == (citys, everybodys)


def test_a_rule_that_is_switched_off_ends_its_alerts_and_says_so() -> None:
    rule = load_rules()
    make_icing(Grade.RED)
    evaluate(now=minutes(0))
    rules.publish(replace(said_by(rule), enabled=False), at=minutes(1), by=make_actor())

    found = evaluate(now=minutes(2))

    assert found == Evaluated(resolved=1)
    assert Alert.objects.get().resolved_why == AlertEnd.RULE_OFF


def test_an_open_alert_keeps_the_version_it_started_with() -> None:
    first = load_rules()
    icing = make_icing(Grade.BLUE)
    evaluate(now=minutes(0))
    rules.publish(replace(said_by(first), name="改"), at=minutes(1), by=make_actor())
    icing.grade = Grade.RED
    icing.save()

    evaluate(now=minutes(2))

    assert Alert.objects.get().rule == first


def test_a_rule_whose_query_fails_is_named_and_the_others_go_on() -> None:
    load_rules()
    make_icing(Grade.RED)
    broken = Check(code="E99", subject_type="line", bands=("",), query=SQL("SELECT nothing"))

    found = evaluate(now=minutes(0), checks=[broken, *CHECKS.values()])

    assert found == Evaluated(opened=1, broken=["E99"])


def test_is_one_statement_a_rule_whatever_the_number() -> None:
    load_rules()
    for _ in range(3):
        make_icing(Grade.RED)
    with CaptureQueriesContext(connection) as few:
        evaluate(now=minutes(0))
    for _ in range(20):
        make_icing(Grade.RED)

    with CaptureQueriesContext(connection) as many:
        evaluate(now=minutes(1))

    assert Alert.objects.count() == 23
    assert len(many) == len(few) <= 5 * len(CHECKS)


def test_the_override_of_a_person_counts_until_it_runs_out() -> None:
    load_rules()
    make_icing(
        Grade.BLUE,
        override_grade=Grade.RED,
        override_by=make_user(),
        override_reason="雾凇脱落前",
        override_until_at=minutes(60),
    )

    evaluate(now=minutes(0))
    at_first = Alert.objects.get().band
    evaluate(now=minutes(60))

    assert (at_first, Alert.objects.get().band) == ("red", "blue")


def test_nothing_is_late_for_a_sweep_that_comes_late() -> None:
    load_rules()
    make_icing(Grade.RED)

    evaluate(now=minutes(0) + timedelta(days=30))

    assert Alert.objects.get().next_due_at == minutes(0) + timedelta(days=30)

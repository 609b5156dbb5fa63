"""Every rule of the catalogue at once, over an empty record and over the exercise storm."""

import pytest

from incidents.management.stories import demo
from incidents.services import divisions
from tests.factories import make_actor
from tests.tracker.watchers import load_rule, minutes
from tracker.checks import CHECKS
from tracker.models import Alert
from tracker.services import proposals, thresholds
from tracker.services.catalogue import CATALOGUE
from tracker.services.evaluate import Evaluated, evaluate

pytestmark = pytest.mark.django_db


def test_every_condition_has_a_rule_and_every_rule_a_condition() -> None:
    assert {wanted.code for wanted in CATALOGUE} == set(CHECKS)
    assert len(CHECKS) >= 34


def test_nothing_breaks_over_an_empty_record_and_nothing_fires() -> None:
    for code in CHECKS:
        load_rule(code)

    assert evaluate(now=minutes(0)) == Evaluated()


def test_the_exercise_storm_raises_alerts_of_the_drill_only_once() -> None:
    by = make_actor()
    divisions.load_packed(by=by)
    for code in CHECKS:
        load_rule(code)
    thresholds.load_defaults(by=by)
    demo.play(size=60, seed=1, by=by)
    proposals.propose(by=by)

    first = evaluate(now=minutes(0))
    after_for = evaluate(now=minutes(2))
    again = evaluate(now=minutes(2))

    codes = set(Alert.objects.values_list("rule_code", flat=True))
    assert (first.broken, after_for.broken) == ([], [])
    assert again == Evaluated()
    assert codes >= {"E01", "E05", "E06", "E09", "E11", "E12", "E23", "E30", "E32"}
    assert not Alert.objects.filter(is_exercise=False).exists()

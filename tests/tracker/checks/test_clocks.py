"""Rules that wait: at the minute, not a second before; over when their end comes; real and drill apart."""

from datetime import datetime, timedelta

import pytest

from tests.tracker.checks.cases import CASES, Case
from tests.tracker.watchers import load_rule, minutes
from tracker.checks import CHECKS
from tracker.choices import AlertState
from tracker.models import Alert
from tracker.services.evaluate import Evaluated, evaluate

pytestmark = pytest.mark.django_db

SECOND = timedelta(seconds=1)
# They look at crews, users, the grid and the watch itself: rows that are no record of an event.
NO_RECORDS = {"E15", "E16", "E18", "E25", "E26", "E27", "E35", "E36", "E37"}


def look(case: Case, at: datetime) -> Evaluated:
    return evaluate(now=at, checks=[CHECKS[case.code]])


def of(case: Case) -> "list[tuple[str, str]]":
    found = Alert.objects.filter(rule_code=case.code)
    return list(found.values_list("band", "state"))


def is_below(case: Case) -> bool:
    """Whether nothing, or only a milder band, has fired."""
    return all(band < case.band for band, _state in of(case))


@pytest.mark.parametrize("case", CASES, ids=str)
def test_fires_at_its_minute_and_not_a_second_before(case: Case) -> None:
    load_rule(case.code, params=case.params)
    row = case.make()

    look(case, minutes(case.fires_at) - SECOND)
    assert is_below(case)
    found = look(case, minutes(case.fires_at))

    assert found.broken == []
    alert = Alert.objects.get(rule_code=case.code)
    assert (alert.band, alert.state, alert.is_exercise) == (case.band, AlertState.FIRING, False)
    if alert.subject_type == row._meta.model_name and case.code != "E37":
        assert alert.subject_id == row.pk


@pytest.mark.parametrize("case", CASES, ids=str)
def test_does_not_flap_and_is_over_when_its_condition_is_gone(case: Case) -> None:
    load_rule(case.code, params=case.params, clear_s=0)
    row = case.make()
    look(case, minutes(case.fires_at))

    again = look(case, minutes(case.fires_at) + SECOND)
    case.end(row)
    found = look(case, minutes(case.fires_at) + 2 * SECOND)

    assert again == Evaluated()
    assert found == Evaluated(resolved=1)
    assert look(case, minutes(case.fires_at) + 3 * SECOND) == Evaluated()


@pytest.mark.parametrize("case", [case for case in CASES if case.code not in NO_RECORDS], ids=str)
def test_records_made_after_the_fact_raise_nothing(case: Case) -> None:
    """Invariant 17."""
    load_rule(case.code, params=case.params)
    row = case.make()
    type(row).objects.filter(pk=row.pk).update(entry_mode="historical")  # type: ignore[attr-defined]

    assert look(case, minutes(case.fires_at)) == Evaluated()

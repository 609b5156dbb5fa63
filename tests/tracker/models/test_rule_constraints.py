"""Every rule that rows of response levels, thresholds, replays and waits can break is broken here."""

from collections.abc import Callable
from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from django.db import IntegrityError, transaction
from django.db.models import Model

from tests.constraints import breaks
from tests.factories import STORM_NIGHT, make_organization, make_storm, make_user
from tests.tracker.models.test_constraints import make_rule
from tests.tracker.watchers import minutes
from tracker.models import AreaProfile, EmergencyResponse, Holding, Replay, ResponseThreshold

pytestmark = pytest.mark.django_db


def threshold(**over: Any) -> ResponseThreshold:
    values: dict[str, Any] = {
        "kind": "company",
        "level": "IV",
        "measure": "lines_out",
        "at_least": Decimal(1),
        "valid_from": date(2024, 1, 1),
        "basis": "our default",
    }
    return ResponseThreshold.objects.create(**(values | over))


def profile(**over: Any) -> AreaProfile:
    values: dict[str, Any] = {"customers": 1, "valid_from": date(2024, 1, 1), "source": "test"} | over
    organization = values.pop("organization", None) or make_organization()
    return AreaProfile.objects.create(organization=organization, **values)


def response(**over: Any) -> EmergencyResponse:
    values: dict[str, Any] = {
        "level": "IV",
        "state": "started",
        "basis": "命令",
        "decided_at": STORM_NIGHT,
        "decided_by": make_user(),
    } | over
    organization = values.pop("organization", None) or make_organization()
    return EmergencyResponse.objects.create(organization=organization, **values)


def proposal(**over: Any) -> EmergencyResponse:
    values = {
        "state": "proposed",
        "decided_at": None,
        "decided_by": None,
        "proposed_at": STORM_NIGHT,
        "seen_at": STORM_NIGHT,
        "expires_at": minutes(120),
    }
    return response(**(values | over))


def replayed(**over: Any) -> Replay:
    values: dict[str, Any] = {
        "storm": make_storm(),
        "label": "test",
        "from_at": STORM_NIGHT,
        "to_at": minutes(1),
        "step_s": 60,
        "run_at": STORM_NIGHT,
        "run_by": make_user(),
    }
    return Replay.objects.create(**(values | over))


def holding(**over: Any) -> Holding:
    return Holding.objects.create(**({"rule_code": "E11", "subject_type": "outage", "subject_id": 1} | over))


@pytest.mark.parametrize(
    ("rule", "make", "over"),
    [
        ("rule_delays_within_a_day", make_rule, {"for_s": 86_401}),
        ("rule_delays_within_a_day", make_rule, {"clear_s": 86_401}),
        ("holding_code_is_a_letter_and_two_digits", holding, {"rule_code": "E1"}),
        ("threshold_dates_in_order", threshold, {"valid_to": date(2024, 1, 1)}),
        ("threshold_edges_in_order", threshold, {"below": Decimal(1)}),
        ("threshold_names_its_basis", threshold, {"basis": ""}),
        ("threshold_kind_fits", threshold, {"kind": "national"}),
        ("threshold_kind_fits", threshold, {"area": "county_large"}),
        ("threshold_at_least_in_range", threshold, {"at_least": Decimal(-1)}),
        ("profile_dates_in_order", profile, {"valid_to": date(2023, 1, 1)}),
        ("profile_load_mw_in_range", profile, {"load_mw": 0}),
        ("profile_says_something", profile, {"customers": None}),
        ("profile_says_something", profile, {"source": ""}),
        ("profile_customers_positive", profile, {"customers": 0}),
        ("response_names_its_basis", response, {"basis": ""}),
        ("response_decided_by_a_person", response, {"decided_by": None}),
        ("response_decided_by_a_person", proposal, {"decided_at": STORM_NIGHT}),
        ("response_decided_by_a_person", proposal, {"expires_at": None}),
        ("response_end_is_whole", response, {"state": "ended"}),
        ("response_end_is_whole", response, {"ended_at": minutes(1)}),
        ("replay_runs_forward", replayed, {"to_at": STORM_NIGHT}),
        ("replay_step_is_positive", replayed, {"step_s": 0}),
    ],
)
def test_a_row_that_breaks_a_rule_is_refused(
    rule: str, make: Callable[..., Model], over: dict[str, Any]
) -> None:
    with pytest.raises(IntegrityError, match=rule), transaction.atomic():
        make(**over)


def test_a_response_ends_after_it_began() -> None:
    with pytest.raises(IntegrityError, match="response_ends_after_it_began"), transaction.atomic():
        response(state="ended", ended_at=minutes(-1), ended_by=make_user())


@pytest.mark.parametrize(
    ("rule", "make"), [("response_one_proposal", proposal), ("response_one_in_force", response)]
)
def test_one_proposal_and_one_response_at_a_time(rule: str, make: Callable[..., Model]) -> None:
    company = make_organization()
    make(organization=company)
    make(organization=company, is_exercise=True)

    with pytest.raises(IntegrityError, match=rule), transaction.atomic():
        make(organization=company)


def test_a_subject_waits_once() -> None:
    holding()
    holding(is_exercise=True)

    with pytest.raises(IntegrityError, match="holding_once_a_subject"), transaction.atomic():
        holding()


def test_a_threshold_and_a_profile_are_there_once() -> None:
    threshold()
    company = profile().organization

    with pytest.raises(IntegrityError, match="threshold_once_at_a_time"), transaction.atomic():
        threshold()
    with pytest.raises(IntegrityError, match="profile_one_current"), transaction.atomic():
        profile(organization=company, valid_from=date(2025, 1, 1))


def test_a_replay_never_changes() -> None:
    row = replayed()

    with breaks("replay_is_append_only"):
        Replay.objects.filter(pk=row.pk).update(label="anders")

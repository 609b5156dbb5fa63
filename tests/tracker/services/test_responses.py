"""Response levels: proposed once, void after two hours, decided by people only."""

import pytest

from incidents.errors import BadTransition, BrokenRule, Missing
from incidents.journal import Actor
from incidents.models import JournalEntry, Organization, Outage
from tests.factories import make_actor, make_line, make_organization, make_outage, make_storm
from tests.tracker.watchers import minutes
from tracker.choices import ResponseLevel, ResponseState
from tracker.models import EmergencyResponse
from tracker.services import proposals, responses, thresholds
from tracker.services.proposals import Proposed

pytestmark = pytest.mark.django_db


@pytest.fixture
def county(by: Actor) -> Organization:
    """A county company with one 10 kV line out: level IV by our default."""
    thresholds.load_defaults(by=by)
    company = make_organization()
    make_outage(line=make_line(organization=company), organization=company)
    return company


def at(minute: float) -> Actor:
    return make_actor(now=minutes(minute))


def states() -> list[tuple[str, str]]:
    return list(EmergencyResponse.objects.order_by("pk").values_list("level", "state"))


def test_proposes_once(county: Organization) -> None:
    first = proposals.propose(by=at(0))
    again = proposals.propose(by=at(1))

    row = EmergencyResponse.objects.get()
    assert (first, again) == (Proposed(proposed=1), Proposed())
    assert (row.organization, row.level, row.state) == (county, "IV", "proposed")
    assert (row.proposed_at, row.expires_at) == (minutes(0), minutes(120))
    assert row.basis == "lines_out 1.00 ≥ 1"
    assert JournalEntry.objects.filter(kind="emergency_response.proposed").count() == 1


def test_a_proposal_is_void_after_two_hours_and_made_anew_while_its_condition_lasts(
    county: Organization,
) -> None:
    proposals.propose(by=at(0))

    found = proposals.propose(by=at(120))

    assert found == Proposed(proposed=1, expired=1)
    assert states() == [("IV", "expired"), ("IV", "proposed")]


def test_a_proposal_is_withdrawn_an_hour_after_its_condition_is_gone(county: Organization) -> None:
    proposals.propose(by=at(0))
    Outage.objects.update(status="restored", restored_at=minutes(1))

    assert proposals.propose(by=at(59)) == Proposed()
    assert proposals.propose(by=at(60)) == Proposed(withdrawn=1)
    assert states() == [("IV", "withdrawn")]


def test_a_worse_level_takes_the_place_of_a_milder_proposal(county: Organization) -> None:
    proposals.propose(by=at(0))
    for _ in range(4):
        make_outage(line=make_line(organization=county), organization=county)

    found = proposals.propose(by=at(5))

    assert found == Proposed(proposed=1, withdrawn=1)
    assert states() == [("IV", "withdrawn"), ("III", "proposed")]


def test_what_was_declined_is_not_proposed_again_unless_it_gets_worse(county: Organization) -> None:
    proposals.propose(by=at(0))
    responses.decline(EmergencyResponse.objects.get(), reason="一条线，班组已在处理", at=minutes(5), by=at(5))

    assert proposals.propose(by=at(10)) == Proposed()
    for _ in range(4):
        make_outage(line=make_line(organization=county), organization=county)
    assert proposals.propose(by=at(11)) == Proposed(proposed=1)


def test_ordering_a_proposal_starts_a_response_and_no_more_is_proposed(county: Organization) -> None:
    proposals.propose(by=at(0))
    by = at(5)

    row = responses.order(EmergencyResponse.objects.get(), at=minutes(5), by=by)

    assert (row.state, row.level, row.decided_by, row.basis) == (
        ResponseState.STARTED,
        "IV",
        by.user,
        "lines_out 1.00 ≥ 1",
    )
    assert proposals.propose(by=at(10)) == Proposed()


def test_a_response_in_force_is_raised_by_a_proposal(county: Organization) -> None:
    old = responses.start(
        organization=county, level=ResponseLevel.FOUR, basis="命令", at=minutes(0), by=at(0)
    )
    for _ in range(4):
        make_outage(line=make_line(organization=county), organization=county)
    proposals.propose(by=at(5))

    new = responses.order(EmergencyResponse.objects.get(state="proposed"), at=minutes(6), by=at(6))

    old.refresh_from_db()
    assert (old.state, old.ended_at) == (ResponseState.ENDED, minutes(6))
    assert (new.level, new.follows, new.state) == ("III", old, ResponseState.STARTED)
    assert JournalEntry.objects.filter(kind="emergency_response.raised").count() == 1


def test_a_response_is_lowered_and_ended_by_order_only(county: Organization) -> None:
    row = responses.start(organization=county, level=ResponseLevel.TWO, basis="命令", at=minutes(0), by=at(0))
    lower = responses.change(row, level=ResponseLevel.FOUR, basis="好转", at=minutes(60), by=at(60))
    Outage.objects.update(status="restored", restored_at=minutes(61))
    proposals.propose(by=at(5000))

    ended = responses.end(lower, reason="结束", at=minutes(5001), by=at(5001))

    assert (ended.state, ended.ended_at) == (ResponseState.ENDED, minutes(5001))
    assert JournalEntry.objects.filter(kind="emergency_response.lowered").count() == 1


def test_drill_and_real_are_apart(county: Organization) -> None:
    drill = make_storm(is_exercise=True)
    make_outage(line=make_line(organization=county), organization=county, storm=drill)
    proposals.propose(by=at(0))

    assert sorted(EmergencyResponse.objects.values_list("is_exercise", flat=True)) == [False, True]


def test_records_made_after_the_fact_propose_nothing(county: Organization) -> None:
    Outage.objects.update(entry_mode="historical")

    assert proposals.propose(by=at(0)) == Proposed()


def test_a_company_counts_what_lies_below_it(by: Actor) -> None:
    thresholds.load_defaults(by=by)
    city = make_organization(level="city")
    station = make_organization(level="station", parent=make_organization(parent=city))
    for _ in range(5):
        make_outage(line=make_line(organization=station), organization=station)

    proposals.propose(by=at(0))

    assert states() == [("III", "proposed"), ("III", "proposed")]
    assert not EmergencyResponse.objects.filter(organization=station).exists()


def test_refusals_change_nothing(county: Organization) -> None:
    row = responses.start(
        organization=county, level=ResponseLevel.FOUR, basis="命令", at=minutes(0), by=at(0)
    )
    before = EmergencyResponse.objects.values().get()

    with pytest.raises(BrokenRule, match="response_one_in_force"):
        responses.start(organization=county, level=ResponseLevel.ONE, basis="命令", at=minutes(1), by=at(1))
    with pytest.raises(BadTransition):
        responses.change(row, level=ResponseLevel.FOUR, basis="同级", at=minutes(1), by=at(1))
    with pytest.raises(BadTransition):
        responses.decline(row, reason="晚了", at=minutes(1), by=at(1))
    with pytest.raises(Missing):
        responses.end(row, reason=" ", at=minutes(1), by=at(1))

    assert EmergencyResponse.objects.values().get() == before

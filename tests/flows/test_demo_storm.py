"""The exercise: something on every page, the same every time, and never mistaken for real."""

from collections import Counter
from datetime import UTC, datetime
from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.db import transaction
from django.utils.translation import override

from incidents.choices import (
    AssignmentStatus,
    DeploymentStatus,
    EntryMode,
    Grade,
    OutageStatus,
    SupportRequestStatus,
)
from incidents.management.stories import demo
from incidents.models import (
    Assignment,
    Crew,
    Damage,
    Deployment,
    Division,
    Estimate,
    Hazard,
    IceReading,
    JournalEntry,
    Line,
    Organization,
    Outage,
    RestorationStep,
    RoadBlock,
    SectionIcing,
    Storm,
    StormNote,
    Supply,
    SupportRequest,
    Visit,
    WeatherReading,
)
from tests.factories import make_actor, make_organization

NOW = datetime(2026, 1, 15, 19, 0, tzinfo=UTC)  # three in the morning in China


def play(*, size: int, seed: int = demo.SEED) -> Storm | None:
    return demo.play(size=size, seed=seed, by=make_actor(now=NOW))


def numbers() -> list[tuple[object, ...]]:
    """Everything of the outages that chance decides, without keys and identities."""
    outages = Outage.objects.order_by("id").values_list(
        "occurred_at", "status", "customers_affected", "cause_code", "place__text", "restored_at"
    )
    readings = IceReading.objects.order_by("id").values_list("observed_at", "thickness_mm", "grade")
    steps = RestorationStep.objects.order_by("id").values_list("seq", "at", "customers")
    return [*outages, *readings, *steps]


@pytest.mark.django_db
def test_a_hundred_outages_stand_in_every_state() -> None:
    play(size=100)

    assert Counter(Outage.objects.values_list("status", flat=True)) == {
        OutageStatus.CLOSED: 34,
        OutageStatus.RESTORED: 20,
        OutageStatus.CANCELLED: 3,
        OutageStatus.MOMENTARY: 3,
        OutageStatus.PARTIALLY_RESTORED: 11,
        OutageStatus.REPAIRING: 8,
        OutageStatus.ISOLATED: 5,
        OutageStatus.LOCATED: 5,
        OutageStatus.CONFIRMED: 7,
        OutageStatus.REPORTED: 4,
    }
    assert Outage.objects.filter(previous_outage__isnull=False).exists()
    assert Outage.objects.filter(customers_affected=None).exists()
    hazards = Damage.objects.filter(is_live_hazard=True)
    assert hazards.filter(made_safe_at=None).exists()
    assert hazards.exclude(made_safe_at=None).exists()
    assert SectionIcing.objects.count() == 40
    assert set(SectionIcing.objects.values_list("grade", flat=True)) == set(Grade.values)


@pytest.mark.django_db
def test_every_page_has_something_to_show() -> None:
    play(size=40)

    for model in (Damage, Estimate, RoadBlock, StormNote, Supply, Visit, WeatherReading, Hazard):
        assert model._default_manager.exists(), model
    assert RoadBlock.objects.filter(cleared_at=None).exists()
    assert RoadBlock.objects.exclude(cleared_at=None).exists()
    assert Hazard.objects.filter(closed_at=None).exists()
    jobs = set(Assignment.objects.values_list("status", flat=True))
    assert {AssignmentStatus.FINISHED, AssignmentStatus.ON_SITE} <= jobs
    assert Crew.objects.filter(members__is_leader=True).exists()
    assert set(SupportRequest.objects.values_list("status", flat=True)) == {
        SupportRequestStatus.APPROVED,
        SupportRequestStatus.REFUSED,
        SupportRequestStatus.REQUESTED,
    }
    assert set(Deployment.objects.values_list("status", flat=True)) == {
        DeploymentStatus.WORKING,
        DeploymentStatus.EN_ROUTE,
    }


@pytest.mark.django_db
def test_all_of_it_is_an_exercise_and_says_so() -> None:
    storm = play(size=8)

    assert storm is not None
    assert str(storm).startswith("【演练】")
    assert all(name.startswith("【演练】") for name in Organization.objects.values_list("name", flat=True))
    assert not Line.objects.filter(is_exercise=False).exists()
    assert not Crew.objects.filter(is_exercise=False).exists()
    assert not Outage.objects.real().exists()
    assert not IceReading.objects.exclude(storm=storm).exists()
    assert not Division.objects.exists()  # no real place is claimed


@pytest.mark.django_db
def test_it_is_live_and_nothing_in_it_lies_ahead_but_what_is_promised() -> None:
    play(size=10)

    assert set(Outage.objects.values_list("entry_mode", flat=True)) == {EntryMode.LIVE}
    assert not JournalEntry.objects.filter(occurred_at__gt=NOW).exists()
    assert not Outage.objects.filter(received_at__gt=NOW).exists()
    assert not IceReading.objects.filter(observed_at__gt=NOW).exists()


@pytest.mark.django_db
@pytest.mark.parametrize(("seed", "is_same"), [(demo.SEED, True), (demo.SEED + 1, False)])
def test_the_same_seed_gives_the_same_numbers(seed: int, *, is_same: bool) -> None:
    with transaction.atomic():
        play(size=8)
        first = numbers()
        transaction.set_rollback(True)

    play(size=8, seed=seed)

    assert (numbers() == first) is is_same


@pytest.mark.django_db
@pytest.mark.parametrize("size", [1, 2, 7])
def test_a_small_exercise_is_whole(size: int) -> None:
    play(size=size)

    assert Outage.objects.count() == size


@pytest.mark.django_db
def test_playing_it_again_changes_nothing() -> None:
    play(size=5)
    before = JournalEntry.objects.count()

    again = play(size=50)

    assert again is None
    assert JournalEntry.objects.count() == before


@pytest.mark.django_db
def test_the_command_plays_it_at_the_time_given() -> None:
    call_command("load_storm", "demo", "--size", "3", "--at", "2026-01-16T03:00+08:00", stdout=StringIO())

    storm = Storm.objects.get(slug="demo")
    assert storm.started_at == datetime(2026, 1, 14, 5, 0, tzinfo=UTC)
    assert set(Outage.objects.values_list("reported_by__username", flat=True)) == {"system"}


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["--size", "0"], "size is 0; allowed is 1 – 2000"),
        (["--size", "2001"], "size is 2001; allowed is 1 – 2000"),
        (["--size", "-5"], "size is -5; allowed is 1 – 2000"),
        (["--size", "many"], "size is many; allowed is 1 – 2000"),
        (["--at", "2026-01-16"], "at is 2026-01-16; allowed is a moment with its zone"),
        (["--at", "2026-01-16T03:00"], "at is 2026-01-16T03:00; allowed is a moment with its zone"),
        (["--at", "2026-13-16T03:00Z"], "at is 2026-13-16T03:00Z; allowed is a moment with its zone"),
        (["--seed", "x"], "argument --seed: invalid int value: 'x'"),
    ],
)
def test_refuses_a_wrong_value_by_name_and_range(arguments: list[str], words: str) -> None:
    with override("en"), pytest.raises(CommandError) as refused:
        call_command("load_storm", "demo", *arguments)

    assert words in str(refused.value)


@pytest.mark.django_db
def test_refuses_an_organisation_that_it_does_not_know() -> None:
    with override("en"), pytest.raises(CommandError, match="国网无名公司"):
        call_command("load_storm", "demo", "--under", "国网无名公司")

    assert not Storm.objects.exists()


@pytest.mark.django_db
def test_the_exercise_stands_below_the_organisation_that_takes_part() -> None:
    county = make_organization(name="国网嵊州市供电公司", level="city")

    call_command("load_storm", "demo", "--size", "1", "--under", county.name, stdout=StringIO())

    assert Organization.objects.get(name="【演练】云岭供电公司").parent == county


def test_refuses_a_storm_that_it_does_not_know() -> None:
    with pytest.raises(CommandError, match="february-2024"):
        call_command("load_storm", "february-2023")


@pytest.mark.django_db
def test_a_refusal_of_the_record_is_told_and_leaves_nothing() -> None:
    make_organization(name="【演练】云岭供电公司")

    with pytest.raises(CommandError):
        call_command("load_storm", "demo", "--size", "3", stdout=StringIO())

    assert not Storm.objects.exists()
    assert Organization.objects.count() == 1

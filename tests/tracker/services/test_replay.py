"""The watch over past storms: exact, repeatable, and without a trace in what is live."""

import logging
from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.db import connection

from incidents.choices import Channel, EntryMode
from incidents.errors import Inconsistent, NotFound
from incidents.journal import Actor
from incidents.management.stories import demo, february_2024
from incidents.models import JournalEntry, Outage, SectionIcing, Storm
from incidents.services import divisions
from tests.factories import STORM_NIGHT, make_actor, make_storm
from tests.tracker.watchers import make_post
from tracker.models import Alert, EmergencyResponse, Holding, Notification, Replay, Rule
from tracker.services import replay
from tracker.services.catalogue import CATALOGUE
from tracker.services.replay import Span
from tracker.services.wanted import Wanted, read

pytestmark = pytest.mark.django_db

CODES = {"E01", "E05", "E09", "E11", "E12"}
RULES = [wanted for wanted in CATALOGUE if wanted.code in CODES]
EXPECTED = Path(__file__).with_name("replay_of_the_exercise.txt")
OTHERS = """
[E05]
name = "停电未确认"
stops = "已确认或已取消"
severity = "critical"
ladder = "0 D; again 10"
params = { after_min = 120 }
"""


@pytest.fixture(autouse=True)
def _quiet() -> Iterator[None]:
    """Nobody is on duty in most replays, which the watch complains of at every look."""
    logging.disable(logging.ERROR)
    yield
    logging.disable(logging.NOTSET)


@pytest.fixture
def february(db: None) -> Storm:
    by = Actor(
        user=make_actor().user,
        now=STORM_NIGHT + timedelta(days=300),
        channel=Channel.IMPORT,
        entry_mode=EntryMode.HISTORICAL,
    )
    divisions.load_packed(by=by)
    storm = february_2024.play(by=by)
    assert storm is not None
    return storm


@pytest.fixture
def exercise(by: Actor) -> Storm:
    divisions.load_packed(by=by)
    storm = demo.play(size=8, seed=1, by=by)
    assert storm is not None
    return storm


def lines(made: Replay) -> list[str]:
    """What would have been, a line an alert."""
    return [
        f"{moment(alert['opened_at'])} {alert['rule']} {alert['band'] or '-'} {alert['what']}"
        f" → {alert['roles']} over {moment(alert['resolved_at'])}"
        for alert in made.alerts
    ]


def moment(at: datetime | None) -> str:
    return "never" if at is None else f"{at:%d %H:%M}"


def run(storm: Storm, by: Actor, rules: Sequence[Wanted] | None = None, **span: Any) -> Replay:
    values: dict[str, Any] = {"step": timedelta(hours=2), "by_deed": True}
    looks = Span(**(values | span))
    return replay.run(storm, span=looks, by=by, wanted=RULES if rules is None else rules)


def test_the_february_storm_raises_what_two_newspaper_stories_are_worth(february: Storm, by: Actor) -> None:
    """A village that nobody confirmed; the feeder was back before anybody could be told of it."""
    made = run(february, by, to_at=STORM_NIGHT + timedelta(hours=12), step=timedelta(minutes=30))

    assert lines(made) == [
        "26 16:10 E05 - 嵊州市崇仁镇岭头山村 → DSOV over never",
    ]


def test_the_exercise_storm_raises_what_is_on_record(exercise: Storm, by: Actor) -> None:
    made = run(exercise, by)

    assert "\n".join(lines(made)) + "\n" == EXPECTED.read_text(encoding="utf-8")
    assert {alert["drill"] for alert in made.alerts} == {True}


def test_it_leaves_no_trace_in_what_is_live(exercise: Storm, by: Actor) -> None:
    before = _live()

    made = run(exercise, by, step=timedelta(hours=6))

    assert _live() == before
    assert made.alerts
    assert Replay.objects.get() == made
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT count(*) FROM pg_class WHERE relpersistence = 't' AND relname LIKE 'tracker_%'"
        )
        assert cursor.fetchone() == (0,)


def _live() -> list[object]:
    models = (Alert, EmergencyResponse, Holding, JournalEntry, Notification, Outage, Rule, SectionIcing)
    return [list(model._default_manager.order_by("pk").values()) for model in models]


def test_two_rule_sets_are_compared(exercise: Storm, by: Actor) -> None:
    strict = run(exercise, by, [wanted for wanted in RULES if wanted.code == "E05"])
    mild = run(exercise, by, read(OTHERS))

    found = replay.compare(strict, mild)

    assert replay.compare(strict, strict) == []
    assert found
    assert {difference["rule"] for difference in found} == {"E05"}
    assert len(mild.alerts) <= len(strict.alerts)


def test_whom_it_would_have_reached_and_how_late(exercise: Storm, by: Actor) -> None:
    company = Outage.objects.filter(storm=exercise).order_by("pk")[0].organization
    while company.parent is not None:
        company = company.parent
    officer = make_post("D", organization=company, since_at=STORM_NIGHT - timedelta(days=9)).user

    made = run(exercise, by, [wanted for wanted in RULES if wanted.code == "E05"])

    assert {person for alert in made.alerts for person in alert["people"]} == {str(officer)}
    assert all(0 <= alert["late_s"] <= 2 * 3600 for alert in made.alerts if alert["mails"])


def test_refuses_a_storm_that_nobody_told_of_and_a_span_that_runs_backwards(
    exercise: Storm, by: Actor
) -> None:
    with pytest.raises(NotFound):
        run(make_storm(), by)
    with pytest.raises(Inconsistent):
        run(exercise, by, from_at=STORM_NIGHT, to_at=STORM_NIGHT)

    assert not Replay.objects.exists()


def test_the_command_prints_and_compares(exercise: Storm, tmp_path: Path) -> None:
    rules = tmp_path / "others.toml"
    rules.write_text(OTHERS, encoding="utf-8")
    out = StringIO()

    call_command(
        "replay",
        "--storm",
        "demo",
        "--rules",
        str(rules),
        "--against",
        str(rules),
        "--step",
        "21600",
        stdout=out,
    )

    said = out.getvalue().splitlines()
    assert said[0].startswith("【演练】云岭雨雪冰冻综合演练 · others.toml: ")
    assert said[-1] == "0 alerts differ"


@pytest.mark.parametrize(
    "arguments",
    [["--storm", "nothing"], ["--storm", "x", "--step", "0"], ["--storm", "x", "--from", "2024-02-26"]],
)
def test_the_command_refuses_what_cannot_be(arguments: list[str]) -> None:
    with pytest.raises(CommandError):
        call_command("replay", *arguments)

from datetime import timedelta
from typing import Any

import pytest

from incidents.choices import WarningHazard, WarningLevel
from incidents.errors import BadTransition, BrokenRule, Inconsistent, Invalid, Missing, NaiveTime, OutOfRange
from incidents.journal import Actor
from incidents.models import Division, JournalEntry, WeatherWarning
from incidents.selectors.weather_warnings import concerning, covering, in_force
from incidents.services import weather_warnings
from tests.factories import make_division, make_organization, make_storm, make_warning

HOUR = timedelta(hours=1)
TEXT = "上虞区气象台发布道路结冰橙色预警信号：预计未来6小时内山区道路结冰。"


@pytest.fixture
def county(db: None) -> Division:
    return make_division("330604", "上虞区")


def issue(by: Actor, **over: Any) -> WeatherWarning:
    told: dict[str, Any] = {
        "issuer": "上虞区气象台",
        "hazard": WarningHazard.ROAD_ICING,
        "level": WarningLevel.ORANGE,
        "text": TEXT,
        "at": by.now - HOUR,
    }
    told["organization"] = over.pop("organization", None) or make_organization()
    return weather_warnings.issue(**(told | over), by=by)


def test_keeps_a_warning_as_it_was_issued(by: Actor, county: Division) -> None:
    warning = issue(by, areas=[county], expires_at=by.now + 5 * HOUR)

    warning.refresh_from_db()
    assert (warning.text, warning.level) == (TEXT, "orange")
    assert (warning.issued_at, warning.valid_from_at) == (by.now - HOUR, by.now - HOUR)
    assert [area.pk for area in warning.areas.all()] == ["330604"]
    entry = JournalEntry.objects.get()
    assert (entry.kind, entry.occurred_at, entry.after["areas"]) == (
        "weather_warning.issued",
        by.now - HOUR,
        ["330604"],
    )


@pytest.mark.parametrize(
    ("over", "refusal"),
    [
        ({"areas": []}, Missing),
        ({"text": ""}, Invalid),
        ({"level": "purple"}, Invalid),
        ({"at": +1}, OutOfRange),
        ({"expires_at": -2}, BrokenRule),
        ({"expires_at": "naive"}, NaiveTime),
    ],
)
def test_refuses_what_cannot_be(
    by: Actor, county: Division, over: dict[str, Any], refusal: type[Exception]
) -> None:
    told = {"areas": [county]} | over
    for name in {"at", "expires_at"} & over.keys():
        hours = over[name]
        naive = by.now.replace(tzinfo=None)
        told[name] = naive if hours == "naive" else by.now + hours * HOUR

    with pytest.raises(refusal):
        issue(by, **told)

    assert not WeatherWarning.objects.exists()
    assert not JournalEntry.objects.exists()


def test_a_new_warning_takes_the_place_of_the_old_one(by: Actor, county: Division) -> None:
    storm = make_storm()
    old = issue(by, areas=[county], storm=storm)

    new = weather_warnings.supersede(old, level=WarningLevel.RED, text="升级为红色", at=by.now, by=by)

    old.refresh_from_db()
    assert (old.text, old.level, old.cancelled_at) == (TEXT, "orange", None)
    assert (new.update_of, new.issuer, new.hazard, new.storm) == (old, old.issuer, old.hazard, storm)
    assert list(new.areas.all()) == [county]
    assert list(in_force(WeatherWarning.objects.all(), now=by.now)) == [new]
    entry = JournalEntry.objects.get(kind="weather_warning.superseded")
    assert (entry.subject_id, entry.after) == (old.pk, {"superseded_by": str(new.uuid)})


def test_a_warning_is_superseded_once_and_not_from_before(by: Actor, county: Division) -> None:
    old = issue(by, areas=[county])
    change: dict[str, Any] = {"level": WarningLevel.RED, "text": "升级", "by": by}
    with pytest.raises(Inconsistent):
        weather_warnings.supersede(old, at=by.now - 2 * HOUR, **change)
    weather_warnings.supersede(old, at=by.now, **change)

    with pytest.raises(BadTransition) as refused:
        weather_warnings.supersede(old, at=by.now, **change)
    with pytest.raises(BadTransition):
        weather_warnings.cancel(old, reason="解除", at=by.now, by=by)

    assert refused.value.fields["state"] == "superseded"
    assert WeatherWarning.objects.count() == 2


def test_cancels_a_warning_with_a_reason_once(by: Actor, county: Division) -> None:
    warning = issue(by, areas=[county])
    with pytest.raises(Missing):
        weather_warnings.cancel(warning, reason=" ", at=by.now, by=by)

    weather_warnings.cancel(warning, reason="解除", at=by.now, by=by)

    with pytest.raises(BadTransition):
        weather_warnings.cancel(warning, reason="再解除", at=by.now, by=by)
    warning.refresh_from_db()
    assert (warning.cancelled_at, warning.cancel_reason) == (by.now, "解除")
    assert JournalEntry.objects.filter(kind="weather_warning.cancelled", reason="解除").count() == 1
    assert not in_force(WeatherWarning.objects.all(), now=by.now).exists()


def test_holds_from_its_beginning_to_its_end(by: Actor) -> None:
    now = by.now
    held = make_warning(valid_from_at=now, expires_at=now + HOUR)
    make_warning(valid_from_at=now + HOUR)
    make_warning(valid_from_at=now - HOUR, issued_at=now - HOUR, expires_at=now)
    endless = make_warning(valid_from_at=now - HOUR)

    assert set(in_force(WeatherWarning.objects.all(), now=now)) == {held, endless}


@pytest.mark.parametrize(
    ("code", "covers"),
    [("33", True), ("330604", True), ("330604103", True), ("330683", False), ("3307", False)],
)
def test_holds_in_what_lies_around_or_inside_its_areas(by: Actor, code: str, *, covers: bool) -> None:
    make_warning(areas=[make_division("330604", "上虞区")])

    assert covering(WeatherWarning.objects.all(), code=code).exists() is covers


def test_concerns_who_keeps_it_and_who_serves_its_areas(by: Actor) -> None:
    town = make_division("330604103", "上浦镇")
    city = make_organization(level="city")
    keeper = make_organization(parent=city)
    station = make_organization(division=town)
    other = make_organization(division=make_division("330683", "嵊州市"))
    nowhere = make_organization()
    warning = make_warning(organization=keeper, areas=[Division.objects.get(pk="330604")])

    found = {
        each: list(concerning(WeatherWarning.objects.all(), organization=each.uuid))
        for each in (city, keeper, station, other, nowhere)
    }

    assert found == {city: [warning], keeper: [warning], station: [warning], other: [], nowhere: []}

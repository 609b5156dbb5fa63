from dataclasses import replace

import pytest

from incidents.errors import BrokenRule, Inconsistent, NotFound, OutOfRange
from incidents.journal import Actor
from incidents.models import JournalEntry
from tests.constraints import breaks
from tests.factories import make_organization, make_user
from tests.tracker.watchers import load_rules, minutes
from tracker.choices import DutyRole, RuleOrigin
from tracker.models import Rule, RuleLevel
from tracker.services import rules
from tracker.services.catalogue import CATALOGUE, ICING_GRADE
from tracker.services.wanted import Rung, in_words, spoken

pytestmark = pytest.mark.django_db


def test_the_catalogue_is_loaded_once(by: Actor) -> None:
    made = rules.load_catalogue(at=by.now, by=by)
    again = rules.load_catalogue(at=by.now, by=by)

    assert ([rule.code for rule in made], again) == ([wanted.code for wanted in CATALOGUE], [])
    assert {(rule.version, rule.origin, rule.made_by) for rule in made} == {
        (1, RuleOrigin.CATALOGUE, by.user)
    }
    assert [rules.said_by(rule) for rule in made] == list(CATALOGUE)
    assert {entry.kind for entry in JournalEntry.objects.all()} == {"rule.published"}


def test_the_ladder_of_e01_is_that_of_the_catalogue_of_rules() -> None:
    levels = load_rules().levels.order_by("band", "position")

    told = [(v.band, v.after_min, "".join(v.roles), v.repeat_min) for v in levels]
    assert told == [
        ("blue", 0, "D", None),
        ("orange", 0, "DSOE", None),
        ("orange", 15, "V", 60),
        ("red", 0, "DSOEV", None),
        ("red", 10, "G", None),
        ("red", 15, "U", 30),
        ("yellow", 0, "DSO", 120),
    ]


def test_a_change_is_a_new_version_with_who_made_it(by: Actor) -> None:
    first = load_rules()

    second = rules.publish(replace(ICING_GRADE, ack_min=30), at=minutes(5), by=by)

    first.refresh_from_db()
    assert (first.replaced_at, second.version, second.replaced_at) == (minutes(5), 2, None)
    assert (second.made_by, second.origin) == (by.user, RuleOrigin.COMPANY)
    entry = JournalEntry.objects.order_by("id").last()
    assert entry is not None
    assert entry.before is not None
    assert entry.before["ack_min"] == 60
    assert entry.after["ack_min"] == 30


def test_the_very_same_again_changes_nothing(by: Actor) -> None:
    first = load_rules()

    assert rules.publish(ICING_GRADE, at=minutes(5), by=by) == first
    assert Rule.objects.filter(code="E01").count() == 1


def test_a_new_catalogue_leaves_what_a_company_set(by: Actor, monkeypatch: pytest.MonkeyPatch) -> None:
    load_rules()
    newer = replace(ICING_GRADE, name="新版")
    monkeypatch.setattr(rules, "CATALOGUE", (newer,))

    (made,) = rules.load_catalogue(at=minutes(1), by=by)
    assert (made.version, made.name) == (2, "新版")

    rules.publish(replace(newer, name="本公司"), at=minutes(2), by=by)
    monkeypatch.setattr(rules, "CATALOGUE", (ICING_GRADE,))
    assert rules.load_catalogue(at=minutes(3), by=by) == []


def test_an_organisation_has_versions_of_its_own(by: Actor) -> None:
    load_rules()
    organization = make_organization()

    own = rules.publish(ICING_GRADE, at=minutes(1), by=by, organization=organization)

    assert (own.version, own.organization) == (1, organization)
    assert Rule.objects.filter(code="E01", replaced_at=None).count() == 2


def test_a_change_that_comes_before_the_version_it_replaces_ends_it_where_it_began(by: Actor) -> None:
    first = load_rules()

    rules.publish(replace(ICING_GRADE, name="早"), at=minutes(-5), by=by)

    first.refresh_from_db()
    assert first.replaced_at == first.since_at


@pytest.mark.parametrize(
    "change",
    [
        {"severities": {"blue": "notice"}},
        {"params": {"unheard_of": 1}},
        {"ladders": {"violet": (Rung(after_min=0, roles=(DutyRole.DUTY_OFFICER,)),)}},
        {
            "ladders": {
                "red": (
                    Rung(after_min=10, roles=(DutyRole.DUTY_OFFICER,)),
                    Rung(after_min=5, roles=(DutyRole.STATION_HEAD,)),
                )
            }
        },
    ],
)
def test_refuses_bands_that_do_not_exist_and_ladders_that_run_backwards(
    by: Actor, change: dict[str, object]
) -> None:
    with pytest.raises(Inconsistent):
        rules.publish(replace(ICING_GRADE, **change), at=by.now, by=by)  # type: ignore[arg-type]

    assert not Rule.objects.exists()
    assert not JournalEntry.objects.exists()


def test_refuses_a_code_that_nothing_watches_for(by: Actor) -> None:
    with pytest.raises(NotFound):
        rules.publish(replace(ICING_GRADE, code="E98"), at=by.now, by=by)


def test_refuses_a_rung_that_the_database_refuses_and_writes_nothing(by: Actor) -> None:
    load_rules()
    endless: dict[str, tuple[Rung, ...]] = {"red": (Rung(after_min=600_000, roles=(DutyRole.DUTY_OFFICER,)),)}

    with pytest.raises(BrokenRule, match="level_after_within_a_year"):
        rules.publish(replace(ICING_GRADE, ladders=endless), at=by.now, by=by)

    assert (Rule.objects.count(), RuleLevel.objects.count()) == (1, 7)
    assert Rule.objects.get().replaced_at is None


@pytest.mark.parametrize("value", [0, 1441, "5", True])
def test_refuses_a_threshold_that_makes_no_sense(by: Actor, value: object) -> None:
    wanted = next(each for each in CATALOGUE if each.code == "E05")

    with pytest.raises(OutOfRange):
        rules.publish(replace(wanted, params={**wanted.params, "after_min": value}), at=by.now, by=by)

    assert not Rule.objects.exists()


def test_people_by_name_are_part_of_a_rung_and_never_change(by: Actor) -> None:
    named = make_user(username="li.zong")
    rung = Rung(after_min=0, roles=(DutyRole.DUTY_OFFICER,), people=("li.zong",))
    wanted = replace(ICING_GRADE, ladders={**ICING_GRADE.ladders, "red": (rung,)})

    rule = rules.publish(wanted, at=by.now, by=by)

    level = rule.levels.get(band="red")
    assert list(level.people.all()) == [named]
    assert rules.said_by(rule) == wanted
    with breaks("level_people_are_frozen"):
        level.people.through.objects.all().delete()


def test_a_new_version_still_tells_those_who_are_off_duty(by: Actor) -> None:
    rungs = spoken("0 D off-duty @li.zong; 15 S; again 30")
    make_user(username="li.zong")
    rule = rules.publish(replace(ICING_GRADE, ladders={"red": rungs}), at=by.now, by=by)

    later = rules.publish(replace(rules.said_by(rule), ack_min=30), at=minutes(1), by=by)

    told = later.levels.order_by("position").values_list("position", "regardless_of_duty")
    assert (later.version, list(told)) == (2, [(1, True), (2, False)])
    assert in_words(rules.said_by(later).ladders["red"]) == "0 D off-duty @li.zong; 15 S; again 30"


def test_a_rung_says_through_what_it_tells_and_a_new_version_still_does(by: Actor) -> None:
    words = "0 D off-duty via both @li.zong; 5 S via webhook; 15 V; again 30"
    make_user(username="li.zong")
    rule = rules.publish(replace(ICING_GRADE, ladders={"red": spoken(words)}), at=by.now, by=by)

    later = rules.publish(replace(rules.said_by(rule), ack_min=30), at=minutes(1), by=by)

    told = later.levels.order_by("position").values_list("channel", flat=True)
    assert list(told) == ["both", "webhook", "mail"]
    assert in_words(rules.said_by(later).ladders["red"]) == words


@pytest.mark.parametrize("words", ["0 D via fax", "0 D via", "0 D via both via both", "0 D VIA both"])
def test_a_way_that_nobody_knows_is_no_rung(words: str) -> None:
    with pytest.raises(ValueError, match=r"fax|rung"):
        spoken(words)


def test_refuses_a_person_whom_nobody_knows(by: Actor) -> None:
    rung = Rung(after_min=0, roles=(DutyRole.DUTY_OFFICER,), people=("nobody",))

    with pytest.raises(NotFound):
        rules.publish(replace(ICING_GRADE, ladders={"red": (rung,)}), at=by.now, by=by)

    assert not Rule.objects.exists()

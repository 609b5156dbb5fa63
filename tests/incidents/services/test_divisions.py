from time import perf_counter

import pytest

from incidents.choices import DivisionLevel
from incidents.errors import Invalid
from incidents.journal import Actor
from incidents.models import Division, JournalEntry
from incidents.services import division_files, divisions
from incidents.services.division_files import OfficialDivision
from tests.factories import make_division

TWO = [OfficialDivision(code="33", name="浙江省"), OfficialDivision(code="3306", name="绍兴市")]


def test_loads_divisions_with_one_entry_in_the_journal(by: Actor) -> None:
    loaded = divisions.load(TWO, by=by)

    assert (loaded.added, loaded.changed) == (2, 0)
    city = Division.objects.get(pk="3306")
    assert (city.name, city.stem, city.level, city.parent_id) == (
        "绍兴市",
        "绍兴市",
        DivisionLevel.CITY,
        "33",
    )
    assert city.aliases == ["绍兴"]
    entry = JournalEntry.objects.get()
    assert (entry.kind, entry.subject_id, entry.by) == ("division.loaded", 33, by.user)
    assert entry.after == {"listed": 2, "added": 2, "changed": 0}


def test_the_same_list_again_changes_nothing(by: Actor) -> None:
    divisions.load(TWO, by=by)

    again = divisions.load(TWO, by=by)

    assert (again.added, again.changed) == (0, 0)
    assert JournalEntry.objects.count() == 1


def test_a_new_name_is_taken_and_aliases_of_people_stay(by: Actor) -> None:
    divisions.load(TWO, by=by)
    divisions.add_alias(Division.objects.get(pk="3306"), alias="越城", at=by.now, by=by)

    loaded = divisions.load([TWO[0], OfficialDivision(code="3306", name="新绍兴市")], by=by)

    assert (loaded.added, loaded.changed) == (0, 1)
    city = Division.objects.get(pk="3306")
    assert (city.name, city.aliases) == ("新绍兴市", ["新绍兴", "绍兴", "越城"])


def test_a_division_that_is_no_longer_listed_stays(by: Actor) -> None:
    divisions.load(TWO, by=by)

    divisions.load(TWO[:1], by=by)

    assert Division.objects.filter(pk="3306").exists()


def test_all_of_zhejiang_is_loaded_in_one_go(by: Actor) -> None:
    listed = division_files.read_packed()
    began = perf_counter()

    loaded = divisions.load(listed, by=by)

    assert loaded.added == 27036
    assert perf_counter() - began < 10  # two seconds on a machine of its own
    assert Division.objects.filter(stem="横岗村", level=DivisionLevel.VILLAGE).count() == 3


def test_people_add_an_alias_with_a_journal_entry(by: Actor) -> None:
    town = make_division("331125201", "雾溪畲族乡")

    divisions.add_alias(town, alias="雾溪", at=by.now, by=by)

    town.refresh_from_db()
    assert town.aliases == ["雾溪", "雾溪乡"]
    entry = JournalEntry.objects.get()
    assert (entry.kind, entry.subject_id) == ("division.alias_added", 331125201)
    assert (entry.before, entry.after) == ({"aliases": ["雾溪乡"]}, {"aliases": ["雾溪", "雾溪乡"]})


@pytest.mark.parametrize("alias", ["雾溪畲族乡", "雾溪乡"])
def test_a_name_that_a_division_has_already_changes_nothing(by: Actor, alias: str) -> None:
    divisions.add_alias(make_division("331125201", "雾溪畲族乡"), alias=alias, at=by.now, by=by)

    assert not JournalEntry.objects.exists()


@pytest.mark.parametrize("alias", ["", "长" * 61])
def test_refuses_an_alias_that_is_no_name(by: Actor, alias: str) -> None:
    town = make_division("331125201", "雾溪畲族乡")

    with pytest.raises(Invalid, match="aliases"):
        divisions.add_alias(town, alias=alias, at=by.now, by=by)

    town.refresh_from_db()
    assert town.aliases == ["雾溪乡"]
    assert not JournalEntry.objects.exists()


def test_the_packed_list_is_read_once(by: Actor) -> None:
    first = divisions.load_packed(by=by)
    again = divisions.load_packed(by=by)

    assert first.added > 27_000
    assert again == divisions.Loaded(added=0, changed=0)
    assert JournalEntry.objects.filter(kind="division.loaded").count() == 1

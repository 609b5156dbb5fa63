"""Navigation by work: every page stands in one area, and none is lost."""

from collections import Counter

from django.contrib import admin

from config.areas import AREAS, by_area


def named() -> list[str]:
    return [name for area in AREAS for name in (*area.often, *area.more)]


def page(name: str) -> dict[str, str]:
    return {"object_name": name, "name": name}


def test_every_page_stands_in_one_area() -> None:
    pages = Counter(model.__name__ for model in admin.site._registry)

    assert Counter(named()) == pages


def test_what_a_person_may_not_open_is_left_out_with_its_area() -> None:
    [area] = by_area({"Storm": page("Storm"), "StormNote": page("StormNote")})

    assert area["slug"] == "storm"
    assert [model["name"] for model in area["often"]] == ["Storm"]
    assert [model["name"] for model in area["more"]] == ["StormNote"]


def test_an_area_of_rare_pages_alone_shows_them_at_once() -> None:
    [area] = by_area({"Place": page("Place")})

    assert ([model["name"] for model in area["often"]], area["more"]) == (["Place"], [])


def test_a_page_that_nobody_named_is_in_the_last_area() -> None:
    [area] = by_area({"Surprise": page("Surprise")})

    assert (area["slug"], area["models"]) == (AREAS[-1].slug, [page("Surprise")])

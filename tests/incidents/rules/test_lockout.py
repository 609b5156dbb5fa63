"""When the door stays shut, and for whom: nobody guesses on, and nobody keeps a dispatcher out of a storm."""

from datetime import datetime, timedelta

from incidents.choices import SignInKind
from incidents.rules.browsers import name_of
from incidents.rules.lockout import Limits, Place, Try, locked_until
from tests.factories import STORM_NIGHT

LIMITS = Limits(here=3, unknown=6, within=timedelta(minutes=15))
DESK = Place(digest="desk", is_known=True)
ELSEWHERE = Place(digest="elsewhere", is_known=False)
MINUTE = timedelta(minutes=1)


def failed(place: Place, *minutes: int, kind: str = SignInKind.WRONG_PASSWORD) -> list[Try]:
    return [Try(at=STORM_NIGHT + minute * MINUTE, kind=kind, place=place) for minute in minutes]


def until(*tries: Try, place: Place = ELSEWHERE) -> datetime | None:
    return locked_until(tries, place=place, limits=LIMITS)


def test_open_before_as_many_failures_as_are_allowed() -> None:
    assert until(*failed(ELSEWHERE, 0, 1)) is None


def test_shut_until_the_oldest_failure_that_counts_is_over() -> None:
    assert until(*failed(ELSEWHERE, 0, 1, 2)) == STORM_NIGHT + 15 * MINUTE
    assert until(*failed(ELSEWHERE, 0, 1, 2, 4)) == STORM_NIGHT + 16 * MINUTE


def test_wrong_codes_count_with_wrong_passwords() -> None:
    assert until(*failed(ELSEWHERE, 0), *failed(ELSEWHERE, 1, 2, kind=SignInKind.WRONG_CODE)) is not None


def test_a_right_password_that_owes_a_code_clears_nothing() -> None:
    owed = failed(ELSEWHERE, 2, kind=SignInKind.CODE_OWED)

    assert until(*failed(ELSEWHERE, 0, 1), *owed, *failed(ELSEWHERE, 3)) is not None


def test_signing_in_clears_the_place_and_no_other() -> None:
    entered = failed(DESK, 3, kind=SignInKind.ENTERED)
    tries = [*failed(ELSEWHERE, 0, 1), *failed(DESK, 1, 2), *entered, *failed(DESK, 4), *failed(ELSEWHERE, 5)]

    assert until(*tries, place=DESK) is None
    assert until(*tries) is not None


def test_unknown_places_count_together_and_a_known_browser_is_not_shut_by_them() -> None:
    places = [Place(digest=str(number), is_known=False) for number in range(6)]
    tries = [each for number, place in enumerate(places) for each in failed(place, number)]

    assert until(*tries) == STORM_NIGHT + 15 * MINUTE
    assert until(*tries, place=DESK) is None


def test_an_administrator_clears_everything() -> None:
    assert until(*failed(ELSEWHERE, 0, 1, 2), *failed(DESK, 3, kind=SignInKind.UNLOCKED)) is None


def test_browsers_are_called_as_people_call_them() -> None:
    edge = "Mozilla/5.0 (Windows NT 10.0; Win64) AppleWebKit/537.36 Chrome/120.0 Safari/537.36 Edg/120.0"

    assert name_of(edge) == "Edge · Windows"
    assert name_of("Mozilla/5.0 (Linux; Android 14) Firefox/130.0") == "Firefox · Android"
    assert name_of("monitor/1") == "monitor/1"

"""One's own browsers: seen, ended, and ended by what ends them: passwords, accounts, time."""

import dataclasses
from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from pytest_django.fixtures import Settings

from incidents.choices import Role
from incidents.models import BrowserSession, JournalEntry, Organization, SignIn, User
from incidents.services import second_factors
from tests.desk import address, sign_in, verb_address
from tests.incidents.web.conftest import INDEX, LOGIN, OWN, PASSWORD, SET_UP, Visitor, app_shows

MINUTE = timedelta(minutes=1)
CHANGE = reverse("admin:password_change")


@pytest.fixture
def there(visitor: Visitor) -> Visitor:
    """The same person, signed in here and there."""
    visitor.gives_password()
    other = visitor.elsewhere()
    other.gives_password()
    return other


def ages(**fields: timedelta) -> None:
    """Let every session be older."""
    for row in BrowserSession.objects.all():
        for name, by_how_much in fields.items():
            setattr(row, name, getattr(row, name) - by_how_much)
        row.save()


def test_the_list_names_each_browser_and_this_one(visitor: Visitor, there: Visitor) -> None:
    told = visitor.browser.get(OWN).context["browsers"]

    assert [(each["name"], each["row"].address, each["is_this"]) for each in told] == [
        ("", "10.7.7.7", False),
        ("Firefox · Windows", "127.0.0.1", True),
    ]


def test_one_is_ended_and_is_out_at_its_next_request(visitor: Visitor, there: Visitor) -> None:
    row = BrowserSession.objects.get(address="10.7.7.7")

    visitor.browser.post(reverse("admin:own_session_end", args=[row.uuid]))

    assert not there.is_in()
    assert there.browser.get("/api/v1/me/").status_code == 401
    assert visitor.is_in()
    assert JournalEntry.objects.get(kind="user.sessions_ended").by == visitor.user


def test_all_others_are_ended(visitor: Visitor, there: Visitor) -> None:
    visitor.browser.post(reverse("admin:own_sessions_end"))

    assert (visitor.is_in(), there.is_in()) == (True, False)


def test_those_of_somebody_else_are_not_found(visitor: Visitor, there: Visitor, ours: Organization) -> None:
    thief = Client()
    sign_in(thief, ours, Role.VIEWER)
    row = BrowserSession.objects.get(address="10.7.7.7")

    assert thief.post(reverse("admin:own_session_end", args=[row.uuid])).status_code == 404
    assert there.is_in()


def test_nothing_is_ended_by_a_link(visitor: Visitor, there: Visitor) -> None:
    assert visitor.browser.get(reverse("admin:own_sessions_end")).status_code == 405
    assert there.is_in()


def test_an_administrator_ends_those_of_a_person(
    visitor: Visitor, there: Visitor, ours: Organization
) -> None:
    desk = Client()
    sign_in(desk, ours, Role.ADMIN)
    row = BrowserSession.objects.get(address="10.7.7.7")

    desk.post(verb_address(row, "end"), {"reason": "值班结束未退出"})
    assert (visitor.is_in(), there.is_in()) == (True, False)
    desk.post(verb_address(visitor.user, "end_sessions"), {"reason": "手机丢失"})

    assert not visitor.is_in()
    assert list(JournalEntry.objects.order_by("pk").values_list("kind", "reason")) == [
        ("user.sessions_ended", "值班结束未退出"),
        ("user.sessions_ended", "手机丢失"),
    ]
    assert desk.get(address(User, "change", visitor.user.pk)).status_code == 200


def test_a_closed_account_is_out_at_once_and_comes_in_again_when_reopened(
    visitor: Visitor, there: Visitor, ours: Organization
) -> None:
    desk = Client()
    sign_in(desk, ours, Role.ADMIN)

    desk.post(verb_address(visitor.user, "close"), {"reason": "离职"})

    assert (visitor.is_in(), there.is_in()) == (False, False)
    assert visitor.gives_password() == "200"
    desk.post(verb_address(visitor.user, "reopen"), {"reason": "返聘"})
    assert visitor.gives_password() == INDEX


def test_a_new_password_ends_the_others_and_not_this_one(visitor: Visitor, there: Visitor) -> None:
    new = "bamboo-and-ice-2025"
    answer = visitor.browser.post(
        CHANGE, {"old_password": PASSWORD, "new_password1": new, "new_password2": new}
    )

    assert answer.status_code == 302
    assert (visitor.is_in(), there.is_in()) == (True, False)
    assert there.gives_password(new) == INDEX
    assert "user.password_set" in JournalEntry.objects.values_list("kind", flat=True)


def test_guessing_the_old_password_in_somebody_elses_browser_ends(visitor: Visitor) -> None:
    visitor.gives_password()
    new = {"new_password1": "bamboo-and-ice-2025", "new_password2": "bamboo-and-ice-2025"}

    answers = [visitor.browser.post(CHANGE, new | {"old_password": "guess"}).status_code for _ in range(6)]

    assert answers == [200] * 5 + [429]
    assert visitor.browser.post(CHANGE, new | {"old_password": PASSWORD}).status_code == 429
    visitor.user.refresh_from_db()
    assert visitor.user.check_password(PASSWORD)


def test_idle_too_long_is_out(visitor: Visitor, settings: Settings) -> None:
    visitor.gives_password()
    ages(started_at=59 * MINUTE, last_seen_at=59 * MINUTE)
    assert visitor.is_in()
    ages(started_at=61 * MINUTE, last_seen_at=61 * MINUTE)

    assert visitor.browser.get(INDEX)["Location"].startswith(LOGIN)


BOARD, WATCH = reverse("board-now"), reverse("board-watch")


@pytest.mark.parametrize("address", [BOARD, WATCH])
def test_what_an_open_page_asks_by_itself_is_no_sign_of_a_person(visitor: Visitor, address: str) -> None:
    visitor.gives_password()
    ages(started_at=50 * MINUTE, last_seen_at=50 * MINUTE)

    assert visitor.browser.get(address).status_code < 300
    assert timezone.now() - BrowserSession.objects.get(ended_at=None).last_seen_at > 49 * MINUTE
    assert visitor.browser.get(address, headers={"Ice-Touched": "1"}).status_code < 300
    assert timezone.now() - BrowserSession.objects.get(ended_at=None).last_seen_at < MINUTE


def test_a_board_on_the_wall_goes_on_and_lets_nobody_act(visitor: Visitor) -> None:
    visitor.gives_password()
    ages(started_at=61 * MINUTE, last_seen_at=61 * MINUTE)

    assert visitor.browser.get(BOARD).status_code == 200
    assert visitor.browser.get(BOARD, headers={"Ice-Touched": "1"}).status_code == 200
    refused = visitor.browser.post(reverse("board-acknowledge"), {"alert": "x 1"})
    assert refused["Location"].startswith(LOGIN)
    assert not visitor.is_in()


def test_a_board_on_the_wall_ends_with_the_shift(visitor: Visitor) -> None:
    visitor.gives_password()
    ages(started_at=721 * MINUTE, last_seen_at=721 * MINUTE, expires_at=721 * MINUTE)

    assert visitor.browser.get(BOARD)["Location"].startswith(LOGIN)


def test_a_shift_is_the_longest(visitor: Visitor, settings: Settings) -> None:
    settings.SIGN_IN = dataclasses.replace(settings.SIGN_IN, longest=timedelta(hours=2))
    visitor.gives_password()
    ages(started_at=119 * MINUTE, expires_at=119 * MINUTE)
    assert visitor.is_in()
    ages(expires_at=2 * MINUTE)

    assert not visitor.is_in()


def test_being_there_is_noted_once_a_minute(visitor: Visitor) -> None:
    visitor.gives_password()
    ages(started_at=2 * MINUTE, last_seen_at=2 * MINUTE)

    assert visitor.is_in()
    first = BrowserSession.objects.get(ended_at=None).last_seen_at
    assert visitor.is_in()

    assert timezone.now() - first < MINUTE
    assert BrowserSession.objects.get(ended_at=None).last_seen_at == first


def test_of_the_cookie_nothing_stands_in_the_database(visitor: Visitor) -> None:
    visitor.gives_password()

    key = visitor.browser.cookies["sessionid"].value
    assert key not in str(list(BrowserSession.objects.values()))


def test_signing_out_leaves_an_ended_row(visitor: Visitor) -> None:
    visitor.gives_password()
    key = visitor.browser.cookies["sessionid"].value

    visitor.browser.post(reverse("admin:logout"))

    visitor.browser.cookies["sessionid"] = key
    assert not visitor.is_in()
    row = BrowserSession.objects.get(user=visitor.user)
    assert row.ended_at is not None
    assert row.session_data == ""


def test_a_second_factor_is_set_up_renewed_and_switched_off_with_codes(visitor: Visitor) -> None:
    visitor.gives_password()
    visitor.browser.post(SET_UP)
    row = second_factors.offered_to(visitor.user)
    assert row is not None
    codes = visitor.browser.post(SET_UP, {"code": app_shows(row)}).context["codes"]
    assert visitor.browser.get(SET_UP)["Location"] == OWN
    renew, off = reverse("admin:own_codes"), reverse("admin:own_second_factor_off")

    assert visitor.browser.post(renew, {"code": "000000"}).status_code == 200
    new = visitor.browser.post(renew, {"code": codes[0]}).context["codes"]
    assert visitor.browser.post(off, {"code": codes[1]}).status_code == 200
    assert second_factors.of(visitor.user) is not None
    assert visitor.browser.post(off, {"code": new[0]})["Location"] == OWN

    assert second_factors.of(visitor.user) is None
    assert list(SignIn.objects.order_by("pk").values_list("kind", flat=True)) == [
        "entered",
        "code",
        "confirmed",
        "code",
        "confirmed",
    ]


def test_guessing_codes_to_switch_it_off_ends(visitor: Visitor) -> None:
    visitor.gives_password()
    visitor.sets_up()
    off = reverse("admin:own_second_factor_off")
    visitor.browser.force_login(visitor.user)

    answers = [visitor.browser.post(off, {"code": "abcdef"}).status_code for _ in range(6)]

    assert answers == [200] * 5 + [429]


def test_an_administrator_makes_a_link_with_which_the_person_sets_a_password(
    visitor: Visitor, ours: Organization
) -> None:
    desk = Client()
    sign_in(desk, ours, Role.ADMIN)
    new = {"new_password1": "bamboo-and-ice-2025", "new_password2": "bamboo-and-ice-2025"}

    told = desk.post(verb_address(visitor.user, "reset_password"), {"reason": "忘记密码"}).context["told"][0]
    link = told.split("http://testserver")[1].split("</code>")[0]
    assert visitor.gives_password() == INDEX  # the present one goes on working, and ends the link
    assert visitor.browser.get(link).status_code == 404
    told = desk.post(verb_address(visitor.user, "reset_password"), {"reason": "忘记密码"}).context["told"][0]
    link = told.split("http://testserver")[1].split("</code>")[0]
    stranger = Client()
    assert stranger.get(link).status_code == 200
    assert stranger.post(link, {"new_password1": "short", "new_password2": "short"}).status_code == 200
    assert stranger.post(link, new)["Location"] == LOGIN

    assert not visitor.is_in()
    assert stranger.post(link, new).status_code == 404
    assert visitor.gives_password(new["new_password1"]) == INDEX

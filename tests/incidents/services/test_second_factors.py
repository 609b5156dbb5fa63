"""Codes of an app: made from a secret that the database alone does not tell, each good once."""

import base64
from dataclasses import replace
from datetime import timedelta
from urllib.parse import parse_qs, urlsplit

import pytest
from django.core.management import CommandError, call_command
from django_otp.oath import hotp
from pytest_django.fixtures import Settings

from incidents.errors import Conflict, Missing, OwnAccount, WrongCode
from incidents.journal import Actor
from incidents.models import BrowserSession, JournalEntry, SecondFactor, User
from incidents.services import second_factors
from tests.factories import make_actor, make_session, make_user

pytestmark = pytest.mark.django_db
STEP = timedelta(seconds=30)


def app_shows(row: SecondFactor, by: Actor) -> str:
    """Return what an app reckons from what it read off the picture (RFC 6238: HOTP of the 30 s step)."""
    told = parse_qs(urlsplit(second_factors.address_of(row, issuer="冰灾")).query)
    return f"{hotp(base64.b32decode(told['secret'][0]), int(by.now.timestamp()) // 30):06d}"


def later(by: Actor, by_how_much: timedelta) -> Actor:
    return replace(by, now=by.now + by_how_much)


@pytest.fixture
def by(now: object) -> Actor:
    """A person who sets it up for oneself."""
    return make_actor()


@pytest.fixture
def factor(by: Actor) -> SecondFactor:
    return second_factors.offer(by.user, by=by)


@pytest.fixture
def codes(by: Actor, factor: SecondFactor) -> list[str]:
    return second_factors.confirm(by.user, code=app_shows(factor, by), by=by)


def kinds() -> list[str]:
    return list(JournalEntry.objects.order_by("pk").values_list("kind", flat=True))


def test_it_counts_once_a_code_has_shown_that_the_app_has_the_secret(by: Actor, factor: SecondFactor) -> None:
    assert second_factors.of(by.user) is None

    codes = second_factors.confirm(by.user, code=app_shows(factor, by), by=by)

    assert second_factors.of(by.user) == factor
    assert len({*codes}) == 10
    assert kinds() == ["user.second_factor_on"]


def test_a_wrong_code_confirms_nothing(by: Actor, factor: SecondFactor) -> None:
    wrong = f"{(int(app_shows(factor, by)) + 1) % 10**6:06d}"

    for code in (wrong, "", "abcdef", "1234567", "-12345", "１２"):
        with pytest.raises(WrongCode):
            second_factors.confirm(by.user, code=code, by=by)

    assert second_factors.of(by.user) is None
    assert kinds() == []


def test_switching_it_on_ends_the_sessions_that_began_without_it(by: Actor, factor: SecondFactor) -> None:
    here, there = make_session(user=by.user), make_session(user=by.user)

    second_factors.confirm(by.user, code=app_shows(factor, by), by=by, spared=here.key_digest)

    assert list(BrowserSession.objects.filter(ended_at=None)) == [here]
    there.refresh_from_db()
    assert there.ended_at == by.now


@pytest.mark.usefixtures("codes")
@pytest.mark.parametrize(("steps", "passes"), [(-2, False), (-1, True), (0, True), (1, True), (2, False)])
def test_a_clock_may_be_one_step_off(by: Actor, factor: SecondFactor, steps: int, passes: bool) -> None:  # noqa: FBT001 - a table
    here = later(by, 10 * STEP)
    code = app_shows(factor, later(here, steps * STEP))

    if passes:
        second_factors.check(by.user, code=code, by=here)
    else:
        with pytest.raises(WrongCode):
            second_factors.check(by.user, code=code, by=here)


@pytest.mark.usefixtures("codes")
def test_no_code_works_twice_nor_one_before_it(by: Actor, factor: SecondFactor) -> None:
    here = later(by, 10 * STEP)
    earlier, code = app_shows(factor, by=later(here, -STEP)), app_shows(factor, here)
    second_factors.check(by.user, code=code, by=here)

    for used in (code, earlier, f" {code[:3]} {code[3:]} "):
        with pytest.raises(WrongCode):
            second_factors.check(by.user, code=used, by=here)

    assert app_shows(factor, later(here, STEP)) != code
    second_factors.check(by.user, code=app_shows(factor, later(here, STEP)), by=later(here, STEP))


def test_the_code_that_confirmed_does_not_sign_in(by: Actor, factor: SecondFactor) -> None:
    code = app_shows(factor, by)
    second_factors.confirm(by.user, code=code, by=by)

    with pytest.raises(WrongCode):
        second_factors.check(by.user, code=code, by=by)


def test_a_code_may_be_typed_with_blanks_and_full_width_digits(by: Actor, factor: SecondFactor) -> None:
    code = app_shows(factor, by)
    wide = "".join(chr(ord(sign) + 0xFEE0) for sign in code)

    assert second_factors.confirm(by.user, code=f"{wide[:3]} {wide[3:]}", by=by)


def test_a_recovery_code_works_once_and_the_journal_tells_how_many_are_left(
    by: Actor, codes: list[str]
) -> None:
    second_factors.check(by.user, code=codes[3].upper(), by=by)

    with pytest.raises(WrongCode):
        second_factors.check(by.user, code=codes[3], by=by)
    used = JournalEntry.objects.get(kind="user.recovery_code_used")
    assert used.after == {"recovery_codes": 9}


def test_new_recovery_codes_end_the_old_ones(by: Actor, codes: list[str]) -> None:
    new = second_factors.renew_codes(by.user, code=codes[0], by=by)

    with pytest.raises(WrongCode):
        second_factors.check(by.user, code=codes[1], by=by)
    second_factors.check(by.user, code=new[0], by=by)


def test_nothing_in_the_database_makes_or_is_a_code(
    by: Actor, codes: list[str], factor: SecondFactor
) -> None:
    row = SecondFactor.objects.filter(pk=factor.pk).values().get()
    entries = str(list(JournalEntry.objects.values()))
    key = second_factors.typed_key(SecondFactor.objects.get(pk=factor.pk)).replace(" ", "")

    kept = f"{row} {entries}"
    assert base64.b32decode(key).hex() not in kept
    assert not any(code in kept or code.replace("-", "") in kept for code in codes)


@pytest.mark.usefixtures("codes")
def test_a_new_secret_key_of_the_server_costs_nobody_the_second_factor(
    by: Actor, factor: SecondFactor, settings: Settings
) -> None:
    soon, then = later(by, 4 * STEP), later(by, 8 * STEP)
    shown = app_shows(factor, soon), app_shows(factor, then)
    old, settings.SECRET_KEY = settings.SECRET_KEY, "another-secret-key-of-the-server"
    settings.SECRET_KEY_FALLBACKS = [old]
    second_factors.check(by.user, code=shown[0], by=soon)

    settings.SECRET_KEY_FALLBACKS = []

    second_factors.check(by.user, code=shown[1], by=then)


def test_there_is_one_at_a_time(by: Actor, codes: list[str]) -> None:
    with pytest.raises(Conflict):
        second_factors.offer(by.user, by=by)


def test_one_that_was_not_confirmed_is_replaced(by: Actor, factor: SecondFactor) -> None:
    before = app_shows(factor, by)

    again = second_factors.offer(by.user, by=by)

    assert again.pk == factor.pk
    with pytest.raises(WrongCode):
        second_factors.confirm(by.user, code=before, by=by)


def test_one_switches_ones_own_off_with_a_code_alone(by: Actor, codes: list[str]) -> None:
    with pytest.raises(WrongCode):
        second_factors.switch_off_own(by.user, code="000000", by=by)
    assert second_factors.of(by.user) is not None

    second_factors.switch_off_own(by.user, code=codes[0], by=by)

    assert second_factors.of(by.user) is None
    assert kinds()[-1] == "user.second_factor_off"


@pytest.mark.usefixtures("codes")
def test_an_administrator_switches_it_off_with_a_reason_and_not_the_own_one(
    by: Actor, factor: SecondFactor
) -> None:
    session = make_session(user=by.user)
    admin = make_actor(now=by.now)

    with pytest.raises(Missing):
        second_factors.switch_off(factor, reason=" ", by=admin)
    with pytest.raises(OwnAccount):
        second_factors.switch_off(factor, reason="手机丢失", by=by)
    assert second_factors.of(by.user) is not None

    second_factors.switch_off(factor, reason="手机丢失", by=admin)
    second_factors.switch_off(factor, reason="又一次", by=admin)

    assert second_factors.of(by.user) is None
    session.refresh_from_db()
    assert session.ended_at == by.now
    [entry] = JournalEntry.objects.filter(kind="user.second_factor_off")
    assert (entry.by, entry.reason, entry.after) == (admin.user, "手机丢失", {"second_factor": False})


@pytest.mark.usefixtures("codes")
def test_who_has_the_server_helps_the_last_administrator(by: Actor) -> None:
    call_command("switch_off_second_factor", by.user.username, reason="唯一管理员手机丢失")

    assert second_factors.of(by.user) is None
    assert JournalEntry.objects.get(kind="user.second_factor_off").by.username == "system"
    with pytest.raises(CommandError, match="has no second factor"):
        call_command("switch_off_second_factor", by.user.username, reason="又一次")


def test_nobody_has_the_code_of_somebody_else(by: Actor, factor: SecondFactor) -> None:
    other: User = make_user()

    with pytest.raises(WrongCode):
        second_factors.confirm(other, code=app_shows(factor, by), by=make_actor(user=other))

"""Attempts at the door are counted before they are looked at, whoever makes them and however many at once."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from incidents.choices import SignInKind
from incidents.errors import Missing, OwnAccount, TooManyTries
from incidents.models import JournalEntry, SignIn, User
from incidents.rules.lockout import Limits
from incidents.services import sign_ins
from incidents.services.sign_ins import Whence
from tests.factories import STORM_NIGHT, make_actor, make_user

LIMITS = Limits(here=3, unknown=6, within=timedelta(minutes=15))
DEPOT = Whence(address="10.1.1.1", agent="Firefox")
MINUTE = timedelta(minutes=1)


def knock(username: str, *, whence: Whence = DEPOT, minute: float = 0) -> SignIn:
    return sign_ins.attempt(
        username=username, whence=whence, limits=LIMITS, now=STORM_NIGHT + minute * MINUTE
    )


def fail(username: str, times: int, *, whence: Whence = DEPOT) -> None:
    for _ in range(times):
        knock(username, whence=whence)


@pytest.mark.django_db
def test_the_door_shuts_and_opens_again_and_knocking_meanwhile_is_not_written() -> None:
    user = make_user()
    fail(user.username, 3)

    with pytest.raises(TooManyTries) as shut:
        knock(user.username, minute=5)

    assert shut.value.fields["wait_s"] == 600
    assert SignIn.objects.count() == 3
    knock(user.username, minute=15.1)


@pytest.mark.django_db
def test_a_depot_that_shares_an_address_is_not_shut_by_one_account() -> None:
    fail(make_user().username, 3)

    knock(make_user().username)


@pytest.mark.django_db
def test_a_name_that_nobody_has_shuts_as_one_that_somebody_has() -> None:
    counted = []
    for name in (make_user().username, "nobody-at-all"):
        with CaptureQueriesContext(connection) as captured:
            fail(name, 3)
        counted.append(len(captured))
        with pytest.raises(TooManyTries):
            knock(name)

    assert counted[0] == counted[1]


@pytest.mark.django_db
def test_what_was_typed_as_a_name_is_kept_nowhere() -> None:
    knock("my-password-typed-here")

    row = SignIn.objects.values().get()
    assert "my-password" not in str(row)
    assert row["user_id"] is None


@pytest.mark.django_db
def test_whoever_locks_an_account_from_elsewhere_does_not_keep_its_person_out() -> None:
    user = make_user()
    for number in range(6):
        knock(user.username, whence=Whence(address=f"10.9.9.{number}", agent=""))

    with pytest.raises(TooManyTries):
        knock(user.username)
    knock(user.username, whence=Whence(address="10.1.1.1", agent="", known_as="secret of the desk"))


@pytest.mark.django_db
def test_signing_in_is_written_over_the_attempt() -> None:
    user = make_user()
    fail(user.username, 2)
    sign_ins.accept(knock(user.username), kind=SignInKind.ENTERED, user=user)

    fail(user.username, 2)

    assert list(SignIn.objects.order_by("pk").values_list("kind", flat=True)) == [
        "password",
        "password",
        "entered",
        "password",
        "password",
    ]


@pytest.mark.django_db
def test_an_administrator_lifts_the_lock_with_a_reason_and_not_the_own_one() -> None:
    user = make_user()
    fail(user.username, 3)
    admin = make_actor(now=STORM_NIGHT + MINUTE)

    with pytest.raises(Missing):
        sign_ins.unlock(user, reason="", by=admin)
    with pytest.raises(OwnAccount):
        sign_ins.unlock(user, reason="试", by=make_actor(user=user))
    with pytest.raises(TooManyTries):
        knock(user.username, minute=1)

    sign_ins.unlock(user, reason="本人来电", by=admin)

    knock(user.username, minute=2)
    entry = JournalEntry.objects.get()
    assert (entry.kind, entry.by, entry.reason) == ("user.unlocked", admin.user, "本人来电")


@pytest.mark.django_db(transaction=True)
def test_twenty_attempts_at_once_are_twenty() -> None:
    user: User = make_user()

    def guess(_: int) -> bool:
        try:
            knock(user.username)
        except TooManyTries:
            return False
        finally:
            connection.close()
        return True

    with ThreadPoolExecutor(max_workers=8) as pool:
        let_in = sum(pool.map(guess, range(20)))

    assert (let_in, SignIn.objects.count()) == (3, 3)

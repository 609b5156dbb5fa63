from datetime import timedelta
from typing import Any

import pytest

from incidents.models import SecondFactor, SignIn, User
from tests.constraints import breaks
from tests.factories import STORM_NIGHT, make_session, make_user

pytestmark = pytest.mark.django_db
EARLIER = STORM_NIGHT - timedelta(seconds=1)


def make_factor(**over: Any) -> SecondFactor:
    values: dict[str, Any] = {"sealed_key": "0" * 40, "key_salt": "0" * 32, "offered_at": STORM_NIGHT}
    return SecondFactor.objects.create(**({"user": over.pop("user", None) or make_user()} | values | over))


def make_sign_in(**over: Any) -> SignIn:
    values = {"kind": "password", "at": STORM_NIGHT, "name_digest": "0" * 64}
    return SignIn.objects.create(**(values | over))


def test_of_a_session_key_a_digest_is_kept() -> None:
    with breaks("session_keeps_a_digest_only"):
        make_session(key_digest="k4jh23k4jh23k4jh23k4jh23k4jh23ab")


def test_a_session_that_has_ended_keeps_nothing() -> None:
    with breaks("session_ended_keeps_nothing"):
        make_session(ended_at=STORM_NIGHT, session_data="x")


def test_a_session_is_seen_after_it_began() -> None:
    with breaks("session_started_last_seen_in_order"):
        make_session(last_seen_at=EARLIER)


def test_a_session_ends_after_it_began() -> None:
    with breaks("session_started_ended_in_order"):
        make_session(ended_at=EARLIER)


def test_of_a_typed_name_a_digest_is_kept() -> None:
    with breaks("sign_in_keeps_a_digest_only"):
        make_sign_in(name_digest="diaodu")


@pytest.mark.parametrize("kind", ["entered", "code_owed", "left", "unlocked", "sso", "confirmed"])
def test_who_came_in_is_a_person(kind: str) -> None:
    with breaks("sign_in_that_entered_has_a_person"):
        make_sign_in(kind=kind)


def test_a_person_has_one_second_factor() -> None:
    user: User = make_factor().user
    make_factor(user=user, ended_at=STORM_NIGHT)

    with breaks("second_factor_one_a_person"):
        make_factor(user=user)


def test_a_key_is_whole() -> None:
    with breaks("second_factor_key_is_whole"):
        make_factor(sealed_key="0" * 39)


def test_recovery_codes_come_with_the_confirmation() -> None:
    with breaks("second_factor_codes_once_confirmed"):
        make_factor(recovery_digests=["0" * 64])


def test_a_second_factor_is_confirmed_after_it_was_offered() -> None:
    with breaks("second_factor_offered_confirmed_ended_in_order"):
        make_factor(confirmed_at=EARLIER)

"""Signed links: what they say comes back, and nothing else does."""

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pytest_django.fixtures import Settings

from tests.tracker.watchers import minutes
from tracker.services.links import LASTS, Claim, claim_of, fill, token_of

CLAIM = Claim(alert_id=7, generation=3, user_id=11, ends_at=minutes(0))


def test_a_claim_comes_back() -> None:
    assert claim_of(token_of(CLAIM)) == CLAIM


@given(st.text(max_size=80))
def test_nothing_else_is_a_claim(text: str) -> None:
    assert claim_of(text) is None


@pytest.mark.parametrize("place", range(0, 24, 3))
def test_a_changed_sign_is_noticed(place: int) -> None:
    token = token_of(CLAIM)
    other = "8" if token[place] != "8" else "9"

    assert claim_of(token[:place] + other + token[place + 1 :]) is None


def test_another_key_signs_nothing_here_and_an_older_one_does(settings: Settings) -> None:
    token = token_of(CLAIM)
    older = settings.SECRET_KEY
    settings.SECRET_KEY = "another"
    assert claim_of(token) is None
    settings.SECRET_KEY_FALLBACKS = [older]
    assert claim_of(token) == CLAIM


def test_only_a_line_of_its_own_becomes_a_link_of_the_recipient() -> None:
    text = "线路：[answer 7 1]\n请求：\n[answer 7 1]\n"

    sent = fill(text, user_id=11, at=minutes(0))

    line, _asked, link = sent.splitlines()
    assert line == "线路：[answer 7 1]"
    found = claim_of(link.removeprefix("http://testserver/a/").removesuffix("/"))
    assert found == Claim(alert_id=7, generation=1, user_id=11, ends_at=minutes(0) + LASTS)
    assert fill(text, user_id=11, at=minutes(0)) == sent
    assert fill(text, user_id=12, at=minutes(0)) != sent
    assert timedelta(hours=24) == LASTS

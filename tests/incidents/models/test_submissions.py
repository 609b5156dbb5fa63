from typing import Any

import pytest

from incidents.models import Submission, User
from tests.constraints import breaks
from tests.factories import STORM_NIGHT, make_user

pytestmark = pytest.mark.django_db


def keep(user: User, **over: Any) -> Submission:
    values = {"key": "k", "route": "POST /", "digest": "0" * 64, "status": 201, "created_at": STORM_NIGHT}
    return Submission.objects.create(user=user, **(values | over))


def test_a_key_is_used_once_a_person() -> None:
    user = make_user()
    keep(user)
    keep(make_user())

    with breaks("submission_key_once"):
        keep(user)


@pytest.mark.parametrize("status", [199, 300, 409, 500])
def test_only_successes_are_kept(status: int) -> None:
    with breaks("submission_keeps_successes_only"):
        keep(make_user(), status=status)


@pytest.mark.parametrize("digest", ["", "0" * 63, "g" * 64])
def test_a_digest_is_whole(digest: str) -> None:
    with breaks("submission_digest_is_whole"):
        keep(make_user(), digest=digest)

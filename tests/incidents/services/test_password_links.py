"""A link sets a password once; it tells nobody anything else."""

from datetime import timedelta
from uuid import uuid4

import pytest

from incidents.errors import Inconsistent, Invalid, Missing, NotFound, OwnAccount
from incidents.models import BrowserSession, JournalEntry, User
from incidents.services import password_links
from tests.factories import STORM_NIGHT, make_actor, make_session, make_user

pytestmark = pytest.mark.django_db
DAY, HOUR = timedelta(days=1), timedelta(hours=1)
PASSWORD = "ice-and-bamboo-2024"


def owner(user: User, secret: str, *, after: timedelta = HOUR) -> User:
    return password_links.owner(user.uuid, secret, now=STORM_NIGHT + after, lasting=DAY)


def use(user: User, secret: str, password: str = PASSWORD) -> User:
    by = make_actor(user=user, now=STORM_NIGHT + HOUR)
    return password_links.use(user, secret=secret, password=password, lasting=DAY, by=by)


def test_it_sets_the_password_once_and_ends_all_sessions() -> None:
    user, secret = password_links.offer(make_user(), reason="忘记密码", by=make_actor())
    make_session(user=user)

    assert use(user, secret).check_password(PASSWORD)

    with pytest.raises(NotFound):
        use(user, secret)
    assert not BrowserSession.objects.filter(ended_at=None).exists()
    offered = JournalEntry.objects.get(kind="user.password_link_offered")
    assert secret not in str(JournalEntry.objects.values())
    assert offered.reason == "忘记密码"


def test_a_weak_password_is_refused_and_the_link_goes_on_working() -> None:
    user, secret = password_links.offer(make_user(), reason="忘记密码", by=make_actor())

    for weak in ("short-2024", "1qaz2wsx3edc", f"{user.username}-2024"):
        with pytest.raises(Invalid):
            use(user, secret, weak)

    use(user, secret)


def test_it_ends_after_a_day_with_a_sign_in_and_with_the_account() -> None:
    user, secret = password_links.offer(make_user(), reason="忘记密码", by=make_actor())
    assert owner(user, secret) == user

    with pytest.raises(NotFound):
        owner(user, secret, after=DAY)
    for change in ({"last_login": STORM_NIGHT}, {"is_active": False}):
        User.objects.filter(pk=user.pk).update(**change)
        with pytest.raises(NotFound):
            owner(user, secret)


@pytest.mark.parametrize(
    "secret", ["", "-", "x-y", "99999999999999999999-a", "٣-a", "1708948800-" + "0" * 64]
)
def test_another_secret_opens_nothing(secret: str) -> None:
    with pytest.raises(NotFound):
        owner(make_user(), secret)


def test_the_link_of_one_is_not_that_of_another() -> None:
    _user, secret = password_links.offer(make_user(), reason="忘记密码", by=make_actor())

    with pytest.raises(NotFound):
        owner(make_user(), secret)
    with pytest.raises(NotFound):
        password_links.owner(uuid4(), secret, now=STORM_NIGHT, lasting=DAY)


def test_it_needs_a_reason_an_open_account_and_somebody_else() -> None:
    by = make_actor()

    with pytest.raises(Missing):
        password_links.offer(make_user(), reason="", by=by)
    with pytest.raises(Inconsistent):
        password_links.offer(make_user(is_active=False), reason="忘记密码", by=by)
    with pytest.raises(OwnAccount):
        password_links.offer(by.user, reason="忘记密码", by=by)
    assert not JournalEntry.objects.exists()

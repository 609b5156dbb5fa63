from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from uuid import UUID, uuid4

import pytest
from django.db import connection

from incidents.choices import DeviceScope
from incidents.errors import CodeRefused, Inconsistent, Missing, NotFound, OutOfRange
from incidents.journal import Actor
from incidents.models import Device, EnrolmentCode, JournalEntry, User
from incidents.services import devices, enrolments
from tests.factories import make_user

MINUTE = timedelta(minutes=1)
PHONE = UUID("6f2f7c1e-6a52-4b0a-9a55-0d6c3a1d7a10")


@pytest.fixture
def owner(db: None) -> User:
    return make_user()


def offer(owner: User, by: Actor, **over: timedelta) -> tuple[EnrolmentCode, str]:
    known = {"valid_for": 15 * MINUTE, "lasting": timedelta(days=30)} | over
    return enrolments.offer(user=owner, scopes=[DeviceScope.WORK, DeviceScope.READ], by=by, **known)


def redeem(code: str, by: Actor, *, phone: UUID = PHONE, after: timedelta = MINUTE) -> tuple[Device, str]:
    return enrolments.redeem(
        code, client_id=phone, name="巡线手机", platform="HarmonyOS 4", app_version="2.1", now=by.now + after
    )


def works(token: str, by: Actor, *, after: timedelta = 2 * MINUTE) -> bool:
    try:
        devices.authenticate(devices.digest_of(token), now=by.now + after)
    except NotFound:
        return False
    return True


def test_a_code_is_160_bits_and_only_its_digest_is_kept(owner: User, by: Actor) -> None:
    row, code = offer(owner, by)

    assert len(code) == 32
    assert (row.issued_by, row.expires_at) == (by.user, by.now + 15 * MINUTE)
    stored = "\n".join(str(value) for value in EnrolmentCode.objects.values_list().get())
    entry = JournalEntry.objects.get()
    assert (entry.kind, entry.by) == ("enrolment_code.offered", by.user)
    assert code not in stored
    assert code not in str(entry.after)
    assert "code_digest" not in entry.after


def test_a_phone_gets_what_the_desk_allowed(owner: User, by: Actor) -> None:
    _row, code = offer(owner, by)

    device, token = redeem(code, by)

    device.refresh_from_db()
    assert (device.user, device.name, device.platform) == (owner, "巡线手机", "HarmonyOS 4")
    assert (device.scopes, device.app_version) == (["read", "work"], "2.1")
    assert device.expires_at == by.now + MINUTE + timedelta(days=30)
    assert works(token, by)
    kinds = ["enrolment_code.offered", "device.enrolled", "enrolment_code.used"]
    assert list(JournalEntry.objects.order_by("id").values_list("kind", flat=True)) == kinds
    assert JournalEntry.objects.order_by("id")[1].by == owner


def test_a_code_that_is_typed_may_have_blanks_hyphens_and_small_letters(owner: User, by: Actor) -> None:
    _row, code = offer(owner, by)

    device, _token = redeem(f" {code[:4].lower()}-{code[4:8]} {code[8:].lower()}", by)

    assert device.user == owner


Spoil = Callable[[EnrolmentCode, Actor], object]


@pytest.mark.parametrize(
    ("spoil", "after"),
    [
        (lambda _row, _by: None, 15 * MINUTE),
        (lambda row, by: enrolments.withdraw(row, reason="看错人", by=by), MINUTE),
        (lambda row, by: offer(row.user, by), MINUTE),
        (lambda row, _by: User.objects.filter(pk=row.user_id).update(is_active=False), MINUTE),
        (lambda _row, _by: EnrolmentCode.objects.update(code_digest="0" * 64), MINUTE),
    ],
    ids=["too old", "withdrawn", "a newer one", "account closed", "unknown"],
)
def test_a_code_that_is_none_any_more_is_refused_and_not_told_why(
    owner: User, by: Actor, spoil: Spoil, after: timedelta
) -> None:
    row, code = offer(owner, by)
    spoil(row, by)

    with pytest.raises(CodeRefused) as refused:
        redeem(code, by, after=after)

    assert refused.value.fields == {}
    assert not Device.objects.exists()


def test_a_code_works_for_one_phone(owner: User, by: Actor) -> None:
    _row, code = offer(owner, by)
    _device, token = redeem(code, by)

    with pytest.raises(CodeRefused):
        redeem(code, by, phone=uuid4())

    assert Device.objects.count() == 1
    assert works(token, by)


def test_a_phone_that_never_got_the_answer_asks_again(owner: User, by: Actor) -> None:
    _row, code = offer(owner, by)
    first, lost = redeem(code, by)

    again, token = redeem(code, by, after=2 * MINUTE)

    assert (again, Device.objects.count()) == (first, 1)
    assert (works(lost, by), works(token, by)) == (False, True)


def test_a_token_that_was_used_is_not_given_again(owner: User, by: Actor) -> None:
    _row, code = offer(owner, by)
    _device, token = redeem(code, by)
    assert works(token, by)

    with pytest.raises(CodeRefused):
        redeem(code, by, after=3 * MINUTE)

    assert works(token, by)


def test_a_phone_that_was_shut_out_gets_no_token_by_its_code(owner: User, by: Actor) -> None:
    _row, code = offer(owner, by)
    device, _token = redeem(code, by)
    devices.revoke(device, reason="丢失", by=by)

    with pytest.raises(CodeRefused):
        redeem(code, by, after=2 * MINUTE)


@pytest.mark.django_db(transaction=True)
def test_of_ten_phones_at_once_one_is_enrolled() -> None:
    owner = make_user()
    by = Actor(user=make_user(), now=owner.date_joined)
    _row, code = offer(owner, by)

    def try_it(_number: int) -> bool:
        try:
            redeem(code, by, phone=uuid4())
        except CodeRefused:
            return False
        finally:
            connection.close()
        return True

    with ThreadPoolExecutor(10) as pool:
        outcomes = list(pool.map(try_it, range(10)))

    assert (sum(outcomes), Device.objects.count()) == (1, 1)


def test_withdrawing_needs_a_reason_and_leaves_what_was_used(owner: User, by: Actor) -> None:
    row, code = offer(owner, by)
    with pytest.raises(Missing, match="reason"):
        enrolments.withdraw(row, reason=" ", by=by)
    redeem(code, by)

    after = enrolments.withdraw(row, reason="看错人", by=by)

    assert (after.withdrawn_at, after.used_at) == (None, by.now + MINUTE)


def test_refuses_to_offer_what_could_not_be_enrolled(owner: User, by: Actor) -> None:
    with pytest.raises(OutOfRange):
        offer(owner, by, lasting=timedelta(days=91))
    with pytest.raises(Inconsistent):
        offer(make_user(is_active=False), by)

    assert not EnrolmentCode.objects.exists()

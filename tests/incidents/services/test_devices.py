from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import timedelta

import pytest
from django.db import connection

from incidents.choices import DeviceScope
from incidents.errors import Inconsistent, Missing, NotFound, OutOfRange
from incidents.journal import Actor
from incidents.models import Device, JournalEntry, User
from incidents.services import device_clocks, devices
from tests.factories import make_actor, make_user

DAY = timedelta(days=1)


@pytest.fixture
def owner(db: None) -> User:
    return make_user()


def enrol(owner: User, by: Actor, *, lasting: timedelta = 90 * DAY) -> tuple[Device, str]:
    return devices.enrol(
        user=owner, name="巡线手机", scopes=[DeviceScope.WORK, DeviceScope.READ], lasting=lasting, by=by
    )


def test_a_token_is_256_bits_and_only_its_digest_is_kept(owner: User, by: Actor) -> None:
    device, token = enrol(owner, by)

    device.refresh_from_db()
    assert len(token) == 43  # 32 bytes in base64 without padding
    assert device.token_digest == devices.digest_of(token)
    assert device.token_prefix == token[:8]
    stored = "\n".join(str(value) for value in Device.objects.values_list().get())
    assert token not in stored
    assert token not in str(JournalEntry.objects.get().after)
    assert "token_digest" not in JournalEntry.objects.get().after


def test_an_enrolled_phone_has_its_scopes_and_its_end(owner: User, by: Actor) -> None:
    device, _token = enrol(owner, by, lasting=30 * DAY)

    assert device.scopes == ["read", "work"]
    assert (device.enrolled_at, device.expires_at) == (by.now, by.now + 30 * DAY)
    assert JournalEntry.objects.get().kind == "device.enrolled"


def test_two_phones_never_share_a_token(owner: User, by: Actor) -> None:
    assert len({enrol(owner, by)[1] for _ in range(20)}) == 20


@pytest.mark.parametrize("lasting", [91 * DAY, timedelta(0), -DAY])
def test_refuses_a_life_of_more_than_ninety_days_or_none(owner: User, by: Actor, lasting: timedelta) -> None:
    with pytest.raises(OutOfRange) as refused:
        enrol(owner, by, lasting=lasting)

    fields = refused.value.fields
    assert (fields["field"], fields["value"], fields["allowed"]) == ("lasting", lasting.days, "1 – 90 d")
    assert not Device.objects.exists()


def test_refuses_a_phone_that_may_do_nothing(owner: User, by: Actor) -> None:
    with pytest.raises(Missing, match="scopes"):
        devices.enrol(user=owner, name="手机", scopes=[], by=by)

    assert not Device.objects.exists()


def test_refuses_a_phone_of_somebody_whose_account_is_closed(by: Actor) -> None:
    with pytest.raises(Inconsistent, match="is_active"):
        enrol(make_user(is_active=False), by)

    assert not Device.objects.exists()


def test_knows_a_phone_by_the_digest_of_its_token(owner: User, by: Actor) -> None:
    device, token = enrol(owner, by)

    found = devices.authenticate(devices.digest_of(token), now=by.now + DAY)

    assert (found, found.user) == (device, owner)
    device.refresh_from_db()
    assert device.last_seen_at == by.now + DAY


def test_notes_once_a_minute_that_a_phone_was_seen(owner: User, by: Actor) -> None:
    device, token = enrol(owner, by)
    digest = devices.digest_of(token)
    devices.authenticate(digest, now=by.now)

    devices.authenticate(digest, now=by.now + timedelta(seconds=59))

    device.refresh_from_db()
    assert device.last_seen_at == by.now
    devices.authenticate(digest, now=by.now + timedelta(seconds=60))
    device.refresh_from_db()
    assert device.last_seen_at == by.now + timedelta(seconds=60)


@pytest.mark.parametrize("why", ["wrong token", "expired", "revoked", "account closed"])
def test_a_phone_that_may_not_is_not_found_and_not_told_why(owner: User, by: Actor, why: str) -> None:
    device, token = enrol(owner, by)
    now = by.now + 90 * DAY if why == "expired" else by.now + 90 * DAY - timedelta(seconds=1)
    if why == "revoked":
        devices.revoke(device, reason="丢失", by=by)
    if why == "account closed":
        User.objects.update(is_active=False)

    with pytest.raises(NotFound, match="device"):
        devices.authenticate(devices.digest_of("x" if why == "wrong token" else token), now=now)

    device.refresh_from_db()
    assert device.last_seen_at is None


def test_the_last_second_still_counts(owner: User, by: Actor) -> None:
    device, token = enrol(owner, by)

    found = devices.authenticate(devices.digest_of(token), now=by.now + 90 * DAY - timedelta(seconds=1))

    assert found == device


def test_revoking_twice_is_revoking_once(owner: User, by: Actor) -> None:
    device, _token = enrol(owner, by)

    first = devices.revoke(device, reason="丢失", by=by)
    again = devices.revoke(device, reason="丢失", by=by)

    assert first.revoked_at == again.revoked_at == by.now
    entry = JournalEntry.objects.order_by("-id").first()
    assert entry is not None
    assert (entry.kind, entry.reason) == ("device.revoked", "丢失")
    assert JournalEntry.objects.count() == 2


def test_revoking_needs_a_reason(owner: User, by: Actor) -> None:
    device, _token = enrol(owner, by)

    with pytest.raises(Missing, match="reason"):
        devices.revoke(device, reason=" ", by=by)

    device.refresh_from_db()
    assert device.revoked_at is None


@pytest.mark.parametrize(("version", "kept"), [("2.1", "2.1"), ("", "2.0")])
def test_notes_how_far_a_clock_is_off_without_a_journal_entry(
    owner: User, by: Actor, version: str, kept: str
) -> None:
    device, _token = enrol(owner, by)
    Device.objects.update(app_version="2.0")
    device.refresh_from_db()
    before = JournalEntry.objects.count()

    device_clocks.report(
        device, device_clock=by.now - timedelta(seconds=7.6), now=by.now, app_version=version
    )

    device.refresh_from_db()
    assert (device.clock_skew_s, device.app_version) == (-8, kept)
    assert JournalEntry.objects.count() == before


def test_a_renewed_token_takes_the_place_of_the_old_one_when_it_is_first_used(owner: User, by: Actor) -> None:
    device, old = enrol(owner, by, lasting=30 * DAY)
    later = replace(by, now=by.now + 20 * DAY)

    _device, new = devices.renew(device, by=later, app_version="2.2")

    assert devices.authenticate(devices.digest_of(old), now=later.now) == device
    found = devices.authenticate(devices.digest_of(new), now=later.now)
    assert (found, found.expires_at) == (device, later.now + 30 * DAY)
    assert (found.token_prefix, found.next_digest, found.app_version) == (new[:8], None, "2.2")
    assert refused(old, later)
    assert not refused(new, later)
    entry = JournalEntry.objects.latest("id")
    assert entry.kind == "device.renewed"
    assert "next_digest" not in entry.after


def test_a_phone_that_never_got_its_renewed_token_asks_again(owner: User, by: Actor) -> None:
    device, old = enrol(owner, by)
    _device, lost = devices.renew(device, by=by)

    _device, new = devices.renew(device, by=by)

    assert refused(lost, by)
    assert not refused(old, by)
    assert not refused(new, by)
    assert refused(old, by)


def test_what_has_expired_is_not_renewed(owner: User, by: Actor) -> None:
    device, _token = enrol(owner, by, lasting=DAY)

    with pytest.raises(NotFound):
        devices.renew(device, by=replace(by, now=by.now + DAY))

    assert Device.objects.get().next_digest is None


@pytest.mark.parametrize("how", ["revoked", "logged out"])
def test_a_phone_that_was_shut_out_has_no_next_token_either(owner: User, by: Actor, how: str) -> None:
    device, old = enrol(owner, by)
    _device, new = devices.renew(device, by=by)

    if how == "revoked":
        devices.revoke(device, reason="丢失", by=by)
    else:
        devices.log_out(device, by=by)

    assert (refused(old, by), refused(new, by)) == (True, True)
    assert JournalEntry.objects.latest("id").kind == f"device.{how.replace(' ', '_')}"
    with pytest.raises(NotFound):
        devices.renew(device, by=by)


@pytest.mark.django_db(transaction=True)
def test_a_renewed_token_used_ten_times_at_once_works_each_time() -> None:
    by = make_actor()
    device, _old = enrol(make_user(), by)
    _device, new = devices.renew(device, by=by)

    def use(_number: int) -> bool:
        try:
            return not refused(new, by)
        finally:
            connection.close()

    with ThreadPoolExecutor(10) as pool:
        assert all(pool.map(use, range(10)))


def refused(token: str, by: Actor) -> bool:
    try:
        devices.authenticate(devices.digest_of(token), now=by.now)
    except NotFound:
        return True
    return False

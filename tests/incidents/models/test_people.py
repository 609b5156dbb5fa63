from datetime import timedelta
from typing import Any

import pytest
from django.db import connection

from incidents.models import Device, Membership, Organization
from tests.constraints import breaks
from tests.factories import STORM_NIGHT, make_organization, make_user

pytestmark = pytest.mark.django_db
EARLIER = STORM_NIGHT - timedelta(minutes=1)


def make_membership(**over: Any) -> Membership:
    made = {"user": over.pop("user", None) or make_user(), "role": "viewer", "since_at": STORM_NIGHT}
    organization = over.pop("organization", None) or make_organization()
    return Membership.objects.create(organization=organization, **(made | over))


def make_device(**over: Any) -> Device:
    values = {
        "name": "手机",
        "token_digest": "0" * 64,
        "token_prefix": "abcdefgh",
        "enrolled_at": STORM_NIGHT,
    }
    values |= {"expires_at": STORM_NIGHT + timedelta(days=1)}
    return Device.objects.create(user=make_user(), **(values | over))


def test_an_organization_is_not_its_own_parent() -> None:
    organization = make_organization()

    with breaks("organization_has_no_ring"):  # the trigger is asked first
        Organization.objects.filter(pk=organization.pk).update(parent=organization)


def test_the_constraint_holds_without_the_trigger_too() -> None:
    organization = make_organization()
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute("ALTER TABLE incidents_organization DISABLE TRIGGER organization_has_no_ring")

    with breaks("organization_is_not_its_own_parent"):
        Organization.objects.filter(pk=organization.pk).update(parent=organization)


def test_a_role_is_held_once_at_a_time() -> None:
    held = make_membership()

    with breaks("membership_once_at_a_time"):
        make_membership(user=held.user, organization=held.organization)


def test_a_role_that_ended_can_be_held_again() -> None:
    held = make_membership(until_at=STORM_NIGHT)

    make_membership(user=held.user, organization=held.organization)

    assert Membership.objects.count() == 2


def test_a_role_does_not_end_before_it_begins() -> None:
    with breaks("membership_since_until_in_order"):
        make_membership(until_at=EARLIER)


@pytest.mark.parametrize("digest", ["token", "0" * 63, "G" * 64])
def test_a_device_keeps_a_digest_and_never_a_token(digest: str) -> None:
    with breaks("device_keeps_a_digest_only"):
        make_device(token_digest=digest)


def test_a_device_does_not_expire_before_it_is_enrolled() -> None:
    with breaks("device_enrolled_expires_in_order"):
        make_device(expires_at=EARLIER)


def test_an_address_is_used_once_and_may_be_missing_often() -> None:
    make_user(email="duty@example.com")
    make_user(email="")
    make_user(email="")

    with breaks("user_email_once"):
        make_user(email="duty@example.com")


def test_say_who_it_is() -> None:
    assert str(make_user(display_name="", username="wang")) == "wang"
    assert str(make_membership(user=make_user(display_name="王五"))).startswith("王五 · ")
    assert str(make_device()).startswith("手机 · ")

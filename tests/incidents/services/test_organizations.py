import pytest

from incidents.choices import OrganizationLevel, Role
from incidents.errors import BrokenRule, Inconsistent
from incidents.journal import Actor
from incidents.models import JournalEntry, Membership, Organization
from incidents.services import organizations
from tests.factories import make_organization, make_user


def test_creates_with_a_journal_entry(by: Actor) -> None:
    city = make_organization(level=OrganizationLevel.CITY)

    county = organizations.create(
        name="国网上虞区供电公司", level=OrganizationLevel.COUNTY, parent=city, at=by.now, by=by
    )

    entry = JournalEntry.objects.get()
    assert (entry.kind, entry.subject_uuid, entry.by) == ("organization.created", county.uuid, by.user)
    assert entry.before is None
    assert entry.after["name"] == "国网上虞区供电公司"


def test_refuses_a_taken_name_and_writes_nothing(by: Actor) -> None:
    make_organization(name="国网上虞区供电公司")

    with pytest.raises(BrokenRule):
        organizations.create(name="国网上虞区供电公司", level=OrganizationLevel.COUNTY, at=by.now, by=by)

    assert Organization.objects.count() == 1
    assert not JournalEntry.objects.exists()


def test_refuses_to_stand_above_its_parent(by: Actor) -> None:
    station = make_organization(level=OrganizationLevel.STATION)

    with pytest.raises(Inconsistent):
        organizations.create(name="市公司", level=OrganizationLevel.CITY, parent=station, at=by.now, by=by)

    assert not JournalEntry.objects.exists()


def test_moves_and_keeps_before_and_after(by: Actor) -> None:
    old, new = (make_organization(level=OrganizationLevel.CITY) for _ in range(2))
    county = make_organization(parent=old)

    organizations.move(county, parent=new, at=by.now, by=by, reason="改划")

    entry = JournalEntry.objects.get()
    assert (entry.before, entry.after, entry.reason) == ({"parent_id": old.pk}, {"parent_id": new.pk}, "改划")


def test_refuses_a_ring(by: Actor) -> None:
    top = make_organization()
    below = make_organization(parent=top)

    with pytest.raises(BrokenRule, match="organization_has_no_ring"):
        organizations.move(top, parent=below, at=by.now, by=by, reason="错误")

    top.refresh_from_db()
    assert top.parent is None


def test_joining_twice_is_joining_once_and_leaving_ends_it(by: Actor) -> None:
    user, organization = make_user(), make_organization()

    first = organizations.join(user=user, organization=organization, role=Role.DISPATCHER, at=by.now, by=by)
    again = organizations.join(user=user, organization=organization, role=Role.DISPATCHER, at=by.now, by=by)
    organizations.leave(first, at=by.now, by=by, reason="调离")

    assert again == first
    assert Membership.objects.get().until_at == by.now
    assert [entry.kind for entry in JournalEntry.objects.order_by("id")] == [
        "membership.joined",
        "membership.left",
    ]

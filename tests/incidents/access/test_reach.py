from datetime import timedelta

import pytest
from django.contrib.auth.models import AnonymousUser
from django.contrib.contenttypes.models import ContentType
from django.db import connection
from django.test.utils import CaptureQueriesContext

from incidents import access
from incidents.access import RIGHTS, Right
from incidents.choices import Role
from incidents.models import Line, Membership, Organization
from tests.desk import give_role
from tests.factories import STORM_NIGHT, make_line, make_organization, make_user

pytestmark = pytest.mark.django_db
HOUR = timedelta(hours=1)


@pytest.fixture
def tree() -> dict[str, Organization]:
    province = make_organization(name="省")
    city = make_organization(name="市", parent=province)
    county = make_organization(name="县", parent=city)
    return {
        "province": province,
        "city": city,
        "county": county,
        "station": make_organization(name="所", parent=county),
        "neighbour": make_organization(name="邻县", parent=city),
    }


def test_a_role_reaches_its_organization_and_all_below(tree: dict[str, Organization]) -> None:
    user = give_role(make_user(), tree["county"], Role.VIEWER)

    seen = access.visible_to(Organization.objects.all(), user, now=STORM_NIGHT)

    assert set(seen) == {tree["county"], tree["station"]}


def test_seeing_is_one_statement(tree: dict[str, Organization]) -> None:
    user = give_role(make_user(), tree["province"], Role.VIEWER)
    line = make_line(organization=tree["station"])

    with CaptureQueriesContext(connection) as captured:
        assert list(access.visible_to(Line.objects.all(), user, now=STORM_NIGHT)) == [line]

    assert len(captured) == 1


def test_a_role_counts_only_while_it_lasts(tree: dict[str, Organization]) -> None:
    user = make_user()
    Membership.objects.create(
        user=user,
        organization=tree["county"],
        role=Role.VIEWER,
        since_at=STORM_NIGHT,
        until_at=STORM_NIGHT + HOUR,
    )
    everything = Organization.objects.all()

    assert not access.visible_to(everything, user, now=STORM_NIGHT - HOUR).exists()
    assert access.visible_to(everything, user, now=STORM_NIGHT).exists()
    assert not access.visible_to(everything, user, now=STORM_NIGHT + HOUR).exists()
    assert access.rights_of(user, now=STORM_NIGHT + HOUR) == frozenset()


def test_a_right_reaches_only_where_the_role_that_gives_it_does(tree: dict[str, Organization]) -> None:
    user = give_role(make_user(), tree["city"], Role.VIEWER)
    give_role(user, tree["station"], Role.DISPATCHER)
    everything = Organization.objects.all()

    assert access.visible_to(everything, user, now=STORM_NIGHT).count() == 4
    assert list(access.within(everything, user, right=Right.OPERATE, now=STORM_NIGHT)) == [tree["station"]]
    assert not access.within(everything, user, right=Right.MANAGE, now=STORM_NIGHT).exists()


def test_a_superuser_reaches_everything(tree: dict[str, Organization]) -> None:
    user = make_user(is_superuser=True)

    assert access.visible_to(Organization.objects.all(), user, now=STORM_NIGHT).count() == 5
    assert access.rights_of(user, now=STORM_NIGHT) == frozenset(Right)


@pytest.mark.parametrize("over", [{"is_active": False}, {"is_active": False, "is_superuser": True}])
def test_a_closed_account_reaches_nothing(tree: dict[str, Organization], over: dict[str, bool]) -> None:
    user = give_role(make_user(**over), tree["province"], Role.ADMIN)

    assert not access.visible_to(Organization.objects.all(), user, now=STORM_NIGHT).exists()
    assert access.rights_of(user, now=STORM_NIGHT) == frozenset()


def test_a_stranger_reaches_nothing(tree: dict[str, Organization]) -> None:
    assert not access.visible_to(Organization.objects.all(), AnonymousUser(), now=STORM_NIGHT).exists()
    assert access.rights_of(AnonymousUser(), now=STORM_NIGHT) == frozenset()


def test_a_model_without_a_scope_is_an_error_and_never_everything() -> None:
    assert not access.is_scoped(ContentType)
    with pytest.raises(LookupError, match="ContentType has no scope"):
        access.visible_to(ContentType.objects.all(), make_user(is_superuser=True), now=STORM_NIGHT)


def test_a_model_has_one_scope() -> None:
    with pytest.raises(ValueError, match="Line has a scope already"):
        access.scope(Line)


def test_who_sees_and_who_acts() -> None:
    def holders(right: Right) -> set[Role]:
        return {role for role, rights in RIGHTS.items() if right in rights}

    assert holders(Right.SEE) == set(Role)
    assert holders(Right.ENTER) == set(Role) - {Role.CREW_MEMBER}
    assert holders(Right.RECORD) == {Role.DISPATCHER, Role.CREW_LEADER, Role.CREW_MEMBER}
    assert holders(Right.OPERATE) == {Role.DISPATCHER}
    assert holders(Right.ACKNOWLEDGE) == {Role.DISPATCHER, Role.MANAGER}
    assert holders(Right.MANAGE) == {Role.ADMIN}
    assert holders(Right.GUARD) == {Role.DISPATCHER, Role.ADMIN}
    assert holders(Right.SEE_PHONES) == set(Role) - {Role.VIEWER, Role.CREW_MEMBER}

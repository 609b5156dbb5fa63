import pytest

from incidents.models import Visit
from tests.factories import STORM_NIGHT, make_organization, make_user


@pytest.mark.django_db
def test_says_whose_leaders_came() -> None:
    city = make_organization(name="国网丽水供电公司")

    visit = Visit.objects.create(
        organization=city, leaders_text="班子成员", received_at=STORM_NIGHT, reported_by=make_user()
    )

    assert str(visit) == "国网丽水供电公司: 班子成员"

from io import StringIO

import pytest
from django.core.management import call_command

from incidents.models import Organization, Outage
from tests.factories import make_organization


@pytest.mark.django_db
def test_an_organisation_that_is_there_is_not_founded_again() -> None:
    shengzhou = make_organization(name="国网嵊州市供电公司")

    call_command("load_storm", "february-2024", stdout=StringIO())

    assert Outage.objects.get(kind="lv").organization == shengzhou
    assert Organization.objects.filter(name=shengzhou.name).count() == 1

import pytest
from django.db import transaction

from incidents.errors import BrokenRule, Invalid
from incidents.models import Line, Organization
from incidents.services.storing import store
from tests.factories import make_organization


@pytest.mark.django_db
def test_what_the_database_cannot_hold_is_refused_and_not_stored() -> None:
    with pytest.raises(Invalid, match="NUL"), transaction.atomic():
        store(Organization(name="供电\x00公司", level="county"))

    assert not Organization.objects.exists()


@pytest.mark.django_db
def test_a_link_to_no_row_names_its_field() -> None:
    with pytest.raises(Invalid, match="organization"):
        store(Line(organization_id=10**9, code="L1", name="线", voltage_kv=10))

    assert not Line.objects.exists()


@pytest.mark.django_db
def test_a_broken_rule_is_named_with_its_sentence() -> None:
    make_organization(name="国网上虞区供电公司")

    with pytest.raises(BrokenRule) as refusal, transaction.atomic():
        store(Organization(name="国网上虞区供电公司", level="county"))

    assert str(refusal.value.fields["rule"]).startswith("incidents_organization_name")
    assert Organization.objects.count() == 1

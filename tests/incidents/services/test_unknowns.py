import pytest
from django.utils.translation import override

from incidents.choices import UnknownReason
from incidents.errors import Invalid
from incidents.models import Outage
from incidents.services import unknowns


def test_keeps_a_reason_beside_an_empty_field() -> None:
    outage = Outage()

    unknowns.explain(outage, reasons={"customers_affected": UnknownReason.PENDING, "line": "not_stated"})

    assert outage.unknown_reasons == {"customers_affected": "pending", "line": "not_stated"}


def test_a_reason_ends_when_the_value_is_known() -> None:
    outage = Outage(unknown_reasons={"customers_affected": "pending", "line": "not_stated"})
    outage.customers_affected = 128

    unknowns.explain(outage)

    assert outage.unknown_reasons == {"line": "not_stated"}


@pytest.mark.parametrize(
    ("reasons", "sentence"),
    [
        ({"status": "pending"}, "status is not a field that may be empty."),
        ({"nonsense": "pending"}, "nonsense is not a field that may be empty."),
        ({"mv_users": "pending"}, "mv_users is known."),
        ({"line": "lost"}, "lost is not a reason."),
    ],
)
def test_refuses_what_is_no_reason_and_keeps_the_row(reasons: dict[str, str], sentence: str) -> None:
    outage = Outage(mv_users=3)

    with override("en"), pytest.raises(Invalid) as refused:
        unknowns.explain(outage, reasons={"customers_affected": "pending"} | reasons)

    assert refused.value.fields["problems"] == {"unknown_reasons": [sentence]}
    assert outage.unknown_reasons == {}

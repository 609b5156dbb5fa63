from datetime import datetime, timedelta

import pytest

from incidents.choices import EstimateKind
from incidents.errors import BadTransition, Inconsistent, Missing, NaiveTime, OutOfRange
from incidents.journal import Actor
from incidents.models import Estimate, JournalEntry
from incidents.services import estimates
from tests.factories import STORM_NIGHT, make_outage

HOUR = timedelta(hours=1)


def test_publishes_and_keeps_what_was_promised_before(by: Actor) -> None:
    outage = make_outage()

    estimates.publish(outage, kind=EstimateKind.NONE, at=by.now - HOUR, by=by)
    estimates.publish(
        outage, kind=EstimateKind.CREW, at=by.now, by=by, value_at=by.now + HOUR, reason="已到现场"
    )

    assert list(outage.estimates.order_by("published_at").values_list("kind", "value_at")) == [
        ("none", None),
        ("crew", by.now + HOUR),
    ]
    entry = JournalEntry.objects.order_by("id").last()
    assert entry is not None
    assert (entry.kind, entry.reason, entry.organization) == (
        "estimate.published",
        "已到现场",
        outage.organization,
    )


def test_the_same_again_is_published_once(by: Actor) -> None:
    outage = make_outage()

    first, again = (
        estimates.publish(outage, kind=EstimateKind.AREA, at=by.now, by=by, value_at=by.now + HOUR)
        for _ in range(2)
    )

    assert again == first
    assert JournalEntry.objects.count() == 1


@pytest.mark.parametrize(
    ("kind", "at", "value_at", "refusal"),
    [
        (EstimateKind.CREW, STORM_NIGHT, None, Missing),
        (EstimateKind.NONE, STORM_NIGHT, STORM_NIGHT + HOUR, Inconsistent),
        (EstimateKind.CREW, STORM_NIGHT, STORM_NIGHT, Inconsistent),
        (EstimateKind.CREW, STORM_NIGHT, datetime(2024, 2, 27), NaiveTime),  # noqa: DTZ001
        (EstimateKind.CREW, STORM_NIGHT + HOUR, STORM_NIGHT + 2 * HOUR, OutOfRange),
    ],
)
def test_refuses_what_is_no_promise(
    by: Actor, kind: EstimateKind, at: datetime, value_at: datetime | None, refusal: type[Exception]
) -> None:
    with pytest.raises(refusal):
        estimates.publish(make_outage(), kind=kind, at=at, by=by, value_at=value_at)

    assert not Estimate.objects.exists()
    assert not JournalEntry.objects.exists()


def test_nothing_is_promised_when_supply_is_back(by: Actor) -> None:
    outage = make_outage(status="restored", restored_at=STORM_NIGHT)

    with pytest.raises(BadTransition) as refused:
        estimates.publish(outage, kind=EstimateKind.CREW, at=by.now, by=by, value_at=by.now + HOUR)

    assert refused.value.fields["state"] == "restored"
    assert not Estimate.objects.exists()

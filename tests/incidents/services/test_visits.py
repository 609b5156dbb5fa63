from datetime import date
from typing import Any

import pytest

from incidents.choices import OutageStatus, VisitPurpose
from incidents.errors import Invalid, Missing, OutOfRange
from incidents.journal import Actor
from incidents.models import JournalEntry, Visit
from incidents.rules.times import start_of_day
from incidents.services import visits
from tests.factories import make_organization, make_outage, make_place


def test_keeps_a_visit_of_which_no_day_is_known(by: Actor) -> None:
    city, places = make_organization(), [make_place(), make_place()]

    visit = visits.record(
        organization=city,
        places=places,
        leaders_text="公司领导班子",
        purposes=[VisitPurpose.COMFORT],
        instructions="确保人身安全",
        unknown_reasons={"visited_on": "not_stated"},
        by=by,
    )

    visit.refresh_from_db()
    assert (visit.visited_on, visit.purposes) == (None, [VisitPurpose.COMFORT])
    assert list(visit.places.order_by("id")) == places
    entry = JournalEntry.objects.get()
    assert (entry.kind, entry.organization, entry.occurred_at) == ("visit.recorded", city, by.now)
    assert entry.after["places"] == [place.pk for place in places]


def test_a_visit_on_a_day_is_told_of_that_day(by: Actor) -> None:
    day = date(2024, 2, 25)

    visits.record(organization=make_organization(), places=[make_place()], visited_on=day, by=by)

    assert JournalEntry.objects.get().occurred_at == start_of_day(day=day)


def test_a_visit_changes_no_outage(by: Actor) -> None:
    outage = make_outage()

    visits.record(organization=outage.organization, places=[outage.place], by=by)

    outage.refresh_from_db()
    assert outage.status == OutageStatus.REPORTED


@pytest.mark.parametrize(
    ("told", "refusal", "field"),
    [
        ({"places": []}, Missing, "places"),
        ({"visited_on": date(2024, 2, 28)}, OutOfRange, "visited_on"),
        ({"visited_on": date(2022, 2, 26)}, OutOfRange, "visited_on"),
        ({"purposes": ["holiday"]}, Invalid, "purposes"),
    ],
)
def test_refuses_a_visit_that_cannot_be(
    by: Actor, told: dict[str, Any], refusal: type[Exception], field: str
) -> None:
    known: dict[str, Any] = {"organization": make_organization(), "places": [make_place()]}

    with pytest.raises(refusal, match=field):
        visits.record(**(known | told), by=by)

    assert not Visit.objects.exists()
    assert not JournalEntry.objects.exists()

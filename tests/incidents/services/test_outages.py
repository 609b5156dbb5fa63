from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest

from incidents.choices import (
    CauseCode,
    EntryMode,
    OutageKind,
    OutageStatus,
    PlacePrecision,
    TimePrecision,
    UnknownReason,
)
from incidents.errors import (
    AlreadyOut,
    BadTransition,
    ExerciseMix,
    Inconsistent,
    Invalid,
    Missing,
    NaiveTime,
    OutOfRange,
)
from incidents.journal import Actor
from incidents.models import JournalEntry, Outage
from incidents.services import outages
from tests.factories import (
    STORM_NIGHT,
    make_actor,
    make_line,
    make_organization,
    make_outage,
    make_place,
    make_section,
    make_storm,
)

MINUTE = timedelta(minutes=1)


def report(by: Actor, **over: Any) -> Outage:
    told: dict[str, Any] = {
        "kind": OutageKind.FORCED,
        "voltage_kv": Decimal(10),
        "at": STORM_NIGHT,
    }
    place, organization = over.pop("place", None) or make_place(), make_organization()
    return outages.report(organization=organization, place=place, by=by, **(told | over))


def kinds() -> list[str]:
    return list(JournalEntry.objects.order_by("id").values_list("kind", flat=True))


def test_reports_with_all_that_is_known(by: Actor) -> None:
    section, storm = make_section(), make_storm()

    outage = report(
        by,
        section=section,
        storm=storm,
        occurred_at=STORM_NIGHT - timedelta(hours=1),
        cause_code=CauseCode.ICE_LOAD,
        customers_affected=128,
        quote="线路出现覆冰",
        unknown_reasons={"mv_users": UnknownReason.PENDING},
    )

    outage.refresh_from_db()
    assert (outage.status, outage.line, outage.section) == ("reported", section.line, section)
    assert (outage.occurred_at, outage.occurred_precision) == (STORM_NIGHT - timedelta(hours=1), "minute")
    assert (outage.customers_affected, outage.mv_users) == (128, None)
    assert outage.unknown_reasons == {"mv_users": "pending"}
    assert (outage.reported_at, outage.received_at, outage.reported_by) == (STORM_NIGHT, by.now, by.user)
    entry = JournalEntry.objects.get()
    assert (entry.kind, entry.subject_uuid, entry.organization) == (
        "outage.reported",
        outage.uuid,
        outage.organization,
    )
    assert entry.after["customers_affected"] == 128


def test_what_is_not_known_stays_unknown(by: Actor) -> None:
    outage = report(by)

    assert (outage.occurred_at, outage.occurred_on, outage.occurred_precision) == (None, None, "unknown")
    assert (outage.customers_affected, outage.line, outage.cause_code) == (None, None, "unknown")


def test_a_date_is_never_stored_as_midnight(by: Actor) -> None:
    outage = report(by, occurred_on=date(2024, 2, 26))

    assert (outage.occurred_at, outage.occurred_on, outage.occurred_precision) == (
        None,
        date(2024, 2, 26),
        TimePrecision.DAY,
    )


@pytest.mark.parametrize(
    ("precision", "stored"),
    [
        (TimePrecision.HOUR, datetime(2024, 2, 26, 11, tzinfo=UTC)),
        (TimePrecision.MINUTE, datetime(2024, 2, 26, 11, 10, tzinfo=UTC)),
        (TimePrecision.EXACT, datetime(2024, 2, 26, 11, 10, 7, tzinfo=UTC)),
        (None, datetime(2024, 2, 26, 11, 10, 7, tzinfo=UTC)),
    ],
)
def test_a_moment_is_stored_as_the_first_that_it_can_mean(
    by: Actor, precision: TimePrecision | None, stored: datetime
) -> None:
    told = {"occurred_precision": precision} if precision else {}

    outage = report(by, occurred_at=datetime(2024, 2, 26, 11, 10, 7, tzinfo=UTC), **told)

    assert outage.occurred_at == stored
    assert outage.occurred_precision == (precision or TimePrecision.EXACT)


@pytest.mark.parametrize(
    ("told", "refusal"),
    [
        ({"at": datetime(2024, 2, 26, 20, 0)}, NaiveTime),  # noqa: DTZ001 - the very thing refused
        ({"occurred_at": datetime(2024, 2, 26, 20, 0)}, NaiveTime),  # noqa: DTZ001
        ({"at": STORM_NIGHT + 6 * MINUTE}, OutOfRange),
        ({"occurred_at": STORM_NIGHT + 6 * MINUTE}, OutOfRange),
        ({"occurred_on": date(2024, 2, 27)}, OutOfRange),
        ({"occurred_on": date(2023, 1, 1)}, OutOfRange),
        ({"at": STORM_NIGHT - timedelta(days=401)}, OutOfRange),
        ({"at": STORM_NIGHT - 6 * MINUTE, "occurred_at": STORM_NIGHT}, Inconsistent),
        ({"kind": "strange"}, Invalid),
        ({"customers_affected": -1}, Invalid),
        ({"unknown_reasons": {"status": "pending"}}, Invalid),
    ],
)
def test_refuses_what_cannot_be_and_writes_nothing(
    by: Actor, told: dict[str, Any], refusal: type[Exception]
) -> None:
    with pytest.raises(refusal):
        report(by, **told)

    assert not Outage.objects.exists()
    assert not JournalEntry.objects.exists()


def test_a_clock_may_run_five_minutes_ahead(by: Actor) -> None:
    assert report(by, at=STORM_NIGHT + 5 * MINUTE).reported_at == STORM_NIGHT + 5 * MINUTE


def test_records_after_the_fact_may_be_old(db: None) -> None:
    by = make_actor(entry_mode=EntryMode.HISTORICAL)

    outage = report(by, at=datetime(2008, 2, 1, tzinfo=UTC), occurred_on=date(2008, 1, 31))

    assert outage.entry_mode == EntryMode.HISTORICAL


def test_refuses_a_second_open_outage_of_a_section_and_names_the_first(by: Actor) -> None:
    section = make_section()
    first = report(by, section=section)

    with pytest.raises(AlreadyOut) as refused:
        report(by, section=section)

    assert refused.value.fields == {"section": section, "outage": first.uuid}
    assert list(Outage.objects.all()) == [first]
    assert kinds() == ["outage.reported"]


def test_refuses_a_section_of_another_line(by: Actor) -> None:
    section, other = make_section(), make_line()

    with pytest.raises(Inconsistent) as refused:
        report(by, section=section, line=other)

    assert refused.value.fields["field"] == "section"
    assert not Outage.objects.exists()


def test_a_second_trip_is_a_new_outage_that_names_the_previous(by: Actor) -> None:
    section = make_section()
    line = section.line
    make_outage(line=line, status="restored", restored_at=STORM_NIGHT - timedelta(days=9))
    previous = make_outage(
        line=line, section=section, status="restored", restored_at=STORM_NIGHT - timedelta(hours=1)
    )
    elsewhere = make_section(line=line)
    make_outage(line=line, section=elsewhere, status="restored", restored_at=STORM_NIGHT - 2 * MINUTE)
    make_outage(line=line, section=section, status="restored", restored_at=STORM_NIGHT + MINUTE)

    outage = report(by, section=section, occurred_at=STORM_NIGHT)

    assert outage.previous_outage == previous
    previous.refresh_from_db()
    assert previous.restored_at == STORM_NIGHT - timedelta(hours=1)


def test_a_trip_of_a_line_names_the_last_of_any_section(by: Actor) -> None:
    section = make_section()
    previous = make_outage(
        line=section.line, section=section, status="restored", restored_at=STORM_NIGHT - MINUTE
    )

    assert report(by, line=section.line).previous_outage == previous


def test_a_drill_stays_on_lines_of_drills(by: Actor) -> None:
    drill = make_storm(is_exercise=True)
    line = make_line(is_exercise=True)

    outage = report(by, storm=drill, line=line)

    assert outage.is_exercise


def test_a_drill_takes_no_real_line_out(by: Actor) -> None:
    drill = make_storm(is_exercise=True)

    with pytest.raises(ExerciseMix) as refused:
        report(by, storm=drill, line=make_line())

    assert refused.value.fields == {"subject": drill}
    assert not Outage.objects.exists()


def test_a_real_outage_takes_nothing_from_a_drill(by: Actor) -> None:
    drill = make_outage(storm=make_storm(is_exercise=True))

    with pytest.raises(ExerciseMix) as refused:
        report(by, parent=drill)

    assert refused.value.fields == {"subject": drill}
    assert list(Outage.objects.all()) == [drill]


def test_walks_through_the_stages(by: Actor) -> None:
    outage = make_outage(occurred_at=STORM_NIGHT - timedelta(hours=1), occurred_precision="minute")
    found = make_place(text="10千伏横岗线37号杆")
    start = STORM_NIGHT - timedelta(minutes=30)

    outages.confirm(outage, at=start, by=by)
    outages.locate(outage, at=start + MINUTE, by=by, place=found)
    outages.isolate(outage, at=start + 2 * MINUTE, by=by)
    outages.start_repair(outage, at=start + 3 * MINUTE, by=by)

    outage.refresh_from_db()
    assert (outage.status, outage.not_reported, outage.place) == ("repairing", [], found)
    assert (outage.confirmed_at, outage.located_at, outage.isolated_at) == (
        start,
        start + MINUTE,
        start + 2 * MINUTE,
    )
    assert kinds() == ["outage.confirmed", "outage.located", "outage.isolated", "outage.repair_started"]
    assert JournalEntry.objects.order_by("id")[0].after == {
        "status": "confirmed",
        "confirmed_at": start.isoformat().replace("+00:00", "Z"),
    }


def test_marks_the_states_that_were_passed_over(by: Actor) -> None:
    outage = outages.isolate(make_outage(), at=by.now, by=by)

    assert (outage.status, outage.not_reported) == ("isolated", ["confirmed", "located"])
    assert (outage.confirmed_at, outage.located_at) == (None, None)


def test_a_stage_told_late_is_no_longer_marked(by: Actor) -> None:
    outage = outages.isolate(make_outage(), at=by.now, by=by)

    outage = outages.locate(outage, at=by.now - MINUTE, by=by)

    assert (outage.status, outage.not_reported) == ("isolated", ["confirmed"])
    assert outage.located_at == by.now - MINUTE


def test_a_stage_whose_moment_nobody_stated_has_none(by: Actor) -> None:
    outage = outages.locate(make_outage(), at=by.now, by=by, stated=False)

    assert (outage.status, outage.located_at) == ("located", None)
    assert outage.unknown_reasons == {"located_at": "not_stated"}


def test_the_same_stage_again_changes_nothing(by: Actor) -> None:
    outage = make_outage()
    for _ in range(2):
        outage = outages.confirm(outage, at=by.now, by=by)
    for _ in range(2):
        outage = outages.start_repair(outage, at=by.now, by=by)

    assert kinds() == ["outage.confirmed", "outage.repair_started"]
    assert outages.confirm(outage, at=by.now, by=by).status == OutageStatus.REPAIRING


def test_a_stage_told_with_another_time_is_refused(by: Actor) -> None:
    outage = outages.isolate(make_outage(), at=by.now - MINUTE, by=by)
    outage = outages.start_repair(outage, at=by.now, by=by)

    with pytest.raises(BadTransition) as refused:
        outages.isolate(outage, at=by.now, by=by)

    assert refused.value.fields["verb"] == "isolate"
    assert "isolate" not in str(refused.value.fields["possible"])
    outage.refresh_from_db()
    assert outage.isolated_at == by.now - MINUTE
    assert len(kinds()) == 2


@pytest.mark.parametrize(
    ("at", "refusal"),
    [
        (STORM_NIGHT - timedelta(hours=2), Inconsistent),
        (STORM_NIGHT + 6 * MINUTE, OutOfRange),
        (datetime(2024, 2, 26, 20, 0), NaiveTime),  # noqa: DTZ001 - the very thing refused
    ],
)
def test_refuses_the_time_of_a_stage_and_changes_nothing(
    by: Actor, at: datetime, refusal: type[Exception]
) -> None:
    outage = make_outage(occurred_at=STORM_NIGHT - timedelta(hours=1), occurred_precision="minute")

    with pytest.raises(refusal):
        outages.confirm(outage, at=at, by=by)

    outage.refresh_from_db()
    assert (outage.status, outage.confirmed_at) == ("reported", None)
    assert not JournalEntry.objects.exists()


def test_refuses_to_isolate_before_the_fault_was_located(by: Actor) -> None:
    outage = outages.locate(make_outage(), at=by.now, by=by)

    with pytest.raises(Inconsistent) as refused:
        outages.isolate(outage, at=by.now - MINUTE, by=by)

    assert (refused.value.fields["field"], refused.value.fields["other"]) == ("isolated_at", "located_at")
    outage.refresh_from_db()
    assert outage.status == OutageStatus.LOCATED


def test_a_wrong_location_leads_back_to_confirmed(by: Actor) -> None:
    outage = outages.locate(make_outage(), at=by.now - MINUTE, by=by, stated=False)
    outage = outages.start_repair(outage, at=by.now - MINUTE, by=by)

    for _ in range(2):
        outage = outages.mislocate(outage, reason="故障点在支线", at=by.now, by=by)

    assert (outage.status, outage.located_at, outage.isolated_at) == ("confirmed", None, None)
    assert (outage.not_reported, outage.unknown_reasons) == (["confirmed"], {})
    assert kinds() == ["outage.located", "outage.repair_started", "outage.mislocated"]
    assert JournalEntry.objects.get(kind="outage.mislocated").reason == "故障点在支线"


def test_what_was_mislocated_is_located_anew_at_the_same_minute(by: Actor) -> None:
    outage = outages.locate(make_outage(), at=by.now, by=by)
    outage = outages.mislocate(outage, reason="故障点在支线", at=by.now, by=by)

    outage = outages.locate(outage, at=by.now, by=by)

    assert (outage.status, outage.located_at) == ("located", by.now)


def test_nothing_leads_back_without_a_reason(by: Actor) -> None:
    outage = outages.locate(make_outage(), at=by.now, by=by)

    with pytest.raises(Missing):
        outages.mislocate(outage, reason=" ", at=by.now, by=by)

    outage.refresh_from_db()
    assert outage.status == OutageStatus.LOCATED


def test_what_came_back_by_itself_is_momentary(by: Actor) -> None:
    outage = make_outage(occurred_at=STORM_NIGHT - 3 * MINUTE, occurred_precision="exact")

    for _ in range(2):
        outage = outages.record_momentary(outage, restored_at=STORM_NIGHT, at=by.now, by=by)

    assert (outage.status, outage.restored_at) == ("momentary", STORM_NIGHT)
    assert kinds() == ["outage.momentary_recorded"]


@pytest.mark.parametrize(
    ("beginning", "precision", "restored_at", "refusal"),
    [
        (STORM_NIGHT - 4 * MINUTE, "exact", STORM_NIGHT, OutOfRange),
        (STORM_NIGHT, "exact", STORM_NIGHT - MINUTE, OutOfRange),
        (STORM_NIGHT, "hour", STORM_NIGHT, Missing),
        (None, "unknown", STORM_NIGHT, Missing),
        (STORM_NIGHT, "exact", STORM_NIGHT + 6 * MINUTE, OutOfRange),
    ],
)
def test_refuses_as_momentary_what_was_not_or_may_not_have_been(
    by: Actor, beginning: datetime | None, precision: str, restored_at: datetime, refusal: type[Exception]
) -> None:
    outage = make_outage(occurred_at=beginning, occurred_precision=precision)

    with pytest.raises(refusal):
        outages.record_momentary(outage, restored_at=restored_at, at=by.now, by=by)

    outage.refresh_from_db()
    assert (outage.status, outage.restored_at) == ("reported", None)


def test_a_beginning_known_to_the_minute_leaves_that_minute_open(by: Actor) -> None:
    outage = make_outage(occurred_at=STORM_NIGHT - 4 * MINUTE, occurred_precision="minute")

    assert outages.record_momentary(outage, restored_at=STORM_NIGHT, at=by.now, by=by).status == "momentary"


def test_cancels_with_a_reason_and_frees_the_section(by: Actor) -> None:
    section = make_section()
    outage = report(by, section=section)

    for _ in range(2):
        outage = outages.cancel(outage, reason="重复报修", at=by.now, by=by)

    assert (outage.status, outage.ended_at, outage.ended_by) == ("cancelled", by.now, by.user)
    assert outage.end_reason == "重复报修"
    assert report(by, section=section).status == OutageStatus.REPORTED
    assert kinds() == ["outage.reported", "outage.cancelled", "outage.reported"]


def test_does_not_cancel_without_a_reason(by: Actor) -> None:
    outage = make_outage()

    with pytest.raises(Missing):
        outages.cancel(outage, reason="", at=by.now, by=by)

    outage.refresh_from_db()
    assert (outage.status, outage.ended_at) == ("reported", None)


def test_does_not_cancel_what_was_restored(by: Actor) -> None:
    outage = make_outage(status="restored", restored_at=STORM_NIGHT)

    with pytest.raises(BadTransition):
        outages.cancel(outage, reason="误报", at=by.now, by=by)

    outage.refresh_from_db()
    assert outage.status == OutageStatus.RESTORED


def test_a_place_as_vague_as_it_is_known_is_enough(by: Actor) -> None:
    outage = report(by, place=make_place(text="横岗村山上", precision=PlacePrecision.UNKNOWN))

    assert (str(outage.place), outage.place.precision) == ("横岗村山上", "unknown")

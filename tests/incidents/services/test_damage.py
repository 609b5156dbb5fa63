from datetime import timedelta
from typing import Any

import pytest

from incidents.choices import DamageKind, Source
from incidents.errors import BadTransition, BrokenRule, Inconsistent, Invalid, Missing, OutOfRange
from incidents.journal import Actor
from incidents.models import Damage, JournalEntry
from incidents.services import damage
from tests.factories import STORM_NIGHT, make_damage, make_organization, make_outage, make_place

MINUTE = timedelta(minutes=1)


def kinds() -> list[str]:
    return list(JournalEntry.objects.order_by("id").values_list("kind", flat=True))


def test_records_what_is_broken(by: Actor) -> None:
    outage, place = make_outage(), make_place(text="竹林")

    found = damage.record(
        outage,
        kind=DamageKind.BAMBOO_ON_LINE,
        at=by.now,
        by=by,
        place=place,
        count=3,
        is_live_hazard=True,
        source=Source.REPORTED,
        unknown_reasons={"found_at": "not_stated"},
    )

    found.refresh_from_db()
    assert (found.outage, found.place, found.count, found.is_live_hazard) == (outage, place, 3, True)
    assert (found.found_at, found.unknown_reasons) == (None, {"found_at": "not_stated"})
    assert (found.reported_by, found.received_at, found.source) == (by.user, by.now, "reported")
    entry = JournalEntry.objects.get()
    assert (entry.kind, entry.organization) == ("damage.recorded", outage.organization)


@pytest.mark.parametrize(
    ("told", "refusal"),
    [
        ({"found_at": STORM_NIGHT - timedelta(hours=2)}, Inconsistent),
        ({"found_at": STORM_NIGHT + 6 * MINUTE}, OutOfRange),
        ({"at": STORM_NIGHT + 6 * MINUTE}, OutOfRange),
        ({"count": 0}, BrokenRule),
        ({"kind": "strange"}, Invalid),
    ],
)
def test_refuses_what_cannot_be_and_writes_nothing(
    by: Actor, told: dict[str, Any], refusal: type[Exception]
) -> None:
    outage = make_outage(occurred_at=STORM_NIGHT - timedelta(hours=1), occurred_precision="minute")
    values: dict[str, Any] = {"kind": DamageKind.POLE_BROKEN, "at": by.now}

    with pytest.raises(refusal):
        damage.record(outage, by=by, **(values | told))

    assert not Damage.objects.exists()
    assert not JournalEntry.objects.exists()


@pytest.mark.parametrize("status", ["closed", "cancelled"])
def test_a_record_that_has_ended_takes_no_damage(by: Actor, status: str) -> None:
    outage = make_outage(
        status=status,
        restored_at=STORM_NIGHT if status == "closed" else None,
        cause_code="wind",
        ended_at=STORM_NIGHT,
        ended_by=by.user,
        end_reason="误报",
    )

    with pytest.raises(BadTransition) as refused:
        damage.record(outage, kind=DamageKind.POLE_BROKEN, at=by.now, by=by)

    assert refused.value.fields["state"] == status
    assert not Damage.objects.exists()


def test_goes_from_hazard_to_repaired_and_each_is_told_once(by: Actor) -> None:
    host = make_organization()
    row = make_damage(is_live_hazard=True, found_at=STORM_NIGHT - 5 * MINUTE)

    for _ in range(2):
        row = damage.make_safe(row, at=STORM_NIGHT - 4 * MINUTE, by=by)
        row = damage.isolate(row, at=STORM_NIGHT - 3 * MINUTE, by=by, isolated_by=host)
        row = damage.repair(row, at=STORM_NIGHT, by=by)

    assert (row.made_safe_at, row.isolated_at, row.isolated_by, row.repaired_at, row.is_live_hazard) == (
        STORM_NIGHT - 4 * MINUTE,
        STORM_NIGHT - 3 * MINUTE,
        host,
        STORM_NIGHT,
        True,
    )
    assert kinds() == ["damage.made_safe", "damage.isolated", "damage.repaired"]


def test_a_moment_that_nobody_stated_stays_unknown(by: Actor) -> None:
    row = damage.isolate(make_damage(), at=by.now, by=by, stated=False)

    assert (row.isolated_at, row.unknown_reasons) == (None, {"isolated_at": "not_stated"})


def test_a_stage_told_with_another_time_is_refused(by: Actor) -> None:
    row = damage.repair(make_damage(), at=by.now - MINUTE, by=by)

    with pytest.raises(Inconsistent) as refused:
        damage.repair(row, at=by.now, by=by)

    assert refused.value.fields["other_value"] == by.now - MINUTE
    row.refresh_from_db()
    assert row.repaired_at == by.now - MINUTE


def test_only_a_hazard_is_made_safe(by: Actor) -> None:
    row = make_damage()

    with pytest.raises(Inconsistent) as refused:
        damage.make_safe(row, at=by.now, by=by)

    assert refused.value.fields["other"] == "is_live_hazard"
    row.refresh_from_db()
    assert row.made_safe_at is None


def test_refuses_to_repair_before_it_was_found(by: Actor) -> None:
    row = make_damage(found_at=STORM_NIGHT)

    with pytest.raises(BrokenRule) as refused:
        damage.repair(row, at=STORM_NIGHT - MINUTE, by=by)

    assert refused.value.fields["rule"] == "damage_found_isolated_repaired_in_order"
    row.refresh_from_db()
    assert row.repaired_at is None


def test_a_live_wire_found_out_later_is_corrected_in(by: Actor) -> None:
    row = make_damage()

    for _ in range(2):
        row = damage.correct(row, changes={"is_live_hazard": True}, reason="带电断线", at=by.now, by=by)

    entry = JournalEntry.objects.get()
    assert (entry.kind, entry.before, entry.after) == (
        "damage.corrected",
        {"is_live_hazard": False},
        {"is_live_hazard": True},
    )


@pytest.mark.parametrize(
    ("changes", "reason", "refusal"),
    [
        ({"count": 2}, "", Missing),
        ({"repaired_at": STORM_NIGHT}, "核实", Invalid),
        ({"found_at": STORM_NIGHT + 6 * MINUTE}, "核实", OutOfRange),
    ],
)
def test_refuses_a_correction_and_changes_nothing(
    by: Actor, changes: Any, reason: str, refusal: type[Exception]
) -> None:
    row = make_damage(count=1)

    with pytest.raises(refusal):
        damage.correct(row, changes=changes, reason=reason, at=by.now, by=by)

    row.refresh_from_db()
    assert (row.count, row.repaired_at, row.found_at) == (1, None, None)

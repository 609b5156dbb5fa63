from datetime import datetime, timedelta, timezone

import pytest
from django.db import transaction

from incidents import journal
from incidents.errors import BrokenRule, Invalid
from incidents.journal import Actor
from incidents.models import JournalEntry, Outage
from incidents.services import deeds
from tests.factories import STORM_NIGHT, make_outage

CHINA = timezone(timedelta(hours=8))


def test_saves_what_changed_and_nothing_else(by: Actor) -> None:
    outage = make_outage(unknown_reasons={"mv_users": "pending"})
    before = journal.snapshot(outage)
    outage.mv_users = 3
    Outage.objects.update(remark="别人写的")

    deeds.record(
        "outage.counted",
        outage,
        before=before,
        at=by.now,
        by=by,
        organization=outage.organization,
        reason="清点",
    )

    outage.refresh_from_db()
    assert (outage.mv_users, outage.unknown_reasons, outage.remark) == (3, {}, "别人写的")
    entry = JournalEntry.objects.get()
    assert (entry.before, entry.after, entry.reason) == (
        {"mv_users": None, "unknown_reasons": {"mv_users": "pending"}},
        {"mv_users": 3, "unknown_reasons": {}},
        "清点",
    )


def test_a_refusal_of_the_database_writes_no_entry(by: Actor) -> None:
    outage = make_outage()
    before = journal.snapshot(outage)
    outage.cause_code, outage.status = "unknown", "closed"

    with pytest.raises(BrokenRule), transaction.atomic():
        deeds.record("outage.closed", outage, before=before, at=by.now, by=by)

    assert not JournalEntry.objects.exists()


def test_a_moment_is_the_same_in_every_zone(db: None) -> None:
    outage = make_outage(located_at=STORM_NIGHT)
    before = journal.snapshot(outage)

    outage.located_at = STORM_NIGHT.astimezone(CHINA)

    assert not deeds.has_changed(outage, before=before)
    assert before["located_at"] == "2024-02-26T12:00:00Z"


def test_a_deed_is_told_once(by: Actor) -> None:
    outage = make_outage()

    def told(at: datetime = STORM_NIGHT, reason: str = "") -> bool:
        return deeds.told_before("outage.confirmed", outage, at=at, reason=reason, undone_by="outage.undone")

    never = told()
    journal.write("outage.confirmed", subject=outage, at=STORM_NIGHT, by=by)
    journal.write("outage.confirmed", subject=make_outage(), at=by.now, by=by)
    once, later, reasoned = told(), told(STORM_NIGHT + timedelta(minutes=1)), told(reason="核实")
    journal.write("outage.undone", subject=outage, at=STORM_NIGHT, by=by)

    assert (never, once, later, reasoned, told()) == (False, True, False, False, False)


def test_sets_only_what_people_may_correct() -> None:
    outage = Outage(mv_users=3)

    with pytest.raises(Invalid):
        deeds.apply(outage, {"mv_users": 4, "status": "closed"}, allowed={"mv_users"})

    assert (outage.mv_users, outage.status) == (3, "reported")

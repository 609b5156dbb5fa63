from django.db import connection
from django.test.utils import CaptureQueriesContext

from incidents import journal
from incidents.journal import Actor
from incidents.models import JournalEntry, Outage, Storm
from incidents.selectors.versions import versions_of
from tests.factories import make_outage, make_storm


def test_a_version_is_the_number_of_the_newest_entry_about_the_row(by: Actor) -> None:
    told, untold = make_outage(), make_outage()
    for kind in ("outage.reported", "outage.confirmed"):
        journal.write(kind, subject=told, at=by.now, by=by)
    newest = JournalEntry.objects.order_by("id").last()
    journal.write("storm.opened", subject=make_storm(pk=told.pk), at=by.now, by=by)

    with CaptureQueriesContext(connection) as asked:
        found = versions_of(Outage, [told.pk, untold.pk])

    assert newest is not None
    assert found == {told.pk: newest.pk, untold.pk: 0}
    assert len(asked) == 1
    assert versions_of(Storm, []) == {}

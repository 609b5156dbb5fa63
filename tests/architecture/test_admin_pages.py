"""Every page of the back office opens, complete, and with exactly the number of queries on record.

Each list has at least three rows and each record three of everything below it: a page that asks once a row
has other numbers than these. When a change needs another number, change it here and say why.
"""

from collections.abc import Iterator
from typing import cast

import pytest
from django.contrib import admin
from django.contrib.contenttypes.models import ContentType
from django.db import connection
from django.db.models import Model
from django.test import Client
from django.test.utils import CaptureQueriesContext

from incidents import models as record
from incidents.access import SECRET_FIELDS
from incidents.admin.base import RecordAdmin
from incidents.choices import Role
from tests.desk import address, sign_in
from tests.factories import make_organization
from tests.world import World, divisions
from tracker import models as watch
from tracker.choices import Part
from tracker.selectors import watch_state

# Page → queries of its list and of a record. The first four are always session, person, rights and how far
# they reach; a list asks for its saved views, counts (by day, where it has dates), finds the numbers of a
# page's rows, and then fetches these.
QUERIES: dict[str, tuple[int, int]] = {
    "incidents.Assignment": (10, 7),
    "incidents.Attachment": (8, 6),
    "incidents.Brief": (10, 8),
    "incidents.BriefItem": (9, 5),
    "incidents.BriefWord": (9, 6),  # who taught it, who may take it back
    "incidents.BrowserSession": (8, 7),
    "incidents.CheckIn": (9, 5),
    "incidents.Crew": (9, 11),
    "incidents.CrewMember": (9, 6),
    "incidents.CrewVehicle": (9, 6),
    "incidents.Damage": (9, 8),
    "incidents.Deployment": (10, 9),
    "incidents.Device": (10, 6),
    "incidents.Division": (8, 5),
    "incidents.EnrolmentCode": (8, 5),
    "incidents.Estimate": (9, 5),
    "incidents.FileJob": (8, 6),
    "incidents.GradingPolicy": (9, 5),
    "incidents.Hazard": (9, 8),
    "incidents.HeldFact": (10, 6),
    "incidents.IceReading": (9, 6),
    "incidents.ImportantUser": (8, 9),
    "incidents.JournalEntry": (10, 5),
    "incidents.JournalSeal": (8, 5),
    "incidents.Line": (9, 8),
    "incidents.LineSection": (10, 9),
    "incidents.Membership": (9, 6),
    "incidents.Organization": (9, 9),
    "incidents.Outage": (10, 21),  # where it is, four; what happened to it, two
    "incidents.Patrol": (10, 11),
    "incidents.Person": (10, 8),
    "incidents.Place": (8, 6),
    "incidents.RestorationStep": (9, 6),
    "incidents.RoadBlock": (9, 9),
    "incidents.SafetyBriefing": (8, 7),
    "incidents.SavedView": (10, 6),
    "incidents.SecondFactor": (8, 6),
    "incidents.SectionIcing": (9, 6),
    "incidents.SignIn": (8, 6),
    "incidents.Storm": (8, 10),
    "incidents.StormNote": (9, 5),
    "incidents.Submission": (9, 5),
    "incidents.Supply": (10, 5),
    "incidents.SupportRequest": (10, 8),
    "incidents.SyncScope": (8, 5),
    "incidents.User": (8, 11),
    "incidents.Vehicle": (9, 6),
    "incidents.Visit": (10, 7),
    "incidents.WeatherReading": (9, 5),
    "incidents.WeatherWarning": (10, 8),
    "tracker.Alert": (10, 9),
    "tracker.AlertEvent": (8, 5),
    "tracker.AreaProfile": (9, 5),
    "tracker.Bounce": (8, 7),
    "tracker.CalendarFeed": (8, 6),
    "tracker.DutyNeed": (9, 6),
    "tracker.DutyPost": (9, 6),
    "tracker.DutySwap": (8, 6),
    "tracker.DutyWish": (8, 5),
    "tracker.EmergencyResponse": (9, 5),
    "tracker.Heartbeat": (8, 5),
    "tracker.Holding": (9, 5),
    "tracker.Hook": (9, 6),
    "tracker.Notification": (9, 6),  # what gateways there are, for its filter
    "tracker.Replay": (9, 5),
    "tracker.ReportRecipient": (9, 6),
    "tracker.ReportSchedule": (9, 6),
    "tracker.ResponseThreshold": (9, 6),
    "tracker.Rotation": (9, 7),
    "tracker.RotationMember": (9, 5),
    "tracker.Rule": (10, 6),
    "tracker.RuleLevel": (9, 6),
    "tracker.SituationReport": (10, 7),
    "tracker.StormMode": (9, 5),
    "tracker.WatchFailure": (8, 5),
}

# Fields that no page shows, besides keys and secrets, with the reason.
NOT_SHOWN = {
    record.Brief: {"reading"},  # in words beside its text
    record.BriefItem: {"values"},
    record.FileJob: {"headings", "notes"},  # in words
    record.JournalEntry: {"before", "after", "subject_type", "subject_id"},  # shown as changes and record
    watch.SituationReport: {"numbers", "adds_up", "end_reason"},  # shown as totals, checks and why not
    record.JournalSeal: {"entry_hash", "chain_hash"},  # shown together, in hexadecimal
    record.Place: {"division_code_length"},  # computed for a constraint
    watch.Alert: {"changed_in"},  # the number of a transaction
    watch.WatchFailure: {"told"},  # shown a line each
    record.User: {"first_name", "last_name", "is_staff", "groups", "user_permissions"},  # Django's, not used
}


@pytest.fixture
def world(db: None) -> World:
    made = World(make_organization())
    made.rows[record.Division] = divisions()
    parts = (Part.BEAT, Part.MAIL, Part.WORKER)
    made.rows[watch.Heartbeat] = [watch.Heartbeat.objects.create(name=part) for part in parts]
    return made


@pytest.fixture
def desk(client: Client, world: World) -> Client:
    """A browser of somebody with every right in the organisation."""
    sign_in(client, world.organization, Role.DISPATCHER, Role.ADMIN)
    return client


def pages() -> Iterator[tuple[type[Model], RecordAdmin]]:
    for model, page in admin.site._registry.items():
        yield model, cast("RecordAdmin", page)


def queries_of(client: Client, url: str) -> int:
    with CaptureQueriesContext(connection) as captured:
        response = client.get(url)
    assert response.status_code == 200, url
    return len(captured)


def test_every_page_takes_the_queries_on_record(
    desk: Client, world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    ContentType.objects.get_for_models(*(model for model, _page in pages()))  # a process asks once
    monkeypatch.setattr(watch_state, "FRESH_S", 1e9)  # and for its banner every ten seconds
    watch_state.recent()
    counted = {
        model._meta.label: (
            queries_of(desk, address(model, "changelist")),
            queries_of(desk, address(model, "change", world.first(model).pk)),
        )
        for model, _page in pages()
    }

    assert counted == QUERIES


def test_the_world_is_big_enough_to_show_a_page_that_asks_once_a_row(world: World) -> None:
    assert {model._meta.label for model, _page in pages() if len(world.rows[model]) < 3} == set()


def test_every_model_of_the_record_and_the_watch_has_a_page() -> None:
    models = {
        *(each for each in vars(record).values() if isinstance(each, type) and issubclass(each, Model)),
        *(each for each in vars(watch).values() if isinstance(each, type) and issubclass(each, Model)),
    }

    assert {model.__name__ for model in models} == {model.__name__ for model, _page in pages()}


def test_every_field_of_a_record_stands_on_its_page_once() -> None:
    wrong = {}
    for model, page in pages():
        names = [name for _title, lines in page.all_themes() for name in lines]
        fields = {field.name for field in (*model._meta.concrete_fields, *model._meta.many_to_many)}
        stems = {name.removesuffix("_precision") for name in fields if name.endswith("_precision")}
        of_honest_moments = {f"{stem}_{part}" for stem in stems for part in ("on", "precision")} & fields
        if f"{model._meta.pk.name}" == "id":
            fields -= {"id"}
        fields -= {"initials"}  # what is typed, not what is read
        missing = fields - {*names} - SECRET_FIELDS - NOT_SHOWN.get(model, set()) - _moments(fields)
        twice = {name for name in names if names.count(name) > 1}
        assert of_honest_moments >= _moments(fields)
        if missing or twice:
            wrong[model.__name__] = (missing, twice)

    assert wrong == {}


def _moments(fields: set[str]) -> set[str]:
    """Return the columns that are shown as part of an honest moment."""
    stems = [
        name.removesuffix("_precision")
        for name in fields
        if f"{name.removesuffix('_precision')}_at" in fields
    ]
    return {f"{stem}_{part}" for stem in stems for part in ("on", "precision") if f"{stem}_{part}" in fields}


def test_no_page_offers_to_delete_or_to_type_into_a_fact(desk: Client, world: World) -> None:
    for model, _page in pages():
        key = world.first(model).pk
        html = desk.get(address(model, "change", key)).content.decode()

        assert desk.get(address(model, "delete", key)).status_code == 403
        assert desk.post(address(model, "change", key), {}).status_code == 403
        assert 'name="_save"' not in html
        assert "deletelink" not in html

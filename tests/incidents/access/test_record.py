"""Whose matter rows are, model by model; the same models are walked in ``tests/incidents/admin``."""

from datetime import timedelta
from typing import Any

import pytest
from django.apps import apps
from django.db.models import Model, QuerySet

from incidents import access
from incidents.access import Right
from incidents.choices import AssignmentStatus, Role
from incidents.models import (
    BriefWord,
    Crew,
    Device,
    Division,
    IceReading,
    JournalEntry,
    Organization,
    Outage,
    Storm,
    StormNote,
    User,
)
from incidents.services import storms
from tests.desk import give_role
from tests.factories import (
    STORM_NIGHT,
    make_actor,
    make_assignment,
    make_crew,
    make_division,
    make_organization,
    make_outage,
    make_place,
    make_storm,
    make_user,
)
from tests.world import World
from tracker import models as watch

pytestmark = pytest.mark.django_db
# Numbers that name nothing and nobody, and words of the language; administrators look at them.
MACHINERY = {"BriefWord", "Holding", "SyncScope", "WatchFailure"}


@pytest.fixture
def ours() -> Organization:
    return make_organization()


@pytest.fixture
def dispatcher(ours: Organization) -> User:
    return give_role(make_user(), ours, Role.DISPATCHER)


@pytest.fixture
def admin(ours: Organization) -> User:
    return give_role(make_user(), ours, Role.ADMIN)


def sees(user: User, row: Model) -> bool:
    """Both ways of asking have the same answer: in each statement, and with numbers found before."""
    asked = may(user, row, Right.SEE)
    rows: QuerySet[Any] = QuerySet(type(row)).filter(pk=row.pk)
    reach = access.reach_of(user, now=STORM_NIGHT)
    assert access.seen_by(rows, user, reach, now=STORM_NIGHT).exists() is asked
    return asked


def may(user: User, row: Model, right: Right) -> bool:
    rows: QuerySet[Any] = QuerySet(type(row))
    return access.within(rows, user, right=right, now=STORM_NIGHT).filter(pk=row.pk).exists()


def test_every_model_of_the_record_and_the_watch_has_a_scope() -> None:
    models = [model for app in ("incidents", "tracker") for model in apps.get_app_config(app).get_models()]

    assert [model.__name__ for model in models if not access.is_scoped(model)] == []


def test_everything_of_an_organization_is_seen_inside_and_nothing_outside() -> None:
    here, there = World(make_organization()), World(make_organization())
    user = give_role(make_user(), here.organization, Role.DISPATCHER, Role.ADMIN)

    own = {type(row).__name__ for rows in here.rows.values() for row in rows if not sees(user, row)}
    foreign = {type(row).__name__ for rows in there.rows.values() for row in rows if sees(user, row)}

    assert own == set()
    assert foreign == MACHINERY


def test_a_crew_on_loan_opens_the_outage_it_works_on_to_its_home(
    ours: Organization, dispatcher: User
) -> None:
    outage = make_outage(organization=make_organization())
    crew = make_crew(organization=outage.organization, home_organization=ours)
    assert not sees(dispatcher, outage)

    job = make_assignment(crew=crew, outage=outage)

    assert sees(dispatcher, outage)
    assert may(dispatcher, outage, Right.RECORD)
    assert not may(dispatcher, outage, Right.OPERATE)
    type(job).objects.filter(pk=job.pk).update(
        status=AssignmentStatus.FINISHED, ended_at=STORM_NIGHT + timedelta(hours=1)
    )
    assert not sees(dispatcher, outage)


def test_a_crew_on_loan_is_operated_by_whom_it_works_for(ours: Organization, dispatcher: User) -> None:
    lent = make_crew(organization=make_organization(), home_organization=ours)
    borrowed = make_crew(organization=ours, home_organization=make_organization())

    assert sees(dispatcher, lent)
    assert not may(dispatcher, lent, Right.OPERATE)
    assert may(dispatcher, borrowed, Right.OPERATE)
    assert Crew.objects.count() == 2


def test_a_storm_is_seen_from_below_and_changed_only_by_who_reaches_all_of_it(ours: Organization) -> None:
    county = make_organization(parent=ours)
    storm = make_storm()
    storm.organizations.add(ours)
    of_county, of_city = (give_role(make_user(), each, Role.DISPATCHER) for each in (county, ours))

    assert sees(of_county, storm)
    assert not may(of_county, storm, Right.OPERATE)
    assert may(of_city, storm, Right.OPERATE)
    storm.organizations.add(make_organization())
    assert not may(of_city, storm, Right.OPERATE)


def test_a_storm_without_organizations_is_everybodys_to_see(dispatcher: User) -> None:
    storm = make_storm()

    assert sees(dispatcher, storm)
    assert not may(dispatcher, storm, Right.OPERATE)
    assert not sees(make_user(), make_outage())


def test_a_storm_beside_us_is_not_seen(dispatcher: User) -> None:
    storm = make_storm()
    storm.organizations.add(make_organization())

    assert not sees(dispatcher, storm)


def test_a_note_without_an_organization_belongs_to_its_storm(dispatcher: User, ours: Organization) -> None:
    seen, unseen = make_storm(), make_storm()
    seen.organizations.add(ours)
    unseen.organizations.add(make_organization())
    told = {"kind": "condition", "text": "结冰", "reported_by": dispatcher, "received_at": STORM_NIGHT}

    notes = [StormNote.objects.create(storm=storm, **told) for storm in (seen, unseen)]

    assert [sees(dispatcher, note) for note in notes] == [True, False]


def test_an_account_with_a_role_elsewhere_is_seen_but_not_managed(ours: Organization, admin: User) -> None:
    local = give_role(make_user(), ours, Role.MANAGER)
    shared = give_role(make_user(), ours, Role.MANAGER)
    give_role(shared, make_organization(), Role.MANAGER)
    superuser = give_role(make_user(is_superuser=True), ours, Role.MANAGER)

    assert [may(admin, user, Right.SEE) for user in (local, shared, superuser)] == [True, True, True]
    assert [may(admin, user, Right.MANAGE) for user in (local, shared, superuser)] == [True, False, False]


def test_one_sees_oneself_but_does_not_manage_oneself() -> None:
    user = make_user()

    assert sees(user, user)
    assert not may(user, user, Right.MANAGE)


def test_a_phone_is_its_persons_matter(ours: Organization, admin: User) -> None:
    times = {"enrolled_at": STORM_NIGHT, "expires_at": STORM_NIGHT + timedelta(days=1)}
    phones = [
        Device.objects.create(
            user=user, name="手机", token_digest=f"{number:064x}", token_prefix="x", **times
        )
        for number, user in enumerate([give_role(make_user(), ours, Role.CREW_MEMBER), make_user()])
    ]

    assert [may(admin, phone, Right.MANAGE) for phone in phones] == [True, False]


def test_divisions_are_common_knowledge_and_changed_by_nobody(admin: User) -> None:
    division = make_division("330604", "上虞区")

    assert sees(admin, division)
    assert not may(admin, division, Right.MANAGE)
    assert Division.objects.filter(pk=division.pk).exists()


def test_a_place_is_seen_where_something_that_is_seen_happened(dispatcher: User, ours: Organization) -> None:
    here, there = make_place(), make_place()
    make_outage(organization=ours, place=here)
    make_outage(organization=make_organization(), place=there)

    assert [sees(dispatcher, place) for place in (here, there, make_place())] == [True, False, False]


def test_a_reading_without_section_or_outage_is_seen_by_its_persons_organizations(
    dispatcher: User, ours: Organization
) -> None:
    told = {"received_at": STORM_NIGHT, "observed_at": STORM_NIGHT, "thickness_mm": 5, "kind": "apparent"}
    people = [give_role(make_user(), each, Role.CREW_MEMBER) for each in (ours, make_organization())]

    readings = [
        IceReading.objects.create(
            place=make_place(), reported_by=person, method="visual", rule_version="1", **told
        )
        for person in people
    ]

    assert [sees(dispatcher, reading) for reading in readings] == [True, False]
    assert not may(dispatcher, readings[0], Right.OPERATE)


def test_the_journal_of_a_storm_is_seen_by_who_sees_the_storm(dispatcher: User, ours: Organization) -> None:
    actor = make_actor()
    for slug, organization in (("ours", ours), ("theirs", make_organization())):
        storms.open(slug=slug, name=slug, hazard="ice", organizations=[organization], by=actor)  # type: ignore[arg-type]

    seen = access.visible_to(JournalEntry.objects.all(), dispatcher, now=STORM_NIGHT)

    assert [entry.after["slug"] for entry in seen] == ["ours"]
    assert Storm.objects.count() == 2


def test_a_rule_for_everybody_is_seen_by_everybody_and_changed_by_none(dispatcher: User) -> None:
    rule = watch.Rule.objects.create(
        code="E01",
        version=1,
        name="覆冰",
        subject_type="linesection",
        source="test",
        stop_condition="消除",
        origin="catalogue",
        since_at=STORM_NIGHT,
        made_by=dispatcher,
    )

    assert sees(dispatcher, rule)
    assert not may(dispatcher, rule, Right.OPERATE)
    assert Outage.objects.count() == 0


def test_a_taught_word_is_withdrawn_by_its_teacher_and_from_above_but_not_from_beside_or_below() -> None:
    city, beside = make_organization(), make_organization()
    county = make_organization(parent=city)
    teacher, below, above, neighbour = (
        give_role(make_user(), place, Role.ADMIN)
        for place in (county, make_organization(parent=county), city, beside)
    )
    viewer = give_role(make_user(), county, Role.DISPATCHER)
    word = BriefWord.objects.create(
        category="unit", means="line", word="根线", tests=["线 |"], since_at=STORM_NIGHT, added_by=teacher
    )

    asked = (teacher, above, below, neighbour, viewer)
    assert [may(user, word, Right.MANAGE) for user in asked] == [True, True, False, False, False]
    assert all(sees(user, word) for user in asked)

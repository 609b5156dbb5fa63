"""The office itself: who gets in, what is on the overview, its language, its journal."""

from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from incidents.admin import timelines
from incidents.choices import Role
from incidents.journal import Actor
from incidents.models import (
    Device,
    JournalEntry,
    Line,
    Membership,
    Organization,
    Outage,
    Person,
    User,
)
from incidents.services import grid, people
from tests.desk import address, give_role, sign_in
from tests.factories import STORM_NIGHT, make_line, make_organization, make_outage, make_person, make_user

LOGIN = reverse("admin:login")
INDEX = reverse("admin:index")
PASSWORD = "ice-and-bamboo-2024"


def enter(client: Client, user: User) -> bool:
    user.set_password(PASSWORD)
    user.save(update_fields=["password"])
    answer = client.post(LOGIN, {"username": user.username, "password": PASSWORD, "next": INDEX})
    return answer.status_code == 302


@pytest.mark.parametrize(
    ("role", "may"),
    [(Role.DISPATCHER, True), (Role.VIEWER, True), (Role.ADMIN, True), (Role.CREW_MEMBER, False)],
)
def test_a_role_lets_in(client: Client, ours: Organization, role: Role, may: bool) -> None:  # noqa: FBT001 - a table
    assert enter(client, give_role(make_user(), ours, role)) is may


def test_an_account_without_a_role_stays_out_with_the_words_of_a_wrong_password(
    client: Client, ours: Organization
) -> None:
    user = make_user(is_staff=True)
    wrong = client.post(LOGIN, {"username": "nobody", "password": PASSWORD})

    assert not enter(client, user)
    right = client.post(LOGIN, {"username": user.username, "password": PASSWORD})
    assert right.context["form"].non_field_errors() == wrong.context["form"].non_field_errors()


def test_when_the_role_ends_the_door_closes(client: Client, ours: Organization) -> None:
    user = sign_in(client, ours, Role.DISPATCHER)
    assert client.get(INDEX).status_code == 200

    Membership.objects.filter(user=user).update(until_at=timezone.now())

    assert client.get(INDEX)["Location"].startswith(LOGIN)


def test_a_superuser_needs_no_role(client: Client, db: None) -> None:
    client.force_login(make_user(is_superuser=True))

    assert client.get(INDEX).status_code == 200


@pytest.mark.parametrize("url", ["//evil.example/", "https:evil.example", "/\\evil.example"])
def test_signing_in_leads_nowhere_else(client: Client, ours: Organization, url: str) -> None:
    user = give_role(make_user(), ours, Role.VIEWER)
    user.set_password(PASSWORD)
    user.save(update_fields=["password"])

    answer = client.post(LOGIN, {"username": user.username, "password": PASSWORD, "next": url})

    assert "evil" not in answer["Location"]


def test_the_root_asks_to_sign_in(client: Client, db: None) -> None:
    assert client.get("/")["Location"] == f"{LOGIN}?next=/"


def test_the_overview_lists_what_the_person_may_see(viewer: Client) -> None:
    html = viewer.get(INDEX).content.decode()

    assert address(Outage, "changelist") in html
    assert address(Outage, "add") not in html
    assert address(Device, "changelist") not in html
    assert viewer.get(address(Device, "changelist")).status_code == 403


def test_the_overview_begins_with_storms_and_outages(dispatcher: Client) -> None:
    [record, watch] = dispatcher.get(INDEX).context["app_list"]

    assert (record["app_label"], watch["app_label"]) == ("incidents", "tracker")
    assert [model["object_name"] for model in record["models"][:2]] == ["Storm", "Outage"]
    assert watch["models"][0]["object_name"] == "Alert"


def test_the_header_is_chinese_and_english_is_one_click_away(dispatcher: Client) -> None:
    chinese = dispatcher.get(INDEX).content.decode()
    answer = dispatcher.post(reverse("set_language"), {"language": "en", "next": INDEX})
    english = dispatcher.get(INDEX).content.decode()

    assert answer["Location"] == INDEX
    assert 'lang="zh-hans"' in chinese
    assert "Ice Storm Tracker" not in chinese
    assert 'lang="en"' in english
    assert "Ice Storm Tracker" in english


def test_changing_the_language_leads_nowhere_else(client: Client) -> None:
    answer = client.post(reverse("set_language"), {"language": "en", "next": "https://evil.example/"})

    assert answer["Location"] == "/"


def test_a_record_leads_to_its_history(dispatcher: Client, ours: Organization) -> None:
    line = make_line(organization=ours, substation="丰惠变")
    actor = Actor(user=make_user(), now=timezone.now())
    grid.correct_line(line, substation="章镇变", reason="核实", at=timezone.now(), by=actor)
    make_line(organization=ours)

    history = dispatcher.get(address(Line, "history", line.pk))

    [told] = history.context["happenings"]
    assert (told.who, told.reason) == (str(actor.user), "核实")
    journal = dispatcher.get(history.context["in_journal"])
    [entry] = journal.context["cl"].result_list
    page = dispatcher.get(address(JournalEntry, "change", entry.pk)).content.decode()
    for html in (page, history.content.decode()):
        assert '<td class="before">丰惠变</td><td>章镇变</td>' in html
        assert address(Line, "change", line.pk) in html


@pytest.mark.parametrize("before", ["x", "-1", "9" * 40, "", "²"])
def test_a_history_answers_whatever_page_is_asked_for(
    dispatcher: Client, ours: Organization, before: str
) -> None:
    line = make_line(organization=ours)

    assert dispatcher.get(address(Line, "history", line.pk), {"before": before}).status_code == 200


def test_a_long_history_is_told_page_by_page(dispatcher: Client, ours: Organization) -> None:
    line = make_line(organization=ours)
    actor = Actor(user=make_user(), now=timezone.now())
    for number in range(timelines.A_PAGE + 2):
        grid.correct_line(line, substation=f"{number}变", reason="核实", at=timezone.now(), by=actor)

    first = dispatcher.get(address(Line, "history", line.pk)).context
    second = dispatcher.get(address(Line, "history", line.pk), {"before": first["more"]}).context

    assert (len(first["happenings"]), len(second["happenings"]), second["more"]) == (
        timelines.A_PAGE,
        2,
        None,
    )


def test_the_journal_tells_before_and_after_in_words(dispatcher: Client, ours: Organization) -> None:
    outage = make_outage(organization=ours)
    entry = JournalEntry.objects.create(
        kind="outage.confirmed",
        subject_type="outage",
        subject_id=outage.pk,
        subject_uuid=outage.uuid,
        organization=ours,
        occurred_at=STORM_NIGHT,
        by=outage.reported_by,
        channel="admin",
        before={"status": "reported", "confirmed_at": None, "place_id": 1, "gone": 1, "not_reported": []},
        after={
            "status": "confirmed",
            "confirmed_at": "2024-02-26T12:00:00Z",
            "place_id": 2,
            "gone": 2,
            "not_reported": ["located"],
            "customers_affected": 30,
        },
    )

    html = dispatcher.get(address(JournalEntry, "change", entry.pk)).content.decode()

    assert '<td class="before">上报</td><td>已核实</td>' in html
    assert '<td class="before">–</td><td>2024-02-26 20:00</td>' in html
    assert '<td class="before">№ 1</td><td>№ 2</td>' in html
    assert '<th scope="row">gone</th><td class="before">1</td><td>2</td>' in html
    assert '<td class="before">–</td><td>30</td>' in html


def test_an_entry_about_something_that_is_no_more_is_still_readable(
    dispatcher: Client, ours: Organization
) -> None:
    user = make_user()
    entry = JournalEntry.objects.create(
        kind="thing.made",
        subject_type="thing",
        subject_id=7,
        subject_uuid=user.uuid,
        organization=ours,
        occurred_at=STORM_NIGHT,
        by=user,
        channel="system",
        after={"name": "旧"},
    )

    html = dispatcher.get(address(JournalEntry, "change", entry.pk)).content.decode()

    assert "thing 7" in html
    assert '<th scope="row">name</th><td class="before">–</td><td>旧</td>' in html


@pytest.mark.parametrize(("role", "seen"), [(Role.DISPATCHER, True), (Role.VIEWER, False)])
def test_a_phone_number_is_shown_to_who_may_call(
    client: Client,
    ours: Organization,
    role: Role,
    seen: bool,  # noqa: FBT001 - a table
) -> None:
    sign_in(client, ours, role)
    person = make_person(organization=ours, phone="13800001111")

    page = client.get(address(Person, "change", person.pk)).content.decode()
    listed = client.get(address(Person, "changelist")).content.decode()

    assert ("13800001111" in page) is seen
    assert "13800001111" not in listed


def test_a_phone_number_is_not_shown_by_a_right_elsewhere(client: Client, ours: Organization) -> None:
    user = sign_in(client, ours, Role.VIEWER)
    give_role(user, make_organization(parent=ours), Role.DISPATCHER)
    person = make_person(organization=ours, phone="13800001111")

    assert "13800001111" not in client.get(address(Person, "change", person.pk)).content.decode()


def test_no_page_shows_a_password_or_its_digest(admin: Client, ours: Organization) -> None:
    user = give_role(make_user(password=PASSWORD), ours, Role.VIEWER)

    html = admin.get(address(User, "change", user.pk)).content.decode()

    assert user.password not in html
    assert "md5$" not in html


def test_a_row_is_found_by_its_identity_code_and_place(dispatcher: Client, ours: Organization) -> None:
    wanted = make_outage(organization=ours, line=make_line(organization=ours, code="S307", name="龙潭线"))
    make_outage(organization=ours, line=make_line(organization=ours, code="K12", name="虞北线"))

    for term in (str(wanted.uuid), "S307", "龙潭"):
        found = dispatcher.get(address(Outage, "changelist"), {"q": term}).context["cl"].result_list
        assert [row.pk for row in found] == [wanted.pk]


def test_a_new_account_can_sign_in_at_once(client: Client, ours: Organization) -> None:
    sign_in(client, ours, Role.ADMIN)
    wanted = {"username": "wang", "display_name": "王五", "language": "zh-hans", "password": PASSWORD}

    client.post(address(User, "add"), wanted | {"organization": ours.pk, "role": "dispatcher"})

    stranger = Client()
    answer = stranger.post(LOGIN, {"username": "wang", "password": PASSWORD, "next": INDEX})
    assert answer.status_code == 302
    assert stranger.get(INDEX).status_code == 200


def test_an_account_that_is_refused_leaves_no_role(client: Client, ours: Organization) -> None:
    user = sign_in(client, ours, Role.ADMIN)
    wanted = {"username": user.username, "display_name": "王五", "language": "zh-hans"}

    answer = client.post(address(User, "add"), wanted | {"organization": ours.pk, "role": "viewer"})

    assert answer.status_code == 200
    assert User.objects.count() == 1
    assert Membership.objects.count() == 1


def test_the_system_account_is_nobodys_to_manage(admin: Client, db: None) -> None:
    system = people.system_actor(now=STORM_NIGHT + timedelta(days=1)).user

    assert admin.get(address(User, "change", system.pk)).status_code == 404

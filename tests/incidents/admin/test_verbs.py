"""The mechanism: who may use a verb, what a refusal looks like, and that nobody overwrites another."""

from datetime import datetime, timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone, translation

from incidents.admin.asking import Asking
from incidents.admin.refusals import in_words
from incidents.admin.verbs import VerbForm
from incidents.choices import OutageStatus, Role
from incidents.errors import Invalid, OutOfRange
from incidents.journal import Actor
from incidents.models import Device, JournalEntry, Line, LineSection, Organization, Outage, User
from incidents.services import devices, grid
from tests.desk import address, give_role, sign_in, verb_address
from tests.factories import STORM_NIGHT, make_line, make_organization, make_outage, make_section, make_user


@pytest.fixture
def at() -> str:
    """A minute ago, as the browser sends it."""
    return timezone.localtime(timezone.now() - timedelta(minutes=1)).strftime("%Y-%m-%dT%H:%M:%S")


def actor(user: User) -> Actor:
    return Actor(user=user, now=timezone.now())


def test_a_verb_calls_its_service_as_the_person_at_the_desk(
    client: Client, ours: Organization, at: str
) -> None:
    user = sign_in(client, ours, Role.DISPATCHER)
    outage = make_outage(organization=ours)

    answer = client.post(verb_address(outage, "confirm"), {"at": at}, headers={"X-Request-ID": "night-0001"})

    assert answer.headers["Location"] == address(Outage, "change", outage.pk)
    outage.refresh_from_db()
    assert outage.status == OutageStatus.CONFIRMED
    assert outage.confirmed_at == datetime.fromisoformat(f"{at}+08:00")
    entry = JournalEntry.objects.get()
    assert (entry.kind, entry.by, entry.channel) == ("outage.confirmed", user, "admin")
    assert entry.request_id == "night-0001"


@pytest.mark.parametrize("role", [Role.VIEWER, Role.MANAGER, Role.ADMIN, Role.CREW_LEADER])
def test_only_a_dispatcher_operates(client: Client, ours: Organization, role: Role, at: str) -> None:
    sign_in(client, ours, role)
    outage = make_outage(organization=ours)

    page = client.get(address(Outage, "change", outage.pk))
    answer = client.post(verb_address(outage, "confirm"), {"at": at})

    assert page.status_code == 200
    assert "do/confirm/" not in page.content.decode()
    assert answer.status_code == 403
    assert not JournalEntry.objects.exists()


@pytest.mark.parametrize("role", [Role.VIEWER, Role.MANAGER, Role.DISPATCHER, Role.CREW_LEADER])
def test_only_an_administrator_manages(client: Client, ours: Organization, role: Role) -> None:
    sign_in(client, ours, role)

    assert client.get(address(Line, "add")).status_code == 403
    assert client.post(address(Line, "add"), {"organization": ours.pk}).status_code == 403


def test_a_role_above_does_not_help_where_the_right_is_below(
    client: Client, ours: Organization, at: str
) -> None:
    station = make_organization(parent=ours)
    user = sign_in(client, ours, Role.VIEWER)
    give_role(user, station, Role.DISPATCHER)
    above, below = make_outage(organization=ours), make_outage(organization=station)

    assert client.get(address(Outage, "change", above.pk)).status_code == 200
    assert client.post(verb_address(above, "confirm"), {"at": at}).status_code == 404
    assert client.post(verb_address(below, "confirm"), {"at": at}).status_code == 302


def test_a_button_is_there_only_while_the_state_allows_it(dispatcher: Client, ours: Organization) -> None:
    outage = make_outage(organization=ours)

    html = dispatcher.get(address(Outage, "change", outage.pk)).content.decode()

    assert "do/confirm/" in html
    assert "do/reopen/" not in html


def test_a_refusal_stands_above_the_form_and_nothing_is_written(
    dispatcher: Client, ours: Organization, at: str
) -> None:
    outage = make_outage(organization=ours)

    answer = dispatcher.post(verb_address(outage, "reopen"), {"at": at, "reason": "补录"})

    assert answer.status_code == 200
    assert len(answer.context["form"].non_field_errors()) == 1
    assert not JournalEntry.objects.exists()


def test_a_refusal_stands_beside_the_field_that_it_is_about(dispatcher: Client, ours: Organization) -> None:
    outage = make_outage(organization=ours)
    tomorrow = timezone.localtime(timezone.now() + timedelta(days=1))

    answer = dispatcher.post(verb_address(outage, "confirm"), {"at": tomorrow.strftime("%Y-%m-%dT%H:%M")})

    assert set(answer.context["form"].errors) == {"at"}
    outage.refresh_from_db()
    assert outage.status == OutageStatus.REPORTED


def test_what_columns_do_not_take_stands_beside_each_field(
    admin: Client, ours: Organization, at: str
) -> None:
    section = make_section(line=make_line(organization=ours))
    told = {
        "conductor_diameter_mm": "99",
        "vegetation": "bamboo",
        "access": "foot",
        "at": at,
        "reason": "测量",
    }

    answer = admin.post(verb_address(section, "correct"), told)

    assert set(answer.context["form"].errors) == {"conductor_diameter_mm"}


def test_a_weak_password_is_refused_beside_it(admin: Client, ours: Organization) -> None:
    wanted = {"username": "wang", "display_name": "王五", "language": "zh-hans", "password": "12345678"}

    answer = admin.post(address(User, "add"), wanted | {"organization": ours.pk, "role": "viewer"})

    assert set(answer.context["form"].errors) == {"password"}
    assert not User.objects.filter(username="wang").exists()


def test_a_problem_of_a_column_that_the_form_lacks_says_which(ours: Organization) -> None:
    who = Asking(user=make_user(), now=timezone.now(), rights=frozenset(), request_id="")
    form = VerbForm({}, who=who)

    form.refuse(Invalid(problems={"voltage_kv": ["无效"]}), {"voltage_kv": "电压（kV）"})

    assert form.non_field_errors() == ["电压（kV）: 无效"]


def test_moments_in_a_refusal_are_chinese_time(ours: Organization) -> None:
    refused = OutOfRange(field="at", value=STORM_NIGHT, low=STORM_NIGHT, high=None)

    with translation.override("en"):
        assert in_words(refused, {"at": "When"}) == "When is 2024-02-26 20:00; allowed is ≥ 2024-02-26 20:00."


def test_a_refusal_names_states_and_verbs_as_the_desk_does(
    dispatcher: Client, ours: Organization, at: str
) -> None:
    dispatcher.cookies.load({"django_language": "en"})
    outage = make_outage(organization=ours)

    answer = dispatcher.post(verb_address(outage, "reopen"), {"at": at, "reason": "late"})

    [sentence] = answer.context["form"].non_field_errors()
    assert sentence.startswith(
        "outage is Reported: Reopen for correction is not possible now. Possible: Confirm, "
    )


def test_a_refusal_speaks_the_persons_language(client: Client, ours: Organization, at: str) -> None:
    client.cookies.load({"django_language": "en"})
    sign_in(client, ours, Role.DISPATCHER)
    outage = make_outage(organization=ours)

    answer = client.post(verb_address(outage, "reopen"), {"at": at, "reason": "late"})

    assert "is not possible now" in answer.context["form"].non_field_errors()[0]


def test_an_action_leads_to_one_form_for_all_chosen_rows(
    dispatcher: Client, ours: Organization, at: str
) -> None:
    chosen = [make_outage(organization=ours) for _ in range(2)]
    keys = [outage.pk for outage in chosen]

    form = dispatcher.post(address(Outage, "changelist"), {"action": "confirm", "_selected_action": keys})
    answer = dispatcher.get(form.headers["Location"])

    assert form.headers["Location"] == verb_address(*[chosen[0], "confirm", chosen[1]])  # type: ignore[arg-type]
    assert [row.pk for row in answer.context["rows"]] == keys


def test_an_action_takes_a_hundred_rows_at_most(dispatcher: Client, ours: Organization) -> None:
    outage = make_outage(organization=ours)
    common = {
        field.attname: getattr(outage, field.attname)
        for field in Outage._meta.concrete_fields
        if field.name not in {"id", "uuid"}
    }
    Outage.objects.bulk_create(Outage(**common) for _ in range(100))
    everything = {"action": "confirm", "_selected_action": [outage.pk], "select_across": "1"}

    answer = dispatcher.post(address(Outage, "changelist"), everything, follow=True)

    assert answer.redirect_chain == [(address(Outage, "changelist"), 302)]
    assert not JournalEntry.objects.exists()


def test_the_whole_list_can_be_chosen(dispatcher: Client, ours: Organization) -> None:
    chosen = [make_outage(organization=ours) for _ in range(2)]
    everything = {"action": "confirm", "_selected_action": [chosen[0].pk], "select_across": "1"}

    answer = dispatcher.post(address(Outage, "changelist"), everything)

    assert answer.headers["Location"] == verb_address(chosen[0], "confirm", chosen[1])


def test_a_verb_for_one_row_takes_no_two(dispatcher: Client, ours: Organization) -> None:
    first, second = make_outage(organization=ours), make_outage(organization=ours)

    assert dispatcher.get(verb_address(first, "locate", second)).status_code == 404


@pytest.mark.django_db(transaction=True)
def test_a_stale_form_changes_nothing_and_shows_who_was_faster(
    admin: Client, ours: Organization, at: str
) -> None:
    """B132: two people edit one line."""
    line = make_line(organization=ours, substation="丰惠变")
    seen = admin.get(verb_address(line, "correct")).context["form"]["seen"].value()
    faster = make_user(display_name="李四")
    grid.correct_line(line, substation="章镇变", reason="核实", at=timezone.now(), by=actor(faster))
    mine: dict[str, Any] = {
        "name": line.name,
        "kind": "main",
        "substation": "上浦变",
        "reason": "错",
        "at": at,
    }

    stale = admin.post(verb_address(line, "correct"), mine | {"seen": seen})
    line.refresh_from_db()

    assert "李四" in stale.context["form"].non_field_errors()[0]
    assert line.substation == "章镇变"
    again = admin.post(verb_address(line, "correct"), mine | {"seen": stale.context["form"]["seen"].value()})
    line.refresh_from_db()
    assert again.status_code == 302
    assert line.substation == "上浦变"


def test_a_correction_shows_what_stands_there(admin: Client, ours: Organization) -> None:
    line = make_line(organization=ours, substation="丰惠变")

    form = admin.get(verb_address(line, "correct")).context["form"]

    assert form["substation"].value() == "丰惠变"


def test_a_token_is_shown_once_and_kept_nowhere(admin: Client, ours: Organization) -> None:
    lineman = give_role(make_user(), ours, Role.CREW_MEMBER)
    wanted = {"user": lineman.pk, "name": "一号机", "scopes": ["read", "report"], "days": "30"}

    answer = admin.post(address(Device, "add"), wanted)

    device = Device.objects.get()
    [words] = answer.context["told"]
    token = words.split("<code>")[1].removesuffix("</code>")
    assert devices.digest_of(token) == device.token_digest
    assert token not in admin.get(address(Device, "change", device.pk)).content.decode()
    assert device.token_digest not in admin.get(address(Device, "change", device.pk)).content.decode()


def test_no_phone_is_enrolled_for_somebody_of_another_organization(admin: Client, ours: Organization) -> None:
    shared = give_role(make_user(), ours, Role.VIEWER)
    give_role(shared, make_organization(), Role.MANAGER)

    answer = admin.post(
        address(Device, "add"), {"user": shared.pk, "name": "x", "scopes": ["read"], "days": "1"}
    )

    assert set(answer.context["form"].errors) == {"user"}
    assert not Device.objects.exists()


def test_only_a_superuser_makes_a_root_of_the_tree(client: Client, ours: Organization, at: str) -> None:
    wanted = {"name": "新公司", "level": "city", "at": at}
    user = sign_in(client, ours, Role.ADMIN)

    refused = client.post(address(Organization, "add"), wanted)
    User.objects.filter(pk=user.pk).update(is_superuser=True)
    allowed = client.post(address(Organization, "add"), wanted)

    assert set(refused.context["form"].errors) == {"parent"}
    assert allowed.status_code == 302
    assert Organization.objects.get(name="新公司").parent is None


def test_the_link_of_a_report_can_fill_its_form(dispatcher: Client, ours: Organization) -> None:
    form = dispatcher.get(f"{address(Outage, 'add')}?organization={ours.pk}&kind=forced").context["form"]

    assert form["organization"].value() == str(ours.pk)
    assert form["kind"].value() == "forced"


def test_a_number_is_either_given_or_unknown(dispatcher: Client, ours: Organization) -> None:
    told = {"customers_affected": "12", "customers_affected_unknown": "not_measured"}

    answer = dispatcher.post(address(Outage, "add"), told)

    assert "customers_affected_unknown" in answer.context["form"].errors
    assert LineSection.objects.count() == 0

"""A list keeps what it is filtered by, under a name, for oneself or for the organisation."""

import pytest
from django.test import Client

from incidents.choices import Role
from incidents.models import Organization, Outage, SavedView
from tests.desk import address, sign_in, verb_address
from tests.factories import make_organization, make_outage

FILTER = "status__exact=reported&q=lt&p=2"


@pytest.fixture
def desk(client: Client, ours: Organization) -> Client:
    sign_in(client, ours, Role.VIEWER)
    return client


def save(client: Client, **over: object) -> SavedView:
    typed = {"name": "未确认", "page": "incidents.outage", "query": FILTER} | over
    answer = client.post(address(SavedView, "add"), typed)
    assert answer.status_code == 302, answer.context["form"].errors
    return SavedView.objects.latest("pk")


def views(client: Client) -> dict[str, str]:
    found = client.get(address(Outage, "changelist")).context["views"]
    return {view.name: opened for view, opened in found}


def colleague(ours: Organization) -> Client:
    other = Client()
    sign_in(other, ours, Role.DISPATCHER)
    return other


def test_what_a_list_shows_is_saved_and_opened_again(desk: Client, ours: Organization) -> None:
    make_outage(organization=ours)
    filtered = desk.get(address(Outage, "changelist"), {"status__exact": "closed", "p": "0"})
    form = desk.get(filtered.context["save_address"]).context["form"]
    assert (form["page"].value(), "status__exact=closed" in form["query"].value()) == (
        "incidents.outage",
        True,
    )

    save(desk, query=form["query"].value())

    opened = desk.get(views(desk)["未确认"]).context["cl"]
    assert opened.get_filters_params() == {"status__exact": ["closed"]}
    assert not opened.result_list


def test_the_page_number_is_left_out(desk: Client) -> None:
    assert save(desk).query == "status__exact=reported&q=lt"


def test_a_view_is_ones_own_until_it_is_shared(desk: Client, ours: Organization) -> None:
    save(desk, name="我的")
    save(desk, name="共享", organization=ours.pk)

    assert views(desk).keys() == {"我的", "共享"}
    assert views(colleague(ours)).keys() == {"共享"}
    assert views(colleague(make_organization())) == {}


def test_nobody_shares_with_whom_he_does_not_see(desk: Client) -> None:
    typed = {"name": "x", "page": "incidents.outage", "query": "", "organization": make_organization().pk}

    assert "organization" in desk.post(address(SavedView, "add"), typed).context["form"].errors
    assert not SavedView.objects.exists()


def test_a_name_is_taken_once(desk: Client) -> None:
    save(desk)

    again = desk.post(
        address(SavedView, "add"), {"name": "未确认", "page": "incidents.outage", "query": "q=1"}
    )

    assert again.context["form"].errors
    assert SavedView.objects.count() == 1


def test_who_saved_a_view_withdraws_it_and_nobody_else(desk: Client, ours: Organization) -> None:
    view = save(desk, organization=ours.pk)

    refused = colleague(ours).post(verb_address(view, "withdraw"), {})
    assert refused.context["form"].errors
    assert "未确认" in views(desk)

    assert desk.post(verb_address(view, "withdraw"), {}).status_code == 302
    assert views(desk) == {}
    assert SavedView.objects.get().withdrawn_at is not None


@pytest.mark.parametrize("page", ["incidents.nothing", "//evil.example", "https:x", "a.b?c"])
def test_a_view_leads_to_lists_of_ours_alone(desk: Client, page: str) -> None:
    answer = desk.post(address(SavedView, "add"), {"name": "x", "page": page, "query": "q=1"})

    if answer.status_code == 302:
        html = desk.get(address(SavedView, "changelist")).content.decode()
        assert f'href="{page}' not in html
    else:
        assert not SavedView.objects.exists()


@pytest.mark.parametrize(
    "query", ["a=%00&b=<script>", "x=中文", "?q=" + "y" * 1200, "password__startswith=a"]
)
def test_whatever_a_view_holds_the_list_answers(desk: Client, query: str) -> None:
    answer = desk.post(address(SavedView, "add"), {"name": "x", "page": "incidents.outage", "query": query})
    assert answer.status_code in {200, 302}

    for opened in views(desk).values():
        assert desk.get(opened).status_code in {200, 302, 400}

"""The board's page: who sees what, what it costs to ask for nothing new, and taking an alert from it."""

import re
from datetime import timedelta
from http import HTTPStatus
from uuid import uuid4

import pytest
from django.contrib.messages import get_messages
from django.db import connection
from django.http import HttpResponse
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from incidents.choices import Role
from incidents.models import JournalEntry, Membership, Organization
from tests.desk import sign_in
from tests.factories import make_organization, make_outage, make_storm
from tests.tracker.watchers import make_alert
from tracker.choices import AlertState, Part
from tracker.models import Alert
from tracker.selectors.health import LONGEST_SILENCE
from tracker.services import heartbeats

pytestmark = pytest.mark.django_db
NOBODY = "00000000-0000-4000-8000-000000000000"
HOME, NOW, TAKE, WATCH = map(reverse, ("home", "board-now", "board-acknowledge", "board-watch"))


@pytest.fixture
def ours() -> Organization:
    return make_organization()


@pytest.fixture
def dispatcher(client: Client, ours: Organization) -> Client:
    sign_in(client, ours, Role.DISPATCHER)
    return client


def figure(html: str, panel: str) -> str:
    """The big figure of a panel."""
    found = re.search(rf'id="panel-{panel}".*?<p class="big[^"]*">(.*?)</p>', html, re.DOTALL)
    assert found
    return re.sub(r"<[^>]+>", "", found[1])


def take(client: Client, alert: Alert, *, generation: int = 1, accept: str = "text/plain") -> HttpResponse:
    return client.post(TAKE, {"alert": f"{alert.uuid} {generation}"}, headers={"accept": accept})  # type: ignore[return-value]


# --- who sees what


@pytest.mark.parametrize("address", [HOME, NOW, WATCH])
def test_a_stranger_is_asked_to_sign_in(client: Client, address: str) -> None:
    assert client.get(address)["Location"].startswith(reverse("admin:login"))


@pytest.mark.parametrize("role", [Role.DISPATCHER, Role.VIEWER, Role.ADMIN, Role.MANAGER])
def test_every_role_of_the_desk_has_a_board(client: Client, ours: Organization, role: Role) -> None:
    sign_in(client, ours, role)
    make_outage(organization=ours, customers_affected=1234)

    answer = client.get(HOME)

    assert figure(answer.content.decode(), "customers") == "1,234"
    assert "no-store" in answer["Cache-Control"]


def test_nothing_of_another_company_is_on_it(dispatcher: Client) -> None:
    theirs = make_organization(name="国网外县供电公司")
    make_outage(organization=theirs, customers_affected=77)
    make_alert(organization=theirs)

    html = dispatcher.get(HOME).content.decode()

    assert "外县" not in html
    assert figure(html, "customers") == "0"


def test_a_part_of_what_one_reaches_can_be_chosen_and_no_more(dispatcher: Client, ours: Organization) -> None:
    county, theirs = make_organization(parent=ours), make_organization()
    make_outage(organization=ours, customers_affected=100)
    make_outage(organization=county, customers_affected=30)

    def shown(organization: object) -> str:
        return figure(dispatcher.get(HOME, {"organization": str(organization)}).content.decode(), "customers")

    assert shown(county.uuid) == "30"
    assert [shown(each) for each in (theirs.uuid, uuid4(), "nonsense")] == ["130"] * 3


def test_a_drill_is_shown_only_while_nothing_real_goes_on_and_says_so(
    dispatcher: Client, ours: Organization
) -> None:
    drill = make_storm(is_exercise=True, started_at=timezone.now() - timedelta(hours=3))
    make_outage(organization=ours, storm=drill, customers_affected=7)

    quiet = dispatcher.get(HOME).content.decode()
    make_outage(organization=ours, customers_affected=5)
    busy = dispatcher.get(HOME).content.decode()
    asked = dispatcher.get(HOME, {"of": "drill"}).content.decode()

    assert [figure(html, "customers") for html in (quiet, busy, asked)] == ["7", "5", "7"]
    assert ["panels drill" in html for html in (quiet, busy, asked)] == [True, False, True]


def test_the_board_speaks_both_languages(dispatcher: Client, ours: Organization) -> None:
    make_alert(organization=ours)
    dispatcher.cookies["django_language"] = "en"

    html = dispatcher.get(HOME).content.decode()

    assert "Not acknowledged" in html
    assert (
        re.search(r"[一-鿿]", re.sub(r"横岗线|国网第\d+供电公司|值班员\d+|中文|【演练】", "", html)) is None
    )


# --- asking for what is new


def test_nothing_new_costs_a_few_statements_and_no_body(dispatcher: Client, ours: Organization) -> None:
    make_outage(organization=ours)
    etag = dispatcher.get(NOW)["ETag"]

    with CaptureQueriesContext(connection) as captured:
        answer = dispatcher.get(NOW, headers={"if-none-match": etag})

    # Session, person, roles; the watch twice and the pulse; whose board, and whose alerts.
    assert (answer.status_code, answer.content, len(captured)) == (HTTPStatus.NOT_MODIFIED, b"", 8)


@pytest.mark.django_db(transaction=True)
def test_what_is_written_is_new(dispatcher: Client, ours: Organization) -> None:
    alert = make_alert(organization=ours)
    before = dispatcher.get(NOW)
    assert f"take-{alert.uuid}" in before.content.decode()

    assert take(dispatcher, alert).status_code == HTTPStatus.OK

    after = dispatcher.get(NOW, headers={"if-none-match": before["ETag"]})
    assert after.status_code == HTTPStatus.OK
    assert f"take-{alert.uuid}" not in after.content.decode()


def test_whose_role_ends_sees_no_more_of_it(dispatcher: Client) -> None:
    etag = dispatcher.get(NOW)["ETag"]

    Membership.objects.update(until_at=timezone.now())

    assert dispatcher.get(NOW, headers={"if-none-match": etag}).status_code == HTTPStatus.FOUND


def test_a_sick_watch_is_said_on_the_board_and_on_every_page(dispatcher: Client) -> None:
    heartbeats.beat([Part.CYCLE, *LONGEST_SILENCE])
    assert dispatcher.get(WATCH).status_code == HTTPStatus.NO_CONTENT
    well = dispatcher.get(NOW)

    heartbeats.beat([part for part in LONGEST_SILENCE if part != Part.MAIL])
    heartbeats.fail([Part.MAIL], error="refused")
    with connection.cursor() as cursor:
        cursor.execute("UPDATE tracker_heartbeat SET beat_at = now() - interval '2 min' WHERE name = 'mail'")

    ill = dispatcher.get(NOW, headers={"if-none-match": well["ETag"]})
    assert 'class="watch-banner limping"' in ill.content.decode()
    assert str(Part.MAIL.label) in dispatcher.get(WATCH).content.decode()


# --- taking an alert


def test_an_alert_is_taken_and_the_journal_says_by_whom(dispatcher: Client, ours: Organization) -> None:
    alert = make_alert(organization=ours)

    assert take(dispatcher, alert).status_code == HTTPStatus.OK

    alert.refresh_from_db()
    assert alert.state == AlertState.ACKNOWLEDGED
    entry = JournalEntry.objects.get(kind="alert.acknowledged")
    assert (entry.subject_id, entry.by) == (alert.pk, alert.acknowledged_by)


def test_an_alert_that_got_worse_meanwhile_is_not_taken(dispatcher: Client, ours: Organization) -> None:
    alert = make_alert(organization=ours, generation=2)

    answer = take(dispatcher, alert, generation=1)

    alert.refresh_from_db()
    assert (answer.status_code, alert.state) == (HTTPStatus.CONFLICT, AlertState.FIRING)
    assert not JournalEntry.objects.filter(kind="alert.acknowledged").exists()


def test_an_alert_is_taken_once(dispatcher: Client, ours: Organization) -> None:
    alert = make_alert(organization=ours)

    answers = [take(dispatcher, alert).status_code for _ in range(2)]

    assert answers == [HTTPStatus.OK, HTTPStatus.CONFLICT]


@pytest.mark.parametrize("said", ["", "nonsense", "nonsense 1", f"{NOBODY} 1", NOBODY])
def test_what_names_no_alert_is_not_found(dispatcher: Client, said: str) -> None:
    assert dispatcher.post(TAKE, {"alert": said}).status_code == HTTPStatus.NOT_FOUND


def test_alerts_of_others_are_not_found(dispatcher: Client) -> None:
    alert = make_alert()

    assert take(dispatcher, alert).status_code == HTTPStatus.NOT_FOUND
    alert.refresh_from_db()
    assert alert.state == AlertState.FIRING


def test_who_may_only_look_has_no_button(client: Client, ours: Organization) -> None:
    sign_in(client, ours, Role.VIEWER)
    alert = make_alert(organization=ours)

    assert f"take-{alert.uuid}" not in client.get(HOME).content.decode()
    assert take(client, alert).status_code == HTTPStatus.NOT_FOUND


def test_without_a_script_one_is_led_back_to_the_board(dispatcher: Client, ours: Organization) -> None:
    alert = make_alert(organization=ours)
    answer = dispatcher.post(f"{TAKE}?of=real", {"alert": f"{alert.uuid} 1"}, headers={"accept": "text/html"})

    assert answer["Location"] == f"{HOME}?of=real"
    assert [message.level_tag for message in get_messages(answer.wsgi_request)] == ["success"]


def test_another_site_cannot_take_an_alert(ours: Organization) -> None:
    strict = Client(enforce_csrf_checks=True)
    sign_in(strict, ours, Role.DISPATCHER)
    alert = make_alert(organization=ours)

    assert take(strict, alert).status_code == HTTPStatus.FORBIDDEN


def test_no_part_of_the_board_needs_an_inline_script_or_style(dispatcher: Client, ours: Organization) -> None:
    make_outage(organization=ours)
    make_alert(organization=ours)
    html = dispatcher.get(HOME).content.decode()

    inline = r"<script(?![^>]*\ssrc=)[^>]*>|<style|\sstyle=|\son\w+=\""
    assert re.search(inline, html) is None
    assert "unsafe" not in dispatcher.get(HOME)["Content-Security-Policy"]

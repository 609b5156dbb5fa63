"""The watch at the desk: acknowledging alerts, duty posts, rules of one's own."""

from datetime import timedelta

import pytest
from django.contrib import admin
from django.test import Client
from django.utils import timezone

from incidents.choices import Role
from incidents.models import JournalEntry, Organization, User
from tests.desk import address, give_role, sign_in, verb_address
from tests.factories import STORM_NIGHT, make_organization, make_outage, make_user
from tests.tracker.admin.test_delivery import MAKING_DELIVERY, OF_DELIVERY
from tests.tracker.admin.test_reports import MAKING, OF_REPORTS
from tracker.choices import AlertState
from tracker.models import Alert, DutyPost, Rule, RuleLevel

CODE = "E01"
# Tested in test_rules.py beside this file.
OF_RULES = {"change", "order", "decline", "end", "end_threshold"}
NEW_OF_RULES = {"start", "set_threshold", "describe_area"}


@pytest.fixture
def ours(db: None) -> Organization:
    return make_organization()


@pytest.fixture
def at() -> str:
    return timezone.localtime(timezone.now() - timedelta(minutes=1)).strftime("%Y-%m-%dT%H:%M:%S")


@pytest.fixture
def rule(db: None) -> Rule:
    made = Rule.objects.create(
        code=CODE,
        version=1,
        name="覆冰等级升高",
        subject_type="linesection",
        severities=dict.fromkeys(("blue", "yellow", "orange", "red"), "warning"),
        source="test",
        stop_condition="等级降回正常",
        origin="catalogue",
        since_at=STORM_NIGHT,
        made_by=make_user(),
    )
    for grade in made.severities:
        RuleLevel.objects.create(rule=made, band=grade, position=1, after_min=0, roles=["D"])
    return made


def make_alert(rule: Rule, organization: Organization) -> Alert:
    return Alert.objects.create(
        rule=rule,
        rule_code=rule.code,
        subject_type="outage",
        subject_id=make_outage(organization=organization).pk,
        organization=organization,
        severity="warning",
        climb_at=STORM_NIGHT,
        opened_at=STORM_NIGHT,
        next_due_at=STORM_NIGHT,
    )


@pytest.mark.parametrize("role", [Role.DISPATCHER, Role.MANAGER])
def test_an_alert_is_acknowledged(
    client: Client, ours: Organization, rule: Rule, at: str, role: Role
) -> None:
    user = sign_in(client, ours, role)
    alert = make_alert(rule, ours)

    answer = client.post(verb_address(alert, "acknowledge"), {"at": at})

    assert answer["Location"] == address(Alert, "change", alert.pk)
    alert.refresh_from_db()
    assert (alert.state, alert.acknowledged_by) == (AlertState.ACKNOWLEDGED, user)
    assert "do/acknowledge/" not in client.get(address(Alert, "change", alert.pk)).content.decode()


@pytest.mark.parametrize("role", [Role.VIEWER, Role.ADMIN, Role.CREW_LEADER])
def test_an_alert_is_not_acknowledged_by_who_only_looks(
    client: Client, ours: Organization, rule: Rule, at: str, role: Role
) -> None:
    sign_in(client, ours, role)
    alert = make_alert(rule, ours)

    assert client.post(verb_address(alert, "acknowledge"), {"at": at}).status_code == 403
    alert.refresh_from_db()
    assert alert.state == AlertState.FIRING


def test_all_alerts_of_a_list_are_acknowledged_at_once(
    client: Client, ours: Organization, rule: Rule, at: str
) -> None:
    sign_in(client, ours, Role.DISPATCHER)
    alerts = [make_alert(rule, ours) for _ in range(2)]
    chosen = {"action": "acknowledge", "_selected_action": [alert.pk for alert in alerts]}

    form = client.post(address(Alert, "changelist"), chosen)
    looked = client.post(form["Location"], {"at": at}).context
    assert set(Alert.objects.values_list("state", flat=True)) == {AlertState.FIRING}
    versions = [f"{one.row.pk}:{one.version}" for one in looked["outcomes"]]
    sent = {"at": at, "looked": looked["looked"], "page": str(looked["page"]), "version": versions}
    client.post(form["Location"], sent | {"do": "1"})

    assert set(Alert.objects.values_list("state", flat=True)) == {AlertState.ACKNOWLEDGED}


def test_an_alert_leads_to_what_it_is_about(client: Client, ours: Organization, rule: Rule) -> None:
    sign_in(client, ours, Role.VIEWER)
    alert = make_alert(rule, ours)

    html = client.get(address(Alert, "change", alert.pk)).content.decode()

    assert f'href="/admin/incidents/outage/{alert.subject_id}/change/"' in html


def test_a_person_takes_and_leaves_a_duty_post(client: Client, ours: Organization, at: str) -> None:
    sign_in(client, ours, Role.DISPATCHER)
    officer = give_role(make_user(), ours, Role.VIEWER)
    wanted = {"user": officer.pk, "organization": ours.pk, "role": "D", "at": at}

    client.post(address(DutyPost, "add"), wanted)
    post = DutyPost.objects.get()
    later = timezone.localtime().strftime("%Y-%m-%dT%H:%M:%S")
    client.post(verb_address(post, "leave"), {"at": later})

    post.refresh_from_db()
    assert (post.user, post.role) == (officer, "D")
    assert post.until_at is not None
    assert [entry.kind for entry in JournalEntry.objects.order_by("pk")] == [
        "duty_post.taken",
        "duty_post.left",
    ]


def test_nobody_is_put_on_duty_elsewhere(client: Client, ours: Organization, at: str) -> None:
    user = sign_in(client, ours, Role.DISPATCHER)
    elsewhere = make_organization()

    answer = client.post(
        address(DutyPost, "add"), {"user": user.pk, "organization": elsewhere.pk, "role": "D", "at": at}
    )

    assert set(answer.context["form"].errors) == {"organization"}
    assert not DutyPost.objects.exists()


def test_a_company_sets_a_rule_of_its_own(client: Client, ours: Organization, rule: Rule, at: str) -> None:
    user = sign_in(client, ours, Role.ADMIN)
    wanted = {"rule": rule.pk, "organization": ours.pk, "ack_min": "30", "source": "公司规定", "at": at}

    client.post(address(Rule, "add"), wanted)

    own = Rule.objects.get(organization=ours)
    assert (own.code, own.version, own.enabled, own.ack_min, own.made_by) == (CODE, 1, False, 30, user)
    assert own.levels.count() == 4
    rule.refresh_from_db()
    assert rule.replaced_at is None


def test_only_a_superuser_sets_a_rule_for_everybody(
    client: Client, ours: Organization, rule: Rule, at: str
) -> None:
    user = sign_in(client, ours, Role.ADMIN)
    wanted = {"rule": rule.pk, "ack_min": "30", "enabled": "on", "source": "公司规定", "at": at}

    refused = client.post(address(Rule, "add"), wanted)
    User.objects.filter(pk=user.pk).update(is_superuser=True)
    allowed = client.post(address(Rule, "add"), wanted)

    assert set(refused.context["form"].errors) == {"organization"}
    assert allowed.status_code == 302
    assert Rule.objects.get(version=2).organization is None


def test_every_verb_of_the_watch_is_tested_here() -> None:
    pages = {
        model: page for model, page in admin.site._registry.items() if model._meta.app_label == "tracker"
    }
    verbs = {verb.name for page in pages.values() for verb in page.verbs}  # type: ignore[attr-defined]
    new = {page.add_verb.name for page in pages.values() if page.add_verb}  # type: ignore[attr-defined]

    assert (verbs, new) == (
        {
            *OF_RULES,
            *OF_REPORTS,
            *OF_DELIVERY,
            "acknowledge",
            "snooze",
            "resolve",
            "leave",
            "override",
            "offer",
            "agree",
            "decline",
            "need_no_more",
            "revoke_feed",
            "end",
        },
        {
            *NEW_OF_RULES,
            *MAKING,
            *MAKING_DELIVERY,
            "take",
            "publish",
            "need",
            "wish",
            "make_feed",
            "rotate",
            "switch",
        },
    )

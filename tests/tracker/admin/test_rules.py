"""Rules, response levels and thresholds at the desk."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from incidents.choices import Role
from incidents.journal import Actor
from incidents.models import JournalEntry, Organization, User
from tests.desk import address, sign_in, verb_address
from tests.factories import STORM_NIGHT, make_organization, make_user
from tests.tracker.models.test_rule_constraints import proposal, response, threshold
from tests.tracker.watchers import make_hook, make_post
from tracker.models import AreaProfile, EmergencyResponse, ResponseThreshold, Rule
from tracker.services import preview, rules
from tracker.services.catalogue import CATALOGUE
from tracker.services.wanted import Wanted, in_words, spoken

pytestmark = pytest.mark.django_db


def wanted(code: str) -> Wanted:
    return next(each for each in CATALOGUE if each.code == code)


@pytest.fixture
def ours(db: None) -> Organization:
    return make_organization()


@pytest.fixture
def at() -> str:
    return timezone.localtime(timezone.now() - timedelta(minutes=1)).strftime("%Y-%m-%dT%H:%M:%S")


@pytest.fixture
def own_rule(ours: Organization, by: Actor) -> Rule:
    """Rule E05 as a company has made it its own."""
    return rules.publish(wanted("E05"), at=STORM_NIGHT, by=by, organization=ours)


def typed_in(rule: Rule, at: str, **over: Any) -> dict[str, Any]:
    said = rules.said_by(rule)
    return {
        "enabled": "on",
        "for_s": said.for_s,
        "clear_s": said.clear_s,
        "ack_min": said.ack_min,
        "quiet": said.quiet,
        "storm_policy": said.storm_policy,
        "stop_condition": said.stop_condition,
        "source": "公司规定",
        "at": at,
        "param_after_min": "8",
        "param_important_min": "3",
        "severity_": "critical",
        "ladder_": "0 D; 8 S; again 15 x 4",
    } | over


def test_thresholds_and_rungs_are_changed_in_a_form(
    client: Client, ours: Organization, own_rule: Rule, at: str
) -> None:
    user = sign_in(client, ours, Role.ADMIN)
    form = client.get(verb_address(own_rule, "change")).content.decode()

    answer = client.post(verb_address(own_rule, "change"), typed_in(own_rule, at))

    assert 'value="0 D; 5 S; 10 O; 30 V; again 10"' in form
    assert "told" in answer.context, answer.context["form"].errors
    new = Rule.objects.get(organization=ours, replaced_at=None)
    said = rules.said_by(new)
    assert (new.version, new.made_by, new.source) == (2, user, "公司规定")
    assert said.params == {"after_min": 8, "important_min": 3}
    assert in_words(said.ladders[""]) == "0 D; 8 S; again 15 x 4"
    own_rule.refresh_from_db()
    assert own_rule.replaced_at is not None


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("param_after_min", "0"),
        ("param_after_min", "x"),
        ("ladder_", "at once D"),
        ("ladder_", "0 X"),
        ("ladder_", "0 D; 5 S again"),
        ("severity_", "grave"),
    ],
)
def test_what_makes_no_sense_is_refused_at_its_field(
    client: Client, ours: Organization, own_rule: Rule, at: str, field: str, value: str
) -> None:
    sign_in(client, ours, Role.ADMIN)

    answer = client.post(verb_address(own_rule, "change"), typed_in(own_rule, at, **{field: value}))

    assert set(answer.context["form"].errors) == {field}
    assert Rule.objects.count() == 1


@pytest.mark.parametrize("role", [Role.VIEWER, Role.DISPATCHER])
def test_only_who_manages_changes_a_rule(
    client: Client, ours: Organization, own_rule: Rule, at: str, role: Role
) -> None:
    sign_in(client, ours, role)

    assert client.post(verb_address(own_rule, "change"), typed_in(own_rule, at)).status_code == 403
    assert Rule.objects.count() == 1


def test_the_page_says_what_a_rule_does_and_what_is_odd(
    client: Client, ours: Organization, own_rule: Rule
) -> None:
    user = sign_in(client, ours, Role.ADMIN)
    User.objects.filter(pk=user.pk).update(language="zh-hans")

    html = client.get(address(Rule, "change", own_rule.pk)).content.decode()

    assert "此后每10分钟重复告知全部人员，直到确认。" in html
    assert "目前无人可告知" in html


def test_a_rule_in_plain_words_in_english() -> None:
    said = preview.describe(wanted("E01"), language="en")

    assert said[0] == "BLUE: at once Duty officer."
    assert said[2] == (
        "ORANGE: at once Duty officer, Head of the supply station, Distribution operations chief,"
        " Emergency office; after 15 min Deputy general manager; then everybody again every 60 min until"
        " somebody acknowledges."
    )
    assert said[4] == "An acknowledgement holds for 60 min."


def test_a_rule_in_plain_words_in_chinese() -> None:
    orange = preview.describe(wanted("E01"), language="zh-hans")[2]

    assert orange.startswith("橙色：立即告知值班员、")
    assert "；15分钟后告知分管副总；此后每60分钟重复告知全部人员，直到确认。" in orange


def test_every_threshold_has_a_name_in_both_languages() -> None:
    for each in CATALOGUE:
        for name in each.params:
            assert preview.param_named(name, language="zh-hans")
            assert preview.param_named(name, language="en")


@pytest.mark.parametrize(
    ("ladder", "found"),
    [
        ("", "E05 has no rung: nobody is ever told."),
        ("0 D; 30 V; again 10", "climbs after 30 min, slower than it repeats (every 10 min)."),
        ("0 D", "is critical and does not repeat: one mail, then silence."),
        ("0 S; again 5", "reaches nobody in 县公司 now"),
        ("0 S @li; again 5", "rung 1, reaches people by name only"),
        ("0 D; again 5", None),
        ("0 D; 5 D via webhook; again 5", "rung 2, asks for a gateway: 县公司 has none"),
        ("0 D via both; again 5", "rung 1, asks for a gateway: 县公司 has none"),
    ],
)
def test_lint(ladder: str, found: str | None) -> None:
    company = make_organization(name="县公司")
    make_post("D", organization=company)
    make_user(username="li")
    rungs = spoken(ladder)
    said = replace(wanted("E05"), name="E05", ladders={"": rungs} if rungs else {})

    odd = preview.findings(said, organization=company, now=STORM_NIGHT, language="en")

    assert (odd == []) if found is None else any(found in each for each in odd), odd


def test_a_gateway_above_is_one_and_words_name_it() -> None:
    city = make_organization()
    company = make_organization(parent=city)
    make_post("D", organization=company)
    make_hook(organization=city)
    said = replace(wanted("E05"), ladders={"": spoken("0 D via both; 5 D via webhook; again 5")})

    assert preview.findings(said, organization=company, now=STORM_NIGHT, language="en") == []
    told = preview.describe(said, language="en")[0]
    assert told.startswith(
        "at once Duty officer (by mail and through the gateway); "
        "after 5 min Duty officer (through the gateway)"
    )


def test_lint_finds_a_rung_that_a_worse_band_comes_before_and_thresholds_that_do_not_fit() -> None:
    said = replace(
        wanted("E09"),
        ladders={**wanted("E09").ladders, "1": spoken("0 O; 120 E")},
        params={"hours_1": 2, "hours_2": 4},
    )

    odd = preview.findings(said, organization=None, now=STORM_NIGHT, language="en")

    assert "step 1, rung 2 (after 120 min), is never reached: a worse band begins after 120 min." in odd
    assert "Thresholds do not fit the condition: hours_3, hours_4, hours_5." in odd


def test_a_proposal_is_ordered_or_declined(client: Client, ours: Organization, at: str) -> None:
    user = sign_in(client, ours, Role.DISPATCHER)
    row = proposal(organization=ours)
    drill = proposal(organization=ours, is_exercise=True)

    client.post(verb_address(row, "order"), {"at": at})
    client.post(verb_address(drill, "decline"), {"at": at, "reason": "演练结束"})

    started = EmergencyResponse.objects.get(state="started")
    assert (started.organization, started.decided_by) == (ours, user)
    drill.refresh_from_db()
    assert drill.state == "declined"


def test_a_response_is_started_changed_and_ended(client: Client, ours: Organization, at: str) -> None:
    sign_in(client, ours, Role.DISPATCHER)
    client.post(
        address(EmergencyResponse, "add"),
        {"organization": ours.pk, "level": "III", "basis": "命令", "at": at},
    )
    row = EmergencyResponse.objects.get()
    now = timezone.localtime().strftime("%Y-%m-%dT%H:%M:%S")
    client.post(verb_address(row, "change"), {"level": "II", "basis": "加重", "at": now})
    raised = EmergencyResponse.objects.get(state="started")
    client.post(verb_address(raised, "end"), {"at": now, "reason": "结束"})

    assert [entry.kind for entry in JournalEntry.objects.order_by("pk")] == [
        "emergency_response.started",
        "emergency_response.ended",
        "emergency_response.raised",
        "emergency_response.ended",
    ]


@pytest.mark.parametrize("role", [Role.VIEWER, Role.ADMIN])
def test_only_who_operates_decides(client: Client, ours: Organization, at: str, role: Role) -> None:
    sign_in(client, ours, role)
    row = response(organization=ours)

    assert client.post(verb_address(row, "end"), {"at": at, "reason": "结束"}).status_code == 403
    row.refresh_from_db()
    assert row.state == "started"


def test_thresholds_are_dated_rows(client: Client, ours: Organization) -> None:
    sign_in(client, ours, Role.ADMIN)
    old = threshold(organization=ours)
    form = {
        "kind": "company",
        "organization": ours.pk,
        "level": "IV",
        "clause": "1",
        "measure": "lines_out",
        "at_least": "2",
        "valid_from": "2024-03-01",
        "basis": "本公司预案",
    }

    client.post(address(ResponseThreshold, "add"), form)
    new = ResponseThreshold.objects.get(valid_to=None)
    client.post(verb_address(new, "end_threshold"), {"valid_to": "2024-04-01"})

    old.refresh_from_db()
    new.refresh_from_db()
    assert (str(old.valid_to), str(new.valid_from), str(new.valid_to)) == (
        "2024-03-01",
        "2024-03-01",
        "2024-04-01",
    )


def test_an_area_is_described(client: Client, ours: Organization) -> None:
    sign_in(client, ours, Role.ADMIN)

    client.post(
        address(AreaProfile, "add"),
        {"organization": ours.pk, "customers": "300000", "valid_from": "2024-01-01", "source": "年报"},
    )

    assert AreaProfile.objects.get().customers == 300_000

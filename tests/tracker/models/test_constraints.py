"""Every rule that a row of the watch can break is broken here."""

from collections.abc import Callable
from typing import Any

import pytest
from django.db import IntegrityError, transaction
from django.db.models import Model

from incidents.choices import Grade
from tests.factories import STORM_NIGHT, make_organization, make_user
from tests.tracker.watchers import load_rules, make_alert, make_notification, make_post, minutes
from tracker.models import (
    Alert,
    AlertEvent,
    CalendarFeed,
    DutyNeed,
    DutyPost,
    DutySwap,
    DutyWish,
    Heartbeat,
    Notification,
    Rotation,
    RotationMember,
    Rule,
    RuleLevel,
    StormMode,
)

pytestmark = pytest.mark.django_db


def make_rule(**over: Any) -> Rule:
    values: dict[str, Any] = {
        "code": "E77",
        "version": 1,
        "name": "试",
        "subject_type": "line",
        "severities": {"": "notice"},
        "source": "our default",
        "stop_condition": "够了",
        "origin": "company",
        "since_at": STORM_NIGHT,
    } | over
    return Rule.objects.create(made_by=values.pop("made_by", None) or make_user(), **values)


def make_level(**over: Any) -> RuleLevel:
    values: dict[str, Any] = {"position": 1, "after_min": 0, "roles": ["D"]} | over
    return RuleLevel.objects.create(rule=values.pop("rule", None) or make_rule(), **values)


def make_event(**over: Any) -> AlertEvent:
    values: dict[str, Any] = {"at": STORM_NIGHT, "kind": "opened", "generation": 1} | over
    return AlertEvent.objects.create(alert=values.pop("alert", None) or make_alert(), **values)


def refused(constraint: str, make: Callable[..., Model], /, **over: Any) -> None:
    with pytest.raises(IntegrityError, match=constraint), transaction.atomic():
        make(**over)


def make_rotation(**over: Any) -> Rotation:
    values: dict[str, Any] = {
        "role": "D",
        "name": "配调值班",
        "pattern": "daily",
        "starts_at": STORM_NIGHT,
        "planned_until": STORM_NIGHT,
        "next_due_at": STORM_NIGHT,
    } | over
    return Rotation.objects.create(
        organization=values.pop("organization", None) or make_organization(), **values
    )


def make_swap(**over: Any) -> DutySwap:
    values: dict[str, Any] = {"offered_at": STORM_NIGHT} | over
    offered = values.pop("offered", None) or make_post("D")
    by = values.pop("offered_by", None) or offered.user
    if values.pop("by_himself", False):
        values["answered_by"] = by
    return DutySwap.objects.create(
        offered=offered, wanted=values.pop("wanted", None) or make_post("D"), offered_by=by, **values
    )


def make_swap_with_itself() -> DutySwap:
    post = make_post("D")
    return make_swap(offered=post, wanted=post)


def make_need(**over: Any) -> DutyNeed:
    values: dict[str, Any] = {"role": "D", "since_at": STORM_NIGHT} | over
    return DutyNeed.objects.create(
        organization=values.pop("organization", None) or make_organization(), **values
    )


def make_feed(**over: Any) -> CalendarFeed:
    return CalendarFeed.objects.create(
        user=make_user(), **{"token_digest": "0" * 64, "made_at": STORM_NIGHT} | over
    )


def make_storm_mode(**over: Any) -> StormMode:
    values: dict[str, Any] = {
        "switch": "counted",
        "since_at": STORM_NIGHT,
        "until_at": minutes(30),
        "alerts": 10,
    } | over
    if values.get("made_by") == BY:
        values["made_by"] = make_user()
    return StormMode.objects.create(
        organization=values.pop("organization", None) or make_organization(), **values
    )


BY = "somebody"


def itself(row: Model, field: str) -> Model:
    type(row)._default_manager.filter(pk=row.pk).update(**{field: row.pk})
    return row


HELD = {"state": "held", "next_try_at": None, "held_until": STORM_NIGHT, "held_by": "storm"}
ENDED = {"state": "resolved", "resolved_at": STORM_NIGHT, "resolved_why": "cleared", "next_due_at": None}


@pytest.mark.parametrize(
    ("rule", "make", "over"),
    [
        ("rule_code_is_a_letter_and_two_digits", make_rule, {"code": "E1"}),
        ("rule_version_from_one", make_rule, {"version": 0}),
        ("rule_ack_min_in_range", make_rule, {"ack_min": 0}),
        ("rule_ack_min_in_range", make_rule, {"ack_min": 1441}),
        ("rule_names_its_source", make_rule, {"source": ""}),
        ("rule_names_its_source", make_rule, {"name": ""}),
        ("rule_names_its_source", make_rule, {"stop_condition": ""}),
        ("rule_names_its_source", make_rule, {"subject_type": ""}),
        ("rule_since_replaced_in_order", make_rule, {"replaced_at": minutes(-1)}),
        ("level_position_from_one", make_level, {"position": 0}),
        ("level_after_within_a_year", make_level, {"after_min": 525_601}),
        ("level_names_known_roles", make_level, {"roles": []}),
        ("level_names_known_roles", make_level, {"roles": ["D", "X"]}),
        ("level_repeat_in_range", make_level, {"repeat_min": 0}),
        ("level_repeat_in_range", make_level, {"repeat_min": 525_601}),
        ("level_max_repeats_needs_a_pace", make_level, {"max_repeats": 1}),
        ("level_max_repeats_needs_a_pace", make_level, {"max_repeats": 0, "repeat_min": 5}),
        ("duty_since_until_in_order", make_post, {"role": "D", "until_at": minutes(-61)}),
        ("duty_role_is_known", make_post, {"role": "X"}),
        ("alert_severity_is_known", make_alert, {"severity": "grave"}),
        ("alert_counts_from_one", make_alert, {"generation": 0}),
        ("alert_counts_from_one", make_alert, {"next_step": 0}),
        ("alert_climbs_after_it_opened", make_alert, {"climb_at": minutes(-1)}),
        ("alert_acknowledgement_is_whole", make_alert, {"state": "acknowledged"}),
        ("alert_acknowledgement_is_whole", make_alert, {"acknowledged_at": STORM_NIGHT}),
        ("alert_end_is_whole", make_alert, {"resolved_at": STORM_NIGHT}),
        ("alert_end_is_whole", make_alert, ENDED | {"resolved_at": None}),
        ("alert_end_is_whole", make_alert, ENDED | {"resolved_why": ""}),
        ("alert_end_is_whole", make_alert, ENDED | {"next_due_at": STORM_NIGHT}),
        ("alert_opened_resolved_in_order", make_alert, ENDED | {"resolved_at": minutes(-1)}),
        ("alert_event_kind_is_known", make_event, {"kind": "seen"}),
        ("alert_event_step_fits_kind", make_event, {"kind": "told"}),
        ("alert_event_step_fits_kind", make_event, {"step": 1}),
        ("notification_counts_from_one", make_notification, {"level": 0}),
        ("notification_counts_from_one", make_notification, {"generation": 0}),
        ("notification_has_an_address", make_notification, {"address": ""}),
        ("notification_owed_or_settled", make_notification, {"next_try_at": None}),
        ("notification_owed_or_settled", make_notification, {"state": "superseded"}),
        ("notification_lease_is_whole", make_notification, {"state": "leased", "next_try_at": None}),
        ("notification_lease_is_whole", make_notification, {"lease_until": STORM_NIGHT}),
        ("notification_accepted_is_whole", make_notification, {"state": "accepted", "next_try_at": None}),
        ("notification_accepted_is_whole", make_notification, {"accepted_at": STORM_NIGHT}),
        ("notification_failed_with_an_error", make_notification, {"state": "failed", "next_try_at": None}),
        ("notification_uncertain_with_a_doubt", make_notification, {"state": "uncertain"}),
        ("notification_is_about_one_thing", make_notification, {"kind": "digest"}),
        ("notification_is_about_one_thing", make_notification, {"kind": "shift"}),
        ("notification_held_says_until_when_and_why", make_notification, HELD | {"held_until": None}),
        ("notification_held_says_until_when_and_why", make_notification, HELD | {"held_by": "mood"}),
        ("notification_held_says_until_when_and_why", make_notification, {"held_until": STORM_NIGHT}),
        ("notification_owed_or_settled", make_notification, HELD | {"next_try_at": STORM_NIGHT}),
        ("notification_digested_in_a_digest", make_notification, HELD | {"state": "digested"}),
        ("alert_ended_by_a_person_is_whole", make_alert, ENDED | {"resolved_why": "by_person"}),
        ("alert_ended_by_a_person_is_whole", make_alert, ENDED | {"is_shut": True}),
        ("rotation_role_is_known", make_rotation, {"role": "X"}),
        ("rotation_pattern_is_known", make_rotation, {"pattern": "moody"}),
        ("rotation_ended_plans_nothing", make_rotation, {"ends_at": STORM_NIGHT}),
        ("rotation_ended_plans_nothing", make_rotation, {"next_due_at": None}),
        ("swap_answer_is_whole", make_swap, {"state": "agreed"}),
        ("swap_answer_is_whole", make_swap, {"answered_at": STORM_NIGHT}),
        (
            "swap_is_answered_by_the_other",
            make_swap,
            {"state": "agreed", "answered_at": STORM_NIGHT, "by_himself": True},
        ),
        (
            "swap_offered_answered_in_order",
            make_swap,
            {"state": "declined", "answered_at": minutes(-1), "by_himself": True},
        ),
        ("swap_is_of_two_shifts", make_swap_with_itself, {}),
        ("need_role_is_known", make_need, {"role": "X"}),
        ("need_since_until_in_order", make_need, {"until_at": minutes(-1)}),
        ("feed_keeps_a_digest_only", make_feed, {"token_digest": "secret"}),
        ("feed_made_revoked_in_order", make_feed, {"revoked_at": minutes(-1)}),
        ("storm_mode_since_until_in_order", make_storm_mode, {"until_at": minutes(-1)}),
        (
            "storm_mode_switch_is_known",
            make_storm_mode,
            {"switch": "maybe", "alerts": None, "reason": "?", "made_by": BY},
        ),
        ("storm_mode_is_somebodys", make_storm_mode, {"alerts": None}),
        ("storm_mode_is_somebodys", make_storm_mode, {"switch": "on", "alerts": None}),
        ("heartbeat_of_a_known_part", Heartbeat.objects.create, {"name": "cat"}),
    ],
)
def test_a_row_that_breaks_a_rule_is_refused(
    rule: str, make: Callable[..., Model], over: dict[str, Any]
) -> None:
    refused(rule, make, **over)


def test_nothing_stands_for_itself() -> None:
    post, alert = make_post("D"), make_alert()

    refused("duty_is_not_instead_of_itself", lambda: itself(post, "instead_of"))
    refused("alert_does_not_explain_itself", lambda: itself(alert, "folded_under"))


def test_what_is_there_once_of_a_roster() -> None:
    rotation, swap, need = make_rotation(), make_swap(), make_need()
    member = RotationMember.objects.create(rotation=rotation, position=0, user=make_user())
    make = RotationMember.objects.create

    refused("rotation_place_once", make, rotation=rotation, position=0, user=make_user())
    refused("rotation_person_once", make, rotation=rotation, position=1, user=member.user)
    refused("swap_offered_once", make_swap, offered=swap.offered, wanted=swap.wanted)
    refused("need_once_at_a_time", make_need, organization=need.organization)


def test_storm_mode_is_counted_once_and_switched_once_at_a_time() -> None:
    mode = make_storm_mode()
    where = {"organization": mode.organization}
    on = where | {"switch": "on", "alerts": None, "made_by": make_user(), "reason": "冰灾"}

    refused("storm_mode_counted_once_at_a_time", make_storm_mode, **where)
    make_storm_mode(**where, is_exercise=True)
    make_storm_mode(**on)
    refused("storm_mode_switched_once_at_a_time", make_storm_mode, **on | {"switch": "off"})
    assert StormMode.objects.count() == 3


@pytest.mark.parametrize("organization", [None, "own"])
def test_a_rule_has_one_current_version_and_every_version_once(organization: str | None) -> None:
    whose = make_organization() if organization else None
    make_rule(organization=whose)

    refused("rule_one_current_version", make_rule, organization=whose, version=2)
    refused("rule_version_once", make_rule, organization=whose, replaced_at=STORM_NIGHT)
    make_rule(organization=whose, version=2, replaced_at=STORM_NIGHT)


def test_a_rung_is_there_once() -> None:
    level = make_level()

    refused("level_position_once", make_level, rule=level.rule)


def test_a_post_is_held_once_at_a_time_and_by_several_people() -> None:
    post = make_post("D", until_at=minutes(0))

    refused(
        "duty_held_once_at_a_time",
        make_post,
        role="D",
        organization=post.organization,
        user=post.user,
        since_at=minutes(-1),
    )
    make_post("D", organization=post.organization, user=post.user, since_at=minutes(0))
    make_post("D", organization=post.organization)
    assert DutyPost.objects.count() == 3


def test_a_subject_has_one_open_alert_a_rule_drill_and_real_apart() -> None:
    alert = make_alert()
    same = {"subject_id": alert.subject_id, "rule": alert.rule}

    refused("alert_one_open_per_subject", make_alert, **same)
    make_alert(**same, is_exercise=True)
    make_alert(**same, **ENDED)
    assert Alert.objects.count() == 3


def test_a_person_is_told_once_of_a_step() -> None:
    row = make_notification()
    same = {"alert": row.alert, "recipient": row.recipient}

    refused("notification_once", make_notification, **same)
    refused("notification_message_id", make_notification, message_id=row.message_id)
    make_notification(**same, repeat=1)
    assert Notification.objects.count() == 2


@pytest.mark.parametrize(
    "change", [{"name": "改"}, {"enabled": False}, {"params": {"a": 1}}, {"replaced_at": None}]
)
def test_rule_version_is_frozen(change: dict[str, Any]) -> None:
    rule = load_rules()

    with pytest.raises(IntegrityError, match="never changes"), transaction.atomic():
        Rule.objects.filter(pk=rule.pk).update(**change)
    with pytest.raises(IntegrityError, match="never changes"), transaction.atomic():
        Rule.objects.filter(pk=rule.pk).update(**{"replaced_at": minutes(1), "name": "改"} | change)

    Rule.objects.filter(pk=rule.pk).update(replaced_at=minutes(1))
    with pytest.raises(IntegrityError, match="never changes"), transaction.atomic():
        Rule.objects.filter(pk=rule.pk).update(replaced_at=minutes(2))


def test_rule_version_is_not_deleted() -> None:
    rule = make_rule()

    with pytest.raises(IntegrityError, match="never changes"), transaction.atomic():
        rule.delete()


def test_level_is_frozen_and_alert_event_is_append_only() -> None:
    level, event = make_level(), make_event()

    for row in (level, event):
        with pytest.raises(IntegrityError, match="append-only"), transaction.atomic():
            type(row).objects.filter(pk=row.pk).update(id=row.pk + 1)
        with pytest.raises(IntegrityError, match="append-only"), transaction.atomic():
            row.delete()


def test_every_row_says_what_it_is() -> None:
    alert = make_alert(is_exercise=True, subject_id=7)
    row = make_notification(alert=alert, subject="主题")
    post = make_post("D")

    assert str(alert) == f"【演练】E01 {Grade.RED.label} 横岗线 S1"
    assert make_alert(band="", facts={}, subject_id=8).what == "linesection 8"
    assert str(row) == f"{row.address}: 主题"
    assert str(post) == f"{post.user} · {post.get_role_display()} · {post.organization}"
    assert str(make_event(alert=alert)) == alert.events.get().get_kind_display()
    assert str(alert.rule) == "E01 覆冰等级升高 v1"
    assert str(alert.rule.levels.get(band="red", position=2)) == "E01 red 2"
    swap, rotation = make_swap(offered=post), make_rotation()
    assert str(swap) == f"{post} ⇄ {swap.wanted}"
    assert str(rotation) == f"配调值班 · {rotation.organization}"
    member = RotationMember(rotation=rotation, position=0, user=post.user)
    assert str(member) == f"1. {post.user}"
    need, mode = make_need(), make_storm_mode()
    assert str(need) == f"{need.get_role_display()} · {need.organization}"
    assert str(mode) == f"{mode.organization} · {mode.get_switch_display()}"
    feed = make_feed()
    assert str(feed) == str(DutyWish(user=feed.user)) == str(feed.user)
    assert str(Heartbeat(name="beat")) == Heartbeat(name="beat").get_name_display()

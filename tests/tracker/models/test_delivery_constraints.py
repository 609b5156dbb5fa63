"""Every rule that a gateway, a mail that came back or a failure of the watch can break is broken here."""

from typing import Any

import pytest

from tests.factories import STORM_NIGHT, make_organization, make_user
from tests.tracker.models.test_constraints import make_level, refused
from tests.tracker.watchers import make_hook, make_message, make_notification, minutes
from tracker.models import Bounce, Hook, WatchFailure

pytestmark = pytest.mark.django_db


def make_raw_hook(**over: Any) -> Hook:
    values: dict[str, Any] = {
        "name": "网关",
        "url": "http://10.0.0.5/",
        "languages": ["zh-hans"],
        "secret_digest": "0" * 64,
        "secret_made_at": STORM_NIGHT,
        "made_at": STORM_NIGHT,
    } | over
    return Hook.objects.create(made_by=make_user(), **values)


def make_bounce(**over: Any) -> Bounce:
    row = make_notification()
    values: dict[str, Any] = {"at": STORM_NIGHT, "told": "550"} | over
    return Bounce.objects.create(user=row.recipient, notification=row, address=row.address, **values)


def make_failure(**over: Any) -> WatchFailure:
    values: dict[str, Any] = {"why": "dead", "began_at": STORM_NIGHT} | over
    return WatchFailure.objects.create(**values)


def test_an_organisation_has_one_gateway_at_work_and_everybody_one() -> None:
    ours = make_organization()
    for owner in (ours, None):
        make_raw_hook(organization=owner)
        refused("hook_one_at_work_an_organization", make_raw_hook, organization=owner)
        make_raw_hook(organization=owner, enabled=False)


@pytest.mark.parametrize(
    "url", ["file:///etc/passwd", "ftp://x/", "http://", "http://a@b/", "http://a b/", ""]
)
def test_a_gateway_speaks_http(url: str) -> None:
    refused("hook_speaks_http", make_raw_hook, url=url)


@pytest.mark.parametrize("languages", [[], ["fr"], ["zh-hans", "fr"]])
def test_it_carries_languages_that_we_write(languages: list[str]) -> None:
    refused("hook_carries_known_languages", make_raw_hook, languages=languages)


def test_its_format_is_known_and_its_secret_is_not_kept() -> None:
    refused("hook_format_is_known", make_raw_hook, format="xml")
    refused("hook_keeps_a_digest_only", make_raw_hook, secret_digest="ice_secret")


@pytest.mark.parametrize(
    "over",
    [
        {"failures": 1},
        {"failing_since": STORM_NIGHT},
        {"failures": 1, "failing_since": STORM_NIGHT},
        {"rests_until": STORM_NIGHT},
    ],
)
def test_one_that_fails_says_since_when_and_rests(over: dict[str, Any]) -> None:
    refused("hook_failing_is_whole", make_raw_hook, **over)


def test_a_rung_knows_its_channel() -> None:
    rule = make_level(channel="both").rule
    refused("level_channel_is_known", make_level, rule=rule, position=2, channel="fax")


def test_a_message_names_its_gateway_and_a_mail_none() -> None:
    refused("notification_through_a_gateway_names_it", make_notification, channel="webhook")
    refused("notification_through_a_gateway_names_it", make_notification, hook=make_hook())
    refused("notification_through_a_gateway_names_it", make_notification, channel="fax")


@pytest.mark.parametrize(
    "over",
    [
        {"state": "bounced", "next_try_at": None},
        {"bounced_at": STORM_NIGHT},
        {"bounce": "550"},
        {"state": "bounced", "next_try_at": None, "bounced_at": STORM_NIGHT},
    ],
)
def test_a_mail_that_came_back_says_when_and_why(over: dict[str, Any]) -> None:
    refused("notification_bounced_says_when_and_why", make_notification, **over)


def test_a_message_does_not_come_back() -> None:
    over = {"state": "bounced", "next_try_at": None, "bounced_at": STORM_NIGHT, "bounce": "550"}
    make_notification(**over, accepted_at=STORM_NIGHT)

    refused("notification_bounced_says_when_and_why", make_message, hook=make_hook(), **over)


def test_one_that_came_back_is_owed_no_more() -> None:
    over = {"state": "bounced", "bounced_at": STORM_NIGHT, "bounce": "550"}
    refused("notification_owed_or_settled", make_notification, **over, next_try_at=minutes(1))


def test_a_bounce_is_cleared_after_it_came_by_a_person_with_a_reason() -> None:
    make_bounce(cleared_at=minutes(1))
    refused("bounce_at_cleared_in_order", make_bounce, cleared_at=minutes(-1))
    refused("bounce_cleared_is_whole", make_bounce, cleared_at=minutes(1), reason="好了")
    refused("bounce_cleared_is_whole", make_bounce, cleared_at=minutes(1), cleared_by=make_user())
    refused("bounce_cleared_is_whole", make_bounce, cleared_by=make_user(), reason="好了")


def test_a_failure_of_the_watch_is_one_at_a_time_known_and_in_order() -> None:
    make_failure()
    refused("watch_failure_one_at_a_time", make_failure)
    make_failure(ended_at=minutes(1))
    refused("watch_failure_is_known", make_failure, why="tired")
    refused("watch_failure_began_ended_in_order", make_failure, why="late", ended_at=minutes(-1))

from datetime import timedelta
from typing import Any

import pytest

from incidents.models import WeatherWarning
from tests.constraints import breaks
from tests.factories import STORM_NIGHT, make_warning

pytestmark = pytest.mark.django_db
EARLIER = STORM_NIGHT - timedelta(minutes=1)


@pytest.mark.parametrize(
    ("rule", "over"),
    [
        ("weather_warning_has_an_issuer", {"issuer": ""}),
        ("weather_warning_has_a_text", {"text": ""}),
        ("weather_warning_issued_expires_in_order", {"expires_at": EARLIER, "valid_from_at": EARLIER}),
        (
            "weather_warning_valid_from_expires_in_order",
            {"expires_at": STORM_NIGHT, "valid_from_at": STORM_NIGHT + timedelta(minutes=1)},
        ),
        ("weather_warning_issued_cancelled_in_order", {"cancelled_at": EARLIER, "cancel_reason": "解除"}),
        ("weather_warning_cancelled_with_a_reason", {"cancelled_at": STORM_NIGHT}),
        ("weather_warning_cancelled_with_a_reason", {"cancel_reason": "解除"}),
    ],
)
def test_refuses_a_warning_that_cannot_be(rule: str, over: dict[str, Any]) -> None:
    with breaks(rule):
        make_warning(**over)


def test_one_warning_takes_the_place_of_another() -> None:
    first = make_warning()
    make_warning(update_of=first)

    with breaks("weather_warning_superseded_once"):
        make_warning(update_of=first)

    assert WeatherWarning.objects.count() == 2


@pytest.mark.parametrize("change", [{"text": "改写"}, {"level": "blue"}, {"issued_at": EARLIER}])
def test_a_warning_is_never_edited(change: dict[str, Any]) -> None:
    warning = make_warning()

    with breaks("weather_warning_is_never_edited"):
        WeatherWarning.objects.update(**change)

    warning.refresh_from_db()
    assert (warning.level, warning.issued_at) == ("yellow", STORM_NIGHT)


def test_what_is_cancelled_stays_so() -> None:
    make_warning()
    WeatherWarning.objects.update(cancelled_at=STORM_NIGHT, cancel_reason="解除")

    with breaks("weather_warning_is_never_edited"):
        WeatherWarning.objects.update(cancelled_at=None, cancel_reason="")

    assert WeatherWarning.objects.get().cancel_reason == "解除"

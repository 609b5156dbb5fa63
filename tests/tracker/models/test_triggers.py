"""What may never change in the watch, whoever asks."""

import pytest
from django.db.models import QuerySet

from incidents.models import Organization
from tests.constraints import breaks
from tests.factories import STORM_NIGHT, make_organization
from tests.world import World
from tracker.models import Alert, AlertEvent, Rule, RuleLevel

pytestmark = pytest.mark.django_db


@pytest.fixture
def world() -> World:
    return World(make_organization())


@pytest.mark.parametrize(
    ("model", "rule"), [(RuleLevel, "level_is_frozen"), (AlertEvent, "alert_event_is_append_only")]
)
def test_a_rung_and_an_event_stay_as_they_were_written(
    world: World, model: type[RuleLevel | AlertEvent], rule: str
) -> None:
    with breaks(rule):
        model._default_manager.update(id=0)
    with breaks(rule):
        world.first(model).delete()


def test_a_version_of_a_rule_is_only_ever_replaced(world: World) -> None:
    rule = world.first(Rule)

    with breaks("rule_version_is_frozen"):
        Rule.objects.filter(pk=rule.pk).update(ack_min=5)
    with breaks("rule_version_is_frozen"):
        QuerySet(Rule).filter(pk=rule.pk)._raw_delete("default")
    Rule.objects.filter(pk=rule.pk).update(replaced_at=STORM_NIGHT)

    assert Rule.objects.get(pk=rule.pk).ack_min == 60
    assert Alert.objects.filter(rule=rule).exists()
    assert Organization.objects.exists()

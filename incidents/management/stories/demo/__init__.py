"""A fictional ice storm for exercises: every page has something to show, and nothing of it is real.

Same seed, size and present, same numbers. All of it belongs to organisations, lines and crews that exist in
the exercise only; its records are live, so that rules and alerts can be watched at work.
"""

from datetime import timedelta
from random import Random
from typing import Final

from django.db import transaction

from incidents.choices import StormHazard
from incidents.journal import Actor
from incidents.management.stories.demo import forces, grid, help_from_outside, icing, outages, surroundings
from incidents.management.stories.demo.world import LASTING, World
from incidents.models import Organization, Storm
from incidents.services import storms

SLUG: Final = "demo"
SEED: Final = 20260116
SIZES: Final = (1, 2000)


@transaction.atomic
def play(*, size: int, seed: int, by: Actor, under: Organization | None = None) -> Storm | None:
    """Play the exercise; None if it was played before.

    Args:
        size: Outages over 36 hours; everything else grows with them.
        seed: Seed of all chances.
        by: Who plays it; its present is where the exercise stands, in the middle of the storm.
        under: Organisation whose people see it and are told by its alerts; None for nobody.
    """
    if Storm.objects.filter(slug=SLUG).exists():
        return None
    began_at = by.now.replace(second=0, microsecond=0) - LASTING - timedelta(hours=2)
    companies = grid.found_companies(under=under, at=began_at, by=by)
    storm = storms.open(
        slug=SLUG,
        name="云岭雨雪冰冻综合演练",
        hazard=StormHazard.MIXED,
        organizations=companies.every,
        is_exercise=True,
        started_at=began_at,
        remark="虚构的演练：单位、线路、地点、人员和数字均非真实。",
        by=by,
    )
    world = World(
        storm=storm,
        by=by,
        dice=Random(seed),  # noqa: S311 - an exercise has to repeat, not to surprise
        size=size,
        companies=companies,
    )
    grid.build(world)
    forces.call_up(world)
    icing.grow(world)
    outages.happen(world)
    surroundings.fill_in(world)
    help_from_outside.send(world)
    return storm

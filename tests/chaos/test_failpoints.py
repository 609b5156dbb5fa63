"""An engine dies at a point of its work and another goes on: nobody is forgotten, one mail repeated at most.

In the suite some of the points of one story; ``make failpoints`` takes every point of as many stories as
``RUNS`` runs need.
"""

import os
import sys
from functools import partial

import pytest

from tests.chaos.failpoints import Boundary, survive
from tests.chaos.story import Story
from tests.tracker.mailservers import Mailbox

pytestmark = pytest.mark.django_db(transaction=True)
RUNS = int(os.environ.get("RUNS", "0"))
SEED = int(os.environ.get("SEED", "1"))
A_FEW = 16
SHORTER = 0.97  # of the first telling, at least


def points(number: int) -> list[int]:
    """Which points of a story are tried: all of them, in the suite a few, evenly spread."""
    return list(range(1, number + 1, 1 if RUNS else max(number // A_FEW, 1)))


def test_a_kill_at_any_point_loses_nothing_and_repeats_one_mail_at_most(mailbox: Mailbox) -> None:
    runs, repeats, seed = 0, 0, SEED
    while runs < max(RUNS, 1):
        story, counted = Story(seed, mailbox), Boundary()
        wanted = story.run(partial(survive, counted))
        assert wanted.repeats == wanted.strange == 0
        for point in points(counted.crossed):
            boundary = Boundary(at=point)
            told = story.run(partial(survive, boundary))
            where = f"story {seed}, point {point} of {counted.crossed}: {counted.names[point - 1]}"
            if not boundary.is_dead and point > counted.crossed * SHORTER:
                break  # this telling ended before: what the first one had to look up was known
            assert boundary.is_dead, where
            assert (told.copies.keys(), told.strange) == (wanted.copies.keys(), 0), where
            assert told.repeats <= 1, where
            runs, repeats = runs + 1, repeats + told.repeats
        seed += 1
    if RUNS:
        sys.stdout.write(f"{runs} kills in {seed - SEED} stories from {SEED}: lost 0, {repeats} repeats\n")

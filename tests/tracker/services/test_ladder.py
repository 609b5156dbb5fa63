from datetime import timedelta

import pytest
from django.db import connection
from hypothesis import given, settings
from hypothesis import strategies as st
from psycopg.sql import SQL

from tests.factories import STORM_NIGHT
from tests.tracker.services.reference import Ladder
from tests.tracker.watchers import minutes
from tracker.services import ladder

pytestmark = pytest.mark.django_db

_ASK = SQL("""
    SELECT {reached}, {due}
    FROM (SELECT %(after)s::int[] AS after, cardinality(%(after)s::int[]) AS top,
                 %(repeat_min)s::int AS repeat_min, %(max_repeats)s::int AS max_repeats) l,
         (SELECT %(climb_at)s::timestamptz AS climb_at, %(step)s::int AS step) d
""").format(
    reached=ladder.reached(climb_at=SQL("d.climb_at")),
    due=ladder.due(climb_at=SQL("d.climb_at"), step=SQL("d.step")),
)


@st.composite
def ladders(draw: st.DrawFn) -> Ladder:
    after = tuple(sorted(draw(st.lists(st.integers(0, 90), min_size=1, max_size=5))))
    pace = draw(st.none() | st.integers(1, 60))
    return Ladder(after, pace, draw(st.none() | st.integers(1, 4)) if pace else None)


@settings(deadline=None, max_examples=150)
@given(climb=ladders(), seconds=st.integers(-60, 12_000), step=st.integers(1, 12))
def test_steps_are_reached_and_due_as_in_plain_words(climb: Ladder, seconds: int, step: int) -> None:
    now = STORM_NIGHT + timedelta(seconds=seconds)
    given_ = vars(climb) | {"climb_at": STORM_NIGHT, "now": now, "step": step, "after": list(climb.after)}

    with connection.cursor() as cursor:
        cursor.execute(_ASK, given_)
        reached, due = cursor.fetchone()

    minute = climb.due(step)
    assert reached == climb.reached(STORM_NIGHT, now)
    assert due == (None if minute is None else minutes(minute))

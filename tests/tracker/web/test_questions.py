"""A question to the tables keeps its thread and its connection, and survives what happens to them."""

from collections.abc import Iterator

import pytest
from django.db import connection
from pytest_django.fixtures import Settings

from tests.waiting import until
from tracker.web.questions import Question

pytestmark = pytest.mark.django_db(transaction=True)


def backend() -> int:
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_backend_pid()")
        return int(cursor.fetchone()[0])


def open_now() -> int:
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM pg_stat_activity WHERE datname = current_database()")
        return int(cursor.fetchone()[0])


@pytest.fixture
def question(settings: Settings) -> Iterator[Question[int]]:
    settings.KEEP_ASKING_S = 0.3
    yield Question(backend)
    until(lambda: open_now() == 1)


def test_one_connection_answers_until_nobody_asks(question: Question[int]) -> None:
    first = question.ask()

    assert first not in (None, backend())
    assert {question.ask() for _ in range(5)} == {first}
    until(lambda: open_now() == 1)
    assert question.ask() not in (None, first)


def test_a_connection_that_was_ended_is_made_anew(question: Question[int]) -> None:
    first = question.ask()
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_terminate_backend(%s, 5000)", [first])

    assert question.ask() not in (None, first)


def test_what_breaks_is_no_answer_and_the_next_question_is_asked(settings: Settings) -> None:
    settings.KEEP_ASKING_S = 0.3
    said: Iterator[int | Exception] = iter([ZeroDivisionError(), 7])

    def read() -> int:
        if isinstance(one := next(said), Exception):
            raise one
        return one

    question = Question(read)

    assert [question.ask(), question.ask()] == [None, 7]
    until(lambda: open_now() == 1)

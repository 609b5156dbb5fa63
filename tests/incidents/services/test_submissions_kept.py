from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from threading import Event

import pytest
from django.db import connection

from incidents.errors import ClientIdTaken, InProgress, KeyReused, Missing
from incidents.journal import Actor
from incidents.models import Submission
from incidents.services.submissions_kept import Answer, Sending, once
from tests.factories import make_actor

SENDING = Sending(key="k1", route="POST /api/v1/things/", digest="a" * 64, creates=True)
DONE = Answer(status=201, body='{"n":1}', headers={"ETag": '"1"'})


def done() -> Answer:
    return DONE


def forbidden() -> Answer:
    raise AssertionError("done twice")


def test_the_first_answer_is_kept_and_given_again(by: Actor) -> None:
    first = once(SENDING, done, by=by)
    again = once(SENDING, forbidden, by=by)

    assert (first, again) == (DONE, replace(DONE, is_replay=True))
    kept = Submission.objects.get()
    assert (kept.user, kept.key, kept.route, kept.created_at) == (by.user, "k1", SENDING.route, by.now)


@pytest.mark.parametrize(
    "other", [replace(SENDING, digest="b" * 64), replace(SENDING, route="POST /api/v1/others/")]
)
def test_something_else_under_the_number_of_a_new_thing_is_refused(by: Actor, other: Sending) -> None:
    once(SENDING, done, by=by)

    with pytest.raises(ClientIdTaken):
        once(other, forbidden, by=by)

    assert Submission.objects.count() == 1


def test_something_else_under_the_key_of_an_action_is_refused(by: Actor) -> None:
    """B87."""
    action = replace(SENDING, creates=False)
    once(action, done, by=by)

    with pytest.raises(KeyReused):
        once(replace(action, digest="b" * 64), forbidden, by=by)


def test_the_key_of_another_person_is_another_key(by: Actor) -> None:
    once(SENDING, done, by=by)

    answer = once(SENDING, done, by=make_actor(now=by.now))

    assert not answer.is_replay
    assert Submission.objects.count() == 2


def test_a_refusal_is_not_kept_and_tried_afresh(by: Actor) -> None:
    """B88."""

    def refused() -> Answer:
        raise Missing(field="reason", purpose="cancel")

    with pytest.raises(Missing):
        once(SENDING, refused, by=by)

    assert not Submission.objects.exists()
    assert once(SENDING, done, by=by) == DONE


@pytest.mark.django_db(transaction=True)
def test_a_key_that_is_being_worked_on_is_not_waited_for() -> None:
    by = make_actor()
    working, asked = Event(), Event()

    def slow() -> Answer:
        working.set()
        assert asked.wait(10)
        return DONE

    def send() -> Answer:
        try:
            return once(SENDING, slow, by=by)
        finally:
            connection.close()

    with ThreadPoolExecutor(1) as pool:
        first = pool.submit(send)
        assert working.wait(10)
        with pytest.raises(InProgress):
            once(SENDING, forbidden, by=by)
        asked.set()

    assert first.result() == DONE
    assert once(SENDING, forbidden, by=by).is_replay

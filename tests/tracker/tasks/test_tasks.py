from pathlib import Path
from typing import Any

import pytest
from pytest_django.fixtures import Settings

from config.celery import app
from incidents.choices import Grade
from incidents.models import JournalSeal
from incidents.services import organizations
from incidents.tasks import prepare_photos
from tests.factories import make_actor, make_attachment
from tests.tracker.mailservers import Mailbox
from tests.tracker.watchers import load_rules, make_crew_of_watchers, make_icing, minutes
from tests.waiting import until
from tracker import tasks
from tracker.choices import Part
from tracker.models import Heartbeat

pytestmark = pytest.mark.django_db
OURS = sorted(name for name in app.tasks if name.startswith("tracker."))
BELL = "tracker.ring"  # at most one waits, however old

NOT_KEPT = dict.fromkeys(["width_px", "height_px", "stored_size", "ready_at"])


def beaten() -> set[str]:
    return set(Heartbeat.objects.filter(beat_at__isnull=False).values_list("name", flat=True))


@pytest.mark.parametrize("task", [tasks.tick, tasks.ring])
def test_a_turn_of_the_watch_tells_whoever_is_on_duty(task: object, mailbox: Mailbox) -> None:
    load_rules()
    make_crew_of_watchers(make_icing(Grade.RED).section.line.organization)

    task()  # type: ignore[operator]

    assert len(mailbox.mails) == 5


def test_a_tick_is_a_sign_of_life_of_beat_and_a_ring_is_not(mailbox: Mailbox) -> None:
    tasks.ring()
    assert beaten() == {Part.CYCLE, Part.WORKER}

    tasks.tick()
    assert beaten() == {Part.CYCLE, Part.WORKER, Part.BEAT}


@pytest.mark.django_db(transaction=True)
def test_seals_the_journal_and_notes_its_head_outside(settings: Settings, tmp_path: Path) -> None:
    settings.JOURNAL_ANCHORS = tmp_path / "anchors.txt"
    tasks.note_journal_head()
    assert not settings.JOURNAL_ANCHORS.exists()
    by = make_actor()
    organizations.create(name="县公司", level="county", at=minutes(0), by=by)  # type: ignore[arg-type]

    def sealed() -> bool:
        tasks.seal_journal()  # waits for transactions that are older, of other databases too
        return JournalSeal.objects.exists()

    until(sealed, within=60)
    tasks.note_journal_head()

    head = JournalSeal.objects.get()
    seq, digest, _at = settings.JOURNAL_ANCHORS.read_text().split()
    assert (int(seq), digest) == (head.seq, bytes(head.chain_hash).hex())
    assert beaten() == {Part.SEAL}


def test_a_ring_wakes_a_thread_of_its_own_for_photos(monkeypatch: pytest.MonkeyPatch) -> None:
    woken: list[str] = []
    monkeypatch.setattr(prepare_photos, "apply_async", lambda **_options: woken.append("photos"))
    photo = make_attachment()
    tasks.ring()
    assert woken == []

    type(photo).objects.update(state="received", next_try_at=minutes(0), **NOT_KEPT)
    tasks.ring()

    assert woken == ["photos"]


def test_a_ring_turns_the_watch_even_if_redis_takes_no_photos(
    monkeypatch: pytest.MonkeyPatch, mailbox: Mailbox
) -> None:
    def away(**_options: object) -> None:
        raise OSError("Redis is away")

    monkeypatch.setattr(prepare_photos, "apply_async", away)
    make_attachment(state="received", next_try_at=minutes(0), **NOT_KEPT)

    tasks.ring()

    assert beaten() == {Part.CYCLE, Part.WORKER}


def test_every_task_has_a_queue_where_nothing_stale_piles_up_and_carries_nothing() -> None:
    assert OURS == [
        "tracker.note_journal_head",
        "tracker.purge",
        "tracker.ring",
        "tracker.seal_journal",
        "tracker.tick",
    ]
    for name in OURS:
        task: Any = app.tasks[name]
        assert task.ignore_result
        assert not task.__header__.__code__.co_argcount
        assert task.queue == ("bell" if name == BELL else app.conf.task_default_queue)
        assert name == BELL or 0 < task.expires <= 600


def test_a_worker_hears_the_clock_and_the_doorbell() -> None:
    assert {queue.name for queue in app.amqp.queues.consume_from.values()} == {"watch", "bell"}


def test_beat_wakes_only_tasks_that_exist() -> None:
    entries = app.conf.beat_schedule.values()

    of_the_record = {
        "incidents.prepare_photos",
        "incidents.drop_abandoned_uploads",
        "incidents.work_on_files",
        "incidents.drop_expired_files",
    }
    assert {entry["task"] for entry in entries} == {*OURS} - {"tracker.ring"} | of_the_record
    assert all(entry["options"]["queue"] == "watch" and entry["options"]["expires"] for entry in entries)

"""The chain over the journal shows each way in which somebody could falsify it.

Falsifying takes more than the application may do: the tests switch the guarding triggers off, as only the
owner of the database could.
"""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from io import StringIO
from pathlib import Path
from threading import Event
from time import monotonic, sleep

import pytest
from django.core.management import CommandError, call_command
from django.db import IntegrityError, connection, transaction

from incidents import journal
from incidents.errors import MalformedFile
from incidents.journal import Actor
from incidents.models import JournalEntry, JournalSeal
from incidents.selectors.journal import GENESIS, Anchor, Flaw, entry_hash, link, unsealed, verify
from incidents.services import seals
from tests.factories import make_actor, make_storm

pytestmark = pytest.mark.django_db(transaction=True)


def write(by: Actor, number: int = 1) -> list[JournalEntry]:
    return [journal.write("storm.opened", subject=make_storm(), at=by.now, by=by) for _ in range(number)]


def seal(*, limit: int = seals.BATCH) -> JournalSeal:
    """Seal as the sweep does: what some other transaction of the server still holds back is sealed later."""
    deadline = monotonic() + 60
    while not unsealed(1):
        assert monotonic() < deadline, "nothing to seal"
        sleep(0.05)
    head = seals.seal(limit=limit)
    assert head is not None
    return head


def flaws(anchors: list[Anchor] | None = None) -> list[Flaw]:
    return [finding.flaw for finding in verify(anchors or [])]


@contextmanager
def unguarded() -> Iterator[None]:
    with connection.cursor() as cursor:
        cursor.execute("SET session_replication_role = replica")
        try:
            yield
        finally:
            cursor.execute("SET session_replication_role = DEFAULT")


def test_seals_every_entry_once_and_the_chain_holds() -> None:
    by = make_actor()
    write(by, 3)

    head = seal()
    assert seals.seal() is None
    write(by, 2)
    seal()

    assert head.seq == 3
    assert list(JournalSeal.objects.order_by("seq").values_list("seq", flat=True)) == [1, 2, 3, 4, 5]
    assert flaws() == []


def test_an_empty_chain_holds_and_so_does_one_at_its_noted_head(tmp_path: Path) -> None:
    by = make_actor()
    assert flaws() == []
    write(by)
    seals.note_head(seal(), path=tmp_path / "anchors.txt", at=by.now)
    write(by)
    seals.note_head(seal(), path=tmp_path / "anchors.txt", at=by.now)

    anchors = seals.read_anchors(tmp_path / "anchors.txt")

    assert [anchor.seq for anchor in anchors] == [1, 2]
    assert flaws(anchors) == []


def test_a_limit_leaves_the_rest_for_the_next_sweep() -> None:
    write(make_actor(), 5)

    first, second = seal(limit=3), seal(limit=3)

    assert (first.seq, second.seq) == (3, 5)


def test_an_entry_committed_late_is_not_passed_over() -> None:
    by = make_actor()
    written, may_commit = Event(), Event()

    def slow_writer() -> None:
        try:
            with transaction.atomic():
                write(by)
                written.set()
                may_commit.wait(10)
        finally:
            connection.close()

    with ThreadPoolExecutor(1) as pool:
        slow = pool.submit(slow_writer)
        assert written.wait(10)
        write(by)  # a younger transaction that commits first
        assert seals.seal() is None, "nothing may be sealed past a running writer"
        may_commit.set()
        slow.result()

    seal()
    assert JournalSeal.objects.count() == 2
    assert flaws() == []


def test_shows_a_changed_entry() -> None:
    first, _ = write(make_actor(), 2)
    seal()

    with unguarded():
        JournalEntry.objects.filter(pk=first.pk).update(reason="被改")

    assert flaws() == [Flaw.CHANGED]


def test_shows_a_removed_entry() -> None:
    first, _ = write(make_actor(), 2)
    seal()

    with unguarded():
        JournalEntry.objects.filter(pk=first.pk)._raw_delete(JournalEntry.objects.db)

    assert flaws() == [Flaw.MISSING]


def test_shows_an_entry_removed_with_its_seal() -> None:
    first, _, _ = write(make_actor(), 3)
    seal()

    with unguarded():
        JournalSeal.objects.filter(entry=first)._raw_delete(JournalSeal.objects.db)
        JournalEntry.objects.filter(pk=first.pk)._raw_delete(JournalEntry.objects.db)

    assert flaws() == [Flaw.MISSING]


def test_shows_an_entry_slipped_in_among_sealed_ones() -> None:
    first, _ = write(make_actor(), 2)
    seal()

    with unguarded():
        forged = JournalEntry.objects.get(pk=first.pk)
        forged.pk = None
        forged.save(force_insert=True)

    assert flaws() == [Flaw.INSERTED]


def test_shows_a_chain_cut_off_at_its_end(tmp_path: Path) -> None:
    by = make_actor()
    write(by, 3)
    head = seal()
    seals.note_head(head, path=tmp_path / "anchors.txt", at=by.now)

    with unguarded():
        JournalSeal.objects.filter(seq=3)._raw_delete(JournalSeal.objects.db)
        JournalEntry.objects.filter(pk=head.entry_id)._raw_delete(JournalEntry.objects.db)

    assert flaws() == [], "a clean cut cannot be seen from inside"
    assert flaws(seals.read_anchors(tmp_path / "anchors.txt")) == [Flaw.CUT_OFF]


def test_shows_a_chain_that_was_built_anew(tmp_path: Path) -> None:
    by = make_actor()
    entry = write(by)[0]
    head = seal()
    seals.note_head(head, path=tmp_path / "anchors.txt", at=by.now)

    with unguarded():
        JournalSeal.objects.all()._raw_delete(JournalSeal.objects.db)
        JournalEntry.objects.filter(pk=entry.pk).update(reason="被改")
    seal()

    assert flaws() == []
    assert flaws(seals.read_anchors(tmp_path / "anchors.txt")) == [Flaw.REWRITTEN]


def test_shows_a_forged_link() -> None:
    write(make_actor(), 2)
    seal()

    with unguarded():
        JournalSeal.objects.filter(seq=1).update(chain_hash=bytes(range(32)))

    assert flaws() == [Flaw.REWRITTEN, Flaw.REWRITTEN]


def test_seals_on_in_a_restored_cluster() -> None:
    by = make_actor()
    write(by, 3)
    seals.seal(limit=2)
    with unguarded():  # as if a dump of another cluster, with higher transaction numbers, was restored here
        JournalSeal.objects.all()._raw_delete(JournalSeal.objects.db)
        JournalEntry.objects.update(cluster=1, transaction_id=10**15)
    first = JournalEntry.objects.order_by("pk").first()
    assert first is not None
    JournalSeal.objects.create(
        seq=1,
        entry=first,
        entry_hash=entry_hash(first),
        chain_hash=link(GENESIS, entry_hash(first)),
    )
    write(by, 1)

    seal()
    seal()

    assert JournalSeal.objects.count() == 4
    assert flaws() == []


def test_only_one_process_seals_at_a_time() -> None:
    write(make_actor())
    holding, may_go = Event(), Event()

    def other_sealer() -> None:
        try:
            with transaction.atomic(), connection.cursor() as cursor:
                cursor.execute("SELECT pg_advisory_xact_lock(%s)", [seals._LOCK])
                holding.set()
                may_go.wait(10)
        finally:
            connection.close()

    with ThreadPoolExecutor(1) as pool:
        other = pool.submit(other_sealer)
        assert holding.wait(10)
        assert seals.seal() is None
        may_go.set()
        other.result()
    assert seal().seq == 1


@pytest.mark.parametrize("table", ["incidents_journalentry", "incidents_journalseal"])
@pytest.mark.parametrize("change", ["UPDATE {} SET {} = {}", "DELETE FROM {}"])
def test_the_database_refuses_to_change_what_was_written(table: str, change: str) -> None:
    """Triggers journalentry_is_append_only and journalseal_is_append_only."""
    write(make_actor())
    seal()
    column = "reason" if table.endswith("entry") else "seq"
    value = "'x'" if table.endswith("entry") else "7"

    with pytest.raises(IntegrityError, match="append-only"), connection.cursor() as cursor:
        cursor.execute(change.format(table, column, value))

    assert flaws() == []


def test_the_database_stamps_entries_itself() -> None:
    by = make_actor()
    forged = JournalEntry(
        kind="storm.opened",
        subject_type="storm",
        subject_id=1,
        subject_uuid=by.user.uuid,
        occurred_at=by.now,
        by=by.user,
        channel="api",
        written_at=by.now,
        transaction_id=1,
    )
    forged.save()
    forged.refresh_from_db()

    assert forged.written_at > by.now
    assert forged.transaction_id > 1


def test_the_command_says_ok_or_every_flaw(tmp_path: Path) -> None:
    entry = write(make_actor())[0]
    seal()
    told = StringIO()

    call_command("verify_journal", anchors=tmp_path / "none.txt", stdout=told)
    with unguarded():
        JournalEntry.objects.filter(pk=entry.pk).update(reason="被改")
    with pytest.raises(CommandError, match="1 flaws in 1 links"):
        call_command("verify_journal", anchors=tmp_path / "none.txt", stdout=told)

    assert told.getvalue().splitlines()[0] == "ok: 1 links, 0 noted heads"
    assert told.getvalue().splitlines()[1].startswith("changed: seal 1")


@pytest.mark.parametrize(
    ("line", "column"), [("x 00", "seal"), ("1", "hash"), ("12 zz", "hash"), ("", "seal")]
)
def test_a_malformed_line_of_heads_is_named(tmp_path: Path, line: str, column: str) -> None:
    path = tmp_path / "anchors.txt"
    path.write_text(f"1 {'0f' * 32} now\n{line}\n")

    with pytest.raises(MalformedFile) as refusal:
        seals.read_anchors(path)

    told = refusal.value.fields
    assert (told["file"], told["line"], told["column"]) == ("anchors.txt", 2, column)

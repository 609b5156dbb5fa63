from typing import Any

import pytest

from incidents.models import JournalEntry, JournalSeal
from tests.constraints import breaks
from tests.factories import STORM_NIGHT, make_user

pytestmark = pytest.mark.django_db


def make_entry(**over: Any) -> JournalEntry:
    user = make_user()
    values = {"kind": "user.added", "subject_type": "user", "subject_id": user.pk, "subject_uuid": user.uuid}
    return JournalEntry.objects.create(**(values | over), occurred_at=STORM_NIGHT, by=user, channel="system")


@pytest.mark.parametrize("kind", ["added", "user.", "User.added", "user added"])
def test_a_kind_is_a_subject_and_a_verb(kind: str) -> None:
    with breaks("journal_kind_is_subject_and_verb"):
        make_entry(kind=kind)


def test_the_chain_begins_with_one() -> None:
    with breaks("seal_number_from_one"):
        JournalSeal.objects.create(seq=0, entry=make_entry(), entry_hash=bytes(32), chain_hash=bytes(32))


def test_two_links_are_never_the_same() -> None:
    JournalSeal.objects.create(seq=1, entry=make_entry(), entry_hash=bytes(32), chain_hash=bytes(32))

    with breaks("seal_chain_hash_once"):
        JournalSeal.objects.create(seq=2, entry=make_entry(), entry_hash=bytes(32), chain_hash=bytes(32))


def test_the_database_sets_its_own_clock() -> None:
    entry = make_entry(written_at=STORM_NIGHT, transaction_id=1)

    entry.refresh_from_db()

    assert entry.written_at > STORM_NIGHT
    assert entry.transaction_id != 1
    assert str(entry) == f"user.added #{entry.subject_id}"

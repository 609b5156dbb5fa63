"""Official divisions in the record."""

import hashlib
from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from django.db import connection, transaction

from incidents import journal
from incidents.journal import Actor
from incidents.models import Division, JournalEntry
from incidents.services import deeds
from incidents.services.division_files import PACKED, OfficialDivision, read_packed

# Loads wait for each other; readers wait for nobody.
_ONE_AT_A_TIME = "LOCK TABLE incidents_division IN SHARE ROW EXCLUSIVE MODE"
_INCOMING = """
CREATE TEMPORARY TABLE division_incoming
    (code text, name text, stem text, level text, parent_id text, aliases text[])
"""
_COPY = "COPY division_incoming (code, name, stem, level, parent_id, aliases) FROM STDIN"
# Aliases that people added stay; a row that says the same already is not written again.
_MERGE = """
WITH written AS (
    INSERT INTO incidents_division AS known (code, name, stem, level, parent_id, aliases)
    SELECT code, name, stem, level, parent_id, aliases FROM division_incoming
    ON CONFLICT (code) DO UPDATE SET
        name = excluded.name,
        stem = excluded.stem,
        aliases = ARRAY(SELECT DISTINCT unnest(known.aliases || excluded.aliases) ORDER BY 1)
    WHERE (known.name, known.stem) <> (excluded.name, excluded.stem) OR NOT known.aliases @> excluded.aliases
    RETURNING xmax = 0 AS is_new
)
SELECT count(*) FILTER (WHERE is_new), count(*) FILTER (WHERE NOT is_new) FROM written
"""


@dataclass(frozen=True, kw_only=True)
class Loaded:
    """What a load did."""

    added: int
    changed: int


def load_packed(*, by: Actor) -> Loaded:
    """Load the list that the product ships, unless just this list was loaded before.

    Raises:
        MalformedFile: If a line is not as it should be; nothing is loaded.
    """
    digest = hashlib.sha256(PACKED.read_bytes()).hexdigest()
    told = JournalEntry.objects.filter(subject_type="division", kind="division.loaded", after__digest=digest)
    return Loaded(added=0, changed=0) if told.exists() else load(read_packed(), by=by, digest=digest)


@transaction.atomic
def load(divisions: Collection[OfficialDivision], *, by: Actor, digest: str = "") -> Loaded:
    """Add and rename divisions in one go; those that a list no longer names stay, for places refer to them.

    The same list again changes nothing and leaves no entry in the journal.

    Args:
        divisions: A whole list, as a file of :mod:`incidents.services.division_files` gives it.
        by: Who loads it.
        digest: SHA-256 of the file that the list comes from.
    """
    with connection.cursor() as cursor:
        cursor.execute(_ONE_AT_A_TIME)
        cursor.execute(_INCOMING)
        with cursor.copy(_COPY) as copy:
            for row in divisions:
                copy.write_row((row.code, row.name, row.stem, row.level, row.parent, row.aliases))
        cursor.execute(_MERGE)
        added, changed = cursor.fetchone()
        cursor.execute("DROP TABLE division_incoming")
    if added or changed:
        top = Division.objects.get(pk=min(row.code for row in divisions))
        numbers = {"listed": len(divisions), "added": added, "changed": changed, "digest": digest}
        journal.write("division.loaded", subject=top, at=by.now, by=by, after=numbers)
    return Loaded(added=added, changed=changed)


@transaction.atomic
def add_alias(division: Division, *, alias: str, at: datetime, by: Actor) -> Division:
    """Teach the record what people call a division; a name that it goes by already changes nothing.

    Raises:
        Invalid: If the alias is empty or longer than a name can be; nothing is written.
    """
    locked = Division.objects.select_for_update().get(pk=division.pk)
    if alias in (locked.name, locked.stem, *locked.aliases):
        return locked
    before = journal.snapshot(locked)
    locked.aliases = sorted([*locked.aliases, alias])
    deeds.record("division.alias_added", locked, before=before, at=at, by=by)
    return locked

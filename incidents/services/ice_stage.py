"""Where thousands of readings stand before they are stored: a temporary table of the same columns.

It has none of the real table's rules, so that one bad row does not stop the COPY; the rules are asked by
the INSERT, and where that fails, in one statement that names each row and the rule that it breaks.
"""

import json
from collections.abc import Iterable, Mapping
from typing import Any, Final
from uuid import UUID

from django.db import connection

from incidents.journal import Actor
from incidents.services.ice_observations import Finding, Observation

_OBSERVED: Final = (
    "kind",
    "method",
    "thickness_mm",
    "observed_at",
    "observed_on",
    "observed_precision",
    "statistic",
    "ice_type",
    "density_g_cm3",
    "long_axis_mm",
    "short_axis_mm",
    "weight_g",
    "sample_length_m",
    "conductor_diameter_mm",
    "uncertainty_mm",
    "air_temp_c",
    "recorded_at",
    "source",
)
_TEXTS: Final = ("source_ref", "quote", "note")
_LINKS: Final = ("section", "place", "outage", "storm")
_FOUND: Final = (
    "standard_mm",
    "ratio",
    "thickness_basis",
    "grade",
    "grade_basis",
    "computed_with",
    "rule_version",
    "is_estimate",
    "is_suspect",
)
_COLUMNS: Final = (
    "client_id",
    "client_digest",
    "unknown_reasons",
    *_OBSERVED,
    *_TEXTS,
    *(f"{name}_id" for name in _LINKS),
    *_FOUND,
)
_NAMES: Final = ", ".join(_COLUMNS)

# Once a connection; each transaction finds it empty.
_PREPARE = """
CREATE TEMPORARY TABLE IF NOT EXISTS ice_stage ON COMMIT DELETE ROWS AS
    SELECT 0 AS position, r.* FROM incidents_icereading r WITH NO DATA
"""
_COPY = f"COPY ice_stage (position, {_NAMES}) FROM STDIN"
# In the order of the sender's numbers: two that send the same ones wait for each other in one order.
_INSERT = f"""
INSERT INTO incidents_icereading (uuid, reported_by_id, received_at, entry_mode, {_NAMES})
SELECT gen_random_uuid(), %s, %s, %s, {_NAMES} FROM ice_stage ORDER BY client_id
ON CONFLICT (reported_by_id, client_id) WHERE client_id IS NOT NULL DO NOTHING
RETURNING client_id, id, uuid
"""  # noqa: S608 - constants only
# PostgreSQL checks a row's rules in the order of their names; the first that is broken is named.
_RULES = """
SELECT conname, pg_get_expr(conbin, conrelid) FROM pg_constraint
WHERE conrelid = 'incidents_icereading'::regclass AND contype = 'c' ORDER BY conname
"""
_NULL: Final = "\\N"
_ESCAPES: Final = str.maketrans({"\\": "\\\\", "\t": "\\t", "\n": "\\n", "\r": "\\r"})


def line(observation: Observation, finding: Finding, *, position: int, client_id: UUID, digest: str) -> str:
    """Return a reading as a line of COPY's text format."""
    said, found = vars(observation), finding
    values: list[Any] = [position, client_id, digest]
    values.append(json.dumps(found.unknown_reasons).translate(_ESCAPES) if found.unknown_reasons else "{}")
    values += [said[name] for name in _OBSERVED]
    values += [said[name] and said[name].translate(_ESCAPES) for name in _TEXTS]
    values += [None if said[name] is None else said[name].pk for name in _LINKS]
    values += [getattr(found, name) for name in _FOUND]
    return "\t".join([_NULL if value is None else str(value) for value in values])


def fill(lines: Iterable[str]) -> None:
    """Put lines on the stage in place of what is there; inside a transaction."""
    with connection.cursor() as cursor:
        cursor.execute(_PREPARE)
        cursor.execute("DELETE FROM ice_stage")
        with cursor.copy(_COPY) as copy:
            copy.write("".join([f"{each}\n" for each in lines]))


def insert(*, by: Actor) -> Mapping[UUID, tuple[int, UUID]]:
    """Store what stands on the stage, except what the person sent under the same number before.

    Returns:
        The sender's number of each reading that was stored → its number and its public name.

    Raises:
        IntegrityError: If one breaks a rule of the table; nothing is stored.
    """
    with connection.cursor() as cursor:
        cursor.execute(_INSERT, [by.user.pk, by.now, by.entry_mode.value])
        return {client_id: (pk, uuid) for client_id, pk, uuid in cursor.fetchall()}


def broken_rules() -> Mapping[int, str]:
    """Return which rows on the stage break a rule of the table: position → name of the first such rule."""
    with connection.cursor() as cursor:
        cursor.execute(_RULES)
        rules = cursor.fetchall()
        cases = " ".join(f"WHEN NOT ({rule}) THEN '{name}'" for name, rule in rules)
        cursor.execute(
            f"SELECT position, rule FROM (SELECT position, CASE {cases} END AS rule FROM ice_stage) judged"  # noqa: S608 - rules as the database spells them
            " WHERE rule IS NOT NULL"
        )
        return dict(cursor.fetchall())

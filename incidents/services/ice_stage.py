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
from incidents.services.ice_observations import Observation
from incidents.services.ice_yardsticks import Finding

# What each reading has of its own, and what many have in common.
_OWN: Final = ("observed_at", "recorded_at", "note")
_LINKS: Final = ("section", "place", "outage", "storm")
_OBSERVED: Final = (
    "kind",
    "method",
    "thickness_mm",
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
    "source",
    "source_ref",
    "quote",
)
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
    *_OWN,
    *(f"{name}_id" for name in _LINKS),
    "unknown_reasons",
    *_OBSERVED,
    *_FOUND,
)
NAMES: Final = ", ".join(_COLUMNS)

# Once a connection; each transaction finds it empty.
_PREPARE = """
CREATE TEMPORARY TABLE IF NOT EXISTS ice_stage ON COMMIT DELETE ROWS AS
    SELECT 0 AS position, r.* FROM incidents_icereading r WITH NO DATA
"""
_COPY = f"COPY ice_stage (position, {NAMES}) FROM STDIN"
# In the order of the sender's numbers: two that send the same ones wait for each other in one order.
_INSERT = f"""
INSERT INTO incidents_icereading (uuid, reported_by_id, received_at, entry_mode, {NAMES})
SELECT gen_random_uuid(), %s, %s, %s, {NAMES} FROM ice_stage ORDER BY client_id
ON CONFLICT (reported_by_id, client_id) WHERE client_id IS NOT NULL DO NOTHING
RETURNING client_id::text, id, uuid
"""  # noqa: S608 - constants only
# PostgreSQL checks a row's rules in the order of their names; the first that is broken is named.
_RULES = """
SELECT conname, pg_get_expr(conbin, conrelid) FROM pg_constraint
WHERE conrelid = 'incidents_icereading'::regclass AND contype = 'c' ORDER BY conname
"""
_NULL: Final = "\\N"
_ESCAPES: Final = str.maketrans({"\\": "\\\\", "\t": "\\t", "\n": "\\n", "\r": "\\r"})


def line(observation: Observation, common: str, *, first: str, client_id: str, digest: str) -> str:
    """Return a reading as a line of COPY's text format.

    Args:
        observation: What was observed.
        common: :func:`common_text` of it or of one like it.
        first: What stands before its own columns: on the stage, its place among those that were sent.
        client_id: The sender's number for it.
        digest: Digest of what it says.
    """
    said = vars(observation)
    own = "\t".join([_text(said[name]) for name in _OWN])
    links = "\t".join([_NULL if said[name] is None else str(said[name].id) for name in _LINKS])
    return f"{first}\t{client_id}\t{digest}\t{own}\t{links}\t{common}\n"


def common_text(observation: Observation, finding: Finding) -> str:
    """Return the columns of a line that many readings have in common."""
    said = vars(observation)
    reasons = json.dumps(dict(finding.unknown_reasons))
    values = [reasons, *(said[name] for name in _OBSERVED), *(getattr(finding, name) for name in _FOUND)]
    return "\t".join([_text(value) for value in values])


def _text(value: Any) -> str:
    if value is None:
        return _NULL
    return value.translate(_ESCAPES) if type(value) is str else str(value)


def fill(lines: Iterable[str]) -> None:
    """Put lines on the stage in place of what is there; inside a transaction."""
    with connection.cursor() as cursor:
        cursor.execute(_PREPARE)
        cursor.execute("DELETE FROM ice_stage")
        with cursor.copy(_COPY) as copy:
            copy.write("".join(lines))


def insert(*, by: Actor) -> Mapping[str, tuple[int, UUID]]:
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

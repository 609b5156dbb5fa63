"""The form of a check."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from psycopg.sql import Composable


@dataclass(frozen=True)
class Number:
    """A threshold that a company may set.

    Attributes:
        default: What the product comes with.
        low: Lowest value that makes sense.
        high: Highest.
    """

    default: float
    low: float = 0
    high: float = 1_000_000


@dataclass(frozen=True, kw_only=True, eq=False)
class Check:
    """The condition of a rule as one query.

    Attributes:
        code: Code of the rule.
        subject_type: Kind of thing that breaches it, as the journal calls it.
        bands: Bands that it can give, mildest first; one empty band for a rule without.
        query: Gives ``subject_id, organization_id, is_exercise, band, band_rank, facts`` of every subject in
            breach, once each. ``%(now)s`` is the time of the sweep, ``%(zone)s`` the time zone of the
            company; the thresholds that count for an organisation stand in ``scope``, each in a column of its
            name. Facts must not change by themselves, an age for example: a change is written to the alert.
        keeps: Whether the query also gives ``keep_rank``: the rank down to which an alert that is open
            already holds, so that a value that trembles around its edge clears nothing. A subject that only
            holds has no ``band_rank``.
        params: Name → threshold; the unit is in the name.
    """

    code: str
    subject_type: str
    bands: tuple[str, ...] = ("",)
    query: Composable
    keeps: bool = False
    params: Mapping[str, Number] = field(default_factory=dict)

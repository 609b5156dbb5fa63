"""The form of a check."""

from dataclasses import dataclass

from psycopg.sql import Composable


@dataclass(frozen=True, kw_only=True, eq=False)
class Check:
    """The condition of a rule as one query.

    Attributes:
        code: Code of the rule.
        subject_type: Kind of thing that breaches it, as the journal calls it.
        bands: Bands that it can give, mildest first; one empty band for a rule without.
        query: Gives ``subject_id, organization_id, is_exercise, band, band_rank, facts`` of every subject in
            breach, once each. ``%(now)s`` is the time of the sweep; the thresholds that count for an
            organisation stand in ``scope(organization_id, rule_id, params)``. Facts must not change by
            themselves, an age for example: a change is written to the alert.
    """

    code: str
    subject_type: str
    bands: tuple[str, ...]
    query: Composable

"""What the queries of several rules have in common."""

from psycopg.sql import SQL, Composable

# An outage that rules look at, as ``o``: under way, told as it happened (records made after the fact never
# raise an alert), and not one that was planned.
OPEN = SQL("""(
    o.status NOT IN ('restored', 'closed', 'momentary', 'cancelled', 'reopened')
    AND o.entry_mode = 'live' AND o.kind <> 'planned'
)""")
MEDIUM_VOLTAGE = SQL("(o.voltage_kv >= 1 AND o.kind <> 'lv')")
IMPORTANT = SQL("""(o.line_id IS NOT NULL AND o.line_id IN (
    SELECT feeder.line_id FROM incidents_importantuser_feeders feeder
    JOIN incidents_importantuser fed ON fed.id = feeder.importantuser_id AND fed.retired_at IS NULL
))""")
# In the mountains: on foot or by four-wheel drive only.
REMOTE = SQL("(section.access IN ('4wd', 'foot'))")

_ABOUT_OUTAGES = SQL("""
    WITH late AS MATERIALIZED ({late})
    SELECT late.subject_id, late.organization_id, coalesce(storm.is_exercise, false) AS is_exercise,
           (%(bands)s::text[])[late.band_rank] AS band, late.band_rank, late.keep_rank,
           jsonb_strip_nulls(jsonb_build_object(
               'line', line.name,
               'voltage_kv', o.voltage_kv,
               'section', section.code,
               'place', place.text,
               'pole_no', nullif(place.pole_no, ''),
               'outage', jsonb_build_object(
                   'began_at', o.occurred_at,
                   'began_on', o.occurred_on,
                   'reported_at', o.reported_at,
                   'status', o.status,
                   'customers_out', o.customers_affected
                       - CASE WHEN given.outage_id IS NULL THEN 0 ELSE given.customers END,
                   'crew', crew.name,
                   'crew_status', sent.status
               )
           ) || late.facts) AS facts
    FROM late
    JOIN incidents_outage o ON o.id = late.outage_id
    JOIN incidents_place place ON place.id = o.place_id
    LEFT JOIN incidents_line line ON line.id = o.line_id
    LEFT JOIN incidents_linesection section ON section.id = o.section_id
    LEFT JOIN incidents_storm storm ON storm.id = o.storm_id
    LEFT JOIN (
        SELECT step.outage_id,
               CASE WHEN bool_and(step.customers IS NOT NULL) THEN sum(step.customers) END AS customers
        FROM incidents_restorationstep step
        WHERE step.method <> 'generator' AND step.outage_id IN (SELECT outage_id FROM late)
        GROUP BY step.outage_id
    ) given ON given.outage_id = o.id
    LEFT JOIN (
        SELECT DISTINCT ON (a.outage_id) a.outage_id, a.crew_id, a.status
        FROM incidents_assignment a
        WHERE a.status IN ('planned', 'accepted', 'en_route', 'on_site')
          AND a.outage_id IN (SELECT outage_id FROM late)
        ORDER BY a.outage_id,
                 array_position(ARRAY['on_site', 'en_route', 'accepted', 'planned'], a.status::text), a.id
    ) sent ON sent.outage_id = o.id
    LEFT JOIN incidents_crew crew ON crew.id = sent.crew_id
""")

_PLAIN = SQL("""
    SELECT found.subject_id, found.organization_id, found.is_exercise,
           (%(bands)s::text[])[found.band_rank] AS band, found.band_rank, found.keep_rank,
           jsonb_strip_nulls(found.facts) AS facts
    FROM ({found}) found
""")


def about_outages(late: Composable) -> Composable:
    """Return the query of a rule whose subjects belong to outages: with what every mail says of an outage.

    Args:
        late: Gives ``subject_id, outage_id, organization_id, band_rank, keep_rank, facts``; what is in its
            facts
            is said besides.
    """
    return _ABOUT_OUTAGES.format(late=late)


def about_others(found: Composable) -> Composable:
    """Return the query of a rule about anything else.

    Args:
        found: Gives ``subject_id, organization_id, is_exercise, band_rank, keep_rank, facts``.
    """
    return _PLAIN.format(found=found)


def given(name: str) -> Composable:
    """Return SQL for a threshold; ``scope`` is joined."""
    return SQL("(scope.params ->> '" + name + "')::float8")


def ago(minutes: Composable) -> Composable:
    """Return SQL for the moment so many minutes before the sweep."""
    return SQL("(%(now)s::timestamptz - {} * interval '1 minute')").format(minutes)

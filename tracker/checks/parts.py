"""What the queries of several rules have in common."""

from psycopg.sql import SQL, Composable, Identifier

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

# What is late is looked up one by one: it is few of what is open, which nobody tells the planner.
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
                   'customers_out', o.customers_affected - given.customers,
                   'crew', sent.name,
                   'crew_status', sent.status
               )
           ) || late.facts) AS facts
    FROM late
    CROSS JOIN LATERAL (SELECT * FROM incidents_outage o WHERE o.id = late.outage_id LIMIT 1) o
    JOIN incidents_place place ON place.id = o.place_id
    LEFT JOIN incidents_line line ON line.id = o.line_id
    LEFT JOIN incidents_linesection section ON section.id = o.section_id
    LEFT JOIN incidents_storm storm ON storm.id = o.storm_id
    CROSS JOIN LATERAL (
        SELECT CASE WHEN count(*) = count(step.customers)
                   THEN coalesce(sum(step.customers), 0) END AS customers
        FROM incidents_restorationstep step
        WHERE step.outage_id = late.outage_id AND step.method <> 'generator'
    ) given
    LEFT JOIN LATERAL (
        SELECT crew.name, a.status
        FROM incidents_assignment a JOIN incidents_crew crew ON crew.id = a.crew_id
        WHERE a.outage_id = late.outage_id AND a.status IN ('planned', 'accepted', 'en_route', 'on_site')
        ORDER BY array_position(ARRAY['on_site', 'en_route', 'accepted', 'planned'], a.status::text), a.id
        LIMIT 1
    ) sent ON true
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
    return SQL("scope.{}").format(Identifier(name))


def least(*thresholds: Composable) -> Composable:
    """Return SQL for the lowest that any company has set these thresholds to.

    One number for the whole query, so that an index finds what can breach the rule at all; what a company
    itself has set still decides.
    """
    return SQL("(SELECT min(least({})) FROM scope)").format(SQL(", ").join(thresholds))


def ago(minutes: Composable) -> Composable:
    """Return SQL for the moment so many minutes before the sweep."""
    return SQL("(%(now)s::timestamptz - {} * interval '1 minute')").format(minutes)

"""The statements behind ``selectors/review.py``: one storm, some organisations, up to a moment."""

from psycopg.sql import SQL

# A reading is of those whose line or outage it is about, and of the organisations of who made it.
_OURS = SQL("""
    (line.organization_id = ANY(%(organizations)s) OR near.organization_id = ANY(%(organizations)s)
     {more} OR r.reported_by_id IN (
        SELECT m.user_id FROM incidents_membership m WHERE m.organization_id = ANY(%(organizations)s)
     ))
""")
# A reading of which only the day is known counts from the end of that day.
_SEEN = SQL("""
    CROSS JOIN LATERAL (
        SELECT coalesce(r.observed_at, (r.observed_on + 1)::timestamp AT TIME ZONE 'Asia/Shanghai') AS at
    ) seen
""")
PROMISES = """
    SELECT first.value_at, first.published_at, greatest(count.number - 1, 0),
           o.restored_at IS NULL AND coalesce(last.value_at <= %(at)s, false) AS is_blown, o.id
    FROM incidents_outage o
    LEFT JOIN LATERAL (
        SELECT e.value_at, e.published_at FROM incidents_estimate e
        WHERE e.outage_id = o.id AND e.published_at <= %(at)s AND e.value_at IS NOT NULL
        ORDER BY e.published_at, e.id LIMIT 1
    ) first ON true
    LEFT JOIN LATERAL (
        SELECT e.value_at FROM incidents_estimate e WHERE e.outage_id = o.id AND e.published_at <= %(at)s
        ORDER BY e.published_at DESC, e.id DESC LIMIT 1
    ) last ON true
    CROSS JOIN LATERAL (
        SELECT count(*) AS number FROM incidents_estimate e
        WHERE e.outage_id = o.id AND e.published_at <= %(at)s
    ) count
    WHERE o.id = ANY(%(outages)s)
"""
ICE = SQL("""
    SELECT r.section_id, line.name, s.code, s.design_ice_mm, seen.at, r.standard_mm, r.thickness_mm,
           place.text
    FROM incidents_icereading r
    LEFT JOIN incidents_linesection s ON s.id = r.section_id
    LEFT JOIN incidents_line line ON line.id = s.line_id
    LEFT JOIN incidents_outage o ON o.id = r.outage_id
    LEFT JOIN incidents_place place ON place.id = r.place_id
    LEFT JOIN incidents_line near ON near.id = place.line_id
    {seen}
    WHERE r.storm_id = %(storm)s AND seen.at <= %(at)s AND {ours}
      AND NOT EXISTS (SELECT FROM incidents_icereading later WHERE later.supersedes_id = r.id)
    ORDER BY seen.at, r.id
""").format(ours=_OURS.format(more=SQL("OR o.organization_id = ANY(%(organizations)s)")), seen=_SEEN)
WEATHER = SQL("""
    SELECT date_trunc('hour', seen.at) AS at, min(r.air_temp_c), max(r.wind_speed_m_s),
           max(r.precipitation_mm_h), count(*)
    FROM incidents_weatherreading r
    LEFT JOIN incidents_linesection s ON s.id = r.section_id
    LEFT JOIN incidents_line line ON line.id = s.line_id
    LEFT JOIN incidents_place place ON place.id = r.place_id
    LEFT JOIN incidents_line near ON near.id = place.line_id
    {seen}
    WHERE r.storm_id = %(storm)s AND seen.at <= %(at)s AND r.kind = 'obs' AND {ours}
    GROUP BY 1 ORDER BY 1
""").format(ours=_OURS.format(more=SQL("")), seen=_SEEN)
JOBS = """
    SELECT c.id, c.name, organ.name, place.text, coalesce(line.name, ''), job.outage_id, job.assigned_at,
           CASE WHEN job.departed_at <= %(at)s THEN job.departed_at END,
           CASE WHEN job.on_site_at <= %(at)s THEN job.on_site_at END,
           CASE WHEN job.ended_at <= %(at)s THEN job.ended_at END,
           (SELECT count(*) FROM incidents_checkin i WHERE i.assignment_id = job.id AND i.at <= %(at)s)
    FROM incidents_assignment job
    JOIN incidents_crew c ON c.id = job.crew_id
    JOIN incidents_organization organ ON organ.id = c.organization_id
    JOIN incidents_place place ON place.id = job.place_id
    LEFT JOIN incidents_outage o ON o.id = job.outage_id
    LEFT JOIN incidents_line line ON line.id = o.line_id
    WHERE job.storm_id = %(storm)s AND c.organization_id = ANY(%(organizations)s) AND job.status <> 'refused'
      AND job.assigned_at <= %(at)s
    ORDER BY c.name, c.id, job.assigned_at, job.id LIMIT %(longest)s
"""
# An escalation belongs to the storm when the outage or section that it is about does.
ESCALATIONS = """
    WITH mine AS MATERIALIZED (
        SELECT a.* FROM tracker_alert a
        WHERE a.organization_id = ANY(%(organizations)s) AND a.is_exercise = %(is_exercise)s
          AND a.opened_at >= %(since)s AND a.opened_at <= %(at)s
          AND (a.subject_type <> 'outage' OR a.subject_id IN (
              SELECT o.id FROM incidents_outage o WHERE o.storm_id = %(storm)s))
    ),
    told AS MATERIALIZED (
        SELECT n.alert_id, extract(epoch FROM n.accepted_at - n.due_at)::float AS late
        FROM tracker_notification n JOIN mine ON mine.id = n.alert_id
        WHERE n.accepted_at <= %(at)s
    )
    SELECT m.rule_code, m.severity, count(*), count(*) FILTER (WHERE m.acknowledged_at <= %(at)s),
           percentile_cont(0.5) WITHIN GROUP (
               ORDER BY extract(epoch FROM m.acknowledged_at - m.opened_at)
           ) FILTER (WHERE m.acknowledged_at <= %(at)s),
           (SELECT count(*) FROM told JOIN mine o ON o.id = told.alert_id
            WHERE o.rule_code = m.rule_code AND o.severity = m.severity),
           (SELECT percentile_cont(0.5) WITHIN GROUP (ORDER BY late) FROM told JOIN mine o ON o.id = alert_id
            WHERE o.rule_code = m.rule_code AND o.severity = m.severity),
           (SELECT percentile_disc(0.99) WITHIN GROUP (ORDER BY late) FROM told JOIN mine o ON o.id = alert_id
            WHERE o.rule_code = m.rule_code AND o.severity = m.severity),
           (SELECT max(late) FROM told JOIN mine o ON o.id = alert_id
            WHERE o.rule_code = m.rule_code AND o.severity = m.severity)
    FROM mine m
    GROUP BY m.rule_code, m.severity
    ORDER BY array_position(ARRAY['critical', 'warning', 'notice', 'info'], m.severity::text), m.rule_code
"""
_OUTAGE = SQL("""
    SELECT o.{column}, {kind}, o.id, coalesce(line.name, place.text), '', o.customers_affected
    FROM incidents_outage o JOIN incidents_place place ON place.id = o.place_id
    LEFT JOIN incidents_line line ON line.id = o.line_id
    WHERE o.storm_id = %(storm)s AND o.organization_id = ANY(%(organizations)s) AND o.{column} <= %(at)s
      AND (o.entry_mode = 'live' OR {kind} NOT IN ('reported', 'confirmed', 'ended'))
""")
_MOMENTS = ("reported", "occurred", "confirmed", "located", "isolated", "restored", "repaired", "ended")
EVENTS = SQL("""
    SELECT * FROM ({outages}
    UNION ALL
    SELECT s.at, 'step', o.id, coalesce(line.name, place.text), s.method, s.customers
    FROM incidents_restorationstep s JOIN incidents_outage o ON o.id = s.outage_id
    JOIN incidents_place place ON place.id = o.place_id
    LEFT JOIN incidents_line line ON line.id = o.line_id
    WHERE o.storm_id = %(storm)s AND o.organization_id = ANY(%(organizations)s) AND s.at <= %(at)s
    UNION ALL
    SELECT b.blocked_at, 'blocked', b.id, place.text, b.cause, NULL
    FROM incidents_roadblock b JOIN incidents_place place ON place.id = b.place_id
    WHERE b.storm_id = %(storm)s AND b.organization_id = ANY(%(organizations)s) AND b.blocked_at <= %(at)s
    UNION ALL
    SELECT b.cleared_at, 'cleared', b.id, place.text, b.cause, NULL
    FROM incidents_roadblock b JOIN incidents_place place ON place.id = b.place_id
    WHERE b.storm_id = %(storm)s AND b.organization_id = ANY(%(organizations)s) AND b.cleared_at <= %(at)s
    UNION ALL
    SELECT r.decided_at, 'response', r.id, organ.name, r.level, NULL
    FROM tracker_emergencyresponse r JOIN incidents_organization organ ON organ.id = r.organization_id
    WHERE r.storm_id = %(storm)s AND r.organization_id = ANY(%(organizations)s) AND r.decided_at <= %(at)s
      AND r.state IN ('started', 'ended')
    UNION ALL
    SELECT d.arrived_at, 'support', d.id, organ.name, '', d.headcount
    FROM incidents_deployment d JOIN incidents_organization organ ON organ.id = d.organization_id
    WHERE d.storm_id = %(storm)s AND d.arrived_at <= %(at)s
      AND (d.organization_id = ANY(%(organizations)s) OR d.host_organization_id = ANY(%(organizations)s))
    UNION ALL
    SELECT t.sent_at, 'report', t.id, organ.name, t.kind, NULL
    FROM tracker_situationreport t JOIN incidents_organization organ ON organ.id = t.organization_id
    WHERE t.storm_id = %(storm)s AND t.organization_id = ANY(%(organizations)s) AND t.sent_at <= %(at)s
    UNION ALL
    SELECT date_trunc('minute', a.opened_at), 'alert', min(a.id), a.rule_code, a.severity, count(*)
    FROM tracker_alert a JOIN incidents_outage o ON o.id = a.subject_id
    WHERE a.subject_type = 'outage' AND o.storm_id = %(storm)s AND a.opened_at <= %(at)s
      AND a.organization_id = ANY(%(organizations)s)
    GROUP BY 1, a.rule_code, a.severity
    UNION ALL
    SELECT job.on_site_at, 'on_site', c.id, c.name, place.text, NULL
    FROM incidents_assignment job JOIN incidents_crew c ON c.id = job.crew_id
    JOIN incidents_place place ON place.id = job.place_id
    WHERE job.storm_id = %(storm)s AND c.organization_id = ANY(%(organizations)s) AND job.on_site_at <= %(at)s
    ) event (at, kind, id, what, more, number)
    ORDER BY at DESC, kind, id DESC LIMIT %(longest)s
""").format(
    outages=SQL(" UNION ALL ").join(
        _OUTAGE.format(column=SQL(f"{moment}_at"), kind=SQL(f"'{moment}'")) for moment in _MOMENTS
    )
)
# What was told afterwards ends with its last known moment: it was reported when it was typed in.
SPAN = """
    SELECT min(began.at), greatest(max(began.at), max(o.restored_at)),
           count(*) FILTER (WHERE o.restored_at IS NULL AND o.entry_mode = 'live'),
           coalesce(bool_or(o.entry_mode = 'live'), true)
    FROM incidents_outage o
    CROSS JOIN LATERAL (
        SELECT coalesce(o.occurred_at, least(
            o.reported_at, o.restored_at, (o.occurred_on + 1)::timestamp AT TIME ZONE 'Asia/Shanghai')) AS at
    ) began
    WHERE o.storm_id = %(storm)s AND o.organization_id = ANY(%(organizations)s)
      AND o.status NOT IN ('cancelled', 'momentary') AND o.kind <> 'planned'
"""
SERVED = """
    SELECT p.customers FROM tracker_areaprofile p
    WHERE p.organization_id = %(organization)s AND p.customers IS NOT NULL
      AND p.valid_from <= (%(at)s AT TIME ZONE 'Asia/Shanghai')::date
      AND (p.valid_to IS NULL OR p.valid_to > (%(at)s AT TIME ZONE 'Asia/Shanghai')::date)
    ORDER BY p.valid_from DESC LIMIT 1
"""

"""Duty: roles that have to be manned and are not, now or in the week ahead."""

from psycopg.sql import SQL

from tracker.checks.base import Check

# The first stretch of the seven days ahead in which nobody holds the post who could be reached: what is left
# of all time when the posts are taken from it. Its end may lie beyond the seven days, and is unknown where no
# later shift is planned; so the facts stay the same while time moves on. Whoever is above does not count:
# he is told instead, but the post is empty.
_GAPS = SQL("""
    SELECT need.id AS subject_id,
           need.organization_id,
           false AS is_exercise,
           found.band,
           array_position(ARRAY['ahead', 'soon', 'now'], found.band) AS band_rank,
           jsonb_strip_nulls(jsonb_build_object(
               'post', o.name,
               'role', need.role,
               'gap_from_at', CASE WHEN isfinite(lower(found.gap)) THEN lower(found.gap) END,
               'gap_to_at', CASE WHEN isfinite(upper(found.gap)) THEN upper(found.gap) END
           )) AS facts
    FROM tracker_dutyneed need
    JOIN incidents_organization o ON o.id = need.organization_id
    CROSS JOIN LATERAL (
        SELECT tstzmultirange(tstzrange('-infinity', 'infinity')) - coalesce(
            range_agg(tstzrange(p.since_at, coalesce(p.until_at, 'infinity'))), '{}'::tstzmultirange
        ) AS gaps
        FROM tracker_dutypost p
        JOIN incidents_user person ON person.id = p.user_id AND person.is_active AND person.email <> ''
        WHERE p.organization_id = need.organization_id AND p.role = need.role
          AND (p.until_at IS NULL OR p.until_at > %(now)s::timestamptz - interval '31 days')
          AND (person.is_superuser OR EXISTS (
              WITH RECURSIVE above (id) AS (
                  SELECT need.organization_id
                  UNION ALL
                  SELECT up.parent_id FROM incidents_organization up JOIN above ON above.id = up.id
                  WHERE up.parent_id IS NOT NULL
              )
              SELECT FROM incidents_membership m JOIN above ON above.id = m.organization_id
              WHERE m.user_id = p.user_id
                AND m.since_at <= %(now)s AND (m.until_at IS NULL OR m.until_at > %(now)s)
          ))
    ) covered
    CROSS JOIN LATERAL (
        SELECT gap, CASE
            WHEN lower(gap) <= %(now)s THEN 'now'
            WHEN lower(gap) <= %(now)s::timestamptz + interval '1 day' THEN 'soon'
            ELSE 'ahead'
        END AS band
        FROM unnest(covered.gaps) AS gap
        WHERE gap && tstzrange(%(now)s, %(now)s::timestamptz + interval '7 days')
        ORDER BY lower(gap)
        LIMIT 1
    ) found
    WHERE need.since_at <= %(now)s AND need.until_at IS NULL
""")

DUTY_GAP = Check(code="E39", subject_type="dutyneed", bands=("ahead", "soon", "now"), query=_GAPS)

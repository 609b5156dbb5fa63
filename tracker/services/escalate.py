"""Climbing: every due alert one statement further, and for everybody to be told one notification.

The alert's move, its notifications and its event are one statement, so that no crash comes between them.
"""

import logging
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.db import connection
from psycopg.sql import SQL

from tracker.selectors.duty import OFF_DUTY, ON_DUTY
from tracker.services import folding, ladder, ways
from tracker.services.limits import LIMITS, MAILS_AN_HOUR
from tracker.services.locks import Sweep, alone

logger = logging.getLogger(__name__)

BATCH = 5000
_ANY_DUE = "SELECT EXISTS (SELECT FROM tracker_alert WHERE next_due_at <= %(now)s)"  # planned in no time
LOOK_AGAIN = timedelta(minutes=5)  # an alert that reached nobody, until somebody is on duty
STOPPED = timedelta(minutes=5)  # a step that is late by more was late because the watch had stopped

# ``aimed``: the last step that time has reached; a rung that reaches nobody goes up to the next one that
# reaches somebody. Steps that were past due together are told once, to everybody of all of them; a repeat
# goes to everybody of the ladder. Where nobody is reached at all the step stays due. An acknowledgement that
# ran out before the next step was due only ends. What is owed is held back where a limit says so.
# ``way``: through what a rung that asks for a channel reaches people here; nothing where there is no gateway.
# An alert about one that was not delivered (E36) tells besides whoever that one would tell next.
_ESCALATE = SQL("""
WITH RECURSIVE due AS MATERIALIZED (
    SELECT id, uuid, rule_id, rule_code, subject_id, band, organization_id, is_exercise, generation, severity,
           state, climb_at, next_step, next_due_at < %(now)s::timestamptz - %(stopped)s AS stopped
    FROM tracker_alert
    WHERE next_due_at <= %(now)s
    ORDER BY next_due_at, id
    LIMIT %(limit)s
    FOR NO KEY UPDATE SKIP LOCKED
),
asked (organization_id) AS (SELECT DISTINCT organization_id FROM due),
{on_duty},
{off_duty},
{ways},
{ladders},
meant AS MATERIALIZED (
    SELECT DISTINCT d.organization_id, v.rule_id, v.band, v.position, v.channel, o.user_id
    FROM (SELECT DISTINCT organization_id, rule_id, band FROM due) d
    JOIN tracker_rulelevel v ON v.rule_id = d.rule_id AND v.band = d.band
    JOIN (
        SELECT on_duty.*, false AS is_off FROM on_duty UNION ALL SELECT off_duty.*, true FROM off_duty
    ) o ON o.organization_id = d.organization_id AND o.role = ANY(v.roles)
        AND (v.regardless_of_duty OR NOT o.is_off)
    UNION
    SELECT d.organization_id, v.rule_id, v.band, v.position, v.channel, person.id
    FROM (SELECT DISTINCT organization_id, rule_id, band FROM due) d
    JOIN tracker_rulelevel v ON v.rule_id = d.rule_id AND v.band = d.band
    JOIN tracker_rulelevel_people named ON named.rulelevel_id = v.id
    JOIN incidents_user person ON person.id = named.user_id AND person.is_active AND person.email <> ''
),
rung AS MATERIALIZED (
    SELECT m.organization_id, m.rule_id, m.band, m.position, w.channel, w.hook_id, m.user_id
    FROM meant m JOIN way w ON w.organization_id = m.organization_id AND w.asked = m.channel
),
manned AS MATERIALIZED (
    SELECT organization_id, rule_id, band, array_agg(DISTINCT position ORDER BY position) AS positions
    FROM rung GROUP BY organization_id, rule_id, band
),
timed AS MATERIALIZED (
    SELECT d.*, coalesce(l.top, 0) AS top, coalesce({reached}, 0) AS reached
    FROM due d LEFT JOIN ladder l ON l.rule_id = d.rule_id AND l.band = d.band
),
aimed AS MATERIALIZED (
    SELECT t.*, CASE
        WHEN t.reached < t.next_step THEN t.next_step - 1
        WHEN t.reached > t.top THEN t.reached
        ELSE coalesce(
            (SELECT min(greatest(one.position, t.reached)) FROM unnest(m.positions) AS one (position)
             WHERE one.position >= t.next_step),
            t.top
        )
    END AS step
    FROM timed t
    LEFT JOIN manned m ON m.organization_id = t.organization_id AND m.rule_id = t.rule_id AND m.band = t.band
),
taken AS MATERIALIZED (
    SELECT a.*, a.reached >= a.next_step AS acts, least(a.step, a.top) AS level,
           greatest(a.step - a.top, 0) AS repeat,
           CASE WHEN a.step > a.top THEN 1 ELSE a.next_step END AS from_position,
           {step_due} AS due_at, {next_due} AS following_due_at
    FROM aimed a LEFT JOIN ladder l ON l.rule_id = a.rule_id AND l.band = a.band
),
owed AS MATERIALIZED (
    SELECT who.*, t.organization_id, t.is_exercise, t.due_at, t.stopped, rule.quiet, rule.storm_policy,
           array_position(ARRAY['info', 'notice', 'warning', 'critical'], t.severity::text) - 1 AS urgency
    FROM (
        SELECT t.id, r.user_id, r.channel, r.hook_id
        FROM taken t
        JOIN rung r ON r.organization_id = t.organization_id AND r.rule_id = t.rule_id AND r.band = t.band
            AND r.position BETWEEN t.from_position AND t.level
        WHERE t.acts
        UNION
        SELECT t.id, o.user_id, w.channel, w.hook_id
        FROM taken t
        JOIN tracker_alert about ON about.id = t.subject_id
        CROSS JOIN LATERAL (
            SELECT v.position, array_agg(o.user_id) AS people
            FROM tracker_rulelevel v
            JOIN on_duty o ON o.organization_id = t.organization_id AND o.role = ANY(v.roles)
            WHERE v.rule_id = about.rule_id AND v.band = about.band AND v.position >= about.next_step
            GROUP BY v.position ORDER BY v.position LIMIT 1
        ) next
        CROSS JOIN LATERAL unnest(next.people) AS o (user_id)
        JOIN way w ON w.organization_id = t.organization_id AND w.asked = 'both'
        WHERE t.acts AND t.rule_code = 'E36'
    ) who
    JOIN taken t ON t.id = who.id
    JOIN tracker_rule rule ON rule.id = t.rule_id
),
{limits},
told AS (
    INSERT INTO tracker_notification (
        kind, alert_id, generation, level, repeat, recipient_id, channel, hook_id, address, language, urgency,
        state, held_by, held_until, due_at, created_at, next_try_at, attempts, doubts, server_reply,
        last_error, message_id, subject, body_text
    )
    SELECT 'step', t.id, t.generation, t.level, t.repeat, person.id, j.channel, j.hook_id, {address},
           {language},
           array_position(ARRAY['info', 'notice', 'warning', 'critical'], t.severity::text) - 1,
           CASE WHEN j.held_until IS NULL THEN 'queued' ELSE 'held' END, j.held_by, j.held_until,
           t.due_at, %(now)s, CASE WHEN j.held_until IS NULL THEN %(now)s::timestamptz END, 0, 0, '', '',
           concat('<', t.uuid, '.', t.generation, '.', t.level, '.', t.repeat, '.', person.uuid, {mark}, '@',
                  %(domain)s::text, '>'),
           '', ''
    FROM judged j
    JOIN taken t ON t.id = j.id
    JOIN incidents_user person ON person.id = j.user_id
    LEFT JOIN tracker_hook hook ON hook.id = j.hook_id
    ON CONFLICT DO NOTHING
    RETURNING alert_id, recipient_id
),
counted AS (SELECT alert_id, count(DISTINCT recipient_id) AS people FROM told GROUP BY alert_id),
moved AS (
    UPDATE tracker_alert a SET
        state = 'firing', acknowledged_at = NULL, acknowledged_by_id = NULL, snoozed_until = NULL,
        next_step = CASE WHEN t.acts AND c.people IS NULL THEN t.next_step ELSE t.step + 1 END,
        next_due_at = CASE
            WHEN t.acts AND c.people IS NULL THEN %(now)s + %(look_again)s ELSE t.following_due_at
        END
    FROM taken t LEFT JOIN counted c ON c.alert_id = t.id
    WHERE a.id = t.id
),
written AS (
    INSERT INTO tracker_alertevent (alert_id, at, kind, generation, step, detail)
    SELECT t.id, %(now)s, 'ack_expired', t.generation, NULL::int, '{{}}'::jsonb
    FROM taken t WHERE t.state = 'acknowledged'
    UNION ALL
    SELECT t.id, %(now)s, CASE WHEN c.people IS NULL THEN 'nobody' ELSE 'told' END, t.generation, t.step,
           jsonb_strip_nulls(jsonb_build_object(
               'told', coalesce(c.people, 0), 'due_at', t.due_at,
               'skipped', (SELECT jsonb_agg(s) FROM generate_series(t.next_step, t.reached - 1) AS s),
               'unreached', (SELECT jsonb_agg(s) FROM generate_series(t.reached, t.step - 1) AS s)
           ))
    FROM taken t LEFT JOIN counted c ON c.alert_id = t.id
    WHERE t.acts
    RETURNING alert_id, kind
)
SELECT (SELECT count(*) FROM taken), (SELECT count(*) FROM told),
       (SELECT coalesce(array_agg(alert_id ORDER BY alert_id), '{{}}') FROM written WHERE kind = 'nobody')
""").format(
    on_duty=ON_DUTY,
    off_duty=OFF_DUTY,
    limits=LIMITS,
    ways=ways.WAYS,
    address=ways.ADDRESS,
    language=ways.LANGUAGE,
    mark=ways.MARK,
    ladders=ladder.LADDERS,
    reached=ladder.reached(climb_at=SQL("d.climb_at")),
    step_due=ladder.due(climb_at=SQL("a.climb_at"), step=SQL("a.reached")),
    next_due=ladder.due(climb_at=SQL("a.climb_at"), step=SQL("(a.step + 1)")),
)


@dataclass(kw_only=True)
class Escalated:
    """What a sweep did: alerts moved, notifications written, alerts that reached nobody."""

    moved: int = 0
    notified: int = 0
    nobody: int = 0


def escalate(*, now: datetime, batch: int = BATCH, patience: timedelta = timedelta(0)) -> Escalated:
    """Take every step that is due, in batches of one transaction and one statement each.

    One engine at a time: what a person may be sent depends on what he was sent a moment ago. An alert that
    somebody holds, because he acknowledges it just now, is passed over.

    Args:
        now: Time of the sweep, aware.
        batch: Alerts a transaction.
        patience: How long to wait for another engine; zero leaves the work to it.
    """
    done = Escalated()
    while True:
        moved, notified, nobody = _escalate_batch(now, batch, patience)
        done.moved += moved
        done.notified += notified
        done.nobody += len(nobody)
        if nobody:
            logger.error("alerts reached nobody", extra={"alerts": nobody[:100], "count": len(nobody)})
        if moved < batch:
            return done


def _escalate_batch(now: datetime, batch: int, patience: timedelta) -> tuple[int, int, list[int]]:
    with alone(Sweep.ESCALATE, patience=patience) as mine, connection.cursor() as cursor:
        if not mine:
            return 0, 0, []
        folding.unfold(now=now)
        if not _any_due(now):
            return 0, 0, []
        folding.fold(now=now)
        given: dict[str, Any] = {
            "now": now,
            "limit": batch,
            "domain": settings.MAIL_DOMAIN,
            "look_again": LOOK_AGAIN,
            "stopped": STOPPED,
            "cap": MAILS_AN_HOUR,
        }
        cursor.execute(_ESCALATE, given)
        moved, notified, nobody = cursor.fetchone()
    return moved, notified, nobody


def _any_due(now: datetime) -> bool:
    with connection.cursor() as cursor:
        cursor.execute(_ANY_DUE, {"now": now})
        return bool(cursor.fetchone()[0])

"""The night that a run is about: many sections under red ice, each alert with its own beginning.

Run as ``python -m tests.chaos.night FILE ALERTS SECONDS MINUTES BEGINS`` in the environment of the system.
Writes what has to be told, by whom nobody of the watch is asked: the plan that the mail server's log is held
against.
"""

import json
import sys
from dataclasses import asdict, dataclass, replace
from datetime import timedelta
from pathlib import Path
from typing import Any


@dataclass(frozen=True, kw_only=True)
class Night:
    """What a run begins with.

    Attributes:
        due: Message-ID → when that mail is due, s since 1970.
        people: Addresses of those who are told.
        token: Of a phone that may post readings.
        section: That it posts them of; never icy enough for an alert.
    """

    due: dict[str, float]
    people: list[str]
    token: str
    section: str


def read(path: Path) -> Night:
    """Return what was written."""
    return Night(**json.loads(path.read_text()))


def make(*, alerts: int, seconds: float, minutes: tuple[int, ...], begins: float) -> Night:
    """Make it, in one transaction: a watch that turns already sees all of it or nothing.

    Args:
        alerts: How many alerts climb.
        seconds: Their climbs begin evenly over so long.
        minutes: When the rungs of the ladder are due, two people on each.
        begins: From now to the first beginning, s; negative for a night that has passed.
    """
    from django.db import connection  # noqa: PLC0415 - this process is set up by main()

    from incidents.choices import Role  # noqa: PLC0415
    from tests.factories import make_actor, make_organization  # noqa: PLC0415
    from tests.tracker.watchers import make_post  # noqa: PLC0415
    from tracker.checks import CHECKS  # noqa: PLC0415
    from tracker.models import Alert  # noqa: PLC0415
    from tracker.selectors.clock import database_now  # noqa: PLC0415
    from tracker.services.evaluate import evaluate  # noqa: PLC0415

    now = database_now()
    by = make_actor(now=now)
    _only_ice(by, minutes)
    organization = make_organization()
    people = [make_post(role, organization=organization).user for role in "DS"]
    token, section = _phone(organization, Role.CREW_MEMBER, by)
    _red_sections(organization, alerts)
    evaluate(now=now, checks=[CHECKS["E01"]], patience=timedelta(minutes=1))
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE tracker_alert SET opened_at = least(opened_at, t.at), climb_at = t.at, next_due_at = t.at"
            " FROM (SELECT id, %s::timestamptz + interval '1 s' * %s * (row_number() OVER (ORDER BY id) - 1)"
            "       AS at FROM tracker_alert) t WHERE t.id = tracker_alert.id",
            [database_now() + timedelta(seconds=begins), seconds / alerts],
        )
    due = {
        f"<{alert.uuid}.1.{level}.0.{person.uuid}@127.0.0.1>": (
            alert.climb_at + timedelta(minutes=after)
        ).timestamp()
        for alert in Alert.objects.all()
        for level, after in enumerate(minutes, start=1)
        for person in people
    }
    return Night(due=due, people=[person.email for person in people], token=token, section=section)


def _only_ice(by: Any, minutes: tuple[int, ...]) -> None:
    """Leave one rule switched on, with this ladder."""
    from tracker.choices import DutyRole  # noqa: PLC0415
    from tracker.models import Rule  # noqa: PLC0415
    from tracker.services import rules  # noqa: PLC0415
    from tracker.services.wanted import Rung  # noqa: PLC0415

    both = (DutyRole.DUTY_OFFICER, DutyRole.STATION_HEAD)
    ladder = tuple(Rung(after_min=after, roles=both) for after in minutes)
    for rule in Rule.objects.filter(replaced_at=None):
        wanted = rules.said_by(rule)
        if rule.code == "E01":
            wanted = replace(wanted, enabled=True, ladders={**wanted.ladders, "red": ladder})
        else:
            wanted = replace(wanted, enabled=False)
        rules.publish(wanted, at=by.now, by=by)


def _phone(organization: Any, role: Any, by: Any) -> tuple[str, str]:
    from incidents.choices import DeviceScope  # noqa: PLC0415
    from incidents.services import devices, organizations  # noqa: PLC0415
    from tests.factories import make_line, make_section, make_user  # noqa: PLC0415

    user = make_user()
    organizations.join(user=user, organization=organization, role=role, at=by.now, by=by)
    section = make_section(line=make_line(organization=organization), design_ice_mm=30)
    _device, token = devices.enrol(user=user, name="一号", scopes=list(DeviceScope), by=by)
    return token, str(section.uuid)


def _red_sections(organization: Any, number: int) -> None:
    from incidents.choices import Grade  # noqa: PLC0415
    from incidents.models import LineSection, SectionIcing  # noqa: PLC0415
    from tests.factories import make_line, make_section  # noqa: PLC0415
    from tests.tracker.watchers import make_icing  # noqa: PLC0415

    line = make_line(organization=organization)
    first = make_icing(Grade.RED, section=make_section(line=line))
    sections = LineSection.objects.bulk_create(
        [
            LineSection(line=line, code=f"{place}号段", design_ice_mm=15, design_ice_source="演示")
            for place in range(2, number + 1)
        ]
    )
    icing = {
        name: getattr(first, name)
        for name in (
            "reading",
            "grade",
            "grade_basis",
            "standard_mm",
            "ratio",
            "observed_at",
            "grade_since_at",
        )
    }
    SectionIcing.objects.bulk_create([SectionIcing(section=section, **icing) for section in sections])


def main(path: Path, alerts: str, seconds: str, minutes: str, begins: str) -> None:
    """Make the night and write the plan."""
    import django  # noqa: PLC0415 - settings come from the environment

    django.setup()
    from django.db import transaction  # noqa: PLC0415

    with transaction.atomic():
        made = make(
            alerts=int(alerts),
            seconds=float(seconds),
            minutes=tuple(map(int, minutes.split(","))),
            begins=float(begins),
        )
    path.write_text(json.dumps(asdict(made)))


if __name__ == "__main__":
    main(Path(sys.argv[1]), *sys.argv[2:])

"""The demo of ``make up``: a person for each role, on duty, a phone, and a line to post a reading for."""

import secrets
from decimal import Decimal

from incidents.choices import DeviceScope, Role
from incidents.journal import Actor
from incidents.models import Device, LineSection, Organization, User
from incidents.services import devices, grid, organizations, people
from tracker.choices import DutyRole
from tracker.models import DutyPost
from tracker.services import duty

TOP = "国网浙江省电力有限公司"
COUNTY = "国网上虞区供电公司"
LINE, SECTION = "YS-1", "1–40号杆"
PEOPLE: dict[Role, tuple[str, str, list[DutyRole]]] = {
    Role.DISPATCHER: ("diaodu", "周调度", [DutyRole.DUTY_OFFICER, DutyRole.CONTROL]),
    Role.CREW_LEADER: ("banzhang", "王班长", [DutyRole.CREW_LEADER]),
    Role.CREW_MEMBER: ("zuyuan", "陈组员", []),
    Role.MANAGER: (
        "zhuguan",
        "李主管",
        [DutyRole.STATION_HEAD, DutyRole.OPERATIONS, DutyRole.EMERGENCY, DutyRole.DEPUTY_MANAGER],
    ),
    Role.VIEWER: ("kanban", "孙访客", []),
    Role.ADMIN: ("guanli", "钱管理员", []),
}
FIRST_READING = """#!/bin/sh
# Posts an ice reading as a phone would: 12 mm on a section built for 10, which is red.
# The alert is in the back office at once, its mail a moment later in the folder of mails.
curl --silent --show-error --include --header 'Content-Type: application/json' \\
  --header 'Authorization: Bearer {token}' \\
  --data "{{\\"client_id\\": \\"$(cat /proc/sys/kernel/random/uuid)\\", \\"section\\": \\"{section}\\",
    \\"observed_at\\": \\"$(date -u +%Y-%m-%dT%H:%M:%SZ)\\", \\"thickness_mm\\": ${{1:-12}},
    \\"kind\\": \\"standard\\", \\"method\\": \\"caliper\\"}}" \\
  {url}/api/v1/ice-readings/
"""

SignIn = dict[str, str]


def load(*, known: list[SignIn], by: Actor) -> list[SignIn]:
    """Make the people of the demo who are not there yet.

    Args:
        known: What was made before; passwords and tokens are kept nowhere else.
        by: Who makes them.

    Returns:
        Who can sign in with what; the crew leader's row has the token of a phone.
    """
    top = Organization.objects.get(name=TOP)
    made = {row["username"]: row for row in known}
    return [_person(role, made.get(PEOPLE[role][0]), top, by) for role in PEOPLE]


def first_reading(*, token: str, url: str, by: Actor) -> str:
    """Return a script that posts a reading for the demo's own line; the line is made where it is missing."""
    section = LineSection.objects.filter(line__code=LINE, line__organization__name=COUNTY).first()
    return FIRST_READING.format(token=token, url=url, section=(section or _section(by)).uuid)


def _section(by: Actor) -> LineSection:
    line = grid.add_line(
        organization=Organization.objects.get(name=COUNTY),
        code=LINE,
        name="10千伏演示线",
        voltage_kv=Decimal(10),
        at=by.now,
        by=by,
    )
    return grid.add_section(
        line=line,
        code=SECTION,
        design_ice_mm=10,
        design_ice_source="演示数据",
        conductor_diameter_mm=Decimal("15.07"),
        at=by.now,
        by=by,
    )


def _person(role: Role, made: SignIn | None, top: Organization, by: Actor) -> SignIn:
    username, name, posts = PEOPLE[role]
    user = User.objects.filter(username=username).first()
    if user is not None and made is not None:
        return made
    password = secrets.token_urlsafe(12)
    if user is None:
        user = people.add_user(
            username=username,
            display_name=name,
            email=f"{username}@demo.invalid",
            password=password,
            at=by.now,
            by=by,
        )
    else:  # the file with the passwords is gone: new ones
        people.set_password(user, password=password, at=by.now, by=by)
    organizations.join(user=user, organization=top, role=role, at=by.now, by=by)
    for post in posts:
        if not DutyPost.objects.filter(user=user, organization=top, role=post, until_at=None).exists():
            duty.take(user=user, organization=top, role=post, at=by.now, by=by)
    row = {"role": str(role), "name": name, "username": username, "password": password}
    return row | ({"token": _phone(user, by)} if role == Role.CREW_LEADER else {})


def _phone(user: User, by: Actor) -> str:
    """Enrol the phone of the demo anew; an older one is shut out."""
    for old in Device.objects.filter(user=user, revoked_at=None):
        devices.revoke(old, reason="demo", by=by)
    _device, token = devices.enrol(user=user, name="演示手机", scopes=list(DeviceScope), by=by)
    return token

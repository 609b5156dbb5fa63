"""The people of the demo: one for each role, on duty, with a phone; only where ``make up`` asks for them."""

import secrets
from datetime import datetime

from incidents.choices import DeviceScope, Role
from incidents.journal import Actor
from incidents.models import Device, Organization, User
from incidents.services import devices, organizations, people
from tracker.choices import DutyRole
from tracker.models import DutyPost
from tracker.services import duty

STORMS = (("february-2024",), ("demo", "--size", "60"))
TOPS = ("国网浙江省电力有限公司", "【演练】云岭供电公司")
PEOPLE = {
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

SignIn = dict[str, str]


def load(*, now: datetime, known: list[SignIn]) -> list[SignIn]:
    """Make the people of the demo who are not there yet.

    Args:
        now: The present.
        known: What was made before; passwords and tokens are kept nowhere else.

    Returns:
        Who can sign in with what, and the token of the crew leader's phone.
    """
    by = people.system_actor(now=now)
    tops = list(Organization.objects.filter(name__in=TOPS))
    made = {row["username"]: row for row in known}
    return [_person(role, made.get(PEOPLE[role][0]), tops, by) for role in PEOPLE]


def _person(role: Role, made: SignIn | None, tops: list[Organization], by: Actor) -> SignIn:
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
    for top in tops:
        organizations.join(user=user, organization=top, role=role, at=by.now, by=by)
        for post in posts:
            _on_duty(user, top, post, by)
    row = {"role": role, "name": name, "username": username, "password": password}
    return row | ({"token": _phone(user, by)} if role == Role.CREW_LEADER else {})


def _on_duty(user: User, organization: Organization, role: DutyRole, by: Actor) -> None:
    post = {"user": user, "organization": organization, "role": role}
    if not DutyPost.objects.filter(**post, until_at=None).exists():
        duty.take(**post, at=by.now, by=by)


def _phone(user: User, by: Actor) -> str:
    """Enrol the phone of the demo anew; an older one is shut out."""
    for old in Device.objects.filter(user=user, revoked_at=None):
        devices.revoke(old, reason="demo", by=by)
    scopes = list(DeviceScope)
    _device, token = devices.enrol(user=user, name="演示手机", scopes=scopes, by=by)
    return token

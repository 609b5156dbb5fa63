"""Files of important users and crews."""

from functools import partial
from typing import Any, Final

from django.utils.translation import gettext_lazy as _

from incidents.choices import Skill, UserGrade
from incidents.models import Crew, ImportantUser, Line
from incidents.services import crews, important_users
from incidents.services.imports import columns as of
from incidents.services.imports.base import NOT_FOUND, Importing, Kind, Values, refuse_change, verbose
from incidents.services.imports.columns import Column, Problem
from incidents.services.imports.grid import ORGANIZATION

_user = partial(verbose, ImportantUser)
_crew = partial(verbose, Crew)

# --- important users

_USER_COLUMNS: Final[tuple[Column, ...]] = (
    ORGANIZATION,
    of.text(
        "name", _("name of the user"), also=("名称", "用户名称", "用户"), is_needed=True, example="市人民医院"
    ),
    of.choice("grade", _user("grade"), UserGrade, also=("级别", "重要等级"), is_needed=True),
    Column(
        name="feeders",
        label=_("codes of the feeders"),
        read=lambda told: "、".join(sorted(set(of.parts_of(told)))),
        tell=lambda codes: codes or None,
        also=("供电线路", "线路编号", "电源线路"),
        example="LS-1001、LS-1002",
        remark=_("line codes, separated by a comma or 、"),
    ),
    of.number("own_generator_kw", _user("own_generator_kw"), also=("自备发电机",), example="400"),
    of.number("endurance_h", _user("endurance_h"), places=1, example="8"),
    of.text("contact", _user("contact"), also=("联系人",), example="王工"),
    of.text("phone", _user("phone"), also=("电话", "联系电话"), example="13800000000"),
    of.moment("confirmed_at", _user("confirmed_at")),
)


def _find_user(importing: Importing, values: Values) -> ImportantUser | None:
    owner = importing.owner(values)
    rows = ImportantUser.objects.select_related("organization").prefetch_related("feeders")
    return rows.filter(organization=owner, name=values["name"], retired_at=None).first()


def _feeders(importing: Importing, values: Values) -> dict[str, list[Line]]:
    """Return the lines that are named: of the user's organisation first, else the only ones within reach."""
    if "feeders" not in values:
        return {}
    found = []
    for code in of.parts_of(values["feeders"]):
        try:
            found.append(importing.line({**values, "organization": importing.owner(values).name}, code))
        except Problem:
            try:
                found.append(importing.line({}, code))
            except Problem as problem:
                raise Problem("feeders", NOT_FOUND % {"value": code}) from problem
    return {"feeders": found}


def _add_user(importing: Importing, values: Values) -> ImportantUser:
    known = {**values, "organization": importing.owner(values)} | _feeders(importing, values)
    return important_users.register(at=importing.by.now, by=importing.by, **known)


def _amend_user(importing: Importing, row: ImportantUser, changes: Values) -> None:
    named = _feeders(importing, {"organization": row.organization.name, **changes})
    important_users.correct(
        row, reason=importing.reason, at=importing.by.now, by=importing.by, **{**changes, **named}
    )


def _user_values(row: ImportantUser) -> dict[str, Any]:
    plain = [each.name for each in _USER_COLUMNS if each.name not in ("organization", "feeders")]
    codes = "、".join(sorted(line.code for line in row.feeders.all()))
    named = {"organization": row.organization.name, "feeders": codes}
    return named | {name: getattr(row, name) for name in plain}


USERS: Final = Kind(
    name="important-users",
    label=_("Important users"),
    model=ImportantUser,
    right="manage",
    columns=_USER_COLUMNS,
    keys=("organization", "name"),
    find=_find_user,
    add=_add_user,
    amend=_amend_user,
    values_of=_user_values,
    needs=("organization",),
    collections=("feeders",),
)

# --- crews

_CREW_COLUMNS: Final[tuple[Column, ...]] = (
    ORGANIZATION,
    of.text(
        "name",
        _("name of the crew"),
        also=("名称", "队伍名称", "抢修队", "队伍"),
        is_needed=True,
        example="抢修一队",
    ),
    of.several("skills", _crew("skills"), Skill, is_needed=True),
    of.number("headcount", _crew("headcount"), also=("人数",), example="13"),
)


def _find_crew(importing: Importing, values: Values) -> Crew | None:
    owner = importing.owner(values)
    rows = Crew.objects.select_related("home_organization")
    return rows.filter(home_organization=owner, name=values["name"], disbanded_at=None).first()


def _add_crew(importing: Importing, values: Values) -> Crew:
    known = {**values, "organization": importing.owner(values)}
    return crews.form(at=importing.by.now, by=importing.by, **known)


def _amend_crew(_importing: Importing, _row: Crew, changes: Values) -> None:
    refuse_change(changes, CREWS.fixed)


def _crew_values(row: Crew) -> dict[str, Any]:
    return {
        "organization": row.home_organization.name,
        "name": row.name,
        "skills": sorted(row.skills),
        "headcount": row.headcount,
    }


CREWS: Final = Kind(
    name="crews",
    label=_("Crews"),
    model=Crew,
    right="operate",
    columns=_CREW_COLUMNS,
    keys=("organization", "name"),
    fixed=("skills", "headcount"),
    find=_find_crew,
    add=_add_crew,
    amend=_amend_crew,
    values_of=_crew_values,
    needs=("home_organization",),
)

"""Files of lines and their sections."""

from functools import partial
from typing import Any, Final

from django.utils.translation import gettext_lazy as _

from incidents.choices import Access, LineKind, Vegetation
from incidents.models import Line, LineSection
from incidents.services import grid
from incidents.services.imports import columns as of
from incidents.services.imports.base import Importing, Kind, Values, refuse_change, verbose
from incidents.services.imports.columns import Column

_line = partial(verbose, Line)
_section = partial(verbose, LineSection)

ORGANIZATION: Final = of.text(
    "organization",
    _line("organization"),
    also=("单位", "所属单位", "供电公司"),
    example="丽水供电公司",
    remark=_("name or short name; without it, the organisation chosen for the import"),
)
LINE: Final = of.text(
    "line", _("line code"), also=("线路编号", "线路代码"), is_needed=True, example="LS-1001"
)


def _owned(row: Any) -> dict[str, Any]:
    return {"organization": row.organization.name}


# --- lines

_LINE_COLUMNS: Final[tuple[Column, ...]] = (
    ORGANIZATION,
    of.text("code", LINE.label, also=("线路编号", "编号", "代码", "编码"), is_needed=True, example="LS-1001"),
    of.text(
        "name", _("line name"), also=("名称", "线路名称", "线路"), is_needed=True, example="横岗 1001 线"
    ),
    of.number("voltage_kv", _line("voltage_kv"), places=1, also=("电压等级",), is_needed=True, example="10"),
    of.choice("kind", _("main or branch"), LineKind, also=("线路类型", "类别")),
    of.text("substation", _line("substation"), also=("所属变电站",), example="110 kV 横岗变"),
    of.yes_no("has_tie", _line("has_tie")),
    of.number("customers", _("low-voltage customers"), also=("用户数", "户数"), example="1280"),
)


def _find_line(importing: Importing, values: Values) -> Line | None:
    owner = importing.owner(values)
    return Line.objects.select_related("organization").filter(organization=owner, code=values["code"]).first()


def _add_line(importing: Importing, values: Values) -> Line:
    known = {**values, "organization": importing.owner(values)}
    return grid.add_line(at=importing.by.now, by=importing.by, **known)


def _amend_line(importing: Importing, row: Line, changes: Values) -> None:
    refuse_change(changes, LINES.fixed)
    grid.correct_line(row, reason=importing.reason, at=importing.by.now, by=importing.by, **changes)


def _line_values(row: Line) -> dict[str, Any]:
    names = [column.name for column in _LINE_COLUMNS if column is not ORGANIZATION]
    return _owned(row) | {name: getattr(row, name) for name in names}


LINES: Final = Kind(
    name="lines",
    label=_("Lines"),
    model=Line,
    right="manage",
    columns=_LINE_COLUMNS,
    keys=("organization", "code"),
    fixed=("voltage_kv",),
    find=_find_line,
    add=_add_line,
    amend=_amend_line,
    values_of=_line_values,
    needs=("organization",),
)

# --- sections

_SECTION_COLUMNS: Final[tuple[Column, ...]] = (
    ORGANIZATION,
    LINE,
    of.text("code", _("section code"), also=("区段", "区段编号"), is_needed=True, example="03"),
    of.text("from_pole", _section("from_pole"), also=("起始杆号",), example="25#"),
    of.text("to_pole", _section("to_pole"), also=("终止杆号",), example="48#"),
    of.text("division", _("division code"), also=("行政区划代码",), example="331102101"),
    of.number("design_ice_mm", _section("design_ice_mm"), also=("设计冰厚", "设计覆冰厚度"), example="15"),
    of.text("design_ice_source", _section("design_ice_source"), example="设计图纸 2012"),
    of.text("conductor_type", _section("conductor_type"), also=("导线型号",), example="JKLYJ-10/240"),
    of.number(
        "conductor_diameter_mm", _section("conductor_diameter_mm"), places=2, also=("外径",), example="26.8"
    ),
    of.number("conductor_weight_n_per_m", _section("conductor_weight_n_per_m"), places=4),
    of.number("vertical_span_m", _section("vertical_span_m"), places=1),
    of.number("altitude_min_m", _section("altitude_min_m"), also=("最低海拔",), example="420"),
    of.number("altitude_max_m", _section("altitude_max_m"), also=("最高海拔",), example="980"),
    of.choice("vegetation", _section("vegetation"), Vegetation),
    of.choice("access", _section("access"), Access),
)


def _find_section(importing: Importing, values: Values) -> LineSection | None:
    line = importing.line(values, values["line"])
    return (
        LineSection.objects.select_related("line__organization")
        .filter(line=line, code=values["code"])
        .first()
    )


def _known(importing: Importing, values: Values) -> dict[str, Any]:
    told = {name: value for name, value in values.items() if name not in ("organization", "line")}
    if "division" in told:
        told["division"] = importing.division(told["division"])
    return told


def _add_section(importing: Importing, values: Values) -> LineSection:
    line = importing.line(values, values["line"])
    return grid.add_section(line=line, at=importing.by.now, by=importing.by, **_known(importing, values))


def _amend_section(importing: Importing, row: LineSection, changes: Values) -> None:
    known = _known(importing, changes)
    grid.correct_section(row, reason=importing.reason, at=importing.by.now, by=importing.by, **known)


def _section_values(row: LineSection) -> dict[str, Any]:
    plain = [each.name for each in _SECTION_COLUMNS if each.name not in ("organization", "line", "division")]
    named = {"line": row.line.code, "division": row.division_id}
    return _owned(row.line) | named | {name: getattr(row, name) for name in plain}


SECTIONS: Final = Kind(
    name="sections",
    label=_("Line sections"),
    model=LineSection,
    right="manage",
    columns=_SECTION_COLUMNS,
    keys=("organization", "line", "code"),
    find=_find_section,
    add=_add_section,
    amend=_amend_section,
    values_of=_section_values,
    needs=("line__organization",),
)

"""Companies, lines and sections of the exercise."""

from datetime import datetime
from decimal import Decimal
from typing import Final

from incidents.choices import Access, OrganizationLevel, Vegetation
from incidents.journal import Actor
from incidents.management.stories.demo.world import MARK, Companies, World
from incidents.models import Line, LineSection, Organization
from incidents.services import grid, organizations

_STATIONS: Final = {
    "清溪县供电公司": ("清溪供电所", "竹坑供电所"),
    "霜岭县供电公司": ("霜岭供电所", "石门供电所"),
    "南屏县供电公司": ("南屏供电所", "云顶供电所"),
}
_LINES: Final = (
    *("竹坑", "上坳", "云顶", "霜岭", "石门", "白水", "龙潭", "松坞", "梅岭", "仙源", "茶山", "高畈"),
    *("石屏", "岩下", "东坑", "西坞", "大岭", "金竹", "里源", "外源", "双溪口", "半岭", "天井", "望海岗"),
    *(
        "杉树湾",
        "黄泥岭",
        "红枫",
        "青石",
        "老鹰尖",
        "雾山",
        "冷水",
        "栗树坪",
        "枫树岗",
        "鹿角",
        "银坑",
        "深坑",
    ),
)
_BRANCHES: Final = ("主线", "岭头支线", "岗背支线", "里坞支线", "水口支线")
_CONDUCTORS: Final = (("JL/G1A-120/20", "15.07"), ("JL/G1A-70/10", "11.40"), ("JKLYJ-10/150", "23.80"))
_DESIGN: Final = (5, 10, 10, 10, 15, 15, 20, None)
_SECTIONS_PER_LINE: Final = 3
_OUTAGES_PER_LINE: Final = 4
_FEWEST_LINES: Final = 6


def found_companies(*, under: Organization | None, at: datetime, by: Actor) -> Companies:
    """Found a city company with three counties in the mountains and one in the plain.

    Args:
        under: Whose people see the exercise and are told by its alerts; None for nobody but its own.
        at: Since when they exist.
        by: Who founds them.
    """
    level = OrganizationLevel
    city = organizations.create(name=f"{MARK}云岭供电公司", level=level.CITY, parent=under, at=at, by=by)

    def below(parent: Organization, name: str, rank: OrganizationLevel) -> Organization:
        return organizations.create(name=f"{MARK}{name}", level=rank, parent=parent, at=at, by=by)

    mountain = [below(city, name, level.COUNTY) for name in _STATIONS]
    return Companies(
        city=city,
        mountain=mountain,
        plain=below(city, "平江县供电公司", level.COUNTY),
        stations={
            county.pk: [below(county, name, level.STATION) for name in names]
            for county, names in zip(mountain, _STATIONS.values(), strict=True)
        },
    )


def build(world: World) -> None:
    """Build lines of three sections each, one line for four outages."""
    count = max(_FEWEST_LINES, -(-world.size // _OUTAGES_PER_LINE))
    for number in range(count):
        line = _line(world, number)
        world.sections += [_section(world, line, index) for index in range(_SECTIONS_PER_LINE)]
    world.dice.shuffle(world.sections)


def _line(world: World, number: int) -> Line:
    county = world.companies.mountain[number % len(world.companies.mountain)]
    station = world.dice.choice(world.companies.stations[county.pk])
    round_trip, which = divmod(number, len(_LINES))
    name = f"{_LINES[which]}{round_trip + 1 if round_trip else ''}"
    is_high = number % 20 == 19  # noqa: PLR2004 - one line of twenty
    return grid.add_line(
        organization=county if is_high else station,
        code=f"YL-{number + 1:04d}",
        name=f"{MARK}{35 if is_high else 10}千伏{name}线",
        voltage_kv=Decimal(35 if is_high else 10),
        substation=f"{county.name.removeprefix(MARK)[:2]}变电站",
        has_tie=world.happens(0.4),
        customers=world.dice.randrange(400, 4200, 10),
        is_exercise=True,
        at=world.began_at,
        by=world.by,
    )


def _section(world: World, line: Line, index: int) -> LineSection:
    conductor, diameter = world.dice.choice(_CONDUCTORS)
    design = world.dice.choice(_DESIGN)
    low = world.dice.randrange(180, 620, 10)
    first = index * 25 + 1
    return grid.add_section(
        line=line,
        code=_BRANCHES[index],
        from_pole=f"{first:03d}",
        to_pole=f"{first + 24:03d}",
        conductor_type=conductor,
        conductor_diameter_mm=Decimal(diameter),
        design_ice_mm=design,
        design_ice_source="" if design is None else "演练设定",
        altitude_min_m=low,
        altitude_max_m=low + world.dice.randrange(40, 360, 10),
        vegetation=world.dice.choice(
            [Vegetation.BAMBOO, Vegetation.BAMBOO, Vegetation.FOREST, Vegetation.NONE]
        ),
        access=world.dice.choice([Access.CAR, Access.FOUR_WHEEL_DRIVE, Access.FOOT]),
        at=world.began_at,
        by=world.by,
    )

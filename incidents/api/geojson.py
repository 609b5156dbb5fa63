"""Lists and rows as features of RFC 7946, for maps: ``Accept: application/geo+json``.

Only the form changes: the same rows, filters, pages and rights. A coordinate is given in WGS 84, longitude
first; what was told in GCJ-02 is converted and says so. What has no coordinate has no geometry: the middle
of its village would be invented.
"""

import json
from collections.abc import Iterator, Mapping
from typing import Any, Final

from rest_framework.renderers import BaseRenderer, JSONRenderer
from rest_framework.utils.encoders import JSONEncoder

from incidents.choices import CoordinateSystem
from incidents.rules.coordinates import Point, from_gcj02

MEDIA_TYPE: Final = "application/geo+json"
_DIGITS: Final = 7  # 1 cm


class GeoJson(BaseRenderer):
    """Renders what a resource shows as features; errors stay what they are."""

    media_type = MEDIA_TYPE
    format = "geojson"
    charset = None

    def render(
        self, data: Any, accepted_media_type: str | None = None, renderer_context: Any = None
    ) -> bytes:
        """Return a feature, or a collection with the cursor of its next page."""
        context = renderer_context or {}
        if context["response"].exception:
            return JSONRenderer().render(data)
        field = context["view"].place
        if "results" not in data:
            shown = feature(data, field)
        else:
            features = [feature(row, field) for row in data["results"]]
            shown = {"type": "FeatureCollection", "next": data["next"], "features": features}
        return json.dumps(shown, cls=JSONEncoder, ensure_ascii=False, separators=(",", ":")).encode()


def feature(row: Mapping[str, Any], field: str) -> dict[str, Any]:
    """Return a row as a feature.

    Args:
        row: The row as it is shown.
        field: Its field that holds a place, several places or nothing.
    """
    places = row[field]
    several = isinstance(places, list)
    points = list(_points(places if several else [places]))
    converted = any(datum == CoordinateSystem.GCJ02 for _point, datum in points)
    return {
        "type": "Feature",
        "id": row["uuid"],
        "geometry": _geometry([point for point, _datum in points], several=several),
        "properties": {**row, "converted_from": CoordinateSystem.GCJ02.value if converted else None},
    }


def _points(places: list[Mapping[str, Any] | None]) -> Iterator[tuple[list[float], str]]:
    for place in places:
        if place is not None and place["longitude"] is not None:
            told = Point(float(place["longitude"]), float(place["latitude"]))
            point = from_gcj02(told) if place["crs"] == CoordinateSystem.GCJ02 else told
            yield [round(point.longitude, _DIGITS), round(point.latitude, _DIGITS)], place["crs"]


def _geometry(points: list[list[float]], *, several: bool) -> dict[str, Any] | None:
    if not points:
        return None
    if several:
        return {"type": "MultiPoint", "coordinates": points}
    return {"type": "Point", "coordinates": points[0]}

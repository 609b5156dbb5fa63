"""Places: as exact as is known, never more.

A name is matched level by level against the official divisions, from the county down; what is not matched
stays in the words used. A village counts only inside a county or town that the words or the caller name: the
same name stands for two dozen villages, and for hamlets that no list has.
"""

from datetime import datetime
from decimal import Decimal
from typing import Final, TypedDict, Unpack

from django.db import transaction

from incidents import journal
from incidents.choices import CoordinateSystem, DivisionLevel, PlacePrecision, PlaceResolution
from incidents.errors import Inconsistent, Missing
from incidents.journal import Actor
from incidents.models import Division, Line, Place
from incidents.selectors.gazetteer import resolve
from incidents.services import deeds, facts
from incidents.services.storing import store

_PRECISION: Final = {
    DivisionLevel.CITY: PlacePrecision.CITY,
    DivisionLevel.COUNTY: PlacePrecision.COUNTY,
    DivisionLevel.TOWN: PlacePrecision.TOWN,
    DivisionLevel.VILLAGE: PlacePrecision.VILLAGE,
}


class Where(TypedDict, total=False):
    """What may be known of a place besides its words and division.

    A pole is named by its line; a coordinate by both numbers and their datum, stored as it was given.
    """

    line: Line | None
    branch: str
    pole_no: str
    latitude: Decimal | None
    longitude: Decimal | None
    crs: CoordinateSystem
    altitude_m: int | None


@transaction.atomic
def create(
    *,
    at: datetime,
    by: Actor,
    text: str = "",
    division: Division | None = None,
    within: Division | None = None,
    **where: Unpack[Where],
) -> Place:
    """Keep where something is, as exactly as it is known.

    Args:
        at: When it was said.
        by: Who says it.
        text: The words used; line, branch and pole where they are empty.
        division: The division, where a person knows it; None looks the words up.
        within: Where the speaker is, for words that name no county; see :func:`resolve`.
        **where: Line, branch and pole; coordinate with its datum; altitude, m.

    Raises:
        Missing: If there are no words and no line, a pole or branch without its line, or a coordinate without
            its datum or other number.
        OutOfRange: If a coordinate or the altitude cannot be.
        Inconsistent: If the division is a whole province; nothing is written.
    """
    place = Place(text=text.strip(), **where)
    _check_whole(place)
    if division is not None:
        _settle(place, division)
    elif place.text:
        resolution = resolve(place.text, within=within)
        place.division, place.resolved_by = resolution.division, resolution.resolved_by
        place.candidates = list(resolution.candidates)
    place.text = place.text or _words(place)
    place.precision = _precision(place)
    store(place)
    journal.write("place.created", subject=place, at=at, by=by)
    return place


@transaction.atomic
def identify(
    place: Place,
    *,
    division: Division | None,
    reason: str,
    at: datetime,
    by: Actor,
    **where: Unpack[Where],
) -> Place:
    """Say where a place is after all: a person knows what the words alone did not tell.

    Args:
        place: The place; its words stay.
        division: Its division, as deep as is certain; None keeps the one it has.
        reason: How it is known.
        at: When it was found out.
        by: Who found it out.
        **where: What else is known now.

    Raises:
        Missing, OutOfRange, Inconsistent: As for :func:`create`; nothing is written.
    """
    facts.require_words(purpose="identify", reason=reason)
    locked = Place.objects.select_for_update().get(pk=place.pk)
    before = journal.snapshot(locked)
    for name, value in where.items():
        setattr(locked, name, value)
    _check_whole(locked)
    if division is not None:
        _settle(locked, division)
    locked.precision = _precision(locked)
    deeds.record("place.identified", locked, before=before, at=at, by=by, reason=reason)
    return locked


def _settle(place: Place, division: Division) -> None:
    if DivisionLevel(division.level) not in _PRECISION:
        raise Inconsistent(
            field="division", value=division, relation="<", other="level", other_value=division.level
        )
    place.division, place.resolved_by, place.candidates = division, PlaceResolution.HUMAN, []


def _precision(place: Place) -> PlacePrecision:
    if place.line is not None and place.pole_no:
        return PlacePrecision.POLE
    if place.division is None:
        return PlacePrecision.UNKNOWN
    return _PRECISION[DivisionLevel(place.division.level)]


def _words(place: Place) -> str:
    if place.line is None:
        raise Missing(field="text", purpose="place")
    return " ".join(filter(None, [place.line.name, place.branch, place.pole_no]))


def _check_whole(place: Place) -> None:
    """Refuse halves: a pole without its line, a number without the other and the datum."""
    for part in ("branch", "pole_no"):
        if getattr(place, part) and place.line is None:
            raise Missing(field="line", purpose=part)
    coordinate = {"latitude": place.latitude, "longitude": place.longitude, "crs": place.crs or None}
    told = [name for name, value in coordinate.items() if value is not None]
    for name, value in coordinate.items():
        if told and value is None:
            raise Missing(field=name, purpose=told[0])

"""Drills and the real thing: an open outage, a crew under way are one or the other."""

from incidents.errors import ExerciseMix


def keep_apart(*parts: tuple[object, bool]) -> None:
    """Refuse to mix what belongs to a drill with what is real, whichever way round.

    A drill's outage on a real section would keep the real one from being reported, and a real crew sent
    out in a drill could not be sent to a fault.

    Args:
        *parts: Each thing and whether it belongs to a drill.

    Raises:
        ExerciseMix: If some do and some do not; it names one that does.
    """
    drills = [thing for thing, is_drill in parts if is_drill]
    if drills and len(drills) < len(parts):
        raise ExerciseMix(subject=drills[0])

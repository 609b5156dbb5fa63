"""What of the record a person's board is about: whose, and what is real or the drill."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from urllib.parse import urlencode
from uuid import UUID

from django.db.models import Q, QuerySet
from django.http import HttpRequest

from incidents.access import Right
from incidents.admin.asking import Asking, asking
from incidents.choices import OrganizationLevel
from incidents.models import Organization, Storm, WeatherWarning
from tracker.selectors.board import Side, sides
from tracker.selectors.board_scope import Scope

WITHOUT_A_STORM = timedelta(hours=24)  # how far the board looks back where no storm is under way
_OFFERED = {OrganizationLevel.PROVINCE, OrganizationLevel.CITY, OrganizationLevel.COUNTY}


@dataclass(frozen=True, kw_only=True)
class Reach:
    """Whose board it is, as far as a request says.

    Attributes:
        reached: All organisations that the person's roles reach.
        chosen: The one that was asked for; None for all of them.
        may_take: Numbers of the organisations whose alerts the person may acknowledge.
    """

    reached: Sequence[Organization]
    chosen: Organization | None
    may_take: frozenset[int]

    @property
    def numbers(self) -> tuple[int, ...]:
        """Numbers of the organisations whose figures are shown."""
        if self.chosen is None:
            return tuple(each.pk for each in self.reached)
        return tuple(_below(self.chosen, self.reached))

    def below(self, root: Organization) -> list[int]:
        """Return the numbers of an organisation and of those below it that are reached."""
        return _below(root, self.reached)


@dataclass(frozen=True, kw_only=True)
class View:
    """What a board shows.

    Attributes:
        storms: Storms under way of that side, the newest first.
        offered: Organisations to choose from, each after the one above it; empty if there is no choice.
    """

    scope: Scope
    sides: tuple[Side, Side]
    storms: Sequence[Storm]
    warnings: QuerySet[WeatherWarning]
    chosen: Organization | None
    offered: Sequence[Organization]
    may_take: frozenset[int]

    @property
    def query(self) -> str:
        """The address's part that asks for the other side of the same organisation."""
        return urlencode({"organization": str(self.chosen.uuid)} if self.chosen else {})


def reach_of(request: HttpRequest) -> Reach:
    """Return whose board a request asks for: three statements.

    Figures are of the organisations that the person's roles reach. What is only shared with them, an outage
    of a neighbour at which a crew on loan works, is on its own page and in no sum.
    """
    who = asking(request)
    reached = list(who.visible(Organization.objects.all()).order_by("pk"))
    return Reach(reached=reached, chosen=_chosen(request, reached), may_take=_may_take(who))


def view_of(request: HttpRequest, reach: Reach, *, now: datetime) -> View:
    """Return what is shown: two statements.

    Without a word the board is about what is real, unless that is quiet and a drill is not.
    """
    who, numbers = asking(request), reach.numbers
    real, drill = both = sides(numbers)
    asked = request.GET.get("of", "")
    is_exercise = asked == "drill" if asked in {"real", "drill"} else real.is_quiet and not drill.is_quiet
    storms = list(
        who.visible(Storm.objects.filter(is_exercise=is_exercise, ended_at=None, started_at__lte=now))
        .filter(Q(organizations__in=numbers) | Q(organizations=None))
        .distinct()
        .order_by("-started_at", "-pk")
    )
    began = [storm.started_at for storm in storms if storm.started_at]
    since_at = min(began, default=now - WITHOUT_A_STORM)
    return View(
        scope=Scope(organizations=numbers, is_exercise=is_exercise, since_at=since_at),
        sides=both,
        storms=storms,
        warnings=who.visible(WeatherWarning.objects.all()),
        chosen=reach.chosen,
        offered=_offered(reach.reached),
        may_take=reach.may_take,
    )


def tops_of(reach: Reach) -> tuple[list[Organization], list[Organization]]:
    """Return the highest organisations that are reached, and the companies to choose from."""
    known = {each.pk for each in reach.reached}
    return [each for each in reach.reached if each.parent_id not in known], _offered(reach.reached)


def _chosen(request: HttpRequest, reached: Sequence[Organization]) -> Organization | None:
    """Return the organisation that the address names, if the person reaches it."""
    try:
        wanted = UUID(request.GET.get("organization", ""))
    except ValueError:
        return None
    return next((each for each in reached if each.uuid == wanted), None)


def _below(root: Organization, reached: Sequence[Organization]) -> list[int]:
    """Return an organisation and everything below it."""
    found = [root.pk]
    for number in found:
        found += [each.pk for each in reached if each.parent_id == number]
    return found


def _offered(reached: Sequence[Organization]) -> list[Organization]:
    """Return companies, each after the one above it."""
    companies = [each for each in reached if each.level in _OFFERED]
    known = {each.pk for each in companies}
    ordered: list[Organization] = [each for each in companies if each.parent_id not in known]
    for place in range(len(companies)):
        if place < len(ordered):
            below = [each for each in companies if each.parent_id == ordered[place].pk]
            ordered[place + 1 : place + 1] = below
    return ordered if len(ordered) > 1 else []


def _may_take(who: Asking) -> frozenset[int]:
    if Right.ACKNOWLEDGE not in who.rights:
        return frozenset()
    return frozenset(who.inside(Organization.objects.all(), Right.ACKNOWLEDGE).values_list("pk", flat=True))

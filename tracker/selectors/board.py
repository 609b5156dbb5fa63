"""The duty board: what an officer has to see at one look, in a fixed number of statements.

Figures are those of the organisations that are given and nobody else's; what is real and what is a drill are
never added. Unknown is told as unknown: customers that nobody counted are a number of outages, not 0.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db import connection, transaction
from django.db.models import Q, QuerySet

from incidents.choices import EntryMode
from incidents.models import Storm, WeatherWarning
from incidents.selectors.weather_warnings import in_force
from tracker.selectors.board_alerts import Alerts, alerts
from tracker.selectors.board_forces import Aid, Crews, aid, crews
from tracker.selectors.board_ice import Ice, ice
from tracker.selectors.board_outages import Outages, outages
from tracker.selectors.board_reports import Duties, duties
from tracker.selectors.board_scope import Scope
from tracker.selectors.board_sql import PULSE, SIDES
from tracker.selectors.watch_state import WatchState, look


@dataclass(frozen=True, kw_only=True)
class Side:
    """What goes on in reality, or in the drill; that both are named keeps either from being overlooked."""

    is_exercise: bool
    outages: int
    alerts: int
    has_response: bool

    @property
    def is_quiet(self) -> bool:
        """Whether there is nothing to look at."""
        return not (self.outages or self.alerts or self.has_response)


@dataclass(frozen=True, kw_only=True)
class Board:
    """Everything that the board shows."""

    storms: Sequence[Storm]
    warnings: Sequence[WeatherWarning]
    outages: Outages
    alerts: Alerts
    ice: Ice
    crews: Crews
    aid: Aid
    duties: Duties


@dataclass(frozen=True, kw_only=True)
class Pulse:
    """What moves when anything on the board does.

    Attributes:
        now: The database's time.
        mark: Differs from an earlier one if something was written since, or the watch fell ill or well.
        watch: How the watch itself is.
    """

    now: datetime
    mark: str
    watch: WatchState


def pulse() -> Pulse:
    """Return the pulse of the record and the watch: three cheap statements, whatever is stored."""
    state = look()
    with connection.cursor() as cursor:
        cursor.execute(PULSE)
        now, *marks = cursor.fetchone()
    mark = " ".join(map(str, [*marks, *state.silent, state.condition]))
    return Pulse(now=now, mark=mark, watch=state)


def sides(organizations: Sequence[int]) -> tuple[Side, Side]:
    """Return what is real and what is a drill, in this order."""
    with connection.cursor() as cursor:
        cursor.execute(SIDES, {"organizations": list(organizations)})
        real, drill = (
            Side(is_exercise=is_exercise, outages=outages, alerts=alerts, has_response=has_response)
            for is_exercise, outages, alerts, has_response in cursor.fetchall()
        )
    return real, drill


def board(
    scope: Scope, *, storms: Sequence[Storm], warnings: QuerySet[WeatherWarning], now: datetime
) -> Board:
    """Return the board.

    Args:
        scope: Whose, real or drill, since when.
        storms: The storms under way, newest first.
        warnings: The weather warnings that the person may see.
        now: The moment.
    """
    drill = Q(storm__is_exercise=True)
    told = warnings.filter(drill if scope.is_exercise else ~drill | Q(storm=None), entry_mode=EntryMode.LIVE)
    with transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute("SET LOCAL jit = off")  # compiling them takes longer than running them
        return Board(
            storms=storms,
            warnings=list(in_force(told, now=now).order_by("-issued_at", "-pk")[:3]),
            outages=outages(scope, now=now),
            alerts=alerts(scope),
            ice=ice(scope, now=now),
            crews=crews(scope, now=now),
            aid=aid(scope, now=now),
            duties=duties(scope, now=now),
        )

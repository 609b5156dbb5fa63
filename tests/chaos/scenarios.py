"""What is done to the system, and what is promised of it then."""

from collections.abc import Callable
from dataclasses import dataclass

from tests.chaos.figures import Bound, bounds
from tests.chaos.run import Run, Wanted, running


@dataclass(frozen=True, kw_only=True)
class Size:
    """How large a run is: what ``MINUTES``, ``ALERTS`` and ``SEED`` say."""

    minutes: float
    alerts: int
    seed: int


KINDS = ("web", "worker", "beat", "watchdog", "mail", "postgres", "session", "redis")
KILL_EVERY_S = 5.0
SMALL = Wanted(alerts=600, seconds=60)


def calm(size: Size) -> list[Bound]:
    """Nothing is done to it."""
    with running(SMALL, seed=size.seed) as run:
        run.pass_night()
        drained = run.drain()
        return bounds(run.found(), kills=0, p99=5, longest=15, drained=drained)


def kill_storm(size: Size) -> list[Bound]:
    """Kill any process at random every 5 s."""
    seconds = size.minutes * 60
    wanted = Wanted(alerts=size.alerts, seconds=max(seconds - 130, 30), minutes=(0, 1, 2))
    with running(wanted, seed=size.seed) as run:
        while sum(run.kills.values()) * KILL_EVERY_S < seconds:
            run.kill(run.random.choice(KINDS))
            run.pass_time(KILL_EVERY_S)
        run.pass_night()
        drained = run.drain()
        tell(run)
        return bounds(run.found(), kills=run.doubtful, p99=15, longest=60, drained=drained)


def tell(run: Run) -> None:
    """Say what was done."""
    done = ", ".join(f"{kind} {number}" for kind, number in sorted(run.kills.items()))
    found = run.found()
    print(f"  done: {done}")  # noqa: T201
    print(  # noqa: T201
        f"  {found.planned} mails; late {found.percentile(50):.1f} / {found.percentile(99):.1f} /"
        f" {found.percentile(100):.1f} s (50 / 99 / 100 in 100)"
    )


SCENARIOS: dict[str, Callable[[Size], list[Bound]]] = {"calm": calm, "kill-storm": kill_storm}

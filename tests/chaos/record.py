"""PostgreSQL is restarted, and its clock is set."""

import signal

from tests.chaos.figures import Bound, bounds
from tests.chaos.run import Run, Size, Wanted, running

RESTARTS, EVERY_S = 3, 15.0
STEP_S = 30.0


def fast_restart(size: Size) -> list[Bound]:
    """PostgreSQL ends all sessions and shuts down cleanly, three times."""
    return _restarts(signal.SIGINT, size)


def immediate_restart(size: Size) -> list[Bound]:
    """PostgreSQL stops without shutting down and recovers, three times."""
    return _restarts(signal.SIGQUIT, size)


def _restarts(how: signal.Signals, size: Size) -> list[Bound]:
    with running(Wanted(alerts=600, seconds=60), seed=size.seed) as run:
        for _ in range(RESTARTS):
            run.pass_time(EVERY_S)
            run.system.send("postgres", how)
            run.note("postgres", doubtful=True)
        run.pass_night()
        return bounds(run, longest=30)


def clock_steps(size: Size) -> list[Bound]:
    """The clock of the database is set 30 s back, right again, 30 s on, and right again.

    Simulated: functions of the same names come before PostgreSQL's own on the search path of our role, and
    add what a table says.
    """
    with running(Wanted(alerts=600, seconds=80, has_clock=True), seed=size.seed) as run:
        for step in (-STEP_S, 0, STEP_S, 0):
            run.pass_time(15)
            _set_clock(run, step)
            run.note("clock", doubtful=True)  # a lease may end before its time
        run.pass_night()
        return bounds(run, longest=STEP_S + 30)


def _set_clock(run: Run, step_s: float) -> None:
    run.command(f"UPDATE clock.step SET by = interval '{step_s:g} s'")  # noqa: S608 - a number

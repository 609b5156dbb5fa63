"""The whole system under kills, with nothing done to it, several times at once, and after a long stop."""

import signal
import time

from tests.chaos.figures import Bound, bounds
from tests.chaos.relay import Mail
from tests.chaos.run import Run, Size, Wanted, running
from tests.chaos.system import PRODUCT

KINDS = ("web", "worker", "beat", "watchdog", "mail", "postgres", "session", "redis")
KILL_EVERY_S = 5.0
SMALL = Wanted(alerts=600, seconds=60)


def calm(size: Size) -> list[Bound]:
    """Nothing is done to it."""
    with running(SMALL, seed=size.seed) as run:
        run.pass_night()
        return bounds(run, p99=5, longest=15)


def kill_storm(size: Size) -> list[Bound]:
    """Kill any process at random every 5 s."""
    seconds = size.minutes * 60
    wanted = Wanted(alerts=size.alerts, seconds=max(seconds - 130, 30), minutes=(0, 1, 2))
    with running(wanted, seed=size.seed) as run:
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            run.kill(run.random.choice(KINDS))
            run.pass_time(KILL_EVERY_S)
        run.pass_night()
        return bounds(run, p99=15, longest=60)


def four_engines(size: Size) -> list[Bound]:
    """Two workers of two threads, two clocks and two watchdogs."""
    with running(Wanted(alerts=600, seconds=60, engines=2), seed=size.seed) as run:
        run.pass_night()
        return bounds(run, longest=15)


def sender_frozen(size: Size) -> list[Bound]:
    """The worker stands still for 40 s, longer than its lease, and then goes on."""
    with running(SMALL, seed=size.seed) as run:
        run.pass_time(8)
        run.system.send("worker", signal.SIGSTOP)
        run.pass_time(40)
        run.system.send("worker", signal.SIGCONT)
        run.note("worker frozen", doubtful=True)
        run.pass_night()
        return bounds(run, longest=30)


def clock_frozen(size: Size) -> list[Bound]:
    """Beat stands still for 45 s."""
    with running(SMALL, seed=size.seed) as run:
        run.pass_time(8)
        run.system.send("beat", signal.SIGSTOP)
        run.pass_time(45)
        run.system.send("beat", signal.SIGCONT)
        run.note("beat frozen", doubtful=False)
        run.pass_night()
        return bounds(run, longest=30)


def watchdog_alone(size: Size) -> list[Bound]:
    """Neither worker nor beat for as long as there are alerts."""
    with running(SMALL, seed=size.seed) as run:
        for name in ("worker", "beat"):
            run.system.take_away(name)
        run.note("worker", doubtful=True)
        run.pass_night()
        return bounds(run, longest=30)


def restart_of_everything(size: Size) -> list[Bound]:
    """Everything is ended and comes back in any order, the mail server and Redis too, four times."""
    with running(SMALL, seed=size.seed) as run:
        everything = [*PRODUCT, "postgres", "redis", "mail"]
        for _ in range(4):
            _come_back(run, everything)
            run.pass_time(8)
        run.pass_night()
        return bounds(run, longest=60)


def _come_back(run: Run, everything: list[str]) -> None:
    for name in run.random.sample(everything, len(everything)):
        fast = signal.SIGINT if name == "postgres" else signal.SIGTERM
        run.system.take_away(name, fast)
        run.note(name, doubtful=name in {"worker", "watchdog", "mail", "postgres"})
    run.pass_time(3)
    for name in run.random.sample(everything, len(everything)):
        run.system.bring_back(name)
        run.pass_time(run.random.uniform(0, 1))


def backlog(size: Size) -> list[Bound]:
    """Start after two hours in which 500 alerts came due."""
    with running(Wanted(alerts=500, seconds=60, begins=-7200, is_up=False), seed=size.seed) as run:
        run.faulted_at = time.time()
        run.system.start_product()
        drained = run.drain()
        alarms: list[Mail] = []  # that the watch was late is told too, by its watchdog (E37)
        mails: list[Mail] = []
        for mail in run.mails():
            (alarms if mail.message_id.startswith("<watch.") else mails).append(mail)
        told = {mail.message_id for mail in mails}
        rows = run.ask(
            "SELECT d.message_id FROM tracker_notification n"
            " JOIN tracker_notification d ON d.id = n.digest_id WHERE n.kind = 'step'"
        )
        told_rows = sum(row[0] in told for row in rows)
        return [
            Bound(name="lost", measured=len(run.night.due) - told_rows, bound=0, exactly=True),
            Bound(name="mails to one person", measured=_most(run, mails), bound=1),
            Bound(name="alarms of the watch to one person", measured=_most(run, alarms), bound=1),
            Bound(name="repeats", measured=len(mails) - len(told), bound=0, exactly=True),
            Bound(name="told after the start", measured=drained, bound=60, unit="s"),
        ]


def _most(run: Run, mails: list[Mail]) -> int:
    return max(sum(mail.to == person for mail in mails) for person in run.night.people)

"""The mail server refuses, hangs, drips, defers, rejects, swallows or is not there."""

import signal
import time

from tests.chaos.figures import Bound, account, bounds
from tests.chaos.relay import Mood, behave
from tests.chaos.run import Run, Size, Wanted, running

SHORT_S = 20.0


def down(size: Size) -> list[Bound]:
    """No mail server for as long as ``FAULT_S`` says; afterwards everything arrives, once."""
    with running(_night(size), seed=size.seed) as run:
        run.pass_time(5)
        run.system.take_away("mail")
        run.pass_time(size.fault_s)
        run.system.bring_back("mail")
        run.note("mail", doubtful=True)
        run.pass_night()
        return bounds(run, longest=size.fault_s + 90)


def silent(size: Size) -> list[Bound]:
    """It takes connections and says nothing."""
    return _in_a_mood(Mood.SILENT, size, repeats=0)


def dripping(size: Size) -> list[Bound]:
    """It greets with a byte a second, for ever."""
    return _in_a_mood(Mood.DRIPPING, size, repeats=0)


def busy(size: Size) -> list[Bound]:
    """It answers 451 to every recipient."""
    return _in_a_mood(Mood.BUSY, size, repeats=0)


def frozen(size: Size) -> list[Bound]:
    """Its process stands still."""
    with running(_night(size), seed=size.seed) as run:
        run.pass_time(5)
        run.system.send("mail", signal.SIGSTOP)
        run.pass_time(size.fault_s)
        run.system.send("mail", signal.SIGCONT)
        run.note("mail", doubtful=True)
        run.pass_night()
        return bounds(run, longest=size.fault_s + 90)


def dropping(size: Size) -> list[Bound]:
    """For 20 s it takes every text and hangs up: each of these is repeated once, and no other."""
    return _swallowing(Mood.DROPPING, size)


def mute(size: Size) -> list[Bound]:
    """For 20 s it takes every text and never answers."""
    return _swallowing(Mood.MUTE, size)


def unwilling(size: Size) -> list[Bound]:
    """For 20 s it answers 550: those mails have failed and say so, all others arrive."""
    with running(_night(size), seed=size.seed) as run:
        run.pass_time(5)
        behave(run.system.mails, Mood.UNWILLING)
        run.pass_time(SHORT_S)
        behave(run.system.mails, Mood.HONEST)
        run.note("mail", doubtful=False)
        run.pass_night()
        drained = run.drain()
        failed = {
            str(row[0])
            for row in run.ask("SELECT message_id FROM tracker_notification WHERE state = 'failed'")
        }
        others = {key: due for key, due in run.night.due.items() if key not in failed}
        found = account(others, run.mails())
        return [
            Bound(name="lost and not shown as failed", measured=found.lost, bound=0, exactly=True),
            Bound(name="failed and arrived", measured=found.strange, bound=0, exactly=True),
            Bound(name="repeats", measured=found.repeats, bound=0, exactly=True),
            Bound(name="late, all that arrived", measured=found.percentile(100), bound=30, unit="s"),
            Bound(name="drained after the last fault", measured=drained, bound=60, unit="s"),
        ]


def _in_a_mood(mood: Mood, size: Size, *, repeats: int) -> list[Bound]:
    """Let it be so for a while; what was tried meanwhile waits about as long again, 360 s at most."""
    with running(_night(size), seed=size.seed) as run:
        run.pass_time(5)
        behave(run.system.mails, mood)
        run.pass_time(size.fault_s)
        behave(run.system.mails, Mood.HONEST)
        run.note("mail", doubtful=repeats > 0)
        run.pass_night()
        again = min(size.fault_s * 2 + 60, 360)
        return bounds(run, longest=size.fault_s + again, drained=again)


def _swallowing(mood: Mood, size: Size) -> list[Bound]:
    with running(_night(size), seed=size.seed) as run:
        run.pass_time(5)
        behave(run.system.mails, mood)
        began = time.time()
        run.pass_time(SHORT_S)
        behave(run.system.mails, Mood.HONEST)
        run.doubtful = _taken(run, began, time.time())
        run.note("mail", doubtful=True)
        run.pass_night()
        return bounds(run, longest=120, drained=90)


def _taken(run: Run, since: float, until: float) -> int:
    return sum(since <= mail.at <= until for mail in run.mails())


def _night(size: Size) -> Wanted:
    return Wanted(alerts=600, seconds=size.fault_s + 20)

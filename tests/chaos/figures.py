"""From the mail server's log and the plan to figures, and from figures to verdicts."""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Protocol

from tests.chaos.relay import Mail

DRAINED_S = 60.0


@dataclass(frozen=True, kw_only=True)
class Bound:
    """One line of the table."""

    name: str
    measured: float
    bound: float
    unit: str = ""
    exactly: bool = False

    @property
    def ok(self) -> bool:
        """Whether it holds."""
        return self.measured == self.bound if self.exactly else self.measured <= self.bound

    def line(self) -> str:
        """Return it as a line of the table."""
        sign = "=" if self.exactly else "≤"
        wanted = f"{sign} {self.bound:g} {self.unit}"
        return f"  {self.name:<44} {wanted:>12}   {self.measured:>8.1f}   {'holds' if self.ok else 'BROKEN'}"


@dataclass(frozen=True, kw_only=True)
class Account:
    """What the mail server's log says about a plan.

    Attributes:
        planned: How many mails had to be sent.
        lost: Planned ones that no later step of the same climb told either.
        joined: Steps that were told together with a later one, for they were past due together.
        strange: Texts with a Message-ID outside of the plan.
        repeats: Texts beyond the first with the same Message-ID.
        most: Copies of the mail that came most often.
        altered: Repeats whose date or subject is another, or that do not say that they are repeats.
        late: By how much each first text came after its time, s, in order.
    """

    planned: int
    lost: int
    joined: int
    strange: int
    repeats: int
    most: int
    altered: int
    late: list[float]

    def percentile(self, percent: float) -> float:
        """Return the lateness that so many percent do not exceed, s."""
        if not self.late:
            return float("inf")
        return self.late[min(int(len(self.late) * percent / 100), len(self.late) - 1)]


def account(due: Mapping[str, float], mails: Iterable[Mail]) -> Account:
    """Hold the log against the plan.

    Args:
        due: Message-ID → when it is due, s since 1970.
        mails: What the server took, in order.
    """
    first: dict[str, Mail] = {}
    copies: Counter[str] = Counter()
    altered = 0
    for mail in mails:
        copies[mail.message_id] += 1
        before = first.setdefault(mail.message_id, mail)
        same = (before.date, before.subject, before.to) == (mail.date, mail.subject, mail.to)
        altered += before is not mail and not (same and mail.repeat)
    highest: dict[tuple[str, str], int] = {}
    for message_id in first:
        if message_id in due:
            climb, rung = _step(message_id)
            highest[climb] = max(rung, highest.get(climb, 0))
    missing = [_step(message_id) for message_id in due if message_id not in first]
    joined = sum(highest.get(climb, 0) > rung for climb, rung in missing)
    return Account(
        planned=len(due),
        lost=len(missing) - joined,
        joined=joined,
        strange=sum(message_id not in due for message_id in first),
        repeats=copies.total() - len(first),
        most=max(copies.values(), default=0),
        altered=altered,
        late=sorted(max(mail.at - due[key], 0.0) for key, mail in first.items() if key in due),
    )


def _step(message_id: str) -> tuple[tuple[str, str], int]:
    """Return alert and person of a mail, and the rung."""
    alert, _climb, rung, _repeat, person = message_id.partition("@")[0].strip("<").split(".")
    return (alert, person), int(rung)


class Endured(Protocol):
    """A run that is over."""

    @property
    def doubtful(self) -> int:
        """Kills that may have repeated a mail each."""

    def drain(self) -> float:
        """Wait until nothing is owed; return how long after the last fault, s."""

    def found(self) -> Account:
        """Return what the mail server's log says of the plan."""


def bounds(
    run: Endured, *, longest: float, p99: float | None = None, drained: float = DRAINED_S
) -> list[Bound]:
    """Wait until nothing is owed, and return what is promised of a run, beside what was measured.

    Args:
        run: The run.
        longest: Promised lateness of all, s.
        p99: Promised lateness of 99 in 100, s; None where nothing is promised.
        drained: Promised end after the last fault, s.
    """
    took = run.drain()
    found = run.found()
    late = [found.percentile(percent) for percent in (50, 99, 100)]
    return [
        Bound(name="lost", measured=found.lost, bound=0, exactly=True),
        Bound(name="Message-IDs outside of the plan", measured=found.strange, bound=0, exactly=True),
        Bound(name="repeats; bound: kills that may repeat one", measured=found.repeats, bound=run.doubtful),
        Bound(name="copies of one mail", measured=found.most, bound=2),
        Bound(name="repeats that are not word for word", measured=found.altered, bound=0, exactly=True),
        Bound(name="steps told with a later one", measured=found.joined, bound=0, exactly=True),
        Bound(name="late, 50 in 100", measured=late[0], bound=p99 or longest, unit="s"),
        Bound(name="late, 99 in 100", measured=late[1], bound=p99 or longest, unit="s"),
        Bound(name="late, all", measured=late[2], bound=longest, unit="s"),
        Bound(name="drained after the last fault", measured=took, bound=drained, unit="s"),
    ]

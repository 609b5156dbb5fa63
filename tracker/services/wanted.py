"""What a version of a rule says before it is one, and how that is written in a rules file."""

import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from tracker.checks import CHECKS
from tracker.choices import DutyRole, QuietPolicy, RungChannel, Severity, StormPolicy

_OWN_DEFAULT = "Our default"


@dataclass(frozen=True, kw_only=True)
class Rung:
    """A rung of a ladder, see :class:`tracker.models.RuleLevel`.

    Attributes:
        people: Sign-in names of people who are told besides, on duty or not.
        regardless_of_duty: Whether people of the roster who are off duty are told too, if they wished so.
    """

    after_min: int
    roles: tuple[DutyRole, ...]
    repeat_min: int | None = None
    max_repeats: int | None = None
    people: tuple[str, ...] = ()
    regardless_of_duty: bool = False
    channel: RungChannel = RungChannel.MAIL


@dataclass(frozen=True, kw_only=True)
class Wanted:
    """What a version of a rule says, see :class:`tracker.models.Rule`.

    Attributes:
        ladders: Band → rungs from the first to the last.
    """

    code: str
    name: str
    source: str
    stop_condition: str
    severities: Mapping[str, Severity]
    ladders: Mapping[str, tuple[Rung, ...]]
    params: Mapping[str, Any] = field(default_factory=dict)
    ack_min: int = 60
    enabled: bool = True
    for_s: int = 0
    clear_s: int = 0
    quiet: QuietPolicy = QuietPolicy.SEVERITY
    storm_policy: StormPolicy = StormPolicy.SEVERITY


def read(text: str) -> tuple[Wanted, ...]:
    """Return the rules of a rules file, by code.

    Args:
        text: TOML, as ``tracker/data/rules.toml``.

    Raises:
        ValueError: If it is no such file; the message says where.
    """
    return tuple(_rule(code, said) for code, said in sorted(tomllib.loads(text).items()))


def spoken(words: str) -> tuple[Rung, ...]:
    """Return the rungs that a line of words tells; nothing tells nobody.

    Args:
        words: ``"<minutes> <roles> off-duty via <channel> @<person> …; …; again <minutes> x <times>"``.

    Raises:
        ValueError: If a part is none of these.
    """
    parts = [part.strip() for part in words.split(";") if part.strip()]
    again = re.fullmatch(r"again (\d+)(?: x (\d+))?", parts[-1]) if parts else None
    rungs = parts[:-1] if again else parts
    pace = (int(again[1]), int(again[2]) if again[2] else None) if again else (None, None)
    return tuple(
        _rung(rung, *(pace if number == len(rungs) else (None, None)))
        for number, rung in enumerate(rungs, start=1)
    )


def in_words(rungs: tuple[Rung, ...]) -> str:
    """Return the line of words that :func:`spoken` takes."""
    parts = [_rung_in_words(rung) for rung in rungs]
    if rungs and rungs[-1].repeat_min:
        times = f" x {rungs[-1].max_repeats}" if rungs[-1].max_repeats else ""
        parts.append(f"again {rungs[-1].repeat_min}{times}")
    return "; ".join(parts)


def _rung_in_words(rung: Rung) -> str:
    off_duty = ["off-duty"] if rung.regardless_of_duty else []
    through = [] if rung.channel is RungChannel.MAIL else [f"via {rung.channel}"]
    people = [f"@{name}" for name in rung.people]
    return " ".join([str(rung.after_min), "".join(rung.roles), *off_duty, *through, *people])


def _rung(words: str, repeat_min: int | None, max_repeats: int | None) -> Rung:
    told = re.fullmatch(r"(\d+) ([A-Z]+)( off-duty)?(?: via ([a-z]+))?((?: @\S+)*)", words)
    if told is None:
        raise ValueError(f"not a rung: {words!r}")
    return Rung(
        after_min=int(told[1]),
        roles=tuple(DutyRole(role) for role in told[2]),
        repeat_min=repeat_min,
        max_repeats=max_repeats,
        people=tuple(name.removeprefix("@") for name in told[5].split()),
        regardless_of_duty=told[3] is not None,
        channel=RungChannel(told[4] or RungChannel.MAIL),
    )


def _rule(code: str, said: dict[str, Any]) -> Wanted:
    if code not in CHECKS:
        raise ValueError(f"nothing watches for {code}")
    severity, ladder = said.pop("severity"), said.pop("ladder")
    severities = severity if isinstance(severity, dict) else {"": severity}
    ladders = ladder if isinstance(ladder, dict) else {"": ladder}
    defaults = {name: number.default for name, number in CHECKS[code].params.items()}
    return Wanted(
        code=code,
        name=said.pop("name"),
        stop_condition=said.pop("stops"),
        source=said.pop("source", _OWN_DEFAULT),
        severities={band: Severity(value) for band, value in severities.items()},
        ladders={band: spoken(words) for band, words in ladders.items()},
        params=defaults | said.pop("params", {}),
        quiet=QuietPolicy(said.pop("quiet", QuietPolicy.SEVERITY)),
        storm_policy=StormPolicy(said.pop("storm_policy", StormPolicy.SEVERITY)),
        **said,
    )

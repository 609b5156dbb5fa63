"""What a rule means, in plain words, and what is odd about it: shown before and after a change."""

from collections.abc import Iterator
from datetime import datetime
from itertools import pairwise
from typing import Any

from django.utils import translation

from incidents.choices import Grade
from incidents.models import Organization
from tracker.checks import CHECKS
from tracker.choices import DutyRole, RungChannel, Severity
from tracker.mail.wording import words_of
from tracker.selectors.duty import on_duty
from tracker.selectors.gateways import gateway_of
from tracker.services.wanted import Rung, Wanted


def describe(wanted: Wanted, *, language: str) -> list[str]:
    """Return what a rule does, a sentence a band.

    Args:
        wanted: What the rule says.
        language: Of the reader.
    """
    words = words_of(language)["ladder"]
    sentences = [] if wanted.enabled else [words["off"]]
    for band in CHECKS[wanted.code].bands:
        told = [_rung(rung, words, language) for rung in wanted.ladders.get(band, ())]
        last = wanted.ladders[band][-1] if told else None
        if last is not None and last.repeat_min:
            form = words["again_at_most"] if last.max_repeats else words["again"]
            told.append(form.format(minutes=last.repeat_min, times=last.max_repeats))
        head = words["band"].format(band=band_named(band, language=language)) if band else words["plain"]
        sentences.append(head + words["between"].join(told or [words["nobody"]]) + words["end"])
    delays = {"for": wanted.for_s, "clear": wanted.clear_s}
    sentences += [words[name].format(seconds=seconds) for name, seconds in delays.items() if seconds]
    return [*sentences, words["ack"].format(minutes=wanted.ack_min)]


def findings(wanted: Wanted, *, organization: Organization | None, now: datetime, language: str) -> list[str]:
    """Return what is odd about a rule: nothing that forbids it, everything that somebody should know.

    Args:
        wanted: What the rule says.
        organization: Where it counts; None leaves out who is on duty, which differs from place to place.
        now: When it is asked who is on duty.
        language: Of the reader.
    """
    words = words_of(language)["lint"]
    odd = set(wanted.params) ^ set(CHECKS[wanted.code].params)
    found = [words["params"].format(names=", ".join(sorted(odd)))] if odd else []
    for band in CHECKS[wanted.code].bands:
        named = band_named(band, language=language) or wanted.name
        rungs = wanted.ladders.get(band, ())
        if not rungs:
            found.append(words["no_rung"].format(band=named))
            continue
        said = [*_pace(wanted, band), *_unreached(wanted, band)]
        if organization is not None:
            said += _people(rungs, organization, now, language)
        found += [words[kind].format(band=named, **facts) for kind, facts in said]
    return found


def band_named(band: str, *, language: str) -> str:
    """Return a band in words: grades have names, other bands are numbers."""
    words = words_of(language)
    if band in Grade:
        name: str = words["codes"]["grade"][band]
        return name
    return str(words["ladder"]["number"]).format(band=band) if band else ""


def param_named(name: str, *, language: str) -> str:
    """Return a threshold in words; one of several bands with its number."""
    stem, _, band = name.rpartition("_")
    names: dict[str, str] = words_of(language)["params"]
    return names[name] if name in names else f"{names[stem]} {band}"


def _rung(rung: Rung, words: dict[str, str], language: str) -> str:
    with translation.override(language):
        people = [str(DutyRole(role).label) for role in rung.roles]
    said = words["and"].join([*people, *rung.people]) + (words["off_duty"] if rung.regardless_of_duty else "")
    said += words[f"via_{rung.channel}"] if rung.channel is not RungChannel.MAIL else ""
    form = words["later"] if rung.after_min else words["at_once"]
    return form.format(minutes=rung.after_min, people=said)


def _pace(wanted: Wanted, band: str) -> Iterator[tuple[str, dict[str, Any]]]:
    """Yield whether a ladder repeats faster than it climbs, or never repeats what is critical."""
    rungs = wanted.ladders[band]
    repeat = rungs[-1].repeat_min
    gap = max((upper.after_min - lower.after_min for lower, upper in pairwise(rungs)), default=0)
    if repeat is None and wanted.severities[band] == Severity.CRITICAL:
        yield "silent", {}
    if repeat is not None and gap > repeat:
        yield "slow", {"gap": gap, "repeat": repeat}


def _unreached(wanted: Wanted, band: str) -> Iterator[tuple[str, dict[str, Any]]]:
    """Yield rungs that a worse band, which begins a new climb, always comes before."""
    sooner = _minutes_to_the_next(wanted, band)
    for number, rung in enumerate(wanted.ladders[band], start=1):
        if sooner is not None and rung.after_min >= sooner:
            yield "never", {"rung": number, "minutes": rung.after_min, "sooner": sooner}


def _minutes_to_the_next(wanted: Wanted, band: str) -> int | None:
    for name, scale in (("hours", 60), ("minutes", 1)):
        here, there = f"{name}_{band}", f"{name}_{int(band) + 1}" if band.isdecimal() else ""
        if here in wanted.params and there in wanted.params:
            return int((wanted.params[there] - wanted.params[here]) * scale)
    return None


def _people(
    rungs: tuple[Rung, ...], organization: Organization, now: datetime, language: str
) -> Iterator[tuple[str, dict[str, Any]]]:
    """Yield rungs, or whole ladders, that reach nobody who is on duty now."""
    roles = {role for rung in rungs for role in rung.roles}
    held = {post.role for post in on_duty(organization, roles=sorted(roles), now=now)}
    if not held and not any(rung.people for rung in rungs):
        yield "nobody", {"organization": organization}
        return
    mute = any(rung.channel is not RungChannel.MAIL for rung in rungs) and gateway_of(organization) is None
    for number, rung in enumerate(rungs, start=1):
        if mute and rung.channel is not RungChannel.MAIL:
            yield "no_hook", {"rung": number, "organization": organization}
        if rung.people and not held & set(rung.roles):
            with translation.override(language):
                named = ", ".join(str(DutyRole(role).label) for role in rung.roles)
            yield "only_named", {"rung": number, "roles": named}

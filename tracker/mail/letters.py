"""The words of a mail: what, where, since when, how many, who has it, what is asked. Plain text, 20 lines.

Every language has its own templates: a mail is written, not translated word by word. What is not known is
said to be unknown or left out, never 0.
"""

import unicodedata
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

from django.template.loader import render_to_string
from django.utils import timezone, translation

from tracker.choices import DutyRole
from tracker.mail import wording

_BANDS = {
    "zh-hans": {"blue": "蓝色", "yellow": "黄色", "orange": "橙色", "red": "红色"},
    "en": {"blue": "BLUE", "yellow": "YELLOW", "orange": "ORANGE", "red": "RED"},
}
_LINES = {"zh-hans": "{kv}千伏{name}", "en": "{kv} kV {name}"}
_EXPLAINS = {
    "zh-hans": "另有{n}起停电由本次停电引起（+{n}），不再单独通知。",
    "en": "+{n} outages are explained by this one and not told by themselves.",
}
_MARK = "【演练】"
LONGEST_SUBJECT = 250
LONGEST_WORD = 120
# Where the recipient's own link goes, on a line by itself (``services/links.py``).
ANSWER = "[answer {alert} {climb}]"
_UNSAFE = {"Cc", "Cf", "Cs", "Zl", "Zp"}  # control, bidi overrides, line ends: nothing that forges a line


@dataclass(frozen=True, kw_only=True)
class Notice:
    """What one person is told of one step.

    Attributes:
        level: Rung of the ladder.
        repeat: 0 for the rung itself, n for the n-th repeat.
        climb_at: Since when the alert has been in this band.
        urgency: Rank of the alert's severity.
        generation: Number of the climb; an answer to an older one counts for nothing.
        explains: Open outages that this one explains; their alerts tell nobody.
    """

    alert_id: int
    alert_uuid: UUID
    rule_code: str
    band: str
    is_exercise: bool
    facts: dict[str, Any]
    level: int
    repeat: int
    climb_at: datetime
    language: str
    urgency: int = 0
    generation: int = 1
    explains: int = 0


@dataclass(frozen=True, kw_only=True)
class Letter:
    """Subject and text of a mail."""

    subject: str
    text: str


def write(notice: Notice, *, now: datetime) -> Letter:
    """Write the mail for a notice.

    Args:
        notice: What is told.
        now: When it is written; durations end here.

    Raises:
        django.template.TemplateDoesNotExist: If the rule has no words in this language.
    """
    fact = _told_once(_readable(notice.facts, now), drill=notice.is_exercise)
    said = {
        "fact": fact,
        "drill": notice.is_exercise,
        "band": notice.band,
        "role_named": _role(fact.get("role", ""), notice.language),
        "band_named": _BANDS[notice.language].get(notice.band, notice.band),
        "line_named": _line(fact, notice.language),
        "level": notice.level,
        "repeat": notice.repeat,
        "climbed": _lasting(now - notice.climb_at),
        "link": ANSWER.format(alert=notice.alert_id, climb=notice.generation),
    }
    name = notice.rule_code
    if wording.is_worded(name):
        told = wording.say(name, language=notice.language, fact=fact, band=notice.band)
        said |= {
            "said": told,
            "tag": wording.tag(notice.urgency, language=notice.language),
            "where": said["line_named"] or fact.get("place") or fact.get("company", ""),
        }
        name = "rule"
    folder = f"tracker/mail/{notice.language}/{name}"
    letter = rendered(folder, said)
    if not notice.explains:
        return letter
    words = _EXPLAINS[notice.language].format(n=notice.explains)
    return Letter(subject=letter.subject, text=f"{words}\n{letter.text}")


def rendered(template: str, said: dict[str, Any]) -> Letter:
    """Return the letter of ``<template>_subject.txt`` and ``<template>_body.txt``, without empty lines."""
    subject = " ".join(render_to_string(f"{template}_subject.txt", said).split())
    lines = (line.rstrip() for line in render_to_string(f"{template}_body.txt", said).splitlines())
    return Letter(subject=subject[:LONGEST_SUBJECT], text="\n".join(line for line in lines if line) + "\n")


def _role(code: str, language: str) -> str:
    """Return what a role of the ladder is called; other words stay as they are."""
    with translation.override(language):
        return str(DutyRole(code).label) if code in DutyRole else code


def _told_once(fact: dict[str, Any], *, drill: bool) -> dict[str, Any]:
    """Return facts without what the mail says anyway: the mark of a drill, a pole that the place names."""
    if drill:
        fact = {
            key: value.replace(_MARK, "") if isinstance(value, str) else value for key, value in fact.items()
        }
    if fact.get("pole_no") and fact["pole_no"] in fact.get("place", ""):
        del fact["pole_no"]
    return fact


def _line(fact: dict[str, Any], language: str) -> str:
    """Return a line's name with its voltage, which many names begin with already."""
    name, kv = fact.get("line", ""), fact.get("voltage_kv")
    if not name or kv is None or "千伏" in name or "kv" in name.lower():
        return str(name)
    return _LINES[language].format(kv=kv, name=name)


def _readable(facts: dict[str, Any], now: datetime) -> dict[str, Any]:
    """Return facts as templates show them.

    Names are made harmless, ``…_mm`` and ``ratio`` get their decimals, ``x_at`` becomes a local time with
    ``x_ago`` beside it, and ``x_on`` stays a day.
    """
    shown: dict[str, Any] = {}
    for key, value in facts.items():
        if isinstance(value, dict):
            shown[key] = _readable(value, now)
        elif key.endswith("_at"):
            at = datetime.fromisoformat(value)
            shown[key] = f"{timezone.localtime(at):%m-%d %H:%M}"
            shown[f"{key.removesuffix('_at')}_ago"] = _lasting(now - at)
        elif key.endswith("_on"):
            shown[key] = f"{date.fromisoformat(value):%m-%d}"
        else:
            shown[key] = _number(key, value) if isinstance(value, int | float) else harmless(str(value))
    return shown


def _number(key: str, value: float) -> str:
    if key == "design_mm":
        return f"{value:g}"
    if key.endswith("_mm"):
        return f"{value:.1f}"
    if isinstance(value, int):
        return str(value)
    return f"{value:.2f}" if key.startswith("ratio") else f"{value:g}"


def _lasting(duration: timedelta) -> str:
    """Return a duration as 45m, 2h10m or 3d4h; a clock that runs ahead gives 0m."""
    minutes = max(int(duration.total_seconds() // 60), 0)
    hours, minutes = divmod(minutes, 60)
    days, hours_of_day = divmod(hours, 24)
    if days:
        return f"{days}d{hours_of_day}h"
    return f"{hours}h{minutes:02d}m" if hours else f"{minutes}m"


def harmless(text: str, *, longest: int = LONGEST_WORD) -> str:
    """Return words that a person typed without anything that could break out of a line or of a header."""
    kept = "".join(" " if unicodedata.category(sign) in _UNSAFE else sign for sign in text)
    return " ".join(kept.split())[:longest]

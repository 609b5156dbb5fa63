"""What is said of each rule: words per language from ``tracker/data/words.*.toml``, facts filled in.

The frame of a mail (where, since when, how many, who has it) is the same for all rules and stands in
templates; here is what differs: the head of the subject, the lines about the condition, and what is asked.
"""

import tomllib
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from django.template import Context, Template

_FOLDER = Path(__file__).parents[1] / "data"


@dataclass(frozen=True, kw_only=True)
class Said:
    """What is said of one alert."""

    head: str
    lines: list[str]
    ask: str


def is_worded(code: str) -> bool:
    """Say whether a rule has words here; those that have templates of their own have none."""
    return code in words_of("zh-hans")


def say(code: str, *, language: str, fact: dict[str, Any], band: str) -> Said:
    """Fill the facts into what is said of a rule.

    Args:
        code: The rule.
        language: Of the reader.
        fact: Facts as templates show them.
        band: Band of the alert.
    """
    words = words_of(language)[code]
    given = Context({"fact": named(fact, language=language), "band": band}, autoescape=False)
    lines = [_template(line).render(given).strip() for line in words["lines"]]
    return Said(
        head=_template(words["head"]).render(given).strip(),
        lines=[line for line in lines if line],
        ask=_template(words["ask"]).render(given).strip(),
    )


def named(fact: dict[str, Any], *, language: str) -> dict[str, Any]:
    """Return facts with coded values in words."""
    codes = words_of(language)["codes"]
    return {key: codes.get(key, {}).get(value, value) for key, value in fact.items() if key != "outage"}


def tag(urgency: int, *, language: str) -> str:
    """Return how much an alert weighs, for the head of the subject.

    Args:
        urgency: Rank of its severity, 0 to 3.
        language: Of the reader.
    """
    named_severities: list[str] = words_of(language)["tags"]["severity"]
    return named_severities[urgency]


@cache
def words_of(language: str) -> dict[str, Any]:
    """Return everything that is said in a language, as its file has it."""
    return tomllib.loads((_FOLDER / f"words.{language}.toml").read_text(encoding="utf-8"))


@cache
def _template(text: str) -> Template:
    return Template(text)

"""How names are told from the words around them: lists of words, kept as data."""

import tomllib
from functools import cache

from incidents.rules.briefs.vocabulary import FOLDER


@cache
def _lists() -> dict[str, dict[str, list[str]]]:
    return tomllib.loads((FOLDER / "names.toml").read_text(encoding="utf-8"))


def words(kind: str, name: str) -> tuple[str, ...]:
    """Return one list of ``names.toml``."""
    return tuple(_lists()[kind][name])

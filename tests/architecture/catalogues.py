"""Translations as they are in the files: the sources' strings, the ``.po`` catalogues, the compiled ones."""

import ast
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from gettext import GNUTranslations
from pathlib import Path

from django.utils.translation.template import templatize

from tests.architecture.source import ROOT, python_files, tree_of

_CALLS = {"_", "gettext", "gettext_lazy", "gettext_noop", "ngettext", "ngettext_lazy"}
_IN_TEMPLATES = re.compile(
    r"""n?gettext\((u?'(?:[^'\\]|\\.)*'|u?"(?:[^"\\]|\\.)*")(?:,\s*(u?'(?:[^'\\]|\\.)*'|u?"(?:[^"\\]|\\.)*"))?"""
)


@dataclass
class Entry:
    """One message of a catalogue.

    Attributes:
        sources: The message, and its plural if it has one.
        targets: Its translations.
    """

    sources: list[str] = field(default_factory=list)
    targets: list[str] = field(default_factory=list)
    fuzzy: bool = False


def folder_of(app: str) -> Path:
    """Return where an app's Chinese catalogue lies."""
    return ROOT / app / "locale" / "zh_Hans" / "LC_MESSAGES"


def entries(text: str) -> Iterator[Entry]:
    """Return the messages of a ``.po`` file, without its header."""
    for block in re.split(r"\n\s*\n", text):
        entry = _entry(block)
        if entry.sources and entry.sources != [""]:
            yield entry


def _entry(block: str) -> Entry:
    entry = Entry()
    values: list[str] | None = None
    for line in block.splitlines():
        if line.startswith("#,") and "fuzzy" in line:
            entry.fuzzy = True
        found = re.match(r'(msgid|msgid_plural|msgstr|msgstr\[\d+\])\s+(".*")$', line)
        if found:
            values = entry.targets if found[1].startswith("msgstr") else entry.sources
            values.append(ast.literal_eval(found[2]))
        elif line.startswith('"') and values:
            values[-1] += ast.literal_eval(line)
    return entry


def compiled(path: Path) -> dict[str, str]:
    """Return what a compiled catalogue says, by message; of plurals the only form that Chinese has."""
    with path.open("rb") as stream:
        catalogue: dict[object, str] = GNUTranslations(stream)._catalog  # type: ignore[attr-defined]
    return {key[0] if isinstance(key, tuple) else str(key): value for key, value in catalogue.items() if key}


def strings_of(app: str) -> set[str]:
    """Return every string that the sources of an app want translated."""
    found: set[str] = set()
    for path in python_files(app):
        for node in ast.walk(tree_of(path)):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in _CALLS:
                first = node.args[0] if node.args else None
                if isinstance(first, ast.Constant) and isinstance(first.value, str):
                    found.add(first.value)
    for path in sorted((ROOT / app).rglob("templates/**/*.*")):
        marked = templatize(path.read_text(), origin=str(path))
        found |= {ast.literal_eval(match[1]) for match in _IN_TEMPLATES.finditer(marked)}
    return found


def placeholders(text: str) -> list[str]:
    """Return the places that a message leaves open, sorted: ``%(name)s``, ``%d`` and ``{name}``."""
    return sorted(re.findall(r"%\(\w+\)[a-z]|%[sd]|\{\w*\}", text.replace("%%", "")))

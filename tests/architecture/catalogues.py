"""Translations as they are in the files: the sources' strings, the ``.po`` catalogues, the compiled ones.

Nothing here needs gettext's programs, so that what they made is checked on machines without them.
"""

import ast
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from gettext import GNUTranslations
from pathlib import Path

import django
import rest_framework
from django.apps import apps
from django.utils.translation.template import templatize

from tests.architecture.source import APPS, ROOT, python_files, tree_of

CHINESE = Path("locale", "zh_Hans", "LC_MESSAGES")
_CALL = re.compile(r"^(?:_|(?P<context>n?p)?n?gettext(?:_lazy|_noop)?)$")
_STRING = r"""u?(?:'(?:[^'\\]|\\.)*'|"(?:[^"\\]|\\.)*")"""
_IN_TEMPLATES = re.compile(rf"\b(?:_|n?p?gettext)\({_STRING}(?:,\s*{_STRING})*")

# A message as gettext looks it up: its text, behind its context and an EOT if it has one; plural forms
# are numbered.
Key = str | tuple[str, int]


@dataclass
class Entry:
    """One message of a catalogue.

    Attributes:
        sources: The message, and its plural if it has one.
        targets: Its translations; Chinese has one for all numbers.
    """

    context: str = ""
    sources: list[str] = field(default_factory=list)
    targets: list[str] = field(default_factory=list)
    fuzzy: bool = False

    @property
    def key(self) -> str:
        """The message as gettext looks it up."""
        return f"{self.context}\x04{self.sources[0]}" if self.context else self.sources[0]

    @property
    def compiled(self) -> dict[Key, str]:
        """What a compiled catalogue has to say for it."""
        if len(self.sources) == 1:
            return {self.key: self.targets[0]}
        return {(self.key, number): target for number, target in enumerate(self.targets)}


def written(app: str) -> list[Entry]:
    """Return the messages of an app's Chinese catalogue."""
    return list(entries((ROOT / app / CHINESE / "django.po").read_text()))


def entries(text: str) -> Iterator[Entry]:
    """Return the messages of a ``.po`` file, without its header and those that it keeps as obsolete."""
    for block in re.split(r"\n\s*\n", text):
        entry = _entry(block)
        if entry.sources and entry.key:
            yield entry


def _entry(block: str) -> Entry:
    entry = Entry()
    values: list[str] = []
    for line in block.splitlines():
        if line.startswith("#,") and "fuzzy" in line:
            entry.fuzzy = True
        found = re.match(r'(msgctxt|msgid|msgid_plural|msgstr)(?:\[\d+\])?\s+(".*")$', line)
        if found and found[1] == "msgctxt":
            entry.context = ast.literal_eval(found[2])
        elif found:
            values = entry.targets if found[1] == "msgstr" else entry.sources
            values.append(ast.literal_eval(found[2]))
        elif line.startswith('"'):
            values[-1] += ast.literal_eval(line)
    return entry


def compiled(path: Path) -> dict[Key, str]:
    """Return what a compiled catalogue says, without its header."""
    with path.open("rb") as stream:
        catalogue: dict[Key, str] = GNUTranslations(stream)._catalog  # type: ignore[attr-defined]
    return {key: text for key, text in catalogue.items() if key}


def of_others() -> dict[Key, set[str]]:
    """Return what the compiled Chinese catalogues of Django and its apps say; ours override them."""
    homes = [Path(config.path) for config in apps.get_app_configs() if config.name not in APPS]
    homes += [Path(django.__path__[0]) / "conf", Path(rest_framework.__path__[0])]
    said: dict[Key, set[str]] = {}
    for home in homes:
        path = home / CHINESE / "django.mo"
        for key, text in (compiled(path) if path.exists() else {}).items():
            said.setdefault(key, set()).add(text)
    return said


def strings_of(app: str) -> set[str]:
    """Return every message that the sources of an app want translated."""
    found: set[str] = set()
    for path in python_files(app):
        found |= strings_in(tree_of(path))
    for path in sorted((ROOT / app).rglob("templates/**/*.*")):
        found |= strings_in_template(path.read_text())
    return found


def strings_in(tree: ast.AST) -> set[str]:
    """Return every message that a syntax tree wants translated."""
    return {key for node in ast.walk(tree) if isinstance(node, ast.Call) and (key := _key(node))}


def strings_in_template(text: str) -> set[str]:
    """Return every message that a template wants translated."""
    marked = _IN_TEMPLATES.findall(templatize(text))
    return {key for call in marked for key in strings_in(ast.parse(f"{call})"))}


def _key(call: ast.Call) -> str:
    """Return the message of a call as gettext looks it up; empty if the call is about something else."""
    name = call.func.id if isinstance(call.func, ast.Name) else getattr(call.func, "attr", "")
    wanted = _CALL.match(name)
    texts = [arg.value for arg in call.args if isinstance(arg, ast.Constant) and isinstance(arg.value, str)]
    if wanted is None or not texts:
        return ""
    return "\x04".join(texts[:2]) if wanted["context"] else texts[0]


def placeholders(text: str) -> list[str]:
    """Return the places that a message leaves open, sorted: ``%(name)s``, ``%d`` and ``{name}``."""
    return sorted(re.findall(r"%\(\w+\)[a-z]|%[a-z]|\{\w*\}", text.replace("%%", "")))

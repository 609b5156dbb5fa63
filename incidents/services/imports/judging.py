"""What a row of a file does: found out by doing it through the services, and in a dry run undone again."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Final

from django.db import transaction
from django.utils.translation import gettext as _

from incidents.choices import RowOutcome
from incidents.errors import Refused
from incidents.models.exchange import FileRow
from incidents.rules.cells import moment_told
from incidents.services.imports.base import Importing, Kind
from incidents.services.imports.columns import Problem

_MOST_TOLD: Final = 120


@dataclass(kw_only=True)
class Verdict:
    """What a row would do, or did."""

    outcome: RowOutcome
    key: str = ""
    changes: list[list[str]] = field(default_factory=list)
    problems: list[list[str]] = field(default_factory=list)


class _Undone(Exception):  # noqa: N818 - takes back what a dry run did
    pass


def judge(kind: Kind, importing: Importing, row: FileRow, *, write: bool) -> Verdict:
    """Say what a row does, and do it if it is to be written.

    Args:
        kind: What it is a row of.
        importing: Who imports it.
        row: The row.
        write: Whether it stays; else all of it is undone.
    """
    values, problems = _values(kind, row)
    if problems:
        return Verdict(outcome=RowOutcome.ERROR, problems=problems)
    verdict = Verdict(outcome=RowOutcome.UNCHANGED, key=kind.key(values)[:400])
    try:
        with transaction.atomic():
            _do(kind, importing, values, verdict)
            if not write:
                raise _Undone  # noqa: TRY301 - the block ends undone
    except _Undone:
        pass
    except Problem as problem:
        verdict.problems = [[problem.column, str(problem.sentence)]]
    except Refused as refused:
        verdict.problems = _told(kind, refused)
    if verdict.problems:
        verdict.outcome, verdict.changes = RowOutcome.ERROR, []
    return verdict


def _do(kind: Kind, importing: Importing, values: dict[str, Any], verdict: Verdict) -> None:
    found = kind.find(importing, values)
    if found is None:
        missing = [each for each in kind.columns if each.is_needed and each.name not in values]
        verdict.problems = [[each.name, _("is missing")] for each in missing]
        if not missing:
            verdict.outcome = RowOutcome.NEW
            kind.add(importing, values)
        return
    changes = kind.differences(found, values)
    if changes:
        known = kind.values_of(found)
        verdict.outcome = RowOutcome.CHANGE
        verdict.changes = [
            [name, _shown(kind, name, known[name]), _shown(kind, name, value)]
            for name, value in changes.items()
        ]
        kind.amend(importing, found, changes)


def _values(kind: Kind, row: FileRow) -> tuple[dict[str, Any], list[list[str]]]:
    columns = {column.name: column for column in kind.columns}
    values: dict[str, Any] = {}
    problems = [*row.problems]
    for name, text in row.cells.items():
        try:
            values[name] = columns[name].value_of(text)
        except Problem as problem:
            problems.append([name, f"{text[:_MOST_TOLD]}: {problem.sentence}"])
    needed = [each.name for each in kind.columns if each.is_needed and each.name in kind.keys]
    problems += [[name, _("is missing")] for name in needed if name not in row.cells]
    return values, problems


def _shown(kind: Kind, name: str, value: Any) -> str:
    column = next(column for column in kind.columns if column.name == name)
    told = column.tell(value)
    if told is None:
        return ""
    return moment_told(told) if isinstance(told, datetime) else str(told)


def _told(kind: Kind, refused: Refused) -> list[list[str]]:
    """Return what a service refuses, column by column, in the words of the file."""
    words = {column.name: str(column.label) for column in kind.columns}
    problems = refused.fields.get("problems")
    if isinstance(problems, Mapping):
        return [
            [name if name in words else "", _sentences(name, told, words)] for name, told in problems.items()
        ]
    fields = {name: _word(value, words) for name, value in refused.fields.items()}
    column = refused.fields.get("field")
    return [[column if isinstance(column, str) and column in words else "", str(refused.template) % fields]]


def _sentences(name: str, told: Sequence[object], words: Mapping[str, str]) -> str:
    sentence = " ".join(map(str, told))
    return sentence if name in words or not name else f"{name}: {sentence}"


def _word(value: object, words: Mapping[str, str]) -> object:
    if isinstance(value, datetime):
        return moment_told(value)
    return words.get(value, value) if isinstance(value, str) else value

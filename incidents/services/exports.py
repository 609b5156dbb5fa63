"""Lists as files: collected a thousand rows at a time, then written; what is out of sight stays out."""

import json
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any, Final

from django.apps import apps
from django.db import models, transaction
from django.db.models import Model, QuerySet
from django.utils.text import capfirst
from django.utils.translation import gettext as _

from incidents.choices import FilePart, JobDirection, JobState
from incidents.errors import OutOfRange
from incidents.journal import Actor
from incidents.models import FileJob
from incidents.selectors.naming import related
from incidents.services import file_pieces, sheet_writing
from incidents.services.imports.base import Kind, Within
from incidents.services.imports.kinds import kind_of
from incidents.services.imports.life import KEPT, write
from incidents.services.sheet_writing import Cell

MOST_ROWS: Final = 200_000
TOGETHER: Final = 1000
_MACHINERY: Final = frozenset({"id", "client_id", "uuid", "unknown_reasons"})


@dataclass(frozen=True, kw_only=True)
class Reader:
    """What a person may see at one moment, as the layer above knows it.

    Attributes:
        within: Rows for which the person has a right.
        secret: Fields that no file holds.
        personal: Fields that only some may see.
    """

    within: Within
    secret: Collection[str]
    personal: Collection[str]


@dataclass(frozen=True, kw_only=True)
class _Shape:
    """What stands in the columns of an export.

    Attributes:
        names: Fields, in order.
        headings: What they are called.
        kind: Kind of import that reads such a file; None for other lists.
    """

    names: Sequence[str]
    headings: Sequence[str]
    kind: Kind | None


@transaction.atomic
def request(
    *, model: type[Model], keys: Sequence[int], file_format: str, language: str, by: Actor
) -> FileJob:
    """Ask for rows of a list as a file.

    Args:
        model: Of the list.
        keys: Numbers of the rows, in their order; whether they are in sight is asked again for each.
        file_format: CSV or workbook.
        language: Of headings and words.
        by: Who asks.

    Raises:
        OutOfRange: If there are too many rows for one file.
    """
    if len(keys) > MOST_ROWS:
        raise OutOfRange(field="rows", value=len(keys), high=MOST_ROWS)
    name = f"{capfirst(str(model._meta.verbose_name_plural))} {by.now.astimezone():%Y-%m-%d %H%M}"
    job = FileJob.objects.create(
        direction=JobDirection.EXPORT,
        subject=model._meta.label_lower,
        asked_by=by.user,
        language=language,
        file_format=file_format,
        file_name=f"{name}.{file_format}"[:120],
        state=JobState.COLLECTING,
        total=len(keys),
        created_at=by.now,
        expires_at=by.now + KEPT,
    )
    parts = (keys[start : start + TOGETHER] for start in range(0, len(keys), TOGETHER))
    file_pieces.keep(job, FilePart.KEYS, (json.dumps(list(part)).encode() for part in parts))
    write("file.requested", job, by=by)
    return job


def collect(job: FileJob, *, reader: Reader) -> None:
    """Collect the next rows of a locked job; after the last, the file is written."""
    model = apps.get_model(job.subject)
    shape = _shape(model, reader)
    asked = job.pieces.filter(part=FilePart.KEYS, seq=job.done // TOGETHER).first()
    keys: list[int] = json.loads(bytes(asked.data)) if asked else []
    rows = {row.pk: row for row in _rows(model, shape, keys, reader)}
    open_to = _with_phones(model, shape, list(rows), reader)
    told = [_cells(rows[key], shape, reader, phones=key in open_to) for key in keys if key in rows]
    file_pieces.keep(job, FilePart.ROWS, [json.dumps(told, default=_stored).encode()])
    if asked and len(rows) < len(keys):  # kept are those that stand in the file
        asked.data = json.dumps([key for key in keys if key in rows]).encode()
        asked.save(update_fields=["data"])
    job.shown_phones += len(set(open_to) & rows.keys())
    job.done += len(keys)
    if job.done >= job.total:
        job.state = JobState.WRITING


def finish(job: FileJob, *, reader: Reader, by: Actor) -> None:
    """Write the file of a locked job from the rows that were collected."""
    shape = _shape(apps.get_model(job.subject), reader)
    rows = (cells for block in file_pieces.blocks(job, FilePart.ROWS) for cells in _loaded(block))
    blocks = sheet_writing.written(shape.headings, rows, file_format=job.file_format)
    file_pieces.keep(job, FilePart.RESULT, blocks)
    file_pieces.drop(job, FilePart.ROWS)
    job.state, job.finished_at = JobState.DONE, by.now


def is_open(job: FileJob, *, reader: Reader) -> bool:
    """Say whether a person may still see all that stands in a finished file."""
    model, phones = apps.get_model(job.subject), 0
    for block in file_pieces.blocks(job, FilePart.KEYS):
        keys = json.loads(block)
        rows: QuerySet[Any] = QuerySet(model).filter(pk__in=keys)
        if reader.within(rows, "see").count() < len(keys):
            return False
        if phones < job.shown_phones:
            phones += reader.within(rows, "see_phones").count()
    return phones >= job.shown_phones


def _shape(model: type[Model], reader: Reader) -> _Shape:
    kind = kind_of(model)
    if kind is not None:
        names = [column.name for column in kind.columns]
        return _Shape(names=names, headings=[str(column.label) for column in kind.columns], kind=kind)
    hidden = _MACHINERY | set(reader.secret)
    fields = [
        field
        for field in model._meta.concrete_fields
        if field.name not in hidden and not isinstance(field, models.JSONField | models.BinaryField)
    ]
    headings = [capfirst(str(field.verbose_name)) for field in fields]
    return _Shape(names=[field.name for field in fields], headings=headings, kind=None)


def _rows(model: type[Model], shape: _Shape, keys: Sequence[int], reader: Reader) -> QuerySet[Any]:
    rows: QuerySet[Any] = reader.within(QuerySet(model).filter(pk__in=keys), "see")
    if shape.kind is None:
        return rows.select_related(*related(model, shape.names))
    return rows.select_related(*shape.kind.needs).prefetch_related(*shape.kind.collections)


def _with_phones(model: type[Model], shape: _Shape, keys: Sequence[int], reader: Reader) -> Collection[int]:
    """Return the rows whose phone numbers the person may see."""
    if not set(shape.names) & set(reader.personal):
        return ()
    rows: QuerySet[Any] = reader.within(QuerySet(model).filter(pk__in=keys), "see_phones")
    return set(rows.values_list("pk", flat=True))


def _cells(row: Any, shape: _Shape, reader: Reader, *, phones: bool) -> list[Any]:
    hidden = () if phones else reader.personal
    if shape.kind is not None:
        values = shape.kind.values_of(row)
        return [
            None if each.name in hidden else each.tell(values.get(each.name)) for each in shape.kind.columns
        ]
    return [None if name in hidden else _cell(row, name) for name in shape.names]


def _cell(row: Any, name: str) -> Cell:
    """Return a field as a list shows it: words instead of codes, numbers as numbers."""
    worded = getattr(row, f"get_{name}_display", None)
    value = worded() if worded is not None and getattr(row, name) not in (None, "") else getattr(row, name)
    if isinstance(value, bool):
        return str(_("Yes") if value else _("No"))
    if isinstance(value, Decimal):
        return int(value) if value == int(value) else float(value)
    if isinstance(value, datetime | int | float) or value is None:
        return value
    if isinstance(value, date):
        return value.isoformat()
    return "、".join(map(str, value)) if isinstance(value, list) else str(value)


def _stored(value: object) -> object:
    if isinstance(value, datetime):
        return {"at": value.isoformat()}
    if isinstance(value, timedelta):
        return str(value)
    raise TypeError(type(value))


def _loaded(block: bytes) -> Iterator[list[Cell]]:
    for cells in json.loads(block):
        yield [datetime.fromisoformat(cell["at"]) if isinstance(cell, dict) else cell for cell in cells]

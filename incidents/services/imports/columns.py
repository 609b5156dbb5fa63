"""Columns of files: what they are called in Chinese and English, in which unit, and how a cell is read."""

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from functools import cache, partial
from typing import TYPE_CHECKING, Any, Final

from django.db.models import TextChoices
from django.utils import translation
from django.utils.translation import gettext_lazy as _

from incidents.rules import cells
from incidents.rules.cells import BadCell

if TYPE_CHECKING:
    from incidents.models.base import Words

SEPARATORS: Final = "、,，;；"

_WHY: Final[Mapping[str, "Words"]] = {
    "looks-rounded": _("a spreadsheet has rounded it; format the column as text and enter it again"),
    "not-a-number": _("a number without unit, thousands separator or percent is expected"),
    "not-whole": _("a whole number is expected"),
    "too-exact": _("more decimal places than can be kept"),
    "neither-yes-nor-no": _("yes or no is expected"),
    "zone-in-text": _("a time zone in the text; write local time, 2026-01-05 08:03"),
    "not-a-moment": _("no clear date; write 2026-01-05 or 2026-01-05 08:03"),
    "no-such-moment": _("there is no such date or time"),
    "time-missing": _("the time of day is missing; write 2026-01-05 08:03"),
}


class Problem(Exception):  # noqa: N818 - what is wrong with a row is told, it does not stop the others
    """Something that keeps a row out.

    Attributes:
        column: Name of the column; empty for the row as a whole.
        sentence: What is wrong, for people.
    """

    def __init__(self, column: str, sentence: "Words") -> None:
        super().__init__(column)
        self.column = column
        self.sentence = sentence


@dataclass(frozen=True, kw_only=True)
class Column:
    """A column.

    Attributes:
        name: As the services call it.
        label: Its heading; recognised in Chinese and English.
        read: Text of a cell → value.
        tell: Value → cell: a text or a number, None for nothing.
        also: Other headings that people use.
        unit: Unit of its numbers; a heading that names another one is refused.
        is_needed: Whether a new row must have it.
        example: For the template.
        remark: For the template: what may stand in it.
    """

    name: str
    label: "Words"
    read: Callable[[str], Any]
    tell: Callable[[Any], str | float | int | datetime | None]
    also: Collection[str] = ()
    unit: str = ""
    is_needed: bool = False
    example: str = ""
    remark: "Words" = ""

    @property
    def heading(self) -> str:
        """The heading with its unit, in the language active now."""
        return f"{self.label} ({self.unit})" if self.unit else str(self.label)

    def names(self) -> set[str]:
        """Return all headings that it is known by."""
        found = {self.name, *self.also}
        for language in ("zh-hans", "en"):
            with translation.override(language):
                found.add(str(self.label))
        return {cells.heading(each) for each in found}

    def value_of(self, text: str) -> Any:
        """Return the value of a cell.

        Raises:
            Problem: If it says nothing clear.
        """
        try:
            return self.read(text)
        except BadCell as bad:
            raise Problem(self.name, _WHY[bad.code]) from bad


def text(name: str, label: "Words", **more: Any) -> Column:
    """Return a column of words."""
    return Column(name=name, label=label, read=cells.code_in, tell=_as_it_is, **more)


def number(name: str, label: "Words", *, places: int = 0, **more: Any) -> Column:
    """Return a column of numbers with at most so many places."""
    read = partial(_number, places=places)
    return Column(name=name, label=label, read=read, tell=_number_told, **more)


def yes_no(name: str, label: "Words", **more: Any) -> Column:
    """Return a column of yes and no."""
    more.setdefault("remark", _("yes or no"))
    return Column(name=name, label=label, read=cells.yes_in, tell=_yes_told, **more)


def moment(name: str, label: "Words", *, day_will_do: bool = False, **more: Any) -> Column:
    """Return a column of local moments; where a day will do, the time may be missing."""
    hint = _("local time, 2026-01-05 08:03; the date alone where only that is known")
    more.setdefault("remark", hint if day_will_do else _("local time, 2026-01-05 08:03"))
    read = cells.moment_in if day_will_do else _moment
    return Column(name=name, label=label, read=read, tell=_moment_told, **more)


def choice(name: str, label: "Words", choices: type[TextChoices], **more: Any) -> Column:
    """Return a column of one of several words, as pages show them or as their code."""
    more.setdefault("remark", _Words(choices))
    read = partial(_choice, choices=choices, column=name)
    return Column(name=name, label=label, read=read, tell=partial(_choice_told, choices=choices), **more)


def several(name: str, label: "Words", choices: type[TextChoices], **more: Any) -> Column:
    """Return a column of several such words."""
    more.setdefault("remark", _Words(choices))
    read = partial(_choices, choices=choices, column=name)
    return Column(name=name, label=label, read=read, tell=partial(_choices_told, choices=choices), **more)


def parts_of(told: str) -> list[str]:
    """Return the parts of a cell that names several things."""
    for mark in SEPARATORS:
        told = told.replace(mark, "\n")
    return [part for each in told.split("\n") if (part := each.strip())]


def recognised(columns: Sequence[Column], headings: Sequence[str]) -> list[Column | None]:
    """Return the column of each heading; None where it is not known."""
    known = {name: column for column in columns for name in column.names()}
    return [known.get(cells.heading(each)) for each in headings]


class _Words:
    """The words of a vocabulary, in the language of whoever reads them."""

    def __init__(self, choices: type[TextChoices]) -> None:
        self._choices = choices

    def __str__(self) -> str:
        return " / ".join(str(label) for label in self._choices.labels)


def _as_it_is(value: Any) -> str | None:
    return str(value) if value else None


def _number(told: str, *, places: int) -> Decimal | int:
    found = cells.number_in(told, places=places)
    return found if places else int(found)


def _number_told(value: Any) -> float | int | None:
    if value is None or isinstance(value, int):
        return value
    return int(value) if value == int(value) else float(value)


def _yes_told(value: bool | None) -> str | None:  # noqa: FBT001 - a value of a cell
    return None if value is None else str(_("Yes") if value else _("No"))


def _moment(told: str) -> datetime:
    found = cells.moment_in(told)
    if not isinstance(found, datetime):
        raise BadCell("time-missing")
    return found


def _moment_told(value: datetime | date | None) -> str | datetime | None:
    return value.isoformat() if isinstance(value, date) and not isinstance(value, datetime) else value


@cache
def _words_of(choices: type[TextChoices]) -> dict[str, str]:
    found = {str(value).lower(): str(value) for value in choices.values}
    for language in ("zh-hans", "en"):
        with translation.override(language):
            found |= {str(each.label).lower(): str(each.value) for each in choices}
    return found


def _choice(told: str, *, choices: type[TextChoices], column: str) -> Any:
    found = _words_of(choices).get(cells.halved(cells.plain(told)).lower())
    if found is None:
        known = " / ".join(map(str, choices.labels))
        raise Problem(column, _("expected is one of: %(known)s") % {"known": known})
    return choices(found)


def _choices(told: str, *, choices: type[TextChoices], column: str) -> list[Any]:
    found = [_choice(part, choices=choices, column=column) for part in parts_of(cells.plain(told))]
    return sorted(set(found))


def _choice_told(value: str | None, *, choices: type[TextChoices]) -> str | None:
    return str(choices(value).label) if value else None


def _choices_told(value: Iterable[str], *, choices: type[TextChoices]) -> str | None:
    return "、".join(str(choices(each).label) for each in sorted(value)) or None

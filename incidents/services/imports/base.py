"""What all kinds of imports have in common: who imports, within which scope, and what a kind has to say."""

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Protocol, TypeAlias, TypeVar

from django.db.models import Model, Q, QuerySet
from django.utils.translation import gettext_lazy as _

from incidents.journal import Actor
from incidents.models import Division, Line, LineSection, Organization
from incidents.rules import cells
from incidents.services.imports.columns import Column, Problem

if TYPE_CHECKING:
    from incidents.models.base import Words

Row = TypeVar("Row", bound=Model)
Values: TypeAlias = Mapping[str, Any]
NOT_FOUND = _("unknown here: %(value)s")


class Within(Protocol):
    """Rows for which who imports has a right; the rights themselves are known further up."""

    def __call__(self, rows: QuerySet[Row], right: str) -> QuerySet[Row]:
        """Return the rows among these."""


@dataclass(kw_only=True)
class Importing:
    """A file that is being imported.

    Attributes:
        by: Who imports it, and when.
        organization: Whose rows they are where the file does not say.
        within: The scope of who imports.
        right: What is needed for a row's organisation.
        reason: Goes into the journal with every correction.
    """

    by: Actor
    organization: Organization
    within: Within
    right: str
    reason: str
    _known: dict[tuple[str, ...], Any] = field(default_factory=dict)

    def owner(self, values: Values) -> Organization:
        """Return whose row it is.

        Raises:
            Problem: If the organisation is unknown to who imports, or may not be written for.
        """
        name = values.get("organization") or self.organization.name
        rows = Organization.objects.filter(Q(name=name) | Q(short_name=name))
        found = self._one(("organization", name), rows)
        if found is None:
            raise Problem("organization", NOT_FOUND % {"value": name})
        return found

    def line(self, values: Values, code: str, column: str = "line") -> Line:
        """Return the line of a code: of the organisation named, or the only one within reach.

        Raises:
            Problem: If there is none, or more than one.
        """
        rows = Line.objects.filter(code=code).select_related("organization")
        if values.get("organization"):
            rows = rows.filter(organization=self.owner(values))
        found = self._one(("line", code, values.get("organization") or ""), rows)
        if found is None:
            raise Problem(column, NOT_FOUND % {"value": code})
        return found

    def section(self, values: Values) -> LineSection:
        """Return the section that line and code name.

        Raises:
            Problem: If there is none.
        """
        line, code = self.line(values, values["line"]), values["section"]
        rows = LineSection.objects.filter(line=line, code=code).select_related("line__organization")
        found = self._one(("section", str(line.pk), code), rows)
        if found is None:
            raise Problem("section", NOT_FOUND % {"value": code})
        return found

    def division(self, code: str) -> Division:
        """Return the division of an official code.

        Raises:
            Problem: If there is none.
        """
        found: Division | None = Division.objects.filter(pk=code).first()
        if found is None:
            raise Problem("division", NOT_FOUND % {"value": code})
        return found

    def _one(self, key: tuple[str, ...], rows: QuerySet[Row]) -> Row | None:
        if key not in self._known:
            found = list(self.within(rows, self.right)[:2])
            self._known[key] = found[0] if len(found) == 1 else None
        row: Row | None = self._known[key]
        return row


@dataclass(frozen=True, kw_only=True)
class Kind:
    """A kind of rows that can be imported.

    Attributes:
        name: In addresses and jobs.
        label: For people.
        model: What the rows become; lists of it export the same columns.
        right: What a person needs for the organisation of a row.
        columns: In the order of template and export.
        keys: Columns that say which thing a row is about; never changed by a file.
        fixed: Columns that the record does not let a file change.
        is_a_fact: Whether it matters if it was recorded as it happened.
        find: The row on record, or None; raises Problem.
        add: Makes a new one by its service.
        amend: Corrects one by its service.
        values_of: Column → value of a row on record.
        needs: What to fetch along with rows for that.
    """

    name: str
    label: "Words"
    model: type[Model]
    right: str
    columns: Sequence[Column]
    keys: Collection[str]
    find: Callable[[Importing, Values], Any]
    add: Callable[[Importing, Values], Any]
    amend: Callable[[Importing, Any, Values], None]
    values_of: Callable[[Any], dict[str, Any]]
    fixed: Collection[str] = ()
    needs: Sequence[str] = ()
    collections: Sequence[str] = ()
    is_a_fact: bool = False

    def key(self, values: Values) -> str:
        """Return what a row is about, as text."""
        return "|".join(str(values.get(name) or "") for name in sorted(self.keys))

    def differences(self, row: Any, values: Values) -> dict[str, Any]:
        """Return the values that are not those on record; a cell without anything says nothing."""
        known = self.values_of(row)
        return {
            name: value
            for name, value in values.items()
            if name not in self.keys and name in known and not _same(known[name], value)
        }


def _same(known: Any, told: Any) -> bool:
    """Say whether a value is the one on record; spaces around words do not come back from a file."""
    return bool((cells.plain(known) if isinstance(known, str) else known) == told)


def refuse_change(changes: Values, fixed: Collection[str]) -> None:
    """Refuse to change what a file may not change.

    Raises:
        Problem: Names the first such column.
    """
    for name in changes:
        if name in fixed:
            raise Problem(name, _("on record otherwise; a file cannot change this"))


def verbose(model: type[Model], name: str) -> "Words":
    """Return what a field of a model is called."""
    label: Words = model._meta.get_field(name).verbose_name  # type: ignore[union-attr]
    return label

"""What lists are narrowed down by; what is not known here is refused, not ignored."""

import json
from collections.abc import Callable, Sequence
from datetime import datetime
from decimal import Decimal
from functools import reduce
from operator import or_
from typing import Any, cast

from django import forms
from django.core.exceptions import ValidationError as Malformed
from django.db.models import BigIntegerField, Exists, OuterRef, Q, QuerySet
from django.db.models.functions import Cast
from django.utils.translation import gettext_lazy as _
from django_filters import CharFilter, ChoiceFilter, Filter, FilterSet, UUIDFilter
from django_filters.rest_framework import DjangoFilterBackend
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers
from rest_framework.request import Request

from incidents.api.fields import Moment
from incidents.api.paging import PARAMETERS
from incidents.models import JournalEntry
from incidents.models.grid import VOLTAGE_CHOICES
from incidents.selectors.organizations import below

_MOMENT = {"type": "string", "format": "date-time"}
_CODE = r"^[0-9]{2,12}$"
_PREFIX = _("Beginning of a division's code, 2 to 12 digits.")
_CORNERS, _EDGES = 4, ((-180, 180), (-90, 90))


class StrictFilters(DjangoFilterBackend):
    """Refuses filters that a list does not have, those given twice, and those without a value."""

    def filter_queryset(self, request: Request, queryset: QuerySet[Any], view: Any) -> QuerySet[Any]:
        """Return the rows that are asked for.

        Raises:
            ValidationError: If a filter is unknown, given twice or has no value that it takes.
        """
        known = set(view.filterset_class.base_filters) | PARAMETERS
        problems = {}
        for name, values in request.query_params.lists():
            if name not in known:
                problems[name] = [_problem(_("This list has no such filter."), "unknown-filter")]
            elif len(values) > 1:
                problems[name] = [_problem(_("Given more than once."), "given-twice")]
            elif not values[0] and name not in PARAMETERS:
                problems[name] = [_problem(_("Given without a value."), "blank")]
        if problems:
            raise serializers.ValidationError(problems)
        if not request.query_params.keys() - PARAMETERS:
            return queryset
        found: QuerySet[Any] = super().filter_queryset(request, queryset, view)
        return found


def _problem(told: Any, code: str) -> serializers.ErrorDetail:
    return serializers.ErrorDetail(str(told), code=code)


class _MomentField(forms.Field):
    """A moment of RFC 3339 with its offset."""

    def to_python(self, value: Any) -> datetime | None:
        """Return the moment."""
        if value in self.empty_values:
            return None
        try:
            return Moment().to_internal_value(value)
        except serializers.ValidationError as error:
            detail: Any = error.detail
            raise Malformed(str(detail[0]), code=detail[0].code) from error


class _BoxField(forms.Field):
    """``west,south,east,north`` in degrees."""

    def to_python(self, value: Any) -> list[Decimal] | None:
        """Return the four numbers."""
        if value in self.empty_values:
            return None
        told = forms.CharField(max_length=100).clean(value).split(",")
        if len(told) != _CORNERS:
            raise Malformed(_("A box is west,south,east,north in degrees."), code="invalid")
        numbers = [forms.DecimalField(max_digits=12).clean(part) for part in told]
        west, south, east, north = numbers
        for (low, high), first, second in zip(_EDGES, (west, south), (east, north), strict=True):
            if not low <= first <= second <= high:
                raise Malformed(_("A box is west,south,east,north in degrees."), code="out-of-range")
        return numbers


@extend_schema_field(_MOMENT)
class MomentFilter(Filter):
    """Rows by a moment."""

    field_class = _MomentField


@extend_schema_field(_MOMENT)
class ChangedSince(Filter):
    """Rows about which something was written to the journal at a moment or later."""

    field_class = _MomentField

    def filter(self, qs: QuerySet[Any], value: datetime | None) -> QuerySet[Any]:
        """Return those rows."""
        if value is None:
            return qs
        number = Cast(OuterRef("pk"), BigIntegerField())  # the key of a division is a text of digits
        entries = JournalEntry.objects.filter(
            subject_type=qs.model._meta.model_name, subject_id=number, written_at__gte=value
        )
        return qs.filter(Exists(entries))


class Subtree(UUIDFilter):
    """Rows of an organisation and of all below it, by one or more paths."""

    def __init__(self, *paths: str) -> None:
        super().__init__(label=_("This organisation and all below it, by its uuid."))
        self._paths = paths

    def filter(self, qs: QuerySet[Any], value: Any) -> QuerySet[Any]:
        """Return those rows."""
        if value is None:
            return qs
        inside = [Q(**{f"{path}__in": below(value)}) for path in self._paths]
        return qs.filter(reduce(or_, inside))


@extend_schema_field({"type": "string", "pattern": _CODE, "description": _PREFIX})
class DivisionPrefix(CharFilter):
    """Rows in a division, by the beginning of its code."""

    field_class = forms.RegexField

    def __init__(self, field_name: str) -> None:
        super().__init__(field_name=field_name, lookup_expr="startswith", regex=_CODE)


@extend_schema_field({"type": "string", "example": "120.0,29.5,121.2,30.4"})
class Box(Filter):
    """Rows whose place lies in a box; those without a coordinate do not."""

    field_class = _BoxField

    def __init__(self, field_name: str = "place") -> None:
        super().__init__(field_name=field_name, label=_("West,south,east,north in degrees, as stored."))

    def filter(self, qs: QuerySet[Any], value: Sequence[Decimal] | None) -> QuerySet[Any]:
        """Return those rows."""
        if value is None:
            return qs
        west, south, east, north = value
        longitude, latitude = f"{self.field_name}__longitude", f"{self.field_name}__latitude"
        return qs.filter(**{f"{longitude}__range": (west, east), f"{latitude}__range": (south, north)})


@extend_schema_field({"type": "boolean"})
class Flag(ChoiceFilter):
    """Rows for which something is true, or false; in lower case, as JSON writes it."""

    def __init__(self, field_name: str | None = None, **options: Any) -> None:
        choices = [("true", _("Yes")), ("false", _("No"))]
        super().__init__(field_name=field_name, choices=choices, **options)

    def filter(self, qs: QuerySet[Any], value: Any) -> QuerySet[Any]:
        """Return those rows."""
        return qs.filter(**{f"{self.field_name}": value == "true"}) if value else qs


class Pending(Flag):
    """Rows that are not over, or those that are: by a moment that is null while they last."""

    def filter(self, qs: QuerySet[Any], value: Any) -> QuerySet[Any]:
        """Return those rows."""
        return qs.filter(**{f"{self.field_name}__isnull": value == "true"}) if value else qs


@extend_schema_field({"type": "boolean"})
class Whether(ChoiceFilter):
    """Rows of which something is so (``true``) or is not (``false``)."""

    def __init__(self, condition: Callable[[], Q], label: Any) -> None:
        super().__init__(choices=[("true", "true"), ("false", "false")], label=label)
        self._condition = condition

    def filter(self, qs: QuerySet[Any], value: str) -> QuerySet[Any]:
        """Return those rows."""
        if not value:
            return qs
        return qs.filter(self._condition() if value == "true" else ~self._condition())


class Filters(FilterSet):
    """Filters that all lists have."""

    changed_since = ChangedSince(label=_("Changed at this moment or later, by the server's clock."))

    def filter_queryset(self, queryset: QuerySet[Any]) -> QuerySet[Any]:
        """Return the rows that are asked for.

        Raises:
            ValidationError: If a window of time ends before it begins.
        """
        begins, ends = (self.form.cleaned_data.get(name) for name in ("since", "until"))
        if begins and ends and begins > ends:
            told = _("The window ends before it begins.")
            raise serializers.ValidationError({"until": [_problem(told, "from-after-to")]})
        found: QuerySet[Any] = super().filter_queryset(queryset)
        return found


def since(field: str) -> MomentFilter:
    """Return the filter of rows from a moment on."""
    return MomentFilter(field_name=field, lookup_expr="gte", label=_("From this moment on."))


def until(field: str) -> MomentFilter:
    """Return the filter of rows before a moment."""
    return MomentFilter(field_name=field, lookup_expr="lt", label=_("Before this moment."))


def of_storm(path: str = "storm") -> CharFilter:
    """Return the filter of rows of a storm."""
    return CharFilter(field_name=f"{path}__slug", label=_("Short name of a storm."), max_length=60)


def one_of(field: str, choices: Any) -> ChoiceFilter:
    """Return the filter of rows with one code."""
    return ChoiceFilter(field_name=field, choices=choices)


def voltage(field: str) -> ChoiceFilter:
    """Return the filter of rows of a nominal voltage."""
    kilovolts = {f"{value:g}": label for value, label in VOLTAGE_CHOICES}
    told: dict[str, Any] = {"type": "number", "enum": [json.loads(value) for value in kilovolts]}
    told["description"] = _("Nominal voltage, kV.")
    return cast(
        ChoiceFilter, extend_schema_field(told)(ChoiceFilter(field_name=field, choices=[*kilovolts.items()]))
    )


def named(field: str) -> UUIDFilter:
    """Return the filter of rows that belong to one row, by its uuid."""
    return UUIDFilter(field_name=f"{field}__uuid", label=_("By its uuid."))

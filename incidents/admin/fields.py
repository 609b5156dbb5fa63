"""Fields of forms: taken from the models, with widgets that work without scripts of our own."""

from datetime import datetime
from typing import TYPE_CHECKING, Any, cast

from django import forms
from django.contrib import admin
from django.contrib.admin.widgets import AutocompleteSelect, AutocompleteSelectMultiple
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.utils import timezone
from django.utils.text import capfirst
from django.utils.translation import gettext_lazy as _

from incidents.choices import UnknownReason

if TYPE_CHECKING:
    from incidents.models.base import Words

_BROWSER_FORMAT = "%Y-%m-%dT%H:%M:%S"  # what <input type="datetime-local"> reads and writes


def local_now() -> str:
    """Return the moment of the request as the browser's field takes it."""
    return timezone.localtime().strftime(_BROWSER_FORMAT)


class MomentField(forms.DateTimeField):
    """A moment in Chinese time, to the second: a deed of this minute is not before the one it follows."""

    widget = forms.DateTimeInput(format=_BROWSER_FORMAT, attrs={"type": "datetime-local", "step": 1})

    def prepare_value(self, value: Any) -> Any:
        """Return what the browser's field takes."""
        if isinstance(value, datetime):
            return timezone.localtime(value).strftime(_BROWSER_FORMAT)
        return value


def moment(
    label: "Words", *, required: bool = True, now: bool = True, help_text: "Words" = ""
) -> MomentField:
    """Return the field of a moment, filled with the present one unless ``now`` is false."""
    initial = local_now if now and required else None
    return MomentField(label=label, required=required, initial=initial, help_text=help_text)


def text(
    label: "Words", *, required: bool = True, max_length: int = 300, long: bool = False
) -> forms.CharField:
    """Return the field of words."""
    widget = forms.Textarea(attrs={"rows": 3}) if long else forms.TextInput(attrs={"class": "vTextField"})
    return forms.CharField(label=label, required=required, max_length=max_length, widget=widget)


def reason(*, required: bool = True) -> forms.CharField:
    """Return the field for why something is done; kept in the journal."""
    return text(_("Reason"), required=required)


def of(model: type[models.Model], name: str, **over: Any) -> forms.Field:
    """Return the field that asks for a column of a model.

    Args:
        model: Model that has the column.
        name: Name of the column; a foreign key is chosen by searching.
        over: What is said differently, as ``required`` or ``label``.
    """
    field: Any = model._meta.get_field(name)
    if field.many_to_many or field.many_to_one or field.one_to_one:
        return _choice_of_rows(field, over)
    if isinstance(field, models.DateTimeField):
        required = over.get("required", not field.blank)
        return moment(over.get("label", capfirst(field.verbose_name)), required=required, now=False)
    if isinstance(field, models.DateField):
        over["widget"] = forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"})
    if isinstance(field, ArrayField):
        return _several(field, over)
    return cast("forms.Field", field.formfield(**over))


def why_unknown(label: "Words") -> forms.ChoiceField:
    """Return the field for why a number is left empty."""
    return forms.ChoiceField(label=label, required=False, choices=[("", "---------"), *UnknownReason.choices])


def _choice_of_rows(field: Any, over: dict[str, Any]) -> forms.Field:
    many = field.many_to_many
    kind = forms.ModelMultipleChoiceField if many else forms.ModelChoiceField
    widget = (AutocompleteSelectMultiple if many else AutocompleteSelect)(field, admin.site)
    given = {"label": capfirst(field.verbose_name), "required": not field.blank} | over
    return kind(queryset=models.QuerySet(field.related_model), widget=widget, **given)


def _several(field: Any, over: dict[str, Any]) -> forms.Field:
    given = {"label": capfirst(field.verbose_name), "required": not field.blank} | over
    boxes = forms.CheckboxSelectMultiple
    return forms.MultipleChoiceField(choices=field.base_field.choices, widget=boxes, **given)

"""The forms that most verbs need: when, why, and columns of a model."""

from collections.abc import Mapping, Sequence
from typing import Any

from django import forms
from django.db import models
from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _

from incidents.access import Right
from incidents.admin.fields import moment, of, reason, why_unknown
from incidents.admin.verbs import VerbForm


class AtForm(VerbForm):
    """When it was done."""

    at = moment(_("When"))


class AtReasonForm(VerbForm):
    """When it was done, and why."""

    at = moment(_("When"))
    reason = reason()


class AtMaybeReasonForm(VerbForm):
    """When it was done, and why if there is something to say."""

    at = moment(_("When"))
    reason = reason(required=False)


class ReasonForm(VerbForm):
    """Why it is done, now."""

    reason = reason()


def form_of(
    model: type[models.Model],
    *names: str,
    base: type[VerbForm] = VerbForm,
    also: Mapping[str, forms.Field] | None = None,
    optional: Sequence[str] = (),
    required: Sequence[str] = (),
    **said: Any,
) -> type[VerbForm]:
    """Return a form that asks for columns of a model.

    Args:
        model: Model that has the columns.
        names: The columns, in order.
        base: Form that it begins with.
        also: Fields that are no columns; they come last.
        optional: Columns that may stay empty here although the model needs them.
        required: Columns that must be given here although the model can do without.
        said: Attributes of the form, see :class:`VerbForm`.
    """
    asked: dict[str, forms.Field] = {}
    for name in names:
        over = {"required": name not in optional} if name in (*optional, *required) else {}
        asked[name] = of(model, name, **over)
        if name in said.get("may_be_unknown", ()):
            asked[f"{name}_unknown"] = why_unknown(
                format_lazy(_("{field}: why unknown"), field=asked[name].label)
            )
    return type(f"{model.__name__}Form", (base,), {**asked, **(also or {}), **said})


def correction_of(model: type[models.Model], *names: str, **over: Any) -> type[VerbForm]:
    """Return a form that shows columns of a row and takes what they should be, when and why."""
    last = {"at": moment(_("When")), "reason": reason()}
    return form_of(model, *names, also=last, starts_from_row=True, **over)


def manages(*fields: str) -> dict[str, Right]:
    """Return the rule that these fields name rows which the person manages."""
    return dict.fromkeys(fields, Right.MANAGE)


def operates(*fields: str) -> dict[str, Right]:
    """Return the rule that these fields name rows which the person operates."""
    return dict.fromkeys(fields, Right.OPERATE)


def records(*fields: str) -> dict[str, Right]:
    """Return the rule that these fields name rows about which the person records."""
    return dict.fromkeys(fields, Right.RECORD)

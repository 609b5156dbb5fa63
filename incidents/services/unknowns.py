"""Why values are missing: a reason stands beside an empty field and nowhere else."""

from collections.abc import Mapping

from django.utils.translation import gettext_lazy as _

from incidents.choices import UnknownReason
from incidents.errors import Invalid
from incidents.models.base import Sourced


def explain(row: Sourced, *, reasons: Mapping[str, str] | None = None) -> None:
    """Keep why fields of a row are empty; a reason ends where its value has become known.

    Call it before saving and save ``unknown_reasons`` along. Nothing is saved here.

    Args:
        row: A new or changed row.
        reasons: Field name → :class:`UnknownReason`; they join those that the row has.

    Raises:
        Invalid: If a name is no field that may be empty, its value is known, or a reason is no known code.
    """
    told = reasons or {}
    wrong = [problem for problem in (_problem(row, *pair) for pair in told.items()) if problem]
    if wrong:
        raise Invalid(problems={"unknown_reasons": wrong})
    every = {**row.unknown_reasons, **told}
    row.unknown_reasons = {name: str(why) for name, why in every.items() if _is_empty(row, name)}


def _problem(row: Sourced, name: str, why: str) -> str:
    """Say what is wrong with one reason; nothing if it is fine."""
    if name not in {field.name for field in row._meta.concrete_fields if field.null}:
        return str(_("%(field)s is not a field that may be empty.") % {"field": name})
    if not _is_empty(row, name):
        return str(_("%(field)s is known.") % {"field": name})
    if why not in UnknownReason.values:
        return str(_("%(reason)s is not a reason.") % {"reason": why})
    return ""


def _is_empty(row: Sourced, name: str) -> bool:
    """Say whether a field holds nothing; a link is not followed for that."""
    return row.serializable_value(name) is None

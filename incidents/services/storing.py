"""Saving a row so that whatever the models or the database refuse comes back as a clear refusal."""

from collections.abc import Collection
from decimal import Decimal

from django.core.exceptions import ValidationError
from django.db import DataError, IntegrityError, models
from django.utils.translation import gettext_lazy as _

from incidents.errors import BrokenRule, Invalid, OutOfRange
from incidents.models.base import RANGES
from incidents.models.direct import insert


def store(row: models.Model, *, fields: Collection[str] | None = None) -> None:
    """Check a row's fields and save it.

    Constraints over several fields or rows are left to the database, which checks them without a race; its
    refusal is translated.

    Args:
        row: A new or changed row.
        fields: Names of the changed fields; None saves all.

    Raises:
        OutOfRange: If a number is outside its range; names field, value and range.
        Invalid: If a field has no value that its column takes, or points at no row; names each field.
        BrokenRule: If the row would break a rule that the database holds.
    """
    check(row, fields=fields)
    try:
        row.save(update_fields=fields)
    except IntegrityError as error:
        raise _translated(error, type(row)) from error
    except DataError as error:
        raise Invalid(problems={"": [str(error).splitlines()[0]]}) from error


def add(row: models.Model) -> None:
    """Save a new row whose fields are known to be fine, without checking them again.

    Raises:
        BrokenRule: If it would break a rule that the database holds.
    """
    try:
        insert([row])
    except IntegrityError as error:
        raise _translated(error, type(row)) from error


def check(row: models.Model, *, fields: Collection[str] | None = None) -> None:
    """Check a row's fields as :func:`store` does, without saving it.

    Raises:
        OutOfRange, Invalid: As :func:`store`.
    """
    _check_ranges(row)
    try:
        row.clean_fields(exclude=_known_to_be_fine(row, fields))
    except ValidationError as error:
        raise Invalid(problems=error.message_dict) from error


def broken_rule(model: type[models.Model], name: str, *, otherwise: str = "") -> BrokenRule:
    """Return the refusal for a constraint of the database.

    Args:
        model: Whose constraint it is.
        name: Name of the constraint or trigger.
        otherwise: What to say where the model has no sentence for it; empty says its name.
    """
    known = {constraint.name: constraint for constraint in model._meta.constraints}
    sentence = getattr(known.get(name), "violation_error_message", None)
    if sentence == models.BaseConstraint.default_violation_error_message:
        sentence = _("A rule of the record does not allow this.")  # the default has a gap for the name
    return BrokenRule(rule=name, sentence=sentence or otherwise or name)


def _known_to_be_fine(row: models.Model, fields: Collection[str] | None) -> set[str]:
    """Return the fields that need no check: those not changed, and links to rows that the caller has read.

    Checking a link asks the database whether the row is there. Rows are never deleted, so one that was read
    is; a link by bare number is checked, for the database itself objects only at the end of the transaction.
    """
    return {
        field.name
        for field in row._meta.concrete_fields
        if (fields is not None and field.name not in fields)
        or (isinstance(field, models.ForeignKey) and field.is_cached(row) and field.value_from_object(row))
    }


def _check_ranges(row: models.Model) -> None:
    for constraint in row._meta.constraints:
        if constraint.name in RANGES:
            field, low, high = RANGES[constraint.name]
            value = getattr(row, field)
            if value is not None and not _exact(low) <= _exact(value) <= _exact(high):
                raise OutOfRange(field=field, value=value, low=low, high=high)


def _exact(number: Decimal | float) -> Decimal:
    """Return a number as it is written: the nearest float to 0.05 is more, and would refuse 0.05 itself."""
    return Decimal(str(number))


def _translated(error: IntegrityError, model: type[models.Model]) -> BrokenRule:
    diagnostic = getattr(error.__cause__, "diag", None)
    name = getattr(diagnostic, "constraint_name", None) or ""
    return broken_rule(model, name, otherwise=getattr(diagnostic, "message_primary", None) or "")

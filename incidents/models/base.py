"""What several models share: identity, moments with honest precision, sources and reasons for not knowing."""

from datetime import date, datetime
from typing import TYPE_CHECKING, TypeAlias
from uuid import uuid4

from django.core.serializers.json import DjangoJSONEncoder
from django.db import models
from django.db.models import CheckConstraint, F, Func, Q
from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _

from incidents.choices import EntryMode, Source, TimePrecision, UnknownReason

if TYPE_CHECKING:
    from django_stubs_ext import StrPromise

    Words: TypeAlias = str | StrPromise


# Constraint → (field, lowest, highest): what a refusal tells besides the name of the constraint.
RANGES: dict[str, tuple[str, float, float]] = {}


class Identified(models.Model):
    """A row with a public name that tells nothing."""

    uuid = models.UUIDField(_("identity"), default=uuid4, unique=True, editable=False)

    class Meta:
        abstract = True


class Sourced(Identified):
    """A fact with its source, the words it came from, and why a value is missing.

    Attributes:
        unknown_reasons: Field name → :class:`UnknownReason`; only for fields that are null.
        quote: The words of the source that the row was made from, verbatim.
        recorded_at: Clock of the device that recorded the fact.
        received_at: Clock of the server when it learned of it.
    """

    source = models.CharField(_("source"), max_length=12, choices=Source, default=Source.MANUAL)
    source_ref = models.CharField(_("source reference"), max_length=300, blank=True)
    quote = models.TextField(_("words of the source"), blank=True, max_length=2000)
    unknown_reasons = models.JSONField(_("why unknown"), default=dict, blank=True, encoder=DjangoJSONEncoder)
    entry_mode = models.CharField(_("entry mode"), max_length=12, choices=EntryMode, default=EntryMode.LIVE)
    recorded_at = models.DateTimeField(_("recorded on the device"), null=True, blank=True)
    received_at = models.DateTimeField(_("received"))
    reported_by = models.ForeignKey(
        "incidents.User", models.PROTECT, verbose_name=_("reported by"), related_name="+"
    )

    class Meta:
        abstract = True

    def why_unknown(self, field: str) -> str | None:
        """Return in words why a field is null, or None where it is known or no reason was given."""
        reason = self.unknown_reasons.get(field)
        return str(UnknownReason(reason).label) if reason else None


def initials_of(field: str) -> "models.GeneratedField":
    """Return the column of what people type for a Chinese name: the letters that its readings begin with.

    The database keeps it, whoever writes the name: 龙潭307线 is ``lt307x``. Where a character is read in two
    ways both stand there: 长乐 is ``cl zy``.
    """
    return models.GeneratedField(
        expression=Func(F(field), function="name_initials"),
        output_field=models.TextField(),
        db_persist=True,
        editable=False,
        verbose_name=_("initials"),
    )


def moment(verbose_name: "Words") -> "models.DateTimeField[datetime | None, datetime | None]":
    """Return the field of a moment that may be unknown."""
    return models.DateTimeField(verbose_name, null=True, blank=True)


def day(verbose_name: "Words") -> "models.DateField[date | None, date | None]":
    """Return the field of a date that is known without its time."""
    return models.DateField(verbose_name, null=True, blank=True)


def precision(verbose_name: "Words") -> "models.CharField[str, str]":
    """Return the field that says how exactly a moment is known."""
    return models.CharField(verbose_name, max_length=8, choices=TimePrecision, default=TimePrecision.MINUTE)


def moment_is_honest(model: str, name: str) -> CheckConstraint:
    """Return the constraint that a date is never stored as midnight.

    ``<name>_at`` is set for exact, minute and hour; ``<name>_on`` alone for day; neither for unknown.
    """
    at, on = f"{name}_at__isnull", f"{name}_on__isnull"
    clock = [TimePrecision.EXACT, TimePrecision.MINUTE, TimePrecision.HOUR]
    return CheckConstraint(
        name=f"{model}_{name}_is_honest",
        condition=Q(**{f"{name}_precision__in": clock, at: False, on: True})
        | Q(**{f"{name}_precision": TimePrecision.DAY, at: True, on: False})
        | Q(**{f"{name}_precision": TimePrecision.UNKNOWN, at: True, on: True}),
        violation_error_message=_("A date without a time is a date; an unknown moment has neither."),
    )


def in_order(model: str, *fields: str) -> CheckConstraint:
    """Return the constraint that moments do not run backwards; unknown ones are passed over."""
    condition = Q()
    for index, earlier in enumerate(fields):
        for later in fields[index + 1 :]:
            either_unknown = Q(**{f"{earlier}__isnull": True}) | Q(**{f"{later}__isnull": True})
            condition &= either_unknown | Q(**{f"{later}__gte": F(earlier)})
    return CheckConstraint(
        name=f"{model}_{'_'.join(name.removesuffix('_at') for name in fields)}_in_order"[:63],
        condition=condition,
        violation_error_message=_("These moments run backwards."),
    )


def between(model: str, field: str, low: float, high: float) -> CheckConstraint:
    """Return the constraint that a number is null or in ``[low, high]``."""
    name = f"{model}_{field}_in_range"
    RANGES[name] = (field, low, high)
    return CheckConstraint(
        name=name,
        condition=Q(**{f"{field}__isnull": True}) | Q(**{f"{field}__gte": low, f"{field}__lte": high}),
        violation_error_message=format_lazy(  # a % would freeze the language of the start
            _("Outside the allowed range {low} to {high}."), low=low, high=high
        ),
    )

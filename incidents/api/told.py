"""What most bodies have in common."""

from decimal import Decimal
from typing import Any

from django.utils.translation import gettext_lazy as _
from rest_framework import serializers

from incidents.api.fields import Moment, Number, Reference, Whole
from incidents.api.verbs import NewTold
from incidents.choices import UnknownReason
from incidents.models import Storm
from incidents.models.grid import VOLTAGES_KV


class NewFact(NewTold):
    """A new fact: its storm, the phone's clock when it was noted, and why values are missing."""

    storm = Reference(Storm, lookup="slug", required=False, allow_null=True)
    recorded_at = Moment(required=False, allow_null=True)
    unknown_reasons = serializers.DictField(
        child=serializers.ChoiceField(UnknownReason.choices), required=False
    )


def number(digits: int, places: int, **options: Any) -> Number:
    """Return an optional number."""
    return Number(max_digits=digits, decimal_places=places, required=False, allow_null=True, **options)


def count(high: int = 2_000_000_000) -> Whole:
    """Return an optional count; null where nobody counted."""
    return Whole(min_value=0, max_value=high, required=False, allow_null=True)


def maybe() -> Moment:
    """Return an optional moment."""
    return Moment(required=False, allow_null=True)


class Kilovolts(Number):
    """A nominal voltage that is in use, kV."""

    default_error_messages = {"invalid_choice": _("Not a nominal voltage in use: %(allowed)s kV.")}

    def __init__(self, **options: Any) -> None:
        super().__init__(max_digits=5, decimal_places=1, **options)

    def to_internal_value(self, data: Any) -> Decimal:
        """Return the voltage."""
        voltage = super().to_internal_value(data)
        if voltage not in VOLTAGES_KV:
            allowed = ", ".join(f"{each:g}" for each in VOLTAGES_KV)
            told = str(self.error_messages["invalid_choice"]) % {"allowed": allowed}
            raise serializers.ValidationError(told, code="invalid_choice")
        return voltage


def one_of(choices: Any, **options: Any) -> serializers.ChoiceField:
    """Return a code."""
    return serializers.ChoiceField(choices.choices, **options)

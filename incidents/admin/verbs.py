"""A verb with a form: what a person may do to rows, asked for on one page and done by one service call.

A :class:`Verb` names the service, the right it needs and the form whose fields are the service's arguments.
:class:`VerbForm` scopes its choices to the person, turns a refusal of the service into an error beside the
field that it is about, and carries the newest journal entry that the person has seen: if somebody else has
written one meanwhile, nothing is done.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING, Any, ClassVar, cast

from django import forms
from django.core.exceptions import ValidationError
from django.db import models, transaction
from django.db.models import Max
from django.utils.translation import gettext_lazy as _

from incidents.access import Right
from incidents.admin.asking import Asking
from incidents.admin.refusals import in_words
from incidents.errors import ChangedMeanwhile, Refused
from incidents.journal import Actor
from incidents.models import JournalEntry
from incidents.models.journal import TRANSACTION_ID
from incidents.services import held_life

if TYPE_CHECKING:
    from django.http import QueryDict

    from incidents.models.base import Words


class VerbForm(forms.Form):
    """The arguments of a service.

    Attributes:
        rights: Field → right that the person needs for the row chosen in it; else it is enough to see it.
        tied: Fields that say whose a record is: only a superuser may leave them empty.
        starts_from_row: Whether the form shows the row's own values at first, as a correction does.
        may_be_unknown: Numbers that may stay empty with a reason, which goes into ``unknown_reasons``.
    """

    required_css_class = "required"
    rights: ClassVar[Mapping[str, Right]] = {}
    tied: ClassVar[Sequence[str]] = ()
    starts_from_row: ClassVar[bool] = False
    may_be_unknown: ClassVar[Sequence[str]] = ()

    seen = forms.IntegerField(widget=forms.HiddenInput, required=False)

    def __init__(self, *args: Any, who: Asking, rows: Sequence[models.Model] = (), **kwargs: Any) -> None:
        self.rows = rows
        super().__init__(*args, **kwargs)
        self.fields["seen"].initial = newest_entry(rows)
        for name, asked in self.fields.items():
            if isinstance(asked, forms.ModelChoiceField) and asked.queryset is not None:
                right = self.rights.get(name, Right.SEE)
                asked.queryset = who.inside(asked.queryset, right)
            if name in self.tied and not who.user.is_superuser:
                asked.required = True

    @classmethod
    def initial_of(cls, row: models.Model) -> dict[str, Any]:
        """Return what the form shows at first for a row: the row's own values, if it corrects them."""
        if not cls.starts_from_row:
            return {}
        values = {name: getattr(row, name) for name in cls.base_fields if hasattr(row, name)}
        return {name: list(value.all()) if hasattr(value, "all") else value for name, value in values.items()}

    def clean(self) -> dict[str, Any]:
        """Refuse a number that is both given and unknown."""
        values = super().clean() or {}
        for name in self.may_be_unknown:
            if values.get(name) is not None and values.get(f"{name}_unknown"):
                self.add_error(f"{name}_unknown", ValidationError(_("A value is given.")))
        return values

    def arguments(self) -> dict[str, Any]:
        """Return the keyword arguments of the service."""
        values = {name: value for name, value in self.cleaned_data.items() if name != "seen"}
        if self.may_be_unknown:
            reasons = {name: values.pop(f"{name}_unknown", "") for name in self.may_be_unknown}
            values["unknown_reasons"] = {name: why for name, why in reasons.items() if why}
        return values

    def refuse(self, refused: Refused, words: Mapping[str, str]) -> None:
        """Show a refusal beside the field that it is about, or above the form.

        Args:
            refused: What the service said.
            words: Code → what the desk calls it.
        """
        problems = refused.fields.get("problems")
        if isinstance(problems, Mapping):
            for name, sentences in problems.items():
                self._complain(name, " ".join(map(str, sentences)), prefix=words.get(name, name))
        else:
            self._complain(refused.fields.get("field"), in_words(refused, words))
        if isinstance(refused, ChangedMeanwhile):  # now the person knows: the next sending counts
            data = cast("QueryDict", self.data).copy()
            data["seen"] = str(newest_entry(self.rows))
            self.data = data

    def _complain(self, name: Any, sentence: str, *, prefix: str = "") -> None:
        if name in self.fields:
            self.add_error(name, sentence)
        else:
            self.add_error(None, f"{prefix}: {sentence}" if prefix else sentence)


def _always(_: models.Model) -> bool:
    return True


@dataclass(frozen=True, kw_only=True)
class Verb:
    """Something that a person may do.

    Attributes:
        name: In addresses and tests; the service's verb.
        label: On the button.
        call: Service: ``call(row, by=…, **arguments)``; for a new record ``call(by=…, **arguments)``.
        right: What the person needs for the row.
        inside: Foreign key to the organisation in which the right has to hold, where a row has several.
        offered: Whether the row's state makes it worth a button; the service has the last word.
        many: Whether it can be done to several rows at once, see :mod:`incidents.admin.several`.
        tell: What to say once about the result besides that it is done, for example a secret shown once.
    """

    name: str
    label: "Words"
    call: Callable[..., Any]
    right: Right
    form: type[VerbForm] = VerbForm
    offered: Callable[[Any], bool] = _always
    many: bool = False
    inside: str = ""
    help_text: "Words" = ""
    tell: Callable[[Any], Any] | None = field(default=None)


def perform(verb: Verb, form: VerbForm, who: Asking) -> list[Any]:
    """Do a verb to the row of its form, or make a new one.

    Raises:
        Refused: If the service refuses, or somebody else wrote about a row after the form was shown.
    """
    with transaction.atomic():
        arguments = form.arguments()
        if not form.rows:
            return [verb.call(by=who.actor, **arguments)]
        seen = form.cleaned_data["seen"]
        return [do_to(row, verb=verb, arguments=arguments, who=who, seen=seen) for row in form.rows]


def correcting(service: Callable[..., Any]) -> Callable[..., Any]:
    """Return a service that takes ``changes`` as a form calls it: what stands already is no change."""

    def call(row: models.Model, *, by: Actor, at: datetime, reason: str, **values: Any) -> Any:
        changes = {name: value for name, value in values.items() if getattr(row, name) != value}
        return service(row, changes=changes, reason=reason, at=at, by=by)

    return call


def do_to(row: Any, *, verb: Verb, arguments: dict[str, Any], who: Asking, seen: int | None) -> Any:
    """Do a verb to a row, in a transaction of the caller's.

    Raises:
        Refused: If the service refuses, or somebody else wrote about the row after ``seen``.
    """
    result = verb.call(row, by=who.actor, **arguments)
    held_life.follow(row, by=who.actor)
    _check_unchanged([row], seen)
    return result


def newest_entry(rows: Sequence[models.Model]) -> int:
    """Return the number of the newest journal entry about rows of one model; 0 without any."""
    if not rows:
        return 0
    return _entries(rows).aggregate(newest=Max("id"))["newest"] or 0


def newest_entries(rows: Sequence[models.Model]) -> dict[int, int]:
    """Return key → number of the newest journal entry about a row; those without any are left out."""
    told = _entries(rows).values("subject_id").annotate(newest=Max("id"))
    return dict(told.values_list("subject_id", "newest"))


def _check_unchanged(rows: Sequence[models.Model], seen: int | None) -> None:
    """Raise if another transaction wrote about these rows after the form was shown.

    Asked after the service has run: it holds the rows' locks, so that nobody can write in between any more.
    """
    newer = _entries(rows).filter(id__gt=seen or 0).exclude(transaction_id=TRANSACTION_ID)
    entry = newer.select_related("by").order_by("-id").first()
    if entry is not None:
        raise ChangedMeanwhile(by=entry.by)


def _entries(rows: Sequence[models.Model]) -> models.QuerySet[JournalEntry]:
    return JournalEntry.objects.filter(
        subject_type=rows[0]._meta.model_name, subject_id__in=[row.pk for row in rows]
    )

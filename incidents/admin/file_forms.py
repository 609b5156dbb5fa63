"""The form with which a file is sent."""

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import UploadedFile
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from incidents.access import Right
from incidents.admin.asking import Asking
from incidents.choices import EntryMode
from incidents.models import Organization
from incidents.services.imports.base import Kind
from incidents.services.imports.kinds import KINDS
from incidents.services.sheets import LARGEST


def kinds_for(who: Asking) -> list[Kind]:
    """Return what a person may import somewhere."""
    return [kind for kind in KINDS.values() if Right(kind.right) in who.rights]


class ImportForm(forms.Form):
    """What a file holds, whose it is, and the file."""

    required_css_class = "required"

    kind = forms.ChoiceField(label=_("The file holds"))
    organization = forms.ModelChoiceField(
        Organization.objects.none(),
        label=_("Organisation"),
        help_text=_("Whose rows they are where the file has no column for it."),
    )
    file = forms.FileField(
        label=_("File"),
        help_text=_("CSV (UTF-8 or GBK) or .xlsx, at most 20 MB and 50,000 rows."),
    )
    sheet = forms.CharField(
        label=_("Sheet"),
        required=False,
        max_length=31,
        help_text=_("Only for workbooks with several sheets."),
    )
    after_the_fact = forms.BooleanField(
        label=_("After the fact"),
        required=False,
        help_text=_("For readings and outages of the past: they raise no alerts, now or later."),
    )

    def __init__(self, *args: Any, who: Asking, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.who = who
        kinds = kinds_for(who)
        self.fields["kind"].choices = [(kind.name, kind.label) for kind in kinds]  # type: ignore[attr-defined]
        inside = Q(pk__in=[])
        for right in {kind.right for kind in kinds}:
            inside |= Q(pk__in=who.inside(Organization.objects.all(), Right(right)).values("pk"))
        chooser = self.fields["organization"]
        chooser.queryset = Organization.objects.filter(inside).order_by("name")  # type: ignore[attr-defined]

    @property
    def wanted(self) -> Kind:
        """The kind that was chosen."""
        return KINDS[self.cleaned_data["kind"]]

    @property
    def entry_mode(self) -> EntryMode:
        """Whether the facts were recorded as they happened."""
        return EntryMode.HISTORICAL if self.cleaned_data["after_the_fact"] else EntryMode.LIVE

    def clean_file(self) -> "UploadedFile[bytes]":
        """Refuse a file that is too large before it is read."""
        sent: UploadedFile[bytes] = self.cleaned_data["file"]
        if sent.size is None or sent.size > LARGEST:
            raise ValidationError(_("The file is larger than 20 MB."))
        return sent

    def clean(self) -> dict[str, Any]:
        """Refuse an organisation for which this person may not import such rows."""
        values = super().clean() or {}
        owner, name = values.get("organization"), values.get("kind")
        if owner and name and not self.who.holds(owner, Right(KINDS[name].right)):
            self.add_error("organization", _("You may not import such rows for this organisation."))
        return values

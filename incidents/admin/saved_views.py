"""Views of lists: links on every list, a form to save what it shows now, a page of one's own."""

from django import forms
from django.contrib import admin
from django.utils.html import format_html
from django.utils.translation import gettext_lazy as _

from incidents.access import Right
from incidents.admin.base import RecordAdmin, among, given
from incidents.admin.fields import of, text
from incidents.admin.listing import address_of
from incidents.admin.verbs import Verb, VerbForm
from incidents.models import SavedView
from incidents.models.saved_views import LONGEST_QUERY
from incidents.services import saved_views


class _SaveForm(VerbForm):
    """What a view is called, what it shows, and who else finds it on the list."""

    name = text(_("Name"), max_length=60)
    organization = of(
        SavedView,
        "organization",
        help_text=_("Whose roles reach it finds it on the list; empty for me alone."),
    )
    page = forms.CharField(label=_("List"), max_length=60, widget=forms.TextInput(attrs={"readonly": True}))
    query = forms.CharField(
        label=_("Filters"),
        max_length=LONGEST_QUERY,
        required=False,
        widget=forms.TextInput(attrs={"readonly": True, "class": "vTextField"}),
    )


@admin.register(SavedView)
class SavedViewAdmin(RecordAdmin):
    """Views of lists, one's own and those shared."""

    rank = 80
    list_display = ["name", "page", "opened", "user", "organization", "saved_at", "withdrawn_at"]
    list_filter = ["page", given("withdrawn_at"), among("organization")]
    search_fields = ["name", "user__display_name", "organization__name"]
    ordering = ["-pk"]
    themes = [(None, ["name", "page", "query", "opened", "user", "organization", "saved_at", "withdrawn_at"])]
    add_verb = Verb(
        name="save", label=_("Save this view"), call=saved_views.save, right=Right.SEE, form=_SaveForm
    )
    verbs = [
        Verb(
            name="withdraw",
            label=_("Withdraw"),
            call=saved_views.withdraw,
            right=Right.SEE,
            offered=lambda view: view.withdrawn_at is None,
        ),
    ]

    @admin.display(description=_("Open"))
    def opened(self, view: SavedView) -> str:
        """Return a link to the list as the view shows it."""
        address = address_of(view)
        return format_html('<a href="{}">{}</a>', address, view.name) if address else view.page

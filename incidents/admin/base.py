"""What all pages of the back office have in common: facts are read, verbs call services, scope is first."""

from collections.abc import Sequence
from functools import partial
from typing import TYPE_CHECKING, Any, ClassVar

from django.contrib import admin
from django.core.exceptions import ValidationError
from django.db.models import Model, QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.urls import URLPattern, path
from django.utils.text import capfirst
from django.utils.translation import gettext_lazy as _

from incidents.access import PERSONAL_FIELDS, SECRET_FIELDS, Right
from incidents.admin.asking import asking
from incidents.admin.doing import VerbPages
from incidents.admin.exporting import Exports
from incidents.admin.finding import Finds
from incidents.admin.histories import Histories
from incidents.admin.leads import leads
from incidents.admin.listing import Lists, SeenChoices
from incidents.admin.readonly import ReadOnly
from incidents.admin.shown import Shown, shown
from incidents.admin.verbs import Verb
from incidents.models.base import Sourced
from incidents.selectors.naming import related

if TYPE_CHECKING:
    from incidents.models.base import Words

    BaseAdmin = admin.ModelAdmin[Any]
    BaseInline = admin.TabularInline[Any, Any]
else:
    BaseAdmin = admin.ModelAdmin
    BaseInline = admin.TabularInline

Theme = tuple["Words | None", Sequence[str]]

ORIGIN = _("Source and identity")
_OF_EVERY_FACT = [
    "source",
    "source_ref",
    "quote",
    "unknown_reasons",
    "entry_mode",
    "reported_by",
    "recorded_at",
    "received_at",
]


class RecordInline(ReadOnly, BaseInline):
    """Rows of another model under a record; a click leads to the whole row.

    Attributes:
        columns: Fields shown.
    """

    columns: ClassVar[Sequence[str]]
    extra = 0
    max_num = 0
    can_delete = False
    show_change_link = True
    template = "admin/incidents/inline.html"

    def get_readonly_fields(self, request: HttpRequest, obj: Model | None = None) -> list[Any]:
        """Return the columns as they are shown."""
        return [shown(self.model, name) for name in self.columns]

    def get_fields(self, request: HttpRequest, obj: Model | None = None) -> list[Any]:
        """Return the columns as they are shown."""
        return self.get_readonly_fields(request, obj)

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        """Return the rows that the person may see, with all that a line shows."""
        rows = asking(request).visible(super().get_queryset(request))
        return rows.select_related(*related(self.model, self.columns)).order_by(
            *self.get_ordering(request) or ["pk"]
        )


class RecordAdmin(ReadOnly, Exports, VerbPages, Lists, Finds, Histories, BaseAdmin):
    """A model of the record.

    Attributes:
        themes: Heading → fields of the detail page; where it came from and its identity are added.
        verbs: What may be done to a row.
        add_verb: What makes a new record.
        rank: Place in the overview; small ones first.
        is_journalled: Whether the journal tells of such rows.
        list_needs: Foreign keys that computed columns of the list read.
    """

    themes: ClassVar[Sequence[Theme]]
    verbs: ClassVar[Sequence[Verb]] = ()
    add_verb: ClassVar[Verb | None] = None
    list_needs: ClassVar[Sequence[str]] = ()
    rank: ClassVar[int] = 100
    is_journalled: ClassVar[bool] = True
    ordering: ClassVar[Any] = ["-pk"]
    list_per_page = 50
    show_full_result_count = False
    show_facets = admin.ShowFacets.NEVER
    view_on_site = False
    change_form_template = "admin/incidents/record.html"

    # --- what is seen

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        """Return the rows that the person may see."""
        return asking(request).visible(super().get_queryset(request))

    def get_object(self, request: HttpRequest, object_id: str, from_field: str | None = None) -> Any:
        """Return a row that the person may see, with all that its page shows."""
        try:
            return self.get_queryset(request).select_related(*related(self.model)).get(pk=object_id)
        except (self.model.DoesNotExist, ValidationError, ValueError):
            return None

    def _get_obj_does_not_exist_redirect(
        self, request: HttpRequest, opts: Any, object_id: str
    ) -> HttpResponse:
        raise Http404

    def get_list_display(self, request: HttpRequest) -> list[Any]:
        """Return the columns; fields are shown with what is known of them."""
        names = {field.name for field in self.model._meta.get_fields()}
        return [
            shown(self.model, each) if isinstance(each, str) and each in names else each
            for each in self.list_display
        ]

    def get_list_select_related(self, request: HttpRequest) -> list[str]:
        """Return what the columns need of other tables."""
        return related(
            self.model, [*(each for each in self.list_display if isinstance(each, str)), *self.list_needs]
        )

    def lookup_allowed(self, lookup: str, value: str, request: HttpRequest | None = None) -> bool:
        """Return whether the address may filter so; guessing at what is not shown is refused."""
        if {*lookup.split("__")} & (SECRET_FIELDS | PERSONAL_FIELDS):
            return False
        return super().lookup_allowed(lookup, value, request)  # type: ignore[arg-type]

    def get_fieldsets(self, request: HttpRequest, obj: Model | None = None) -> list[Any]:
        """Return the themes of the detail page."""
        hidden = self._hidden(request, obj)
        return [
            (title, {"fields": lines, "classes": ["collapse"] if title is ORIGIN else []})
            for title, names in self.all_themes()
            if (lines := [self._line(name) for name in names if name not in hidden])
        ]

    def get_readonly_fields(self, request: HttpRequest, obj: Model | None = None) -> list[Any]:
        """Return every line of the detail page."""
        return [line for _title, options in self.get_fieldsets(request, obj) for line in options["fields"]]

    def all_themes(self) -> list[Theme]:
        """Return the themes with where the record came from and its identity."""
        last = [*_OF_EVERY_FACT] if issubclass(self.model, Sourced) else []
        last += [name for name in ("uuid", "client_id") if hasattr(self.model, name)]
        return [*self.themes, (ORIGIN, last)] if last else list(self.themes)

    def _line(self, name: str) -> Shown | str:
        return name if hasattr(type(self), name) else shown(self.model, name, link=True)

    def _hidden(self, request: HttpRequest, obj: Model | None) -> frozenset[str]:
        personal = PERSONAL_FIELDS & {field.name for field in self.model._meta.concrete_fields}
        if personal and obj is not None and asking(request).holds(obj, Right.SEE_PHONES):
            return frozenset()
        return personal

    # --- what is done

    def has_add_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        """Return whether the person may make such records somewhere."""
        return self.add_verb is not None and self.add_verb.right in asking(request).rights

    def get_urls(self) -> list[URLPattern]:
        """Return the pages of the verbs and the usual ones."""
        do = self.admin_site.admin_view(self.verb_view)
        return [path("do/<slug:name>/", do, name=self.page("do")), *super().get_urls()]

    def add_view(self, request: HttpRequest, form_url: str = "", extra_context: Any = None) -> HttpResponse:
        """Ask for a new record and make it through its service."""
        if not self.has_add_permission(request) or self.add_verb is None:
            return super().add_view(request, form_url, extra_context)  # answers 403
        return self.perform_view(request, self.add_verb, [])

    def render_change_form(
        self,
        request: HttpRequest,
        context: dict[str, Any],
        add: bool = False,  # noqa: FBT001, FBT002 - Django's signature
        change: bool = False,  # noqa: FBT001, FBT002 - Django's signature
        form_url: str = "",
        obj: Any = None,
    ) -> HttpResponse:
        """Show a record, with a button for each verb that the person may use on it now."""
        context |= {"verbs": self.buttons(request, obj), "is_journalled": self.is_journalled}
        context["leads"] = leads(obj)
        context |= {"title": str(obj), "subtitle": capfirst(self.opts.verbose_name)}
        return super().render_change_form(request, context, add, change, form_url, obj)

    def get_actions(self, request: HttpRequest) -> dict[str, Any]:
        """Return the verbs that can be done to several rows at once."""
        return {
            verb.name: (partial(_ask, verb=verb), verb.name, verb.label)
            for verb in self.verbs
            if verb.many and verb.right in asking(request).rights
        }


def _ask(model_admin: RecordAdmin, request: HttpRequest, rows: QuerySet[Any], *, verb: Verb) -> HttpResponse:
    """Lead from the chosen rows of a list to the form of a verb."""
    return model_admin.ask(request, verb, rows)


def among(path: str) -> tuple[str, type[admin.FieldListFilter]]:
    """Return a filter that offers only what the person may see."""
    return path, SeenChoices


def given(name: str) -> tuple[str, type[admin.FieldListFilter]]:
    """Return a filter for whether a field has a value: what has ended, and what has not."""
    return name, admin.EmptyFieldListFilter

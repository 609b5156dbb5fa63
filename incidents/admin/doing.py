"""The pages on which verbs are done: choose rows, see the form, send it, be told."""

from collections.abc import Sequence
from hashlib import sha256
from typing import TYPE_CHECKING, Any, ClassVar
from urllib.parse import urlencode
from uuid import UUID, uuid4

from django.contrib import messages
from django.contrib.admin.options import IS_POPUP_VAR
from django.core.exceptions import PermissionDenied
from django.db.models import Model, QuerySet
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils.translation import gettext as _

from incidents.admin.asking import asking
from incidents.admin.refusals import vocabulary
from incidents.admin.several import Sending, do_each, look, versions_in
from incidents.admin.verbs import Verb, VerbForm, perform
from incidents.errors import Refused
from incidents.selectors.naming import related

if TYPE_CHECKING:
    from django.contrib.admin import ModelAdmin
    from django.http import QueryDict

    Host = ModelAdmin[Any]
else:
    Host = object

AT_ONCE = 100  # rows that one form may change


class VerbPages(Host):
    """The part of an admin page that does verbs."""

    verbs: ClassVar[Sequence[Verb]]

    def page(self, what: str) -> str:
        """Return the name of one of the model's pages."""
        return f"{self.opts.app_label}_{self.opts.model_name}_{what}"

    def buttons(self, request: HttpRequest, row: Model) -> list[tuple[Verb, str]]:
        """Return the verbs that a person may use on a row as it stands, with their addresses."""
        who = asking(request)
        return [
            (verb, self._address(verb, [row]))
            for verb in self.verbs
            if verb.offered(row) and who.holds(row, verb.right, verb.inside)
        ]

    def ask(self, request: HttpRequest, verb: Verb, rows: QuerySet[Any]) -> HttpResponse:
        """Lead from the chosen rows of a list to the form of a verb."""
        chosen = list(rows.order_by("pk")[: AT_ONCE + 1])
        if len(chosen) > AT_ONCE:
            self.message_user(request, _("At most %(n)d at once.") % {"n": AT_ONCE}, messages.ERROR)
            return HttpResponseRedirect(request.get_full_path())
        whole_list = request.POST.get("select_across") == "1"
        if not whole_list and len(chosen) != len(set(request.POST.getlist("_selected_action"))):
            raise Http404
        return HttpResponseRedirect(self._address(verb, chosen))

    def verb_view(self, request: HttpRequest, name: str) -> HttpResponse:
        """Ask for what a verb needs and do it to the rows named by ``pk``."""
        verb = next((each for each in self.verbs if each.name == name), None)
        if verb is None:
            raise Http404
        if verb.right not in asking(request).rights:
            raise PermissionDenied
        return self.perform_view(request, verb, self._named(request, verb))

    def perform_view(self, request: HttpRequest, verb: Verb, rows: Sequence[Model]) -> HttpResponse:
        """Show a verb's form, or do the verb and go to its result."""
        who = asking(request)
        initial = verb.form.initial_of(rows[0]) if len(rows) == 1 else {}
        initial |= {name: value for name, value in request.GET.items() if name in verb.form.base_fields}
        data = request.POST if request.method == "POST" else None
        form = verb.form(data, request.FILES or None, who=who, rows=rows, initial=initial)
        if len(rows) > 1:
            return self._several(request, verb, rows, form)
        if form.is_valid():
            try:
                results = perform(verb, form, who)
            except Refused as refused:
                form.refuse(refused, self._words(form))
            else:
                return self._tell(request, verb, rows, results)
        return self._page(request, verb, rows, form)

    def _several(
        self, request: HttpRequest, verb: Verb, rows: Sequence[Model], form: VerbForm
    ) -> HttpResponse:
        """Show the form, then what would happen to each row, then what did."""
        context: dict[str, Any] = {"done": None}
        if form.is_valid():
            typed = _digest(request.POST, form)
            page = _page_of(request.POST)
            if page and "do" in request.POST and request.POST.get("looked") == typed:
                versions = versions_in(request.POST.getlist("version"))
                sent = Sending(page=page, looked=typed, versions=versions)
                context["done"] = do_each(verb, form, asking(request), self._words(form), sent=sent)
            else:
                outcomes = look(verb, form, asking(request), self._words(form))
                able = sum(each.is_done for each in outcomes)
                context |= {"outcomes": outcomes, "able": able, "looked": typed, "page": uuid4()}
        return self._page(request, verb, rows, form, **context)

    def _words(self, form: VerbForm) -> dict[str, str]:
        labels = {each.name: each.label for each in self.verbs}
        return vocabulary(self.model, form, labels)

    def _named(self, request: HttpRequest, verb: Verb) -> list[Any]:
        """Return the rows of the address, all of them inside the person's right, or 404."""
        keys = set(request.GET.getlist("pk"))
        if not keys or len(keys) > (AT_ONCE if verb.many else 1) or not all(map(str.isdecimal, keys)):
            raise Http404
        inside = asking(request).inside(self.get_queryset(request), verb.right, verb.inside)
        rows = list(inside.filter(pk__in=keys).select_related(*related(self.model)).order_by("pk"))
        if len(rows) != len(keys):
            raise Http404
        return rows

    def _address(self, verb: Verb, rows: Sequence[Model]) -> str:
        query = urlencode([("pk", row.pk) for row in rows])
        return f"{reverse('admin:' + self.page('do'), args=[verb.name])}?{query}"

    def _tell(
        self, request: HttpRequest, verb: Verb, rows: Sequence[Model], results: Sequence[Any]
    ) -> HttpResponse:
        self.message_user(request, _("Done: %(verb)s") % {"verb": verb.label}, messages.SUCCESS)
        address = self._result_address(rows, results)
        if verb.tell is None:
            return HttpResponseRedirect(address)
        context = {
            **self.admin_site.each_context(request),
            "opts": self.opts,
            "title": verb.label,
            "told": [verb.tell(result) for result in results],
            "address": address,
        }
        return TemplateResponse(request, "admin/incidents/told.html", context)

    def _result_address(self, rows: Sequence[Model], results: Sequence[Any]) -> str:
        made = results[0][0] if isinstance(results[0], tuple) else results[0]
        row = made if isinstance(made, self.model) else rows[0]
        return reverse(f"admin:{self.page('change')}", args=[row.pk])

    def _page(
        self, request: HttpRequest, verb: Verb, rows: Sequence[Model], form: VerbForm, **more: Any
    ) -> HttpResponse:
        context = {
            **self.admin_site.each_context(request),
            "opts": self.opts,
            "title": verb.label,
            "verb": verb,
            "rows": rows,
            "form": form,
            "media": self.media + form.media,
            "is_popup": IS_POPUP_VAR in request.GET,
            **more,
        }
        name = "several" if len(rows) > 1 else "verb"
        return TemplateResponse(request, f"admin/incidents/{name}.html", context)


def _page_of(data: "QueryDict") -> UUID | None:
    """Return the identity of the page that sends; None where it has none."""
    try:
        return UUID(data.get("page", ""))
    except ValueError:
        return None


def _digest(data: "QueryDict", form: VerbForm) -> str:
    """Return a digest of what is typed: what was looked at is what is done."""
    said = [(name, data.getlist(name)) for name in form.fields if name != "seen"]
    return sha256(repr(said).encode()).hexdigest()

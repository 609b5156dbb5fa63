"""Briefs: paste one, see what was read beside its words, confirm or discard each piece."""

from typing import Any

from django import forms
from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import URLPattern, path, reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from incidents.access import Right
from incidents.admin.asking import Asking, asking
from incidents.admin.base import RecordAdmin, among
from incidents.admin.brief_forms import PieceForm
from incidents.admin.brief_page import division_names, page_of
from incidents.admin.brief_words import LABELS
from incidents.admin.refusals import in_words
from incidents.admin.verbs import Verb, VerbForm
from incidents.choices import BriefItemState
from incidents.errors import Refused
from incidents.models import Brief, BriefItem, Crew, Organization, Storm
from incidents.models.briefs import LONGEST
from incidents.rules.briefs.stored import moment_of
from incidents.selectors.own_figures import Figures, figures_of
from incidents.services import briefs
from incidents.services.brief_pieces import record_of


class TakeForm(VerbForm):
    """Whose brief it is, when it was published, and the text."""

    rights = {"organization": Right.OPERATE}

    organization = forms.ModelChoiceField(
        Organization.objects.order_by("name"), label=gettext_lazy("Organisation")
    )
    published_on = forms.DateField(
        label=gettext_lazy("Published"),
        required=False,
        widget=forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"}),
        help_text=gettext_lazy("Gives dates without a year their year."),
    )
    storm = forms.ModelChoiceField(Storm.objects.order_by("-pk"), label=gettext_lazy("Storm"), required=False)
    text = forms.CharField(
        label=gettext_lazy("Text of the brief"),
        max_length=LONGEST * 2,  # a browser sends two characters for the end of a line
        widget=forms.Textarea(attrs={"rows": 16, "class": "brief"}),
        help_text=gettext_lazy("At most 20,000 characters. Nothing is recorded before you confirm it."),
    )


@admin.register(Brief)
class BriefAdmin(RecordAdmin):
    """Briefs that were read."""

    rank = 4
    change_form_template = "admin/incidents/brief.html"
    list_display = [
        "__str__",
        "organization",
        "storm",
        "published_on",
        "why_not",
        "received_at",
        "reported_by",
    ]
    list_filter = [among("organization"), among("storm")]
    search_fields = ["text"]
    date_hierarchy = "received_at"
    ordering = ["-received_at", "-pk"]
    themes = [
        (None, ["organization", "storm", "published_on", "why_not", "received_at", "reported_by", "channel"]),
        (gettext_lazy("Text and reading"), ["text", "digest"]),
    ]
    add_verb = Verb(
        name="take",
        label=gettext_lazy("Read a brief"),
        call=briefs.take,
        right=Right.OPERATE,
        form=TakeForm,
        help_text=gettext_lazy("Paste it as it is; you see every fact with the words that it came from."),
    )

    def get_urls(self) -> list[URLPattern]:
        """Return the usual pages and the way to the record that a piece became."""
        lead = self.admin_site.admin_view(self.record_view)
        return [path("<int:pk>/record/<int:seq>/", lead, name="incidents_brief_record"), *super().get_urls()]

    def record_view(self, request: HttpRequest, pk: int, seq: int) -> HttpResponse:
        """Lead to the record that a piece became; its own page says who may see it."""
        item = asking(request).visible(BriefItem.objects.filter(brief_id=pk, seq=seq)).first()
        row = record_of(item) if item else None
        if row is None:
            raise Http404
        return HttpResponseRedirect(
            reverse(f"admin:{row._meta.app_label}_{row._meta.model_name}_change", args=[row.pk])
        )

    def change_view(
        self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: Any = None
    ) -> HttpResponse:
        """Show the text beside its pieces; do what a person says about one of them, or all that are sure."""
        brief = self.get_object(request, object_id)
        if brief is None:
            raise Http404
        who, sent = asking(request), {}
        may = who.holds(brief, Right.OPERATE)
        if request.method == "POST":
            if not may or not request.POST:
                raise PermissionDenied
            refused = self._decide(request, brief, who)
            if refused is None:
                return HttpResponseRedirect(f"{request.path}#p{request.POST.get('piece', '')}")
            sent = {refused.item.pk: refused}
            request.method = "GET"  # the page is shown again, with what was refused
        page = page_of(brief, by=who.actor, figures=_figures(brief), sent=sent)
        context = {**(extra_context or {}), **page, "may": may}
        return super().change_view(request, object_id, form_url, context)

    def _decide(self, request: HttpRequest, brief: Brief, who: Asking) -> PieceForm | None:
        """Do what was sent; return the form of the piece if it was refused."""
        if request.POST.get("do") == "sure":
            self._confirm_sure(request, brief, who)
            return None
        number = request.POST.get("piece", "")
        item = brief.items.filter(seq=number).first() if number.isdecimal() and len(number) < 6 else None  # noqa: PLR2004
        if item is None:
            raise Http404
        form = PieceForm(
            item,
            request.POST,
            divisions=division_names([item]),
            crews=list(who.visible(Crew.objects.filter(disbanded_at=None)))
            if item.kind == "assignment"
            else (),
        )
        form.is_valid()
        try:
            if not form.errors:
                self._do(request, item, form, who)
        except Refused as refused:
            _refuse(form, refused)
        return form if form.errors else None

    def _do(self, request: HttpRequest, item: BriefItem, form: PieceForm, who: Asking) -> None:
        by, what = who.actor, request.POST.get("do")
        if what == "discard":
            briefs.discard(item, reason=request.POST.get("reason", "")[:300], at=by.now, by=by)
            self.message_user(request, _("%(piece)s: discarded.") % {"piece": item}, messages.SUCCESS)
        elif what in ("confirm", "anew"):
            kept = briefs.confirm(item, edits=form.edits(), anew=what == "anew", at=by.now, by=by)
            told = {"piece": item, "outcome": kept.get_outcome_display()}
            self.message_user(request, _("%(piece)s: %(outcome)s.") % told, messages.SUCCESS)
        else:
            raise Http404

    def _confirm_sure(self, request: HttpRequest, brief: Brief, who: Asking) -> None:
        """Confirm every piece that is sure as it was read, outages before what belongs to them."""
        rows = brief.items.filter(state=BriefItemState.OPEN, confidence__gte=briefs.SURE)
        items = list(rows.exclude(kind="storm").order_by("seq"))
        done = 0
        for item in sorted(items, key=lambda each: each.of_id is not None):
            try:
                briefs.confirm(item, at=who.actor.now, by=who.actor)
                done += 1
            except Refused as refused:
                told = {"piece": item, "why": in_words(refused, LABELS)}
                self.message_user(request, _("%(piece)s: %(why)s") % told, messages.WARNING)
        sentence = ngettext("%(n)d piece confirmed.", "%(n)d pieces confirmed.", done) % {"n": done}
        self.message_user(request, sentence, messages.SUCCESS if done else messages.INFO)


@admin.register(BriefItem)
class BriefItemAdmin(RecordAdmin):
    """Pieces of briefs, as they were read and decided."""

    rank = 101
    list_display = ["brief", "seq", "kind", "confidence", "state", "outcome", "decided_by", "decided_at"]
    list_filter = ["kind", "state", "outcome", among("brief__organization")]
    search_fields = ["brief__text", "reason"]
    ordering = ["-pk"]
    themes = [
        (None, ["brief", "seq", "kind", "of", "start", "end", "confidence"]),
        (gettext_lazy("Decision"), ["state", "edits", "decided_at", "decided_by", "reason"]),
        (gettext_lazy("In the record"), ["outcome", "record_type", "record_uuid", "same", "differs"]),
    ]


def _figures(brief: Brief) -> Figures | None:
    told = brief.reading.get("as_of")
    at = moment_of(told["value"]).at if told else None
    if at is None or not brief.items.filter(kind="total").exists():
        return None
    return figures_of(brief.organization, storm=brief.storm, as_of=at)


def _refuse(form: PieceForm, refused: Refused) -> None:
    problems = refused.fields.get("problems")
    if isinstance(problems, dict):
        for name, sentences in problems.items():
            form.refuse(name, " ".join(map(str, sentences)))
    else:
        form.refuse(refused.fields.get("field"), in_words(refused, LABELS))

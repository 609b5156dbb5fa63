"""Imports and exports: send a file, see what it would do, confirm; watch the progress, take the result."""

from collections.abc import Iterable
from typing import Any
from urllib.parse import quote

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.db.models import Count
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect, StreamingHttpResponse
from django.http.response import HttpResponseBase
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _

from incidents.access.files import reader_at
from incidents.admin.asking import asking
from incidents.admin.base import RecordAdmin
from incidents.admin.file_forms import ImportForm, kinds_for
from incidents.admin.refusals import in_words
from incidents.choices import FileFormat, FilePart, JobDirection, JobState, RowOutcome
from incidents.errors import Refused
from incidents.models import FileJob
from incidents.services import exports, file_pieces, sheet_writing
from incidents.services.imports import life
from incidents.services.imports.kinds import KINDS

SHOWN = 200
"""Rows of each outcome that the page shows; the file with errors holds all of them."""


@admin.register(FileJob)
class FileJobAdmin(RecordAdmin):
    """Files that went in and out; what is in one, only the person who asked for it sees."""

    rank = 5
    is_exported = False
    change_form_template = "admin/incidents/file_job.html"
    change_list_template = "admin/incidents/file_jobs.html"
    list_display = [
        "file_name",
        "direction",
        "state",
        "done",
        "total",
        "created_at",
        "finished_at",
        "expires_at",
    ]
    list_filter = ["direction", "state"]
    search_fields = ["file_name"]
    ordering = ["-created_at", "-pk"]
    themes = [
        (None, ["direction", "state", "file_name", "file_format", "organization", "entry_mode", "sheet"]),
        (gettext_lazy("Progress"), ["total", "done", "leave_out_errors", "shown_phones", "problem"]),
        (gettext_lazy("When"), ["created_at", "finished_at", "expires_at", "worked_at", "attempts"]),
        (gettext_lazy("Asked for"), ["asked_by", "language", "subject", "digest"]),
    ]

    def get_urls(self) -> list[URLPattern]:
        """Return the usual pages, the page for sending a file, and what can be taken."""
        view = self.admin_site.admin_view
        return [
            path("import/", view(self.import_view), name="incidents_filejob_import"),
            path(
                "template/<slug:name>.<slug:ending>",
                view(self.template_view),
                name="incidents_filejob_template",
            ),
            path("<int:pk>/progress/", view(self.progress_view), name="incidents_filejob_progress"),
            path("<int:pk>/file/", view(self.file_view), name="incidents_filejob_file"),
            path("<int:pk>/errors/", view(self.errors_view), name="incidents_filejob_errors"),
            *super().get_urls(),
        ]

    def changelist_view(self, request: HttpRequest, extra_context: Any = None) -> HttpResponse:
        """Show the list with the way to a new import."""
        may = bool(kinds_for(asking(request)))
        return super().changelist_view(request, {"may_import": may} | (extra_context or {}))

    def import_view(self, request: HttpRequest) -> HttpResponse:
        """Take a file and lead to its dry run."""
        who = asking(request)
        kinds = kinds_for(who)
        if not kinds:
            raise PermissionDenied
        sent = request.method == "POST"
        initial = {"kind": request.GET.get("kind")}
        form = ImportForm(
            request.POST if sent else None, request.FILES if sent else None, who=who, initial=initial
        )
        if sent and form.is_valid():
            try:
                job = life.take(
                    kind=form.wanted,
                    organization=form.cleaned_data["organization"],
                    content=form.cleaned_data["file"].read(),
                    name=form.cleaned_data["file"].name,
                    language=get_language() or "zh-hans",
                    by=who.actor,
                    entry_mode=form.entry_mode,
                    sheet=form.cleaned_data["sheet"],
                )
            except Refused as refused:
                form.add_error("file", in_words(refused, {}))
            else:
                return HttpResponseRedirect(reverse("admin:incidents_filejob_change", args=[job.pk]))
        context = {
            **self.admin_site.each_context(request),
            "opts": self.opts,
            "title": _("Import a file"),
            "form": form,
            "kinds": kinds,
            "formats": FileFormat.choices,
        }
        return TemplateResponse(request, "admin/incidents/import.html", context)

    def template_view(self, request: HttpRequest, name: str, ending: str) -> HttpResponseBase:
        """Hand out an empty file of a kind."""
        kind = KINDS.get(name)
        if kind is None or ending not in FileFormat.values:
            raise Http404
        if kind not in kinds_for(asking(request)):
            raise PermissionDenied
        language = get_language() or "zh-hans"
        blocks = life.template(kind, file_format=ending, language=language)
        return _file(blocks, f"{kind.label}.{ending}", ending)

    def change_view(
        self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: Any = None
    ) -> HttpResponse:
        """Show what a file does or did; confirm or cancel it."""
        job = self._job(request, object_id)
        is_own = job.asked_by_id == asking(request).user.pk
        if request.method == "POST":
            if not is_own:
                raise PermissionDenied
            self._decide(request, job)
            return HttpResponseRedirect(request.path)
        context = {**(extra_context or {}), "is_own": is_own, **(_page(job) if is_own else {})}
        return super().change_view(request, object_id, form_url, context)

    def progress_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Show how far a file is, for the page that shows it already."""
        answer = TemplateResponse(
            request, "admin/incidents/file_progress.html", {"original": self._job(request, pk)}
        )
        answer["Cache-Control"] = "no-store"
        return answer

    def file_view(self, request: HttpRequest, pk: int) -> HttpResponseBase:
        """Hand out a finished export to who asked for it, if that person may still see such rows."""
        job, who = self._own(request, pk), asking(request)
        is_there = job.pieces.filter(part=FilePart.RESULT).exists()
        if job.state != JobState.DONE or job.expires_at <= who.now or not is_there:
            raise Http404
        if not exports.is_open(job, reader=reader_at(who.now)(who.user)):
            raise PermissionDenied
        return _file(file_pieces.blocks(job, FilePart.RESULT), job.file_name, job.file_format)

    def errors_view(self, request: HttpRequest, pk: int) -> HttpResponseBase:
        """Hand out the rows with errors, to be mended and imported again."""
        job = self._own(request, pk)
        if not job.rows.filter(outcome=RowOutcome.ERROR).exists():
            raise Http404
        stem = job.file_name.rsplit(".", 1)[0]
        name = "{} - {}.{}".format(stem, _("rows with errors"), job.file_format)
        return _file(life.faulty(job), name, job.file_format)

    def _job(self, request: HttpRequest, pk: object) -> FileJob:
        job: FileJob | None = self.get_object(request, str(pk))
        if job is None or not self.has_view_permission(request):
            raise Http404
        return job

    def _own(self, request: HttpRequest, pk: object) -> FileJob:
        """Return a job of the person who asks: what is in a file is nobody else's matter."""
        job = self._job(request, pk)
        if job.asked_by_id != asking(request).user.pk:
            raise Http404
        return job

    def _decide(self, request: HttpRequest, job: FileJob) -> None:
        by, what = asking(request).actor, request.POST.get("do")
        try:
            if what == "confirm":
                life.confirm(job, leave_out_errors=request.POST.get("leave_out") == "on", by=by)
            elif what == "cancel":
                life.cancel(job, by=by)
            else:
                raise PermissionDenied
        except Refused as refused:
            states = {str(value): str(label) for value, label in JobState.choices}
            self.message_user(request, in_words(refused, states), messages.ERROR)


def _page(job: FileJob) -> dict[str, Any]:
    """Return what the page shows besides the fields: counts, and the first rows of each outcome."""
    kind = KINDS.get(job.subject)
    counted = job.rows.values("outcome").annotate(n=Count("pk"))
    counts = {each["outcome"]: each["n"] for each in counted}
    labels = {column.name: str(column.label) for column in kind.columns} if kind else {}
    shown = []
    for outcome in (RowOutcome.ERROR, RowOutcome.CHANGE, RowOutcome.NEW, RowOutcome.UNCHANGED):
        if counts.get(outcome):
            rows = list(job.rows.filter(outcome=outcome).order_by("number")[:SHOWN])
            shown.append((outcome, counts[outcome], [_row(row, labels) for row in rows]))
    return {
        "kind": kind,
        "is_import": job.direction == JobDirection.IMPORT,
        "faulty": counts.get(RowOutcome.ERROR, 0),
        "written": job.rows.filter(is_applied=True).count(),
        "writable": counts.get(RowOutcome.NEW, 0) + counts.get(RowOutcome.CHANGE, 0),
        "columns": [(each["heading"], labels.get(each["column"], "")) for each in job.headings],
        "outcomes": shown,
        "most": SHOWN,
        "has_file": job.state == JobState.DONE and job.pieces.filter(part=FilePart.RESULT).exists(),
    }


def _row(row: Any, labels: dict[str, str]) -> dict[str, Any]:
    return {
        "number": row.number,
        "cells": " · ".join(str(cell) for cell in list(row.cells.values())[:6]),
        "changes": [(labels.get(name, name), old, new) for name, old, new in row.changes],
        "problems": [(labels.get(name, name), why) for name, why in row.problems],
        "is_applied": row.is_applied,
    }


def _file(blocks: Iterable[bytes], name: str, ending: str) -> StreamingHttpResponse:
    answer = StreamingHttpResponse(blocks, content_type=sheet_writing.TYPES[FileFormat(ending)])
    answer["Content-Disposition"] = f"attachment; filename*=UTF-8''{quote(name)}"
    answer["Cache-Control"] = "private, no-store"
    return answer

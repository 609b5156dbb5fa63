"""``/api/v1/attachments/``: photos, the text first, the bytes when the signal allows (tus 1.0)."""

from typing import Any

from django.db.models import QuerySet
from django.http import FileResponse, HttpResponse, HttpResponseNotModified
from django.http.response import HttpResponseBase
from django.utils.http import content_disposition_header
from django.utils.translation import gettext_lazy as _
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, OpenApiResponse, extend_schema
from rest_framework.decorators import action
from rest_framework.exceptions import APIException, NotFound
from rest_framework.renderers import JSONRenderer
from rest_framework.request import Request
from rest_framework.response import Response

from incidents.access import visible_to
from incidents.api import tus
from incidents.api.attachment_bodies import AttachmentFilters, AttachmentIn, AttachmentOut, UploadIn
from incidents.api.newest import page_of
from incidents.api.resources import Resource
from incidents.api.verbs import Act, AtReason, verb
from incidents.choices import AttachmentState, DeviceScope
from incidents.journal import Actor
from incidents.models import Attachment
from incidents.models.attachments import PARENTS
from incidents.rules.photos import name_to_save
from incidents.services import attachments, photo_store, uploads


class Withdrawn(APIException):
    """A photo that is shown to nobody any more."""

    status_code = 410
    default_code = "withdrawn"
    default_detail = _("This photo was withdrawn.")


class Jpeg(JSONRenderer):
    """Lets a client ask for a picture; the picture is no data that is rendered, a problem is."""

    media_type = "image/jpeg"
    format = ""


def _announce(*, by: Actor, **said: Any) -> Attachment:
    """Announce a photo: the text now, the bytes when they can be sent.

    The Location is where the bytes go, by tus 1.0.0: HEAD tells how many are here, PATCH adds some.
    """
    field, parent = attachments.only_parent(said)
    return attachments.announce(parent=parent, field=field, by=by, **said)


_ANNOUNCE = Act(call=_announce, told=AttachmentIn, keeps_client_id=True)
_ANNOUNCE_BY_TUS = Act(call=_announce, told=UploadIn, keeps_client_id=True)
_TUS = OpenApiParameter(
    "Tus-Resumable",
    str,
    OpenApiParameter.HEADER,
    required=True,
    enum=[tus.VERSION],
    description="Version of the protocol.",
)
_OFFSET = OpenApiParameter(
    "Upload-Offset", int, OpenApiParameter.HEADER, required=True, description="As HEAD tells."
)
_REACHED = OpenApiParameter(
    "Upload-Offset",
    int,
    OpenApiParameter.HEADER,
    response=[204],
    description="Bytes that are here now: where the next piece begins.",
)
_CHECKSUM = OpenApiParameter(
    "Upload-Checksum",
    str,
    OpenApiParameter.HEADER,
    description="`sha1` or `sha256`, a space, the digest of the piece in Base64; up to 1,000,000 bytes.",
)
_PICTURE = {(200, "image/jpeg"): OpenApiTypes.BINARY}


class Attachments(Resource):
    """Photos."""

    home = "attachments"
    model = Attachment
    serializer_class = AttachmentOut
    filterset_class = AttachmentFilters
    writes_with = DeviceScope.REPORT
    related = PARENTS
    http_method_names = ["get", "post", "head", "options", "patch", "delete"]

    withdraw = verb(attachments.withdraw, AtReason)

    def list(self, request: Request) -> Response:
        """List."""
        numbers = page_of(self, request)
        found: dict[int, Attachment] = self._with_all(QuerySet(Attachment)).in_bulk(numbers)
        rows = [found[number] for number in numbers]
        shown = AttachmentOut(rows, many=True, context={"versions": self._versions(rows)})
        return self.get_paginated_response(shown.data)

    def initialize_request(self, request: Any, *args: Any, **kwargs: Any) -> Request:
        """Return the request; a creation by tus says in headers what others say in a body."""
        plain = super().initialize_request(request, *args, **kwargs)
        return tus.CreationRequest(
            request,
            parsers=plain.parsers,
            authenticators=self.get_authenticators(),
            negotiator=plain.negotiator,
            parser_context=plain.parser_context,
        )

    def finalize_response(self, request: Request, response: Any, *args: Any, **kwargs: Any) -> Any:
        """Return the answer, which says the version of tus whatever it is."""
        response["Tus-Resumable"] = tus.VERSION
        if response.status_code == tus.OtherVersion.status_code:
            response["Tus-Version"] = tus.VERSION
        return super().finalize_response(request, response, *args, **kwargs)

    def options(self, request: Any, *_args: Any, **_kwargs: Any) -> Any:
        """Say what of tus is spoken."""
        return HttpResponse(status=204, headers=tus.OPTIONS)

    @extend_schema(request=AttachmentIn, responses={201: AttachmentOut})
    def create(self, request: Request) -> HttpResponse:
        """Announce a photo: the text now, the bytes when they can be sent.

        `Location` is where the bytes go, by tus 1.0.0. A tus client may announce it by `Upload-Length` and
        `Upload-Metadata` instead of a body, with the same names in it.
        """
        return self.make(request, _ANNOUNCE_BY_TUS if tus.creates(request) else _ANNOUNCE)

    def retrieve(self, request: Request, **name: str) -> Any:
        """Get one, with its version; HEAD with `Tus-Resumable` tells how many bytes are here."""
        if request.method != "HEAD" or not tus.speaks(request):
            return super().retrieve(request, **name)
        tus.check_version(request)
        row = self._own() or self.get_object()
        if row.state in {AttachmentState.TERMINATED, AttachmentState.ABANDONED}:
            uploads.check_goes_on(row, offset=row.uploaded)
        known = {
            "Upload-Offset": str(row.uploaded),
            "Upload-Length": str(row.size),
            "Upload-Metadata": row.upload_metadata,
            "Attachment-State": row.state,
            "Attachment-Problem": row.problem,
        }
        told = {header: value for header, value in known.items() if value}
        return HttpResponse(headers={"Cache-Control": "no-store"} | told)

    @extend_schema(
        parameters=[_TUS, _OFFSET, _CHECKSUM, _REACHED],
        request={"application/offset+octet-stream": OpenApiTypes.BINARY},
        responses={204: OpenApiResponse(description="The piece is kept.")},
    )
    def partial_update(self, request: Request, **_name: str) -> HttpResponse:
        """Add bytes where the last ones ended; what comes before a cut is kept, unless it has a checksum."""
        row = self._own()
        if row is None:
            raise NotFound
        piece = tus.Piece.of(request)
        uploads.check_goes_on(row, offset=piece.offset, length=piece.length)
        offset = piece.offset
        for part in piece.parts(request):
            offset = uploads.append(row, offset=offset, data=part, by=self.by)
        return HttpResponse(status=204, headers={"Upload-Offset": str(offset)})

    @extend_schema(parameters=[_TUS], responses={204: None})
    def destroy(self, request: Request, **_name: str) -> HttpResponse:
        """End an upload that is not complete; the text stays. A complete one is withdrawn instead."""
        tus.check_version(request)
        row = self._own()
        if row is None:
            raise NotFound
        uploads.terminate(row, by=self.by)
        return HttpResponse(status=204)

    @extend_schema(responses=_PICTURE)
    @action(detail=True, methods=["get"], renderer_classes=[Jpeg, JSONRenderer])
    def file(self, request: Request, **_name: str) -> HttpResponseBase:
        """Get the picture, to those who may see what it is of."""
        return self._picture(request, small=False)

    @extend_schema(responses=_PICTURE)
    @action(detail=True, methods=["get"], renderer_classes=[Jpeg, JSONRenderer])
    def thumbnail(self, request: Request, **_name: str) -> HttpResponseBase:
        """Get the picture, 320 pixels at most."""
        return self._picture(request, small=True)

    def _own(self) -> Attachment | None:
        """Return the caller's own upload: it goes on even when what it is of is out of his sight by now."""
        return Attachment.objects.filter(uuid=self.kwargs["uuid"], reported_by=self.by.user.pk).first()

    def _seen(self) -> Attachment:
        """Return the photo if the caller may see what it is of: that one thing is quicker asked for."""
        row = Attachment.objects.filter(uuid=self.kwargs["uuid"]).first()
        if row is not None:
            model: Any = Attachment._meta.get_field(row.parent_field).related_model
            parent: QuerySet[Any] = QuerySet(model).filter(pk=getattr(row, f"{row.parent_field}_id"))
            if visible_to(parent, self.by.user, now=self.by.now).exists():
                return row
        raise NotFound

    def _picture(self, request: Request, *, small: bool) -> HttpResponseBase:
        row = self._seen()
        if row.state == AttachmentState.WITHDRAWN:
            raise Withdrawn
        if row.state != AttachmentState.READY:
            raise NotFound
        tag = f'"{row.uuid}{"-thumbnail" if small else ""}"'
        answer: HttpResponseBase
        if tag in request.headers.get("If-None-Match", ""):
            answer = HttpResponseNotModified()
        else:
            opened = (photo_store.thumbnail if small else photo_store.photo)(row.store_key)
            answer = FileResponse(opened, content_type="image/jpeg")
            answer["Content-Disposition"] = content_disposition_header(True, name_to_save(row.name)) or ""
        answer["ETag"] = tag
        # Kept by this person's browser alone, and asked for again each time: rights end.
        answer["Cache-Control"] = "private, no-cache"
        answer["Content-Security-Policy"] = "default-src 'none'; sandbox"
        answer["Cross-Origin-Resource-Policy"] = "same-origin"
        return answer

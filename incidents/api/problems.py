"""Every error as ``application/problem+json`` (RFC 9457): a stable code, and whether to try again."""

import logging
from collections.abc import Iterator
from http import HTTPStatus
from typing import Any

from django.db import OperationalError
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.utils.translation import gettext as _
from rest_framework import exceptions
from rest_framework.response import Response

from incidents import errors

CONTENT_TYPE = "application/problem+json"
RETRY_AFTER_S = 5
logger = logging.getLogger(__name__)

_CONFLICTS = (
    errors.AlreadyOut,
    errors.BadTransition,
    errors.BrokenRule,
    errors.ChangedMeanwhile,
    errors.ClientIdTaken,
    errors.Conflict,
    errors.CrewUnderWay,
    errors.ExerciseMix,
    errors.InProgress,
    errors.WrongOffset,
)
_OTHER_STATUS: dict[type[errors.Refused], int] = {
    errors.PhotoTooLarge: 413,
    errors.PhotoQuota: 429,
    errors.StoreFull: 507,
    errors.PieceDamaged: 460,
    errors.UploadOver: 410,
}
_WAITS_S: dict[type[errors.Refused], str] = {errors.PhotoQuota: "3600", errors.StoreFull: "600"}
_UNREGISTERED = {460: "Checksum Mismatch"}  # of the tus protocol
# Answers after which the same request may succeed; all others are final.
PASSING = {401, 408, 425, 429, 500, 502, 503, 504}


def handle(error: Exception, context: dict[str, Any]) -> Response | None:
    """Return the answer to an error; None for what nobody foresaw, which is then logged as a crash."""
    if isinstance(error, errors.Refused):
        return _refused(error, context)
    if isinstance(error, OperationalError):
        logger.warning("database not reachable", exc_info=error)
        told = _("The record is not reachable just now; nothing was changed.")
        return _answer(503, "unavailable", told, context, headers={"Retry-After": str(RETRY_AFTER_S)})
    if isinstance(error, Http404):
        error = exceptions.NotFound()
    if isinstance(error, exceptions.ValidationError):
        problems = list(_pointed(error.get_full_details(), ""))
        told = _("Some fields are not valid.")
        return _answer(400, "invalid", told, context, extra={"errors": problems})
    if isinstance(error, exceptions.APIException):
        return _of_framework(error, context)
    return None


def page(request: HttpRequest, status: int) -> HttpResponse:
    """Return a problem outside the framework, for addresses under ``/api/`` that do not exist or crash."""
    phrase = HTTPStatus(status).phrase
    body = _body(status, phrase.lower().replace(" ", "-"), phrase, _request_id(request))
    return JsonResponse(body, status=status, content_type=CONTENT_TYPE)


def document(
    request: HttpRequest, status: int, code: str, detail: str, *, final: bool = True
) -> HttpResponse:
    """Return a problem outside the framework with its own code."""
    body = _body(status, code, detail, _request_id(request)) | {"final": final}
    return JsonResponse(body, status=status, content_type=CONTENT_TYPE)


def phrase_of(status: int) -> str:
    """Return the phrase of a status, as ``title`` has it."""
    return _UNREGISTERED.get(status) or HTTPStatus(status).phrase


def _of_framework(error: exceptions.APIException, context: dict[str, Any]) -> Response:
    headers = {}
    if wait := getattr(error, "wait", None):
        headers["Retry-After"] = str(int(wait))
    if challenge := getattr(error, "auth_header", None):
        headers["WWW-Authenticate"] = challenge
    code = str(error.get_codes() if isinstance(error.get_codes(), str) else error.default_code)
    extra = getattr(error, "extra", None)
    return _answer(
        error.status_code, code.replace("_", "-"), str(error.detail), context, extra=extra, headers=headers
    )


def _refused(error: errors.Refused, context: dict[str, Any]) -> Response:
    extra = _fields(error) | {"final": error.final}
    headers = {} if error.final else {"Retry-After": _WAITS_S.get(type(error), "1")}
    return _answer(_status(error), error.code, error.message, context, extra=extra, headers=headers)


def _status(error: errors.Refused) -> int:
    if isinstance(error, errors.NotFound):
        return 404
    if isinstance(error, errors.KeyReused):
        return 422
    return 409 if isinstance(error, _CONFLICTS) else _OTHER_STATUS.get(type(error), 400)


def _fields(error: errors.Refused) -> dict[str, Any]:
    field = error.fields.get("field")
    told = {name: str(value) for name, value in error.fields.items() if name != "problems"}
    extra: dict[str, Any] = {"params": told}
    if isinstance(error, errors.Invalid):
        problems: dict[str, list[object]] = error.fields["problems"]  # type: ignore[assignment]
        extra["errors"] = [
            {"pointer": f"{error.part}/{name}", "code": "invalid", "message": str(word)}
            for name, words in problems.items()
            for word in words
        ]
    elif field:
        extra["errors"] = [{"pointer": f"{error.part}/{field}", "code": error.code, "message": error.message}]
    return extra


def _pointed(detail: Any, pointer: str) -> Iterator[dict[str, str]]:
    """Walk the framework's nested details; yield one flat entry a problem, with a JSON pointer."""
    if isinstance(detail, dict) and "message" in detail and "code" in detail:
        code = str(detail["code"]).replace("_", "-")
        yield {"pointer": pointer, "code": code, "message": str(detail["message"])}
    elif isinstance(detail, dict):
        for name, inner in detail.items():
            yield from _pointed(inner, pointer if name == "non_field_errors" else f"{pointer}/{name}")
    else:
        for inner in detail:
            yield from _pointed(inner, pointer)


def _answer(
    status: int,
    code: str,
    detail: str,
    context: dict[str, Any],
    *,
    extra: dict[str, Any] | None = None,
    headers: dict[str, str] | None = None,
) -> Response:
    body = _body(status, code, detail, _request_id(context["request"])) | (extra or {})
    return Response(body, status=status, headers=headers, content_type=CONTENT_TYPE)


def _body(status: int, code: str, detail: str, request_id: str) -> dict[str, Any]:
    return {
        "type": f"urn:ice-storm-tracker:problem:{code}",
        "title": phrase_of(status),
        "status": status,
        "code": code,
        "detail": detail,
        "final": status not in PASSING,
        "request_id": request_id,
    }


def _request_id(request: Any) -> str:
    return str(request.META.get("ICE_REQUEST_ID", ""))

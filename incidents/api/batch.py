"""``/api/v1/batch/``: what a phone has gathered without signal, in one request.

Each operation is the same call of the same view as by itself, in its own transaction, under its own key: with
its permissions, throttles and strictness. Nothing here knows what an operation does.
"""

import io
from collections.abc import Mapping
from dataclasses import dataclass, field
from time import monotonic
from typing import Any, Final, cast

import msgspec
from django.core.handlers.exception import response_for_exception
from django.core.handlers.wsgi import WSGIRequest
from django.db import close_old_connections, connection
from django.http import HttpRequest, HttpResponse
from django.urls import Resolver404, ResolverMatch, resolve
from django.utils.translation import gettext as _
from drf_spectacular.utils import extend_schema
from rest_framework import status
from rest_framework.permissions import IsAuthenticated
from rest_framework.request import Request

from incidents.api import problems
from incidents.api.ageing import MayEnd
from incidents.api.batch_bodies import BatchParser, Operation, checked
from incidents.api.batch_described import BatchIn, BatchOut
from incidents.api.resources import PREFIX, Resource

LONGEST_S: Final = 20.0
"""How long a batch works; what it has not reached by then is not tried."""

_MADE: Final = {status.HTTP_200_OK, status.HTTP_201_CREATED}  # what is held (202) has made nothing yet
_HEADERS: Final = ("If-Match", "Idempotency-Key")
_TOLD: Final = ("ETag", "Location", "Idempotent-Replayed", "Retry-After")
# What belongs to the request of the batch itself, and to none of its operations.
_ITS_OWN: Final = {
    "CONTENT_LENGTH",
    "CONTENT_TYPE",
    "HTTP_CONTENT_ENCODING",
    "HTTP_TRANSFER_ENCODING",
    "HTTP_IF_MATCH",
    "HTTP_IDEMPOTENCY_KEY",
    "QUERY_STRING",
}


class Result(msgspec.Struct):
    """What became of an operation."""

    id: str
    status: int
    headers: dict[str, str]
    body: msgspec.Raw


class Results(msgspec.Struct):
    """What became of all."""

    results: list[Result]


class BatchOfOperations(MayEnd):
    """Many calls at once."""

    # What an operation needs is asked of its own view: a phone that may only report gets only that done.
    permission_classes = (IsAuthenticated,)
    parser_classes = (BatchParser,)

    @extend_schema(request=BatchIn, responses=BatchOut)
    def post(self, request: Request) -> HttpResponse:
        """Do up to 200 operations in order, each by itself; a refused one stops no other.

        Each has its own result, as the call by itself would have answered. Those not reached within 20 s are
        answered `not-tried` (503). The whole batch may be sent again: what was done is answered as before.
        """
        operations = checked(cast("Any", request.data))
        run = _Run(request=request._request, until=monotonic() + LONGEST_S)  # noqa: SLF001 - the door's own
        body = msgspec.json.encode(Results([run.result(one) for one in operations]))
        return HttpResponse(body, content_type="application/json")


@dataclass
class _Run:
    """One batch on its way.

    Attributes:
        made: Operation → name of what it made or did something to.
        done: Operation → whether it succeeded; the last one of a name counts.
        final: Operations that can never succeed.
    """

    request: HttpRequest
    until: float
    made: dict[str, str] = field(default_factory=dict)
    done: dict[str, bool] = field(default_factory=dict)
    final: set[str] = field(default_factory=set)

    def result(self, one: Operation) -> Result:
        """Do an operation and return what became of it."""
        answer = self._refusal(one) or self._answer(one)
        body = answer.content
        headers = {name: answer[name] for name in _TOLD if name in answer}
        self._remember(one, answer.status_code, headers, body)
        if status.is_server_error(answer.status_code) and not connection.in_atomic_block:
            close_old_connections()  # one that broke must not break what follows
        return Result(one.id, answer.status_code, headers, msgspec.Raw(body))

    def _refusal(self, one: Operation) -> HttpResponse | None:
        """Return why an operation is not tried; None if nothing speaks against it."""
        if monotonic() >= self.until:
            told = _("The time of the batch was over before this operation; send it again.")
            return self._problem(503, "not-tried", told, final=False)
        if one.needed() - self.done.keys():
            return self._problem(400, "unknown-operation", _("No earlier operation is called so."))
        referred = one.referred(self.done.keys())
        for name in sorted(one.needed() | referred):
            if not self.done[name] or (name in referred and name not in self.made):
                told = _("An earlier operation that this one needs did not succeed.")
                return self._problem(424, "dependency-failed", told, final=name in self.final)
        if unknown := set(one.headers) - set(_HEADERS):
            told = _("An operation has no such header: %(names)s.") % {"names": ", ".join(sorted(unknown))}
            return self._problem(400, "unknown-header", told)
        return None

    def _answer(self, one: Operation) -> HttpResponse:
        path, body = one.filled(self.made)
        match = _match(path)
        if match is None:
            told = _("A batch holds new things and verbs of this API, and no address with a question mark.")
            return self._problem(404, "not-in-a-batch", told)
        request = _single(self.request, path, body, one.headers)
        try:
            answer = match.func(request, *match.args, **match.kwargs)
            return cast("HttpResponse", answer.render() if hasattr(answer, "render") else answer)
        except Exception as error:  # noqa: BLE001 - answered and logged as Django does it for a single call
            return response_for_exception(request, error)

    def _remember(self, one: Operation, code: int, headers: dict[str, str], body: bytes) -> None:
        if not one.id:
            return
        self.done[one.id] = status.is_success(code)
        told = msgspec.json.decode(body, type=_Told)
        if code in _MADE:
            location = headers.get("Location", "").rstrip("/")
            self.made[one.id] = location.rpartition("/")[2] or told.uuid
        elif told.final:
            self.final.add(one.id)

    def _problem(self, status: int, code: str, told: str, *, final: bool = True) -> HttpResponse:
        return problems.document(self.request, status, code, told, final=final)


class _Told(msgspec.Struct):
    """What of an answer matters for later operations."""

    uuid: str = ""
    final: bool = False


def _match(path: str) -> ResolverMatch | None:
    """Return the view that an operation is for; None where it is not one for a batch."""
    if not path.startswith(PREFIX) or "?" in path or "#" in path:
        return None
    try:
        match = resolve(path)
    except Resolver404:
        return None
    view = getattr(match.func, "cls", None)
    takes = isinstance(view, type) and issubclass(view, Resource) and view.in_batch
    return match if takes and "post" in getattr(match.func, "actions", {}) else None


def _single(request: HttpRequest, path: str, body: bytes, headers: Mapping[str, str]) -> HttpRequest:
    """Return an operation as the request that it would be by itself: same caller, language and request id."""
    environ = {name: value for name, value in request.META.items() if name not in _ITS_OWN}
    environ |= {
        "REQUEST_METHOD": "POST",
        "PATH_INFO": path,
        "QUERY_STRING": "",
        "CONTENT_TYPE": "application/json",
        "CONTENT_LENGTH": str(len(body)),
        "wsgi.input": io.BytesIO(body),
    }
    environ |= {f"HTTP_{name.upper().replace('-', '_')}": value for name, value in headers.items()}
    single = WSGIRequest(environ)
    for name in ("user", "session", "LANGUAGE_CODE"):
        if hasattr(request, name):
            setattr(single, name, getattr(request, name))
    return single

"""``GET /readyz``: whether this process may be sent requests. Whether the watch works, ``/healthz`` says."""

from http import HTTPMethod, HTTPStatus

from django.http import HttpRequest, HttpResponse, HttpResponseNotAllowed, JsonResponse

from tracker.selectors.readiness import readiness
from tracker.web.questions import Question

_question = Question(readiness)


def readyz(request: HttpRequest) -> HttpResponse:
    """Answer 200 if the database answers and has all migrations, else 503; Redis is told, not asked for."""
    if request.method not in {HTTPMethod.GET, HTTPMethod.HEAD}:
        return HttpResponseNotAllowed([HTTPMethod.GET, HTTPMethod.HEAD])
    found = _question.ask()
    checks = {
        "database": "dead" if found is None else "ok",
        "migrations": "unknown" if found is None else "missing" if found.missing else "ok",
        "broker": "unknown" if found is None else "ok" if found.has_broker else "away",
    }
    ready = found is not None and not found.missing
    return JsonResponse(
        {"status": "ready" if ready else "not ready", "checks": checks},
        status=HTTPStatus.OK if ready else HTTPStatus.SERVICE_UNAVAILABLE,
    )

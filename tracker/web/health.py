"""``GET /healthz``: whether the watch works. Answers within two seconds whatever else is dead."""

from http import HTTPMethod, HTTPStatus

from django.http import HttpRequest, HttpResponse, HttpResponseNotAllowed, JsonResponse

from tracker.selectors.health import LATEST_S, LONGEST_SILENCE, health
from tracker.web.questions import Question

_question = Question(health)


def healthz(request: HttpRequest) -> HttpResponse:
    """Say of every part whether it lives: 200 if all do and nothing is late, else 503."""
    if request.method not in {HTTPMethod.GET, HTTPMethod.HEAD}:
        return HttpResponseNotAllowed([HTTPMethod.GET, HTTPMethod.HEAD])
    found = _question.ask()
    alive = {part.value: found is not None and found.alive[part] for part in LONGEST_SILENCE}
    checks = {"web": True, "database": found is not None} | alive
    late = None if found is None else found.oldest_due_s
    well = all(checks.values()) and late is not None and late <= LATEST_S
    return JsonResponse(
        {
            "status": "ok" if well else "ill",
            "checks": {part: "ok" if lives else "dead" for part, lives in checks.items()},
            "oldest_due_s": None if late is None else round(late, 1),
        },
        status=HTTPStatus.OK if well else HTTPStatus.SERVICE_UNAVAILABLE,
    )

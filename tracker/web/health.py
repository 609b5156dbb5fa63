"""``GET /healthz``: whether the watch works. Answers within two seconds whatever else is dead."""

import threading
import time
from http import HTTPMethod, HTTPStatus

from django.db import DatabaseError, connection
from django.http import HttpRequest, HttpResponse, HttpResponseNotAllowed, JsonResponse

from tracker.selectors.health import LATEST_S, LONGEST_SILENCE, Health, health

PATIENCE_S = 1.5


class _Question:
    """The tables are asked in a thread of their own: a dead network keeps a connection waiting for long.

    One question at a time: who asks while an earlier one hangs has the same answer, that there is none.
    """

    def __init__(self) -> None:
        self._alone = threading.Lock()

    def ask(self) -> Health | None:
        """Return what the tables say, or None if they say nothing in time."""
        end = time.monotonic() + PATIENCE_S
        if not self._alone.acquire(timeout=PATIENCE_S):
            return None
        answers: list[Health] = []
        thread = threading.Thread(target=self._read, args=[answers], name="healthz", daemon=True)
        thread.start()
        thread.join(max(end - time.monotonic(), 0.0))
        return answers[0] if answers else None

    def _read(self, answers: list[Health]) -> None:
        try:
            with connection.cursor() as cursor:
                cursor.execute("SELECT set_config('statement_timeout', '1000', false)")
            answers.append(health())
        except DatabaseError:
            return
        finally:
            connection.close()
            self._alone.release()


_question = _Question()


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

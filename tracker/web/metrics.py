"""``GET /metrics`` for Prometheus: computed from the tables at each look, for those who may ask."""

import hmac
from collections.abc import Iterator
from http import HTTPMethod, HTTPStatus
from ipaddress import ip_network
from typing import TYPE_CHECKING

from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseNotAllowed

from incidents.api.addresses import address_of
from tracker.selectors.metrics import QUANTILES, Metrics, metrics
from tracker.web.questions import Question

if TYPE_CHECKING:
    from prometheus_client import Metric

_question = Question(metrics)


def prometheus(request: HttpRequest) -> HttpResponse:
    """Tell how the watch is in numbers: 403 for whoever may not ask, 503 while the database is away."""
    if request.method not in {HTTPMethod.GET, HTTPMethod.HEAD}:
        return HttpResponseNotAllowed([HTTPMethod.GET, HTTPMethod.HEAD])
    if not _may_ask(request):
        return HttpResponse(status=HTTPStatus.FORBIDDEN)
    found = _question.ask()
    if found is None:
        return HttpResponse(status=HTTPStatus.SERVICE_UNAVAILABLE)
    from prometheus_client import CollectorRegistry, generate_latest  # noqa: PLC0415 - 4 MB for whom nobody asks
    from prometheus_client.exposition import CONTENT_TYPE_LATEST  # noqa: PLC0415

    registry = CollectorRegistry()  # our own: nothing of the process that happens to answer
    registry.register(_Found(found))
    return HttpResponse(generate_latest(registry), content_type=CONTENT_TYPE_LATEST)


def _may_ask(request: HttpRequest) -> bool:
    """Return whether somebody shows the token, or asks from a network that may; IPv6 counts by the /64."""
    scheme, _, token = request.headers.get("Authorization", "").partition(" ")
    wanted: str = settings.METRICS_TOKEN
    if wanted and scheme.lower() == "bearer" and hmac.compare_digest(token.encode(), wanted.encode()):
        return True
    try:
        asker = ip_network(address_of(request))
    except ValueError:
        return False
    return any(
        network.version == asker.version and network.overlaps(asker) for network in settings.METRICS_NETWORKS
    )


class _Found:
    """One look, as Prometheus' library wants it."""

    def __init__(self, found: Metrics) -> None:
        self._found = found

    def collect(self) -> "Iterator[Metric]":
        """Yield every number."""
        found = self._found
        yield _gauge("due_lag_seconds", "Lateness of the oldest thing due.", [], {(): found.oldest_due_s})
        yield _gauge(
            "heartbeat_age_seconds",
            "Age of a part's last sign of life.",
            ["part"],
            {(part,): age for part, age in found.silent_s.items()},
        )
        yield _gauge(
            "turn_stage_seconds",
            "How long a stage of the last clean turn took, up to sending.",
            ["stage"],
            {(stage,): took for stage, took in found.took_s.items()},
        )
        yield _gauge(
            "queue_notifications",
            "Notifications that are owed.",
            ["channel", "state"],
            {key: count for key, (count, _age) in found.queue.items()},
        )
        yield _gauge(
            "queue_oldest_seconds",
            "Age of the oldest notification that is owed.",
            ["channel", "state"],
            {key: age for key, (_count, age) in found.queue.items()},
        )
        yield from self._recent()

    def _recent(self) -> "Iterator[Metric]":
        found = self._found
        yield _gauge(
            "recent_notifications",
            "Notifications decided in the last 15 min, by what became of them.",
            ["channel", "state"],
            dict(found.recent.items()),
        )
        yield _gauge(
            "recent_lateness_seconds",
            "Lateness of notices taken of those decided in the last 15 min, against the plan.",
            ["channel", "quantile"],
            {
                (channel, f"{quantile:g}"): late
                for channel, all_late in found.lateness_s.items()
                for quantile, late in zip(QUANTILES, all_late, strict=True)
            },
        )
        yield _gauge(
            "recent_skipped_steps",
            "Steps passed over for lateness in the last 15 min.",
            [],
            {(): found.skipped},
        )
        yield _gauge(
            "recent_steps_without_anybody",
            "Steps that reached nobody in the last 15 min.",
            [],
            {(): found.nobody},
        )
        yield _gauge(
            "gateway_failures",
            "Attempts in a row that a gateway did not answer.",
            ["gateway"],
            {(name,): failures for name, failures in found.gateways.items()},
        )


def _gauge(name: str, words: str, labels: list[str], values: "dict[tuple[str, ...], float]") -> "Metric":
    from prometheus_client.core import GaugeMetricFamily  # noqa: PLC0415 - as above

    family = GaugeMetricFamily(f"ice_{name}", words, labels=labels)
    for key, value in values.items():
        family.add_metric(list(key), value)
    return family

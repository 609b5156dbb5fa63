"""In which form an answer is given."""

from collections.abc import Iterable
from typing import Final

from rest_framework.negotiation import DefaultContentNegotiation
from rest_framework.renderers import BaseRenderer
from rest_framework.request import Request

_JSON: Final = "application/json"
_USUAL: Final = frozenset({"*/*", _JSON})


class Negotiation(DefaultContentNegotiation):
    """As the framework does; what nearly all ask for is not weighed against what else there is."""

    def select_renderer(
        self, request: Request, renderers: Iterable[BaseRenderer], format_suffix: str | None = None
    ) -> tuple[BaseRenderer, str]:
        """Return what makes the answer, and its media type.

        Raises:
            NotAcceptable: If there is no such form.
        """
        first = next(iter(renderers))
        if first.media_type == _JSON and request.META.get("HTTP_ACCEPT", _JSON) in _USUAL:
            return first, _JSON
        found: tuple[BaseRenderer, str] = super().select_renderer(request, renderers, format_suffix)
        return found

"""Who may ask how often: phones and people each for themselves, strangers by their address."""

from typing import TYPE_CHECKING

from rest_framework.permissions import SAFE_METHODS
from rest_framework.request import Request
from rest_framework.throttling import BaseThrottle

from incidents.api.addresses import address_of
from incidents.api.limits import limiter
from incidents.models import Device

if TYPE_CHECKING:
    from rest_framework.views import APIView


class OfCaller(BaseThrottle):
    """A phone by itself, a signed-in person, or an address; in the view's ``throttle_bucket`` if it has one.

    Reads and writes are counted apart, so that a screen which asks too often keeps no report back.
    """

    def allow_request(self, request: Request, view: "APIView") -> bool:
        """Return whether the request may go on."""
        usual = "read" if request.method in SAFE_METHODS else "write"
        bucket: str = getattr(view, "throttle_bucket", usual)
        who, known = _caller(request)
        self._wait_s = limiter.wait_s(bucket, who, known=known)
        return not self._wait_s

    def wait(self) -> float | None:
        """Return after how many seconds it may be tried again."""
        return self._wait_s


def _caller(request: Request) -> tuple[str, bool]:
    if isinstance(request.auth, Device):
        return f"device-{request.auth.pk}", True
    if request.user.is_authenticated:
        return f"person-{request.user.pk}", True
    return f"address-{address_of(request)}", False

"""Who calls: a phone by its token, or a browser by its session."""

from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from rest_framework.authentication import BaseAuthentication
from rest_framework.exceptions import AuthenticationFailed, Throttled
from rest_framework.request import Request

from incidents.api.addresses import address_of
from incidents.api.clocks import clock_of, version_of
from incidents.api.limits import limiter
from incidents.choices import Channel
from incidents.errors import NotFound
from incidents.journal import Actor
from incidents.models import Device, User
from incidents.services import device_clocks, devices

_SCHEME = "Bearer"


class DeviceTokenAuthentication(BaseAuthentication):
    """``Authorization: Bearer <token>``: the token of an enrolled, unexpired, unrevoked phone."""

    def authenticate(self, request: Request) -> tuple[User, Device] | None:
        """Return the phone's person and the phone; None where another way of signing in was used.

        Raises:
            ParseError: If the phone says its clock or version in another form.
            AuthenticationFailed: If the token is malformed, unknown, expired or revoked; which is not told.
            Throttled: If too many such came from the same address within a minute.
        """
        scheme, *rest = request.META.get("HTTP_AUTHORIZATION", "").split() or [""]
        if scheme.lower() != _SCHEME.lower():
            return None
        token = " ".join(rest)
        now = timezone.now()
        try:
            device = devices.authenticate(devices.digest_of(token), now=now)
        except NotFound as unknown:
            if wait_s := limiter.wait_s("stranger", address_of(request), known=False):
                raise Throttled(wait_s) from unknown
            told = _("This phone's token is not valid; enrol the phone again.")
            raise AuthenticationFailed(told) from unknown
        device_clocks.report(device, device_clock=clock_of(request), now=now, app_version=version_of(request))
        return device.user, device

    def authenticate_header(self, request: Request) -> str:
        """Return the challenge of a 401."""
        return _SCHEME


def actor(request: Request) -> Actor:
    """Return who acts in a request, and the server's clock: the one place where the API reads it."""
    if not isinstance(request.user, User):
        raise AuthenticationFailed
    return Actor(
        user=request.user,
        now=timezone.now(),
        channel=Channel.API,
        device=request.auth if isinstance(request.auth, Device) else None,
        request_id=request.META.get("ICE_REQUEST_ID", ""),
        device_clock=clock_of(request) if isinstance(request.auth, Device) else None,
    )

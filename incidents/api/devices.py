"""``/api/v1/enrol/`` and ``/api/v1/me/devices/``: a phone gets its token and renews it."""

from typing import Any

from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from drf_spectacular.utils import extend_schema
from rest_framework import serializers, status
from rest_framework.permissions import AllowAny
from rest_framework.request import Request
from rest_framework.response import Response

from incidents.api.ageing import MayEnd
from incidents.api.authentication import actor
from incidents.api.fields import Drawn, Moment, StrictSerializer, Text
from incidents.api.outputs import Out
from incidents.api.permissions import OnlyPhones, phone_of
from incidents.api.resources import Resource
from incidents.models import Device
from incidents.services import devices, enrolments


class DeviceOut(Out):
    """A phone; ``clock_skew_s`` is its clock minus the server's, in seconds."""

    class Meta:
        model = Device
        fields = [
            "uuid",
            "name",
            "platform",
            "app_version",
            "scopes",
            "enrolled_at",
            "expires_at",
            "revoked_at",
            "last_seen_at",
            "clock_skew_s",
        ]


def _version() -> Text:
    return Text(max_length=40, required=False, allow_blank=True, help_text=_("Version of the app on it."))


class EnrolmentIn(StrictSerializer):
    """The code of the desk's page, and what phone it is.

    ``client_id`` is a UUID that the phone makes for this enrolment and keeps until it has its token: with it
    the same phone may ask again when an answer is lost.
    """

    code = Text(max_length=64, help_text=_("As read or typed: blanks, hyphens and small letters do no harm."))
    client_id = Drawn()
    name = Text(max_length=60, help_text=_("What its owner calls the phone."))
    platform = Text(
        max_length=40, required=False, allow_blank=True, help_text=_("What it runs on, in its own words.")
    )
    app_version = _version()


class RenewalIn(StrictSerializer):
    """What runs on the phone by now."""

    app_version = _version()


class TokenOut(serializers.Serializer[Any]):
    """A token, told once, and until when it works."""

    token = serializers.CharField(help_text=_("What Authorization: Bearer takes; told this once."))
    expires_at = Moment(read_only=True, help_text=_("Until when it works."))
    device = DeviceOut()


_NOBODY: Any = {}  # OpenAPI's requirement that asks for nothing


class Enrol(MayEnd):
    """Where a phone without a token begins."""

    authentication_classes = ()
    permission_classes = (AllowAny,)
    throttle_bucket = "enrol"

    @extend_schema(request=EnrolmentIn, responses={201: TokenOut}, auth=[_NOBODY])
    def post(self, request: Request) -> Response:
        """Exchange the one-time code of the desk's page for the phone's token.

        A code that is unknown, used by another phone, withdrawn or too old is `code-refused`; which of these
        is not told. Sent again under the same `client_id` before the token was ever used, while the code
        lives, it is answered with another token, and the one before never works.
        """
        wanted = EnrolmentIn(data=request.data)
        wanted.is_valid(raise_exception=True)
        identity = request.META.get("ICE_REQUEST_ID", "")
        device, token = enrolments.redeem(**wanted.validated_data, now=timezone.now(), request_id=identity)
        return _told(device, token, expires_at=device.expires_at)


class Renewal(MayEnd):
    """The next token of a phone."""

    permission_classes = (OnlyPhones,)
    throttle_bucket = "credentials"

    @extend_schema(request=RenewalIn, responses={201: TokenOut})
    def post(self, request: Request) -> Response:
        """Get the next token, for as long as the phone was enrolled for.

        The present one works until the next one is first used or it expires, so that a lost answer costs
        nothing: ask again.
        """
        wanted = RenewalIn(data=request.data)
        wanted.is_valid(raise_exception=True)
        by = actor(request)
        device, token = devices.renew(phone_of(request), by=by, **wanted.validated_data)
        return _told(device, token, expires_at=device.next_expires_at)


class MyDevices(Resource):
    """The phones of the one who asks, those shut out too."""

    home = "me/devices"
    model = Device
    serializer_class = DeviceOut
    versioned = False

    def get_queryset(self) -> QuerySet[Any]:
        """Return his phones, and nobody else's, whatever his rights."""
        mine = super().get_queryset()
        return mine if getattr(self, "swagger_fake_view", False) else mine.filter(user=self.by.user)


def _told(device: Device, token: str, *, expires_at: Any) -> Response:
    body = TokenOut({"token": token, "expires_at": expires_at, "device": device}).data
    return Response(body, status=status.HTTP_201_CREATED)

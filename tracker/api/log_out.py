"""``/api/v1/me/log-out/``: a phone is put down, and what reached its person through it ends."""

from collections.abc import Sequence
from typing import Any

from django.utils.translation import gettext_lazy as _
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from incidents.api.ageing import MayEnd
from incidents.api.authentication import actor
from incidents.api.fields import Answer, StrictSerializer
from incidents.api.outputs import Out
from incidents.api.permissions import OnlyPhones, phone_of
from tracker.models import DutyPost
from tracker.services.log_out import log_out


class LogOutIn(StrictSerializer):
    """Whether the person goes on being told."""

    stay_on_duty = Answer(default=False, help_text=_("Keep the duty posts in any case."))


class DutyOut(Out):
    """A duty post: whoever holds it is told of alerts by mail."""

    organization_name = serializers.CharField(source="organization.name", read_only=True)

    class Meta:
        model = DutyPost
        fields = ["uuid", "organization", "organization_name", "role", "since_at", "until_at"]


class LogOutOut(serializers.Serializer[Any]):
    """The duty posts that ended, and those that the person still holds."""

    left = DutyOut(many=True, help_text=_("Duty posts that ended with this."))
    kept = DutyOut(many=True, help_text=_("Duty posts that go on."))


class LogOut(MayEnd):
    """The end of a phone."""

    permission_classes = (OnlyPhones,)
    throttle_bucket = "credentials"

    @extend_schema(request=LogOutIn, responses=LogOutOut)
    def post(self, request: Request) -> Response:
        """Shut this phone out at once, and end what its person is told.

        Alerts go by mail to people on duty. Logging out of one's last phone leaves the duty posts of now, but
        not one in which nobody else would be told: that is among `kept`. `stay_on_duty` keeps them all.
        """
        wanted = LogOutIn(data=request.data)
        wanted.is_valid(raise_exception=True)
        put_down = log_out(phone_of(request), by=actor(request), **wanted.validated_data)
        return Response({"left": _shown(put_down.left), "kept": _shown(put_down.kept)})


def _shown(posts: Sequence[DutyPost]) -> Any:
    return DutyOut(posts, many=True).data

"""What a phone's token is good for; what its person may do is asked where rows are looked up."""

from typing import TYPE_CHECKING

from django.utils.translation import gettext_lazy as _
from rest_framework.exceptions import PermissionDenied
from rest_framework.permissions import SAFE_METHODS, BasePermission
from rest_framework.request import Request

from incidents.choices import DeviceScope
from incidents.models import Device

if TYPE_CHECKING:
    from rest_framework.views import APIView


class OnlyPhones(BasePermission):
    """What a phone does about itself, whatever it is enrolled for; a browser has no token to renew."""

    message = _("Only a phone can ask that, about itself.")
    code = "phones-only"

    def has_permission(self, request: Request, view: "APIView") -> bool:
        """Return whether a phone asks."""
        return isinstance(request.auth, Device)


def phone_of(request: Request) -> Device:
    """Return the phone that asks, where :class:`OnlyPhones` has let it in.

    Raises:
        PermissionDenied: If it is none.
    """
    if not isinstance(request.auth, Device):
        raise PermissionDenied(OnlyPhones.message, OnlyPhones.code)
    return request.auth


class PhoneScope(BasePermission):
    """A phone needs READ to read and the view's ``writes_with`` to write; a browser session has no scopes."""

    message = _("This phone is not enrolled for that.")
    code = "scope-missing"

    def has_permission(self, request: Request, view: "APIView") -> bool:
        """Return whether the token covers the call; a view without ``writes_with`` cannot be written to."""
        if not isinstance(request.auth, Device):
            return True
        needed = DeviceScope.READ if request.method in SAFE_METHODS else getattr(view, "writes_with", None)
        return needed in request.auth.scopes

"""``/api/v1/me/`` and ``/api/v1/organizations/``: who asks, and for whom."""

from typing import Any

from drf_spectacular.utils import extend_schema, extend_schema_field
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from incidents.access import Right, rights_of
from incidents.access.reach import current
from incidents.api.ageing import MayEnd
from incidents.api.authentication import actor
from incidents.api.devices import DeviceOut
from incidents.api.filters import Filters, Subtree
from incidents.api.filters import one_of as coded
from incidents.api.outputs import Out, Versioned
from incidents.api.resources import Resource
from incidents.choices import OrganizationLevel
from incidents.models import Membership, Organization, User


class OrganizationOut(Versioned):
    """An organisation; its duty phone is a public one."""

    class Meta:
        model = Organization
        fields = ["uuid", "version", "name", "short_name", "level", "parent", "division", "duty_phone"]


class OrganizationFilters(Filters):
    """Organisations below one, and of a level."""

    organization = Subtree("pk")
    level = coded("level", OrganizationLevel.choices)


class Organizations(Resource):
    """Organisations that the caller's roles reach."""

    home = "organizations"
    model = Organization
    serializer_class = OrganizationOut
    filterset_class = OrganizationFilters
    related = ("parent", "division")


class RoleOut(Out):
    """A role of the caller."""

    organization_name = serializers.CharField(source="organization.name", read_only=True)

    class Meta:
        model = Membership
        fields = ["organization", "organization_name", "role", "since_at", "until_at"]


class MyOrganization(Out):
    """An organisation in which the caller has a role."""

    class Meta:
        model = Organization
        fields = ["uuid", "name", "short_name", "level", "parent", "division", "duty_phone"]


class MeOut(serializers.ModelSerializer[User]):
    """Who asks, his roles and what they allow; ``device`` is null in a browser."""

    roles = serializers.SerializerMethodField()
    organizations = serializers.SerializerMethodField()
    rights = serializers.SerializerMethodField()
    device = serializers.SerializerMethodField()

    class Meta:
        model = User
        fields = [
            "uuid",
            "username",
            "display_name",
            "email",
            "phone",
            "language",
            "roles",
            "organizations",
            "rights",
            "device",
        ]

    @extend_schema_field(RoleOut(many=True))
    def get_roles(self, person: User) -> list[dict[str, Any]]:
        """Return the roles that he has now."""
        held = person.memberships.filter(current(self.context["now"]))
        return list(RoleOut(held.select_related("organization").order_by("id"), many=True).data)

    @extend_schema_field(MyOrganization(many=True))
    def get_organizations(self, person: User) -> list[dict[str, Any]]:
        """Return the organisations of those roles."""
        held = person.memberships.filter(current(self.context["now"])).values("organization")
        mine = Organization.objects.filter(pk__in=held).select_related("parent", "division").order_by("id")
        return list(MyOrganization(mine, many=True).data)

    def get_rights(self, person: User) -> list[str]:
        """Return what he may do somewhere."""
        held: frozenset[Right] = rights_of(person, now=self.context["now"])
        return sorted(held)

    @extend_schema_field(DeviceOut(allow_null=True))
    def get_device(self, _person: User) -> dict[str, Any] | None:
        """Return the phone."""
        device = self.context["device"]
        return DeviceOut(device).data if device else None


class Me(MayEnd):
    """Who asks."""

    @extend_schema(responses=MeOut)
    def get(self, request: Request) -> Response:
        """Tell who asks, for whom he works and what he may do."""
        by = actor(request)
        return Response(MeOut(by.user, context={"now": by.now, "device": by.device}).data)

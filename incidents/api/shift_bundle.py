"""``/api/v1/shift-bundle/``: all that a crew needs for its shift, in one answer."""

from typing import Any

from django.utils.translation import gettext_lazy as _
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.exceptions import ErrorDetail, ValidationError
from rest_framework.request import Request
from rest_framework.response import Response

from incidents.api.ageing import MayEnd
from incidents.api.assignments import AssignmentOut
from incidents.api.authentication import actor
from incidents.api.briefings import BriefingOut
from incidents.api.change_pages import from_here
from incidents.api.crews import CrewOut
from incidents.api.damage import DamageOut
from incidents.api.fields import Moment
from incidents.api.grid import LineOut, SectionOut
from incidents.api.hazards import HazardOut
from incidents.api.organizations import MeOut
from incidents.api.outages import OutageOut
from incidents.api.outputs import Out
from incidents.api.restoration import EstimateOut, StepOut
from incidents.api.roads import RoadBlockOut
from incidents.api.shift_rows import Shift
from incidents.api.storms import StormOut
from incidents.api.support import DeploymentOut
from incidents.models import Organization
from incidents.selectors.commit_order import one_moment
from incidents.services import sync_scopes


class DutyPhoneOut(Out):
    """Whom to call."""

    class Meta:
        model = Organization
        fields = ["uuid", "name", "level", "duty_phone"]


class ShiftThings(serializers.Serializer[Any]):
    """Kind → things as its resource shows them; the kinds are those of the changes."""

    crews = CrewOut(many=True, read_only=True, help_text=_("Crews that the caller is in."))
    assignments = AssignmentOut(many=True, read_only=True, help_text=_("Their jobs of today."))
    briefings = BriefingOut(many=True, read_only=True, help_text=_("Briefings of these jobs."))
    outages = OutageOut(
        many=True, read_only=True, help_text=_("Outages of the jobs, then the newest in sight.")
    )
    damages = DamageOut(many=True, read_only=True, help_text=_("Damage that stands."))
    estimates = EstimateOut(many=True, read_only=True, help_text=_("The promise that holds."))
    lines = LineOut(many=True, read_only=True, help_text=_("Lines of the outages."))
    sections = SectionOut(many=True, read_only=True, help_text=_("Sections of the outages."))
    hazards = HazardOut(many=True, read_only=True, help_text=_("Hidden dangers near them."))
    deployments = DeploymentOut(many=True, read_only=True, help_text=_("Support that the crews are part of."))
    storms = StormOut(many=True, read_only=True, help_text=_("Storms that last."))

    def get_fields(self) -> dict[str, Any]:
        """Return the fields, with the two whose names have a hyphen."""
        hyphened = {
            "restoration-steps": StepOut(many=True, read_only=True, help_text=_("Steps of restoration.")),
            "road-blocks": RoadBlockOut(many=True, read_only=True, help_text=_("Roads that are blocked.")),
        }
        return super().get_fields() | hyphened


class ShiftBundleOut(serializers.Serializer[Any]):
    """All that a crew needs for its shift."""

    read_at = Moment(read_only=True, help_text=_("The server's clock when this was read."))
    me = MeOut(read_only=True)
    things = ShiftThings(read_only=True)
    more_outages = serializers.BooleanField(
        read_only=True, help_text=_("Whether more than the 60 outages told here are open.")
    )
    duty_phones = DutyPhoneOut(many=True, read_only=True)
    changes = serializers.CharField(
        read_only=True, help_text=_("Cursor of the changes from which everything newer is told.")
    )


class ShiftBundle(MayEnd):
    """All that a crew needs for its shift."""

    @extend_schema(responses={200: ShiftBundleOut})
    def get(self, request: Request) -> Response:
        """Tell who asks, his crews with their jobs of today, and what they have to know.

        Open outages: those of the jobs, then the newest in sight, 60 at most; with damage that stands,
        restoration steps, the promise that holds, lines and sections. Blocked roads; open hidden dangers on
        these lines, in these counties, or nobody knows where. Units are in the names of the fields.
        """
        if unknown := sorted(request.query_params):
            problem = ErrorDetail(str(_("This list has no such filter.")), code="unknown-filter")
            raise ValidationError({name: [problem] for name in unknown})
        by = actor(request)
        with one_moment():
            cursor, scope = from_here(by)
            shift = Shift(by)
            body = {
                "read_at": Moment().to_representation(by.now),
                "me": MeOut(by.user, context={"now": by.now, "device": by.device}).data,
                "things": shift.things,
                "more_outages": shift.more_outages,
                "duty_phones": DutyPhoneOut(shift.duty_phones(), many=True).data,
                "changes": cursor,
            }
        sync_scopes.keep(scope, at=by.now)
        return Response(body)

"""``/api/v1/written-brief/``: the brief as of a moment, in the words that companies use."""

from typing import Any

from django.utils.translation import gettext_lazy as _
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from incidents.access import visible_to
from incidents.api.ageing import MayEnd
from incidents.api.authentication import actor
from incidents.api.fields import Moment, Reference, StrictSerializer
from incidents.api.told import one_of
from incidents.choices import Language
from incidents.errors import OutOfRange
from incidents.models import Organization, Storm
from tracker.choices import BriefLength
from tracker.mail.briefs import Length
from tracker.services import written


class WrittenBriefAsked(StrictSerializer):
    """Whose brief, as of when, how long and in which language."""

    organization = Reference(Organization, help_text=_("Whose, with all below it."))
    storm = Reference(Storm, lookup="slug", required=False, help_text=_("Of which storm alone."))
    as_of = Moment(required=False, help_text=_("The cut-off; now, where it is not told."))
    length = one_of(BriefLength, default=BriefLength.SHORT, help_text=_("Short has at most 200 characters."))
    language = one_of(Language, default=Language.CHINESE, help_text=_("Chinese or English."))


class WrittenBriefOut(serializers.Serializer[Any]):
    """A brief as it was written."""

    text = serializers.CharField(help_text=_("The sentences."))
    as_of = Moment(help_text=_("The cut-off."))
    length = serializers.CharField(help_text=_("Which form it is."))
    language = serializers.CharField(help_text=_("In which language."))


class WrittenBrief(MayEnd):
    """A brief written from the record."""

    @extend_schema(parameters=[WrittenBriefAsked], responses=WrittenBriefOut)
    def get(self, request: Request) -> Response:
        """Write the brief of an organisation from the record as of a moment; nothing is stored.

        What nobody counted is left out or said to be unknown, never written as 0.
        """
        by = actor(request)

        def usable(model: type[Any]) -> Any:
            return visible_to(model.objects.all(), by.user, now=by.now)

        wanted = WrittenBriefAsked(data=request.query_params.dict(), context={"usable": usable})
        wanted.is_valid(raise_exception=True)
        asked = wanted.validated_data
        as_of = asked.get("as_of", by.now)
        if as_of > by.now:
            raise OutOfRange(field="as_of", value=as_of, high=by.now)
        length, language = asked["length"], asked["language"]
        text = written.write(
            asked["organization"],
            storm=asked.get("storm"),
            as_of=as_of,
            length=Length(length),
            language=language,
        )
        told = {"text": text, "as_of": as_of, "length": length, "language": language}
        return Response(WrittenBriefOut(told).data)

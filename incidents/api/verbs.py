"""Verbs as addresses: each one is a call of a service, and is named as the service is."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any, ClassVar

from django.db.models import Model, QuerySet
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import serializers
from rest_framework.decorators import action
from rest_framework.request import Request

from incidents.access import Right, within
from incidents.api.fields import Drawn, Moment, Prose, StrictSerializer
from incidents.api.held_outputs import HeldFactOut
from incidents.api.places import PlaceIn
from incidents.errors import Missing, Refused
from incidents.journal import Actor
from incidents.models import Place
from incidents.services import places

_VERSIONS = {"type": "string", "pattern": r'^(\*|(W/)?"[!#-~]*"( ?, ?(W/)?"[!#-~]*")*)$'}
_IF_MATCH = OpenApiParameter(
    "If-Match", _VERSIONS, OpenApiParameter.HEADER, required=True, description='Version seen, as "17", or *.'
)
_SEEN = OpenApiParameter(
    "If-Match",
    _VERSIONS,
    OpenApiParameter.HEADER,
    required=True,
    description='Version seen, as "17", or *. A fact writes over nothing: an old version does no harm.',
)
_KEY = OpenApiParameter(
    "Idempotency-Key",
    {"type": "string", "pattern": "^[!-~]{1,200}$"},
    OpenApiParameter.HEADER,
    required=True,
    description="1 to 200 visible ASCII characters, new for each action and the same for each repeat.",
)


class Told(StrictSerializer):
    """A body.

    Attributes:
        rights: Model → right that the caller needs for a row that he names; else it is enough to see it.
    """

    rights: ClassVar[Mapping[type[Model], Right]] = {}


class NewTold(Told):
    """A body that makes something new, under the phone's own number for it."""

    client_id = Drawn()


class At(Told):
    """When it was done."""

    at = Moment()


class AtReason(At):
    """When it was done, and why."""

    reason = Prose(max_length=300)


def _nothing(_said: Mapping[str, Any]) -> Iterable[Model]:
    return ()


@dataclass(frozen=True, kw_only=True)
class Act:
    """Something that can be done.

    Attributes:
        call: The service.
        told: The body; its fields are the service's arguments.
        right: What the caller needs for the row that it is done to.
        out: How what it makes is shown, where that is not the resource itself.
        home: Address of the list of what it makes.
        locks_first: Rows named in the body that the service locks before the row.
        keeps_client_id: Whether the service itself takes the phone's number.
        fact: Name of the fact that is told by it; empty for an order.
    """

    call: Callable[..., Any]
    told: type[Told]
    right: Right = Right.OPERATE
    out: type[serializers.BaseSerializer[Any]] | None = None
    home: str = ""
    locks_first: Callable[[Mapping[str, Any]], Iterable[Model]] = field(default=_nothing)
    keeps_client_id: bool = False
    fact: str = ""

    def read(self, request: Request, by: Actor, row: Any = None) -> dict[str, Any]:
        """Return the arguments of the service; a place that is told is kept.

        Raises:
            ValidationError: If the body is not one of this verb.
        """
        wanted = self.told(data=request.data, context={"usable": self._usable(by), "row": row})
        wanted.is_valid(raise_exception=True)
        said = dict(wanted.validated_data)
        if not self.keeps_client_id:
            said.pop("client_id", None)
        _keep_places(wanted, said, by)
        return said

    @contextmanager
    def named(self) -> Iterator[None]:
        """Name a refused moment as the body has it: that of the deed is ``at``."""
        try:
            yield
        except Refused as refusal:
            field, known = str(refusal.fields.get("field", "")), self.told().fields
            is_the_deeds = field.endswith(("_at", "_on")) and field not in known and "at" in known
            if is_the_deeds and not refusal.part and not isinstance(refusal, Missing):
                refusal.fields["field"] = "at"
            raise

    def _usable(self, by: Actor) -> Callable[[type[Model]], QuerySet[Any]]:
        def rows(model: type[Model]) -> QuerySet[Any]:
            right = self.told.rights.get(model, Right.SEE)
            return within(QuerySet(model), by.user, right=right, now=by.now)

        return rows


def _keep_places(
    wanted: serializers.Serializer[Any], said: dict[str, Any], by: Actor, part: str = ""
) -> None:
    """Put a kept place where one was told."""
    for name, asked in wanted.fields.items():
        told, here = said.get(name), f"{part}/{name}"
        if isinstance(asked, PlaceIn) and told is not None:
            said[name] = _kept(told, by, here)
        elif isinstance(asked, serializers.ListSerializer) and isinstance(asked.child, PlaceIn):
            said[name] = [_kept(each, by, f"{here}/{index}") for index, each in enumerate(told or ())]
        elif isinstance(asked, serializers.Serializer) and told:
            _keep_places(asked, told, by, here)


def _kept(told: Mapping[str, Any], by: Actor, part: str) -> Place:
    try:
        return places.create(at=by.now, by=by, **told)
    except Refused as refusal:
        refusal.part = part
        raise


def creates(call: Callable[..., Any], told: type[NewTold], **options: Any) -> Any:
    """Return the method that makes a new row of a resource."""
    act = Act(call=call, told=told, **options)

    def create(self: Any, request: Request) -> Any:
        return self.make(request, act)

    create.__doc__ = _first_line(call)
    shown: Any = extend_schema(request=told, responses={201: act.out} if act.out else None)(create)
    shown.act = act
    return shown


def verb(
    call: Callable[..., Any], told: type[Told] = At, *, name: str = "", path: str = "", **options: Any
) -> Any:
    """Return the action that does something to a row; it needs ``If-Match`` and ``Idempotency-Key``."""
    act = Act(call=call, told=told, **options)

    def run(self: Any, request: Request, **_row: str) -> Any:
        return self.do(request, act)

    responses = {200: act.out} if act.out else None
    if act.fact:
        responses = {202: HeldFactOut} | (responses or {})
    documented = {"parameters": [_SEEN if act.fact else _IF_MATCH, _KEY], "responses": responses}
    return _action(run, act, name or _name_of(call), path, documented)


def fact(call: Callable[..., Any], told: type[Told] = At, **options: Any) -> Any:
    """Return the action that tells what happened to a row: never refused for coming late or out of order.

    Where the record as it stands speaks against it, the fact is held and answered with 202.
    """
    return verb(call, told, fact=options.get("name") or _name_of(call), **options)


def adds(call: Callable[..., Any], told: type[NewTold], *, name: str, path: str = "", **options: Any) -> Any:
    """Return the action that adds something to a row, under the ``client_id`` of the body."""
    act = Act(call=call, told=told, **options)

    def run(self: Any, request: Request, **_row: str) -> Any:
        return self.add(request, act)

    held = {202: HeldFactOut} if act.fact else {}
    return _action(run, act, name, path, {"responses": {201: act.out, **held}})


def _action(run: Callable[..., Any], act: Act, name: str, path: str, documented: dict[str, Any]) -> Any:
    run.__name__, run.__doc__ = name, _first_line(act.call)
    url = path or name.replace("_", "-")
    deed: Any = action(detail=True, methods=["post"], url_path=url, url_name=url)(run)
    deed.act = act
    # The action goes first: it would forget what was said of the schema before.
    return extend_schema(request=act.told, **{key: value for key, value in documented.items() if value})(deed)


def _name_of(call: Callable[..., Any]) -> str:
    return call.__name__.removeprefix("_")


def _first_line(call: Callable[..., Any]) -> str:
    return (call.__doc__ or "").strip().splitlines()[0]

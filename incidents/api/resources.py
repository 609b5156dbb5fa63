"""A resource: a list, one of it, and what can be done to it, all within what the caller may see."""

from collections.abc import Sequence
from typing import Any, ClassVar

from django.db.models import Model, QuerySet
from django.http import HttpResponse
from rest_framework.exceptions import NotFound, PermissionDenied
from rest_framework.renderers import BaseRenderer, JSONRenderer
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.viewsets import GenericViewSet

from incidents.access import PERSONAL_FIELDS, Right, visible_to, within
from incidents.api.ageing import MayEnd
from incidents.api.authentication import actor
from incidents.api.filters import Filters, StrictFilters
from incidents.api.geojson import GeoJson
from incidents.api.held_outputs import HeldFactOut
from incidents.api.outputs import public_name
from incidents.api.paging import Keyset
from incidents.api.preconditions import Seen, Stale, tag_of
from incidents.api.requests import client_id_of, digest_of, key_of
from incidents.api.verbs import Act
from incidents.choices import DeviceScope
from incidents.journal import Actor
from incidents.models import HeldFact
from incidents.selectors.versions import versions_of
from incidents.services import held_facts, held_life
from incidents.services.submissions_kept import Answer, Sending, once

PREFIX = "/api/v1/"
REPLAYED = "Idempotent-Replayed"


class Resource(MayEnd, GenericViewSet[Any]):
    """Rows of one model.

    Attributes:
        home: Address of the list, below ``/api/v1/``.
        related: What each row is shown with, joined into the same query.
        lists: What each row is shown with, in one query more for a whole page.
        locks_first: References whose rows are locked before a row, in the order of the services.
        place: Field that shows where a row is, so that maps can ask for features; empty where there is none.
        versioned: Whether rows change, so that ``If-Match`` makes sense.
        writes_with: What a phone must be enrolled for to write.
        in_batch: Whether its calls may be operations of a batch: plain JSON, answered at once.
    """

    home: ClassVar[str]
    model: ClassVar[type[Model]]
    related: ClassVar[Sequence[str]] = ()
    lists: ClassVar[Sequence[Any]] = ()
    locks_first: ClassVar[Sequence[str]] = ()
    ordering: ClassVar[Sequence[str]] = ("-id",)
    place: ClassVar[str] = ""
    versioned: ClassVar[bool] = True
    writes_with: ClassVar[DeviceScope | None] = None
    in_batch: ClassVar[bool] = True
    filterset_class: ClassVar[type[Filters]] = Filters

    lookup_field = "uuid"
    lookup_value_converter = "uuid"
    filter_backends = (StrictFilters,)
    pagination_class = Keyset
    by: Actor

    def initial(self, request: Request, *args: Any, **kwargs: Any) -> None:
        """Let in who may, and read the clock once."""
        super().initial(request, *args, **kwargs)
        self.by = actor(request)

    @property
    def default_response_headers(self) -> dict[str, str]:
        """Return the usual headers; a cache in between has to know that the form was asked for."""
        return super().default_response_headers | {"Vary": "Accept"}

    def get_renderers(self) -> list[BaseRenderer]:
        """Return JSON, and features where rows lie somewhere; deeds are answered in JSON alone."""
        usual: list[BaseRenderer] = super().get_renderers()
        is_read = getattr(self, "action", None) in {"list", "retrieve"}
        return [*usual, GeoJson()] if self.place and is_read else usual

    def get_queryset(self) -> QuerySet[Any]:
        """Return the rows that the caller may see, with what they are shown with."""
        if getattr(self, "swagger_fake_view", False):
            return QuerySet(self.model).none()
        return self._with_all(visible_to(QuerySet(self.model), self.by.user, now=self.by.now))

    def list(self, request: Request) -> Response:
        """List."""
        page = self.paginate_queryset(self.filter_queryset(self.get_queryset()))
        rows: Sequence[Any] = page or ()
        shown = self.serializer_class_of()(rows, many=True, context={"versions": self._versions(rows)})
        return self.get_paginated_response(shown.data)

    def retrieve(self, request: Request, **_name: str) -> Response:
        """Get one, with its version."""
        row = self.get_object()
        shown, version = self.shown(row)
        return Response(shown, headers={"ETag": tag_of(version)} if self.versioned else {})

    def serializer_class_of(self) -> type[Any]:
        """Return what rows are shown by."""
        found: type[Any] | None = self.serializer_class
        if found is None:
            raise LookupError(f"{type(self).__name__} does not say how it is shown")
        return found

    def get_object(self) -> Any:
        """Return the row that the address names; one that the caller may not see is not there.

        Filters of lists do not count here.
        """
        row = self.get_queryset().filter(**{self.lookup_field: self.kwargs[self.lookup_field]}).first()
        if row is None:
            raise NotFound
        return row

    def shown(self, row: Any) -> tuple[Any, int]:
        """Return a row of the list as it is shown, and its version."""
        versions = self._versions([row])
        context = {"versions": versions, "personal": self._shows_phones(row)}
        return self.serializer_class_of()(row, context=context).data, versions.get(row.pk, 0)

    def _again(self, row: Any) -> Any:
        """Return a row as it stands now; the deed itself may have taken it out of the caller's sight."""
        return self._with_all(QuerySet(self.model)).get(pk=row.pk)

    def _with_all(self, rows: QuerySet[Any]) -> QuerySet[Any]:
        return rows.select_related(*self.related).prefetch_related(*self.lists)

    def _versions(self, rows: Sequence[Any]) -> dict[int, int]:
        return versions_of(self.model, [row.pk for row in rows]) if self.versioned else {}

    def make(self, request: Request, act: Act) -> HttpResponse:
        """Make something new: once, however often it is sent under its ``client_id``."""
        key = client_id_of(request)

        def deed() -> Answer:
            said = act.read(request, self.by)
            with act.named():
                made = act.call(**said, by=self.by)
            held_life.follow(made, by=self.by)
            return self.answer(act, made, created=True)

        return self._once(request, key, deed, creates=True)

    def add(self, request: Request, act: Act) -> HttpResponse:
        """Add something new to a row: it writes over nothing, so that no version is asked for."""
        row = self._row_for(act)
        key = client_id_of(request)

        def deed() -> Answer:
            said = act.read(request, self.by, row)
            return self._tell(act, row, said, key, created=True)

        return self._once(request, key, deed, creates=True)

    def do(self, request: Request, act: Act) -> HttpResponse:
        """Do something to a row, if the caller has seen it as it is: compared while nobody can change it.

        A fact writes over nothing: it is taken whatever its teller had seen.
        """
        row = self._row_for(act)
        key = key_of(request)
        seen = Seen.of_a_fact(request) if act.fact else Seen.by(request)

        def deed() -> Answer:
            said = act.read(request, self.by, row)
            self._lock(row, act, said)
            if not seen.covers(versions_of(self.model, [row.pk])[row.pk]):
                raise Stale(self.shown(self._again(row))[0])
            return self._tell(act, row, said, key, created=False)

        return self._once(request, key, deed, creates=False)

    def answer(self, act: Act, row: Any, *, created: bool) -> Answer:
        """Return the answer to a deed: the row that it made or changed, as it is now."""
        status = 201 if created else 200
        if act.out is None:
            shown, version = self.shown(self._again(row))
            home = self.home
        else:
            versions = versions_of(type(row), [row.pk])
            shown, version = act.out(row, context={"versions": versions}).data, versions[row.pk]
            home = act.home
        headers = {"ETag": tag_of(version)} | (
            {"Location": f"{PREFIX}{home}/{public_name(row)}/"} if created else {}
        )
        return Answer(status=status, body=JSONRenderer().render(shown).decode(), headers=headers)

    def _tell(self, act: Act, row: Any, said: dict[str, Any], key: str, *, created: bool) -> Answer:
        """Do it, and what was held about the row and fits now; a fact that does not fit yet is held."""
        if act.fact:
            self._lock(row, act, said)
            with act.named():
                made = held_facts.tell(row, verb=act.fact, call=act.call, said=said, key=key, by=self.by)
            if isinstance(made, HeldFact):
                return _held(made)
        else:
            with act.named():
                made = act.call(row, **said, by=self.by)
        held_life.follow(row, by=self.by)
        return self.answer(act, made, created=created)

    def _row_for(self, act: Act) -> Any:
        row = self.get_object()
        rows: QuerySet[Any] = QuerySet(self.model).filter(pk=row.pk)
        if not within(rows, self.by.user, right=act.right, now=self.by.now).exists():
            raise PermissionDenied(code="right-missing")
        return row

    def _lock(self, row: Any, act: Act, said: dict[str, Any]) -> None:
        """Lock a row as the service is going to, so that nothing changes between the look and the deed."""
        first = [getattr(row, name) for name in self.locks_first] + list(act.locks_first(said))
        for each in [*first, row]:
            QuerySet(type(each)).select_for_update().filter(pk=each.pk).values("pk").first()

    def _once(self, request: Request, key: str, deed: Any, *, creates: bool) -> HttpResponse:
        sending = Sending(
            key=key,
            route=f"{request.method} {request.path}"[:200],
            digest=digest_of(request.data),
            creates=creates,
        )
        answer = once(sending, deed, by=self.by)
        headers = answer.headers | ({REPLAYED: "true"} if answer.is_replay else {})
        return HttpResponse(
            answer.body.encode(), status=answer.status, headers=headers, content_type="application/json"
        )

    def _shows_phones(self, row: Any) -> bool:
        if not PERSONAL_FIELDS & set(self.serializer_class_of().Meta.fields):
            return False
        rows: QuerySet[Any] = QuerySet(self.model).filter(pk=row.pk)
        return within(rows, self.by.user, right=Right.SEE_PHONES, now=self.by.now).exists()


def _held(fact: HeldFact) -> Answer:
    """Return the answer to a fact that is held: not applied yet, not lost."""
    versions = versions_of(HeldFact, [fact.pk])
    shown = HeldFactOut(fact, context={"versions": versions}).data
    headers = {"ETag": tag_of(versions[fact.pk]), "Location": f"{PREFIX}held-facts/{fact.uuid}/"}
    return Answer(status=202, body=JSONRenderer().render(shown).decode(), headers=headers)

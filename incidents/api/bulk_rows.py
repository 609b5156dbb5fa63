"""Rows of a bulk submission: the ordinary ones read fast, all others exactly as a single submission is.

Sections and storms are looked up once for all rows. Whatever is not ordinary is given to the serializer of
the single endpoint, which accepts or refuses it with the same words; so both endpoints always agree.
"""

from collections.abc import Iterable
from functools import partial
from typing import TypeAlias
from uuid import UUID

import msgspec
from django.utils.translation import gettext_lazy as _
from rest_framework.exceptions import APIException, ParseError

from incidents.api.ice import IceReadingIn
from incidents.api.ice_rows import MAX_ROW_BYTES, Plain, nameable, observation_of, plain, sections_of
from incidents.api.parsing import decode
from incidents.journal import Actor
from incidents.models import LineSection, Storm
from incidents.services.ice import Observation
from incidents.services.ice_bulk import Told

Result: TypeAlias = Told | APIException
_keys = msgspec.json.Decoder(dict[str, msgspec.Raw]).decode


class Rows:
    """Reads the rows of one request; sections and storms are looked up once, among those one may name."""

    def __init__(self, by: Actor) -> None:
        self._nameable = partial(nameable, user=by.user, now=by.now)
        self._by = by
        self._sections: dict[int, LineSection] = {}  # by the number that its name is: that is quick to find
        self._storms: dict[str, Storm] = {}

    def read(self, texts: Iterable[bytes]) -> list[Result]:
        """Return what each row says, or why it cannot be read.

        Args:
            texts: One JSON object each.
        """
        read = [(text, plain(text)) for text in texts]
        fast = [row for _text, row in read if row is not None]
        self._look_up({row.section.int for row in fast}, {row.storm for row in fast if row.storm is not None})
        return [self._told(text, row) for text, row in read]

    def _look_up(self, sections: set[int], slugs: set[str]) -> None:
        if wanted := sections - self._sections.keys():
            rows = sections_of([UUID(int=name) for name in wanted], by=self._by)
            self._sections |= {row.uuid.int: row for row in rows}
        if unknown := slugs - self._storms.keys():
            found = self._nameable(Storm).filter(slug__in=unknown)
            self._storms |= {row.slug: row for row in found}

    def _told(self, text: bytes, row: Plain | None) -> Result:
        if row is not None:
            section = self._sections.get(row.section.int)
            storm = None if row.storm is None else self._storms.get(row.storm)
            read = observation_of(row, section, storm)
            if read is not None:
                observation, alike = read
                return Told(client_id=row.client_id, observation=observation, alike=alike)
        return self._slowly(text)

    def _slowly(self, text: bytes) -> Result:
        if len(text) > MAX_ROW_BYTES:
            return ParseError(
                _("A row is longer than %(limit)d bytes.") % {"limit": MAX_ROW_BYTES}, code="too-long"
            )
        try:
            wanted = IceReadingIn(data=decode(text), context={"usable": self._nameable})
            wanted.is_valid(raise_exception=True)
        except APIException as problem:
            return problem
        said = dict(wanted.validated_data)
        return Told(client_id=said.pop("client_id"), observation=Observation(**said))


def client_id_of(text: bytes) -> str | None:
    """Return under which number a row was sent, as far as that can be told, to find it again by."""
    try:
        told = _keys(text).get("client_id")
        return None if told is None else str(msgspec.json.decode(told, type=UUID))
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError):
        return None

"""What a person may see and write by files, asked at each step of the work on one."""

from collections.abc import Callable, Collection
from dataclasses import dataclass
from datetime import datetime

from django.db.models import QuerySet

from incidents.access.reach import Row, within
from incidents.access.rights import PERSONAL_FIELDS, SECRET_FIELDS, Right
from incidents.models import User


@dataclass(frozen=True, kw_only=True)
class _Scope:
    user: User
    now: datetime

    def __call__(self, rows: QuerySet[Row], right: str) -> QuerySet[Row]:
        return within(rows, self.user, right=Right(right), now=self.now)


@dataclass(frozen=True, kw_only=True)
class FileReader:
    """A person at one moment.

    Attributes:
        within: Rows for which the person has a right.
        secret: Fields that no file holds.
        personal: Fields that only some may see.
    """

    within: _Scope
    secret: Collection[str] = SECRET_FIELDS
    personal: Collection[str] = PERSONAL_FIELDS


def reader_at(now: datetime) -> Callable[[User], FileReader]:
    """Return what says what people may see at a moment."""
    return lambda user: FileReader(within=_Scope(user=user, now=now))

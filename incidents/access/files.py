"""What a person may see and write by files, asked at each step of the work on one."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from django.db.models import QuerySet

from incidents.access.reach import Row, within
from incidents.access.rights import PERSONAL_FIELDS, SECRET_FIELDS, Right
from incidents.models import User
from incidents.services.exports import Reader


@dataclass(frozen=True, kw_only=True)
class _Scope:
    user: User
    now: datetime

    def __call__(self, rows: QuerySet[Row], right: str) -> QuerySet[Row]:
        return within(rows, self.user, right=Right(right), now=self.now)


def reader_at(now: datetime) -> Callable[[User], Reader]:
    """Return what says what people may see at a moment."""

    def reader_of(user: User) -> Reader:
        return Reader(within=_Scope(user=user, now=now), secret=SECRET_FIELDS, personal=PERSONAL_FIELDS)

    return reader_of

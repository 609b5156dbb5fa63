"""A list at 100,000 rows: counted and dated in one pass, and a page is fetched by the numbers of its rows.

Django counts, asks for the first and the last moment, and then for every year or day between: three passes.
One pass counts by day, and all of it follows from that, also in which days a page far down lies: only these
are looked at. What its columns need of other tables is fetched for its fifty rows, not for all before them.
"""

from datetime import date, datetime, time, timedelta
from typing import Any

from django.contrib.admin.options import IncorrectLookupParameters
from django.contrib.admin.views.main import ChangeList
from django.core.paginator import InvalidPage
from django.db.models import Count, DateTimeField, F, Model, Q, QuerySet
from django.db.models.functions import TruncDate
from django.http import HttpRequest
from django.utils import formats
from django.utils.text import capfirst
from django.utils.timezone import make_aware
from django.utils.translation import gettext

_PARTS = ("year", "month", "day")


class Listed(ChangeList):
    """What a list of the desk shows.

    Attributes:
        days: How many rows there are of each day, where the list has dates; of None where the day is unknown.
    """

    days: dict[date | None, int]

    def get_results(self, request: HttpRequest) -> None:
        """Count, and fetch the rows of the page."""
        self.days = _by_day(self.queryset, self.date_hierarchy) if self.date_hierarchy else {}
        rows = sum(self.days.values()) if self.date_hierarchy else self.queryset.count()
        self.paginator = self.model_admin.get_paginator(request, self.queryset, self.list_per_page)
        self.paginator.__dict__["count"] = self.result_count = rows
        self.show_full_result_count, self.full_result_count = False, rows
        self.show_admin_actions = True
        self.can_show_all = rows <= self.list_max_show_all
        self.multi_page = rows > self.list_per_page
        begin, end = 0, rows
        if self.multi_page and not (self.show_all and self.can_show_all):
            try:
                begin = (self.paginator.validate_number(self.page_num) - 1) * self.list_per_page
            except InvalidPage as wrong:
                raise IncorrectLookupParameters from wrong
            end = begin + self.list_per_page
        self.result_list = fetched(*self._narrowed(begin, end))

    def _narrowed(self, begin: int, end: int) -> tuple[QuerySet[Any], int, int]:
        """Return the rows and the stretch of them; in order of the days counted, only rows of its days."""
        order, name = self.queryset.query.order_by, self.date_hierarchy
        if None in self.days or not order or order[0] not in {name, f"-{name}"} or not self.multi_page:
            return self.queryset, begin, end
        known = [day for day in self.days if day is not None]
        before, found = 0, list[date]()
        passed = 0
        for day in sorted(known, reverse=order[0] != name):
            if not found:
                before = passed
            passed += self.days[day]
            if passed > begin:
                found.append(day)
            if passed >= end:
                break
        rows = self.queryset.filter(_between(self.model, str(name), min(found), max(found)))
        return rows, begin - before, end - before

    def date_links(self) -> dict[str, Any]:
        """Return the years, months or days to go to, and the way back."""
        chosen = self._chosen()
        if len(chosen) == len(_PARTS):
            day = date(*chosen)
            title = capfirst(formats.date_format(day, "MONTH_DAY_FORMAT"))
            return {"back": self._back(chosen), "choices": [{"title": title}]}
        found = sorted({day.timetuple()[: len(chosen) + 1] for day in self.days if day is not None})
        known = [each for each in found if each[: len(chosen)] == chosen]
        choices = [{"link": self._link(each), "title": _title(each)} for each in known]
        return {"back": self._back(chosen), "choices": choices}

    def _chosen(self) -> tuple[int, ...]:
        """Return the year, month and day of the address; or those in which everything lies."""
        given = [self.params.get(f"{self.date_hierarchy}__{part}") for part in _PARTS]
        if any(given):
            return tuple(int(each) for each in given[: given.index(None) if None in given else 3] if each)
        for parts in (2, 1):
            common = {day.timetuple()[:parts] for day in self.days if day is not None}
            if len(common) == 1:
                return tuple(common.pop())
        return ()

    def _back(self, chosen: tuple[int, ...]) -> dict[str, str] | None:
        if not chosen:
            return None
        title = _title(chosen[:-1]) if len(chosen) > 1 else gettext("All dates")
        return {"link": self._link(chosen[:-1]), "title": title}

    def _link(self, chosen: tuple[int, ...]) -> str:
        named = {
            f"{self.date_hierarchy}__{part}": number for part, number in zip(_PARTS, chosen, strict=False)
        }
        return self.get_query_string(named, [f"{self.date_hierarchy}__"])


def fetched(rows: QuerySet[Any], begin: int, end: int) -> QuerySet[Any]:
    """Return a stretch of ordered rows: found by their numbers, then asked for with all that they need.

    In one statement the database joined all the rows before it looked at the numbers.
    """
    query = rows.query
    if query.annotations or query.distinct:
        return rows[begin:end]
    keys = list(rows.select_related(None).values_list("pk", flat=True)[begin:end])
    found: QuerySet[Any] = QuerySet(rows.model).filter(pk__in=keys).order_by(*query.order_by)
    found.query.select_related = query.select_related
    found.query.deferred_loading = query.deferred_loading
    return found


def _between(model: type[Model], name: str, first: date, last: date) -> Q:
    if not isinstance(model._meta.get_field(name), DateTimeField):
        return Q(**{f"{name}__gte": first, f"{name}__lte": last})
    began, ended = (datetime.combine(day, time.min) for day in (first, last + timedelta(days=1)))
    return Q(**{f"{name}__gte": make_aware(began), f"{name}__lt": make_aware(ended)})


def _by_day(rows: QuerySet[Any], name: str) -> dict[date | None, int]:
    moment = isinstance(rows.model._meta.get_field(name), DateTimeField)
    bare = rows.select_related(None).order_by()
    counted = bare.values(of_day=TruncDate(name) if moment else F(name)).annotate(rows_of_it=Count("*"))
    return dict(counted.values_list("of_day", "rows_of_it"))


def _title(parts: tuple[int, ...]) -> str:
    day = date(*[*parts, 1, 1][:3])
    if parts == (day.year,):
        return str(day.year)
    return capfirst(formats.date_format(day, "MONTH_DAY_FORMAT" if parts[2:] else "YEAR_MONTH_FORMAT"))

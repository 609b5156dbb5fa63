"""Rows that are filled at once are what the ORM makes field by field."""

import pytest
from django.db.models import Model
from django.db.models.expressions import DatabaseDefault

from incidents.models import GradingPolicy, IceReading, JournalEntry, SectionIcing, User
from incidents.models.direct import run
from incidents.models.rows import columns_of, fresh, made
from tests.factories import make_actor

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("model", [IceReading, JournalEntry, GradingPolicy, SectionIcing])
def test_a_fresh_row_is_what_calling_the_model_gives(model: type[Model]) -> None:
    called, quick = model(), fresh(model, {})

    defaults = {name for name, value in vars(called).items() if isinstance(value, DatabaseDefault)}
    known = vars(called).keys() - defaults - {"_state", "uuid"}
    assert vars(quick).keys() - {"_state", "uuid"} == known
    assert [vars(quick)[name] for name in sorted(known)] == [vars(called)[name] for name in sorted(known)]
    assert quick._state.adding
    assert quick._state.db is None


def test_references_of_a_fresh_row_are_rows() -> None:
    by = make_actor()

    row = fresh(JournalEntry, {"by": by.user, "organization": None})

    assert row.by is by.user
    assert (row.by_id, row.organization, row.organization_id) == (by.user.pk, None, None)


def test_a_row_that_was_read_is_the_same_as_the_orm_reads_it() -> None:
    by = make_actor()
    statement = f"SELECT {columns_of(User, 'u')} FROM incidents_user u WHERE id = %s"  # noqa: S608 - constants
    [values] = run(statement, [by.user.pk])

    row = made(User, values)

    found = User.objects.get(pk=by.user.pk)
    assert {**vars(row), "_state": None} == {**vars(found), "_state": None}
    assert (row._state.db, row._state.adding) == (found._state.db, found._state.adding)

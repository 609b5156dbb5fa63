"""Every verb of the record works from its form: its service is called and the journal says so."""

from collections.abc import Iterator
from datetime import timedelta
from typing import cast

import pytest
from django.apps import apps
from django.contrib import admin
from django.test import Client
from django.utils import timezone

from incidents.admin.base import RecordAdmin
from incidents.choices import Role
from incidents.models import JournalEntry, Organization, User
from tests.desk import address, sign_in, verb_address
from tests.incidents.admin.cases import CASES, typed

FOR_SUPERUSERS = {"Division.add_alias", "BriefWord.withdraw"}  # common knowledge is nobody's own


def verbs() -> Iterator[str]:
    for model, page in admin.site._registry.items():
        if model._meta.app_label == "incidents":
            of_model = cast("RecordAdmin", page)
            yield from (f"{model.__name__}.{verb.name}" for verb in of_model.verbs)
            if of_model.add_verb is not None:
                yield f"{model.__name__}.add"


def test_every_verb_has_a_case() -> None:
    assert set(verbs()) == CASES.keys()


@pytest.mark.parametrize("name", CASES)
def test_a_verb_does_its_deed(client: Client, ours: Organization, name: str) -> None:
    make_row, typed_in, deed = CASES[name]
    model, verb = apps.get_model("incidents", name.split(".", maxsplit=1)[0]), name.split(".")[1]
    user = sign_in(client, ours, Role.DISPATCHER, Role.ADMIN)
    User.objects.filter(pk=user.pk).update(is_superuser=name in FOR_SUPERUSERS)
    row = make_row(ours) if make_row else None
    url = verb_address(row, verb) if row else address(model, "add")
    form = {"at": typed(timezone.now() - timedelta(minutes=1)), "reason": "核实"} | typed_in(ours)

    shown = client.get(url)
    answer = client.post(url, form)

    assert shown.status_code == 200
    assert answer.status_code == 302 or "told" in answer.context, answer.context["form"].errors
    newest = JournalEntry.objects.order_by("-pk")[0]
    assert (newest.kind, newest.by) == (deed, user)

"""Somebody at the back office: signing in with roles, and the addresses of its pages."""

from typing import Any

from django.db.models import Model
from django.test import Client
from django.urls import reverse

from incidents.choices import Role
from incidents.models import Membership, Organization, User
from tests.factories import STORM_NIGHT, make_user


def give_role(user: User, organization: Organization, *roles: Role) -> User:
    for role in roles:
        Membership.objects.create(user=user, organization=organization, role=role, since_at=STORM_NIGHT)
    return user


def sign_in(client: Client, organization: Organization, *roles: Role) -> User:
    user = give_role(make_user(), organization, *roles)
    client.force_login(user)
    return user


def address(model: type[Model], page: str, *args: Any) -> str:
    return reverse(f"admin:{model._meta.app_label}_{model._meta.model_name}_{page}", args=args)


def verb_address(row: Model, verb: str, *more: Model) -> str:
    keys = "&".join(f"pk={each.pk}" for each in (row, *more))
    return f"{address(type(row), 'do', verb)}?{keys}"

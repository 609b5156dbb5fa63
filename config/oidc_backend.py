"""Who somebody is by the company's identity provider: an account of ours that a claim names."""

from typing import Any, cast

import jwt
from django.conf import settings
from django.core.exceptions import SuspiciousOperation
from django.db.models import QuerySet
from django.utils import timezone
from mozilla_django_oidc.auth import OIDCAuthenticationBackend

from incidents.models import User
from incidents.services import people


class CompanyAccounts(OIDCAuthenticationBackend):
    """Finds the account that a claim of the provider names; gives nobody a role, and changes no account.

    Stricter than the package: the token is for us, by this issuer and not expired, and what the provider
    tells of the person is about the one in the token (OpenID Connect Core 3.1.3.7 and 5.3.2).
    """

    def filter_users_by_claims(self, claims: dict[str, Any]) -> QuerySet[User]:
        """Return the account that the claim names, exactly as it is written."""
        name = claims.get(settings.OIDC["OIDC_CLAIM"])
        return User.objects.filter(username=name) if isinstance(name, str) and name else User.objects.none()

    def verify_claims(self, claims: dict[str, Any]) -> bool:
        """Return whether the claim is there at all."""
        return bool(claims.get(settings.OIDC["OIDC_CLAIM"]))

    def create_user(self, claims: dict[str, Any]) -> User:
        """Make an account without a role, only where a setting says so; an administrator gives it one."""
        now = timezone.now()
        username = str(claims[settings.OIDC["OIDC_CLAIM"]])
        return people.add_user(
            username=username,
            display_name=str(claims.get("name") or username)[:60],
            at=now,
            by=people.system_actor(now=now),
        )

    def get_userinfo(self, access_token: str, id_token: str, payload: dict[str, Any]) -> dict[str, Any]:
        """Return what the provider tells of the person in the token.

        Raises:
            SuspiciousOperation: If it is about somebody else.
        """
        told = cast("dict[str, Any]", super().get_userinfo(access_token, id_token, payload))
        if told.get("sub") != payload["sub"]:
            raise SuspiciousOperation("userinfo is about another subject than the token")
        return told

    def _verify_jws(self, payload: str, key: Any) -> dict[str, Any]:
        try:
            return jwt.decode(
                payload,
                key,
                algorithms=[self.OIDC_RP_SIGN_ALGO],
                audience=self.OIDC_RP_CLIENT_ID,
                issuer=settings.OIDC["OIDC_ISSUER"],
                leeway=60,
                options={"require": ["exp", "iat", "sub", "aud", "iss"]},
            )
        except jwt.PyJWTError as refused:
            raise SuspiciousOperation("the provider's token was refused") from refused

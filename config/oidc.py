"""Sign-in by the company's identity provider, as the environment says; off where it says nothing.

The settings are those of mozilla-django-oidc, which is imported only where a provider is configured.
"""

from typing import Any, Final

from django.core.exceptions import ImproperlyConfigured

from config import env

_ADDRESSES: Final = {
    "OIDC_OP_AUTHORIZATION_ENDPOINT": "OIDC_AUTHORIZATION_URL",
    "OIDC_OP_TOKEN_ENDPOINT": "OIDC_TOKEN_URL",
    "OIDC_OP_USER_ENDPOINT": "OIDC_USERINFO_URL",
    "OIDC_OP_JWKS_ENDPOINT": "OIDC_JWKS_URL",
}


def from_environment(*, embedded: bool) -> dict[str, Any]:
    """Return the settings of the identity provider; empty without ``OIDC_CLIENT_ID``.

    Raises:
        ImproperlyConfigured: If a part is missing or an address is not https.
    """
    client = env.text("OIDC_CLIENT_ID", "")
    if not client:
        return {}
    addresses = {setting: _address(name, embedded=embedded) for setting, name in _ADDRESSES.items()}
    return addresses | {
        "OIDC_ISSUER": env.text("OIDC_ISSUER"),
        "OIDC_RP_CLIENT_ID": client,
        "OIDC_RP_CLIENT_SECRET": env.text("OIDC_CLIENT_SECRET"),
        "OIDC_RP_SIGN_ALGO": env.text("OIDC_ALGORITHM", "RS256"),
        "OIDC_RP_SCOPES": env.text("OIDC_SCOPES", "openid profile"),
        "OIDC_CLAIM": env.text("OIDC_CLAIM", "preferred_username"),
        "OIDC_CREATE_USER": env.flag("OIDC_CREATE_ACCOUNTS"),
        "OIDC_USE_PKCE": True,
        "OIDC_USE_NONCE": True,
        "OIDC_TIMEOUT": 10,
        "OIDC_CALLBACK_CLASS": "config.oidc_pages.Callback",
    }


def _address(name: str, *, embedded: bool) -> str:
    address = env.text(name)
    if not address.startswith("https://") and not embedded:
        raise ImproperlyConfigured(f"{name} must begin with https://")
    return address

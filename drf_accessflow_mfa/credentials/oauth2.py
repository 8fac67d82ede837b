"""django-oauth-toolkit: one grant to one application, known by its token family.

A refresh, rotating or not, stays in the family. A token that cannot be
refreshed is a family of its own. The family stands in the refresh token; with
``credentials.oauth2_validator`` it is loaded together with the access token,
else with one SQL statement more.
"""

from functools import cache
from typing import Any

from rest_framework.request import Request

from drf_accessflow_mfa.credentials.caller import Credential
from drf_accessflow_mfa.credentials.optional import is_instance, loaded
from drf_accessflow_mfa.domain.errors import CredentialUnsupported


def resolve(request: Request) -> Credential | None:
    """Return the grant behind the access token that authenticated the request.

    Raises ``CredentialUnsupported`` for a token without a user (client credentials).
    """
    if not is_instance(
        request.successful_authenticator,
        "oauth2_provider.contrib.rest_framework.authentication",
        "OAuth2Authentication",
    ):
        return None
    refresh_token = None
    if request.auth is not None:
        refresh_token = getattr(request.auth, refresh_token_accessor(), None)
    return credential_of(request.auth, refresh_token)


def credential_of(access_token: Any, refresh_token: Any) -> Credential:
    """Return an access token and its refresh token, if it has one, as a credential."""
    user_key = getattr(access_token, "user_id", None)
    checksum = getattr(access_token, "token_checksum", None)
    if user_key is None or not checksum:
        raise CredentialUnsupported
    family = find_family(refresh_token)
    if family is None:
        identity = f"{access_token.application_id} token {checksum}"
        return Credential(kind="oauth2", scheme="Bearer", identity=identity, user_key=user_key)
    return family_credential(family, access_token.application_id, user_key=user_key)


def find_family(refresh_token: Any) -> Any:
    """Return the family that a refresh token continues; ``None`` for one that was revoked."""
    if refresh_token is None or refresh_token.revoked is not None:
        return None
    return refresh_token.token_family


def family_credential(family: Any, application_key: Any, *, user_key: Any) -> Credential:
    """Return a token family of an application as a credential."""
    identity = f"{application_key} family {family}"
    return Credential(kind="oauth2", scheme="Bearer", identity=identity, user_key=user_key)


@cache
def refresh_token_accessor() -> str:
    """Return the attribute by which an access token leads to its refresh token."""
    model = loaded("oauth2_provider.models", "get_refresh_token_model")()
    name: str = model._meta.get_field("access_token").remote_field.get_accessor_name()
    return name

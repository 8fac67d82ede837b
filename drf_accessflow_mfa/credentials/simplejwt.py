"""simplejwt: one log-in, known by a claim that its refresh token hands on.

An access token lives for minutes, and each refresh brings another ``jti``. So
the log-in puts the ``jti`` of its refresh token into a claim, the *family*
(``credentials.simplejwt_login``); simplejwt copies it into every access token
and keeps it in every rotated refresh token. A token without that claim is a
family of its own: what it verified ends with it.
"""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from functools import cache
from typing import Any

from django.contrib.auth import get_user_model
from django.dispatch import Signal
from django.utils.module_loading import import_string
from rest_framework.request import Request

from drf_accessflow_mfa.conf import mfa_settings
from drf_accessflow_mfa.credentials.caller import Credential, scheme_of, unwrapped
from drf_accessflow_mfa.credentials.optional import is_instance, loaded
from drf_accessflow_mfa.domain.errors import CredentialUnsupported

refresh_token_reused = Signal()
"""A refresh token came again after its rotation or log-out; sent with its ``payload``."""

_rotating: ContextVar[bool] = ContextVar("accessflow_mfa_rotating", default=False)


def resolve(request: Request) -> Credential | None:
    """Return the log-in behind the access token that authenticated the request.

    Only claims of the token that simplejwt has validated count. Raises
    ``CredentialUnsupported`` for a user who is no row of this database, as
    under ``JWTStatelessUserAuthentication``, or not the one in the token.
    """
    if not is_instance(
        request.successful_authenticator, "rest_framework_simplejwt.authentication", "JWTAuthentication"
    ):
        return None
    payload, user = getattr(request.auth, "payload", None), unwrapped(request.user)
    family = None if payload is None else find_family(payload)
    if payload is None or family is None or not _is_user_of(payload, user):
        raise CredentialUnsupported
    return credential_of(family, user_key=user.pk, scheme=scheme_of(request, default="Bearer"))


def claims_of(request: Request) -> Mapping[str, Any] | None:
    """Return the claims of the token that simplejwt has validated, if they are those of the request's user.

    Users without a row (``JWTStatelessUserAuthentication``) are served too.
    """
    if not is_instance(
        request.successful_authenticator, "rest_framework_simplejwt.authentication", "JWTAuthentication"
    ):
        return None
    payload: Mapping[str, Any] | None = getattr(request.auth, "payload", None)
    if payload is None:
        return None
    user = unwrapped(request.user)
    if getattr(user, "token", None) is request.auth:
        return payload
    return payload if _is_user_of(payload, user) else None


def credential_of(family: str, *, user_key: Any, scheme: str = "Bearer") -> Credential:
    """Return a log-in as a credential."""
    return Credential(kind="jwt", scheme=scheme, identity=family, user_key=user_key)


def find_family(payload: Mapping[str, Any]) -> str | None:
    """Return the family that a validated token belongs to: its claim, else the token itself."""
    claim = mfa_settings.jwt_family_claim
    value = payload[claim] if claim in payload else payload.get(_api_settings().JTI_CLAIM)
    return value if isinstance(value, str) and value else None


def find_stored_family(outstanding: Any) -> str | None:
    """Return the family of an ``OutstandingToken``.

    The row is what this project has issued itself, so its signature is not
    checked: the key may have changed since, or be at another server.
    """
    try:
        payload = import_string("jwt.decode")(outstanding.token, options={"verify_signature": False})
    except import_string("jwt.InvalidTokenError"):
        payload = {}
    return find_family({**payload, _api_settings().JTI_CLAIM: outstanding.jti})


def find_user(payload: Mapping[str, Any]) -> Any:
    """Return the user whom a validated token names, or ``None``."""
    settings = _api_settings()
    key = payload.get(settings.USER_ID_CLAIM)
    return get_user_model()._default_manager.filter(**{settings.USER_ID_FIELD: key}).first()


@contextmanager
def rotation() -> Iterator[None]:
    """Mark what is blacklisted meanwhile as replaced: its family lives on."""
    token = _rotating.set(True)
    try:
        yield
    finally:
        _rotating.reset(token)


def is_rotation() -> bool:
    """Tell whether a refresh token is being replaced right now."""
    return _rotating.get()


def _is_user_of(payload: Mapping[str, Any], user: Any) -> bool:
    settings = _api_settings()
    if not isinstance(user, _user_model()):
        return False
    return str(getattr(user, settings.USER_ID_FIELD)) == str(payload.get(settings.USER_ID_CLAIM))


# Looking it up costs ten calls, at every request.
_user_model = cache(get_user_model)


def _api_settings() -> Any:
    return loaded("rest_framework_simplejwt.settings", "api_settings")

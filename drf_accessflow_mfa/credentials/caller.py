"""The caller of a request: a user and the credential that spoke for them."""

from collections.abc import Callable, Iterable
from functools import lru_cache
from typing import Any, NamedTuple

from django.utils.functional import SimpleLazyObject, empty
from django.utils.module_loading import import_string
from rest_framework.request import Request

from drf_accessflow_mfa import crypto
from drf_accessflow_mfa.conf import mfa_settings
from drf_accessflow_mfa.domain.claims import Claimed, find_claimed
from drf_accessflow_mfa.domain.errors import CredentialUnsupported


def _nothing() -> None:
    """Do nothing: most credentials have nothing to keep or to renew."""


class Credential(NamedTuple):
    """One session, one token, or one token family.

    A tuple, like ``Caller``: one of each is made at every guarded request, at a third of what a frozen
    dataclass costs.
    """

    kind: str
    scheme: str
    """The authentication scheme of ``WWW-Authenticate`` (RFC 9110, 11.6.1)."""
    identity: str
    """What makes it this one and no other; kept only as a keyed hash."""
    user_key: Any
    """The primary key of the user that the credential itself names."""
    remember: Callable[[], None] = _nothing
    """Called after something was tied to this credential: keeps what identifies it."""
    renew: Callable[[], None] = _nothing
    """Called after a verification: changes the key that the client holds."""

    def __repr__(self) -> str:
        return f"Credential(kind={self.kind!r}, scheme={self.scheme!r}, user_key={self.user_key!r})"


class Caller(NamedTuple):
    """Who asks, and what their verifications must be tied to."""

    user: Any
    credential: str
    scheme: str
    binding: str
    password_stamp: str
    claimed: Claimed | None = None
    """What a trusted identity provider says about them."""
    remember: Callable[[], None] = _nothing
    renew: Callable[[], None] = _nothing

    def __repr__(self) -> str:
        return f"Caller(user={self.user!r}, credential={self.credential!r}, scheme={self.scheme!r})"


def caller_of(request: Request, *, user: Any = None) -> Caller:
    """Return the caller of an authenticated DRF request.

    ``user``: its user, for who has asked for it already. Raises
    ``CredentialUnsupported`` for a credential that no resolver knows, and as
    ``caller_from`` does.
    """
    credential = _credential_of(request)
    if credential is None:
        raise CredentialUnsupported
    claimed = claimed_by(request) if mfa_settings.trusted_issuers else None
    return caller_from(request.user if user is None else user, credential, claimed=claimed)


def claimed_by(request: Request) -> Claimed | None:
    """Return what a trusted identity provider says about the request's user, by the claims of its token."""
    issuers = mfa_settings.trusted_issuers
    claims = mfa_settings.claims_resolver(request) if issuers else None
    return None if claims is None else find_claimed(claims, issuers)


def caller_from(user: Any, credential: Credential, *, claimed: Claimed | None = None) -> Caller:
    """Return the caller that a user and a credential make.

    Raises ``CredentialUnsupported`` for a user who is not an active one of
    this database, or not the one whom the credential names (impersonation).
    """
    user = unwrapped(user)
    password, key = getattr(user, "password", None), user.pk
    if password is None or key is None or not user.is_active:
        raise CredentialUnsupported
    if str(credential.user_key) != str(key):
        raise CredentialUnsupported
    # In the order of the fields: names cost half as much again, at every guarded request.
    return Caller(
        user,
        credential.kind,
        credential.scheme,
        binding_of(credential),
        password_stamp_of(user),
        claimed,
        credential.remember,
        credential.renew,
    )


def unwrapped(user: Any) -> Any:
    """Return the user behind Django's lazy ``request.user``.

    Each attribute read through the proxy costs three calls, and the guard
    reads several at every request.
    """
    if isinstance(user, SimpleLazyObject):
        # The proxy's own __getattribute__ costs two calls more.
        found = object.__getattribute__(user, "_wrapped")
        if found is empty:
            user._setup()
            found = object.__getattribute__(user, "_wrapped")
        return found
    return user


def password_stamp_of(user: Any) -> str:
    """Return the keyed hash that changes with the user's password."""
    return crypto.keyed_hash("password", str(user.pk), user.password)


def binding_of(credential: Credential) -> str:
    """Return the keyed hash that ties a verification to a credential."""
    return crypto.keyed_hash("binding", credential.kind, credential.identity, str(credential.user_key))


def scheme_of(request: Request, *, default: str) -> str:
    """Return the scheme that the authenticator in use announces."""
    announce = getattr(request.successful_authenticator, "authenticate_header", None)
    header = None if announce is None else announce(request)
    return header.split(" ", 1)[0] if header else default


def _credential_of(request: Request) -> Credential | None:
    if request.successful_authenticator is None:
        return None
    for resolve in _resolvers(mfa_settings.credential_resolvers):
        credential: Credential | None = resolve(request)
        if credential is not None:
            return credential
    return None


@lru_cache(maxsize=8)
def _resolvers(names: Iterable[Any]) -> tuple[Callable[[Request], Credential | None], ...]:
    return tuple(import_string(name) if isinstance(name, str) else name for name in names)

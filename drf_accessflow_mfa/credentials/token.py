"""DRF's own tokens: one a user, shared by all clients that hold it."""

from rest_framework.authentication import TokenAuthentication
from rest_framework.request import Request

from drf_accessflow_mfa.credentials.caller import Credential, scheme_of
from drf_accessflow_mfa.domain.errors import CredentialUnsupported


def resolve(request: Request) -> Credential | None:
    """Return the token that authenticated the request.

    A token of another model than DRF's is accepted when it has a ``key`` and
    a ``user_id``.
    """
    if not isinstance(request.successful_authenticator, TokenAuthentication):
        return None
    key, user_key = getattr(request.auth, "key", None), getattr(request.auth, "user_id", None)
    if not key or user_key is None:
        raise CredentialUnsupported
    return Credential(
        kind="token", scheme=scheme_of(request, default="Token"), identity=str(key), user_key=user_key
    )

"""django-rest-knox: one token a log-in, known by its digest, which a renewal of its expiry keeps."""

from typing import Any

from rest_framework.request import Request

from drf_accessflow_mfa.credentials.caller import Credential, scheme_of
from drf_accessflow_mfa.credentials.optional import is_instance
from drf_accessflow_mfa.domain.errors import CredentialUnsupported


def resolve(request: Request) -> Credential | None:
    """Return the knox token that authenticated the request."""
    if not is_instance(request.successful_authenticator, "knox.auth", "TokenAuthentication"):
        return None
    return credential_of(request.auth, scheme=scheme_of(request, default="Token"))


def credential_of(token: Any, *, scheme: str = "Token") -> Credential:
    """Return a knox token as a credential.

    Raises ``CredentialUnsupported`` for a token model without a digest or a user.
    """
    digest, user_key = getattr(token, "digest", None), getattr(token, "user_id", None)
    if not digest or user_key is None:
        raise CredentialUnsupported
    return Credential(kind="knox", scheme=scheme, identity=str(digest), user_key=user_key)

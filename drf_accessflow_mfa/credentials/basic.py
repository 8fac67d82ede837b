"""HTTP Basic: the password itself, so all clients that know it are one."""

import base64

from rest_framework.authentication import BasicAuthentication, get_authorization_header
from rest_framework.request import Request

from drf_accessflow_mfa.credentials.caller import Credential, scheme_of
from drf_accessflow_mfa.domain.errors import CredentialUnsupported


def resolve(request: Request) -> Credential | None:
    """Return the user name and password that authenticated the request."""
    if not isinstance(request.successful_authenticator, BasicAuthentication):
        return None
    return Credential(
        kind="basic",
        scheme=scheme_of(request, default="Basic"),
        # The name that was sent: a user put in the place of the one who
        # authenticated must not pass for them.
        identity=_name_in(request),
        user_key=request.user.pk,
    )


def _name_in(request: Request) -> str:
    parts = get_authorization_header(request).split()
    try:
        return base64.b64decode(parts[1]).decode("utf-8", "surrogateescape").partition(":")[0]
    except (IndexError, ValueError) as error:
        raise CredentialUnsupported from error

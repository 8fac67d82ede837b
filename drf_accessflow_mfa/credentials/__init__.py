"""What authenticated a request, and the binding that ties a verification to it.

Each kind of credential is a module with one function::

    def resolve(request: Request) -> Credential | None

========== ==================================== ============================
kind       recognized by                        binds to
========== ==================================== ============================
session    DRF ``SessionAuthentication``        a value kept in the session
token      DRF ``TokenAuthentication``          the token
basic      DRF ``BasicAuthentication``          the user and their password
knox       knox ``TokenAuthentication``         the token
jwt        simplejwt ``JWTAuthentication``      the log-in (a claim)
oauth2     toolkit ``OAuth2Authentication``     the token family, the client
========== ==================================== ============================

Subclasses are recognized too. A resolver returns ``None`` when another kind
authenticated the request, and raises ``CredentialUnsupported`` when it
recognizes the kind but cannot tie anything to it.
``ACCESSFLOW_MFA_CREDENTIAL_RESOLVERS`` lists them; add your own.
"""

from drf_accessflow_mfa.credentials.caller import Caller, Credential, caller_of
from drf_accessflow_mfa.credentials.origin import origin_of

__all__ = ["Caller", "Credential", "caller_of", "origin_of"]

"""Django's sessions.

The binding is a random value kept in the session, not the session's key: the
key changes with every verification (OWASP ASVS 7.2.4), the value lives on. A
log-in draws a new one, so that a repeated log-in starts unverified.
"""

import secrets
from typing import Any

from django.contrib.auth import SESSION_KEY
from django.middleware.csrf import rotate_token
from rest_framework.authentication import SessionAuthentication
from rest_framework.request import Request

from drf_accessflow_mfa.credentials.caller import Caller, Credential, binding_of, caller_from
from drf_accessflow_mfa.domain.errors import CredentialUnsupported

ANCHOR_KEY = "_accessflow_mfa_anchor"
RENEWED_KEY = "_accessflow_mfa_renewed"
GRAVE_SECONDS = 60


def resolve(request: Request) -> Credential | None:
    """Return the session that authenticated the request."""
    if not isinstance(request.successful_authenticator, SessionAuthentication):
        return None
    return credential_of(request._request)


def credential_of(http_request: Any) -> Credential:
    """Return the session of a plain Django request as a credential.

    Raises ``CredentialUnsupported`` when nobody is logged in to it.
    """
    session = getattr(http_request, "session", None)
    user_key = None if session is None else session.get(SESSION_KEY)
    if session is None or user_key is None:
        raise CredentialUnsupported
    anchor = session.get(ANCHOR_KEY) or secrets.token_urlsafe(32)

    def remember() -> None:
        session[ANCHOR_KEY] = anchor

    def renew() -> None:
        _renew(session)
        if SESSION_KEY in session:
            rotate_token(http_request)

    return Credential("session", "Session", anchor, user_key, remember, renew)


def _renew(session: Any) -> None:
    """Move a session to a new key; end it if it was logged out while the code was judged.

    The old key keeps an empty session for a minute. Nobody is logged in to it.
    But a request that is on its way with the old key would else be answered by
    deleting the cookie, the new one by then.
    """
    # Imported where it is used: a process that only guards moves no session.
    from drf_accessflow_mfa.credentials import session_rows  # noqa: PLC0415

    data, old_key = session._session, session.session_key
    grave = type(session)(old_key)
    grave._session_cache = {RENEWED_KEY: True, "_session_expiry": GRAVE_SECONDS}
    if session_rows.is_djangos_own(session):
        is_moved = session_rows.move(session, grave)
    else:
        session.create()
        session._session_cache = data
        is_moved = session_rows.save(grave)
    if not is_moved:
        session.flush()


def session_caller(http_request: Any) -> Caller:
    """Return the user of a plain Django request and their session.

    Raises ``CredentialUnsupported`` when nobody is logged in.
    """
    return caller_from(http_request.user, credential_of(http_request))


def find_binding(http_request: Any, user: Any) -> str | None:
    """Return the binding of what the session verified for a user, if it did."""
    session = getattr(http_request, "session", None)
    anchor = None if session is None else session.get(ANCHOR_KEY)
    if anchor is None:
        return None
    return binding_of(Credential(kind="session", scheme="Session", identity=anchor, user_key=user.pk))


def forget_anchor(http_request: Any) -> None:
    """Draw a new value, so that nothing verified before is tied to this session.

    At log-in, not later: two first requests at once would each draw their own.
    """
    session = getattr(http_request, "session", None)
    if session is not None and SESSION_KEY in session:
        session[ANCHOR_KEY] = secrets.token_urlsafe(32)

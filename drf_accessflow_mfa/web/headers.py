"""The headers of every page of ours."""

from urllib.parse import urlsplit

from django.conf import settings
from django.http import HttpResponseBase

from drf_accessflow_mfa.conf import mfa_settings

_POLICY = (
    "default-src 'none'; script-src {own}; style-src {own}; img-src {own}; font-src {own}; "
    "connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'; "
    "require-trusted-types-for 'script'; trusted-types accessflow-mfa"
)


def protect(response: HttpResponseBase) -> HttpResponseBase:
    """Forbid caching, framing, foreign content, and a Referer; return the response."""
    response.headers["Cache-Control"] = "no-store"
    response.headers["X-Frame-Options"] = "DENY"
    # Not "no-referrer": browsers would send "Origin: null" with our forms.
    response.headers["Referrer-Policy"] = "same-origin"
    policy = mfa_settings.page_csp
    if policy is None:
        policy = _POLICY.format(own=_where_static_files_are())
    if policy:
        response.headers["Content-Security-Policy"] = policy
    return response


def _where_static_files_are() -> str:
    parts = urlsplit(settings.STATIC_URL or "")
    return f"{parts.scheme or 'https'}://{parts.netloc}" if parts.netloc else "'self'"

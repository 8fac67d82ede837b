"""``{% load accessflow_mfa %}``: the banner and the dialog, for the templates of any project.

``{% mfa_banner %}`` shows *Set Up MFA* to whom it concerns, and brings the
dialog along. ``{% mfa_dialog %}`` brings the dialog alone, with what
``stepUpFetch()`` needs; once a page is enough. ``{% mfa_styles %}`` in the
head, before your own styles, lets yours win.
"""

from typing import Any

from django import template
from django.conf import settings
from django.shortcuts import resolve_url
from django.template.loader import render_to_string
from django.templatetags.static import static
from django.urls import NoReverseMatch, reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import get_language, gettext

from drf_accessflow_mfa.conf import mfa_settings
from drf_accessflow_mfa.domain.codes import grouped
from drf_accessflow_mfa.services.status import is_enrollment_required
from drf_accessflow_mfa.web.wording import browser_name, device_kind_name, event_sentence, source_name

register = template.Library()
NOTHING = SafeString("")

_RENDERED = "_accessflow_mfa_rendered"


@register.simple_tag(takes_context=True)
def mfa_banner(context: template.Context) -> SafeString:
    """Render the banner, hidden for whom it does not concern, and the dialog with it.

    The pages that lead through setting up have none: they ask for the same.
    """
    request = context.get("request")
    user = getattr(request, "user", None)
    if request is None or user is None or not user.is_authenticated:
        return NOTHING
    if context.get("is_setting_up"):
        return mfa_dialog(context)
    shown = {"is_required": is_enrollment_required(user), **_places()}
    banner = render_to_string("drf_accessflow_mfa/parts/banner.html", shown, request)
    return banner + mfa_dialog(context)


@register.simple_tag(takes_context=True)
def mfa_dialog(context: template.Context) -> SafeString:
    """Render the dialog and its texts, the first time on a page."""
    request = context.get("request")
    if request is None or not request.user.is_authenticated or not _is_first(request, "dialog"):
        return NOTHING
    styles = mfa_styles(context)
    dialog = render_to_string("drf_accessflow_mfa/parts/dialog.html", _places(), request)
    return styles + dialog


@register.simple_tag(takes_context=True)
def mfa_styles(context: template.Context) -> SafeString:
    """Render the link to our styles, the first time on a page."""
    if not _is_first(context.get("request"), "styles"):
        return NOTHING
    return format_html('<link rel="stylesheet" href="{}">', static("drf_accessflow_mfa/accessflow-mfa.css"))


@register.simple_tag
def mfa_language() -> str:
    """Return the language that our texts are in: English where nobody has translated them."""
    said = "Confirm that it is you"
    return get_language() or "en" if gettext(said) != said else "en"


@register.simple_tag(takes_context=True)
def mfa_account(context: template.RequestContext) -> str:
    """Return what a printed sheet of codes belongs to: the issuer and the user's name."""
    return f"{mfa_settings.issuer} · {context.request.user.get_username()}"


@register.filter
def in_groups(secret: str) -> str:
    """Return a secret in groups of four, as people type it."""
    return grouped(secret).replace("-", " ")


@register.filter
def lookup(mapping: Any, key: Any) -> Any:
    """Return what a mapping holds under a key, or an empty string."""
    return mapping.get(key, "")


register.filter("event_sentence", event_sentence)
register.filter("device_kind", device_kind_name)
register.filter("source_name", source_name)
register.filter("browser", browser_name)


def _is_first(request: Any, part: str) -> bool:
    """Tell whether a part was not rendered for this request yet, and remember that it is now."""
    rendered: frozenset[str] = getattr(request, _RENDERED, frozenset())
    if request is not None:
        setattr(request, _RENDERED, rendered | {part})
    return part not in rendered


def _places() -> dict[str, str]:
    """Return where the scripts find things; what is not included in the URLs is empty."""
    return {
        "api_url": _reverse("drf_accessflow_mfa:status").removesuffix("status/"),
        "security_url": _reverse("drf_accessflow_mfa_web:security"),
        "enroll_page_url": _reverse("drf_accessflow_mfa_web:enroll"),
        "recovery_codes_url": _reverse("drf_accessflow_mfa_web:recovery-codes"),
        "login_url": resolve_url(settings.LOGIN_URL),
        "csrf_cookie": ""
        if settings.CSRF_USE_SESSIONS or settings.CSRF_COOKIE_HTTPONLY
        else settings.CSRF_COOKIE_NAME,
    }


def _reverse(name: str) -> str:
    try:
        return reverse(name)
    except NoReverseMatch:
        return ""

"""What people read for the words of the log and of the database."""

from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext, pgettext_lazy

from drf_accessflow_mfa.domain.events import EventKind

_EVENTS: Mapping[str, Any] = {
    EventKind.MFA_VERIFIED: gettext_lazy("You passed MFA"),
    EventKind.MFA_FAILED: gettext_lazy("A code was not accepted"),
    EventKind.MFA_LOCKED: gettext_lazy("Refused: too many wrong codes"),
    EventKind.MFA_CHALLENGED: gettext_lazy("You were asked for MFA"),
    EventKind.MFA_PASSED: gettext_lazy("You opened what MFA guards"),
    EventKind.MFA_RESET_REQUESTED: gettext_lazy("A reset of your MFA was asked for"),
    EventKind.MFA_RESET_CANCELED: gettext_lazy("The reset of your MFA was canceled"),
    EventKind.MFA_RESET: gettext_lazy("Your MFA was reset"),
    EventKind.MFA_UNLOCKED: gettext_lazy("Your codes were unlocked"),
    EventKind.DEVICE_ENROLLED: gettext_lazy("A device was added"),
    EventKind.DEVICE_RENAMED: gettext_lazy("A device was renamed"),
    EventKind.DEVICE_REMOVED: gettext_lazy("A device was removed"),
    EventKind.ENROLLMENT_BEGUN: gettext_lazy("You began to set up a device"),
    EventKind.RECOVERY_CODES_GENERATED: gettext_lazy("New recovery codes were made"),
    EventKind.VERIFICATION_REVOKED: gettext_lazy("A verification was ended"),
    EventKind.REQUEST_CREATED: gettext_lazy("Access was requested"),
    EventKind.REQUEST_ENDORSED: gettext_lazy("An access request was endorsed"),
    EventKind.REQUEST_APPROVED: gettext_lazy("An access request was approved"),
    EventKind.REQUEST_REJECTED: gettext_lazy("An access request was rejected"),
    EventKind.REQUEST_CANCELED: gettext_lazy("An access request was canceled"),
    EventKind.REQUEST_EXPIRED: gettext_lazy("An access request expired"),
    EventKind.REQUEST_EXTENDED: gettext_lazy("Access was extended"),
    EventKind.REQUEST_REVOKED: gettext_lazy("Access was revoked"),
    EventKind.REQUEST_ENDED: gettext_lazy("Access ended"),
    EventKind.REQUEST_GRANTED: gettext_lazy("Access was granted"),
    EventKind.REQUEST_WITHDRAWN: gettext_lazy("Access was withdrawn"),
}
"""Of the events that have a subject."""

_ACTS: Mapping[str, Any] = {
    EventKind.MFA_RESET_REQUESTED: gettext_lazy("You asked for a reset of somebody's MFA"),
    EventKind.MFA_RESET_CANCELED: gettext_lazy("You canceled a reset of somebody's MFA"),
    EventKind.MFA_RESET: gettext_lazy("You reset somebody's MFA"),
    EventKind.MFA_UNLOCKED: gettext_lazy("You unlocked somebody's codes"),
    EventKind.FLOW_CREATED: gettext_lazy("You created an access flow"),
    EventKind.FLOW_CHANGED: gettext_lazy("You changed an access flow"),
    EventKind.FLOW_DELETED: gettext_lazy("You deleted an access flow"),
}
"""Of the events that the reader has caused and that are not about them, where these say it otherwise."""

_DEVICE_KINDS: Mapping[str, Any] = {
    "authenticator_app": pgettext_lazy("mfa", "Authenticator app"),
    "totp": pgettext_lazy("mfa", "Authenticator app"),
    "static": gettext_lazy("Backup tokens"),
    "recovery_codes": gettext_lazy("Recovery codes"),
    "side_channel": gettext_lazy("Codes by message"),
}

_BROWSERS = (
    ("Edg/", "Edge"),
    ("OPR/", "Opera"),
    ("SamsungBrowser/", "Samsung Internet"),
    ("Firefox/", "Firefox"),
    ("FxiOS/", "Firefox"),
    ("CriOS/", "Chrome"),
    ("Chrome/", "Chrome"),
    ("Safari/", "Safari"),
)
_SYSTEMS = (
    ("Windows", "Windows"),
    ("Android", "Android"),
    ("iPhone", "iPhone"),
    ("iPad", "iPad"),
    ("Mac OS X", "macOS"),
    ("CrOS", "ChromeOS"),
    ("Linux", "Linux"),
)
"""Of several that match, the first: browsers name those that they resemble, too."""

_CREDENTIALS: Mapping[str, Any] = {
    "session": gettext_lazy("Browser session"),
    "basic": gettext_lazy("User name and password"),
    "token": gettext_lazy("API token"),
    "knox": gettext_lazy("API token"),
    "jwt": gettext_lazy("API token"),
    "oauth2": pgettext_lazy("credential", "Connected application"),
}


def browser_name(user_agent: str) -> str:
    """Return the browser and its system, or the program that called."""
    names = [name for mark, name in _BROWSERS if mark in user_agent][:1]
    systems = [name for mark, name in _SYSTEMS if mark in user_agent][:1]
    return ", ".join(names + systems) or user_agent.partition("/")[0]


def duration_in_words(seconds: int) -> str:
    """Return a wait as people say it: over an hour without the seconds, rounded up."""
    minutes = -(-seconds // 60)
    if seconds < 3600:
        parts = (_minutes(seconds // 60), _seconds(seconds % 60))
    else:
        parts = (_hours(minutes // 60), _minutes(minutes % 60))
    return ", ".join(filter(None, parts))


def event_sentence(event: Mapping[str, Any], reader: Any = None) -> str:
    """Return what happened, in a few words to the reader, whose primary key it takes."""
    kind = event["kind"]
    is_about_reader = reader is None or event["subject_id"] == reader
    known = _EVENTS.get(kind, kind)
    return str(known if is_about_reader else _ACTS.get(kind, known))


def device_kind_name(kind: str) -> str:
    """Return what people call a kind of device."""
    return str(_DEVICE_KINDS.get(kind, _("Security device")))


def source_name(credential: str) -> str:
    """Return what people call a kind of credential."""
    return str(_CREDENTIALS.get(credential, credential))


def _hours(count: int) -> str:
    return ngettext("%(count)d hour", "%(count)d hours", count) % {"count": count} if count else ""


def _minutes(count: int) -> str:
    return ngettext("%(count)d minute", "%(count)d minutes", count) % {"count": count} if count else ""


def _seconds(count: int) -> str:
    return ngettext("%(count)d second", "%(count)d seconds", count) % {"count": count} if count else ""

"""People with HTTP clients of the whole project, in this process: what they do can be broken anywhere."""

from functools import cache
from itertools import count

import httpx
import time_machine
from django.contrib.auth.models import User
from django.core.handlers.wsgi import WSGIHandler
from django.utils import timezone
from rest_framework.authtoken.models import Token

from drf_accessflow_mfa.models import AuditEvent, AuthenticatorApp, Verification
from tests import people
from tests.support.crowds import DEVICES, RECOVERY_CODES, VAULT, VERIFICATIONS

FLOWS = "/api/mfa/flows/"
REQUESTS = "/api/mfa/requests/"
_numbers = count(1)


@cache
def application():
    """The project as a server runs it, with its middleware and request transactions."""
    return WSGIHandler()


def client():
    """A client of nobody."""
    return httpx.Client(
        transport=httpx.WSGITransport(app=application()), base_url="http://localhost", trust_env=False
    )


def unique(name):
    """A name that nobody had before."""
    return f"{name}-fault-{next(_numbers)}"


def person(name="rita", **fields):
    """Somebody without a device."""
    return people.person(unique(name), **fields)


def enrolled(name="rita", **fields):
    """Somebody with an app of which no code was used."""
    return people.with_app(person(name, **fields))


def by_token(someone):
    """The person's client with their token."""
    made = client()
    key = Token.objects.get_or_create(user=someone.user)[0].key
    made.headers["Authorization"] = f"Token {key}"
    return made


def by_basic(someone):
    """The person's client with their password: another credential of theirs."""
    made = client()
    made.auth = httpx.BasicAuth(someone.user.username, people.PASSWORD)
    return made


def by_session(someone):
    """The person's browser, logged in."""
    made = client()
    login = {"username": someone.user.username, "password": people.PASSWORD}
    made.post("/api/auth/session/", json=login).raise_for_status()
    made.event_hooks["request"].append(
        lambda request: request.headers.update({"X-CSRFToken": made.cookies["csrftoken"]})
    )
    return made


def post_code(sender, code, **fields):
    """Send a code and return the status."""
    return sender.post(VERIFICATIONS, json={"code": code, **fields}).status_code


def verified(someone):
    """The person's token client after a verification. The next code is a fresh one."""
    sender = by_token(someone)
    assert post_code(sender, someone.code()) == 201
    return sender


def opens(sender, path=VAULT):
    """Whether a guarded view lets the client in."""
    status = sender.get(path).status_code
    assert status in {200, 401, 403}, status
    return status == 200


def fresh_code_works(sender, someone):
    """Whether the next code of the person's app opens the vault: the clean end of everything."""
    with time_machine.travel(timezone.now() + people.STEP, tick=False):
        assert post_code(sender, someone.code()) == 201
        return opens(sender)


def count_events(kind, **facts):
    """How many events of a kind there are."""
    return AuditEvent.objects.filter(kind=kind, **facts).count()


def count_verifications(someone, **facts):
    """How many verifications the person has."""
    return Verification.objects.filter(user=someone.user, **facts).count()


def agree(*claims):
    """All these are true, or none is: return which. A success never stands without its event."""
    assert len(set(map(bool, claims))) == 1, claims
    return bool(claims[0])


__all__ = [
    "DEVICES",
    "FLOWS",
    "RECOVERY_CODES",
    "REQUESTS",
    "VAULT",
    "VERIFICATIONS",
    "AuthenticatorApp",
    "User",
]

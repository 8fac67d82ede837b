"""Many users at once, each with a credential of their own and an authenticator that was never used."""

import secrets
from datetime import timedelta
from typing import Any

from django.conf import settings
from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
from django.contrib.auth.hashers import make_password
from django.contrib.auth.models import User
from django.contrib.sessions.backends.db import SessionStore
from django.contrib.sessions.models import Session
from django.utils import timezone
from rest_framework.authtoken.models import Token

from benchmarks.site.account import CSRF_TOKEN, PASSWORD
from benchmarks.site.ways import Way

BACKEND = "django.contrib.auth.backends.ModelBackend"


def crowd(way: Way, size: int) -> list[dict[str, Any]]:
    """Return for each user the headers of their requests, and what else than the code stands in the body."""
    password, name = make_password(PASSWORD), secrets.token_hex(6)
    users = User.objects.bulk_create(
        User(username=f"{name}-{number}", password=password) for number in range(size)
    )
    headers = _sessions(users) if settings.CREDENTIAL == "session" else _tokens(users)
    bodies = way.enroll(users)
    return [{"headers": head, "body": body} for head, body in zip(headers, bodies, strict=True)]


def _sessions(users: list[User]) -> list[dict[str, str]]:
    store, ends = SessionStore(), timezone.now() + timedelta(days=1)
    rows = [
        Session(session_key=secrets.token_hex(16), session_data=store.encode(_kept(user)), expire_date=ends)
        for user in users
    ]
    Session.objects.bulk_create(rows)
    cookies = f"{settings.CSRF_COOKIE_NAME}={CSRF_TOKEN}; {settings.SESSION_COOKIE_NAME}="
    return [{"Cookie": cookies + str(row.session_key), "X-CSRFToken": CSRF_TOKEN} for row in rows]


def _kept(user: User) -> dict[str, str]:
    """Return what a log-in keeps in the session."""
    return {
        SESSION_KEY: str(user.pk),
        BACKEND_SESSION_KEY: BACKEND,
        HASH_SESSION_KEY: user.get_session_auth_hash(),
    }


def _tokens(users: list[User]) -> list[dict[str, str]]:
    rows = Token.objects.bulk_create(Token(key=secrets.token_hex(20), user=user) for user in users)
    return [{"Authorization": f"Token {row.key}"} for row in rows]

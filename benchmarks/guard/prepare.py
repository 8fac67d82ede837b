"""Make the callers of the guarded views, one for each guard, each with a credential of its own."""

from collections.abc import Callable
from typing import Any

from django.conf import settings
from django.urls import path, set_urlconf

from benchmarks.handlers import caller_with, handler_with
from benchmarks.site.account import Account
from benchmarks.site.guards import subjects
from benchmarks.site.subject import Subject


class NotPassed(Exception):
    """A request that should pass is refused: it would be fast."""


Caller = Callable[[], Any]


def prepared(*, only: str | None = None) -> tuple[dict[str, tuple[Subject, Caller]], dict[str, str]]:
    """Return for each guard, or for one, a function that sends one request through it.

    And why there is none for some of the peers. Raises ``NotPassed`` where
    it is the plain view or this package that does not work.
    """
    found, broken = {}, {}
    for subject in subjects():
        if only in {None, subject.key}:
            try:
                found[subject.key] = (subject, _caller_of(subject))
            except Exception as error:
                if subject.key.startswith(("plain", "statement", "ours")):
                    raise
                broken[subject.label] = f"{type(error).__name__}: {error}"
    return found, broken


def _caller_of(subject: Subject) -> Caller:
    set_urlconf(None)  # the guard before was asked in a URLconf of its own
    account = Account()
    subject.prepare(account)
    handler = handler_with([*settings.BASE_MIDDLEWARE, *subject.middleware])
    route = path("guarded/", subject.view.as_view(), name=subject.key)
    call = caller_with(handler, account.environ("/guarded/"), route)
    response = call()
    if response.status_code != 200 or account.user.username.encode() not in response.content:
        raise NotPassed(f"{subject.key} answers {response.status_code}: {response.content[:200]!r}")
    return call

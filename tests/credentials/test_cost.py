"""A guard costs no more with the tokens of other packages than with those of DRF."""

import gc
import io
import logging
import sys

import pytest

from drf_accessflow_mfa.services.passages import access_log
from tests.credentials.urls import GUARDED, PLAIN
from tests.people import verified

pytestmark = pytest.mark.django_db
BUDGET = 150


def calls_of(client, path):
    """Count the Python functions that a request enters."""
    count = 0

    def enter(frame, event, argument):
        nonlocal count
        count += event == "call"

    before = sys.getprofile()
    # What other tests left behind has finalizers, whose calls are not the guard's.
    gc.collect()
    gc.disable()
    sys.setprofile(enter)
    try:
        assert client.get(path).status_code == 200
    finally:
        sys.setprofile(before)
        gc.enable()
    return count


def into_the_void():
    """A handler as hosts have one, with Python's own way to show a moment."""
    handler = logging.StreamHandler(io.StringIO())
    handler.setFormatter(logging.Formatter("%(asctime)s %(levelname)s %(name)s %(message)s"))
    return handler


@pytest.mark.parametrize("handlers", [[], [into_the_void()]], ids=["no line", "with a line"])
def test_the_guard_stays_within_its_budget_of_calls(kind, rita, monkeypatch, handlers):
    """Without a handler, as by Django's default, there is no line that names the verification."""
    # Here and in no fixture, since pytest listens anew to each phase of a test.
    monkeypatch.setattr(access_log, "propagate", False)
    monkeypatch.setattr(access_log, "handlers", list(handlers))
    client = kind.log_in(rita)
    verified(client, rita)
    for path in (GUARDED, PLAIN):
        client.get(path)

    assert calls_of(client, GUARDED) - calls_of(client, PLAIN) <= BUDGET

"""Fixtures of the tests that run in one process."""

from datetime import timedelta

import pytest
import time_machine
from django.db import connection, connections, transaction

from drf_accessflow_mfa import signals
from tests import people
from tests.guarding import URL, Guarded, GuardedObject, routes
from tests.receivers import receiving

pytest_plugins = ["tests.host_models"]


@pytest.fixture(autouse=True)
def test_transaction_that_outlives_refusals(request, monkeypatch):
    """Keep DRF from rolling back the transaction that pytest-django opens around a test.

    On a raised error DRF marks whatever transaction runs for rollback where
    ``ATOMIC_REQUESTS`` is on. Tests in real transactions keep it on, as the
    example has it.
    """
    marker = request.node.get_closest_marker("django_db")
    is_real = "transactional_db" in request.fixturenames or (marker and marker.kwargs.get("transaction"))
    if not is_real:
        monkeypatch.setitem(connection.settings_dict, "ATOMIC_REQUESTS", False)


@pytest.fixture(scope="session")
def django_db_modify_db_settings():
    """Open transactions in SQLite's own way, without a lock, as most installations do.

    The example takes the lock first. In one process that would leave no room
    for a second connection beside a test's transaction.
    """
    connections.databases["default"].get("OPTIONS", {}).pop("transaction_mode", None)


@pytest.fixture
def clock():
    """A clock that stands at noon until a test moves it: ``clock.shift(30)``."""
    with time_machine.travel(people.NOON, tick=False) as traveller:
        yield traveller


@pytest.fixture
def rita(db, clock):
    """An enrolled user."""
    return people.enrolled("rita")


@pytest.fixture
def omar(db, clock):
    """Another enrolled user."""
    return people.enrolled("omar")


@pytest.fixture
def nina(db, clock):
    """A user who is not enrolled."""
    return people.person("nina")


@pytest.fixture
def ada(db, clock):
    """An enrolled administrator, not verified yet."""
    return people.enrolled("ada", is_staff=True, is_superuser=True)


@pytest.fixture
def refunds(db):
    """A flagged flow."""
    return people.flow("refunds")


@pytest.fixture
def serve(settings):
    """Put a view behind the guard and return its URL: ``serve(access_flow="refunds")``."""

    def put(base=Guarded, **attributes):
        settings.ROOT_URLCONF = routes(type("View", (base,), attributes))
        return URL

    return put


@pytest.fixture
def serve_objects(settings):
    """Put a view of objects behind the guard: ``serve_objects({1: thing("refunds")})``."""

    def put(objects, **attributes):
        view = type("ObjectView", (GuardedObject,), {"objects": objects, **attributes})
        settings.ROOT_URLCONF = routes(Guarded, view)
        return "/objects/"

    return put


@pytest.fixture
def year(settings, clock):
    """Audit events are kept for a year."""
    settings.ACCESSFLOW_MFA_KEEP_AUDIT_EVENTS = timedelta(days=365)


@pytest.fixture
def no_proxy(monkeypatch):
    """Reach receivers on this machine past whatever proxy it uses."""
    monkeypatch.setenv("no_proxy", "127.0.0.1")


@pytest.fixture
def receiver(no_proxy, settings):
    """A receiver of all webhooks."""
    with receiving() as receiver:
        settings.ACCESSFLOW_MFA_WEBHOOKS = [receiver.entry()]
        yield receiver


@pytest.fixture
def heard(clock):
    """Every signal that was sent: its name, whether a transaction was running, and its facts."""
    sent, names = [], [name for name, value in vars(signals).items() if isinstance(value, signals.Signal)]
    for name in names:

        def receive(name=name, **facts):
            sent.append((name, transaction.get_connection().in_atomic_block, facts))

        getattr(signals, name).connect(receive, weak=False, dispatch_uid=f"test {name}")
    yield sent
    for name in names:
        getattr(signals, name).disconnect(dispatch_uid=f"test {name}")

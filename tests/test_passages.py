"""Every request that a verification let through can be found from it, and back."""

import logging
from datetime import timedelta

import pytest
from rest_framework.permissions import BasePermission, IsAuthenticated

from drf_accessflow_mfa.models import AccessFlow, AuditEvent, Verification
from drf_accessflow_mfa.permissions import RequiresMFA
from drf_accessflow_mfa.services.require import require
from drf_accessflow_mfa.services.verify import verify
from tests import people
from tests.guarding import Guarded, thing

ACCESS = "drf_accessflow_mfa.access"


@pytest.fixture
def client(rita, refunds):
    return people.by_token(rita)


@pytest.fixture
def lines(caplog):
    """The lines of the access log so far."""
    caplog.set_level(logging.INFO, ACCESS)
    return lambda: [record.getMessage() for record in caplog.records if record.name == ACCESS]


@pytest.fixture
def recording(settings):
    settings.ACCESSFLOW_MFA_RECORD_ACCESS = True


class Denied(BasePermission):
    def has_permission(self, request, view):
        return False


def test_a_request_that_passed_leaves_a_line_with_its_verification(client, rita, serve, lines):
    url = serve(access_flow="refunds")
    made = people.verified(client, rita)["id"]

    client.post(url + "?token=secret", {"amount": 1}, format="json")

    assert lines() == [
        f"passed verification={made} flow=refunds user={rita.user.pk} method=POST path=/guarded/"
    ]


def test_a_request_that_was_refused_leaves_none(client, serve, lines, recording):
    client.get(serve(access_flow="refunds"))

    assert lines() == []
    assert not AuditEvent.objects.filter(kind="mfa.passed").exists()


def test_a_flow_that_requires_no_mfa_leaves_none(client, serve, lines, recording):
    people.flow("open", require_mfa=False)

    client.get(serve(access_flow="open"))

    assert lines() == []
    assert not AuditEvent.objects.filter(kind="mfa.passed").exists()


def test_without_the_log_level_and_the_setting_nothing_is_noted(client, rita, serve):
    url = serve(access_flow="refunds")
    people.verified(client, rita)

    request = client.get(url).wsgi_request

    assert "_accessflow_mfa_passages" not in request.__dict__
    assert not AuditEvent.objects.filter(kind="mfa.passed").exists()


def test_a_row_is_written_where_the_setting_says_so(client, rita, serve, recording):
    url = serve(access_flow="refunds")
    made = people.verified(client, rita)["id"]

    client.post(url, {"amount": 1}, format="json")

    event = AuditEvent.objects.get(kind="mfa.passed")
    assert str(event.verification) == made
    assert (event.subject_id, event.flow, event.credential) == (rita.user.pk, "refunds", "token")
    assert event.changes == {"method": [None, "POST"], "path": [None, "/guarded/"], "status": [None, 201]}


def test_each_flow_of_a_request_has_its_row(client, rita, serve, recording):
    people.flow("exports")
    url = serve(access_flow=["refunds", "exports"])
    people.verified(client, rita)

    client.get(url)

    passed = AuditEvent.objects.filter(kind="mfa.passed").order_by("id")
    assert list(passed.values_list("flow", flat=True)) == ["refunds", "exports"]


def test_a_guard_that_is_asked_twice_leaves_one_line(client, rita, serve_objects, lines, recording):
    url = serve_objects({1: thing("refunds")}, access_flow="refunds")
    people.verified(client, rita)

    client.get(f"{url}1/")

    assert len(lines()) == 1
    assert AuditEvent.objects.filter(kind="mfa.passed").count() == 1


def test_a_row_is_kept_when_the_view_fails_after_the_guard(client, rita, serve, recording):
    class Failing(Guarded):
        def get(self, request):
            raise RuntimeError("after the guard")

    url = serve(base=Failing, access_flow="refunds")
    people.verified(client, rita)
    client.raise_request_exception = False

    assert client.get(url).status_code == 500
    assert AuditEvent.objects.get(kind="mfa.passed").changes["status"] == [None, 500]


def test_the_row_tells_when_another_permission_refused(client, rita, serve, recording):
    url = serve(access_flow="refunds", permission_classes=[IsAuthenticated, RequiresMFA, Denied])
    people.verified(client, rita)

    assert client.get(url).status_code == 403
    assert AuditEvent.objects.get(kind="mfa.passed").changes["status"] == [None, 403]


def test_a_row_that_cannot_be_written_stops_nothing_and_is_logged(
    client, rita, serve, recording, monkeypatch, caplog
):
    url = serve(access_flow="refunds")
    people.verified(client, rita)

    def fail(event):
        from django.db import DatabaseError

        raise DatabaseError("disk full")

    monkeypatch.setattr(AuditEvent, "sign", fail)

    assert client.get(url).status_code == 200
    assert "not written to the audit log" in caplog.text


def test_control_characters_forge_no_line(rita, refunds, lines):
    from drf_accessflow_mfa.services.passages import Passage, log_passage

    log_passage(
        Passage(
            user=rita.user,
            verification=None,
            flows=("x",),
            credential="",
            method="GET",
            path="/a\r\nb\u2028c",
        )
    )

    assert lines() == [f"passed verification=None flow=x user={rita.user.pk} method=GET path=/a??b?c"]


def test_a_plain_django_view_leaves_a_line_too(rita, lines, settings):
    settings.ROOT_URLCONF = "tests.guards.urls"
    people.flow("production-database")
    browser = people.by_session(rita)
    people.verified(browser, rita)

    assert browser.get("/decorated/").content == b"decorated"
    assert lines()[0].endswith("method=GET path=/decorated/")


@pytest.mark.parametrize("level", [logging.INFO, logging.WARNING], ids=["noted", "not noted"])
def test_who_passes_does_not_hang_on_whether_passages_are_noted(serve, rita, refunds, clock, caplog, level):
    caplog.set_level(level, ACCESS)
    url, client, session = serve(access_flow="refunds"), people.by_token(rita), people.by_session(rita)
    answers = [client.get(url).status_code]
    people.verified(client, rita)
    answers += [client.get(url).status_code, session.get(url).status_code]
    AccessFlow.objects.update(mfa_scope="user")
    answers.append(session.get(url).status_code)
    clock.shift(timedelta(seconds=3601))
    answers.append(client.get(url).status_code)

    assert answers == [401, 200, 401, 200, 401]


def test_which_verification_it_was_is_not_looked_up_where_nobody_notes_it(rita, refunds):
    verify(rita.caller(), rita.code(), origin=people.ORIGIN)

    noted = require(["refunds"], rita.caller())
    unnoted = require(["refunds"], rita.caller(), with_proof=False)

    assert noted.verifications == {"refunds": Verification.objects.get().pk}
    assert unnoted.verifications == {}

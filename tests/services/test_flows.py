"""Flows: who may change them, what loosens them, what the log says."""

from datetime import timedelta

import pytest

from drf_accessflow_mfa.domain.events import Origin
from drf_accessflow_mfa.models import AccessFlow, AuditEvent
from drf_accessflow_mfa.services.flows import Editor, change_flow, create_flow, delete_flow
from tests.people import API, by_session, by_token, enrolled, flow, may, person, verified

pytestmark = pytest.mark.django_db
FLOWS = API + "flows/"
URL = FLOWS + "refunds/"
STRICT = {
    "is_active": True,
    "require_mfa": True,
    "mfa_max_age": timedelta(seconds=60),
    "mfa_scope": "credential",
    "acr": "phr",
}
LOOSENING = {
    "require_mfa": False,
    "mfa_max_age": 61,
    "mfa_scope": "user",
    "acr": "https://refeds.org/profile/mfa",
}


@pytest.fixture
def editor(clock):
    return may(enrolled("editor"), "add_accessflow", "change_accessflow", "delete_accessflow")


def last_event():
    return AuditEvent.objects.order_by("-id").first()


@pytest.mark.parametrize("field", LOOSENING)
def test_loosening_any_field_needs_a_fresh_verification(editor, field):
    flow(**STRICT)
    client = by_token(editor)

    refused = client.patch(URL, {field: LOOSENING[field]}, format="json")

    assert (refused.status_code, refused.json()["code"]) == (401, "mfa_required")
    assert AccessFlow.objects.values(*STRICT).get() == STRICT
    assert not AuditEvent.objects.filter(kind__startswith="flow.").exists()
    verified(client, editor)
    assert client.patch(URL, {field: LOOSENING[field]}, format="json").status_code == 200


def test_dropping_the_age_limit_or_switching_on_is_loosening_too(editor):
    flow(**{**STRICT, "is_active": False})
    client = by_token(editor)

    assert client.patch(URL, {"mfa_max_age": None}, format="json").status_code == 401
    assert client.patch(URL, {"is_active": True}, format="json").status_code == 401


def test_loosening_hidden_behind_tightening_is_still_loosening(editor):
    flow(**{**STRICT, "acr": "https://refeds.org/profile/mfa"})

    answer = by_token(editor).patch(URL, {"acr": "phr", "mfa_scope": "user"}, format="json")

    assert answer.status_code == 401


@pytest.mark.parametrize(
    ("field", "value", "kept"),
    [
        ("require_mfa", True, True),
        ("mfa_max_age", 60, timedelta(seconds=60)),
        ("mfa_scope", "credential", "credential"),
        ("acr", "phr", "phr"),
        ("is_active", False, False),
        ("name", "New", "New"),
    ],
)
def test_tightening_needs_none_and_leaves_the_other_fields_as_they_are(editor, field, value, kept):
    flow(require_mfa=False, mfa_scope="user", description="kept")
    before = AccessFlow.objects.values().get()

    answer = by_token(editor).patch(URL, {field: value}, format="json")

    assert answer.status_code == 200
    after = AccessFlow.objects.values().get()
    assert after.pop(field) == kept
    assert {name for name in after if after[name] != before[name]} <= {"updated_at"}
    assert last_event().kind == "flow.changed"
    assert list(last_event().changes) == [field]


def test_deleting_a_flagged_flow_needs_a_fresh_verification(editor):
    flow()
    client = by_token(editor)
    assert client.delete(URL).status_code == 401

    verified(client, editor)

    assert client.delete(URL).status_code == 204
    assert not AccessFlow.objects.exists()


def test_deleting_an_unflagged_flow_needs_none(editor):
    flow(require_mfa=False)

    assert by_token(editor).delete(URL).status_code == 204


def test_an_editor_without_a_second_factor_is_told_to_enroll(clock):
    flow()
    somebody = may(person("somebody"), "change_accessflow")

    answer = by_token(somebody).patch(URL, {"require_mfa": False}, format="json")

    assert (answer.status_code, answer.json()["code"]) == (401, "mfa_enrollment_required")


def test_another_sessions_verification_loosens_nothing(editor):
    flow()
    verified(by_session(editor), editor)

    assert by_token(editor).patch(URL, {"require_mfa": False}, format="json").status_code == 401


@pytest.mark.parametrize(
    ("permission", "allowed"),
    [
        (None, set()),
        ("view_accessflow", set()),
        ("add_accessflow", {"post"}),
        ("change_accessflow", {"patch"}),
        ("delete_accessflow", {"delete"}),
    ],
)
def test_writing_needs_the_models_permission(clock, permission, allowed):
    flow()
    somebody = may(enrolled("somebody"), *([permission] if permission else []))
    client = by_token(somebody)
    verified(client, somebody)
    calls = {
        "post": lambda: client.post(FLOWS, {"slug": "new", "name": "New"}, format="json"),
        "patch": lambda: client.patch(URL, {"require_mfa": False}, format="json"),
        "delete": lambda: client.delete(URL),
    }

    done = {name for name, call in calls.items() if call().status_code < 300}

    assert done == allowed


def test_whoever_may_not_write_sees_no_challenge(clock):
    flow()

    answer = by_token(enrolled("somebody")).patch(URL, {"require_mfa": False}, format="json")

    assert (answer.status_code, answer.json()["code"]) == (403, "permission_denied")


def test_inactive_flows_are_shown_to_those_who_edit_them_only(clock, editor):
    flow(is_active=False)
    reader = by_token(enrolled("reader"))

    assert reader.get(URL).status_code == 404
    assert reader.get(URL + "requirement/").status_code == 404
    assert reader.get(FLOWS).json()["results"] == []
    assert by_token(editor).get(URL).status_code == 200
    assert by_token(editor).get(URL + "requirement/").json()["code"] == "access_flow_inactive"


def test_events_hold_old_and_new(editor):
    client = by_token(editor)
    verified(client, editor)
    client.post(FLOWS, {"slug": "refunds", "name": "Refunds", "require_mfa": True}, format="json")
    created = last_event()
    client.patch(URL, {"mfa_max_age": 300, "require_mfa": False}, format="json")
    changed = last_event()
    client.delete(URL)
    deleted = last_event()

    assert (created.kind, created.changes["require_mfa"]) == ("flow.created", [None, True])
    assert (changed.kind, changed.changes) == (
        "flow.changed",
        {"require_mfa": [True, False], "mfa_max_age": [None, 300]},
    )
    assert (deleted.kind, deleted.changes["mfa_max_age"]) == ("flow.deleted", [300, None])
    assert {event.actor_name for event in (created, changed, deleted)} == {"editor"}
    assert {event.flow for event in (created, changed, deleted)} == {"refunds"}
    assert {event.source for event in (created, changed, deleted)} == {"api"}


def test_no_change_leaves_no_event(editor):
    flow()

    assert (
        by_token(editor).patch(URL, {"require_mfa": True, "name": "refunds"}, format="json").status_code
        == 200
    )
    assert by_token(editor).patch(URL, {}, format="json").status_code == 200
    assert not AuditEvent.objects.exists()


def test_the_slug_is_kept_and_unique(editor):
    flow()
    client = by_token(editor)

    assert client.patch(URL, {"slug": "other"}, format="json").json()["slug"] == "refunds"
    answer = client.post(FLOWS, {"slug": "refunds", "name": "Again"}, format="json")
    assert answer.status_code in (400, 409)
    assert AccessFlow.objects.count() == 1


def test_read_only_fields_in_a_body_are_ignored(editor):
    answer = by_token(editor).post(
        FLOWS,
        {"slug": "new", "name": "New", "id": 7, "created_at": "2020-01-01T00:00:00Z", "updated_at": None},
        format="json",
    )

    assert answer.status_code == 201
    assert answer.json()["created_at"].startswith("2026-06-01")


def test_new_flows_start_with_the_installations_scope(editor, settings):
    settings.ACCESSFLOW_MFA_SCOPE = "user"

    answer = by_token(editor).post(FLOWS, {"slug": "new", "name": "New"}, format="json")

    assert answer.json()["mfa_scope"] == "user"


def test_a_command_of_the_installation_needs_no_verification_and_is_logged():
    command = Editor(caller=None, origin=Origin())
    create_flow({"slug": "refunds", "name": "Refunds", "require_mfa": True}, editor=command)
    change_flow("refunds", {"require_mfa": False}, editor=command)
    delete_flow("refunds", editor=command)

    kinds = AuditEvent.objects.order_by("id").values_list("kind", flat=True)
    assert list(kinds) == ["flow.created", "flow.changed", "flow.deleted"]

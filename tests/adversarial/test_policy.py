"""Policy: what a flow requires holds for the next request, in every process, by every way in (1 and 6)."""

from datetime import timedelta
from itertools import count

import pytest

from tests.adversarial.attack import VAULT, administrator, opens, verify
from tests.support.crowds import Crowd, verified

pytest_plugins = ["tests.support.crowd_server"]

FLOWS = "/api/mfa/flows/"
_numbers = count(1)
MANY_ENOUGH = 16
"""Requests that reach every one of four workers."""


def create(admin, **fields):
    """Create a flow and return its slug and the vault that it guards."""
    slug = f"policy-{next(_numbers)}"
    body = {"slug": slug, "name": slug, "require_mfa": True, **fields}
    admin.post(FLOWS, json=body).raise_for_status()
    return f"{FLOWS}{slug}/", f"/api/vault/{slug}/"


def test_flagging_holds_for_the_next_request_in_every_process(crowd: Crowd) -> None:
    admin, client = administrator(crowd), crowd.token(crowd.pick("app"))
    flow, vault = create(admin, require_mfa=False)
    before = {opens(client, vault) for _ in range(MANY_ENOUGH)}

    admin.patch(flow, json={"require_mfa": True}).raise_for_status()

    assert before == {True}
    assert {opens(client, vault) for _ in range(MANY_ENOUGH)} == {False}


def test_tightening_again_remembers_nothing_that_was_looser(crowd: Crowd) -> None:
    admin = administrator(crowd)
    flow, vault = create(admin, mfa_max_age=60)
    client, _ = verified(crowd, "app")
    admin.patch(flow, json={"mfa_max_age": 3600}).raise_for_status()
    crowd.server.pass_time(timedelta(seconds=90))
    assert opens(client, vault)

    admin.patch(flow, json={"mfa_max_age": 60}).raise_for_status()

    assert client.get(vault).json() | {"detail": ""} == {
        "detail": "",
        "code": "mfa_required",
        "flow": flow.split("/")[-2],
        "max_age": 60,
        "acr_values": ["https://refeds.org/profile/mfa"],
        "methods": ["otp"],
        "enrolled": True,
        "verify_url": "/api/mfa/verifications/",
        "enroll_url": "/api/mfa/devices/",
    }


def test_deleting_a_flow_that_a_view_names_shuts_the_view(crowd: Crowd) -> None:
    admin = administrator(crowd)
    flow, vault = create(admin)
    client, _ = verified(crowd, "app")
    assert opens(client, vault)

    admin.delete(flow).raise_for_status()

    assert client.get(vault).json()["code"] == "access_flow_unknown"
    assert admin.get(vault).json()["code"] == "access_flow_unknown"


def test_a_flow_cannot_be_renamed_away_from_its_view(crowd: Crowd) -> None:
    admin = administrator(crowd)
    flow, vault = create(admin)

    answer = admin.patch(flow, json={"slug": "elsewhere"})

    assert answer.status_code in {200, 400}
    assert admin.get(flow).json()["slug"] == flow.split("/")[-2]
    assert not opens(crowd.token(crowd.pick("app")), vault)


def test_switching_a_flow_off_shuts_its_view(crowd: Crowd) -> None:
    admin = administrator(crowd)
    flow, vault = create(admin, require_mfa=False)

    admin.patch(flow, json={"is_active": False}).raise_for_status()

    assert admin.get(vault).json()["code"] == "access_flow_inactive"


def test_a_view_that_names_no_flow_refuses_everybody(crowd: Crowd) -> None:
    answer = administrator(crowd).get("/host/nameless/")

    assert (answer.status_code, answer.json()["code"]) == (403, "access_flow_unknown")


def test_of_two_flows_on_one_view_the_strictest_wins(crowd: Crowd) -> None:
    client, _ = verified(crowd, "app")
    assert opens(client, "/host/two/")

    crowd.server.pass_time(timedelta(minutes=5, seconds=1))

    assert opens(client)
    assert (client.get("/host/two/").json()["flow"], opens(client, "/host/two/")) == (
        "customer-export",
        False,
    )


@pytest.mark.parametrize("verb", ["GET", "HEAD", "OPTIONS", "POST", "PUT", "PATCH", "DELETE"])
def test_every_verb_is_refused_alike(crowd: Crowd, verb: str) -> None:
    client = crowd.token(crowd.pick("app"))
    override = {"X-HTTP-Method-Override": "OPTIONS", "X-Method-Override": "HEAD"}

    answers = [client.request(verb, VAULT), client.request(verb, VAULT, headers=override)]

    assert {answer.status_code for answer in answers} <= {401, 405}
    assert not any("swordfish" in answer.text for answer in answers)
    if verb in {"GET", "HEAD", "POST", "OPTIONS"}:
        assert {answer.status_code for answer in answers} == {401}


def test_the_browsable_api_shows_nothing_that_the_json_does_not(crowd: Crowd) -> None:
    client = crowd.token(crowd.pick("app"))

    page = client.get("/host/browsable/", headers={"Accept": "text/html"})

    assert page.status_code == 401
    assert "swordfish" not in page.text
    assert "insufficient_user_authentication" in page.headers["WWW-Authenticate"]


@pytest.mark.parametrize("order", [1, -1])
def test_a_batch_that_mixes_flagged_and_unflagged_objects_writes_nothing(crowd: Crowd, order: int) -> None:
    client, note = crowd.token(crowd.pick("app")), f"batch-{next(_numbers)}"
    flows = ["staging-logs", "staging-logs", "production-database"][::order]

    answer = client.post("/host/batch/", json={"flows": flows, "note": note})

    assert answer.status_code == 401
    assert client.get(f"/host/notes/{note}/").json() == {"count": 0}
    unflagged = client.post("/host/batch/", json={"flows": ["staging-logs"] * 2, "note": note})
    assert (unflagged.status_code, client.get(f"/host/notes/{note}/").json()) == (201, {"count": 2})


def test_a_list_of_objects_that_name_their_own_flows_is_refused_as_a_whole(crowd: Crowd) -> None:
    client, _ = verified(crowd, "app")

    assert client.get("/host/objects/").status_code == 403


LOOSENINGS = {
    "unflagged": ({}, {"require_mfa": False}),
    "longer": ({"mfa_max_age": 60}, {"mfa_max_age": 61}),
    "default age": ({"mfa_max_age": 60}, {"mfa_max_age": None}),
    "any credential": ({"mfa_scope": "credential"}, {"mfa_scope": "user"}),
    "weaker": ({"acr": "phr"}, {"acr": "https://refeds.org/profile/mfa"}),
    "approvers": ({"require_mfa_to_approve": True}, {"require_mfa_to_approve": False}),
    "switched on": ({"is_active": False}, {"is_active": True}),
    "fewer approvals": ({"approvals_required": 2}, {"approvals_required": 1}),
    "longer access": ({"max_duration": 60}, {"max_duration": 61}),
    "more requesters": ({"requesters": []}, {"requesters": ["requesters"]}),
}


@pytest.mark.parametrize("how", [*LOOSENINGS, "deleted"])
def test_loosening_a_flow_with_a_stale_verification_is_refused(crowd: Crowd, how: str) -> None:
    person = crowd.pick("administrator")
    admin = crowd.token(person)
    verify(crowd, admin, person)
    strict, loose = LOOSENINGS.get(how, ({}, {}))
    flow, _ = create(admin, **strict)
    before = admin.get(flow).json()
    crowd.server.pass_time(timedelta(seconds=3601))

    answer = admin.delete(flow) if how == "deleted" else admin.patch(flow, json=loose)

    assert (answer.status_code, answer.json()["code"]) == (401, "mfa_required")
    assert admin.get(flow).json() == before


def test_tightening_needs_no_code_but_the_way_back_does(crowd: Crowd) -> None:
    """Else a stolen session could first tighten, then undo its own change."""
    admin = crowd.token(crowd.pick("administrator"))
    flow, _ = create(admin, require_mfa=False)

    assert admin.patch(flow, json={"require_mfa": True}).status_code == 200
    assert admin.patch(flow, json={"require_mfa": False}).status_code == 401


def test_nobody_is_exempt(crowd: Crowd) -> None:
    assert not opens(crowd.token(crowd.pick("administrator")))

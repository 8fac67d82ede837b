"""Audit: nobody edits it, nothing is missing, nothing is there that did not happen (rule 9)."""

import pytest

from tests.adversarial.acts import insides
from tests.adversarial.attack import DEVICES, LOCKED, VAULT, guess, opens, post, verify
from tests.adversarial.test_concurrency_doors import CSRF
from tests.support.crowds import Crowd, verified
from tests.support.insiders import Insider

pytest_plugins = ["tests.support.crowd_server"]

EVENTS = "/api/mfa/audit-events/"


@pytest.mark.parametrize("verb", ["POST", "PUT", "PATCH", "DELETE"])
def test_the_api_edits_and_deletes_nothing(crowd: Crowd, verb: str) -> None:
    admin, _ = verified(crowd, "administrator")
    [event, *_] = admin.get(EVENTS).json()["results"]

    answers = [admin.request(verb, url, json={"reason": "x"}) for url in (EVENTS, f"{EVENTS}{event['id']}/")]

    assert {answer.status_code for answer in answers} <= {404, 405}


def test_the_admin_edits_and_deletes_nothing(crowd: Crowd) -> None:
    person = crowd.pick("administrator")
    browser = crowd.session(person)
    verify(crowd, browser, person)
    own = {"subject": person.username}
    before = browser.get(EVENTS, params=own).json()
    key = before["results"][0]["id"]
    form = {"reason": "x", "csrfmiddlewaretoken": browser.cookies["csrftoken"]}
    marked = {"action": "delete_selected", "_selected_action": key, "post": "yes", **form}
    site = "/admin/drf_accessflow_mfa/auditevent/"

    answers = [
        browser.post(f"{site}{key}/change/", data=form),
        browser.post(f"{site}{key}/delete/", data={"post": "yes", **form}),
        browser.post(f"{site}add/", data=form),
    ]
    browser.post(site, data=marked)

    assert {answer.status_code for answer in answers} <= {403, 404, 405}
    assert browser.get(EVENTS, params=own).json() == before


def test_no_bulk_call_and_no_sql_edits_or_deletes_an_event(crowd: Crowd, insider: Insider) -> None:
    guess(crowd, crowd.token(crowd.pick("app")), crowd.pick("app"), times=1)

    worked, is_unchanged = insider.call(f"{insides.__name__}.tamper_with_events")

    assert (worked, is_unchanged) == ([], True)


def test_every_failure_leaves_one_event(crowd: Crowd) -> None:
    person = crowd.pick("app")
    client, code = crowd.token(person), crowd.code(person)
    client.get(VAULT)
    post(client, None)
    assert post(client, code)[0] == 201
    post(client, code)
    guess(crowd, client, person, times=5)
    assert post(client, code) == LOCKED
    client.post(DEVICES, json={"name": ""})
    client.delete("/api/mfa/verifications/")
    client.post(DEVICES, json={"name": "second"})

    assert crowd.events(person) == {
        ("mfa.challenged", "mfa_required"): 2,
        ("mfa.failed", "no_device"): 1,
        ("mfa.verified", ""): 1,
        ("mfa.failed", "replayed"): 1,
        ("mfa.failed", "wrong_code"): 5,
        ("mfa.locked", "wait"): 1,
        ("verification.revoked", "forgotten"): 1,
    }


def test_what_was_rolled_back_has_no_event_and_what_was_refused_keeps_its_own(crowd: Crowd) -> None:
    """The guard refuses inside of a request transaction, which DRF then rolls back."""
    person = crowd.pick("app")
    client = crowd.token(person)

    answer = client.post("/host/batch/", json={"flows": ["production-database"], "note": "never-written"})

    assert answer.status_code == 401
    assert crowd.events(person) == {("mfa.challenged", "mfa_required"): 1}


def test_a_change_that_was_refused_has_no_event(crowd: Crowd) -> None:
    admin = crowd.token(crowd.pick("administrator"))
    before = admin.get(EVENTS, params={"kind": "flow.changed"}).json()["results"]

    assert admin.patch("/api/mfa/flows/production-database/", json={"require_mfa": False}).status_code == 401

    assert admin.get(EVENTS, params={"kind": "flow.changed"}).json()["results"] == before
    assert not opens(crowd.token(crowd.pick("app")))


def test_a_reader_sees_their_own_events_alone(crowd: Crowd) -> None:
    client, person = verified(crowd, "app")
    _, other = verified(crowd, "app")

    own = client.get(EVENTS, params={"page_size": 200}).json()["results"]
    asked = [client.get(EVENTS, params={name: other.username}).json() for name in ("subject", "actor")]

    assert {event["subject"] for event in own} == {person.username}
    assert [page["results"] for page in asked] == [[], []]
    assert CSRF not in str(own)


@pytest.mark.parametrize("parameter", ["ordering", "subject__password__startswith", "user", "subject__regex"])
def test_no_parameter_reaches_another_column(crowd: Crowd, parameter: str) -> None:
    client, person = verified(crowd, "app")

    answer = client.get(EVENTS, params={parameter: "pbkdf2"})

    assert answer.status_code in {200, 400}
    if answer.status_code == 200:
        assert {event["subject"] for event in answer.json()["results"]} == {person.username}

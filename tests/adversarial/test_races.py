"""Two acts at one moment, each lawful by itself: the outcome is that of one after the other."""

from functools import partial
from itertools import count

import pytest

from tests.adversarial.acts import insides
from tests.adversarial.attack import DEVICES, REFUSED, STEP, administrator, opens, post
from tests.support.crowds import RECOVERY_CODES, ROUNDS, VERIFICATIONS, Crowd, begin_enrollment, verified
from tests.support.crowds import verifying as verify_with
from tests.support.insiders import Insider
from tests.support.storms import at_once, tally

pytest_plugins = ["tests.support.crowd_server"]

INSIDES = insides.__name__
REQUESTS = "/api/mfa/requests/"
_numbers = count(1)


def verified_a_step_ago(crowd: Crowd):
    """Somebody verified whose next code is unspent, and that code."""
    client, person = verified(crowd, "app")
    crowd.server.pass_time(STEP)
    return client, person, crowd.code(person)


def test_a_device_removed_while_it_verifies_has_verified_nothing_that_lasts(crowd: Crowd) -> None:
    for _ in range(ROUNDS):
        client, person, code = verified_a_step_ago(crowd)
        remove = partial(client.delete, f"{DEVICES}{person.device}/")

        answers = at_once([verify_with(client, code), remove, verify_with(client, code), remove])

        assert tally([answers[1], answers[3]]) == {204: 1, 404: 1}
        assert client.get(VERIFICATIONS).json() == []
        assert not opens(client)
        assert post(client, code) == REFUSED


def test_a_reset_while_the_user_verifies_leaves_nothing_open(crowd: Crowd, insider: Insider) -> None:
    admin = administrator(crowd)
    for _ in range(ROUNDS):
        client, person, code = verified_a_step_ago(crowd)
        url = f"/api/mfa/users/{insider.call(f'{INSIDES}.user_id', person.username)}/reset/"
        reset = partial(admin.post, url, json={"reason": "lost"})

        answers = at_once([verify_with(client, code), reset, verify_with(client, code)])

        assert answers[1].status_code == 200
        assert not opens(client)
        assert client.get(VERIFICATIONS).json() == []


def test_a_password_changed_while_its_owner_verifies_opens_nothing_for_the_old_one(
    crowd: Crowd, insider: Insider
) -> None:
    person = crowd.pick("app")
    client = crowd.server.clients.knox(person.username)
    code = crowd.code(person)

    insider.begin(f"{INSIDES}.set_password", person.username, "another long password")
    answers = at_once([verify_with(client, code)] * 4)
    insider.answer()

    assert tally(answers)[201] <= 1
    assert client.get("/api/mfa/status/").json()["verified"] is opens(client)
    assert post(client, code) == REFUSED or not opens(client)


def test_an_old_recovery_code_used_while_the_set_is_replaced_counts_once_or_not(crowd: Crowd) -> None:
    for _ in range(ROUNDS):
        client = crowd.token(crowd.pick("newcomer"))
        enrolling = begin_enrollment(client)
        old = enrolling.confirm(crowd.code(enrolling.app)).json()["recovery_codes"][0]
        replace = partial(client.post, RECOVERY_CODES)

        answers = at_once([verify_with(client, old), replace, verify_with(client, old), replace])

        assert tally([answers[0], answers[2]])[201] <= 1
        assert tally([answers[1], answers[3]]) == {201: 2}
        assert client.get(RECOVERY_CODES).json()["left"] == 10
        assert post(client, old) == REFUSED


@pytest.fixture
def open_request(crowd: Crowd, insider: Insider):
    """Ask for access that takes so many approvals; return the requester, the approvers, and the URL."""

    def open_one(approvals: int):
        admin, slug = administrator(crowd), f"asked-at-once-{next(_numbers)}"
        body = {
            "slug": slug,
            "name": slug,
            "approvals_required": approvals,
            "requesters": ["requesters"],
            "approvers": ["approvers"],
            "max_duration": 3600,
        }
        admin.post("/api/mfa/flows/", json=body).raise_for_status()
        requester, *approvers = [crowd.pick("app") for _ in range(3)]
        insider.call(f"{INSIDES}.join", requester.username, "requesters")
        for approver in approvers:
            insider.call(f"{INSIDES}.join", approver.username, "approvers")
        client = crowd.token(requester)
        opened = client.post(REQUESTS, json={"flow": slug, "duration": 600}).raise_for_status().json()
        return client, [crowd.token(approver) for approver in approvers], f"{REQUESTS}{opened['id']}/"

    return open_one


def test_one_approver_who_approves_16_times_at_once_has_approved_once(open_request) -> None:
    requester, [omar, _], url = open_request(2)

    answers = at_once([partial(omar.post, f"{url}decision/", json={"decision": "approve"})] * 16)

    assert tally(answers) == {200: 1, 409: 15}
    row = requester.get(url).json()
    assert (row["status"], len(row["decisions"])) == ("pending_approval", 1)


def test_of_approval_rejection_and_cancellation_at_once_one_counts(crowd: Crowd, open_request) -> None:
    requester, [omar, olga], url = open_request(1)

    answers = at_once(
        [
            partial(omar.post, f"{url}decision/", json={"decision": "approve"}),
            partial(olga.post, f"{url}decision/", json={"decision": "reject"}),
            partial(requester.post, f"{url}cancellation/", json={}),
        ]
        * 4
    )

    status = requester.get(url).json()["status"]
    assert tally(answers)[200] in {1, 2}
    assert status in {"active", "rejected", "canceled"}
    # Twice only where it was approved and then given back by its requester.
    assert tally(answers)[200] == 1 or status == "canceled"


def test_one_person_asks_for_the_same_access_once_however_often_at_once(open_request) -> None:
    requester, _, url = open_request(1)
    flow = requester.get(url).json()["flow"]
    requester.post(f"{url}cancellation/", json={}).raise_for_status()
    ask = partial(requester.post, REQUESTS, json={"flow": flow, "duration": 600})

    answers = at_once([ask] * 16)

    assert tally(answers) == {201: 1, 409: 15}

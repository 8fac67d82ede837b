"""``requests/``: what goes in, what comes out, who sees what."""

import pytest

from drf_accessflow_mfa.models import AccessRequest, Verification
from tests.asking import HOUR, approver, ask, decide, export, join, leave, requester, revoke
from tests.people import API, by_token, enrolled, may, verified

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("clock")]
REQUESTS = API + "requests/"


@pytest.fixture
def rita(db, clock):
    return requester("rita")


@pytest.fixture
def omar(db, clock):
    return approver("omar")


def post(someone, path, **body):
    return by_token(someone).post(REQUESTS + path, body, format="json")


def get(someone, path="", **query):
    return by_token(someone).get(REQUESTS + path, query)


def test_a_request_shows_every_field_of_the_contract(rita, omar):
    export(max_extensions=1, require_mfa=True)
    verification = verified(by_token(rita), rita)

    opened = post(rita, "", flow="export", justification="Ticket 7.", duration=1800)
    post(omar, f"{opened.json()['id']}/decision/", decision="approve", reason="Fine.")
    extended = post(rita, f"{opened.json()['id']}/extension/", duration=600)

    assert (opened.status_code, extended.status_code) == (201, 200)
    request = extended.json()
    assert request == {
        "id": str(AccessRequest.objects.get().pk),
        "flow": "export",
        "requester": "rita",
        "justification": "Ticket 7.",
        "duration": 1800,
        "status": "active",
        "created_at": "2026-06-01T12:00:05Z",
        "expires_at": "2026-06-02T12:00:05Z",
        "starts_at": "2026-06-01T12:00:05Z",
        "ends_at": "2026-06-01T12:40:05Z",
        "closed_at": None,
        "closing_reason": "",
        "decisions": [
            {
                "decider": "omar",
                "decision": "approve",
                "reason": "Fine.",
                "decided_at": "2026-06-01T12:00:05Z",
            }
        ],
        "extensions": [
            {"duration": 600, "ends_at": "2026-06-01T12:40:05Z", "extended_at": "2026-06-01T12:00:05Z"}
        ],
        "verification": verification["id"],
        "grant": "",
    }
    assert get(rita, f"{request['id']}/").json() == request


def test_a_challenged_call_stores_nothing_and_is_simply_tried_again(rita):
    export(require_mfa=True)
    client = by_token(rita)

    challenged = client.post(REQUESTS, {"flow": "export"}, format="json")
    assert (challenged.status_code, challenged.json()["code"]) == (401, "mfa_required")
    assert challenged.json()["flow"] == "export"
    assert not AccessRequest.objects.exists()
    verified(client, rita)

    assert client.post(REQUESTS, {"flow": "export"}, format="json").status_code == 201


def test_a_code_may_come_along(rita):
    export(require_mfa=True)

    wrong = post(rita, "", flow="export", mfa={"code": rita.wrong_code()})
    other = post(rita, "", flow="export", mfa={"code": rita.code(), "device": "otp_totp.totpdevice-1"})
    right = post(rita, "", flow="export", mfa={"code": rita.code(), "device": rita.device})

    assert [answer.status_code for answer in (wrong, other, right)] == [400, 400, 201]
    assert wrong.json()["code"] == "mfa_failed"
    assert right.json()["verification"] == str(Verification.objects.get().pk)


def test_too_many_wrong_codes_along_with_a_request_are_a_lock(rita):
    export(require_mfa=True)

    answers = [post(rita, "", flow="export", mfa={"code": rita.wrong_code()}) for _ in range(6)]

    assert answers[-1].status_code == 429
    assert answers[-1]["Retry-After"] == str(answers[-1].json()["retry_after"])


def test_refusals_say_by_a_code_what_is_in_the_way(rita, omar):
    flow = export(justification_required=True)
    assert post(omar, "", flow="export").json()["code"] == "not_a_requester"
    assert post(rita, "", flow="nothing").json()["code"] == "access_flow_unknown"
    missing = post(rita, "", flow="export")
    assert (missing.status_code, missing.json()["code"]) == (400, "invalid")
    assert list(missing.json()["errors"]) == ["justification"]
    long = post(rita, "", flow="export", justification="Please.", duration=3601)
    assert list(long.json()["errors"]) == ["duration"]
    opened = post(rita, "", flow="export", justification="Please.").json()
    again = post(rita, "", flow="export", justification="Please.")
    assert (again.status_code, again.json()["code"]) == (409, "request_exists")
    assert again.json()["request"] == opened["id"]
    assert post(rita, f"{opened['id']}/decision/", decision="approve").json()["code"] == "not_an_approver"
    join(rita, "approvers")
    assert post(rita, f"{opened['id']}/decision/", decision="approve").json()["code"] == "own_request"
    assert post(omar, f"{opened['id']}/cancellation/").json()["code"] == "not_the_requester"
    assert post(rita, f"{opened['id']}/cancellation/").json()["status"] == "canceled"
    late = post(omar, f"{opened['id']}/decision/", decision="approve")
    assert (late.status_code, late.json()["code"], late.json()["status"]) == (
        409,
        "transition_refused",
        "canceled",
    )
    flow.is_active = False
    flow.save()
    assert post(rita, "", flow="export").json()["code"] == "access_flow_inactive"


def test_revoking_ends_access_and_says_why(rita, omar):
    export(approvals_required=0)
    opened = post(rita, "", flow="export").json()

    revoked = post(omar, f"{opened['id']}/revocation/", reason="Enough.")

    assert revoked.status_code == 200
    assert (revoked.json()["status"], revoked.json()["closing_reason"]) == ("revoked", "Enough.")


def test_requesters_see_their_own_approvers_what_is_theirs_and_nobody_else_anything(rita, omar):
    export()
    mine = ask(rita)
    theirs = ask(requester("rudi"))
    decide(omar, theirs)

    def seen_by(someone, **query):
        return {row["id"] for row in get(someone, **query).json()["results"]}

    assert seen_by(rita, scope="all") == {str(mine.pk)}
    assert seen_by(omar) == set()
    assert seen_by(omar, scope="to_decide") == {str(mine.pk)}
    assert seen_by(omar, scope="all") == {str(mine.pk), str(theirs.pk)}
    leave(omar, "approvers")
    assert seen_by(omar, scope="all") == {str(theirs.pk)}
    assert seen_by(enrolled("nina"), scope="all") == set()
    assert seen_by(may(enrolled("aude"), "view_accessrequest"), scope="all") == {str(mine.pk), str(theirs.pk)}


@pytest.mark.parametrize("path", ["", "decision/", "cancellation/", "revocation/", "extension/"])
def test_somebody_elses_request_is_not_there_at_all(rita, path):
    export()
    request = ask(rita)
    nina = requester("nina")
    body = {"decision": "approve"} if path == "decision/" else {}

    answer = get(nina, f"{request.pk}/") if not path else post(nina, f"{request.pk}/{path}", **body)
    nothing = (
        get(nina, f"{Verification().pk}/") if not path else post(nina, f"{Verification().pk}/{path}", **body)
    )

    assert (answer.status_code, answer.content) == (404, nothing.content)


def test_one_does_not_decide_twice_nor_see_it_among_what_is_to_decide(rita, omar):
    export(approvals_required=2, requester_cannot_approve_self=True)
    join(rita, "approvers")
    ask(rita)
    request = ask(requester("rudi"))
    decide(omar, request)

    assert len(get(omar, scope="to_decide").json()["results"]) == 1
    assert [row["requester"] for row in get(rita, scope="to_decide").json()["results"]] == ["rudi"]


def test_lists_are_filtered_by_what_stands_where_now(rita, omar, clock):
    export(approval_timeout=HOUR, approvals_required=1)
    export("logs", approvals_required=0, max_duration=HOUR)
    ask(rita)
    ask(rita, "logs")
    rudi = requester("rudi")
    revoke(omar, ask(rudi, "logs"))

    def flows_of(status):
        rows = get(may(omar, "view_accessrequest"), scope="all", status=status).json()["results"]
        assert {row["status"] for row in rows} <= {status}
        return [row["flow"] for row in rows]

    assert flows_of("pending_approval") == ["export"]
    assert flows_of("active") == ["logs"]
    assert flows_of("revoked") == ["logs"]
    clock.shift(HOUR)
    assert flows_of("expired") == ["export"]
    assert flows_of("ended") == ["logs"]
    assert flows_of("pending_approval") == flows_of("active") == []
    assert [row["flow"] for row in get(rita, flow="logs").json()["results"]] == ["logs"]


def test_pages_lead_from_the_newest_to_the_oldest(rita, clock):
    for number in range(5):
        export(f"flow-{number}")
        ask(rita, f"flow-{number}")
        clock.shift(number % 2)
    client, url, seen = by_token(rita), REQUESTS + "?page_size=2", []
    while url:
        page = client.get(url).json()
        seen += [row["flow"] for row in page["results"]]
        url = page["next"]

    assert sorted(seen) == [f"flow-{number}" for number in range(5)]
    assert seen[0] == "flow-4"


def test_a_verification_shows_what_it_covered(rita, omar, clock):
    export(require_mfa=True, require_mfa_to_approve=True, max_extensions=1)
    verification = verified(by_token(rita), rita)
    verified(by_token(omar), omar)
    opened = post(rita, "", flow="export").json()
    clock.shift(1)
    decided = post(omar, f"{opened['id']}/decision/", decision="approve")
    clock.shift(1)
    post(rita, f"{opened['id']}/extension/")

    detail = by_token(rita).get(f"{API}verifications/{verification['id']}/")

    assert decided.status_code == detail.status_code == 200
    assert [(act["act"], act["request"], act["flow"]) for act in detail.json()["covered"]] == [
        ("opened", opened["id"], "export"),
        ("extended", opened["id"], "export"),
    ]
    assert detail.json()["current"] is True
    assert by_token(omar).get(f"{API}verifications/{verification['id']}/").status_code == 404


def test_the_events_of_a_request_name_it(rita):
    export(approvals_required=0)
    opened = post(rita, "", flow="export").json()

    events = by_token(rita).get(API + "audit-events/", {"flow": "export"}).json()["results"]

    assert [(event["kind"], event["request"]) for event in events] == [
        ("request.approved", opened["id"]),
        ("request.created", opened["id"]),
    ]


def test_extending_needs_a_second_factor_again_once_the_first_is_stale(rita, clock):
    export(approvals_required=0, require_mfa=True, max_extensions=2, mfa_max_age=HOUR / 4)
    opened = post(rita, "", flow="export", mfa={"code": rita.code()}).json()
    clock.shift(16 * 60)

    stale = post(rita, f"{opened['id']}/extension/")
    fresh = post(rita, f"{opened['id']}/extension/", mfa={"code": rita.code()})

    assert (stale.status_code, fresh.status_code) == (401, 200)

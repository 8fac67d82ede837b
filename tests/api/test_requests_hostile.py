"""Whatever is sent to the endpoints of access requests: one shape of refusal, and no error 500."""

import base64
import json
from collections import Counter
from urllib.parse import quote, urlencode

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from drf_accessflow_mfa.models import AccessDecision, AccessExtension, AccessRequest, Verification
from tests.asking import HOUR, approver, ask, decide, export, join, requester
from tests.people import API, by_token, flow, may, verified

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("clock")]
REQUESTS = API + "requests/"
NASTY = [
    "\x00",
    "\ud800",
    "a" * 20_000,
    "٣",
    "' OR 1=1 --",
    "<script>",
    "",
    None,
    True,
    -1,
    0,
    1.5,
    10**400,
    float("inf"),
    float("nan"),
    [],
    [[]],
    {},
    {"code": "1"},
]
BAD_POSITIONS = (
    "9999-12-31 23:59:59-23:59",
    "0001-01-01T00:00:00+23:59",
    "2026-01-01",
    "2026-01-01 00:00:00",
    "\x00",
)
SHAPES = {"detail", "code", "errors", "retry_after", "flow", "status", "request"}


def cursor_of(position):
    """A cursor as the pages make them, from any position."""
    return quote(base64.b64encode(urlencode({"p": position}).encode()).decode())


@pytest.fixture
def rita(db, clock):
    return join(requester("rita"), "approvers")


def send(client, url, body):
    return client.generic("POST", url, json.dumps(body), content_type="application/json")


def assert_refused(answer):
    assert 400 <= answer.status_code < 500, (answer.status_code, answer.content[:300])
    assert set(answer.json()) <= SHAPES
    assert answer["Cache-Control"] == "no-store"


@pytest.mark.parametrize("value", NASTY, ids=lambda value: repr(value)[:20])
@pytest.mark.parametrize("name", ["flow", "justification", "duration", "mfa"])
def test_nothing_in_a_field_of_a_new_request_breaks_the_server(rita, name, value):
    export(approvals_required=0)

    answer = send(by_token(rita), REQUESTS, {"flow": "export", name: value})

    if answer.status_code != 201:
        assert_refused(answer)


@pytest.mark.parametrize("value", NASTY, ids=lambda value: repr(value)[:20])
@pytest.mark.parametrize(
    ("path", "name"),
    [
        ("decision/", "decision"),
        ("decision/", "reason"),
        ("decision/", "mfa"),
        ("cancellation/", "anything"),
        ("revocation/", "reason"),
        ("extension/", "duration"),
        ("extension/", "mfa"),
    ],
)
def test_nothing_in_a_field_of_an_act_breaks_the_server(rita, path, name, value):
    export(requester_cannot_approve_self=False, max_extensions=3)
    request = ask(rita)
    if path in ("extension/", "revocation/"):
        decide(rita, request)

    answer = send(by_token(rita), f"{REQUESTS}{request.pk}/{path}", {"decision": "approve", name: value})

    if answer.status_code != 200:
        assert_refused(answer)


@pytest.mark.parametrize("body", ["", "null", "[]", "{", '"x"', "[" * 50_000, "1e999", "\x00"])
@pytest.mark.parametrize("path", ["", "{}/decision/", "{}/extension/", "{}/cancellation/", "{}/revocation/"])
def test_no_body_breaks_the_server(rita, path, body):
    export()
    url = REQUESTS + path.format(ask(rita).pk)

    answer = by_token(rita).generic("POST", url, body, content_type="application/json")

    if (path, body) == ("{}/cancellation/", ""):
        assert answer.status_code == 200
    else:
        assert_refused(answer)


@pytest.mark.parametrize(
    "query",
    [
        "scope=nothing",
        "status=nothing",
        "status=%00",
        "flow=%00",
        "flow=%ED%A0%80",
        "flow=" + "a" * 200,
        "cursor=%FF",
        "cursor=cD0x",
        "cursor=cD0yMDI2LTEzLTQ1",
        "scope=mine&scope=all&cursor=x",
        *(f"cursor={cursor_of(position)}" for position in BAD_POSITIONS),
    ],
)
def test_no_filter_and_no_cursor_breaks_a_list(rita, query):
    assert_refused(by_token(rita).get(f"{REQUESTS}?{query}"))


@pytest.mark.parametrize("page_size", ["0", "-1", "abc", "999999999999999999999"])
def test_a_page_has_at_most_200_requests(rita, page_size):
    assert by_token(rita).get(REQUESTS, {"page_size": page_size}).status_code == 200


@pytest.mark.parametrize("name", ["requesters", "approvers", "labels", "max_duration", "approvals_required"])
@pytest.mark.parametrize(
    "value", [*NASTY, {"a\x00": "b"}, {"a": "\x00"}, {"a": {}}, ["nobody"], [None], ["\x00"]]
)
def test_nothing_in_a_rule_of_a_flow_breaks_the_server(rita, name, value):
    flow("refunds")
    client = by_token(may(rita, "change_accessflow"))
    verified(client, rita)

    answer = client.generic(
        "PATCH", API + "flows/refunds/", json.dumps({name: value}), content_type="application/json"
    )

    if answer.status_code != 200:
        assert_refused(answer)


def test_a_request_cannot_be_had_by_guessing_fields(rita):
    export()

    answer = send(
        by_token(rita),
        REQUESTS,
        {
            "flow": "export",
            "decided": "approved",
            "status": "active",
            "requester": "omar",
            "starts_at": "2026-01-01",
        },
    )

    assert answer.json()["status"] == "pending_approval"
    assert AccessRequest.objects.get().requester == rita.user


def statements(call):
    with CaptureQueriesContext(connection) as captured:
        assert call().status_code < 300
    skipped = ("BEGIN", "COMMIT", "SAVEPOINT", "RELEASE")
    found = [query["sql"] for query in captured.captured_queries]
    return [
        sql
        for sql in found
        if not sql.startswith(skipped) and "authtoken" not in sql and "guardedroute" not in sql
    ]


@pytest.mark.parametrize("scope", ["mine", "to_decide", "all"])
def test_a_list_costs_the_same_however_long_it_is(rita, scope):
    for number in range(3):
        export(f"flow-{number}", approvals_required=2)
    rudi, omar = requester("rudi"), approver("omar")
    counts = []
    for number in range(3):
        for someone in (rita, rudi):
            decide(omar, ask(someone, f"flow-{number}"))
        counts.append(len(statements(lambda: by_token(rita).get(REQUESTS, {"scope": scope}))))

    assert len(set(counts)) == 1
    assert counts[0] <= 7


def test_each_act_costs_a_known_number_of_statements(rita):
    export(
        require_mfa=True,
        require_mfa_to_approve=True,
        requester_cannot_approve_self=False,
        max_extensions=1,
    )
    client = by_token(rita)
    verified(client, rita)

    def post(path, **body):
        return client.post(REQUESTS + path, body, format="json")

    counts = {"open": len(statements(lambda: post("", flow="export")))}
    request = AccessRequest.objects.get().pk
    counts["read"] = len(statements(lambda: client.get(f"{REQUESTS}{request}/")))
    counts["decide"] = len(statements(lambda: post(f"{request}/decision/", decision="approve")))
    counts["extend"] = len(statements(lambda: post(f"{request}/extension/")))
    counts["cancel"] = len(statements(lambda: post(f"{request}/cancellation/")))
    export("open", require_mfa_to_approve=True)
    rejected, revoked = (ask(requester(name), "open").pk for name in ("rudi", "rosa"))
    # Three more than for one's own: who is not the requester has to be allowed to see it.
    counts["reject"] = len(statements(lambda: post(f"{rejected}/decision/", decision="reject")))
    counts["approve"] = len(statements(lambda: post(f"{revoked}/decision/", decision="approve")))
    counts["revoke"] = len(statements(lambda: post(f"{revoked}/revocation/", reason="Enough.")))

    assert counts == {
        "open": 9,
        "read": 5,
        "decide": 10,
        "extend": 10,
        "cancel": 6,
        "reject": 13,
        "approve": 13,
        "revoke": 10,
    }


def test_what_a_verification_covered_costs_the_same_however_much_it_is(rita):
    exporting = export()
    client = by_token(rita)
    live = Verification.objects.get(pk=verified(client, rita)["id"])
    few = statements(lambda: client.get(f"{API}verifications/{live.pk}/"))

    cover(live, exporting, count=100)

    detail = f"{API}verifications/{live.pk}/"
    assert len(statements(lambda: client.get(detail))) == len(few) == 4
    acts = Counter(act["act"] for act in client.get(detail).json()["covered"])
    assert acts == {"opened": 100, "decided": 100, "extended": 100}


def cover(live, flow, *, count):
    """Let a verification have covered so many acts of each kind."""
    at, of_it = timezone.now(), {"verification": live}
    rows = AccessRequest.objects.bulk_create(
        AccessRequest(
            flow=flow,
            requester=live.user,
            duration=HOUR,
            created_at=at,
            expires_at=at + HOUR,
            decided="rejected",
            closed_at=at,
            **of_it,
        )
        for _ in range(count)
    )
    made = {"decider": live.user, "decision": "reject", "decided_at": at, **of_it}
    AccessDecision.objects.bulk_create(AccessDecision(request=row, **made) for row in rows)
    longer = {"number": 1, "duration": HOUR, "ends_at": at, "extended_at": at, **of_it}
    AccessExtension.objects.bulk_create(AccessExtension(request=row, **longer) for row in rows)
